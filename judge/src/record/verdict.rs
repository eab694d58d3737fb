//! What checkers say.

use node::{Key, Time};
use scenarios::Property;
use serde::{Deserialize, Serialize};

/// A checker's answer. A violated property is never an error.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The property holds; the text says what was looked at.
    #[serde(alias = "valid")]
    Holds(String),
    /// It does not, and this proves it.
    #[serde(alias = "invalid")]
    Violated(Witness),
    /// The checker cannot tell; the text says why.
    Unknown(String),
    /// The system has no such thing, so that there is nothing to judge; the text says what
    /// it lacks.
    NotApplicable(String),
}

/// The few operations that prove a violation, in words a student can follow.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Witness {
    /// The violation in one sentence.
    pub summary: String,
    /// The proof, a line a fact, in order of time.
    pub facts: Vec<String>,
    /// The operations it rests on, by position in the history.
    pub operations: Vec<usize>,
    /// The keys concerned, at most a few.
    pub keys: Vec<Key>,
    /// Since when the property has been violated, where that has a meaning.
    pub since: Option<Time>,
}

/// What a scenario expects of a property.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Expected {
    /// It must hold.
    Holds,
    /// It must be violated: the bug is still there.
    Violated,
    /// The scenario does not say.
    Unstated,
}

/// A verdict beside what was expected.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement {
    /// On which property.
    pub property: Property,
    /// What the checker says.
    pub verdict: Verdict,
    /// What the scenario says.
    pub expected: Expected,
}

/// Whether verdicts are put into words. Of the thousands of runs of a hunt, nearly none is read;
/// what is wanted of it after all is had again, since runs repeat.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Words {
    /// Sentences and witnesses.
    #[default]
    Said,
    /// Those of violations; the texts of other verdicts are empty.
    OfViolations,
    /// Only which verdict it is; the texts are empty, and so are witnesses.
    Unsaid,
}

impl Words {
    /// These words on what holds, if any are wanted, or none.
    pub fn put<T: Default>(self, words: impl FnOnce() -> T) -> T {
        match self {
            Self::Said => words(),
            Self::OfViolations | Self::Unsaid => T::default(),
        }
    }

    /// These words on a violation, if any are wanted, or none.
    pub fn prove<T: Default>(self, words: impl FnOnce() -> T) -> T {
        match self {
            Self::Said | Self::OfViolations => words(),
            Self::Unsaid => T::default(),
        }
    }
}

impl Verdict {
    /// The verdict alone, without its words.
    #[must_use]
    pub fn unsaid(self) -> Self {
        match self {
            Self::Holds(_) => Self::Holds(String::new()),
            Self::Violated(_) => Self::Violated(Witness::default()),
            Self::Unknown(_) => Self::Unknown(String::new()),
            Self::NotApplicable(_) => Self::NotApplicable(String::new()),
        }
    }

    /// The verdict in one word: `holds`, `violated`, `unknown` or `not-applicable`.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Holds(_) => "holds",
            Self::Violated(_) => "violated",
            Self::Unknown(_) => "unknown",
            Self::NotApplicable(_) => "not-applicable",
        }
    }

    /// The verdict in one sentence.
    pub fn sentence(&self) -> &str {
        match self {
            Self::Holds(text) | Self::Unknown(text) | Self::NotApplicable(text) => text,
            Self::Violated(witness) => &witness.summary,
        }
    }

    /// The witness of a violation.
    pub const fn witness(&self) -> Option<&Witness> {
        match self {
            Self::Violated(witness) => Some(witness),
            Self::Holds(_) | Self::Unknown(_) | Self::NotApplicable(_) => None,
        }
    }
}

impl Judgement {
    /// Whether the verdict is the expected one. An unstated expectation is always met;
    /// a stated one is not met by `Unknown` nor by `NotApplicable`.
    pub const fn as_expected(&self) -> bool {
        match self.expected {
            Expected::Holds => matches!(self.verdict, Verdict::Holds(_)),
            Expected::Violated => matches!(self.verdict, Verdict::Violated(_)),
            Expected::Unstated => true,
        }
    }
}
