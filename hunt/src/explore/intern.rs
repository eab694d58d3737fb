//! Numbers for byte strings: equal strings get one number, different ones never do.

use xxhash_rust::xxh3::xxh3_64;

/// A set of byte strings, numbered from 0 in the order in which they came.
///
/// The hash only says where to look: strings are compared byte for byte, so that two states
/// are never taken for one.
#[derive(Debug)]
pub(super) struct Interner {
    bytes: Vec<u8>,
    /// Where each string ends; it begins where the one before ends.
    ends: Vec<usize>,
    /// Numbers plus one at the places that hashes point to; 0 is free.
    slots: Vec<u32>,
}

impl Default for Interner {
    fn default() -> Self {
        Self { bytes: Vec::new(), ends: Vec::new(), slots: vec![0; 64] }
    }
}

impl Interner {
    /// The number of a string, and whether it is a new one.
    pub(super) fn intern(&mut self, key: &[u8]) -> (u32, bool) {
        let slot = self.slot_of(key);
        if self.slots[slot] > 0 {
            return (self.slots[slot] - 1, false);
        }
        let id = u32::try_from(self.ends.len()).expect("fewer than 2^32 states fit in memory");
        self.bytes.extend_from_slice(key);
        self.ends.push(self.bytes.len());
        self.slots[slot] = id + 1;
        if self.ends.len() * 4 > self.slots.len() * 3 {
            self.grow();
        }
        (id, true)
    }

    /// The number of a string that came before.
    pub(super) fn find(&self, key: &[u8]) -> Option<u32> {
        self.slots[self.slot_of(key)].checked_sub(1)
    }

    /// The string with this number.
    pub(super) fn get(&self, id: u32) -> &[u8] {
        let id = id as usize;
        let start = if id == 0 { 0 } else { self.ends[id - 1] };
        &self.bytes[start..self.ends[id]]
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Where a string is, or would go.
    fn slot_of(&self, key: &[u8]) -> usize {
        let mask = self.slots.len() - 1;
        let mut slot = xxh3_64(key) as usize & mask;
        while self.slots[slot] > 0 && self.get(self.slots[slot] - 1) != key {
            slot = (slot + 1) & mask;
        }
        slot
    }

    fn grow(&mut self) {
        let mask = self.slots.len() * 2 - 1;
        let mut slots = vec![0; mask + 1];
        for id in 0..self.ends.len() as u32 {
            let mut slot = xxh3_64(self.get(id)) as usize & mask;
            while slots[slot] > 0 {
                slot = (slot + 1) & mask;
            }
            slots[slot] = id + 1;
        }
        self.slots = slots;
    }
}

/// Appends a number to a key.
pub(super) fn put(key: &mut Vec<u8>, number: u32) {
    key.extend_from_slice(&number.to_le_bytes());
}

/// Reads the numbers that a key is made of.
pub(super) fn numbers(key: &[u8]) -> impl Iterator<Item = u32> + '_ {
    key.chunks_exact(4).map(|bytes| u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_strings_share_a_number_and_others_do_not() {
        let mut interner = Interner::default();
        let key = |number: u32| number.to_le_bytes();
        for number in 0..1000 {
            assert_eq!(interner.intern(&key(number)), (number, true));
        }
        for number in 0..1000 {
            assert_eq!(interner.intern(&key(number)), (number, false));
            assert_eq!(interner.get(number), key(number));
        }
        assert_eq!(interner.find(b"nothing"), None);
        assert_eq!(interner.intern(b""), (1000, true));
        assert_eq!(interner.get(1000), b"");
    }
}
