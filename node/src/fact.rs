//! What a node can say of itself that a checker can hold against it.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A statement about a node's part in a replicated log, announced by
/// [`Context::announce`](crate::Context::announce) as it becomes true.
///
/// The `state-machine` checker holds the facts of all nodes against each other:
/// one leader a term, logs that match, entries that never change once applied
/// (Ongaro and Ousterhout, *In Search of an Understandable Consensus Algorithm*, figure 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fact {
    /// It leads this term.
    Leads {
        /// The term.
        term: u64,
    },
    /// Its log holds an entry.
    Appended {
        /// Where.
        index: u64,
        /// Of which term.
        term: u64,
        /// Of which term the entry before it is.
        previous_term: u64,
        /// A hash of what it holds.
        hash: u64,
    },
    /// It has applied an entry to its state machine, so it takes it to be committed.
    Applied {
        /// Where.
        index: u64,
        /// Of which term.
        term: u64,
    },
}

impl fmt::Display for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Leads { term } => write!(f, "leads term {term}"),
            Self::Appended { index, term, .. } => {
                write!(f, "appended entry {index} of term {term}")
            }
            Self::Applied { index, term } => write!(f, "applied entry {index} of term {term}"),
        }
    }
}
