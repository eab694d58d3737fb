//! What the nodes say to each other, and what they wait for.

use super::record::{Record, Stamp};
use crate::{Carried, Key, NodeId, Request, replication::CallId};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What the nodes of `durable-eventual` say to each other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Message {
    /// Tells of one write. A receiver never passes it on.
    Replicate {
        /// Where.
        key: Key,
        /// What.
        record: Record,
    },
    /// The receiver holds the write, or a later one, on its disk.
    Applied {
        /// Where.
        key: Key,
        /// Which write.
        stamp: Stamp,
    },
    /// Are you there?
    Ping,
    /// I am.
    Pong,
    /// What the sender holds; asks what it lacks.
    Summary {
        /// Names the attempt at catching up.
        round: CallId,
        /// Every key and stamp.
        stamps: Vec<(Key, Stamp)>,
    },
    /// What the asker lacks, and what it is asked for in turn.
    Missing {
        /// The round of the summary.
        round: CallId,
        /// What the asker lacks.
        records: Vec<(Key, Record)>,
        /// Keys that the asker holds a later record of.
        wanted: Vec<Key>,
    },
    /// What was wanted.
    CatchUp {
        /// The round of the summary.
        round: CallId,
        /// The records.
        records: Vec<(Key, Record)>,
    },
    /// Both sides hold what either held.
    CaughtUp {
        /// The round of the summary.
        round: CallId,
    },
}

/// One write on its way to one peer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct DeliveryId {
    pub(super) peer: NodeId,
    pub(super) key: Key,
    pub(super) stamp: Stamp,
}

/// What a node of `durable-eventual` waits for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Timer {
    /// A peer should have acknowledged a write by then.
    Deadline(DeliveryId),
    /// The pause before the next attempt is over.
    Retry(DeliveryId),
    /// It is time to look for peers that are away.
    Probe,
    /// A worker has finished (flaw `shared-result-queue`).
    Worker(Request),
}

impl Message {
    /// The entries that it tells of.
    pub(super) fn carries(&self) -> Vec<Carried> {
        match self {
            Self::Replicate { key, record } => vec![record.carried(key)],
            Self::Applied { key, .. } => vec![Carried::name(key)],
            Self::Summary { stamps, .. } => {
                stamps.iter().map(|(key, _)| Carried::name(key)).collect()
            }
            Self::Missing { records, wanted, .. } => {
                carried(records).chain(wanted.iter().map(Carried::name)).collect()
            }
            Self::CatchUp { records, .. } => carried(records).collect(),
            Self::Ping | Self::Pong | Self::CaughtUp { .. } => Vec::new(),
        }
    }
}

fn carried(records: &[(Key, Record)]) -> impl Iterator<Item = Carried> {
    records.iter().map(|(key, record)| record.carried(key))
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Replicate { key, record } => match &record.value {
                Some(value) => write!(f, "replicate {key}={value} {}", record.stamp),
                None => write!(f, "replicate {key} removed {}", record.stamp),
            },
            Self::Applied { key, stamp } => write!(f, "applied {key} {stamp}"),
            Self::Ping => f.write_str("ping"),
            Self::Pong => f.write_str("pong"),
            Self::Summary { stamps, .. } => write!(f, "summary of {} keys", stamps.len()),
            Self::Missing { records, wanted, .. } => {
                write!(f, "missing {} keys, wants {}", records.len(), wanted.len())
            }
            Self::CatchUp { records, .. } => write!(f, "catch-up with {} keys", records.len()),
            Self::CaughtUp { .. } => f.write_str("caught-up"),
        }
    }
}

impl fmt::Display for DeliveryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} to {}", self.key, self.stamp, self.peer)
    }
}

impl fmt::Display for Timer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Deadline(delivery) => write!(f, "deadline {delivery}"),
            Self::Retry(delivery) => write!(f, "retry {delivery}"),
            Self::Probe => f.write_str("probe"),
            Self::Worker(request) => write!(f, "worker {}", request.operation),
        }
    }
}
