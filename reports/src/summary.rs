//! `summary.json`: what machines read of a run.

use crate::{csv::origin, figures, quantile::LatencySummary, titled};
use judge::{
    Run, Stage,
    record::{Counters, Digest, FaultKind, FaultRecord, Judgement, Witness},
};
use serde::Serialize;
use std::{collections::BTreeMap, time::Duration};

/// Marks a summary as one of ours.
pub const SCHEMA: &str = "seedbed-summary";
/// The version of the summary's shape. It grows when a field changes its meaning or goes; new
/// fields leave it as it is.
pub const SCHEMA_VERSION: u32 = 2;

/// What machines read of a run. Times are milliseconds since the start of the run.
#[derive(Clone, Debug, Serialize)]
pub struct Summary<'a> {
    /// Always [`SCHEMA`].
    pub schema: &'static str,
    /// Always [`SCHEMA_VERSION`].
    pub schema_version: u32,
    /// The version of seedbed that wrote it.
    pub tool_version: &'static str,
    /// The scenario's name.
    pub scenario: &'a str,
    /// What the run shows, as its story is headed.
    pub title: String,
    /// The system's name.
    pub system: &'a str,
    /// The seed.
    pub seed: u64,
    /// Where the run took place: `simulator` or `processes`.
    pub stage: Stage,
    /// The run's fingerprint, in hexadecimal digits.
    pub digest: Digest,
    /// Whether every stated expectation came true and the scenario has no defect.
    pub as_expected: bool,
    /// What is wrong with the scenario itself.
    pub defects: &'a [String],
    /// A verdict for each property.
    pub verdicts: Vec<VerdictSummary<'a>>,
    /// When the steps and the workload ended.
    pub run_ended_ms: f64,
    /// When the replicas were read.
    pub ended_ms: f64,
    /// Sums over the run.
    pub counters: Counters,
    /// Operations by outcome, and the latencies of the answered ones.
    pub operations: OperationsSummary,
    /// Every fault.
    pub faults: Vec<FaultSummary<'a>>,
    /// How old reads were.
    pub staleness: StalenessSummary,
    /// How many operations were answered.
    pub availability: AvailabilitySummary,
    /// What became of the acknowledged writes.
    pub durability: DurabilitySummary,
    /// The nodes that waited for other nodes when the steps and the workload ended.
    pub waits: Vec<WaitsSummary<'a>>,
    /// What the replicas hold at the end.
    pub replicas: ReplicasSummary,
}

/// A verdict beside what was expected.
#[derive(Clone, Debug, Serialize)]
pub struct VerdictSummary<'a> {
    /// The property's name.
    pub property: &'static str,
    /// `holds`, `violated`, `unknown` or `not-applicable`.
    pub verdict: &'static str,
    /// `holds`, `violated` or `unstated`.
    pub expected: &'static str,
    /// Whether the verdict is the expected one.
    pub as_expected: bool,
    /// The verdict in one sentence.
    pub summary: &'a str,
    /// The proof of a violation.
    pub witness: Option<WitnessSummary<'a>>,
}

/// The proof of a violation.
#[derive(Clone, Debug, Serialize)]
pub struct WitnessSummary<'a> {
    /// The proof, a line a fact.
    pub facts: &'a [String],
    /// The operations it rests on: rows of `operations.csv`.
    pub operations: &'a [usize],
    /// The keys concerned, at most a few.
    pub keys: Vec<&'a str>,
    /// Since when the property has been violated.
    pub since_ms: Option<f64>,
}

/// Operations by outcome.
#[derive(Clone, Debug, Serialize)]
pub struct OperationsSummary {
    /// How many took effect.
    pub ok: u64,
    /// How many did not.
    pub fail: u64,
    /// How many may have.
    pub info: u64,
    /// The latencies of the answered ones, by kind and for `all`.
    pub latency: BTreeMap<&'static str, LatencyFigures>,
}

/// Latencies in milliseconds; quantiles by nearest rank.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct LatencyFigures {
    /// How many operations were answered.
    pub count: usize,
    /// The mean.
    pub mean_ms: f64,
    /// Half took at most this long.
    pub p50_ms: f64,
    /// 95 of 100 did.
    pub p95_ms: f64,
    /// 99 of 100 did.
    pub p99_ms: f64,
    /// The slowest.
    pub max_ms: f64,
}

/// One fault.
#[derive(Clone, Debug, Serialize)]
pub struct FaultSummary<'a> {
    /// Which kind.
    pub kind: FaultKind,
    /// What happened, in words.
    pub label: &'a str,
    /// `step 3`, `random` or `background`.
    pub origin: String,
    /// The nodes it concerned.
    pub nodes: &'a [node::NodeId],
    /// When it struck.
    pub start_ms: f64,
    /// When it was over; `null`: it lasted to the end.
    pub end_ms: Option<f64>,
    /// How much it touched.
    pub touched: u64,
    /// What `touched` counts.
    pub touches: &'static str,
}

/// How old reads were.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct StalenessSummary {
    /// Gets that were answered.
    pub reads: u64,
    /// Those that returned an overwritten value.
    pub stale_reads: u64,
    /// By how much the stalest was behind; 0 if none was stale.
    pub max_time_behind_ms: f64,
    /// By how much half of the stale ones were behind at most; 0 if none was stale.
    pub p50_time_behind_ms: f64,
    /// By how many versions the one most behind was.
    pub max_versions_behind: u64,
}

/// What became of the acknowledged writes, in the words of Jepsen's set checker.
#[derive(Clone, Debug, Serialize)]
pub struct DurabilitySummary {
    /// Writes that were acknowledged.
    pub acknowledged: u64,
    /// Those that every replica of their group knows of.
    pub stable: u64,
    /// Those that nobody knows of, or none of those who lead.
    pub lost: u64,
    /// Those of a value that no read ever found.
    pub never_read: u64,
    /// The longest time for which a lost write could still be read; `null`: nothing was lost.
    pub max_lost_latency_ms: Option<f64>,
    /// How many each replica does not know of.
    pub replicas: Vec<ReplicaDurabilitySummary>,
}

/// What one replica knows of the acknowledged writes.
#[derive(Clone, Debug, Serialize)]
pub struct ReplicaDurabilitySummary {
    /// Which node.
    pub node: node::NodeId,
    /// Whether it leads.
    pub leads: bool,
    /// Whether it is down, so that only its disk is left.
    pub is_down: bool,
    /// How many of the acknowledged writes of its group it does not know of.
    pub lost: u64,
}

/// How many operations were answered.
#[derive(Clone, Debug, Serialize)]
pub struct AvailabilitySummary {
    /// Operations begun.
    pub begun: u64,
    /// Operations answered.
    pub answered: u64,
    /// The share answered, 0 to 1; `null` if none was begun.
    pub share: Option<f64>,
    /// For how long no write was answered, all outages together.
    pub writes_down_ms: f64,
    /// For how long no read was answered.
    pub reads_down_ms: f64,
    /// For each fault after which an operation went unanswered, when service came back.
    pub recoveries: Vec<RecoverySummary>,
}

/// When service came back after a fault.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct RecoverySummary {
    /// Which fault, by position in `faults`.
    pub fault: usize,
    /// When the first operation that went unanswered was begun.
    pub lost_ms: f64,
    /// When service came back; `null`: it did not before the end or the next fault.
    pub regained_ms: Option<f64>,
}

/// A node that waited, with no deadline, for answers of other nodes.
#[derive(Clone, Debug, Serialize)]
pub struct WaitsSummary<'a> {
    /// Which node.
    pub node: node::NodeId,
    /// How many pieces of work it can have in hand at a time.
    pub workers: u64,
    /// For each node it waited for, how many workers did.
    pub on: &'a BTreeMap<node::NodeId, u64>,
    /// Clients' requests that waited for a worker.
    pub queued_requests: u64,
    /// What other nodes asked and what waited for a worker.
    pub queued_calls: u64,
    /// Health checks that wait for a worker.
    pub queued_health_checks: u64,
}

/// What the replicas hold at the end.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct ReplicasSummary {
    /// Nodes that were up.
    pub up: usize,
    /// Nodes that were down.
    pub down: usize,
    /// Keys that any replica holds.
    pub keys: usize,
    /// Keys on which nodes that were up, and of one group, differ.
    pub differing_keys: usize,
}

impl<'a> Summary<'a> {
    /// Sums up a run.
    pub fn of(run: &'a Run) -> Self {
        Self {
            schema: SCHEMA,
            schema_version: SCHEMA_VERSION,
            tool_version: env!("CARGO_PKG_VERSION"),
            scenario: &run.scenario.name,
            title: titled::title(run),
            system: run.system.name,
            seed: run.seed,
            stage: run.stage,
            digest: run.digest,
            as_expected: run.as_expected(),
            defects: &run.defects,
            verdicts: run.judgements.iter().map(verdict).collect(),
            run_ended_ms: run.run_ended.as_millis_f64(),
            ended_ms: run.ended.as_millis_f64(),
            counters: run.counters,
            operations: operations(run),
            faults: run.faults.iter().map(fault).collect(),
            staleness: staleness(run),
            availability: availability(run),
            durability: durability(run),
            waits: waits(run),
            replicas: replicas(run),
        }
    }

    /// The summary as JSON, indented, with a line break at its end.
    pub fn to_json(&self) -> String {
        let json = serde_json::to_string_pretty(self).expect("a summary has only string keys");
        json + "\n"
    }
}

fn verdict(judgement: &Judgement) -> VerdictSummary<'_> {
    VerdictSummary {
        property: judgement.property.name(),
        verdict: judgement.verdict.word(),
        expected: expected(judgement.expected),
        as_expected: judgement.as_expected(),
        summary: judgement.verdict.sentence(),
        witness: judgement.verdict.witness().map(proof),
    }
}

/// What is expected of a property, in one word.
pub(crate) fn expected(expected: judge::record::Expected) -> &'static str {
    match expected {
        judge::record::Expected::Holds => "holds",
        judge::record::Expected::Violated => "violated",
        judge::record::Expected::Unstated => "unstated",
    }
}

fn proof(witness: &Witness) -> WitnessSummary<'_> {
    WitnessSummary {
        facts: &witness.facts,
        operations: &witness.operations,
        keys: witness.keys.iter().map(node::Key::as_str).collect(),
        since_ms: witness.since.map(node::Time::as_millis_f64),
    }
}

fn ms(length: Duration) -> f64 {
    length.as_nanos() as f64 / 1e6
}

fn operations(run: &Run) -> OperationsSummary {
    let [ok, fail, info] = figures::outcomes(run.operations().iter());
    let kinds = crate::text::kinds(run).into_iter().map(Some);
    let latency = std::iter::once(None).chain(kinds).filter_map(|kind| {
        let figures = latency(figures::latency(run, kind)?);
        Some((kind.map_or("all", node::OperationKind::name), figures))
    });
    OperationsSummary { ok, fail, info, latency: latency.collect() }
}

fn latency(summary: LatencySummary) -> LatencyFigures {
    LatencyFigures {
        count: summary.count,
        mean_ms: ms(summary.mean),
        p50_ms: ms(summary.p50),
        p95_ms: ms(summary.p95),
        p99_ms: ms(summary.p99),
        max_ms: ms(summary.max),
    }
}

fn fault(fault: &FaultRecord) -> FaultSummary<'_> {
    FaultSummary {
        kind: fault.kind,
        label: &fault.label,
        origin: origin(fault),
        nodes: &fault.nodes,
        start_ms: fault.start.as_millis_f64(),
        end_ms: fault.end.map(node::Time::as_millis_f64),
        touched: fault.touched,
        touches: fault.kind.touches(),
    }
}

fn staleness(run: &Run) -> StalenessSummary {
    let stale = &run.staleness.stale;
    let mut behind: Vec<Duration> = stale.iter().map(|read| read.time_behind).collect();
    behind.sort_unstable();
    let quantile = |percent| crate::nearest_rank(&behind, percent).map_or(0.0, ms);
    StalenessSummary {
        reads: run.staleness.reads,
        stale_reads: stale.len() as u64,
        max_time_behind_ms: quantile(100),
        p50_time_behind_ms: quantile(50),
        max_versions_behind: stale.iter().map(|read| read.versions_behind).max().unwrap_or(0),
    }
}

fn availability(run: &Run) -> AvailabilitySummary {
    let report = &run.availability;
    let recoveries = report.recoveries.iter().map(|recovery| RecoverySummary {
        fault: recovery.fault,
        lost_ms: recovery.lost.as_millis_f64(),
        regained_ms: recovery.regained.map(node::Time::as_millis_f64),
    });
    AvailabilitySummary {
        begun: report.begun,
        answered: report.answered,
        share: (report.begun > 0).then(|| report.answered as f64 / report.begun as f64),
        writes_down_ms: ms(report.writes_down),
        reads_down_ms: ms(report.reads_down),
        recoveries: recoveries.collect(),
    }
}

fn waits(run: &Run) -> Vec<WaitsSummary<'_>> {
    let waiting = run.waits.iter().filter(|(_, waits)| !waits.on.is_empty());
    let summaries = waiting.map(|(node, waits)| WaitsSummary {
        node: *node,
        workers: waits.workers,
        on: &waits.on,
        queued_requests: waits.queued_requests,
        queued_calls: waits.queued_calls,
        queued_health_checks: waits.queued_health_checks,
    });
    summaries.collect()
}

fn durability(run: &Run) -> DurabilitySummary {
    let report = &run.durability;
    let replicas = report.replicas.iter().map(|replica| ReplicaDurabilitySummary {
        node: replica.node,
        leads: replica.leads,
        is_down: replica.is_down,
        lost: replica.lost,
    });
    DurabilitySummary {
        acknowledged: report.acknowledged,
        stable: report.stable,
        lost: report.lost,
        never_read: report.never_read,
        max_lost_latency_ms: report.max_lost_latency.map(|latency| latency.as_secs_f64() * 1e3),
        replicas: replicas.collect(),
    }
}

fn replicas(run: &Run) -> ReplicasSummary {
    let rows = figures::replica_rows(run);
    let up = run.replicas.iter().filter(|replica| replica.entries.is_some()).count();
    ReplicasSummary {
        up,
        down: run.replicas.len() - up,
        keys: rows.len(),
        differing_keys: rows.iter().filter(|row| !row.agree).count(),
    }
}
