//! What nodes of `async-leader` say to each other, and what they wait for.

use crate::{Carried, Key, Origin, Versioned, replication::CallId};
use serde::{Deserialize, Serialize};
use std::fmt;

/// One write, as a follower is told of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replicate {
    pub(super) key: Key,
    pub(super) entry: Versioned,
    /// Who asked for it.
    #[serde(skip)]
    pub(super) origin: Origin,
}

/// What nodes say to each other. Without flaws there is only `Replicate`; it stands first, so
/// that a run's digest does not depend on which flaws there are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Message {
    /// The leader tells of a write and wants no answer.
    Replicate(Replicate),
    /// With `await-followers`: the leader tells of a write and waits for the answer.
    Ask {
        /// Comes back with the answer.
        call: CallId,
        /// The write.
        write: Replicate,
    },
    /// With `await-followers`: a follower has applied a write.
    Replicated {
        /// Which.
        call: CallId,
    },
    /// With `await-followers`: the sender has booted; what it was asked before gets no answer.
    Reset,
    /// With `naive-failover`: the configured leader is alive.
    Heartbeat,
}

/// What a node waits for. Without flaws there is only `Push`, which stands first too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Timer {
    /// The leader's next push.
    Push,
    /// With `naive-failover`: the configured leader's next heartbeat.
    Heartbeat,
    /// With `naive-failover`: a follower has heard no heartbeat for too long.
    Silence,
}

impl Message {
    /// The entries that it tells of.
    pub(super) fn carries(&self) -> Vec<Carried> {
        match self {
            Self::Replicate(write) | Self::Ask { write, .. } => {
                let entry = &write.entry;
                vec![Carried::entry(&write.key, Some(&entry.value)).under(entry.version)]
            }
            Self::Replicated { .. } | Self::Reset | Self::Heartbeat => Vec::new(),
        }
    }
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Replicate(write) => write.fmt(f),
            Self::Ask { write, .. } => write.fmt(f),
            Self::Replicated { .. } => f.write_str("replicated"),
            Self::Reset => f.write_str("reset"),
            Self::Heartbeat => f.write_str("heartbeat"),
        }
    }
}

impl fmt::Display for Replicate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "replicate {}={} {}", self.key, self.entry.value, self.entry.version)
    }
}

impl fmt::Display for Timer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Push => "push",
            Self::Heartbeat => "heartbeat",
            Self::Silence => "silence",
        })
    }
}
