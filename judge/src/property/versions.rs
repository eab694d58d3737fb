//! Versions: is a value read under the version that its write was acknowledged with?
//!
//! A client that is told "written, version 3" and later reads the same value as version 57
//! cannot compare versions at all: each node counts by itself, or counts something else.

use super::{
    Evidence,
    checker::{Checker, Found, Need, Step, Walked},
    facts::{Facts, deed},
    index::{Index, Read, TextMap, Write},
    text::{count, number, quote},
};
use crate::record::{OperationRecord, Verdict, Witness};
use node::{Operation, Value, Version};
use scenarios::Property;

/// What reads have shown so far of the versions of values.
#[derive(Default)]
pub(super) struct Versions {
    judged: u64,
    /// Reads that a glance did not settle.
    open: Vec<Read>,
}

/// A read that names another version than the write of its value.
#[derive(Clone, Copy)]
struct Misnamed {
    read: usize,
    write: usize,
}

/// The writes that leave one value under one key.
type Writers<'a> = Vec<TextMap<&'a Value, Vec<Write>>>;

impl<'a> Checker<'a> for Versions {
    fn property(&self) -> Property {
        Property::Versions
    }

    fn needs(&self) -> &'static [Need] {
        &[Need::Operations]
    }

    fn walks(&self) -> bool {
        true
    }

    fn see(&mut self, step: &Step<'_, 'a>) {
        if let Some(read) = step.added.read {
            self.see_read(step.index, read, step.record, step.explained_by);
        }
    }

    fn find(self: Box<Self>, walked: &Walked<'_, 'a>) -> Found {
        self.judge(walked.evidence, walked.index).into()
    }
}

impl Versions {
    /// Looks at a read. `explained_by` is a write that leaves what it found, if one of
    /// the latest does.
    fn see_read(
        &mut self,
        index: &Index<'_>,
        read: Read,
        record: &OperationRecord,
        explained_by: Option<&Write>,
    ) {
        // What a put says it overwrote bears no version.
        let named = record.version().filter(|_| matches!(record.operation, Operation::Get { .. }));
        if named.is_none() {
            return;
        }
        self.judged += 1;
        let agrees = |write: &Write| index.record(write).version() == named;
        if !explained_by.is_some_and(agrees) {
            self.open.push(read);
        }
    }

    /// Judges what was seen.
    fn judge(self, evidence: &Evidence<'_>, index: &Index<'_>) -> Verdict {
        let misnamed = self.misnamed(evidence, index);
        match misnamed.first() {
            None if self.judged == 0 => Verdict::Unknown("no read found a value".to_owned()),
            None => Verdict::Holds(format!(
                "in none of {} did a value bear another version than its write",
                count(self.judged, "read", "reads")
            )),
            Some(first) => {
                let tell = || witness(evidence, *first, misnamed.len() as u64, self.judged);
                Verdict::Violated(evidence.words.prove(tell))
            }
        }
    }

    fn misnamed(&self, evidence: &Evidence<'_>, index: &Index<'_>) -> Vec<Misnamed> {
        let mut writers = Writers::default();
        writers.resize_with(index.keys(), TextMap::default);
        let mut known = vec![false; index.keys()];
        let mut misnamed = Vec::new();
        for read in &self.open {
            let key = read.key();
            if !std::mem::replace(&mut known[key], true) {
                for write in index.writes_to(key) {
                    if let Some(value) = index.left_by(write) {
                        writers[key].entry(value).or_default().push(*write);
                    }
                }
            }
            let record = &evidence.history.operations[read.position()];
            let writes = record.found().flatten().and_then(|value| writers[key].get(value));
            misnamed.extend(writes.and_then(|writes| misnaming(evidence, read.position(), writes)));
        }
        misnamed
    }
}

/// The read and a write of its value, if no write of it can have given it the version that
/// the read names: each was acknowledged with another.
fn misnaming(evidence: &Evidence<'_>, read: usize, writes: &[Write]) -> Option<Misnamed> {
    let operations = &evidence.history.operations;
    let named = operations[read].version();
    let is_another = |write: &Write| {
        let version = operations[write.position()].version();
        version.is_some() && version != named
    };
    let write = writes.first()?.position();
    writes.iter().all(is_another).then_some(Misnamed { read, write })
}

fn witness(evidence: &Evidence<'_>, first: Misnamed, times: u64, judged: u64) -> Witness {
    let operations = &evidence.history.operations;
    let (read, write) = (&operations[first.read], &operations[first.write]);
    let key = read.operation.key().expect("a get names a key");
    let value = quote(read.found().flatten().map_or("", |value| value.as_str()));
    let version = |record: &OperationRecord| record.version().unwrap_or(Version(0));
    let mut facts = Facts::default();
    facts.add(
        write.invoked,
        format!(
            "{} at {}, acknowledged as {} (operation {})",
            deed(write),
            write.node,
            version(write),
            first.write
        ),
    );
    facts.add(
        read.invoked,
        format!(
            "{} at {} and got {value} as {} (operation {})",
            deed(read),
            read.node,
            version(read),
            first.read
        ),
    );
    Witness {
        summary: format!(
            "a value bore another version than its write in {} of {}: {value} under key {} was \
             acknowledged as {} and read from {} as {}",
            number(times),
            count(judged, "read", "reads"),
            quote(key.as_str()),
            version(write),
            read.node,
            version(read)
        ),
        facts: facts.lines(),
        operations: vec![first.write, first.read],
        keys: vec![key.clone()],
        since: Some(read.invoked),
    }
}
