//! The ladder's figures, rung by rung.

use super::{Measurement, Row, SweepResults, measure::ms};
use scenarios::experiment::{CONDITIONS, Condition, RUNGS, Rung};

/// What a rung costs, and what it loses.
#[derive(Clone, Debug)]
pub(crate) struct RungFigures {
    pub(crate) rung: Rung,
    /// Lightly loaded: half, and 99 of 100, of writes and reads took at most this long.
    pub(crate) write_p50_ms: f64,
    pub(crate) write_p99_ms: f64,
    pub(crate) read_p50_ms: f64,
    /// Fully loaded: operations a second.
    pub(crate) throughput_rps: f64,
    /// What it loses under each fault, over all seeds.
    pub(crate) faults: Vec<(Condition, Losses)>,
}

/// What was lost, in one or several runs.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Losses {
    pub(crate) lost_writes: u64,
    pub(crate) writes_acknowledged: u64,
    pub(crate) stale_reads: u64,
    pub(crate) reads_answered: u64,
    pub(crate) differing_keys: u64,
    pub(crate) unanswered: u64,
    pub(crate) begun: u64,
}

impl Losses {
    fn of(measured: &Measurement) -> Self {
        Self {
            lost_writes: measured.lost_writes,
            writes_acknowledged: measured.writes_acknowledged,
            stale_reads: measured.stale_reads,
            reads_answered: measured.reads_answered,
            differing_keys: measured.differing_keys.unwrap_or_default(),
            unanswered: measured.failed(),
            begun: measured.begun,
        }
    }

    fn plus(self, other: Self) -> Self {
        Self {
            lost_writes: self.lost_writes + other.lost_writes,
            writes_acknowledged: self.writes_acknowledged + other.writes_acknowledged,
            stale_reads: self.stale_reads + other.stale_reads,
            reads_answered: self.reads_answered + other.reads_answered,
            differing_keys: self.differing_keys + other.differing_keys,
            unanswered: self.unanswered + other.unanswered,
            begun: self.begun + other.begun,
        }
    }

    /// The share of reads that were stale, 0 to 1.
    pub(crate) fn stale_share(&self) -> f64 {
        share(self.stale_reads, self.reads_answered)
    }

    /// The share of operations that were not answered, 0 to 1.
    pub(crate) fn unanswered_share(&self) -> f64 {
        share(self.unanswered, self.begun)
    }
}

fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

impl RungFigures {
    /// What it loses under all faults together.
    pub(crate) fn losses(&self) -> Losses {
        self.faults.iter().fold(Losses::default(), |sum, (_, losses)| sum.plus(*losses))
    }
}

/// The figures of every rung, in the order of [`RUNGS`]. A figure for which there is no run is 0.
pub(crate) fn rungs(results: &SweepResults) -> Vec<RungFigures> {
    RUNGS.iter().map(|rung| figures(rung, results)).collect()
}

fn figures(rung: &Rung, results: &SweepResults) -> RungFigures {
    let under = |condition: Condition| {
        results.of(rung.system).filter(move |row| row.trial.setting == condition.name())
    };
    let first = |condition| under(condition).map(|row: &Row| &row.measured).next();
    let light = first(Condition::Light);
    let (writes, reads) = (light.and_then(|m| m.writes), light.and_then(|m| m.reads));
    let faults = CONDITIONS.into_iter().filter(|condition| condition.is_fault());
    RungFigures {
        rung: *rung,
        write_p50_ms: writes.map_or(0.0, |writes| ms(writes.p50)),
        write_p99_ms: writes.map_or(0.0, |writes| ms(writes.p99)),
        read_p50_ms: reads.map_or(0.0, |reads| ms(reads.p50)),
        throughput_rps: first(Condition::Full).map_or(0.0, Measurement::throughput_rps),
        faults: faults
            .map(|condition| {
                let losses = under(condition).map(|row| Losses::of(&row.measured));
                (condition, losses.fold(Losses::default(), Losses::plus))
            })
            .collect(),
    }
}
