//! What the nodes say to each other, and what they wait for.

use super::wire::{Quoting, Replicate};
use crate::{Answer, Carried, Key, Operation, RequestId};
use serde::{Deserialize, Serialize};
use std::fmt;

/// What the nodes of `sharded-groups` say to each other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Message {
    /// `ANNOUNCE|nodeID|host|port|groupID|isLeader`, to everyone.
    Announce(String),
    /// `REPLICATE|key|value|version` or `DELETE|key|version`, to a follower.
    Replicate(String),
    /// A request for a key of the receiver's group.
    Forward {
        /// Names the request.
        request: RequestId,
        /// What is asked.
        operation: Operation,
    },
    /// The answer to a forwarded request.
    Forwarded {
        /// Names the request.
        request: RequestId,
        /// The key that it was about; not sent, as the question says it.
        #[serde(skip)]
        key: Option<Key>,
        /// What the other group answered.
        answer: Answer,
    },
}

/// What a node of `sharded-groups` waits for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Timer {
    /// It is time to announce itself again.
    Announce,
    /// It is time to drop silent members.
    Sweep,
    /// Another group should have answered by then.
    ForwardDeadline {
        /// Which request.
        request: RequestId,
        /// Whether it may change something.
        is_write: bool,
    },
}

impl Message {
    /// The entries that it tells of.
    pub(super) fn carries(&self) -> Vec<Carried> {
        match self {
            Self::Replicate(text) => {
                let writes = Replicate::parse_all(text, Quoting::Escaped);
                let carried =
                    |it: &Replicate| Carried::entry(&it.key, it.value.as_ref()).under(it.version);
                writes.iter().map(carried).collect()
            }
            Self::Forward { operation, .. } => Carried::of_operation(operation),
            Self::Forwarded { key, answer, .. } => {
                let carried = key.as_ref().map(|key| match answer {
                    Answer::Value(Some(found)) => {
                        Carried::entry(key, Some(&found.value)).under(found.version)
                    }
                    Answer::Value(None) => Carried::entry(key, None),
                    _ => Carried::name(key),
                });
                carried.into_iter().collect()
            }
            Self::Announce(_) => Vec::new(),
        }
    }
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Announce(text) => write!(f, "announce {text}"),
            // A line in a trace stays a line, whatever a value smuggles in.
            Self::Replicate(text) => write!(f, "replicate {}", text.replace('\n', "\\n")),
            Self::Forward { request, operation } => write!(f, "forward {request} {operation}"),
            Self::Forwarded { request, answer, .. } => write!(f, "forwarded {request} {answer}"),
        }
    }
}

impl fmt::Display for Timer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Announce => f.write_str("announce"),
            Self::Sweep => f.write_str("sweep"),
            Self::ForwardDeadline { request, .. } => write!(f, "forward-deadline {request}"),
        }
    }
}
