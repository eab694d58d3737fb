//! Storage engines: what a node keeps its keys in.

mod bplus;
mod durable;
mod memory;
mod wal;

pub use bplus::{BPlusStore, BPlusTree, Prefixed};
pub use durable::{DurableStore, StoreError};
pub use memory::MemoryStore;
pub use wal::{OpenedWal, Wal, WalError};

use crate::{Key, Version, Versioned};
use serde::{Deserialize, Serialize};
use std::fmt;

/// An ordered map from keys to versioned values.
///
/// An engine decides nothing about replication: which write wins is the
/// system's business, and a `put` always takes effect.
pub trait Store {
    /// What is stored under `key`.
    fn get(&self, key: &Key) -> Option<Versioned>;

    /// Stores an entry, whatever was there.
    fn put(&mut self, key: Key, entry: Versioned) -> Change;

    /// Stores what `entry` makes of what is there, such as the key's next version.
    fn update(&mut self, key: Key, entry: impl FnOnce(Option<&Versioned>) -> Versioned) -> Change {
        let entry = entry(self.get(&key).as_ref());
        self.put(key, entry)
    }

    /// Removes a key; `version` is the version of the removal.
    fn remove(&mut self, key: &Key, version: Version) -> Change;

    /// Every key and entry, in key order.
    fn entries(&self) -> Vec<(Key, Versioned)>;

    /// Every key, in order.
    fn keys(&self) -> Vec<Key> {
        self.entries().into_iter().map(|(key, _)| key).collect()
    }
}

/// What a write did to a store. A node announces it with
/// [`Context::apply`](crate::Context::apply), so that nothing changes unseen.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[must_use = "announce the change with Context::apply"]
pub struct Change {
    /// Where.
    pub key: Key,
    /// The version of the write or removal.
    pub version: Version,
    /// What was there.
    pub before: Option<Versioned>,
    /// What is there now; `None`: the key is absent.
    pub after: Option<Versioned>,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.after {
            Some(entry) => write!(f, "{}={} {}", self.key, entry.value, self.version),
            None => write!(f, "{} removed {}", self.key, self.version),
        }
    }
}
