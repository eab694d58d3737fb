//! Why operations were not answered.

use super::{Cause, Kind, ledger::Ledger, step::Step};
use crate::record::{FaultKind, OperationRecord, Witness};
use scenarios::Property;
use node::{NodeId, Refusal, client::{Failure, Outcome}};
use std::collections::BTreeMap;

/// At most so many reasons are told.
const MOST: usize = 3;

pub(super) fn silent<'a>(ledger: &Ledger<'a>, _: &Witness, cause: &mut Cause<'a>) {
    let run = ledger.run;
    let mut reasons: BTreeMap<(NodeId, String), (usize, u64)> = BTreeMap::new();
    let begun = run.operations().len();
    let probes = cause.property == Property::Liveness;
    let operations = run.history.operations.iter().enumerate();
    let asked = operations.filter(|(place, _)| (*place >= begun) == probes);
    for (place, record) in asked.filter(|(_, record)| !record.is_answered()) {
        if let Some(failure) = failure(record) {
            let reason = reasons.entry((record.node, failure.to_string())).or_insert((place, 0));
            reason.1 += 1;
        }
    }
    let mut reasons: Vec<_> = reasons.into_iter().collect();
    reasons.sort_by_key(|(_, (_, count))| std::cmp::Reverse(*count));
    let Some(((node, _), (example, _))) = reasons.first() else {
        return;
    };
    cause.node = Some(*node);
    cause.shown_by = Some(*example);
    cause.kind = kind(ledger, *example);
    for ((node, _), (example, count)) in reasons.iter().take(MOST) {
        cause.steps.push(Step::Unanswered { node: *node, example: *example, count: *count });
    }
}

fn failure(record: &OperationRecord) -> Option<&Failure> {
    match &record.outcome {
        Outcome::Fail(failure) | Outcome::Info(failure) => Some(failure),
        Outcome::Ok(_) => None,
    }
}

fn kind(ledger: &Ledger<'_>, example: usize) -> Option<Kind> {
    let run = ledger.run;
    if run.waits.values().any(node::Waits::is_stuck) {
        return Some(Kind::WaitsForEver);
    }
    let record = &run.history.operations[example];
    let mut at_work = ledger.faults(Some(record.node), record.invoked, record.completed);
    let gone = at_work.any(|(_, fault)| {
        matches!(
            fault.kind,
            FaultKind::Crash
                | FaultKind::PowerLoss
                | FaultKind::Pause
                | FaultKind::Isolate
                | FaultKind::Partition
        )
    });
    match failure(record)? {
        Failure::Refused(Refusal::NotLeader { leader: None }) => Some(Kind::NoLeader),
        Failure::Refused(Refusal::NotLeader { .. }) => Some(Kind::RefusedByRule),
        _ if gone && run.system.has_leader => Some(Kind::LeaderGone),
        _ if gone => Some(Kind::AskedTheGone),
        _ => None,
    }
}
