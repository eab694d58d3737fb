//! How soon hunts catch a flaw, and how small a plan shows it.
//!
//! A flaw is caught by a seed if the run that is drawn for it violates a property in a shape in which neither
//! the same run without the flaw does, nor any of many other runs without it. What a store that is weak
//! by design breaks anyway says nothing of its flaw, and the same run alone would not tell: a flaw that
//! sends one message more shifts the draws of all that follow, and a store that breaks in every second run
//! then breaks in this one and not in that by mere chance.
//!
//! Each of several hunts has seeds of its own, one after the other, until one catches the flaw or none is
//! left.

use crate::{
    Shrink, ShrinkError, Shrunk,
    draw::draw,
    look::{Looked, Outcome, What, look},
    shrink::shrink,
};
use node::SystemInfo;
use scenarios::Scenario;
use std::{
    collections::{BTreeMap, BTreeSet},
    num::NonZeroUsize,
    ops::Range,
};

/// What runs of a system violate without any flaw, and in what shapes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Anyway(BTreeSet<(What, String)>);

impl Anyway {
    /// Looks at so many drawn runs, from seed 0 on, with the flaws that this one builds on.
    ///
    /// # Errors
    ///
    /// What [`sim::run`] gives.
    pub fn of(
        system: &'static SystemInfo,
        flaw: Option<&str>,
        runs: u64,
        jobs: NonZeroUsize,
    ) -> Result<Self, sim::Error> {
        let seeds: Vec<u64> = (0..runs).collect();
        let bases = flaws(system, flaw, false);
        let see = |seed: &u64| look(draw(system, &bases, *seed).scenario, system.name, *seed, &[]);
        let mut shown = BTreeSet::new();
        for looked in sim::in_parallel(&seeds, jobs, see, |_, _| {}) {
            shown.extend(looked?.outcomes.into_iter().map(|it| (it.what, it.shape)));
        }
        Ok(Self(shown))
    }

    fn has(&self, outcome: &Outcome) -> bool {
        self.0.contains(&(outcome.what, outcome.shape.clone()))
    }
}

/// What is switched on to have a flaw, or else what it builds on alone.
fn flaws(system: &SystemInfo, flaw: Option<&str>, is_flawed: bool) -> Vec<String> {
    let all = flaw.map_or_else(Vec::new, |flaw| system.flaw_with_its_bases(flaw));
    if is_flawed { all } else { system.bases_among(&all) }
}

/// A flaw, and how it is hunted.
#[derive(Clone, Debug)]
pub struct FlawHunts {
    /// Whose flaw it is.
    pub system: &'static SystemInfo,
    /// Its name; none: a flaw that is none, which no hunt catches.
    pub flaw: Option<&'static str>,
    /// How many hunts there are.
    pub hunts: u64,
    /// How many seeds each of them has at most: the first from 0 on, the next from there on.
    pub seeds: u64,
    /// What the system violates without any flaw.
    pub anyway: Anyway,
}

/// A seed that caught a flaw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Catch {
    /// The seed.
    pub seed: u64,
    /// How many seeds its hunt needed, itself counted.
    pub after: u64,
    /// What the run showed that it does not show without the flaw, at least one.
    pub shown: Vec<What>,
    /// How much happened in the run.
    pub cost: u64,
}

/// What came of the hunts for a flaw, each in its place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FlawHunted {
    /// The catch of each hunt; nothing where it has none.
    pub catches: Vec<Option<Catch>>,
    /// How many seeds were looked at in all hunts together.
    pub seeds: u64,
}

impl FlawHunts {
    /// The seeds of a hunt.
    pub fn range(&self, hunt: u64) -> Range<u64> {
        hunt * self.seeds..(hunt + 1) * self.seeds
    }

    /// The scenario of a seed, with the flaw.
    pub fn scenario(&self, seed: u64) -> Scenario {
        self.drawn(seed, true)
    }

    fn drawn(&self, seed: u64, is_flawed: bool) -> Scenario {
        draw(self.system, &flaws(self.system, self.flaw, is_flawed), seed).scenario
    }

    /// Has every hunt, so many at once; what comes of each does not depend on how many that is. `done`
    /// hears of each that is over.
    ///
    /// # Errors
    ///
    /// What [`sim::run`] gives.
    pub fn go(&self, jobs: NonZeroUsize, mut done: impl FnMut()) -> Result<FlawHunted, sim::Error> {
        let hunts: Vec<u64> = (0..self.hunts).collect();
        let hunt = |hunt: &u64| self.hunt(self.range(*hunt));
        let caught = sim::in_parallel(&hunts, jobs, hunt, |_, _| done());
        let mut hunted = FlawHunted::default();
        for caught in caught {
            let caught = caught?;
            hunted.seeds += caught.as_ref().map_or(self.seeds, |catch| catch.after);
            hunted.catches.push(caught);
        }
        Ok(hunted)
    }

    fn hunt(&self, seeds: Range<u64>) -> Result<Option<Catch>, sim::Error> {
        for seed in seeds.clone() {
            let with = self.look(seed, true)?;
            let is_new = |shown: &Outcome| !self.anyway.has(shown);
            if !with.outcomes.iter().any(is_new) {
                continue;
            }
            let without = self.look(seed, false)?;
            let is_of_flaw = |shown: &&Outcome| {
                let mut twin = without.outcomes.iter();
                is_new(shown) && !twin.any(|it| (it.what, &it.shape) == (shown.what, &shown.shape))
            };
            let shown = with.outcomes.iter().filter(is_of_flaw);
            let shown: Vec<_> = shown.map(|outcome| outcome.what).collect();
            if !shown.is_empty() {
                let after = seed - seeds.start + 1;
                return Ok(Some(Catch { seed, after, shown, cost: with.cost }));
            }
        }
        Ok(None)
    }

    fn look(&self, seed: u64, is_flawed: bool) -> Result<Looked, sim::Error> {
        look(self.drawn(seed, is_flawed), self.system.name, seed, &[])
    }

    /// Makes a run that shows the flaw small, keeping to what does not show without the flaw, one candidate
    /// after the other, of which there are so many at most.
    ///
    /// # Errors
    ///
    /// What [`shrink`] gives.
    pub fn shrink(
        &self,
        scenario: Scenario,
        seed: u64,
        what: Option<What>,
        tries: u64,
    ) -> Result<Shrunk, ShrinkError> {
        let property = match what {
            Some(What::Violated(property)) => Some(property),
            Some(What::Panic) | None => None,
        };
        let of = Shrink {
            scenario,
            system: self.system,
            seed,
            property,
            any_shape: false,
            needs_flaws: true,
            // What is tried last would else depend on how many are tried at once.
            jobs: NonZeroUsize::MIN,
        };
        shrink(&of, &mut |so_far| so_far.tries < tries)
    }
}

impl FlawHunted {
    /// How many hunts caught it.
    pub fn caught(&self) -> usize {
        self.catches.iter().flatten().count()
    }

    /// How many seeds half of the hunts needed at most; nothing if fewer than half caught it.
    pub fn median(&self) -> Option<u64> {
        let mut after: Vec<_> = self.catches.iter().flatten().map(|catch| catch.after).collect();
        after.sort_unstable();
        let half = self.catches.len().div_ceil(2);
        half.checked_sub(1).and_then(|place| after.get(place)).copied()
    }

    /// What showed it, and in how many hunts, the most frequent first.
    pub fn checkers(&self) -> Vec<(What, u64)> {
        let mut counts = BTreeMap::new();
        for what in self.catches.iter().flatten().flat_map(|catch| &catch.shown) {
            *counts.entry(*what).or_insert(0) += 1;
        }
        let mut counts: Vec<_> = counts.into_iter().collect();
        counts.sort_by_key(|(what, count)| (std::cmp::Reverse(*count), *what));
        counts
    }

    /// The catch in which least happened, and of equals the first: it is soonest made small.
    pub fn cheapest(&self) -> Option<&Catch> {
        self.catches.iter().flatten().min_by_key(|catch| catch.cost)
    }
}
