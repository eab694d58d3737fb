//! Why operations were not answered.

use super::{Cause, Kind, ledger::Ledger, standstill, step::Step};
use crate::Run;
use crate::record::{Endpoint, FaultKind, FaultRecord, MessageClass, OperationRecord, Witness};
use node::{
    Fact, NodeId, Refusal, Time,
    client::{Failure, Outcome},
};
use scenarios::Property;
use std::collections::BTreeMap;

/// At most so many reasons are told.
const MOST: usize = 3;

/// Operations that one node left unanswered, for one reason.
struct Unanswered {
    node: NodeId,
    /// By position in the history, in order; at least one.
    operations: Vec<usize>,
    writes: usize,
}

pub(super) fn silent<'a>(ledger: &Ledger<'a>, _: &Witness, cause: &mut Cause<'a>) {
    let run = ledger.run;
    let probes = cause.property == Property::Liveness;
    let reasons = reasons(run, probes);
    let Some(first) = reasons.first() else {
        return;
    };
    cause.node = Some(first.node);
    cause.shown_by = Some(first.operations[0]);
    cause.kind = kind(ledger, first);
    for Unanswered { node, operations, writes } in reasons.iter().take(MOST) {
        let (node, example, writes) = (*node, operations[0], *writes as u64);
        let reads = operations.len() as u64 - writes;
        cause.steps.push(Step::Unanswered { node, example, reads, writes });
    }
    if !probes {
        let sorts = [false, true];
        cause.steps.extend(sorts.into_iter().filter_map(|writes| longest_silence(run, writes)));
    }
}

/// What went unanswered, by node and reason, the most frequent first: of the probes, or of the others.
fn reasons(run: &Run, probes: bool) -> Vec<Unanswered> {
    let begun = run.operations().len();
    let mut reasons: BTreeMap<(NodeId, String), Unanswered> = BTreeMap::new();
    let operations = run.history.operations.iter().enumerate();
    let asked = operations.filter(|(place, _)| (*place >= begun) == probes);
    for (place, record) in asked.filter(|(_, record)| !record.is_answered()) {
        let Some(failure) = failure(record) else { continue };
        let node = record.node;
        let reason = reasons.entry((node, failure.to_string())).or_insert_with(|| Unanswered {
            node,
            operations: Vec::new(),
            writes: 0,
        });
        reason.operations.push(place);
        reason.writes += usize::from(record.operation.kind().is_write());
    }
    let mut reasons: Vec<_> = reasons.into_values().collect();
    reasons.sort_by_key(|reason| std::cmp::Reverse(reason.operations.len()));
    reasons
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

fn kind(ledger: &Ledger<'_>, reason: &Unanswered) -> Option<Kind> {
    let run = ledger.run;
    if standstill(run).is_some() {
        return Some(Kind::WaitsForEver);
    }
    match failure(&run.history.operations[reason.operations[0]])? {
        Failure::Refused(Refusal::NotLeader { leader: None }) => return Some(Kind::NoLeader),
        Failure::Refused(Refusal::NotLeader { .. }) => return Some(Kind::RefusedByRule),
        _ => {}
    }
    let asked = asked(ledger, reason);
    if asked.iter().all(Asked::in_vain) {
        return Some(Kind::CutFromOthers);
    }
    if asked.iter().any(|asked| asked.reached) {
        return None;
    }
    let fault = gone(ledger, reason)?;
    if reason.writes > 0 && had_all_writes(run, reason.node, fault) {
        return Some(Kind::LeaderGone);
    }
    asked.iter().all(|asked| !asked.others).then_some(Kind::AskedTheGone)
}

/// What became of the messages of one operation.
#[derive(Clone, Copy, Default)]
struct Asked {
    /// Whether the node handled a request before the client gave up.
    reached: bool,
    /// Whether another node was sent a request.
    others: bool,
    /// How many messages nodes sent each other for it.
    sent: usize,
    /// How many of them came through.
    handled: usize,
}

impl Asked {
    /// Whether the node had it and reached none of the others.
    const fn in_vain(&self) -> bool {
        self.reached && self.sent > 0 && self.handled == 0
    }
}

/// The same for each operation of a reason, in one walk over all messages.
fn asked(ledger: &Ledger<'_>, reason: &Unanswered) -> Vec<Asked> {
    let mut asked = vec![Asked::default(); reason.operations.len()];
    for message in &ledger.messages {
        for operation in &ledger.event(message.event).operations {
            let Ok(place) = reason.operations.binary_search(operation) else { continue };
            let given_up = ledger.run.history.operations[*operation].completed;
            let in_time = message.handled().is_some_and(|at| at <= given_up);
            let asked = &mut asked[place];
            match (message.class, message.to) {
                (MessageClass::Request, Endpoint::Node(node)) if node == reason.node => {
                    asked.reached |= in_time;
                }
                (MessageClass::Request, Endpoint::Node(_)) => asked.others = true,
                (MessageClass::Peer, _) => {
                    asked.sent += 1;
                    asked.handled += usize::from(in_time);
                }
                _ => {}
            }
        }
    }
    asked
}

/// The fault because of which the node could not be asked, if there was one all the while.
fn gone<'a>(ledger: &Ledger<'a>, reason: &Unanswered) -> Option<&'a FaultRecord> {
    let strikes = |operation: &usize| {
        let record = &ledger.run.history.operations[*operation];
        let mut at_work = ledger.faults(Some(record.node), record.invoked, record.completed);
        at_work.find(|(_, fault)| fault.kind.takes_down() || keeps_away(fault.kind))
    };
    let mut faults = reason.operations.iter().map(strikes);
    let (_, first) = faults.next()??;
    faults.all(|fault| fault.is_some()).then_some(first)
}

/// Whether a fault keeps messages from a node that is up.
const fn keeps_away(kind: FaultKind) -> bool {
    matches!(kind, FaultKind::Pause | FaultKind::Isolate | FaultKind::Partition)
}

/// Whether one node of a group acknowledged every write until a fault struck it, and no other did
/// so, or was made leader, until that was over.
fn had_all_writes(run: &Run, node: NodeId, fault: &FaultRecord) -> bool {
    let group = |node| run.replicas.iter().find(|it| it.node == node).map(|it| it.group);
    let is_other = |other: NodeId| other != node && group(other) == group(node);
    let over = fault.end.unwrap_or(run.ended);
    let done = run.history.operations.iter();
    let mut done =
        done.filter(|it| it.is_ok() && it.operation.kind().is_write() && it.completed <= over);
    let by_it = done.clone().any(|it| it.node == node && it.completed <= fault.start);
    let promoted = run.facts.iter().any(|it| {
        it.at > fault.start
            && it.at <= over
            && is_other(it.node)
            && matches!(it.fact, Fact::Leads { .. } | Fact::Elected { .. })
    });
    by_it && !promoted && !done.any(|it| is_other(it.node))
}
