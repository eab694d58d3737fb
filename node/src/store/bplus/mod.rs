//! The engine of the ghost-data report: a B+ tree in memory.

mod keys;
mod node;

use crate::{Change, Key, Store, Version, Versioned};
use node::{Node, Split};

pub use keys::Prefixed;

/// The order of that tree: the most children of an inner node.
const ORDER: usize = 128;

/// A B+ tree of order 128 in memory; it forgets everything in a crash.
#[derive(Clone, Debug)]
pub struct BPlusStore {
    tree: BPlusTree<Key, Versioned>,
}

/// An ordered map whose entries are all in leaves of equal depth.
///
/// With order m, an inner node has at most m children and a leaf at most m - 1
/// entries; each but the root has at least half of that, rounded up. A node
/// that overflows is split; one that underflows borrows from a neighbour that can
/// spare something, or is merged with it (Comer, *The Ubiquitous B-Tree*, 1979).
#[derive(Clone, Debug)]
pub struct BPlusTree<K, V> {
    root: Node<K, V>,
    order: usize,
    len: usize,
}

impl<K: Prefixed + Clone, V> BPlusTree<K, V> {
    /// An empty tree.
    ///
    /// # Panics
    ///
    /// Panics if the order is below 3: two halves of such a node would be no nodes.
    pub fn new(order: usize) -> Self {
        assert!(order >= 3, "a B+ tree has an order of at least 3");
        Self { root: Node::empty(), order, len: 0 }
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The value under a key.
    pub fn get(&self, key: &K) -> Option<&V> {
        self.root.get(key)
    }

    /// Stores a value and returns the one it replaced.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        self.update(key, |_| value)
    }

    /// Stores what `value` makes of what is there, in one descent; returns what it replaced.
    pub fn update(&mut self, key: K, value: impl FnOnce(Option<&V>) -> V) -> Option<V> {
        let (replaced, split) = self.root.update(key, value, self.order);
        if let Some(Split { separator, right }) = split {
            let left = std::mem::replace(&mut self.root, Node::empty());
            self.root = Node::of_two(left, separator, right);
        }
        self.len += usize::from(replaced.is_none());
        replaced
    }

    /// Removes a key and returns its value.
    pub fn remove(&mut self, key: &K) -> Option<V> {
        let removed = self.root.remove(key, self.order);
        self.root.drop_lonely_level();
        self.len -= usize::from(removed.is_some());
        removed
    }

    /// Every key and value, in key order.
    pub fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.root.leaves().flat_map(|(keys, values)| keys.iter().zip(values))
    }
}

impl Default for BPlusStore {
    fn default() -> Self {
        Self { tree: BPlusTree::new(ORDER) }
    }
}

impl Store for BPlusStore {
    fn get(&self, key: &Key) -> Option<Versioned> {
        self.tree.get(key).cloned()
    }

    fn put(&mut self, key: Key, entry: Versioned) -> Change {
        self.update(key, |_| entry)
    }

    fn update(&mut self, key: Key, entry: impl FnOnce(Option<&Versioned>) -> Versioned) -> Change {
        let mut stored = None;
        let before = self.tree.update(key.clone(), |held| stored.insert(entry(held)).clone());
        let version = stored.as_ref().expect("an update stores an entry").version;
        Change { key, version, before, after: stored }
    }

    fn remove(&mut self, key: &Key, version: Version) -> Change {
        Change { key: key.clone(), version, before: self.tree.remove(key), after: None }
    }

    fn entries(&self) -> Vec<(Key, Versioned)> {
        let mut entries = Vec::with_capacity(self.tree.len());
        // `for_each` goes leaf by leaf, where `extend` would ask for each entry anew.
        self.tree.iter().for_each(|(key, entry)| entries.push((key.clone(), entry.clone())));
        entries
    }

    fn keys(&self) -> Vec<Key> {
        self.tree.iter().map(|(key, _)| key.clone()).collect()
    }
}

#[cfg(test)]
mod tests;
