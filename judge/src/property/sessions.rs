//! Per-key order: does a key ever go back in time before one session's eyes?
//!
//! Monotonic reads and read-your-writes (Terry and others, *Session Guarantees for
//! Weakly Consistent Replicated Data*), judged a key at a time.

use super::{
    Evidence,
    checker::{Checker, Found, Need, Step, Walked},
    facts::{Facts, answer, deed},
    index::{Index, NumberMap, Read, Write, narrow},
    reads::Explanations,
    text::{count, number, quote, state},
};
use crate::record::{OperationRecord, Verdict, Witness};
use node::Time;
use scenarios::Property;

/// What sessions have seen so far, and where a key went back before one of them.
#[derive(Default)]
pub(super) struct Sessions {
    seen: NumberMap<Seen>,
    judged: u64,
    violations: Vec<GoneBack>,
    /// Reads of values too old to be found at a glance, and what had been seen by then.
    open: Vec<(Read, Seen)>,
}

/// The newest state of a key that a session knows of.
#[derive(Clone, Copy)]
struct Seen {
    /// The write that left it was not begun before this.
    since: Time,
    /// The operation by which the session learned of it.
    by: u32,
}

/// A read that returned an older state than its session had seen.
#[derive(Clone, Copy)]
struct GoneBack {
    read: usize,
    seen_by: usize,
}

impl<'a> Checker<'a> for Sessions {
    fn property(&self) -> Property {
        Property::PerKeyOrder
    }

    fn needs(&self) -> &'static [Need] {
        &[Need::Operations]
    }

    fn walks(&self) -> bool {
        true
    }

    fn see(&mut self, step: &Step<'_, 'a>) {
        let Step { position, record, added, explained_by, .. } = *step;
        if let Some(read) = added.read {
            self.see_read(read, record, explained_by);
        }
        if let Some(key) = added.key.filter(|_| record.operation.kind().is_write()) {
            self.see_write(position, record, key);
        }
    }

    fn find(self: Box<Self>, walked: &Walked<'_, 'a>) -> Found {
        self.judge(walked.evidence, walked.index).into()
    }
}

impl Sessions {
    /// Looks at a read. `explained_by` is a write that leaves what it found, if one of
    /// the latest does.
    pub(super) fn see_read(
        &mut self,
        read: Read,
        record: &OperationRecord,
        explained_by: Option<&Write>,
    ) {
        let (session, by) = (session(record, read.key()), narrow(read.position()));
        self.judged += 1;
        let seen = self.seen.get(&session).copied();
        match explained_by {
            Some(write) => match seen.filter(|seen| write.completed < seen.since) {
                // A write that was begun during the read may leave the same state, as two deletes do.
                Some(seen) => self.open.push((read, seen)),
                None => self.learn(session, Seen { since: write.invoked, by }),
            },
            None => self.open.extend(seen.map(|seen| (read, seen))),
        }
    }

    /// Looks at a write.
    pub(super) fn see_write(&mut self, position: usize, record: &OperationRecord, key: usize) {
        if record.is_ok() {
            let seen = Seen { since: record.invoked, by: narrow(position) };
            self.learn(session(record, key), seen);
        }
    }

    /// Judges what was seen.
    pub(super) fn judge(mut self, evidence: &Evidence<'_>, index: &Index<'_>) -> Verdict {
        let mut explanations = Explanations::new(index);
        for (read, seen) in std::mem::take(&mut self.open) {
            let record = &evidence.history.operations[read.position()];
            let found = record.found().flatten();
            let best = explanations.best(read.key(), found, record.completed);
            // What nobody wrote is the staleness checker's business.
            let went_back = match best {
                Some(completed) => completed < seen.since,
                None => found.is_none(),
            };
            if went_back {
                let gone_back = GoneBack { read: read.position(), seen_by: seen.by as usize };
                self.violations.push(gone_back);
            }
        }
        self.violations.sort_unstable_by_key(|violation| violation.read);
        match self.violations.first() {
            None if self.judged == 0 => Verdict::Unknown("no read was answered".to_owned()),
            None => Verdict::Valid(format!(
                "in none of {} did a key go back before its session",
                count(self.judged, "read", "reads")
            )),
            Some(first) => Verdict::Invalid(self.witness(evidence, first)),
        }
    }

    fn learn(&mut self, session: u64, seen: Seen) {
        let known = self.seen.entry(session).or_insert(seen);
        if known.since <= seen.since {
            *known = seen;
        }
    }

    fn witness(&self, evidence: &Evidence<'_>, first: &GoneBack) -> Witness {
        let operations = &evidence.history.operations;
        let (read, seen) = (&operations[first.read], &operations[first.seen_by]);
        let key = read.operation.key().expect("a get names a key");
        let newer = match seen.leaves() {
            Some(left) => format!("had itself written {}", state(left)),
            None => format!("had seen {}", state(seen.found().flatten())),
        };
        let mut facts = Facts::default();
        for (position, operation) in [(first.seen_by, seen), (first.read, read)] {
            let told = answer(operation);
            let text =
                format!("{} at {}{told} (operation {position})", deed(operation), operation.node);
            facts.add(operation.invoked, text);
        }
        let times = self.violations.len() as u64;
        Witness {
            summary: format!(
                "a key went back before its session in {} of {}: {} {newer} under key {} and \
                 then {} {}",
                number(times),
                count(self.judged, "read", "reads"),
                read.client,
                quote(key.as_str()),
                if read.operation.kind().is_write() { "overwrote" } else { "read" },
                state(read.found().flatten())
            ),
            facts: facts.lines(),
            operations: vec![first.seen_by, first.read],
            keys: vec![key.clone()],
            since: Some(read.invoked),
        }
    }
}

/// Names one key in the eyes of one session.
fn session(record: &OperationRecord, key: usize) -> u64 {
    (record.client.index() as u64) << 32 | key as u64
}
