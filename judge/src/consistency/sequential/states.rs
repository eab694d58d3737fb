//! The states of keys, and who has still to see them or to bring them about.

use super::super::linear::memo::FixedMap;
use node::Value;
use xxhash_rust::xxh3::xxh3_128;

/// The states that keys can be in, each by a number.
#[derive(Default)]
pub(super) struct States {
    numbers: FixedMap<(u32, Option<Value>), u32>,
    pub(super) all: Vec<State>,
}

pub(super) struct State {
    pub(super) key: u32,
    pub(super) value: Option<Value>,
    pub(super) mark: u128,
    /// The answered calls that must see it.
    pub(super) seen_by: Vec<u32>,
    /// How many of them are not done.
    pub(super) awaited: u32,
    /// The writes that leave it, or may.
    pub(super) left_by: Vec<u32>,
    /// How many of them are not done.
    pub(super) coming: u32,
}

impl States {
    pub(super) fn number(&mut self, key: u32, value: Option<&Value>) -> u32 {
        let next = self.all.len() as u32;
        let number = *self.numbers.entry((key, value.cloned())).or_insert(next);
        if number == next {
            let mark = match value {
                Some(value) => hash(b'v', key as usize, value.as_str()),
                None => hash(b'n', key as usize, ""),
            };
            let (seen_by, left_by) = (Vec::new(), Vec::new());
            let value = value.cloned();
            self.all.push(State { key, value, mark, seen_by, awaited: 0, left_by, coming: 0 });
        }
        number
    }
}

/// What a part of a place adds to what the place is remembered by.
pub(super) fn hash(part: u8, number: usize, text: &str) -> u128 {
    let mut bytes = Vec::with_capacity(9 + text.len());
    bytes.push(part);
    bytes.extend((number as u64).to_le_bytes());
    bytes.extend(text.as_bytes());
    xxh3_128(&bytes)
}
