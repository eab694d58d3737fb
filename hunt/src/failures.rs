//! Failures, grouped by what they show.

use crate::look::{Looked, What};
use std::collections::BTreeMap;

/// A run that showed something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Its seed.
    pub seed: u64,
    /// How much happened in it.
    pub cost: u64,
    /// What it showed, in one sentence.
    pub sentence: String,
}

/// Runs that showed the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// What they showed.
    pub what: What,
    /// The shape of their witnesses.
    pub shape: String,
    /// How many they are.
    pub count: u64,
    /// The seed of the first.
    pub first: u64,
    /// The one in which least happened; of equals the first.
    pub cheapest: Failure,
}

/// All that was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Failures {
    groups: BTreeMap<(What, String), Group>,
    /// How many runs failed.
    runs: u64,
}

impl Failures {
    /// Adds what came of the run of a seed; seeds come in ascending order.
    pub fn add(&mut self, seed: u64, looked: &Looked) {
        self.runs += u64::from(!looked.outcomes.is_empty());
        for outcome in &looked.outcomes {
            let failure = Failure { seed, cost: looked.cost, sentence: outcome.sentence.clone() };
            let key = (outcome.what, outcome.shape.clone());
            let group = self.groups.entry(key).or_insert_with(|| Group {
                what: outcome.what,
                shape: outcome.shape.clone(),
                count: 0,
                first: seed,
                cheapest: failure.clone(),
            });
            group.count += 1;
            if failure.cost < group.cheapest.cost {
                group.cheapest = failure;
            }
        }
    }

    /// The groups, those of a property together, the largest first.
    pub fn groups(&self) -> Vec<&Group> {
        let mut groups: Vec<&Group> = self.groups.values().collect();
        groups.sort_by_key(|group| (group.what, std::cmp::Reverse(group.count), group.first));
        groups
    }

    /// How many runs failed.
    pub const fn runs(&self) -> u64 {
        self.runs
    }

    /// By what was violated, how often.
    pub fn by_what(&self) -> BTreeMap<What, u64> {
        let mut by_what = BTreeMap::new();
        for group in self.groups.values() {
            *by_what.entry(group.what).or_default() += group.count;
        }
        by_what
    }
}
