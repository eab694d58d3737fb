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
    /// What it loses under each fault and where clocks disagree, over all seeds.
    pub(crate) trials: Vec<(Condition, Losses)>,
}

/// What was lost, in one or several runs.
#[derive(Clone, Debug, Default)]
pub(crate) struct Losses {
    /// Acknowledged writes that clients cannot get any more.
    pub(crate) lost_writes: u64,
    /// How many of the acknowledged writes each node still knows of.
    pub(crate) held_writes: Vec<u64>,
    pub(crate) writes_acknowledged: u64,
    pub(crate) stale_reads: u64,
    pub(crate) reads_answered: u64,
    pub(crate) differing_keys: u64,
    pub(crate) held_keys: u64,
    /// How often a node looked at a clock that was wrong.
    pub(crate) clock_readings: u64,
    pub(crate) unanswered: u64,
    pub(crate) begun: u64,
}

impl Losses {
    fn of(measured: &Measurement) -> Self {
        Self {
            lost_writes: measured.lost_writes,
            held_writes: measured.held_writes.clone(),
            writes_acknowledged: measured.writes_acknowledged,
            stale_reads: measured.stale_reads,
            reads_answered: measured.reads_answered,
            differing_keys: measured.differing_keys.unwrap_or_default(),
            held_keys: measured.held_keys,
            clock_readings: measured.clock_readings,
            unanswered: measured.failed(),
            begun: measured.begun,
        }
    }

    fn plus(self, other: &Self) -> Self {
        let nodes = self.held_writes.len().max(other.held_writes.len());
        let held = |of: &Self, node: usize| of.held_writes.get(node).copied().unwrap_or_default();
        Self {
            held_writes: (0..nodes).map(|node| held(&self, node) + held(other, node)).collect(),
            held_keys: self.held_keys + other.held_keys,
            clock_readings: self.clock_readings + other.clock_readings,
            lost_writes: self.lost_writes + other.lost_writes,
            writes_acknowledged: self.writes_acknowledged + other.writes_acknowledged,
            stale_reads: self.stale_reads + other.stale_reads,
            reads_answered: self.reads_answered + other.reads_answered,
            differing_keys: self.differing_keys + other.differing_keys,
            unanswered: self.unanswered + other.unanswered,
            begun: self.begun + other.begun,
        }
    }

    /// Whether a client that was told of success, or got an answer, was told wrong.
    pub(crate) fn misleads_clients(&self) -> bool {
        self.lost_writes + self.stale_reads > 0
    }
}

impl RungFigures {
    /// What it loses under all crashes and cuts together.
    pub(crate) fn under_faults(&self) -> Losses {
        let faults = self.trials.iter().filter(|(condition, _)| condition.is_fault());
        faults.fold(Losses::default(), |sum, (_, losses)| sum.plus(losses))
    }

    /// What it loses under one condition.
    pub(crate) fn under(&self, wanted: Condition) -> Losses {
        let mut trials = self.trials.iter().filter(|(condition, _)| *condition == wanted);
        trials.next().map(|(_, losses)| losses.clone()).unwrap_or_default()
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
    let is_price = |condition: &Condition| matches!(condition, Condition::Light | Condition::Full);
    let trials = CONDITIONS.into_iter().filter(|condition| !is_price(condition));
    RungFigures {
        rung: *rung,
        write_p50_ms: writes.map_or(0.0, |writes| ms(writes.p50)),
        write_p99_ms: writes.map_or(0.0, |writes| ms(writes.p99)),
        read_p50_ms: reads.map_or(0.0, |reads| ms(reads.p50)),
        throughput_rps: first(Condition::Full).map_or(0.0, Measurement::throughput_rps),
        trials: trials
            .map(|condition| {
                let losses = under(condition).map(|row| Losses::of(&row.measured));
                (condition, losses.fold(Losses::default(), |sum, it| sum.plus(&it)))
            })
            .collect(),
    }
}
