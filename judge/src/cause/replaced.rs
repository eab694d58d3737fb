//! Why something else took the place of what a write had left.

use super::{
    Kind,
    ledger::{Applied, Ledger},
    passage::Passage,
    step::Step,
    write::Write,
};
use crate::record::{Event, FaultKind};
use node::{Dropped, Fact, NodeId, Time};

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
        Some(by) => applied.iter().find(earlier).map(|it| it.at).filter(|at| *at >= by.record.invoked),
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
    let telling = said.iter().filter(|(.., fact)| tells_of_a_choice(fact));
    steps.extend(telling.map(|(at, node, fact)| Step::Said { at: *at, node: *node, fact: *fact }));
    let hands_over = said.iter().any(|(.., fact)| is_hand_over(fact));
    let kind = if hands_over {
        Some(Kind::HandOverDropped)
    } else {
        by.and_then(|by| why(ledger, write, &by, &over, held_before.is_some(), &mut steps))
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
    let serving = of_value.iter().find(|it| Some(it.operation) == over.operation);
    serving.or(of_value.last()).copied()
}

/// Why a write gave way to one that was not made after it.
fn why<'a>(
    ledger: &Ledger<'a>,
    write: &Write<'a>,
    by: &Write<'a>,
    over: &Applied<'a>,
    held_before: bool,
    steps: &mut Vec<Step<'a>>,
) -> Option<Kind> {
    if write.is_before(by) {
        return clock(ledger, write, by, over.at, steps);
    }
    if let Some(kind) = clock(ledger, write, by, over.at, steps) {
        return Some(kind);
    }
    if !by.is_before(write) {
        return Some(Kind::ArrivalOrder);
    }
    if write.state.is_none() {
        return Some(Kind::DeleteForgotten);
    }
    if held_before && attempted_again(ledger, by, over) {
        return Some(Kind::AppliedTwice);
    }
    Some(Kind::Overtaken)
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

/// A clock that was wrong where one of the two was stamped.
fn clock<'a>(
    ledger: &Ledger<'a>,
    write: &Write<'a>,
    by: &Write<'a>,
    at: Time,
    steps: &mut Vec<Step<'a>>,
) -> Option<Kind> {
    let _ = (ledger, write, by, at, steps, FaultKind::ClockJump);
    None
}

const fn is_hand_over(fact: &Fact) -> bool {
    matches!(
        fact,
        Fact::InstalledSnapshot { .. }
            | Fact::Epoch { .. }
            | Fact::Dropped { what: Dropped::EarlierEpoch, .. }
    )
}

/// Whether a fact says why one thing was preferred to another.
const fn tells_of_a_choice(fact: &Fact) -> bool {
    is_hand_over(fact) || matches!(fact, Fact::Dropped { what: Dropped::OutdatedWrites, .. })
}
