//! What the nodes of `anti-entropy` say to each other, and what they wait for.

use crate::{Carried, Key, Origin, Value, Version, replication::CallId};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Names the log of one incarnation of the leader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Epoch {
    /// One more than that of the log that it goes on with, counted from 1.
    pub(super) generation: u32,
    /// Tells apart two of one generation.
    pub(super) drawn: u32,
}

/// The log that a follower holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldLog {
    /// Which log.
    pub(super) epoch: Epoch,
    /// Its entries, from the first to the last that the follower has.
    pub(super) entries: Vec<Entry>,
}

/// What a follower asks: what it missed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// Comes back with the answer.
    pub(super) call: CallId,
    /// The log it has replayed.
    pub(super) epoch: Option<Epoch>,
    /// How much of it.
    pub(super) position: u64,
}

/// A write in the log. Its number is its position there, counted from 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub(super) key: Key,
    /// `None`: the key was deleted.
    pub(super) value: Option<Value>,
    /// Who asked for it.
    #[serde(skip)]
    pub(super) origin: Origin,
}

/// What leader and followers say to each other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
    CatchUp(Question),
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
    /// A leader that has booted asks what it has forgotten.
    Pull {
        /// Comes back with the answer.
        call: CallId,
    },
    /// A follower answers with all that it holds.
    Held {
        /// Which question it answers.
        call: CallId,
        /// Its log; `None`: it has just booted, and follows none.
        log: Option<HeldLog>,
        /// It asks what it missed, too: this comes back with the answer.
        asks: CallId,
    },
}

/// What a node waits for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Timer {
    /// The leader's turn to push what it has answered.
    Push,
    /// A follower's time to ask.
    Sync,
    /// A leader that has booted has waited long enough for an answer.
    Pull,
}

impl Message {
    /// The entries that it tells of.
    pub(super) fn carries(&self) -> Vec<Carried> {
        match self {
            Self::Append { number, entry, .. } => vec![entry.carried(*number)],
            Self::Replay { after, entries, .. } => carried(*after, entries),
            Self::Held { log: Some(log), .. } => carried(0, &log.entries),
            Self::CatchUp(_) | Self::Pull { .. } | Self::Held { log: None, .. } => Vec::new(),
        }
    }
}

fn carried(after: u64, entries: &[Entry]) -> Vec<Carried> {
    (after + 1..).zip(entries).map(|(number, entry)| entry.carried(number)).collect()
}

impl Epoch {
    /// Both its parts in one number, the generation above: later generations are greater.
    pub(super) fn number(self) -> u64 {
        (u64::from(self.generation) << 32) | u64::from(self.drawn)
    }

    /// The generation of a log that goes on with this one.
    pub(super) fn after(self) -> u32 {
        self.generation + 1
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
            Self::CatchUp(Question { epoch: Some(epoch), position, .. }) => {
                write!(f, "catch-up {epoch} from {}", position + 1)
            }
            Self::CatchUp(_) => f.write_str("catch-up from the start"),
            Self::Replay { epoch, after, entries, .. } => match entries.len() as u64 {
                0 => write!(f, "replay {epoch}: nothing new"),
                count => write!(f, "replay {epoch} {} to {}", after + 1, after + count),
            },
            Self::Pull { .. } => f.write_str("pull what is held"),
            Self::Held { log: None, .. } => f.write_str("held nothing, follows no log"),
            Self::Held { log: Some(HeldLog { epoch, entries }), .. } => match entries.len() {
                0 => write!(f, "held {epoch}: nothing"),
                count => write!(f, "held {epoch} 1 to {count}"),
            },
        }
    }
}

impl fmt::Display for Epoch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "epoch-{}.{:x}", self.generation, self.drawn)
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
            Self::Pull => "pull",
        })
    }
}
