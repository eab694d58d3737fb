//! Clocks that were wrong, and versions that were not.

use crate::{
    cause::{
        ledger::{Applied, Ledger},
        step::Step,
        write::Write,
    },
    record::FaultRecord,
};
use node::NodeId;

/// So many writes are looked at.
const MOST: usize = 64;

/// Two writes of one key, one of them made where the clock was wrong, whose versions are in the order in
/// which they were made.
pub(super) fn stamped_in_order<'a>(ledger: &Ledger<'a>, fault: &FaultRecord) -> Vec<Step<'a>> {
    let Some(wrong) = fault.nodes.first() else {
        return Vec::new();
    };
    let run = ledger.run;
    let places = 0..run.operations().len();
    let writes = places.filter_map(|place| Write::at(&run.history, place));
    let writes: Vec<_> = writes
        .filter(|it| it.record.is_ok() && it.state.is_some() && it.record.invoked >= fault.start)
        .take(MOST)
        .collect();
    for (place, first) in writes.iter().enumerate() {
        let is_next = |it: &&Write<'_>| it.key == first.key && first.is_before(it);
        let Some(second) = writes[place + 1..].iter().find(is_next) else { continue };
        let (one, other) = (first.record.node, second.record.node);
        if one == other || (one != *wrong && other != *wrong) {
            continue;
        }
        let stored = stored(ledger, first, one).zip(stored(ledger, second, other));
        let Some((before, after)) = stored else { continue };
        if before.change.version < after.change.version {
            let told = [(one, before), (other, after)];
            let told = told.map(|(node, it)| Step::Stored { node, at: it.at, change: it.change });
            return told.into();
        }
    }
    Vec::new()
}

/// How a node came to hold a write.
fn stored<'a>(ledger: &Ledger<'a>, write: &Write<'a>, node: NodeId) -> Option<Applied<'a>> {
    let applied = ledger.applied(write.key, node);
    let own = |it: &&Applied<'_>| it.at >= write.record.invoked && it.leaves() == write.state;
    applied.iter().find(own).copied()
}
