//! What a run shows, in one sentence a chart.

use crate::{
    figures,
    replication::{Gap, Replication},
    text,
    windows::Windows,
};
use judge::{
    Run,
    record::{FaultOrigin, OperationRecord},
};
use node::Time;
use std::time::Duration;

/// Time is cut into this many columns to follow replicas.
pub(super) const COLUMNS: usize = 540;

/// How long operations took, and how many were not answered.
pub(super) fn latency(run: &Run) -> String {
    let begun = run.operations().len() as u64;
    let Some(summary) = figures::latency(run, None) else {
        return if begun == 0 {
            "No operation was begun".to_owned()
        } else {
            format!("Not one of {} was answered", text::count(begun, "operation", "operations"))
        };
    };
    let unanswered = begun - summary.count as u64;
    let (p50, p99) = (text::duration(summary.p50), text::duration(summary.p99));
    let most = text::duration(summary.max);
    let mut finding = match summary.count {
        1..20 if p50 == most => format!("Every answer took about {most}"),
        1..20 => format!("Answers took {p50} at the median, {most} at most"),
        _ if p50 == p99 => format!("99% of answers took about {p99}"),
        _ => format!("Median {p50}, 99% within {p99}"),
    };
    if unanswered > 0 {
        finding +=
            &format!("; {} of {} not answered", text::number(unanswered), text::number(begun));
    }
    finding
}

/// Which window was slowest, against the whole run.
pub(super) fn quantiles(run: &Run) -> String {
    let windows = Windows::over(run.ended);
    let by_window = figures::latency_by_window(run, None, windows);
    let present = by_window.iter().enumerate().filter_map(|(index, s)| Some((index, (*s)?)));
    let Some(whole) = figures::latency(run, None) else {
        return latency(run);
    };
    // A single window is no course over time.
    if present.clone().count() == 1 {
        return latency(run);
    }
    let medians = present.clone().map(|(_, summary)| summary.p50);
    let steady = medians.clone().max().zip(medians.min());
    // On a tie the first window is named.
    let worst = present.rev().max_by_key(|(_, summary)| summary.p99);
    let Some((index, worst)) = worst else {
        return latency(run);
    };
    if worst.p99 <= whole.p50.saturating_mul(3) {
        return match steady {
            Some((most, least)) if most > least => format!(
                "Latency stays level: the median is between {} and {}, p99 at most {}",
                text::duration(least),
                text::duration(most),
                text::duration(worst.p99)
            ),
            _ => format!("Latency stays level: p99 is at most {}", text::duration(worst.p99)),
        };
    }
    let (start, end) = windows.bounds(index);
    let mut finding = format!(
        "p99 peaks at {} between {} and {}; the median of the run is {}",
        text::duration(worst.p99),
        text::moment(start, run.ended),
        text::moment(end, run.ended),
        text::duration(whole.p50)
    );
    if let Some(label) = fault_during(run, start, end) {
        finding += &format!(" ({label})");
    }
    finding
}

/// The label of a fault at work between two moments, if there is just one.
fn fault_during(run: &Run, start: Time, end: Time) -> Option<&str> {
    let mut at_work = run.faults.iter().filter(|fault| {
        fault.origin != FaultOrigin::Background
            && fault.start < end
            && fault.end.unwrap_or(run.ended) > start
    });
    let fault = at_work.next()?;
    at_work.next().is_none().then_some(fault.label.as_str())
}

/// When service was gone, or that it never was.
pub(super) fn rate(run: &Run) -> String {
    let operations = run.operations();
    let [ok, fail, info] = figures::outcomes(operations.iter());
    let begun = ok + fail + info;
    let Some((first, last)) = operations.first().zip(operations.last()) else {
        return "No operation was begun".to_owned();
    };
    let answered = operations.iter().filter(|record| record.is_answered()).count() as u64;
    if answered == begun {
        let seconds = last.invoked.since(first.invoked).as_secs_f64();
        return if begun < 20 || seconds < 0.1 {
            format!("All {} were answered", text::count(begun, "operation", "operations"))
        } else {
            format!(
                "All {} were answered, {:.0} a second",
                text::count(begun, "operation", "operations"),
                begun as f64 / seconds
            )
        };
    }
    if answered == 0 {
        return latency(run);
    }
    let silence = longest_silence(run);
    let share = text::percent(answered, begun);
    let answered = format!("{share} of {} answered", text::count(begun, "operation", "operations"));
    match silence {
        Some(silence) => format!("{}; {answered} in all", silence.in_words(run)),
        None => answered,
    }
}

/// A stretch of time in which no operation of a group was answered.
struct Silence {
    group: &'static str,
    from: Time,
    until: Option<Time>,
    operations: usize,
}

impl Silence {
    fn length(&self, run: &Run) -> Duration {
        self.until.unwrap_or(run.run_ended).since(self.from)
    }

    fn in_words(&self, run: &Run) -> String {
        let from = text::moment(self.from, run.ended);
        match self.until {
            Some(until) => {
                format!(
                    "{} unanswered from {from} to {}",
                    self.group,
                    text::moment(until, run.ended)
                )
            }
            None => format!("{} unanswered from {from} to the end", self.group),
        }
    }
}

/// The longest stretch of at least three operations in a row that were not answered: of all
/// operations if there is one, else of writes, else of reads.
fn longest_silence(run: &Run) -> Option<Silence> {
    let is_write = |record: &OperationRecord| record.operation.kind().is_write();
    let all = silence(run, "Operations", |_| true);
    let writes = silence(run, "Writes", is_write);
    let reads = silence(run, "Reads", |record| !is_write(record));
    let longest = writes.into_iter().chain(reads).max_by_key(|silence| silence.length(run));
    match (all, longest) {
        (Some(all), Some(one)) if all.length(run) * 2 < one.length(run) => Some(one),
        (None, one) => one,
        (all, _) => all,
    }
}

fn silence(
    run: &Run,
    group: &'static str,
    belongs: impl Fn(&OperationRecord) -> bool,
) -> Option<Silence> {
    const LEAST: usize = 3;
    let mut longest: Option<Silence> = None;
    let mut current: Option<Silence> = None;
    let keep = |silence: Silence, longest: &mut Option<Silence>| {
        let is_longer =
            longest.as_ref().is_none_or(|known| known.length(run) < silence.length(run));
        if silence.operations >= LEAST && is_longer {
            *longest = Some(silence);
        }
    };
    for record in run.operations().iter().filter(|record| belongs(record)) {
        if record.is_answered() {
            if let Some(silence) = current.take() {
                keep(Silence { until: Some(record.invoked), ..silence }, &mut longest);
            }
        } else {
            let begin = Silence { group, from: record.invoked, until: None, operations: 0 };
            current.get_or_insert(begin).operations += 1;
        }
    }
    if let Some(silence) = current {
        keep(silence, &mut longest);
    }
    longest
}

/// Who lacks what at the end, or who lagged most.
pub(super) fn replication(run: &Run) -> String {
    let Some(replication) = Replication::observe(run, COLUMNS) else {
        let differing = figures::replica_rows(run).iter().filter(|row| !row.agree).count() as u64;
        return match differing {
            0 => "At the end all replicas agree".to_owned(),
            keys => format!(
                "At the end {} between nodes",
                text::count(keys, "key differs", "keys differ")
            ),
        };
    };
    let open = replication.open();
    if let Some(first) = open.first() {
        return still_lacking(run, *first, open.len());
    }
    match replication.longest() {
        None => "No replica ever lacked anything that another had".to_owned(),
        Some(gap) => format!(
            "{} lagged most, {} behind at {}; at the end no replica lacks anything",
            gap.node,
            text::duration(gap.longest),
            text::moment(gap.longest_at, run.ended)
        ),
    }
}

fn still_lacking(run: &Run, gap: Gap, nodes: usize) -> String {
    let keys = text::count(gap.last_keys as u64, "key", "keys");
    let since = text::moment(gap.start, run.ended);
    let lacks = if gap.most_keys > gap.last_keys {
        format!("{} is behind from {since} to the end, where it still lacks {keys}", gap.node)
    } else {
        format!("{} lacks {keys} from {since} to the end", gap.node)
    };
    match nodes - 1 {
        0 => lacks,
        1 => lacks + "; one more node lacks some too",
        others => lacks + &format!("; {others} more nodes lack some too"),
    }
}
