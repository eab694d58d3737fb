//! What the course of latency over a run shows, and when it shows nothing.
//!
//! A title claims only what the windows carry:
//!
//! - A *peak*: at least five answers of one window took twice as long, or three took ten times as long, as the third
//!   slowest answer of any calm window, and three times the median of the run. A window is calm if no fault is at work in
//!   it; at least [`SIDES`] calm windows of [`ENOUGH`] answers must be there to compare with, and where they are
//!   not, the middle one of all windows takes their place. The fault is named if it is the only one at work.
//! - A *step*: while one fault is at work and no other, the median of each window is above that of each calm window,
//!   by a quarter at least, with [`SIDES`] windows of [`ENOUGH`] answers on both sides.
//! - A *level*: there are [`SIDES`] windows of [`ENOUGH`] answers or more, no median that is drawn is above
//!   another by more than a quarter, and none is missing between the first and the last.
//!
//! Of everything else it only says between which values the medians are, of every window that has
//! one ([`FEWEST`]).

use super::finding::LONGEST;
use crate::{figures, quantile::nearest_rank, text, windows::Windows};
use judge::{Run, record::FaultOrigin};
use node::Time;
use std::time::Duration;

/// A window with fewer answers is compared with no other.
pub(super) const ENOUGH: usize = 20;
/// A window with fewer answers has no median.
const FEWEST: usize = figures::QUANTILES[0].least;
/// So many windows there must be on each side of a comparison.
const SIDES: usize = 3;
/// What is usual is what at least so many answers of a window took: one or two say nothing.
const SLOW: usize = 3;
/// How many answers must be how many times as slow for a peak.
const PEAKS: [(usize, u32); 2] = [(5, 2), (3, 10)];

struct Window<'a> {
    start: Time,
    end: Time,
    /// How long its answers took, the fastest first.
    sorted: &'a [Duration],
    /// The labels of the faults at work in it, but for what lasts for the whole run.
    faults: Vec<&'a str>,
}

impl Window<'_> {
    fn counts(&self) -> bool {
        self.sorted.len() >= ENOUGH
    }

    fn is_calm(&self) -> bool {
        self.faults.is_empty()
    }

    fn median(&self) -> Duration {
        nearest_rank(self.sorted, 50).unwrap_or_default()
    }

    /// What at least [`SLOW`] of its answers took.
    fn slow(&self) -> Option<Duration> {
        self.sorted.len().checked_sub(SLOW).map(|place| self.sorted[place])
    }
}

/// Whether there are windows enough for a course over time.
pub(super) fn is_course(run: &Run) -> bool {
    let windows = figures::latencies_by_window(run, None, Windows::over(run.ended));
    windows.iter().filter(|sorted| sorted.len() >= ENOUGH).count() >= 2
}

/// What the course shows; `None`: there is none.
pub(super) fn finding(run: &Run) -> Option<String> {
    let windows = Windows::over(run.ended);
    let by_window = figures::latencies_by_window(run, None, windows);
    let window = |(index, sorted)| {
        let (start, end) = windows.bounds(index);
        let at_work = run.faults.iter().filter(|fault| {
            fault.origin != FaultOrigin::Background
                && fault.start < end
                && fault.end.unwrap_or(run.ended) > start
        });
        Window { start, end, sorted, faults: at_work.map(|it| it.label.as_str()).collect() }
    };
    let windows = by_window.iter().map(Vec::as_slice).enumerate().map(window);
    let windows: Vec<Window<'_>> = windows.collect();
    let counted: Vec<&Window<'_>> = windows.iter().filter(|window| window.counts()).collect();
    if counted.len() < 2 {
        return None;
    }
    let whole = figures::latency(run, None)?;
    peak(run, &windows, whole.p50)
        .or_else(|| step(&counted))
        .or_else(|| Some(span(&windows, whole.p99)))
}

fn peak<'a>(run: &Run, windows: &[Window<'a>], median: Duration) -> Option<String> {
    let slowest = windows.iter().filter_map(Window::slow).max()?;
    let at = windows.iter().position(|window| window.slow() == Some(slowest))?;
    let mut others: Vec<(Duration, bool)> = windows
        .iter()
        .enumerate()
        .filter(|(index, window)| *index != at && window.counts())
        .filter_map(|(_, window)| Some((window.slow()?, window.is_calm())))
        .collect();
    if others.len() < SIDES {
        return None;
    }
    others.sort_unstable();
    let calm = || others.iter().filter(|(_, is_calm)| *is_calm).map(|(slow, _)| *slow);
    let usual = if calm().count() >= SIDES { calm().max()? } else { others[others.len() / 2].0 };
    let slow_in = |window: &Window<'a>, times: u32| {
        let bound = (usual * times).max(median * 3);
        &window.sorted[window.sorted.partition_point(|latency| *latency < bound)..]
    };
    let window = &windows[at];
    let mut peaks = PEAKS.into_iter();
    let (least, times) = peaks.find(|(least, times)| slow_in(window, *times).len() >= *least)?;
    let slow = slow_in(window, times);
    let also = windows.iter().filter(|it| slow_in(it, times).len() >= least).count() - 1;
    let (least, most) = (text::duration(slow[0]), text::duration(*slow.last()?));
    let took = if least == most { format!("about {most}") } else { format!("{least} to {most}") };
    let also = match also {
        0 => String::new(),
        1 => ", as in one more window".to_owned(),
        more => format!(", as in {more} more windows"),
    };
    let slow = text::count(slow.len() as u64, "answer", "answers");
    let (start, end) = (text::moment(window.start, run.ended), text::moment(window.end, run.ended));
    let median = text::duration(median);
    let finding = |also: &str| {
        format!(
            "{slow} given between {start} and {end} took {took}{also}; the median of the run is \
             {median}"
        )
    };
    let fault = match window.faults[..] {
        [label] => format!(" ({})", super::faults::readable(label)),
        _ => String::new(),
    };
    // The fault says more than how often it was so, and it stands over the chart, too.
    let tries = [finding(&also) + &fault, finding("") + &fault];
    let fits = tries.into_iter().find(|it| it.chars().count() <= LONGEST);
    Some(fits.unwrap_or_else(|| finding(&also)))
}

fn step(counted: &[&Window<'_>]) -> Option<String> {
    let calm: Vec<_> = counted.iter().filter(|window| window.is_calm()).collect();
    let mut labels: Vec<&str> =
        counted.iter().flat_map(|window| window.faults.iter().copied()).collect();
    labels.sort_unstable();
    labels.dedup();
    labels.into_iter().find_map(|label| {
        let under: Vec<_> = counted.iter().filter(|window| window.faults == [label]).collect();
        let least = under.iter().map(|window| window.median()).min()?;
        let most = calm.iter().map(|window| window.median()).max()?;
        let is_step = under.len() >= SIDES && calm.len() >= SIDES && least * 4 >= most * 5;
        let otherwise = calm.iter().map(|window| window.median()).min()?;
        is_step.then(|| {
            format!(
                "{} at the median or more in each window of \"{}\", {} to {} in those without a fault",
                text::duration(least),
                super::faults::readable(label),
                text::duration(otherwise),
                text::duration(most)
            )
        })
    })
}

fn span(windows: &[Window<'_>], p99: Duration) -> String {
    let has_median = |window: &Window<'_>| window.sorted.len() >= FEWEST;
    let first = windows.iter().position(has_median).unwrap_or_default();
    let last = windows.iter().rposition(has_median).unwrap_or_default();
    let course = &windows[first..=last];
    let is_whole = course.iter().all(has_median);
    let counted = course.iter().filter(|window| window.counts()).count();
    let medians = || course.iter().filter(|it| has_median(it)).map(Window::median);
    let least = medians().min().unwrap_or_default();
    let most = medians().max().unwrap_or_default();
    let (low, high) = (text::duration(least), text::duration(most));
    let p99 = text::duration(p99);
    if is_whole && counted >= SIDES && most * 4 <= least * 5 {
        return if low == high {
            format!("The median stays at {low}; 99% of all answers within {p99}")
        } else {
            format!("The median stays between {low} and {high}; 99% of all answers within {p99}")
        };
    }
    if low == high {
        return format!(
            "The median of each window is about {low}; 99% of all answers within {p99}"
        );
    }
    format!("Medians of the windows from {low} to {high}; 99% of all answers within {p99}")
}
