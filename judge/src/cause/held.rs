//! Why a run that had faults held: what would have broken, and what prevented it.

use super::{endings::boot_after, ledger::Ledger, log, step::Step, write::Write};
use crate::{
    Run,
    record::{FactRecord, FaultKind, FaultOrigin, FaultRecord, MessageClass},
    replay::Fate,
};
use node::{Fact, NodeId, Note, Time};

/// What kept one fault from doing harm.
#[derive(Clone, Debug)]
pub struct Defence<'a> {
    /// The fault, by position.
    pub fault: usize,
    /// The node that it struck.
    pub node: NodeId,
    /// What happened, in order of time.
    pub steps: Vec<Step<'a>>,
}

/// At most so many faults are told of; the others are like them.
const MOST_FAULTS: usize = 2;

/// What kept the faults of a run from doing harm, as far as the trace shows it.
pub fn defences(run: &Run) -> Vec<Defence<'_>> {
    let Some(ledger) = Ledger::of(run) else {
        return Vec::new();
    };
    let mut told: Vec<Defence<'_>> = Vec::new();
    for (place, fault) in run.faults.iter().enumerate() {
        if told.len() == MOST_FAULTS || fault.origin == FaultOrigin::Background {
            continue;
        }
        let Some(node) = struck(&ledger, fault) else { continue };
        let steps = if fault.kind.takes_down() {
            after_death(&ledger, node, fault)
        } else if is_cut(fault.kind) {
            after_cut(&ledger, node, fault)
        } else {
            Vec::new()
        };
        if !steps.is_empty() {
            told.push(Defence { fault: place, node, steps });
        }
    }
    told
}

const fn is_cut(kind: FaultKind) -> bool {
    matches!(
        kind,
        FaultKind::Isolate
            | FaultKind::Partition
            | FaultKind::Pause
            | FaultKind::OneWay
            | FaultKind::Bridge
            | FaultKind::FlappingLink
            | FaultKind::Loss
    )
}

/// The node that a fault is about: the one it names, or of several the one that led.
fn struck(ledger: &Ledger<'_>, fault: &FaultRecord) -> Option<NodeId> {
    let led = ledger.facts.iter().rfind(|it| it.at <= fault.start && leads(&it.fact));
    let leader = led.map(|it| it.node).filter(|leader| fault.nodes.contains(leader));
    leader.or(fault.nodes.first().copied())
}

const fn leads(fact: &Fact) -> bool {
    matches!(fact, Fact::Leads { .. } | Fact::Elected { .. })
}

/// A process that ended: who else had what it had said yes to, who took over, and what it was told later.
fn after_death<'a>(ledger: &Ledger<'a>, node: NodeId, fault: &FaultRecord) -> Vec<Step<'a>> {
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

/// A node that was cut off: what it missed, and how that came to it after all.
fn after_cut<'a>(ledger: &Ledger<'a>, node: NodeId, fault: &FaultRecord) -> Vec<Step<'a>> {
    let end = fault.end.unwrap_or(ledger.run.run_ended);
    let mut steps = unanswered(ledger, node, fault.start, end);
    let taken_over = taken_over(ledger, node, fault.start);
    let meanwhile = taken_over.iter().all(|step| match step {
        Step::Said { at, .. } => *at <= end,
        _ => true,
    });
    if meanwhile {
        steps.extend(taken_over);
    }
    steps.extend(caught_up(ledger, node, fault.start, end));
    steps
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
fn taken_over<'a>(ledger: &Ledger<'a>, gone: NodeId, since: Time) -> Vec<Step<'a>> {
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

/// A write that was acknowledged while a node could not hear of it, and how it came there afterwards.
fn caught_up<'a>(ledger: &Ledger<'a>, node: NodeId, since: Time, until: Time) -> Vec<Step<'a>> {
    let run = ledger.run;
    let places = (0..run.operations().len()).rev();
    let writes = places.filter_map(|place| Write::at(&run.history, place));
    let missed = writes.filter(|it| {
        it.record.is_ok()
            && it.record.completed > since
            && it.record.completed <= until
            && ledger.state(it.key, node, until) != it.state
    });
    for write in missed.take(8) {
        let applied = ledger.applied(write.key, node);
        let took = applied.iter().find(|it| it.at > until && it.leaves() == write.state);
        let Some(took) = took else { continue };
        let mut steps = vec![Step::Acknowledged { operation: write.operation }];
        let lost = ledger.carriers(&write, node).into_iter();
        let lost: Vec<_> = lost
            .filter(|it| matches!(it.fate, Fate::Dropped { at, .. } if at <= took.at))
            .collect();
        steps.extend(super::passage::all_lost(&lost));
        if let Some(message) =
            ledger.handled_for(took.id).filter(|it| it.class == MessageClass::Peer)
        {
            steps.push(Step::Sent(message));
        }
        steps.push(Step::Took { node, at: took.at, state: write.state });
        return steps;
    }
    Vec::new()
}

/// What clients asked of the node meanwhile and were not answered.
fn unanswered<'a>(ledger: &Ledger<'a>, node: NodeId, since: Time, until: Time) -> Vec<Step<'a>> {
    let operations = ledger.run.operations().iter().enumerate();
    let here: Vec<_> = operations
        .filter(|(_, it)| it.node == node && it.invoked >= since && it.completed <= until)
        .filter(|(_, it)| !it.is_answered())
        .collect();
    let Some((example, _)) = here.first() else {
        return Vec::new();
    };
    let writes = here.iter().filter(|(_, it)| it.operation.kind().is_write()).count() as u64;
    let reads = here.len() as u64 - writes;
    vec![Step::Unanswered { node, example: *example, reads, writes }]
}
