//! Maps and sets that are only ever asked, never walked, so that their order reaches nothing.

use std::{
    collections::{HashMap, HashSet},
    hash::{BuildHasherDefault, Hasher},
};

/// A map whose hasher is the same in every run.
pub(in crate::consistency) type FixedMap<K, V> = HashMap<K, V, BuildHasherDefault<Fold>>;

/// A set whose hasher is the same in every run.
pub(in crate::consistency) type FixedSet<K> = HashSet<K, BuildHasherDefault<Fold>>;

/// Folds a word at a time into 64 bits. The searches spend much of their time here.
#[derive(Default)]
pub(in crate::consistency) struct Fold(u64);

impl Fold {
    fn add(&mut self, word: u64) {
        // Both halves of the product, so that each bit of the sum depends on all before it.
        let product = u128::from(self.0 ^ word ^ 0xa076_1d64_78bd_642f)
            * u128::from(0xe703_7ed1_a0b4_28db_u64);
        self.0 = (product >> 64) as u64 ^ product as u64;
    }
}

impl Hasher for Fold {
    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks();
        words.iter().for_each(|word| self.add(u64::from_le_bytes(*word)));
        // At most seven bytes are left, so that there is room for the length above them.
        let rest = rest.iter();
        self.add(rest.fold(bytes.len() as u64, |word, byte| word << 8 | u64::from(*byte)));
    }

    fn write_u8(&mut self, number: u8) {
        self.add(u64::from(number));
    }

    fn write_u32(&mut self, number: u32) {
        self.add(u64::from(number));
    }

    fn write_u64(&mut self, number: u64) {
        self.add(number);
    }

    fn write_usize(&mut self, number: usize) {
        self.add(number as u64);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
