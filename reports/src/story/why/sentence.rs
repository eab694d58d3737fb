//! A step as it is told: a sentence, and its moment.

use super::words;
use judge::{Run, cause::Step};
use node::Time;

/// A sentence of a reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sentence {
    pub(crate) text: String,
    /// When what it tells happened, to the nanosecond, while the words round it; `None`: it is about no moment.
    pub(crate) at: Option<Time>,
}

impl Sentence {
    /// A step of a chain in words.
    pub(super) fn of(run: &Run, step: &Step<'_>) -> Self {
        Self { text: words::sentence(run, step), at: step.at(run) }
    }

    /// A sentence about a moment.
    pub(super) fn at(at: Time, text: String) -> Self {
        Self { text, at: Some(at) }
    }

    /// A sentence about none.
    pub(super) fn timeless(text: String) -> Self {
        Self { text, at: None }
    }
}
