//! Keys in order, with the beginning of each beside them.

use crate::Key;

/// A key of which a number tells most of its order.
pub trait Prefixed: Ord {
    /// The beginning of the key as a number. Of two keys the lesser never has the greater
    /// number; equal numbers tell nothing.
    fn prefix(&self) -> u64;
}

impl Prefixed for Key {
    fn prefix(&self) -> u64 {
        let text = self.as_str().as_bytes();
        let first = match text.first_chunk() {
            Some(first) => *first,
            None => {
                let mut first = [0; 8];
                first[..text.len()].copy_from_slice(text);
                first
            }
        };
        u64::from_be_bytes(first)
    }
}

/// The keys of a node, in order.
///
/// A key is a short text, whose comparison is a jump and a call; its prefix is a word
/// among words. So most of a search touches no key at all.
#[derive(Clone, Debug)]
pub(super) struct Keys<K> {
    prefixes: Vec<u64>,
    keys: Vec<K>,
}

impl<K: Prefixed> Keys<K> {
    pub(super) fn new() -> Self {
        Self { prefixes: Vec::new(), keys: Vec::new() }
    }

    pub(super) fn as_slice(&self) -> &[K] {
        &self.keys
    }

    pub(super) fn len(&self) -> usize {
        self.keys.len()
    }

    /// Where a key is, or where it belongs.
    pub(super) fn search(&self, key: &K) -> Result<usize, usize> {
        let prefix = key.prefix();
        let start = self.prefixes.partition_point(|other| *other < prefix);
        let alike = self.prefixes[start..].iter().take_while(|other| **other == prefix).count();
        match self.keys[start..start + alike].binary_search(key) {
            Ok(place) => Ok(start + place),
            Err(place) => Err(start + place),
        }
    }

    pub(super) fn insert(&mut self, place: usize, key: K) {
        self.prefixes.insert(place, key.prefix());
        self.keys.insert(place, key);
    }

    pub(super) fn remove(&mut self, place: usize) -> K {
        self.prefixes.remove(place);
        self.keys.remove(place)
    }

    pub(super) fn push(&mut self, key: K) {
        self.prefixes.push(key.prefix());
        self.keys.push(key);
    }

    pub(super) fn pop(&mut self) -> Option<K> {
        self.prefixes.pop();
        self.keys.pop()
    }

    /// Puts a key in the place of another, which is the answer.
    pub(super) fn replace(&mut self, place: usize, key: K) -> K {
        self.prefixes[place] = key.prefix();
        std::mem::replace(&mut self.keys[place], key)
    }

    /// Keeps the keys before a place; the answer is the others.
    pub(super) fn split_off(&mut self, place: usize) -> Self {
        Self { prefixes: self.prefixes.split_off(place), keys: self.keys.split_off(place) }
    }

    /// Adds keys that are greater than all that are there.
    pub(super) fn append(&mut self, mut greater: Self) {
        self.prefixes.append(&mut greater.prefixes);
        self.keys.append(&mut greater.keys);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_prefix_goes_with_the_order_of_its_key(a in "[a\0é]{0,10}", b in "[a\0é]{0,10}") {
            let (a, b) = (Key::from(a.as_str()), Key::from(b.as_str()));
            prop_assert!(a.prefix() == b.prefix() || (a.prefix() < b.prefix()) == (a < b));
        }

        #[test]
        fn a_search_finds_what_is_there_and_where_the_rest_belongs(texts in prop::collection::btree_set("[ab\0]{0,10}", 0..40), other in "[ab\0]{0,10}") {
            let mut keys = Keys::new();
            texts.iter().for_each(|text| keys.push(Key::from(text.as_str())));
            let other = Key::from(other.as_str());
            prop_assert_eq!(keys.search(&other), keys.as_slice().binary_search(&other));
        }
    }
}
