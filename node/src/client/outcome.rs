//! How attempts and operations end.

use crate::{Answer, Refusal, Value};
use serde::{Deserialize, Serialize};
use std::fmt;

/// How one attempt ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AttemptEnd {
    /// The node answered.
    Answered(Answer),
    /// Nothing came in time.
    TimedOut,
    /// There was nobody to connect to; the request did not arrive.
    Unreachable,
    /// The connection broke once the request had been handed to it, and no answer had come: it may have arrived.
    Broken,
}

/// How an operation ended, in Jepsen's words.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It took effect, and this is the answer.
    Ok(Answer),
    /// It did not take effect, and no attempt at it or copy of one will.
    Fail(Failure),
    /// It may have taken effect, or may yet.
    Info(Failure),
}

impl Outcome {
    /// The answer, or the failure whether or not the operation may have taken effect.
    ///
    /// # Errors
    ///
    /// The failure.
    pub fn into_result(self) -> Result<Answer, Failure> {
        match self {
            Self::Ok(answer) => Ok(answer),
            Self::Fail(failure) | Self::Info(failure) => Err(failure),
        }
    }
}

/// Why an operation was not answered with a result.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Failure {
    /// The node refused.
    Refused(Refusal),
    /// A compare-and-set did not match.
    Mismatch {
        /// What the node said the key holds; `None`: nothing.
        actual: Option<Value>,
    },
    /// Nothing came in time.
    Timeout,
    /// There was nobody to connect to.
    Unreachable,
    /// The node said that it cannot tell.
    Unknown,
    /// The run ended first.
    Unfinished,
    /// The connection broke before an answer came.
    Broken,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refusal) => write!(f, "refused: {refusal}"),
            Self::Mismatch { actual: Some(actual) } => write!(f, "did not match, holds {actual}"),
            Self::Mismatch { actual: None } => f.write_str("did not match, absent"),
            Self::Timeout => f.write_str("timeout"),
            Self::Unreachable => f.write_str("connection refused"),
            Self::Unknown => f.write_str("the node cannot tell"),
            Self::Unfinished => f.write_str("unfinished"),
            Self::Broken => f.write_str("connection broken"),
        }
    }
}
