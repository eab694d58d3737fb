//! Availability: were operations answered, and how soon after a fault again?
//!
//! What was not answered is counted by operations; since when and how long nothing was answered is
//! seen by the moments of the answers.

use super::{
    Evidence,
    checker::{Checker, Found, Need, Report, Step, Walked},
    facts::{Facts, deed, ending},
    outage::{Outage, Service, downtime, outages},
    text::{number, percent, span},
};
use crate::record::{FaultOrigin, OperationRecord, Verdict, Witness, Words};
use node::Time;
use scenarios::Property;
use std::time::Duration;

/// A witness tells of at most this many recoveries.
const SHOWN: usize = 10;

/// How many operations were answered, and when.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AvailabilityReport {
    /// Operations begun.
    pub begun: u64,
    /// Operations answered with a result.
    pub answered: u64,
    /// When nothing was answered, in order of time.
    pub outages: Vec<Outage>,
    /// For how long no write was answered, all its outages together.
    pub writes_down: Duration,
    /// For how long no read was answered.
    pub reads_down: Duration,
    /// For each fault after which an operation went unanswered, when service came back.
    /// A fault answers for the operations that were over, or given up, before the next one
    /// strikes or the run ends. What the network does all the while is not counted as a fault here.
    pub recoveries: Vec<Recovery>,
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
            report: AvailabilityReport::default(),
            periods: periods(evidence),
        }
    }

    /// Counts the next operation, if it was begun before the run ended.
    fn count(&mut self, record: &OperationRecord) {
        if record.invoked >= self.evidence.run_ended {
            return;
        }
        let answered = record.is_answered();
        self.report.begun += 1;
        self.report.answered += u64::from(answered);
        // What was over after the run counts to the last.
        let place = self.periods.partition_point(|period| period.end <= record.completed);
        let place = place.min(self.periods.len() - 1);
        self.periods[place].see(record, answered);
    }

    /// What was measured.
    fn report(self) -> AvailabilityReport {
        let run_ended = self.evidence.run_ended;
        let operations = &self.evidence.history.operations;
        let begun = operations.partition_point(|record| record.invoked < run_ended);
        let outages = outages(&operations[..begun], run_ended);
        AvailabilityReport {
            writes_down: downtime(&outages, Service::Write, run_ended),
            reads_down: downtime(&outages, Service::Read, run_ended),
            outages,
            recoveries: recoveries(&self.evidence, &self.periods),
            ..self.report
        }
    }
}

/// The time from one fault, or from the start, to the next fault or the end of the run.
struct Period {
    start: Time,
    end: Time,
    /// When the first unanswered operation was begun.
    lost: Option<Time>,
    /// Reads, then writes.
    courses: [Course; 2],
}

#[derive(Clone, Copy, Default)]
struct Course {
    lost: bool,
    regained: Option<Time>,
}

impl Period {
    fn see(&mut self, record: &OperationRecord, answered: bool) {
        let service = &mut self.courses[usize::from(record.operation.kind().is_write())];
        if !answered {
            *service = Course { lost: true, regained: None };
            self.lost.get_or_insert(record.invoked);
        } else if service.lost && record.completed <= self.end {
            let sooner = service.regained.is_none_or(|regained| record.completed < regained);
            service.regained = if sooner { Some(record.completed) } else { service.regained };
        }
    }

    /// When all that was lost had come back.
    fn regained(&self) -> Option<Time> {
        let lost = self.courses.iter().filter(|service| service.lost);
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
        .map(|(start, end)| Period { start: *start, end, lost: None, courses: Default::default() })
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

/// Judges availability: `Holds` if at least the share `least` was answered.
fn judge(evidence: &Evidence<'_>, report: &AvailabilityReport, least: f64) -> Verdict {
    let AvailabilityReport { begun, answered, .. } = *report;
    let suffices = answered as f64 >= least * begun as f64;
    match (begun > 0, suffices || answered == begun, evidence.words) {
        (true, true, Words::OfViolations | Words::Unsaid) => return Verdict::Holds(String::new()),
        (true, false, Words::Unsaid) => return Verdict::Violated(Witness::default()),
        _ => {}
    }
    let share = match (begun, answered) {
        (0, _) => return Verdict::Unknown("no operation was begun".to_owned()),
        (1, 1) => return Verdict::Holds("the one operation was answered".to_owned()),
        (all, some) if all == some => {
            return Verdict::Holds(format!("all {} operations were answered", number(all)));
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
    if suffices {
        return Verdict::Holds(asked);
    }
    Verdict::Violated(witness(evidence, report, asked))
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
    add_outages(evidence, report, &mut facts);
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

/// Adds the longest outage of writes and that of reads, and how long all of them were together.
fn add_outages(evidence: &Evidence<'_>, report: &AvailabilityReport, facts: &mut Facts) {
    let AvailabilityReport { outages, writes_down, reads_down, .. } = report;
    for (service, down) in [(Service::Write, writes_down), (Service::Read, reads_down)] {
        let of = outages.iter().filter(|it| [service, Service::Operation].contains(&it.of));
        let number = of.clone().count();
        let length = |outage: &&Outage| outage.length(evidence.run_ended);
        // The first of equally long ones.
        let Some(longest) = of.rev().max_by_key(length) else { continue };
        let (name, lasted) = (service.name(), span(length(&longest)));
        let end = match longest.until {
            Some(until) => format!("until {until}"),
            None => "to the end of the run".to_owned(),
        };
        let all = match number {
            1 => String::new(),
            many => format!(", the longest of {many} such times, {} in all", span(*down)),
        };
        facts.add(longest.from, format!("no {name} was answered {end}, for {lasted}{all}"));
    }
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
                recovery.lost.max(fault.start),
                format!("service was lost after {} and did not come back", fault.label),
            ),
        }
    }
}
