//! Failures, grouped by what they show.

use crate::look::{Looked, What};
use scenarios::Property;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A run that showed something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Failures {
    groups: BTreeMap<(What, String), Group>,
    /// How many runs failed.
    runs: u64,
}

/// Failures as a file holds them.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    runs: u64,
    groups: Vec<WrittenGroup>,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenGroup {
    what: String,
    shape: String,
    count: u64,
    first: u64,
    cheapest: Failure,
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

    /// Adds failures of seeds that are all greater than these, as if they had been added one by one.
    pub fn add_later(&mut self, later: &Self) {
        self.runs += later.runs;
        for (key, more) in &later.groups {
            let Some(group) = self.groups.get_mut(key) else {
                self.groups.insert(key.clone(), more.clone());
                continue;
            };
            group.count += more.count;
            if more.cheapest.cost < group.cheapest.cost {
                group.cheapest = more.cheapest.clone();
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

impl From<Failures> for Written {
    fn from(failures: Failures) -> Self {
        let groups = failures.groups.into_values().map(|group| {
            let Group { what, shape, count, first, cheapest } = group;
            WrittenGroup { what: what.name().to_owned(), shape, count, first, cheapest }
        });
        Self { runs: failures.runs, groups: groups.collect() }
    }
}

impl TryFrom<Written> for Failures {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        let mut failures = Self { runs: written.runs, ..Self::default() };
        for WrittenGroup { what, shape, count, first, cheapest } in written.groups {
            let property = || Property::EVERY.into_iter().find(|property| property.name() == what);
            let what = match property() {
                Some(property) => What::Violated(property),
                None if what == What::Panic.name() => What::Panic,
                None => return Err(format!("there is no property `{what}`")),
            };
            let key = (what, shape.clone());
            failures.groups.insert(key, Group { what, shape, count, first, cheapest });
        }
        Ok(failures)
    }
}
