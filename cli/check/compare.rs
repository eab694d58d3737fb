//! What is not as it was.

use super::{
    jobs::{Jobs, Told},
    stored::{Stored, Summary},
};
use serde::Serialize;
use std::collections::BTreeSet;

/// What was found beside what is stored.
pub(super) struct Comparison {
    /// The runs that were had, in the order of the jobs.
    pub(super) runs: Vec<Compared>,
    /// What is stored of runs that there are no more.
    pub(super) gone: Vec<String>,
    /// How many runs were stored.
    pub(super) all: usize,
}

/// One run beside what is stored of it.
pub(super) struct Compared {
    pub(super) name: String,
    /// The place of its job.
    pub(super) place: usize,
    pub(super) told: Told,
    /// Whether nothing is stored of it.
    pub(super) is_new: bool,
    pub(super) differences: Vec<Difference>,
}

/// Something that is not as it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Difference {
    /// A property, a counter with `counter` before it, `seed`, `digest` or `panic`.
    pub(super) what: String,
    pub(super) was: String,
    pub(super) is: String,
}

impl Comparison {
    /// Of all jobs, of which some are not had in this part.
    pub(super) fn of(jobs: &Jobs, stored: &Stored, told: Vec<Option<Told>>) -> Self {
        let each = jobs.names.iter().zip(told).enumerate();
        let runs = each.filter_map(|(place, (name, told))| {
            let told = told?;
            let was = stored.runs.get(name);
            let differences = was.map(|was| differences(was, &told.summary)).unwrap_or_default();
            Some(Compared { name: name.clone(), place, told, is_new: was.is_none(), differences })
        });
        let runs = runs.collect();
        let known: BTreeSet<_> = jobs.names.iter().collect();
        let gone = stored.runs.keys().filter(|name| !known.contains(name)).cloned().collect();
        Self { runs, gone, all: jobs.all.len() }
    }

    /// Whether nothing is other than stored or expected.
    pub(super) fn is_fine(&self) -> bool {
        self.gone.is_empty() && self.runs.iter().all(Compared::is_fine)
    }

    /// Whether all is as expected, be it as stored or not.
    pub(super) fn is_as_expected(&self) -> bool {
        self.runs.iter().all(|run| run.told.surprises.is_empty())
    }

    /// How many runs are so.
    pub(super) fn count(&self, is: impl Fn(&Compared) -> bool) -> u64 {
        self.runs.iter().filter(|run| is(run)).count() as u64
    }
}

impl Compared {
    /// Whether it is as stored and as expected.
    pub(super) fn is_fine(&self) -> bool {
        !self.is_new && self.differences.is_empty() && self.told.surprises.is_empty()
    }
}

fn differences(was: &Summary, is: &Summary) -> Vec<Difference> {
    let mut found = Vec::new();
    let mut differ = |what: &str, was: String, is: String| {
        if was != is {
            found.push(Difference { what: what.to_owned(), was, is });
        }
    };
    differ("seed", was.seed.to_string(), is.seed.to_string());
    let panic = |summary: &Summary| match &summary.panicked {
        Some(message) => message.clone(),
        None => "none".to_owned(),
    };
    differ("panic", panic(was), panic(is));
    if was.panicked.is_some() != is.panicked.is_some() {
        // Of a run without an end there is nothing else to say.
        return found;
    }
    let (old, new) = (was.words(), is.words());
    let properties: BTreeSet<_> = old.keys().chain(new.keys()).collect();
    for property in properties {
        let word = |words: &std::collections::BTreeMap<&str, &str>| {
            words.get(*property).copied().unwrap_or("not judged").to_owned()
        };
        differ(property, word(&old), word(&new));
    }
    let counters: BTreeSet<_> = was.counters.keys().chain(is.counters.keys()).collect();
    for counter in counters {
        let of = |summary: &Summary| {
            summary.counters.get(counter).map_or_else(|| "not counted".to_owned(), u64::to_string)
        };
        differ(&format!("counter {counter}"), of(was), of(is));
    }
    let digest = |summary: &Summary| summary.digest.clone().unwrap_or_else(|| "none".to_owned());
    differ("digest", digest(was), digest(is));
    found
}
