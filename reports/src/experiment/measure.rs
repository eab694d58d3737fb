//! What is measured in one run of an experiment.

use crate::{figures::replica_rows, quantile::LatencySummary};
use judge::{
    Run,
    record::{Digest, FaultKind, FaultRecord, OperationRecord},
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
    /// Acknowledged writes that clients cannot get any more: no node held them at the end, nor a
    /// later one in their place, or, where nodes lead, none of those that do.
    pub lost_writes: u64,
    /// Of the acknowledged writes, how many each node knew of at the end, in order of the nodes'
    /// names: it held them or a later one in their place.
    pub held_writes: Vec<u64>,
    /// Writes that were acknowledged.
    pub writes_acknowledged: u64,
    /// Keys that nodes held differently at the end; `None` where not every node is to hold every key.
    pub differing_keys: Option<u64>,
    /// Keys that any node held at the end.
    pub held_keys: u64,
    /// How often a node looked at a clock that was wrong.
    pub clock_readings: u64,
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
        let keys = replica_rows(run);
        let differing = || keys.iter().filter(|row| !row.agree).count() as u64;
        let durability = &run.durability;
        let held = durability.replicas.iter().map(|it| durability.acknowledged - it.lost);
        Self {
            seed: run.seed,
            digest: run.digest,
            defects: defects(run),
            simulated: Duration::from_nanos(run.counters.simulated_ns),
            begun: counted.len() as u64,
            succeeded: counted.iter().filter(|record| record.is_ok()).count() as u64,
            span: last.map_or(Duration::ZERO, |last| last.since(from)),
            all: latencies(|_| true),
            reads: latencies(|kind| kind == OperationKind::Get),
            writes: latencies(OperationKind::is_write),
            stale_reads: run.staleness.stale.len() as u64,
            reads_answered: run.staleness.reads,
            lost_writes: durability.lost,
            held_writes: held.collect(),
            writes_acknowledged: acknowledged.count() as u64,
            differing_keys: every_node_holds_every_key(trial).then(differing),
            held_keys: keys.len() as u64,
            clock_readings: wrong_clocks(run).map(|fault| fault.touched).sum(),
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

fn wrong_clocks(run: &Run) -> impl Iterator<Item = &FaultRecord> {
    run.faults.iter().filter(|fault| fault.kind == FaultKind::ClockJump)
}

/// What is wrong with a run. That nobody looked at a wrong clock is not: whether a design
/// does is what such a run finds out.
fn defects(run: &Run) -> Vec<String> {
    let is_unread = |defect: &&String| {
        wrong_clocks(run).any(|fault| fault.touched == 0 && defect.contains(&fault.label))
    };
    run.defects.iter().filter(|defect| !is_unread(defect)).cloned().collect()
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
