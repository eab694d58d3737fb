//! What the load balancer thought of the nodes.

use judge::{Run, record::Event};
use node::{NodeId, Time};

/// Nodes that the balancer takes out or in at one moment.
pub(super) struct Change {
    pub(super) at: Time,
    pub(super) nodes: Vec<NodeId>,
    /// Whether they get requests from now on.
    pub(super) healthy: bool,
}

/// Every change in order of time; none without a trace, or where nobody asks the balancer.
pub(super) fn changes(run: &Run) -> Vec<Change> {
    let mut changes: Vec<Change> = Vec::new();
    for event in run.trace.iter().flat_map(|trace| &trace.events) {
        let Event::Balance { node, healthy } = event.event else {
            continue;
        };
        match changes.last_mut() {
            Some(last) if (last.at, last.healthy) == (event.at, healthy) => last.nodes.push(node),
            _ => changes.push(Change { at: event.at, nodes: vec![node], healthy }),
        }
    }
    changes
}
