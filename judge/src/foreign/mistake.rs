//! What can be wrong with a history, said so that whoever has it can mend it.

use std::fmt;
use thiserror::Error;

/// A place in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The line, counted from 1.
    pub line: u64,
    /// The column in characters, counted from 1.
    pub column: u64,
    /// How many bytes stand before it.
    pub offset: u64,
}

impl Place {
    /// The first place of every text.
    pub const START: Self = Self { line: 1, column: 1, offset: 0 };
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

/// Why a text is no history that can be judged: the first thing that is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{place}: {message}")]
pub struct Mistake {
    place: Place,
    message: String,
    label: String,
    help: String,
}

impl Mistake {
    pub(super) fn new(
        place: Place,
        message: impl Into<String>,
        label: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self { place, message: message.into(), label: label.into(), help: help.into() }
    }

    /// Where it is.
    pub fn place(&self) -> Place {
        self.place
    }

    /// What is wrong, in one sentence.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What stands beside the caret.
    pub fn label(&self) -> &str {
        &self.label
    }

    /// How to mend it.
    pub fn help(&self) -> &str {
        &self.help
    }
}
