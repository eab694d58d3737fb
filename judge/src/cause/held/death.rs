//! What a process that ended took with it, and what did not.

use super::{cut::caught_up, leads};
use crate::{
    cause::{endings::boot_after, ledger::Ledger, log, step::Step, write::Write},
    record::{FactRecord, FaultKind, FaultRecord},
};
use node::{Fact, NodeId, Note, Time};

/// A process that ended: who else had what it had said yes to, who took over, and what it was told later.
pub(super) fn after_death<'a>(
    ledger: &Ledger<'a>,
    node: NodeId,
    fault: &FaultRecord,
) -> Vec<Step<'a>> {
    let mut steps = Vec::new();
    // A moment before, when it still had all that it held.
    let before = Time::from_nanos(fault.start.as_nanos().saturating_sub(1));
    if let Some(write) = last_acknowledged(ledger, node, before) {
        let at = fault.start;
        let (by, in_log) = holders(ledger, &write, node, before);
        let of = ledger.nodes().len();
        steps.push(Step::HeldBy { at, operation: write.operation, node, by, in_log, of });
    }
    steps.extend(taken_over(ledger, node, fault.start));
    let back = boot_after(ledger, node, fault.start);
    if let Some(back) = back {
        let power = fault.kind == FaultKind::PowerLoss;
        steps.push(Step::Died { node, at: fault.start, power, back: Some(back) });
        steps.extend(caught_up(ledger, node, fault.start, back.at));
    }
    steps
}

/// The other nodes that had a write at a moment: in their logs, where the node that went down came
/// to it by an entry of one, and else in what they show.
fn holders<'a>(
    ledger: &Ledger<'a>,
    write: &Write<'a>,
    gone: NodeId,
    at: Time,
) -> (Vec<NodeId>, bool) {
    let applied = ledger.applied(write.key, gone);
    let came = applied.iter().rfind(|it| it.at <= at && it.leaves() == write.state);
    if let Some((index, term)) = came.and_then(|came| ledger.entry_of(came.id, gone)) {
        let mut by = log::holders(&ledger.facts, index, term, at);
        by.retain(|node| *node != gone);
        return (by, true);
    }
    let holds =
        |other: &&NodeId| **other != gone && ledger.state(write.key, **other, at) == write.state;
    (ledger.nodes().iter().filter(holds).copied().collect(), false)
}

/// The last write that a node held, and that was acknowledged, as its process ended.
fn last_acknowledged<'a>(ledger: &Ledger<'a>, node: NodeId, until: Time) -> Option<Write<'a>> {
    let run = ledger.run;
    let places = 0..run.operations().len();
    let writes = places.filter_map(|place| Write::at(&run.history, place));
    let done = writes.filter(|it| it.record.is_ok() && it.record.completed <= until);
    let mut done: Vec<_> = done.collect();
    done.sort_by_key(|it| std::cmp::Reverse(it.record.completed));
    // Of a long run only the latest are asked for, each of which costs a walk.
    done.into_iter()
        .take(8)
        .find(|it| it.state.is_some() && ledger.state(it.key, node, until) == it.state)
}

/// Who was made leader after the leader had gone, and by which votes.
pub(super) fn taken_over<'a>(ledger: &Ledger<'a>, gone: NodeId, since: Time) -> Vec<Step<'a>> {
    let led = ledger.facts.iter().rfind(|it| it.at <= since && leads(&it.fact));
    if led.is_none_or(|it| it.node != gone) {
        return Vec::new();
    }
    let is_next = |it: &&FactRecord| {
        it.at > since && it.node != gone && matches!(it.fact, Fact::Elected { .. })
    };
    let Some(next) = ledger.facts.iter().find(is_next) else {
        return Vec::new();
    };
    // What it counted says where its log ended.
    let counted = ledger.notes(next.node, next.at).into_iter().filter(|step| {
        matches!(step, Step::Noted { note: Note::Counts { is_pre_vote: false, .. }, .. })
    });
    let elected = Step::Said { at: next.at, node: next.node, fact: next.fact };
    counted.chain([elected]).collect()
}
