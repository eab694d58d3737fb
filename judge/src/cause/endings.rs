//! What a node lost as its process ended.

use super::{
    Kind,
    ledger::Ledger,
    passage::Passage,
    step::{Back, Step},
};
use crate::record::{Event, FaultKind};
use node::{NodeId, Time};

/// A process that ended, and how it came back.
pub(super) fn died<'a>(ledger: &Ledger<'a>, node: NodeId, at: Time) -> Passage<'a> {
    let power = ledger
        .faults(Some(node), at, at)
        .any(|(_, fault)| fault.kind == FaultKind::PowerLoss && fault.start == at);
    let back = boot_after(ledger, node, at);
    let on_disk = back.is_some_and(|back| back.on_disk);
    // What a store writes to its disk is gone only with the power; what it keeps in memory, always.
    let kind = match (power && on_disk, lost_bytes(ledger, node, at)) {
        (false, _) => Some(Kind::MemoryLost),
        (true, 0) => None,
        (true, _) => Some(Kind::PlatterLost),
    };
    let until = back.map_or(at, |back| back.at);
    let steps = vec![Step::Died { node, at, power, back }];
    Passage { kind, steps, until, ..Passage::default() }
}

/// How many bytes that it had not synced a node's disk lost as its process ended.
fn lost_bytes(ledger: &Ledger<'_>, of: NodeId, when: Time) -> u64 {
    let events = ledger.trace.events.iter().filter(|event| event.at == when);
    let lost = events.filter_map(|event| match event.event {
        Event::Died { node, lost_bytes, .. } if node == of => Some(lost_bytes),
        _ => None,
    });
    lost.sum()
}

/// How a node came back after a moment.
pub(super) fn boot_after(ledger: &Ledger<'_>, node: NodeId, after: Time) -> Option<Back> {
    let mut events = ledger.trace.events.iter();
    events.find_map(|event| match &event.event {
        Event::Boot { node: booted, entries, on_disk, .. }
            if *booted == node && event.at >= after =>
        {
            Some(Back { at: event.at, entries: *entries, on_disk: *on_disk })
        }
        _ => None,
    })
}
