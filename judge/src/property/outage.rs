//! When nothing was answered.
//!
//! An outage is a stretch of time in which no operation of a kind was answered, although at least
//! three of them waited in it for 100 ms or were turned away. It lasts at least 100 ms, and ten times as
//! long as an answer of that kind takes at the median, and as the median time from one answer to the
//! next: a pause between two answers is none. It counts from the last answer before it, or from the
//! first operation that was asked since, to the next answer.

use crate::record::OperationRecord;
use node::Time;
use std::time::Duration;

/// Fewer operations prove no outage.
const LEAST_OPERATIONS: usize = 3;
const LEAST: Duration = Duration::from_millis(100);
/// How many times the medians of latency and of gaps it lasts at least.
const MEDIANS: u32 = 10;

/// A stretch of time in which nothing was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outage {
    /// What was not answered.
    pub of: Service,
    /// Since when.
    pub from: Time,
    /// When the next one was answered; `None`: none was, to the end.
    pub until: Option<Time>,
}

/// Which operations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Service {
    /// Reads and writes together.
    Operation,
    /// Whatever changes a key.
    Write,
    /// Whatever does not.
    Read,
}

impl Service {
    /// All of them, in the order in which they are told.
    pub const ALL: [Self; 3] = [Self::Operation, Self::Write, Self::Read];

    /// One operation of it, in a word.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Operation => "operation",
            Self::Write => "write",
            Self::Read => "read",
        }
    }

    fn holds(self, record: &OperationRecord) -> bool {
        match self {
            Self::Operation => true,
            Self::Write => record.operation.kind().is_write(),
            Self::Read => !record.operation.kind().is_write(),
        }
    }
}

impl Outage {
    /// When it ended, at the latest with the run, which ended then.
    pub fn end(&self, run_ended: Time) -> Time {
        self.until.unwrap_or(run_ended.max(self.from))
    }

    /// How long it lasted, in a run that ended then.
    pub fn length(&self, run_ended: Time) -> Duration {
        self.end(run_ended).since(self.from)
    }
}

/// For how long nothing of a service was answered, all its outages together.
pub fn downtime(outages: &[Outage], service: Service, run_ended: Time) -> Duration {
    let of = outages.iter().filter(|outage| [service, Service::Operation].contains(&outage.of));
    of.map(|outage| outage.length(run_ended)).sum()
}

/// Every outage of a run, in order of time. What reads and writes went through together is one of
/// operations; none is told twice.
///
/// The operations are those of a run that ended at `run_ended`, without its probes.
pub fn outages(operations: &[OperationRecord], run_ended: Time) -> Vec<Outage> {
    let of_kind = |service| of_kind(operations, run_ended, service);
    let writes = of_kind(Service::Write);
    let mut reads: Vec<Option<Outage>> = of_kind(Service::Read).into_iter().map(Some).collect();
    let mut found = Vec::new();
    for write in writes {
        let partner =
            reads.iter_mut().find(|read| read.is_some_and(|it| same(run_ended, &it, &write)));
        found.push(match partner.and_then(Option::take) {
            Some(read) => Outage {
                of: Service::Operation,
                from: read.from.max(write.from),
                until: read.until.into_iter().chain(write.until).min(),
            },
            None => write,
        });
    }
    found.extend(reads.into_iter().flatten());
    for all in of_kind(Service::Operation) {
        let is_told =
            found.iter().any(|one| one.from < all.end(run_ended) && all.from < one.end(run_ended));
        if !is_told {
            found.push(all);
        }
    }
    found.sort_by_key(|outage| (outage.from, outage.of));
    found
}

/// Whether two outages are one: four fifths of either belong to the other.
fn same(run_ended: Time, one: &Outage, other: &Outage) -> bool {
    let (from, until) = (one.from.max(other.from), one.end(run_ended).min(other.end(run_ended)));
    let longer = one.length(run_ended).max(other.length(run_ended));
    from < until && until.since(from) * 5 >= longer * 4
}

fn of_kind(operations: &[OperationRecord], run_ended: Time, of: Service) -> Vec<Outage> {
    let asked = || operations.iter().filter(|record| of.holds(record));
    let answered = || asked().filter(|record| record.is_answered());
    let mut answers: Vec<Time> = answered().map(|record| record.completed).collect();
    let waits_to_the_end = asked().count() > answers.len();
    let end = waits_to_the_end.then_some(run_ended);
    if has_no_pause(&answers, end) {
        return Vec::new();
    }
    answers.sort_unstable();
    if !has_pause(&answers, end) {
        return Vec::new();
    }
    let latencies = answered().map(|record| record.completed.since(record.invoked)).collect();
    let gaps = answers.windows(2).map(|pair| pair[1].since(pair[0])).collect();
    let least = LEAST.max(median(latencies).max(median(gaps)) * MEDIANS);
    let starts = std::iter::once(Time::ZERO).chain(answers.iter().copied());
    let ends = answers.iter().copied().map(Some).chain([None]);
    let mut found = Vec::new();
    for (start, until) in starts.zip(ends) {
        let end = until.unwrap_or(run_ended);
        if end < start + least {
            continue;
        }
        let waited = || asked().filter(|it| it.completed > start && it.invoked < end);
        let Some(first) = waited().map(|record| record.invoked).min() else {
            continue;
        };
        let from = start.max(first);
        let in_vain =
            |it: &&OperationRecord| !it.is_answered() || it.completed.since(it.invoked) >= LEAST;
        if end >= from + least && waited().filter(in_vain).count() >= LEAST_OPERATIONS {
            found.push(Outage { of, from, until });
        }
    }
    found
}

/// Whether there is a stretch of time without an answer that could be an outage, be it before an
/// answer or, if somebody waits then, before the end. In most runs there is none.
fn has_pause(answers: &[Time], end: Option<Time>) -> bool {
    let mut last = Time::ZERO;
    let mut ends = answers.iter().copied().chain(end);
    ends.any(|end| end >= std::mem::replace(&mut last, end) + LEAST)
}

/// Whether it is plain, of answers in any order, that there is no such stretch: not if some answer
/// came in each half of the least length of an outage, up to the last.
fn has_no_pause(answers: &[Time], end: Option<Time>) -> bool {
    let half = |moment: &Time| (moment.as_nanos() / (LEAST.as_nanos() as u64 / 2)) as usize;
    let Some(last) = answers.iter().max() else { return false };
    // Where there are more halves than answers, one of them had none.
    if half(last) >= answers.len() || end.is_some_and(|end| end >= *last + LEAST) {
        return false;
    }
    let mut had_one = vec![false; half(last) + 1];
    answers.iter().for_each(|answer| had_one[half(answer)] = true);
    had_one.into_iter().all(|had_one| had_one)
}

/// The middle one, or the lower of the two.
fn median(mut spans: Vec<Duration>) -> Duration {
    let middle = spans.len().saturating_sub(1) / 2;
    if spans.is_empty() { Duration::ZERO } else { *spans.select_nth_unstable(middle).1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_pause_is_plain_where_there_is_one() {
        let (mut plain, mut paused) = (0, 0);
        // Answers by a step that divides nothing, one after another but for where some are missing.
        for (step, gap) in (1..40).flat_map(|step| (0..130).map(move |gap| (step, gap))) {
            let moment =
                |number: u64| Time::from_nanos((number * step + number * 7 % 5) * 1_000_000);
            let answers = (0..200).map(moment);
            let answers: Vec<Time> = answers
                .map(|at| if at > moment(60) { at + LEAST * gap / 100 } else { at })
                .collect();
            let mut sorted = answers.clone();
            sorted.sort_unstable();
            let has_pause = has_pause(&sorted, None);
            let is_plain = has_no_pause(&answers, None);
            assert!(!(is_plain && has_pause), "{step} {gap}");
            plain += u32::from(is_plain);
            paused += u32::from(has_pause);
            assert!(!has_no_pause(&answers, Some(sorted[199] + LEAST)), "{step} {gap}");
        }
        assert!(plain > 1_000 && paused > 1_000, "{plain} {paused}");
    }
}
