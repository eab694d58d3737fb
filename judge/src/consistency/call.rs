//! Operations as consistency levels see them.

use node::{Key, Value};

/// One operation on a key-value map: what was asked, and what its answer said.
///
/// A level of consistency is a promise about calls, wherever they come from: a run of the
/// simulator, real processes, or somebody else's history. A call that is known not to have
/// taken effect, and that tells nothing, is no call at all: leave it out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// Its position in the history it comes from; witnesses name calls by it.
    pub position: usize,
    /// Who asked. The calls of one session that were answered do not overlap.
    pub session: u64,
    /// What, and what came of it.
    pub action: Action,
    /// When it was asked: nanoseconds, or a place in an order. A call that returned at the
    /// moment at which another was invoked counts as overlapping it.
    pub invoked: u64,
    /// When its answer came. `None`: it never came, so that the call may have taken effect at
    /// any moment since it was invoked, or may yet, or never.
    pub returned: Option<u64>,
}

/// What is under a key: a value, or nothing.
pub type State = Option<Value>;

/// What a call asked, and what its answer said. The parts of an answer that were not told
/// are `None`; they are `None` throughout where the call never returned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Reads a key.
    Read {
        /// Which.
        key: Key,
        /// What was there. `None`: not told, so that it fits everywhere.
        found: Option<State>,
    },
    /// Stores a value, whatever was there.
    Write {
        /// Where.
        key: Key,
        /// What.
        value: Value,
        /// What the answer says was there before, if it says so.
        previous: Option<State>,
    },
    /// Removes what is there.
    Delete {
        /// Where.
        key: Key,
        /// Whether the answer says that something was there, if it says so.
        existed: Option<bool>,
    },
    /// Stores a value if the key holds what is expected.
    CompareAndSet {
        /// Where.
        key: Key,
        /// What must be there.
        expected: State,
        /// What is stored.
        new: Value,
        /// What came of it. `None`: not known.
        outcome: Option<Swap>,
    },
    /// Adds to the end of what is there; on nothing, it stores.
    Append {
        /// Where.
        key: Key,
        /// What is added.
        value: Value,
    },
    /// Lists the keys that hold something.
    List {
        /// Those that were told, in ascending order; `None`: not told.
        keys: Option<Vec<Key>>,
    },
}

/// What came of a compare-and-set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Swap {
    /// The key held what was expected, and holds the new value.
    Swapped,
    /// It did not, and nothing changed.
    Mismatch {
        /// What it held, if the answer says so.
        actual: Option<State>,
    },
}

impl Action {
    /// The key it concerns; `None` for a list.
    pub fn key(&self) -> Option<&Key> {
        match self {
            Self::Read { key, .. }
            | Self::Write { key, .. }
            | Self::Delete { key, .. }
            | Self::CompareAndSet { key, .. }
            | Self::Append { key, .. } => Some(key),
            Self::List { .. } => None,
        }
    }

    /// Whether it changes a key, or may.
    pub fn is_write(&self) -> bool {
        match self {
            Self::Write { .. } | Self::Delete { .. } | Self::Append { .. } => true,
            Self::CompareAndSet { outcome, .. } => !matches!(outcome, Some(Swap::Mismatch { .. })),
            Self::Read { .. } | Self::List { .. } => false,
        }
    }
}

/// Calls, and what every key holds before the first of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calls {
    /// In order of invocation.
    pub calls: Vec<Call>,
    /// What each key holds at first; `None`: nothing.
    pub initial: State,
}
