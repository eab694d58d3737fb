//! Staleness: how old was what a read returned?
//!
//! A read that returned the value of write `v` is stale if some write to the key was
//! begun after `v` had been acknowledged, and was itself acknowledged before the read
//! began. Absence counts as the value of a delete, or of the empty store at the start.

use super::{
    Evidence,
    facts::{Facts, answer, deed},
    index::Index,
    reads::Reads,
    text::{count, number, plural, quote, span, state},
};
use crate::record::{Verdict, Witness, Words};
use node::Time;
use std::time::Duration;

/// How old reads were.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StalenessReport {
    /// Gets that were answered, and puts whose answer names what they overwrote.
    pub reads: u64,
    /// Every read that returned an overwritten value, in order of invocation.
    pub stale: Vec<StaleRead>,
}

/// A read that returned an overwritten value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StaleRead {
    /// The read, by position in the history.
    pub operation: usize,
    /// How many acknowledged writes, each begun after the one it returned was
    /// acknowledged, it does not know of.
    pub versions_behind: u64,
    /// How long ago, as the read began, the first of them had been acknowledged.
    pub time_behind: Duration,
}

impl StalenessReport {
    /// The number of versions that the share `q` of all reads was behind at most.
    ///
    /// `q` is from 0 to 1 (what lies outside is taken as the nearer end) and the
    /// quantile is the nearest rank, over fresh reads too, which are 0 behind; 0 if
    /// there were no reads. Costs O(number of stale reads).
    pub fn versions_behind_quantile(&self, q: f64) -> u64 {
        self.quantile(q, |read| read.versions_behind)
    }

    /// The time that the share `q` of all reads was behind at most, as in
    /// [`StalenessReport::versions_behind_quantile`].
    pub fn time_behind_quantile(&self, q: f64) -> Duration {
        self.quantile(q, |read| read.time_behind)
    }

    /// The longest time that a read was behind; zero if none was stale.
    pub fn max_time_behind(&self) -> Duration {
        let spans = self.stale.iter().map(|read| read.time_behind);
        spans.max().unwrap_or_default()
    }

    fn quantile<T: Ord + Copy + Default>(&self, q: f64, of: impl Fn(&StaleRead) -> T) -> T {
        let rank = (q.clamp(0.0, 1.0) * self.reads as f64).ceil() as u64;
        let fresh = self.reads - self.stale.len() as u64;
        if rank <= fresh {
            return T::default();
        }
        let mut behind: Vec<T> = self.stale.iter().map(of).collect();
        let place = usize::try_from(rank - fresh - 1).expect("a rank among reads in memory");
        *behind.select_nth_unstable(place).1
    }
}

/// Judges the reads: `Violated` if one is older than `bound`, or returned what nobody wrote.
pub(super) fn judge(
    evidence: &Evidence<'_>,
    index: &Index<'_>,
    reads: &Reads,
    bound: Duration,
) -> Verdict {
    let report = &reads.report;
    let beyond = report.stale.iter().filter(|read| read.time_behind > bound);
    // Of reads that are equally old the first is named.
    let worst = beyond.clone().rev().max_by_key(|read| (read.time_behind, read.versions_behind));
    if report.reads == 0 {
        return Verdict::Unknown("no read was answered".to_owned());
    }
    if worst.is_none() && reads.unwritten.is_empty() {
        return Verdict::Holds(evidence.words.put(|| valid(report, bound)));
    }
    if evidence.words == Words::Unsaid {
        return Verdict::Violated(Witness::default());
    }
    let mut witness = Witness::default();
    let mut facts = Facts::default();
    let mut claims = Vec::new();
    if let Some(first) = reads.unwritten.first() {
        claims.push(tell_unwritten(evidence, reads, *first, &mut witness, &mut facts));
    }
    if let Some(worst) = worst {
        claims.push(stale_claim(report, beyond.clone().count() as u64, worst, bound));
        tell_stale(evidence, index, worst, &mut witness, &mut facts);
    }
    let first_beyond = beyond.clone().map(|read| read.operation).next();
    witness.summary = claims.join("; ");
    witness.facts = facts.lines();
    witness.operations.sort_unstable();
    witness.operations.dedup();
    witness.since = first_beyond
        .into_iter()
        .chain(reads.unwritten.first().copied())
        .map(|read| evidence.history.operations[read].invoked)
        .min();
    Verdict::Violated(witness)
}

fn valid(report: &StalenessReport, bound: Duration) -> String {
    let stale = report.stale.len() as u64;
    match (report.reads, stale) {
        (reads, 0) => format!("none of {} was stale", count(reads, "read", "reads")),
        (reads, stale) => format!(
            "{} of {} {} stale, by at most {}; {} is allowed",
            number(stale),
            count(reads, "read", "reads"),
            plural(stale, "was", "were"),
            span(report.max_time_behind()),
            span(bound)
        ),
    }
}

fn stale_claim(
    report: &StalenessReport,
    beyond: u64,
    worst: &StaleRead,
    bound: Duration,
) -> String {
    let stale = report.stale.len() as u64;
    let allowed = if bound.is_zero() {
        String::new()
    } else {
        format!(", {} of them by more than the {} allowed", number(beyond), span(bound))
    };
    format!(
        "{} of {} returned {}{allowed}; the worst was {} out of date",
        number(stale),
        count(report.reads, "read", "reads"),
        plural(stale, "an overwritten value", "overwritten values"),
        span(worst.time_behind)
    )
}

fn tell_unwritten(
    evidence: &Evidence<'_>,
    reads: &Reads,
    first: usize,
    witness: &mut Witness,
    facts: &mut Facts,
) -> String {
    let record = &evidence.history.operations[first];
    let value = state(record.found().flatten());
    facts.add(
        record.invoked,
        format!(
            "{} at {}{}, a value that nobody wrote (operation {first})",
            deed(record),
            record.node,
            answer(record)
        ),
    );
    witness.operations.push(first);
    witness.keys.extend(record.operation.key().cloned());
    let amount = reads.unwritten.len() as u64;
    format!(
        "{} of {} returned a value that nobody wrote: {value} under key {}",
        number(amount),
        count(reads.report.reads, "read", "reads"),
        quote(record.operation.key().map_or("", |key| key.as_str()))
    )
}

fn tell_stale(
    evidence: &Evidence<'_>,
    index: &Index<'_>,
    worst: &StaleRead,
    witness: &mut Witness,
    facts: &mut Facts,
) {
    let record = &evidence.history.operations[worst.operation];
    let found = record.found().flatten();
    let Some(key) = record.operation.key() else {
        return;
    };
    let writes = index.key(key).map_or(&[][..], |id| index.writes_to(id));
    let explanation = writes
        .iter()
        .filter(|write| write.invoked <= record.completed && index.left_by(write) == found)
        .max_by_key(|write| write.completed);
    let since = explanation.map(|write| write.completed);
    let overwrite = writes
        .iter()
        .filter(|write| since.is_none_or(|since| write.invoked > since))
        .min_by_key(|write| write.completed);
    if explanation.is_none() {
        facts.add(Time::ZERO, format!("nothing is under key {}", quote(key.as_str())));
    }
    for write in explanation.into_iter().chain(overwrite) {
        facts.add_write(evidence.history, write.position());
        witness.operations.push(write.position());
    }
    facts.add(
        record.invoked,
        format!(
            "{} at {}{}, overwritten {} before; {} acknowledged by then (operation {})",
            deed(record),
            record.node,
            answer(record),
            span(worst.time_behind),
            count(worst.versions_behind, "newer write was", "newer writes were"),
            worst.operation
        ),
    );
    witness.operations.push(worst.operation);
    if !witness.keys.contains(key) {
        witness.keys.push(key.clone());
    }
}
