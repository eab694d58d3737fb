//! The nodes that a part of a record names.

use crate::record::{Endpoint, Event, OperationRecord};
use node::{Answer, Fact, NodeId, Refusal, client::Outcome};

/// By an operation: where it went, and who was said to lead.
pub(super) fn by_operation(record: &OperationRecord) -> impl Iterator<Item = NodeId> {
    let leader = match &record.outcome {
        Outcome::Ok(Answer::Refused(Refusal::NotLeader { leader })) => *leader,
        _ => None,
    };
    [record.node].into_iter().chain(leader)
}

/// By what a node says of itself.
pub(super) fn by_fact(fact: &Fact) -> Option<NodeId> {
    match fact {
        Fact::Votes { candidate, .. } => Some(*candidate),
        _ => None,
    }
}

/// By an event.
pub(super) fn by_event(event: &Event) -> impl Iterator<Item = NodeId> {
    let end = |end: &Endpoint| match end {
        Endpoint::Node(node) => Some(*node),
        Endpoint::Client(_) | Endpoint::Balancer => None,
    };
    let (one, other) = match event {
        Event::Attempt { to, .. } => (Some(*to), None),
        Event::Send { from, to, .. } => (end(from), end(to)),
        Event::Announce { node, fact } => (Some(*node), by_fact(fact)),
        Event::TimerArmed { node, .. }
        | Event::TimerCancelled { node, .. }
        | Event::Timer { node, .. }
        | Event::SyncAsked { node, .. }
        | Event::Synced { node, .. }
        | Event::Boot { node, .. }
        | Event::Died { node, .. }
        | Event::Apply { node, .. }
        | Event::Balance { node, .. } => (Some(*node), None),
        Event::Invoke { .. }
        | Event::TimedOut { .. }
        | Event::Unreachable { .. }
        | Event::Complete { .. }
        | Event::Deliver { .. }
        | Event::Drop { .. }
        | Event::FaultStart { .. }
        | Event::FaultEnd { .. }
        | Event::Heal => (None, None),
    };
    one.into_iter().chain(other)
}
