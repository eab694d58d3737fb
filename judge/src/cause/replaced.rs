//! Why something else took the place of what a write had left.

use super::{
    Kind,
    ledger::{Applied, Ledger},
    passage::Passage,
    step::Step,
    write::Write,
};
use crate::record::Event;
use node::{Dropped, Fact, NodeId, Note, Time, WriteStamp};

/// The change that took the place of a write on a node, and why it was taken for newer.
pub(super) fn replaced<'a>(
    ledger: &Ledger<'a>,
    write: &Write<'a>,
    node: NodeId,
    at: Time,
) -> Passage<'a> {
    let applied = ledger.applied(write.key, node);
    let Some(over) = applied.iter().find(|it| it.at == at && it.leaves() != write.state).copied()
    else {
        return Passage { until: at, ..Passage::default() };
    };
    let by = writer(ledger, write, &over);
    let brought = ledger.handled_for(over.id);
    let earlier = |it: &&Applied<'_>| it.at < over.at && it.leaves() == over.leaves();
    let held_before = match by {
        Some(by) => {
            applied.iter().find(earlier).map(|it| it.at).filter(|at| *at >= by.record.invoked)
        }
        None => applied.iter().find(earlier).map(|it| it.at),
    };
    let step = Step::Replaced {
        node,
        at: over.at,
        change: over.change,
        by: by.map(|by| by.operation),
        brought,
        held_before,
    };
    let mut steps = vec![step];
    let said = ledger.said_with(over.id);
    let decided = said.iter().find(|step| decides_for(step, write, true)).cloned();
    let hands_over = said.iter().find(|step| is_hand_over(step)).cloned();
    steps.extend(decided.iter().chain(&hands_over).cloned());
    let kind = match by {
        _ if hands_over.is_some() => Some(Kind::HandOverDropped),
        None if said.iter().any(reads_several) => {
            steps.extend(said.iter().filter(|step| reads_several(step)).cloned());
            Some(Kind::Forged)
        }
        Some(by) => why(ledger, write, &by, &over, held_before.is_some(), decided.is_some()),
        None => None,
    };
    Passage { kind, steps, until: over.at, ..Passage::default() }
}

/// The write whose value a change left: the operation that the change serves, or the last one of
/// that value that had been begun.
fn writer<'a>(ledger: &Ledger<'a>, write: &Write<'a>, over: &Applied<'a>) -> Option<Write<'a>> {
    let writes = Write::of_key(&ledger.run.history, write.key);
    let of_value: Vec<_> = writes
        .into_iter()
        .filter(|it| it.state == over.leaves() && it.record.invoked <= over.at)
        .collect();
    let serving = of_value.iter().find(|it| over.operations == [it.operation]);
    serving.or(of_value.last()).copied()
}

/// Why a write gave way to one that was not made after it.
fn why(
    ledger: &Ledger<'_>,
    write: &Write<'_>,
    by: &Write<'_>,
    over: &Applied<'_>,
    held_before: bool,
    clock_decided: bool,
) -> Option<Kind> {
    if write.is_before(by) {
        return None;
    }
    if !by.is_before(write) {
        return Some(if clock_decided { Kind::StampDecided } else { Kind::ArrivalOrder });
    }
    if clock_decided {
        let again = was_stamped_again(ledger, by);
        return Some(if again { Kind::AppliedTwice } else { Kind::ClockDecided });
    }
    if write.state.is_none() {
        return Some(Kind::DeleteForgotten);
    }
    if held_before && attempted_again(ledger, by, over) {
        return Some(Kind::AppliedTwice);
    }
    Some(Kind::Overtaken)
}

/// Whether nodes hold a write under stamps that differ: it was stamped anew, as if made again.
pub(super) fn was_stamped_again(ledger: &Ledger<'_>, write: &Write<'_>) -> bool {
    let applied = ledger.nodes().iter().flat_map(|node| ledger.applied(write.key, *node));
    let own = applied.filter(|it| it.at >= write.record.invoked && it.leaves() == write.state);
    let mut versions = own.map(|it| it.change.version);
    let first = versions.next();
    versions.any(|version| Some(version) != first)
}

/// Whether what replaced it came of another attempt at the same operation, or of a copy.
fn attempted_again(ledger: &Ledger<'_>, by: &Write<'_>, over: &Applied<'_>) -> bool {
    by.record.attempts > 1
        || ledger.trace.causes(over.id).any(|(_, event)| match event.event {
            Event::Attempt { attempt, .. } => attempt > 0,
            Event::Send { copy_of, .. } => copy_of.is_some(),
            _ => false,
        })
}

/// Whether a step says that a stamp of a clock decided against a write: that it went as another
/// came, or that it came and was rejected.
pub(super) fn decides_for(step: &Step<'_>, write: &Write<'_>, newcomer: bool) -> bool {
    let Step::Noted { note: Note::Decided { key, stays, goes, newcomer_stays }, .. } = step else {
        return false;
    };
    key == write.key
        && *newcomer_stays == newcomer
        && goes.value.as_ref() == write.state
        && matches!(stays.stamp, WriteStamp::Clock { .. })
}

/// Whether a step says that one message was read as several writes.
const fn reads_several(step: &Step<'_>) -> bool {
    matches!(step, Step::Noted { note: Note::ReadAs { writes: 2.., .. }, .. })
}

/// Whether a step says that all that a node held gave way to what another handed over.
const fn is_hand_over(step: &Step<'_>) -> bool {
    matches!(
        step,
        Step::Said {
            fact: Fact::InstalledSnapshot { .. }
                | Fact::Dropped { what: Dropped::EarlierEpoch, .. },
            ..
        } | Step::Noted { note: Note::TookOver { .. }, .. }
    )
}
