//! Two runs beside each other: where they first differ, whether the same faults struck, and one page for both.
//!
//! What flows in: two [`judge::Run`]s with their traces. What flows out: the first differences as sentences, on the
//! terminal, as JSON and on `compare.html`, whose two runs share one time axis. Each sentence says only what both
//! records show: of two systems that number their messages differently, events are not compared.

mod answers;
mod events;
mod faults;
mod folder;
mod held;
mod json;
mod names;
mod text;

pub use folder::{check_target, write};
pub use json::SCHEMA;

use crate::{StoryOptions, page};
use faults::Faults;
use judge::Run;
use node::{Key, Time};
use serde::Serialize;

/// How the two runs are called for short: in lanes and sentences.
pub(crate) const LETTERS: [&str; 2] = ["A", "B"];

/// One of the two runs, and how it is told.
pub struct Side {
    /// The run; it should have a trace.
    pub run: Run,
    /// How its story is told.
    pub told: StoryOptions,
    /// The command that has it again, if not the one that the story would name.
    pub again: Option<String>,
}

/// What a difference is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The first event of the two traces that is not the same.
    Event,
    /// The first operation whose answer or outcome is not the same.
    Answer,
    /// The first moment at which a node holds one value under a key and its counterpart another.
    Value,
    /// The first difference between a node and its counterpart that lasts to the end.
    Lasting,
}

/// Something that is not the same in both runs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Difference {
    /// What it is about.
    pub kind: Kind,
    /// In a few words, as a mark on the axis.
    pub label: String,
    /// In a sentence.
    pub sentence: String,
    /// The moment in each run.
    #[serde(serialize_with = "moments")]
    pub at: [Time; 2],
    /// The key that it is about.
    #[serde(serialize_with = "key")]
    pub key: Option<Key>,
}

/// What came of looking for a first difference: it, or the sentence that says that there is none.
pub type Found = Result<Difference, String>;

/// Two runs and where they differ.
pub struct Comparison<'a> {
    sides: &'a [Side; 2],
    names: [String; 2],
    faults: Faults,
    found: Vec<Found>,
}

impl<'a> Comparison<'a> {
    /// Compares two runs, which should have their traces.
    pub fn of(sides: &'a [Side; 2]) -> Self {
        let [a, b] = [&sides[0].run, &sides[1].run];
        let mut found = vec![events::first(a, b), answers::first(a, b)];
        found.extend(held::first(a, b));
        Self { sides, names: names::of(a, b), faults: Faults::of(a, b), found }
    }

    /// The differences, each the first of its kind.
    pub fn differences(&self) -> impl Iterator<Item = &Difference> {
        self.found.iter().filter_map(|found| found.as_ref().ok())
    }

    /// What is the same, or was not compared, in sentences.
    pub fn same(&self) -> impl Iterator<Item = &str> {
        self.found.iter().filter_map(|found| found.as_ref().err().map(String::as_str))
    }

    /// Whether the same faults struck, in a sentence.
    pub fn faults(&self) -> String {
        self.faults.sentence(self.runs())
    }

    /// The page of both, as one file.
    pub fn page(&self) -> String {
        page::of_two(self)
    }

    pub(crate) fn sides(&self) -> &'a [Side; 2] {
        self.sides
    }

    pub(crate) fn runs(&self) -> [&'a Run; 2] {
        self.sides.each_ref().map(|side| &side.run)
    }

    /// What each run is called: its system, and what else tells it from the other.
    pub(crate) fn names(&self) -> &[String; 2] {
        &self.names
    }

    /// The faults that struck both alike, by their positions in each.
    pub(crate) fn shared_faults(&self) -> &[(usize, usize)] {
        &self.faults.shared
    }
}

/// Whether two records are of one and the same run, so that there is nothing to compare.
pub fn is_same_run(a: &Run, b: &Run) -> bool {
    let of = |run: &Run| (run.digest, run.seed, run.system.name, run.plan().to_toml());
    of(a) == of(b)
}

fn moments<S: serde::Serializer>(at: &[Time; 2], serializer: S) -> Result<S::Ok, S::Error> {
    at.map(Time::as_nanos).serialize(serializer)
}

fn key<S: serde::Serializer>(key: &Option<Key>, serializer: S) -> Result<S::Ok, S::Error> {
    key.as_ref().map(Key::as_str).serialize(serializer)
}
