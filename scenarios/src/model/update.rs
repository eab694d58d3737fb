//! What a client makes of a read and a write: numbers that it changes, amounts that it moves.

use std::collections::BTreeMap;

/// An operation of a workload that a client makes of several of the store's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Update {
    /// Reads a key's number and writes a larger one.
    Add,
    /// Takes an amount from one key's number and adds it to another's.
    Transfer,
    /// Reads a key and writes another value, whatever it read.
    ReadModifyWrite,
    /// Writes a key that nobody has written before.
    Insert,
}

impl Update {
    /// Every one of them.
    pub const ALL: [Self; 4] = [Self::Add, Self::Transfer, Self::ReadModifyWrite, Self::Insert];

    /// Its name in a workload's mix.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Transfer => "transfer",
            Self::ReadModifyWrite => "read-modify-write",
            Self::Insert => "insert",
        }
    }

    /// Whether it changes numbers.
    pub const fn is_of_numbers(self) -> bool {
        matches!(self, Self::Add | Self::Transfer)
    }
}

/// The updates of a workload, and how numbers are changed.
#[derive(Clone, Debug, PartialEq)]
pub struct Updates {
    /// The weight of each, beside those of the workload's mix.
    pub mix: BTreeMap<Update, f64>,
    /// What a key that is absent counts as.
    pub initial: i64,
    /// The most that is added or moved at once; from 1 on, every number is as likely.
    pub amount: u64,
    /// Whether more may be taken from a key than it was read to hold.
    pub overdraft: bool,
    /// How a number is written back; `None`: by compare-and-set where the system has it.
    pub by: Option<WriteBack>,
}

/// How a client writes a number back that it has read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WriteBack {
    /// By compare-and-set, again if another was faster.
    CompareAndSet,
    /// By a put, which overwrites what others have written since.
    Put,
}

impl Default for Updates {
    /// None; one at a time, from nothing, without overdraft.
    fn default() -> Self {
        Self { mix: BTreeMap::new(), initial: 0, amount: 1, overdraft: false, by: None }
    }
}
