//! Figures that tables, charts and the story share.

use crate::{
    quantile::{LatencySummary, nearest_rank},
    windows::Windows,
};
use judge::{
    Run,
    property::{Wrong, agree},
    record::{OperationRecord, Replica},
};
use node::{Key, OperationKind, Time, Versioned};
use std::{collections::BTreeMap, time::Duration};

/// The latencies of answered operations of a kind (`None`: of every kind). Probes are none of
/// them: they ask a cluster that has been healed.
pub(crate) fn latency(run: &Run, kind: Option<OperationKind>) -> Option<LatencySummary> {
    LatencySummary::of(answered(run, kind).map(|(_, latency)| latency).collect())
}

/// The same by window of completion: an answer belongs to the window in which it was given.
pub(crate) fn latency_by_window(
    run: &Run,
    kind: Option<OperationKind>,
    windows: Windows,
) -> Vec<Option<LatencySummary>> {
    latencies_by_window(run, kind, windows).into_iter().map(LatencySummary::of).collect()
}

/// How long the answers of each window took, the fastest first.
pub(crate) fn latencies_by_window(
    run: &Run,
    kind: Option<OperationKind>,
    windows: Windows,
) -> Vec<Vec<Duration>> {
    let mut latencies: Vec<Vec<Duration>> = vec![Vec::new(); windows.count()];
    for (completed, latency) in answered(run, kind) {
        latencies[windows.index(completed)].push(latency);
    }
    latencies.iter_mut().for_each(|of_window| of_window.sort_unstable());
    latencies
}

/// A quantile of which charts draw a line.
#[derive(Clone, Copy)]
pub(crate) struct Quantile {
    pub(crate) percent: usize,
    /// A window with fewer answers has no such quantile: one slow answer would be all of it.
    pub(crate) least: usize,
}

/// Those that are drawn.
pub(crate) const QUANTILES: [Quantile; 3] = [
    Quantile { percent: 50, least: 5 },
    Quantile { percent: 95, least: 20 },
    Quantile { percent: 99, least: 100 },
];

impl Quantile {
    /// The quantile of a window, if enough was answered in it.
    pub(crate) fn of(self, sorted: &[Duration]) -> Option<Duration> {
        nearest_rank(sorted, self.percent).filter(|_| sorted.len() >= self.least)
    }
}

/// How many operations of each sort ended in a window: `ok` with nothing wrong, what is wrong in
/// the order of [`Wrong::ALL`], `fail`, `info`.
pub(crate) type Bar = [u64; 7];
/// Where what is wrong stands in a bar.
pub(crate) const WRONG: std::ops::Range<usize> = 1..5;
/// Below this many operations they are counted: a rate of so few would say more than is known.
pub(crate) const FEW: usize = 50;

/// How many operations of each sort ended in each window. `wrong` says what is wrong with answers, by
/// position in the history.
pub(crate) fn bars(run: &Run, wrong: &BTreeMap<usize, Wrong>, windows: Windows) -> Vec<Bar> {
    let mut bars = vec![Bar::default(); windows.count()];
    for (position, record) in run.operations().iter().enumerate() {
        let sort = match (wrong.get(&position), outcome_index(record)) {
            (Some(wrong), _) => WRONG.start + *wrong as usize,
            (None, 0) => 0,
            (None, other) => WRONG.end + other - 1,
        };
        bars[windows.index(record.completed)][sort] += 1;
    }
    bars
}

/// When answers were given, and how long they took.
fn answered(run: &Run, kind: Option<OperationKind>) -> impl Iterator<Item = (Time, Duration)> + '_ {
    run.operations()
        .iter()
        .filter(move |record| kind.is_none_or(|kind| record.operation.kind() == kind))
        .filter(|record| record.is_answered())
        .map(|record| (record.completed, record.completed.since(record.invoked)))
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

/// The replicas that should hold the same, by position: all of them, unless the nodes that are
/// up belong to several groups. Which of those a node that is down belongs to is not on record.
pub(crate) fn groups(run: &Run) -> Vec<Vec<usize>> {
    let mut groups: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    let up = run.replicas.iter().enumerate().filter(|(_, replica)| replica.entries.is_some());
    for (position, replica) in up {
        groups.entry(replica.group).or_default().push(position);
    }
    match groups.len() {
        0 | 1 => vec![(0..run.replicas.len()).collect()],
        _ => groups.into_values().collect(),
    }
}

/// What every replica holds under one key at the end.
pub(crate) struct ReplicaRow<'a> {
    pub(crate) key: &'a Key,
    /// By position of the replica; the outer `None`: the node was down.
    pub(crate) held: Vec<Option<Option<&'a Versioned>>>,
    /// Whether the nodes that were up hold the same, each within its group.
    pub(crate) agree: bool,
}

impl ReplicaRow<'_> {
    /// Whether the nodes of a group that were up hold the same value. Versions may differ, as
    /// for the checker: what a system counts with them is its own business.
    pub(crate) fn agrees_in(&self, group: &[usize]) -> bool {
        let running = group.iter().filter_map(|position| self.held[*position]);
        agree(running.map(|held| held.map(|entry| &entry.value)))
    }
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
    let groups = groups(run);
    let rows = entries.into_iter();
    rows.map(|(key, held)| replica_row(key, &held, &run.replicas, &groups)).collect()
}

/// The row of one key, even if no replica holds it.
pub(crate) fn replica_row_of<'a>(run: &'a Run, key: &'a Key) -> ReplicaRow<'a> {
    let find = |replica: &'a Replica| {
        let entries = replica.entries.as_deref().unwrap_or_default();
        let position = entries.binary_search_by(|(held, _)| held.cmp(key)).ok()?;
        Some(&entries[position].1)
    };
    let held: Vec<Option<&Versioned>> = run.replicas.iter().map(find).collect();
    replica_row(key, &held, &run.replicas, &groups(run))
}

fn replica_row<'a>(
    key: &'a Key,
    held: &[Option<&'a Versioned>],
    replicas: &[Replica],
    groups: &[Vec<usize>],
) -> ReplicaRow<'a> {
    let up = |replica: &Replica| replica.entries.is_some();
    let held = held.iter().zip(replicas).map(|(entry, it)| up(it).then_some(*entry)).collect();
    let mut row = ReplicaRow { key, held, agree: true };
    row.agree = groups.iter().all(|group| row.agrees_in(group));
    row
}
