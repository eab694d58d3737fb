//! The history by key: which writes there were, and which reads to judge.

use super::Evidence;
use crate::record::OperationRecord;
use node::{Key, Time, Value, client::Outcome};
use std::{
    cell::OnceCell,
    collections::HashMap,
    hash::{BuildHasherDefault, Hasher},
    ops::Range,
};

/// A map by short text. It is only ever asked, never walked, so its order reaches nothing.
pub(super) type TextMap<K, V> = HashMap<K, V, BuildHasherDefault<TextHasher>>;

/// Hashes one text, eight bytes at a time, the same in every run. Judging a long run
/// spends much of its time here, and the standard hasher takes several times as long.
#[derive(Default)]
pub(super) struct TextHasher(u64);

impl TextHasher {
    /// Both halves of a 128-bit product, folded, so that each bit depends on all.
    fn mix(&mut self, word: u64) {
        // An odd constant of random-looking bits: the fraction of the golden ratio.
        let product = u128::from(self.0 ^ word ^ 0x9e37_79b9_7f4a_7c15)
            * u128::from(0xd1b5_4a32_d192_ed03_u64);
        self.0 = (product >> 64) as u64 ^ product as u64;
    }
}

impl Hasher for TextHasher {
    fn write(&mut self, bytes: &[u8]) {
        let mut words = bytes.chunks_exact(8);
        for word in &mut words {
            self.mix(u64::from_le_bytes(word.try_into().expect("a chunk has eight bytes")));
        }
        let rest = words.remainder().iter();
        let rest = rest.fold(bytes.len() as u64, |word, byte| word << 8 | u64::from(*byte));
        self.mix(rest);
    }

    /// Ignores the byte that ends a text, since there is one text only.
    fn write_u8(&mut self, _: u8) {}

    fn finish(&self) -> u64 {
        self.0
    }
}

/// How many of the latest writes are compared before a slower way is taken.
pub(super) const GLANCE: usize = 8;

/// Stands for "no write" where positions are kept in 32 bits.
const NONE: u32 = u32::MAX;

/// A write that took effect or may have.
#[derive(Clone, Copy, Debug)]
pub(super) struct Write {
    /// When it was begun.
    pub(super) invoked: Time,
    /// When it was acknowledged; never (`Time::MAX`) if its outcome is unknown,
    /// since it may take effect at any later moment.
    pub(super) completed: Time,
    position: u32,
    key: u32,
    /// The write to the same key before this one.
    previous: u32,
}

impl Write {
    /// Whether the client was told that it took effect.
    pub(super) fn is_acknowledged(&self) -> bool {
        self.completed < Time::MAX
    }

    /// Its position in the history.
    pub(super) fn position(&self) -> usize {
        self.position as usize
    }
}

/// An operation that tells what its key held and is to be judged by it: a get that was
/// answered, or a put that names what it overwrote.
#[derive(Clone, Copy, Debug)]
pub(super) struct Read {
    position: u32,
    key: u32,
}

impl Read {
    /// Its position in the history.
    pub(super) fn position(&self) -> usize {
        self.position as usize
    }

    /// The number of its key.
    pub(super) fn key(&self) -> usize {
        self.key as usize
    }
}

/// What the index made of an operation.
#[derive(Clone, Copy, Debug)]
pub(super) struct Added {
    /// The operation if it is a read to be judged; a write that names what it overwrote is one too.
    pub(super) read: Option<Read>,
}

/// The history by key.
///
/// One pass over the history fills it. What only anomalies need, the writes of each
/// key side by side, is made when it is first asked for.
#[derive(Debug)]
pub(super) struct Index<'a> {
    operations: &'a [OperationRecord],
    run_ended: Time,
    ids: TextMap<Key, u32>,
    keys: Vec<OfKey>,
    /// In the order of the history, linked by key.
    writes: Vec<Write>,
    begun: u64,
    acknowledged: u64,
    latest_begin: Time,
    in_order: bool,
    by_key: OnceCell<ByKey>,
}

/// What is known of one key.
#[derive(Clone, Copy, Debug)]
struct OfKey {
    last: u32,
    count: u32,
    latest_acknowledged: Option<Time>,
}

/// All writes, by key, and for each key in order of invocation.
#[derive(Debug)]
struct ByKey {
    writes: Vec<Write>,
    /// Where the writes of each key start; one more entry ends the last.
    starts: Vec<usize>,
}

impl<'a> Index<'a> {
    /// An index that knows of no operation yet.
    pub(super) fn new(evidence: &Evidence<'a>) -> Self {
        Self {
            operations: &evidence.history.operations,
            run_ended: evidence.run_ended,
            ids: TextMap::default(),
            keys: Vec::new(),
            writes: Vec::new(),
            begun: 0,
            acknowledged: 0,
            latest_begin: Time::ZERO,
            in_order: true,
            by_key: OnceCell::new(),
        }
    }

    /// Takes note of the next operation of the history.
    pub(super) fn add(&mut self, position: usize, record: &OperationRecord) -> Added {
        self.in_order &= self.latest_begin <= record.invoked;
        self.latest_begin = record.invoked;
        self.begun += u64::from(record.invoked < self.run_ended);
        if record.may_have_written() {
            let key = self.add_write(position, record);
            let read = self.tells(record).then(|| Read { position: narrow(position), key });
            return Added { read };
        }
        let key = record.operation.key().filter(|_| self.tells(record));
        let read = key.map(|key| Read { position: narrow(position), key: self.intern(key) });
        Added { read }
    }

    /// The operation if it is a read to be judged; the index knows of it.
    pub(super) fn read(&self, position: usize, record: &OperationRecord) -> Option<Read> {
        let key = record.operation.key().filter(|_| self.tells(record))?;
        Some(Read { position: narrow(position), key: narrow(self.key(key)?) })
    }

    /// Whether it tells what its key held, and is to be judged by it.
    fn tells(&self, record: &OperationRecord) -> bool {
        record.invoked < self.run_ended && record.found().is_some()
    }

    /// A write that leaves what a read found, if one of the latest does that was begun by the
    /// end of the read; in a history out of order, later ones stand before it too.
    pub(super) fn explains(&self, read: Read, record: &OperationRecord) -> Option<&Write> {
        let found = record.found().flatten();
        let latest = self.latest_writes(read.key()).take(GLANCE);
        let mut begun = latest.filter(|write| write.invoked <= record.completed);
        begun.find(|write| self.left_by(write) == found)
    }

    fn add_write(&mut self, position: usize, record: &OperationRecord) -> u32 {
        let key = self.intern(record.operation.key().expect("a write names a key"));
        let of_key = &mut self.keys[key as usize];
        let is_acknowledged = matches!(record.outcome, Outcome::Ok(_));
        if is_acknowledged && record.invoked < self.run_ended {
            self.acknowledged += 1;
            of_key.latest_acknowledged = of_key.latest_acknowledged.max(Some(record.invoked));
        }
        let previous = std::mem::replace(&mut of_key.last, narrow(self.writes.len()));
        of_key.count += 1;
        self.writes.push(Write {
            invoked: record.invoked,
            completed: if is_acknowledged { record.completed } else { Time::MAX },
            position: narrow(position),
            key,
            previous,
        });
        key
    }

    fn intern(&mut self, key: &Key) -> u32 {
        if let Some(id) = self.ids.get(key) {
            return *id;
        }
        let id = narrow(self.keys.len());
        self.ids.insert(key.clone(), id);
        self.keys.push(OfKey { last: NONE, count: 0, latest_acknowledged: None });
        id
    }

    /// Whether the history is in order of invocation, as it should be.
    pub(super) fn is_in_order(&self) -> bool {
        self.in_order
    }

    /// How many keys were read or written.
    pub(super) fn keys(&self) -> usize {
        self.keys.len()
    }

    /// The number of a key.
    pub(super) fn key(&self, key: &Key) -> Option<usize> {
        self.ids.get(key).map(|id| *id as usize)
    }

    /// How many operations were begun before healing.
    pub(super) fn begun(&self) -> u64 {
        self.begun
    }

    /// How many acknowledged writes are to be judged.
    pub(super) fn acknowledged(&self) -> u64 {
        self.acknowledged
    }

    /// When the write to a key was begun that was begun last of those to be judged.
    pub(super) fn latest_acknowledged(&self, key: usize) -> Option<Time> {
        self.keys[key].latest_acknowledged
    }

    /// The writes to a key that are known so far, the last in the history first.
    pub(super) fn latest_writes(&self, key: usize) -> impl Iterator<Item = &Write> {
        let at = |place: u32| self.writes.get(place as usize);
        std::iter::successors(at(self.keys[key].last), move |write| at(write.previous))
    }

    /// All writes, by key, and for each key in order of invocation.
    pub(super) fn writes(&self) -> &[Write] {
        &self.by_key().writes
    }

    /// Where the writes to a key stand among [`Index::writes`].
    pub(super) fn range(&self, key: usize) -> Range<usize> {
        let starts = &self.by_key().starts;
        starts[key]..starts[key + 1]
    }

    /// The writes to a key in order of invocation.
    pub(super) fn writes_to(&self, key: usize) -> &[Write] {
        &self.writes()[self.range(key)]
    }

    /// What a write leaves under its key: a value, or `None` for absence.
    pub(super) fn left_by(&self, write: &Write) -> Option<&'a Value> {
        self.operations[write.position()].leaves().flatten()
    }

    /// The operation that the write is.
    pub(super) fn record(&self, write: &Write) -> &'a OperationRecord {
        &self.operations[write.position()]
    }

    /// The number of the key that was written.
    pub(super) fn key_of(&self, write: &Write) -> usize {
        write.key as usize
    }

    /// The operation at a position.
    pub(super) fn at(&self, position: usize) -> &'a OperationRecord {
        &self.operations[position]
    }

    /// The keys that were written, in order of their names, each with its number.
    pub(super) fn written_keys(&self) -> Vec<(&'a Key, usize)> {
        let written = (0..self.keys()).filter_map(|key| self.writes_to(key).first());
        let mut names: Vec<_> =
            written.map(|write| (self.name_by(write), write.key as usize)).collect();
        names.sort_unstable();
        names
    }

    /// The name of the key that was written.
    pub(super) fn name_by(&self, write: &Write) -> &'a Key {
        let operation = &self.operations[write.position()].operation;
        operation.key().expect("a write names a key")
    }

    fn by_key(&self) -> &ByKey {
        self.by_key.get_or_init(|| {
            let mut starts = Vec::with_capacity(self.keys.len() + 1);
            let mut sum = 0;
            starts.push(sum);
            starts.extend(self.keys.iter().map(|key| {
                sum += key.count as usize;
                sum
            }));
            let mut writes = self.writes.clone();
            let mut next = starts.clone();
            for write in &self.writes {
                let place = &mut next[write.key as usize];
                writes[*place] = *write;
                *place += 1;
            }
            if !self.in_order {
                writes.sort_by_key(|write| (write.key, write.invoked));
            }
            ByKey { writes, starts }
        })
    }
}

/// Positions are kept in 32 bits, since memory traffic is what an index over a long run costs.
pub(super) fn narrow(position: usize) -> u32 {
    let narrow = u32::try_from(position).ok().filter(|narrow| *narrow != NONE);
    narrow.expect("a history has fewer than 2^32 - 1 operations")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{collections::BTreeSet, hash::Hash};

    #[test]
    fn short_texts_have_hashes_of_their_own() {
        let texts = (0..20_000).map(|number| format!("key{number}"));
        let texts = texts.chain(["", "a", "a\0", "eightlong", "eightlong\0"].map(str::to_owned));
        let hash = |text: String| {
            let mut hasher = TextHasher::default();
            text.hash(&mut hasher);
            hasher.finish()
        };
        // A map chooses its bucket by the low bits and tells neighbours apart by the high ones.
        let hashes: Vec<u64> = texts.map(hash).collect();
        let distinct: BTreeSet<_> = hashes.iter().collect();
        assert_eq!(distinct.len(), hashes.len());
        let low: BTreeSet<_> = hashes.iter().map(|hash| hash % 32_768).collect();
        assert!(low.len() > 13_000, "{} of 32,768 buckets used", low.len());
    }
}
