//! Finds for each read the write that explains it best, and so how old it was.

use super::{
    Evidence, StaleRead, StalenessReport,
    checker::{Checker, Found, Need, Report, Step, Walked},
    index::{GLANCE, Index, Read},
    overwrites::{self, Question},
    staleness,
};
use crate::record::OperationRecord;
use node::{Time, Value};
use scenarios::Property;

/// What the reads returned.
#[derive(Debug, Default)]
pub(super) struct Reads {
    /// How old they were.
    pub(super) report: StalenessReport,
    /// Reads that returned what no write begun by then could have left.
    pub(super) unwritten: Vec<usize>,
}

/// The reads that are still to be judged when the history has been walked through.
#[derive(Debug, Default)]
pub(super) struct Scan {
    reads: u64,
    open: Vec<Read>,
}

impl<'a> Checker<'a> for Scan {
    fn property(&self) -> Property {
        Property::Staleness
    }

    fn needs(&self) -> &'static [Need] {
        &[Need::Operations]
    }

    fn walks(&self) -> bool {
        true
    }

    fn see(&mut self, step: &Step<'_, 'a>) {
        if let Some(read) = step.added.read {
            self.see_read(step.index, read, step.record);
        }
    }

    fn find(self: Box<Self>, walked: &Walked<'_, 'a>) -> Found {
        let Walked { evidence, index, bounds, .. } = *walked;
        let reads = measure(evidence, index, *self);
        let verdict = staleness::judge(evidence, index, &reads, bounds.max_staleness);
        Found { verdict, report: Some(Report::Staleness(reads.report)) }
    }
}

impl Scan {
    /// Looks at a read when the index knows of all that stands before it.
    pub(super) fn see_read(&mut self, index: &Index<'_>, read: Read, record: &OperationRecord) {
        self.reads += 1;
        if !looks_fresh(index, &read, record) {
            self.open.push(read);
        }
    }
}

/// Tells a fresh read by a look at the few writes begun last before it, which settles
/// nearly all reads of a healthy run: one explanation that makes it fresh will do.
/// `false` means only that the look did not settle it.
fn looks_fresh(index: &Index<'_>, read: &Read, record: &OperationRecord) -> bool {
    let found = record.found().flatten();
    // The latest beginning of a write that the read should know of.
    let mut known_from = None;
    let mut looked_at = 0;
    for write in index.latest_writes(read.key()).take(GLANCE) {
        if index.left_by(write) == found {
            return known_from.is_none_or(|known| known <= write.completed);
        }
        if write.completed < record.invoked {
            known_from = known_from.max(Some(write.invoked));
        }
        looked_at += 1;
    }
    // Nothing was there, and nothing had to be.
    found.is_none() && known_from.is_none() && looked_at < GLANCE
}

/// Judges the reads that a look did not settle.
pub(super) fn measure(evidence: &Evidence<'_>, index: &Index<'_>, scan: Scan) -> Reads {
    let mut found = Reads::default();
    found.report.reads = scan.reads;
    let open = if index.is_in_order() {
        scan.open
    } else {
        // The look relies on the order, so that all reads are judged the slower way.
        let records = evidence.history.operations.iter().enumerate();
        records.filter_map(|(position, record)| index.read(position, record)).collect()
    };
    let mut explanations = Explanations::new(index);
    let mut questions = Vec::new();
    for read in open {
        let record = &evidence.history.operations[read.position()];
        match explanations.judge(&read, record) {
            Age::Fresh => {}
            Age::Unwritten => found.unwritten.push(read.position()),
            Age::Stale { first, question } => {
                found.report.stale.push(StaleRead {
                    operation: read.position(),
                    versions_behind: 0,
                    time_behind: record.invoked.since(first),
                });
                questions.push(question);
            }
        }
    }
    if !questions.is_empty() {
        let counts = overwrites::count(index, &questions);
        for (read, count) in found.report.stale.iter_mut().zip(counts) {
            read.versions_behind = count;
        }
    }
    found
}

enum Age {
    Fresh,
    Unwritten,
    Stale { first: Time, question: Question },
}

/// Answers for any read which write explains it best. What this needs is made key by
/// key, and only for keys that need it.
pub(super) struct Explanations<'a, 'i> {
    index: &'i Index<'a>,
    by_state: Vec<Option<Vec<Explanation<'a>>>>,
    earliest_from: Vec<Time>,
}

/// A write as an explanation of a state.
struct Explanation<'a> {
    state: Option<&'a Value>,
    invoked: Time,
    /// The latest completion among this and earlier writes that leave the same state.
    completed: Time,
}

impl<'a, 'i> Explanations<'a, 'i> {
    pub(super) fn new(index: &'i Index<'a>) -> Self {
        Self { index, by_state: Vec::new(), earliest_from: Vec::new() }
    }

    fn judge(&mut self, read: &Read, record: &OperationRecord) -> Age {
        let found = record.found().flatten();
        let range = self.index.range(read.key());
        let writes = self.index.writes_to(read.key());
        let start = match self.best(read.key(), found, record.completed) {
            Some(completed) => writes.partition_point(|write| write.invoked <= completed),
            None if found.is_none() => 0,
            None => return Age::Unwritten,
        };
        if self.earliest_from.is_empty() {
            self.earliest_from = overwrites::earliest_from(self.index);
        }
        match self.earliest_from[range.clone()].get(start) {
            Some(first) if *first < record.invoked => Age::Stale {
                first: *first,
                question: Question {
                    writes: range.start + start..range.end,
                    invoked: record.invoked,
                },
            },
            Some(_) | None => Age::Fresh,
        }
    }

    /// The latest completion of a write that was begun by a moment and leaves a state.
    pub(super) fn best(&mut self, key: usize, found: Option<&Value>, moment: Time) -> Option<Time> {
        if self.by_state.is_empty() {
            self.by_state.resize_with(self.index.keys(), || None);
        }
        let index = self.index;
        let sorted = self.by_state[key].get_or_insert_with(|| by_state(index, key));
        let end = sorted.partition_point(|other| (other.state, other.invoked) <= (found, moment));
        let best = sorted[..end].last().filter(|best| best.state == found)?;
        Some(best.completed)
    }
}

fn by_state<'a>(index: &Index<'a>, key: usize) -> Vec<Explanation<'a>> {
    let mut sorted: Vec<Explanation<'a>> = index
        .writes_to(key)
        .iter()
        .map(|write| Explanation {
            state: index.left_by(write),
            invoked: write.invoked,
            completed: write.completed,
        })
        .collect();
    sorted.sort_by(|a, b| (a.state, a.invoked).cmp(&(b.state, b.invoked)));
    for place in 1..sorted.len() {
        if sorted[place].state == sorted[place - 1].state {
            sorted[place].completed = sorted[place].completed.max(sorted[place - 1].completed);
        }
    }
    sorted
}
