//! The history by key: which writes there were, and which reads to judge.

use crate::run::OperationRecord;
use node::{Key, OperationKind, Time, Value, client::Outcome};
use std::{
    collections::HashMap,
    hash::{BuildHasherDefault, Hasher},
};
use xxhash_rust::xxh3::xxh3_64;

/// A map by text. It is only ever asked, never walked, so its order reaches nothing.
pub(super) type TextMap<'a, T> = HashMap<&'a str, T, BuildHasherDefault<TextHasher>>;

/// Hashes one text with XXH3, which is fast on short keys and the same in every run.
#[derive(Default)]
pub(super) struct TextHasher(u64);

impl Hasher for TextHasher {
    fn write(&mut self, bytes: &[u8]) {
        self.0 ^= xxh3_64(bytes);
    }

    /// Ignores the byte that ends a text, since there is one text only.
    fn write_u8(&mut self, _: u8) {}

    fn finish(&self) -> u64 {
        self.0
    }
}

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

/// A get that was answered and is to be judged.
#[derive(Clone, Copy, Debug)]
pub(super) struct Read {
    position: u32,
    key: u32,
    earlier: u32,
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

    /// How many writes to its key stand before it in the history.
    pub(super) fn earlier(&self) -> usize {
        self.earlier as usize
    }
}

/// The history by key.
#[derive(Debug)]
pub(super) struct Index<'a> {
    operations: &'a [OperationRecord],
    ids: TextMap<'a, u32>,
    /// Where the writes of each key start; one more entry ends the last.
    starts: Vec<usize>,
    /// By key, and for each key in order of invocation.
    writes: Vec<Write>,
    reads: Vec<Read>,
}

impl<'a> Index<'a> {
    /// Reads the history once; reads begun at `run_ended` or later are left out.
    pub(super) fn new(operations: &'a [OperationRecord], run_ended: Time) -> Self {
        let mut ids = TextMap::default();
        let mut counts: Vec<u32> = Vec::new();
        let mut writes = Vec::new();
        let mut reads = Vec::new();
        for (position, record) in operations.iter().enumerate() {
            let kind = record.operation.kind();
            let is_write = kind.is_write();
            let matters = match record.outcome {
                Outcome::Ok(_) => {
                    is_write || (kind == OperationKind::Get && record.found().is_some())
                }
                Outcome::Info(_) => is_write,
                Outcome::Fail(_) => false,
            };
            let Some(key) = record.operation.key().filter(|_| matters) else {
                continue;
            };
            let key = *ids.entry(key.as_str()).or_insert_with(|| {
                counts.push(0);
                narrow(counts.len() - 1)
            });
            let position = narrow(position);
            let earlier = &mut counts[key as usize];
            if is_write {
                *earlier += 1;
                writes.push(Write {
                    invoked: record.invoked,
                    completed: if record.is_ok() {
                        record.completed
                    } else {
                        Time::MAX
                    },
                    position,
                    key,
                });
            } else if record.invoked < run_ended {
                reads.push(Read {
                    position,
                    key,
                    earlier: *earlier,
                });
            }
        }
        let starts = starts(&counts);
        Self {
            operations,
            ids,
            writes: by_key(&writes, &starts),
            starts,
            reads,
        }
    }

    /// How many keys were read or written.
    pub(super) fn keys(&self) -> usize {
        self.starts.len() - 1
    }

    /// The number of a key.
    pub(super) fn key(&self, key: &Key) -> Option<usize> {
        self.ids.get(key.as_str()).map(|id| *id as usize)
    }

    /// The writes to a key in order of invocation.
    pub(super) fn writes_to(&self, key: usize) -> &[Write] {
        &self.writes[self.range(key)]
    }

    /// Where the writes to a key stand among [`Index::writes`].
    pub(super) fn range(&self, key: usize) -> std::ops::Range<usize> {
        self.starts[key]..self.starts[key + 1]
    }

    /// All writes, by key.
    pub(super) fn writes(&self) -> &[Write] {
        &self.writes
    }

    /// The reads to judge, in the order of the history.
    pub(super) fn reads(&self) -> &[Read] {
        &self.reads
    }

    /// What a write leaves under its key: a value, or `None` for absence.
    pub(super) fn left_by(&self, write: &Write) -> Option<&'a Value> {
        self.operations[write.position()].leaves().flatten()
    }

    /// The name of a key that was written.
    pub(super) fn name_by(&self, write: &Write) -> &'a Key {
        self.operations[write.position()]
            .operation
            .key()
            .expect("a write names a key")
    }
}

/// Positions are kept in 32 bits, since an index over a long run is limited by memory traffic.
fn narrow(position: usize) -> u32 {
    u32::try_from(position).expect("a history has fewer than 2^32 operations")
}

fn starts(counts: &[u32]) -> Vec<usize> {
    let mut starts = Vec::with_capacity(counts.len() + 1);
    let mut sum = 0;
    starts.push(sum);
    for count in counts {
        sum += *count as usize;
        starts.push(sum);
    }
    starts
}

fn by_key(writes: &[Write], starts: &[usize]) -> Vec<Write> {
    let mut next = starts.to_vec();
    let mut sorted = writes.to_vec();
    for write in writes {
        let slot = &mut next[write.key as usize];
        sorted[*slot] = *write;
        *slot += 1;
    }
    // A history is in order of invocation, so that there is normally nothing to sort.
    for bounds in starts.windows(2) {
        let of_key = &mut sorted[bounds[0]..bounds[1]];
        if !of_key.is_sorted_by_key(|write| write.invoked) {
            of_key.sort_by_key(|write| write.invoked);
        }
    }
    sorted
}
