//! A run as lines of JSON: what `seedbed run --record` writes, and what reads it back.
//!
//! The form is described in `docs/records.md`. The first line is a header with the version
//! of the form, each line after it one operation, event, fault, fact, probe, replica, verdict
//! or the like, and the last says how many lines there were, so that a file that was cut
//! short is not taken for a whole one. Nothing is lost on the way: what is read is what was
//! written.

mod named;
mod read;
mod write;

pub use read::read;
pub use write::write;

use crate::{
    Stage,
    record::{Expected, Verdict},
};
use serde::{Deserialize, Serialize};
use std::io;

/// The version of the form. A reader takes this one and those before it; a newer one it refuses by name.
pub const VERSION: u64 = 2;

/// The longest line that is read, in bytes.
pub const LONGEST_LINE: usize = 64 << 20;

/// The longest record that is read, in bytes.
pub const LONGEST_RECORD: u64 = 4 << 30;

/// The longest run that is read, to the beginning of healing, in nanoseconds: a week. What
/// is measured of a run takes room for each moment of it.
pub const LONGEST_RUN: u64 = 7 * 24 * 60 * 60 * 1_000_000_000;

/// Why a record could not be read, and where.
#[derive(Debug, thiserror::Error)]
#[error("line {line}: {mistake}")]
pub struct RecordError {
    /// The line, counted from 1.
    pub line: u64,
    /// What is wrong there.
    #[source]
    pub mistake: Mistake,
}

/// What is wrong with a line of a record.
#[derive(Debug, thiserror::Error)]
pub enum Mistake {
    /// It could not be read at all.
    #[error("cannot be read: {0}")]
    Unreadable(#[from] io::Error),
    /// It is no record of ours.
    #[error(
        "this is no record of seedbed: the first line is a header with `\"seedbed\":\"record\"`"
    )]
    Foreign,
    /// A later release wrote it.
    #[error("the record has version {found}, and this release reads up to version {VERSION}")]
    Newer {
        /// The version that it has.
        found: u64,
    },
    /// It is longer than what is read.
    #[error("the line is longer than {LONGEST_LINE} bytes")]
    LongLine,
    /// The record is longer than what is read.
    #[error("the record is longer than {LONGEST_RECORD} bytes")]
    LongRecord,
    /// It is no line of the form.
    #[error("this is no line of a record: {0}")]
    Malformed(String),
    /// It speaks of something that the record does not have.
    #[error("{0}")]
    Dangling(String),
    /// The record ends too early.
    #[error("the record ends here without its last line: it was cut short")]
    CutShort,
    /// Something follows the last line.
    #[error("the record has ended before this line")]
    AfterTheEnd,
}

/// The first line.
#[derive(Debug, Serialize, Deserialize)]
struct Header {
    seedbed: String,
    version: u64,
    system: String,
    seed: u64,
    /// Where it took place; not said of the simulator.
    #[serde(default, skip_serializing_if = "Stage::is_simulator")]
    stage: Stage,
    /// When healing began, and when the replicas were read, in nanoseconds.
    run_ended: u64,
    ended: u64,
    /// Whether every event is on record.
    detail: bool,
}

/// A verdict beside what was expected, with the property by its name.
#[derive(Debug, Serialize, Deserialize)]
struct Judged {
    property: String,
    verdict: Verdict,
    expected: Expected,
}

/// The last line.
#[derive(Debug, Serialize, Deserialize)]
struct End {
    /// How many lines stand before this one.
    lines: u64,
    digest: String,
}

#[cfg(test)]
mod tests;
