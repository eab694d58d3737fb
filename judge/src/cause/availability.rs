//! Why operations were not answered.

use super::{Cause, Kind, ledger::Ledger, standstill, step::Step};
use crate::Run;
use crate::record::{FaultKind, OperationRecord, Witness};
use node::{
    NodeId, Refusal, Time,
    client::{Failure, Outcome},
};
use scenarios::Property;
use std::collections::BTreeMap;

/// At most so many reasons are told.
const MOST: usize = 3;

pub(super) fn silent<'a>(ledger: &Ledger<'a>, _: &Witness, cause: &mut Cause<'a>) {
    let run = ledger.run;
    let mut reasons: BTreeMap<(NodeId, String), (usize, [u64; 2])> = BTreeMap::new();
    let begun = run.operations().len();
    let probes = cause.property == Property::Liveness;
    let operations = run.history.operations.iter().enumerate();
    let asked = operations.filter(|(place, _)| (*place >= begun) == probes);
    for (place, record) in asked.filter(|(_, record)| !record.is_answered()) {
        if let Some(failure) = failure(record) {
            let reason =
                reasons.entry((record.node, failure.to_string())).or_insert((place, [0; 2]));
            reason.1[usize::from(record.operation.kind().is_write())] += 1;
        }
    }
    let mut reasons: Vec<_> = reasons.into_iter().collect();
    reasons.sort_by_key(|(_, (_, count))| std::cmp::Reverse(count[0] + count[1]));
    let Some(((node, _), (example, _))) = reasons.first() else {
        return;
    };
    cause.node = Some(*node);
    cause.shown_by = Some(*example);
    cause.kind = kind(ledger, *example);
    for ((node, _), (example, [reads, writes])) in reasons.iter().take(MOST) {
        let (node, example, reads, writes) = (*node, *example, *reads, *writes);
        cause.steps.push(Step::Unanswered { node, example, reads, writes });
    }
    if !probes {
        let sorts = [false, true];
        cause.steps.extend(sorts.into_iter().filter_map(|writes| longest_silence(run, writes)));
    }
}

/// The longest time in which no read, or no write, was answered, if any went without an answer. It
/// counts by when answers came.
fn longest_silence<'a>(run: &Run, writes: bool) -> Option<Step<'a>> {
    let of_sort = || run.operations().iter().filter(|it| it.operation.kind().is_write() == writes);
    if of_sort().all(OperationRecord::is_answered) {
        return None;
    }
    let begun = of_sort().map(|it| it.invoked).min()?;
    let mut moments: Vec<Time> = of_sort()
        .filter(|it| it.is_answered())
        .map(|it| it.completed)
        .chain([begun, run.run_ended.max(begun)])
        .collect();
    moments.sort_unstable();
    let gaps = moments.windows(2).map(|pair| (pair[1].since(pair[0]), pair[0], pair[1]));
    let (_, from, to) = gaps.max_by_key(|(length, ..)| *length)?;
    Some(Step::Silent { writes, from, to })
}

fn failure(record: &OperationRecord) -> Option<&Failure> {
    match &record.outcome {
        Outcome::Fail(failure) | Outcome::Info(failure) => Some(failure),
        Outcome::Ok(_) => None,
    }
}

fn kind(ledger: &Ledger<'_>, example: usize) -> Option<Kind> {
    let run = ledger.run;
    if standstill(run).is_some() {
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
