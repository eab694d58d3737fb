//! What the nodes of `quorum` say to each other.

use super::cell::Cell;
use crate::{Carried, Key, NodeId, Versioned, replication::CallId};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A message between a coordinator and a replica.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Message {
    /// The coordinator asks what the replica holds.
    Fetch {
        /// Comes back with the answer.
        call: CallId,
        /// Under which key.
        key: Key,
    },
    /// The replica tells.
    Fetched {
        /// Which question it answers.
        call: CallId,
        /// Under which key; not sent, as the question says it.
        #[serde(skip)]
        key: Option<Key>,
        /// What it holds.
        cell: Cell,
    },
    /// The coordinator hands a write over.
    Store {
        /// Comes back with the answer.
        call: CallId,
        /// Where.
        key: Key,
        /// What.
        cell: Cell,
    },
    /// The replica has taken it in.
    Stored {
        /// Which question it answers.
        call: CallId,
    },
    /// The coordinator of a read tells a replica what it lacks. No answer is wanted.
    Repair {
        /// Where.
        key: Key,
        /// What.
        cell: Cell,
    },
    /// The coordinator of an earlier write hands it over late.
    Hint {
        /// Where.
        key: Key,
        /// What.
        cell: Cell,
    },
    /// The replica has taken the hint.
    HintTaken {
        /// Where.
        key: Key,
        /// What.
        cell: Cell,
    },
}

/// What a coordinator waits for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Timer {
    /// Replicas have had their time.
    Timeout(CallId),
    /// It is time to hand hints over.
    Handoff,
}

/// A hint: who is to get a write, and where it goes.
pub(super) type HintFor = (NodeId, Key);

impl Message {
    /// The entries that it tells of.
    pub(super) fn carries(&self) -> Vec<Carried> {
        match self {
            Self::Fetch { key, .. } | Self::HintTaken { key, .. } => vec![Carried::name(key)],
            Self::Fetched { key, cell, .. } => {
                key.as_ref().map_or_else(Vec::new, |key| carried_cell(key, cell))
            }
            Self::Store { key, cell, .. }
            | Self::Repair { key, cell }
            | Self::Hint { key, cell } => carried_cell(key, cell),
            Self::Stored { .. } => Vec::new(),
        }
    }
}

fn carried_cell(key: &Key, cell: &Cell) -> Vec<Carried> {
    let values = cell.values();
    let absent = values.is_empty().then(|| Carried::entry(key, None).under(cell.version()));
    let value = |entry: Versioned| Carried::entry(key, Some(&entry.value)).under(entry.version);
    values.into_iter().map(value).chain(absent).collect()
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fetch { key, .. } => write!(f, "fetch {key}"),
            Self::Fetched { cell, .. } => write!(f, "fetched {cell}"),
            Self::Store { key, cell, .. } => write!(f, "store {key}={cell}"),
            Self::Stored { .. } => f.write_str("stored"),
            Self::Repair { key, cell } => write!(f, "repair {key}={cell}"),
            Self::Hint { key, cell } => write!(f, "hint {key}={cell}"),
            Self::HintTaken { key, .. } => write!(f, "hint-taken {key}"),
        }
    }
}

impl fmt::Display for Timer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Timeout(_) => "timeout",
            Self::Handoff => "handoff",
        })
    }
}
