//! Why a value bears another version than its write.

use super::{
    Cause, Kind,
    ledger::{Applied, Ledger},
    step::Step,
};
use crate::record::Witness;
use node::{Key, NodeId, Time, Value, Version};

pub(super) fn differ<'a>(ledger: &Ledger<'a>, witness: &Witness, cause: &mut Cause<'a>) {
    let [write, read, ..] = witness.operations[..] else {
        return;
    };
    let operations = &ledger.run.history.operations;
    let (Some(wrote), Some(found)) = (operations.get(write), operations.get(read)) else {
        return;
    };
    cause.key = wrote.operation.key();
    cause.write = Some(write);
    cause.shown_by = Some(read);
    cause.node = Some(found.node);
    cause.steps.push(Step::Acknowledged { operation: write });
    let stored = |operation: usize| {
        let (record, reply) = (&operations[operation], ledger.reply(operation));
        let node = reply.and_then(|it| it.sender()).unwrap_or(record.node);
        let at = reply.map_or(record.completed, |it| it.sent);
        let (key, value) = (wrote.operation.key()?, wrote.leaves()??);
        let stored = stored(ledger, key, value, record.version()?, node, at)?;
        Some((node, stored))
    };
    let (there, here) = (stored(write), stored(read));
    for (node, stored) in there.iter().chain(&here) {
        cause.steps.push(Step::Stored { node: *node, at: stored.at, change: stored.change });
    }
    cause.steps.push(Step::Answered { operation: read });
    if let (Some((one, _)), Some((other, _))) = (there, here) {
        cause.kind = (one != other).then_some(Kind::CountedApart);
    }
}

/// The last change by which a node came to hold a value under a version.
fn stored<'a>(
    ledger: &Ledger<'a>,
    key: &Key,
    value: &Value,
    version: Version,
    node: NodeId,
    until: Time,
) -> Option<Applied<'a>> {
    let is_it = |it: &&Applied<'_>| {
        let holds = it.change.after.as_ref();
        it.at <= until && holds.is_some_and(|it| it.value == *value && it.version == version)
    };
    ledger.applied(key, node).iter().rfind(is_it).copied()
}
