//! Seed after seed, on all cores.

use crate::{
    coverage::Coverage,
    draw::draw,
    failures::Failures,
    look::{Looked, look},
};
use node::SystemInfo;
use scenarios::{Property, Scenario};
use serde::{Deserialize, Serialize};
use std::{num::NonZeroUsize, ops::Range, sync::Arc, time::Duration};

/// What is hunted.
#[derive(Clone, Debug)]
pub enum Source {
    /// A configuration drawn for each seed, with these flaws switched on.
    Random(Vec<String>),
    /// This scenario, as it is.
    Scenario(Arc<Scenario>),
}

impl Source {
    /// The scenario of a seed.
    pub fn scenario(&self, system: &SystemInfo, seed: u64) -> Arc<Scenario> {
        match self {
            Self::Random(flaws) => draw(system, flaws, seed).scenario.into(),
            Self::Scenario(scenario) => scenario.clone(),
        }
    }
}

/// What to hunt for, and how far.
#[derive(Clone, Debug)]
pub struct Hunt {
    /// What is hunted.
    pub source: Source,
    /// On which system.
    pub system: &'static SystemInfo,
    /// With which seeds, in order.
    pub seeds: Range<u64>,
    /// Violations of which properties count; none: of all that the scenario does not expect.
    pub only: Vec<Property>,
    /// After how many failing runs it stops.
    pub stop_after: Option<u64>,
    /// How many runs at once.
    pub jobs: NonZeroUsize,
}

/// What a hunt has found.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Hunted {
    /// How many seeds were looked at.
    pub seeds: u64,
    /// How much time passed in all runs together.
    pub simulated: Duration,
    /// What failed.
    pub failures: Failures,
    /// What was met.
    pub coverage: Coverage,
}

/// So many runs of a core make a round, after which others hear of it.
const ROUND: u64 = 128;

/// A hunt that came to a run that could not be had.
#[derive(Debug, thiserror::Error)]
#[error("{error}")]
pub struct Stopped {
    /// What was found with the seeds before it.
    pub so_far: Box<Hunted>,
    /// Its seed.
    pub seed: u64,
    /// Why it could not be had.
    #[source]
    pub error: Box<sim::Error>,
}

/// Has run after run, in rounds, until `is_over`, which is asked before each run; `see` hears after each round what was
/// found so far. What is found depends on the seeds alone, not on how many runs are had at once; where it stops
/// after some failures, it does so at the seed that makes up their number. Nothing is kept of a run but what it
/// adds to what was found, so that there may be as many as you like.
///
/// # Errors
///
/// [`Stopped`] with what [`sim::run`] gives, at the first seed of which it gives an error.
pub fn hunt(
    of: &Hunt,
    is_over: impl Fn() -> bool + Sync,
    mut see: impl FnMut(&Hunted),
) -> Result<Hunted, Stopped> {
    let mut hunted = Hunted::default();
    let mut next = of.seeds.start;
    let look = |seed: &u64| -> Option<Result<Looked, sim::Error>> {
        let scenario = || of.source.scenario(of.system, *seed);
        (!is_over()).then(|| look(scenario(), of.system.name, *seed, &of.only))
    };
    while next < of.seeds.end && !is_over() {
        let round = ROUND.saturating_mul(of.jobs.get() as u64);
        let end = of.seeds.end.min(next.saturating_add(round));
        let seeds: Vec<u64> = (next..end).collect();
        let looked = sim::in_parallel(&seeds, of.jobs, look, |_, _| {});
        for (&seed, looked) in seeds.iter().zip(looked) {
            match looked {
                Some(Ok(looked)) => hunted.add(seed, &looked),
                Some(Err(error)) => {
                    let (so_far, error) = (Box::new(hunted), Box::new(error));
                    return Err(Stopped { so_far, seed, error });
                }
                None => return Ok(hunted),
            }
            if of.stop_after.is_some_and(|most| hunted.failures.runs() >= most) {
                return Ok(hunted);
            }
        }
        next = end;
        see(&hunted);
    }
    Ok(hunted)
}

impl Hunted {
    /// Adds what was found with seeds that are all greater than these, as one hunt would have.
    pub fn add_later(&mut self, later: &Self) {
        self.seeds += later.seeds;
        self.simulated += later.simulated;
        self.failures.add_later(&later.failures);
        self.coverage.add_later(&later.coverage);
    }

    fn add(&mut self, seed: u64, looked: &Looked) {
        self.seeds += 1;
        self.simulated += looked.simulated;
        self.failures.add(seed, looked);
        self.coverage.add(&looked.marks);
    }
}
