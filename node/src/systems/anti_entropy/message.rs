//! What the nodes of `anti-entropy` say to each other, and what they wait for.

use crate::{Carried, Key, Origin, Value, Version, replication::CallId};
use serde::Serialize;
use std::fmt;

/// Names the log of one incarnation of the leader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Epoch(pub(super) u32);

/// A write in the log. Its number is its position there, counted from 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Entry {
    pub(super) key: Key,
    /// `None`: the key was deleted.
    pub(super) value: Option<Value>,
    /// Who asked for it.
    #[serde(skip)]
    pub(super) origin: Origin,
}

/// What leader and followers say to each other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Message {
    /// The leader pushes an entry.
    Append {
        /// Of which log.
        epoch: Epoch,
        /// Its number there.
        number: u64,
        /// The entry.
        entry: Entry,
    },
    /// A follower asks what it missed.
    CatchUp {
        /// Comes back with the answer.
        call: CallId,
        /// The log it has replayed.
        epoch: Option<Epoch>,
        /// How much of it.
        position: u64,
    },
    /// The leader answers with all that follows.
    Replay {
        /// Which question it answers.
        call: CallId,
        /// Of which log.
        epoch: Epoch,
        /// The number of the entry before the first one here.
        after: u64,
        /// The entries up to the end of the log.
        entries: Vec<Entry>,
    },
}

/// What a node waits for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Timer {
    /// The leader's turn to push what it has answered.
    Push,
    /// A follower's time to ask.
    Sync,
}

impl Message {
    /// The entries that it tells of.
    pub(super) fn carries(&self) -> Vec<Carried> {
        match self {
            Self::Append { number, entry, .. } => vec![entry.carried(*number)],
            Self::Replay { after, entries, .. } => {
                let entries = (after + 1..).zip(entries);
                entries.map(|(number, entry)| entry.carried(number)).collect()
            }
            Self::CatchUp { .. } => Vec::new(),
        }
    }
}

impl Entry {
    /// Its number is the version that it gives its key.
    fn carried(&self, number: u64) -> Carried {
        Carried::entry(&self.key, self.value.as_ref()).under(Version(number))
    }
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Append { epoch, number, entry } => write!(f, "append {epoch} {number}: {entry}"),
            Self::CatchUp { epoch: Some(epoch), position, .. } => {
                write!(f, "catch-up {epoch} from {}", position + 1)
            }
            Self::CatchUp { epoch: None, .. } => f.write_str("catch-up from the start"),
            Self::Replay { epoch, after, entries, .. } => match entries.len() as u64 {
                0 => write!(f, "replay {epoch}: nothing new"),
                count => write!(f, "replay {epoch} {} to {}", after + 1, after + count),
            },
        }
    }
}

impl fmt::Display for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "epoch-{:x}", self.0)
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.value {
            Some(value) => write!(f, "{}={value}", self.key),
            None => write!(f, "{} deleted", self.key),
        }
    }
}

impl fmt::Display for Timer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Push => "push",
            Self::Sync => "sync",
        })
    }
}
