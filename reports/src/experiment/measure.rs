//! What is measured in one run of an experiment.

use crate::{figures::replica_rows, quantile::LatencySummary};
use judge::{
    Run,
    property::count_lost_writes,
    record::{Digest, OperationRecord},
};
use node::{OperationKind, Setting};
use scenarios::experiment::Trial;
use std::time::Duration;

/// What is measured in one run of an experiment.
///
/// Operations begun before [`Trial::measured_from`] are not counted; losses are those of the whole run.
#[derive(Clone, Debug, PartialEq)]
pub struct Measurement {
    /// The run's seed.
    pub seed: u64,
    /// The run's fingerprint.
    pub digest: Digest,
    /// What is wrong with the run itself, such as a fault that touched nothing.
    pub defects: Vec<String>,
    /// How long the run took in simulated time.
    pub simulated: Duration,
    /// Operations begun.
    pub begun: u64,
    /// Operations that were answered as hoped.
    pub succeeded: u64,
    /// From the beginning of the first operation to the end of the last.
    pub span: Duration,
    /// How long the answered operations took; `None`: there were none.
    pub all: Option<LatencySummary>,
    /// How long the answered reads took.
    pub reads: Option<LatencySummary>,
    /// How long the answered writes took.
    pub writes: Option<LatencySummary>,
    /// Reads that returned what had been overwritten.
    pub stale_reads: u64,
    /// Reads that were answered.
    pub reads_answered: u64,
    /// Acknowledged writes that no node held at the end, nor a later one in their place.
    pub lost_writes: u64,
    /// Writes that were acknowledged.
    pub writes_acknowledged: u64,
    /// Keys that nodes held differently at the end; `None` where not every node is to hold every key.
    pub differing_keys: Option<u64>,
}

impl Measurement {
    /// Measures a run.
    pub fn of(trial: &Trial, run: &Run) -> Self {
        let from = node::Time::from(trial.measured_from);
        let counted = run.operations().iter().filter(|record| record.invoked >= from);
        let counted: Vec<&OperationRecord> = counted.collect();
        let latencies = |wanted: fn(OperationKind) -> bool| {
            let answered = counted
                .iter()
                .filter(|record| record.is_answered() && wanted(record.operation.kind()));
            LatencySummary::of(answered.map(|r| r.completed.since(r.invoked)).collect())
        };
        let last = counted.iter().filter(|r| r.is_answered()).map(|r| r.completed).max();
        let whole = run.operations();
        let acknowledged = whole.iter().filter(|r| r.is_ok() && r.operation.kind().is_write());
        let differing = || replica_rows(run).iter().filter(|row| !row.agree).count() as u64;
        Self {
            seed: run.seed,
            digest: run.digest,
            defects: run.defects.clone(),
            simulated: Duration::from_nanos(run.counters.simulated_ns),
            begun: counted.len() as u64,
            succeeded: counted.iter().filter(|record| record.is_ok()).count() as u64,
            span: last.map_or(Duration::ZERO, |last| last.since(from)),
            all: latencies(|_| true),
            reads: latencies(|kind| kind == OperationKind::Get),
            writes: latencies(OperationKind::is_write),
            stale_reads: run.staleness.stale.len() as u64,
            reads_answered: run.staleness.reads,
            lost_writes: count_lost_writes(run),
            writes_acknowledged: acknowledged.count() as u64,
            differing_keys: every_node_holds_every_key(trial).then(differing),
        }
    }

    /// Operations answered as hoped, a second.
    pub fn throughput_rps(&self) -> f64 {
        let seconds = self.span.as_secs_f64();
        if seconds > 0.0 { self.succeeded as f64 / seconds } else { 0.0 }
    }

    /// Operations that were not answered as hoped.
    pub fn failed(&self) -> u64 {
        self.begun - self.succeeded
    }
}

fn every_node_holds_every_key(trial: &Trial) -> bool {
    let nodes = trial.scenario.cluster.nodes as u64;
    match trial.system {
        "sharded-groups" => false,
        "quorum" => match trial.scenario.system.settings.get("n") {
            Some(Setting::Count(n)) => *n == 0 || *n == nodes,
            _ => true,
        },
        _ => true,
    }
}

/// Milliseconds of a length of time.
pub(crate) fn ms(length: Duration) -> f64 {
    length.as_nanos() as f64 / 1e6
}
