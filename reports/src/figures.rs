//! Figures that tables, charts and the story share.

use crate::{quantile::LatencySummary, windows::Windows};
use node::{Key, OperationKind, Time, Versioned};
use sim::{
    Run,
    run::{OperationRecord, Replica},
};
use std::{collections::BTreeMap, time::Duration};

/// The latencies of answered operations of a kind (`None`: of every kind).
pub(crate) fn latency(run: &Run, kind: Option<OperationKind>) -> Option<LatencySummary> {
    LatencySummary::of(answered(run, kind).map(|(_, latency)| latency).collect())
}

/// The same by window of invocation.
pub(crate) fn latency_by_window(
    run: &Run,
    kind: Option<OperationKind>,
    windows: Windows,
) -> Vec<Option<LatencySummary>> {
    let mut latencies: Vec<Vec<Duration>> = vec![Vec::new(); windows.count()];
    for (invoked, latency) in answered(run, kind) {
        latencies[windows.index(invoked)].push(latency);
    }
    latencies.into_iter().map(LatencySummary::of).collect()
}

fn answered(run: &Run, kind: Option<OperationKind>) -> impl Iterator<Item = (Time, Duration)> + '_ {
    run.history
        .operations
        .iter()
        .filter(move |record| kind.is_none_or(|kind| record.operation.kind() == kind))
        .filter(|record| record.is_answered())
        .map(|record| (record.invoked, record.completed.since(record.invoked)))
}

/// How many operations ended `ok`, `fail` and `info`.
pub(crate) fn outcomes<'a>(operations: impl Iterator<Item = &'a OperationRecord>) -> [u64; 3] {
    let mut counts = [0; 3];
    for record in operations {
        counts[outcome_index(record)] += 1;
    }
    counts
}

/// The position of an operation's outcome in `["ok", "fail", "info"]`.
pub(crate) fn outcome_index(record: &OperationRecord) -> usize {
    match record.outcome_word() {
        "ok" => 0,
        "fail" => 1,
        _ => 2,
    }
}

/// What every replica holds under one key at the end.
pub(crate) struct ReplicaRow<'a> {
    pub(crate) key: &'a Key,
    /// By position of the replica; the outer `None`: the node was down.
    pub(crate) held: Vec<Option<Option<&'a Versioned>>>,
    /// Whether all nodes that were up hold the same.
    pub(crate) agree: bool,
}

/// A row for each key that any replica holds, in key order.
pub(crate) fn replica_rows(run: &Run) -> Vec<ReplicaRow<'_>> {
    let mut entries: BTreeMap<&Key, Vec<Option<&Versioned>>> = BTreeMap::new();
    for (position, replica) in run.replicas.iter().enumerate() {
        for (key, entry) in replica.entries.iter().flatten() {
            let held = entries.entry(key).or_insert_with(|| vec![None; run.replicas.len()]);
            held[position] = Some(entry);
        }
    }
    entries.into_iter().map(|(key, held)| replica_row(key, &held, &run.replicas)).collect()
}

/// The row of one key, even if no replica holds it.
pub(crate) fn replica_row_of<'a>(run: &'a Run, key: &'a Key) -> ReplicaRow<'a> {
    let find = |replica: &'a Replica| {
        let entries = replica.entries.as_deref().unwrap_or_default();
        let position = entries.binary_search_by(|(held, _)| held.cmp(key)).ok()?;
        Some(&entries[position].1)
    };
    let held: Vec<Option<&Versioned>> = run.replicas.iter().map(find).collect();
    replica_row(key, &held, &run.replicas)
}

fn replica_row<'a>(
    key: &'a Key,
    held: &[Option<&'a Versioned>],
    replicas: &[Replica],
) -> ReplicaRow<'a> {
    let up = |replica: &Replica| replica.entries.is_some();
    let held: Vec<_> =
        held.iter().zip(replicas).map(|(entry, replica)| up(replica).then_some(*entry)).collect();
    let mut running = held.iter().flatten();
    let first = running.next();
    let agree = running.all(|entry| Some(entry) == first);
    ReplicaRow { key, held, agree }
}
