//! The engine that forgets everything in a crash.

use crate::{Change, Key, Store, Version, Versioned};
use std::collections::BTreeMap;

/// An ordered map in memory.
#[derive(Clone, Debug, Default)]
pub struct MemoryStore {
    entries: BTreeMap<Key, Versioned>,
}

impl Store for MemoryStore {
    fn get(&self, key: &Key) -> Option<Versioned> {
        self.entries.get(key).cloned()
    }

    fn put(&mut self, key: Key, entry: Versioned) -> Change {
        let before = self.entries.insert(key.clone(), entry.clone());
        Change { key, version: entry.version, before, after: Some(entry) }
    }

    fn remove(&mut self, key: &Key, version: Version) -> Change {
        let before = self.entries.remove(key);
        Change { key: key.clone(), version, before, after: None }
    }

    fn entries(&self) -> Vec<(Key, Versioned)> {
        self.entries.iter().map(|(key, entry)| (key.clone(), entry.clone())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(value: &str, version: u64) -> Versioned {
        Versioned { value: value.into(), version: Version(version) }
    }

    #[test]
    fn a_put_tells_what_it_overwrote() {
        let mut store = MemoryStore::default();
        assert_eq!(store.put("a".into(), entry("1", 1)).before, None);
        let change = store.put("a".into(), entry("2", 2));
        assert_eq!(change.before, Some(entry("1", 1)));
        assert_eq!(change.to_string(), "a=2 v2");
        assert_eq!(store.get(&"a".into()), Some(entry("2", 2)));
    }

    #[test]
    fn keys_come_in_order_and_removed_ones_do_not_come() {
        let mut store = MemoryStore::default();
        for key in ["b", "c", "a"] {
            let _ = store.put(key.into(), entry("x", 1));
        }
        let change = store.remove(&"b".into(), Version(2));
        assert_eq!(change.before, Some(entry("x", 1)));
        assert_eq!(change.after, None);
        assert_eq!(store.keys(), vec![Key::from("a"), Key::from("c")]);
    }
}
