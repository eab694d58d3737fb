//! Availability: were operations answered, and how soon after a fault again?

use super::{
    Evidence,
    checker::{Checker, Found, Need, Report, Step, Walked},
    facts::{Facts, deed, ending},
    text::{count, number, percent, span},
};
use crate::record::{FaultOrigin, OperationRecord, Verdict, Witness};
use node::Time;
use scenarios::Property;
use std::time::Duration;

/// The length of a window in a run of 20 s or more.
const LONGEST_WINDOW: Duration = Duration::from_secs(1);

/// The length of a window in a run of 2 s or less.
const SHORTEST_WINDOW: Duration = Duration::from_millis(100);

/// A witness tells of at most this many recoveries.
const SHOWN: usize = 10;

/// How many operations were answered, and when.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AvailabilityReport {
    /// Operations begun.
    pub begun: u64,
    /// Operations answered with a result.
    pub answered: u64,
    /// The same by window: a twentieth of the run, but at least 100 ms and at most 1 s.
    /// The last one may be shorter.
    pub windows: Vec<AvailabilityWindow>,
    /// For each fault after which an operation went unanswered, when service came back.
    /// A fault answers for the operations begun until the next one strikes or the run
    /// ends. What the network does all the while is not counted as a fault here.
    pub recoveries: Vec<Recovery>,
}

/// One window of time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AvailabilityWindow {
    /// When it starts.
    pub start: Time,
    /// When it ends.
    pub end: Time,
    /// Operations begun in it.
    pub begun: u64,
    /// Those of them that were answered.
    pub answered: u64,
}

/// When service came back after a fault.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Recovery {
    /// Which fault, by position.
    pub fault: usize,
    /// When the first operation that went unanswered was begun.
    pub lost: Time,
    /// When the first operation after the last unanswered one was answered. Reads and
    /// writes are looked at apart, and if both went unanswered the later moment counts:
    /// reads that go on do not make up for writes that do not.
    /// `None`: service did not come back before the run ended or the next fault struck.
    pub regained: Option<Time>,
}

/// Measures availability as the history is walked through.
pub(super) struct Meter<'a> {
    evidence: Evidence<'a>,
    report: AvailabilityReport,
    periods: Vec<Period>,
    window: usize,
    period: usize,
}

impl<'a> Checker<'a> for Meter<'a> {
    fn property(&self) -> Property {
        Property::Availability
    }

    /// Nothing: what it measures of a run without operations is told too.
    fn needs(&self) -> &'static [Need] {
        &[]
    }

    fn walks(&self) -> bool {
        true
    }

    fn see(&mut self, step: &Step<'_, 'a>) {
        self.count(step.record);
    }

    fn find(self: Box<Self>, walked: &Walked<'_, 'a>) -> Found {
        let report = self.report();
        let verdict = judge(walked.evidence, &report, walked.bounds.min_availability);
        Found { verdict, report: Some(Report::Availability(report)) }
    }
}

impl<'a> Meter<'a> {
    /// A meter that has seen nothing.
    pub(super) fn new(evidence: &Evidence<'a>) -> Self {
        Self {
            evidence: *evidence,
            report: AvailabilityReport {
                windows: windows(evidence.run_ended),
                ..AvailabilityReport::default()
            },
            periods: periods(evidence),
            window: 0,
            period: 0,
        }
    }

    /// Counts the next operation, if it was begun before the run ended.
    fn count(&mut self, record: &OperationRecord) {
        let begun = record.invoked;
        if begun >= self.evidence.run_ended {
            return;
        }
        let answered = record.is_answered();
        self.report.begun += 1;
        self.report.answered += u64::from(answered);
        // A history is in order of invocation, so that the last place is nearly always right.
        let windows = &mut self.report.windows;
        if !windows[self.window].contains(begun) {
            self.window = windows.partition_point(|window| window.end <= begun);
        }
        windows[self.window].begun += 1;
        windows[self.window].answered += u64::from(answered);
        if !self.periods[self.period].contains(begun) {
            self.period = self.periods.partition_point(|period| period.end <= begun);
        }
        self.periods[self.period].see(record, answered);
    }

    /// What was measured.
    fn report(self) -> AvailabilityReport {
        AvailabilityReport { recoveries: recoveries(&self.evidence, &self.periods), ..self.report }
    }
}

fn windows(run_ended: Time) -> Vec<AvailabilityWindow> {
    let length = (run_ended.since(Time::ZERO) / 20).clamp(SHORTEST_WINDOW, LONGEST_WINDOW);
    let mut windows = Vec::new();
    let mut start = Time::ZERO;
    while start < run_ended {
        let end = (start + length).min(run_ended);
        windows.push(AvailabilityWindow { start, end, begun: 0, answered: 0 });
        start = end;
    }
    windows
}

impl AvailabilityWindow {
    fn contains(&self, moment: Time) -> bool {
        self.start <= moment && moment < self.end
    }
}

/// The time from one fault, or from the start, to the next fault or the end of the run.
struct Period {
    start: Time,
    end: Time,
    /// When the first unanswered operation was begun.
    lost: Option<Time>,
    /// Reads, then writes.
    services: [Service; 2],
}

#[derive(Clone, Copy, Default)]
struct Service {
    lost: bool,
    regained: Option<Time>,
}

impl Period {
    fn contains(&self, moment: Time) -> bool {
        self.start <= moment && moment < self.end
    }

    fn see(&mut self, record: &OperationRecord, answered: bool) {
        let service = &mut self.services[usize::from(record.operation.kind().is_write())];
        if !answered {
            *service = Service { lost: true, regained: None };
            self.lost.get_or_insert(record.invoked);
        } else if service.lost && record.completed <= self.end {
            let sooner = service.regained.is_none_or(|regained| record.completed < regained);
            service.regained = if sooner { Some(record.completed) } else { service.regained };
        }
    }

    /// When all that was lost had come back.
    fn regained(&self) -> Option<Time> {
        let lost = self.services.iter().filter(|service| service.lost);
        lost.map(|service| service.regained).min_by_key(|regained| {
            // What did not come back comes first, then what came back last.
            regained.map(std::cmp::Reverse)
        })?
    }
}

fn periods(evidence: &Evidence<'_>) -> Vec<Period> {
    let mut starts: Vec<Time> = strikes(evidence).map(|(_, start)| start).collect();
    starts.push(Time::ZERO);
    starts.sort_unstable();
    starts.dedup();
    let ends = starts[1..].iter().copied().chain([evidence.run_ended]);
    starts
        .iter()
        .zip(ends)
        .map(|(start, end)| Period { start: *start, end, lost: None, services: Default::default() })
        .collect()
}

/// The faults that struck during the run, and when.
fn strikes(evidence: &Evidence<'_>) -> impl Iterator<Item = (usize, Time)> {
    let faults = evidence.faults.iter().enumerate();
    faults
        .filter(|(_, fault)| {
            fault.origin != FaultOrigin::Background && fault.start < evidence.run_ended
        })
        .map(|(position, fault)| (position, fault.start))
}

fn recoveries(evidence: &Evidence<'_>, periods: &[Period]) -> Vec<Recovery> {
    strikes(evidence)
        .filter_map(|(fault, start)| {
            let place = periods.binary_search_by_key(&start, |period| period.start).ok()?;
            let period = &periods[place];
            Some(Recovery { fault, lost: period.lost?, regained: period.regained() })
        })
        .collect()
}

/// Judges availability: `Valid` if at least the share `least` was answered.
fn judge(evidence: &Evidence<'_>, report: &AvailabilityReport, least: f64) -> Verdict {
    let AvailabilityReport { begun, answered, .. } = *report;
    let share = match (begun, answered) {
        (0, _) => return Verdict::Unknown("no operation was begun".to_owned()),
        (1, 1) => return Verdict::Valid("the one operation was answered".to_owned()),
        (all, some) if all == some => {
            return Verdict::Valid(format!("all {} operations were answered", number(all)));
        }
        (1, _) => "the one operation was not answered".to_owned(),
        (all, some) => format!(
            "{} of {} operations were answered ({})",
            number(some),
            number(all),
            percent(some, all)
        ),
    };
    // Rounded, since 0.57 * 100 is 56.99999999999999.
    let least_percent = (least * 1e6).round() / 1e4;
    let asked = format!("{share}; at least {least_percent}% must be");
    if answered as f64 >= least * begun as f64 {
        return Verdict::Valid(asked);
    }
    Verdict::Invalid(witness(evidence, report, asked))
}

fn witness(evidence: &Evidence<'_>, report: &AvailabilityReport, summary: String) -> Witness {
    let mut facts = Facts::default();
    let unanswered = evidence
        .history
        .operations
        .iter()
        .position(|record| record.invoked < evidence.run_ended && !record.is_answered());
    if let Some(first) = unanswered {
        add_unanswered(&evidence.history.operations[first], first, &mut facts);
    }
    add_outage(report, &mut facts);
    add_recoveries(evidence, report, &mut facts);
    Witness {
        summary,
        facts: facts.lines(),
        operations: unanswered.into_iter().collect(),
        keys: Vec::new(),
        since: unanswered.map(|first| evidence.history.operations[first].invoked),
    }
}

fn add_unanswered(record: &OperationRecord, position: usize, facts: &mut Facts) {
    let text = format!(
        "{} at {} and was the first to get no answer: {} (operation {position})",
        deed(record),
        record.node,
        ending(record)
    );
    facts.add(record.invoked, text);
}

/// Adds the longest time in which nothing was answered, or else the worst window.
fn add_outage(report: &AvailabilityReport, facts: &mut Facts) {
    if let Some((start, end, begun)) = longest_outage(&report.windows) {
        let lost = count(begun, "operation", "operations");
        let text = format!("longest outage: until {end} none of {lost} begun was answered");
        facts.add(start, text);
        return;
    }
    let busy = report.windows.iter().filter(|window| window.begun > 0);
    let worst = busy.min_by(|a, b| {
        // The share answered, compared without division.
        let (a, b) = (
            u128::from(a.answered) * u128::from(b.begun),
            u128::from(b.answered) * u128::from(a.begun),
        );
        a.cmp(&b)
    });
    if let Some(AvailabilityWindow { start, end, begun, answered }) = worst {
        let (some, all) = (number(*answered), count(*begun, "operation", "operations"));
        facts.add(*start, format!("worst time: until {end} {some} of {all} begun were answered"));
    }
}

/// The longest row of windows in which operations were begun and none was answered.
/// A window in which none was begun neither starts nor ends a row.
fn longest_outage(windows: &[AvailabilityWindow]) -> Option<(Time, Time, u64)> {
    let mut longest: Option<(Time, Time, u64)> = None;
    let mut row: Option<(Time, Time, u64)> = None;
    for window in windows.iter().filter(|window| window.begun > 0) {
        row = match row {
            _ if window.answered > 0 => None,
            Some((start, _, begun)) => Some((start, window.end, begun + window.begun)),
            None => Some((window.start, window.end, window.begun)),
        };
        let length = |(start, end, _): (Time, Time, u64)| end.since(start);
        if row.map(length) > longest.map(length) {
            longest = row;
        }
    }
    longest
}

fn add_recoveries(evidence: &Evidence<'_>, report: &AvailabilityReport, facts: &mut Facts) {
    for recovery in report.recoveries.iter().take(SHOWN) {
        let fault = &evidence.faults[recovery.fault];
        match recovery.regained {
            Some(regained) => {
                let after = span(regained.since(fault.start));
                facts.add(regained, format!("service came back {after} after {}", fault.label));
            }
            None => facts.add(
                recovery.lost,
                format!("service was lost after {} and did not come back", fault.label),
            ),
        }
    }
}
