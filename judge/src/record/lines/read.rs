//! A run read from lines.

use super::named;
use super::{
    End, Header, Judged, LONGEST_LINE, LONGEST_RECORD, LONGEST_RUN, Mistake, RecordError, VERSION,
};
use crate::{
    Run,
    property::{Evidence, judge},
    record::{
        Counters, Digest, Event, FactRecord, FaultRecord, History, Judgement, MessageId,
        OperationRecord, Probe, Replica, Trace, TraceEvent, Words,
    },
};
use node::{NodeId, SystemInfo, Time, Waits};
use scenarios::{Property, Scenario};
use serde::Deserialize;
use std::{
    collections::{BTreeMap, BTreeSet},
    io::{BufRead, Read},
    sync::Arc,
};

/// Reads a run that [`write`](super::write) has written.
///
/// `systems` are those that the record may be of: [`node::systems::all()`], or a list with a
/// system of one's own. Verdicts are those of the record; what is measured beside them, how
/// old reads were and the like, is measured anew.
///
/// # Errors
///
/// The first mistake, and its line.
pub fn read(input: impl BufRead, systems: &[SystemInfo]) -> Result<Run, RecordError> {
    let mut lines = Lines { input, line: 0, read: 0, buffer: Vec::new() };
    let mut reader = lines.next().and_then(|line| match line {
        Some(line) => Reader::new(line, systems),
        None => Err(Mistake::Foreign),
    });
    let mut end = None;
    while let Ok(record) = &mut reader {
        match lines.next() {
            Ok(Some(_)) if end.is_some() => reader = Err(Mistake::AfterTheEnd),
            Ok(Some(line)) => match record.take(line) {
                Ok(None) => {}
                Ok(Some(found)) if found.lines == lines.line - 1 => end = Some(found),
                Ok(Some(found)) => {
                    let said = found.lines;
                    let found = lines.line - 1;
                    reader = Err(Mistake::Dangling(format!(
                        "the last line says that {said} lines stand before it, and {found} do"
                    )));
                }
                Err(mistake) => reader = Err(mistake),
            },
            Ok(None) => break,
            Err(mistake) => reader = Err(mistake),
        }
    }
    let line = lines.line.max(1);
    reader
        .and_then(|reader| reader.finish(end.ok_or(Mistake::CutShort)?))
        .map_err(|mistake| RecordError { line, mistake })
}

/// The lines of an input, none longer than is read.
struct Lines<R> {
    input: R,
    line: u64,
    read: u64,
    buffer: Vec<u8>,
}

impl<R: BufRead> Lines<R> {
    fn next(&mut self) -> Result<Option<&[u8]>, Mistake> {
        self.buffer.clear();
        let mut limited = self.input.by_ref().take(LONGEST_LINE as u64 + 1);
        let length = limited.read_until(b'\n', &mut self.buffer)?;
        if length == 0 {
            return Ok(None);
        }
        self.line += 1;
        self.read += length as u64;
        match () {
            () if length > LONGEST_LINE => Err(Mistake::LongLine),
            () if self.read > LONGEST_RECORD => Err(Mistake::LongRecord),
            // The last line may have been cut between two characters, or within a number.
            () if self.buffer.last() != Some(&b'\n') => Err(Mistake::CutShort),
            () => Ok(Some(&self.buffer)),
        }
    }
}

/// One line after the header.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Line {
    Scenario(String),
    Plan(String),
    Operation(OperationRecord),
    Fault(FaultRecord),
    Fact(FactRecord),
    Event(TraceEvent),
    Probe(Probe),
    Replica(Replica),
    Waits((NodeId, Waits)),
    Defect(String),
    Counters(Counters),
    Verdict(Judged),
    End(End),
}

/// What has been read so far.
struct Reader<'a> {
    systems: &'a [SystemInfo],
    system: SystemInfo,
    header: Header,
    scenario: Option<Scenario>,
    plan: Option<Scenario>,
    history: History,
    trace: Option<Trace>,
    faults: Vec<FaultRecord>,
    facts: Vec<FactRecord>,
    probes: Vec<Probe>,
    replicas: Vec<Replica>,
    waits: BTreeMap<NodeId, Waits>,
    defects: Vec<String>,
    counters: Counters,
    judgements: Vec<Judgement>,
    /// The messages that are under way.
    messages: BTreeSet<MessageId>,
}

fn malformed(error: &serde_json::Error) -> Mistake {
    Mistake::Malformed(error.to_string())
}

impl<'a> Reader<'a> {
    fn new(line: &[u8], systems: &'a [SystemInfo]) -> Result<Self, Mistake> {
        /// What tells a record from other files, whatever its version.
        #[derive(Deserialize)]
        struct Kind {
            seedbed: String,
            version: u64,
        }
        match serde_json::from_slice::<Kind>(line) {
            Ok(kind) if kind.seedbed != "record" || kind.version == 0 => {
                return Err(Mistake::Foreign);
            }
            Ok(Kind { version, .. }) if version > VERSION => {
                return Err(Mistake::Newer { found: version });
            }
            Ok(_) => {}
            Err(_) => return Err(Mistake::Foreign),
        }
        let header: Header = serde_json::from_slice(line).map_err(|error| malformed(&error))?;
        if header.run_ended > header.ended.min(LONGEST_RUN) {
            let wrong = "healing begins after the end, or later than a week after the start";
            return Err(Mistake::Dangling(wrong.to_owned()));
        }
        let system = systems.iter().find(|system| system.name == header.system).copied();
        let system = system
            .ok_or_else(|| Mistake::Dangling(format!("there is no system `{}`", header.system)))?;
        Ok(Self {
            systems,
            system,
            trace: header.detail.then(Trace::default),
            header,
            scenario: None,
            plan: None,
            history: History::default(),
            faults: Vec::new(),
            facts: Vec::new(),
            probes: Vec::new(),
            replicas: Vec::new(),
            waits: BTreeMap::new(),
            defects: Vec::new(),
            counters: Counters::default(),
            judgements: Vec::new(),
            messages: BTreeSet::new(),
        })
    }

    /// Takes a line in; the last one comes back.
    fn take(&mut self, line: &[u8]) -> Result<Option<End>, Mistake> {
        match serde_json::from_slice(line).map_err(|error| malformed(&error))? {
            Line::Scenario(text) => self.scenario = Some(self.parse("scenario", &text)?),
            Line::Plan(text) => self.plan = Some(self.parse("plan", &text)?),
            Line::Operation(operation) => {
                self.nodes(named::by_operation(&operation))?;
                self.in_order(&operation)?;
                self.history.operations.push(operation);
            }
            Line::Fault(fault) => {
                self.nodes(fault.nodes.iter().copied())?;
                self.faults.push(fault);
            }
            Line::Fact(fact) => {
                self.nodes([fact.node].into_iter().chain(named::by_fact(&fact.fact)))?;
                self.facts.push(fact);
            }
            Line::Event(event) => self.event(event)?,
            Line::Probe(probe) => {
                self.known("operation", probe.operation, self.history.operations.len())?;
                self.nodes(probe.at)?;
                self.probes.push(probe);
            }
            Line::Replica(replica) => {
                if replica.node != NodeId::from_index(self.replicas.len()) {
                    return Err(Mistake::Dangling("replicas stand in order of nodes".to_owned()));
                }
                self.nodes([replica.node])?;
                self.replicas.push(replica);
            }
            Line::Waits((node, waits)) => {
                self.nodes([node])?;
                self.waits.insert(node, waits);
            }
            Line::Defect(defect) => self.defects.push(defect),
            Line::Counters(counters) => self.counters = counters,
            Line::Verdict(judged) => {
                let judgement = judgement(judged)?;
                let witness = judgement.verdict.witness();
                for operation in witness.into_iter().flat_map(|witness| &witness.operations) {
                    self.known("operation", *operation, self.history.operations.len())?;
                }
                self.judgements.push(judgement);
            }
            Line::End(end) => return Ok(Some(end)),
        }
        Ok(None)
    }

    fn parse(&self, what: &str, text: &str) -> Result<Scenario, Mistake> {
        Scenario::parse(what, text, self.systems)
            .map_err(|error| Mistake::Malformed(format!("the {what}: {error}")))
    }

    /// An event speaks of operations, faults and causes that stand before it.
    fn event(&mut self, event: TraceEvent) -> Result<(), Mistake> {
        let operations = self.history.operations.len();
        let (operation, fault) = match &event.event {
            Event::Invoke { operation }
            | Event::Attempt { operation, .. }
            | Event::TimedOut { operation, .. }
            | Event::Unreachable { operation, .. }
            | Event::Complete { operation } => (Some(*operation), None),
            Event::Drop { fault, .. } => (None, *fault),
            Event::FaultStart { fault }
            | Event::FaultEnd { fault }
            | Event::SyncFailed { fault, .. } => (None, Some(*fault)),
            _ => (None, None),
        };
        for operation in operation.into_iter().chain(event.operations.iter().copied()) {
            self.known("operation", operation, operations)?;
        }
        if let Some(fault) = fault {
            self.known("fault", fault, self.faults.len())?;
        }
        self.nodes(named::by_event(&event.event))?;
        self.message(&event)?;
        let Some(trace) = &mut self.trace else {
            return Err(Mistake::Dangling("the header says that there are no events".to_owned()));
        };
        if let Some(cause) = event.cause
            && trace.get(cause).is_none()
        {
            let cause = cause.0;
            return Err(Mistake::Dangling(format!("there is no event {cause} before this one")));
        }
        if trace.events.last().is_some_and(|last| last.at > event.at) {
            return Err(Mistake::Dangling("the event before this one is later".to_owned()));
        }
        trace.events.push(event);
        Ok(())
    }

    /// Operations stand in order of invocation, and none ends before it begins.
    fn in_order(&self, operation: &OperationRecord) -> Result<(), Mistake> {
        let last = self.history.operations.last();
        if operation.completed < operation.invoked {
            return Err(Mistake::Dangling("the operation ends before it begins".to_owned()));
        }
        if last.is_some_and(|last| last.invoked > operation.invoked) {
            return Err(Mistake::Dangling("the operation before this one is later".to_owned()));
        }
        Ok(())
    }

    /// A message is handled or lost once, after it has left.
    fn message(&mut self, event: &TraceEvent) -> Result<(), Mistake> {
        let is_fine = match &event.event {
            Event::Send { message, .. } => self.messages.insert(*message),
            Event::Deliver { message, sent, arrived } => {
                self.messages.remove(message) && sent <= arrived && *arrived <= event.at
            }
            Event::Drop { message, .. } => self.messages.remove(message),
            _ => true,
        };
        let wrong = "a message leaves once, and is handled or lost at most once after that";
        if is_fine { Ok(()) } else { Err(Mistake::Dangling(wrong.to_owned())) }
    }

    /// Nodes that are named must be among those of the plan, which stands before them.
    fn nodes(&self, named: impl IntoIterator<Item = NodeId>) -> Result<(), Mistake> {
        let count = self.plan.as_ref().map_or(0, |plan| plan.cluster.nodes);
        match named.into_iter().find(|node| node.index() >= count) {
            Some(node) => Err(Mistake::Dangling(format!("the plan has no node {node}"))),
            None => Ok(()),
        }
    }

    fn known(&self, what: &str, position: usize, count: usize) -> Result<(), Mistake> {
        if position < count {
            Ok(())
        } else {
            Err(Mistake::Dangling(format!("there is no {what} {position} before this line")))
        }
    }

    /// Puts the run together once everything is there.
    fn finish(self, end: End) -> Result<Run, Mistake> {
        let missing = |what: &str| Mistake::Dangling(format!("the record has no {what}"));
        let scenario = self.scenario.ok_or_else(|| missing("scenario"))?;
        let plan = self.plan.ok_or_else(|| missing("plan"))?;
        let digest = u128::from_str_radix(&end.digest, 16)
            .map_err(|_| Mistake::Malformed(format!("`{}` is no digest", end.digest)))?;
        let (run_ended, ended) =
            (Time::from_nanos(self.header.run_ended), Time::from_nanos(self.header.ended));
        let findings = judge(
            &Evidence {
                history: &self.history,
                replicas: &self.replicas,
                faults: &self.faults,
                facts: &self.facts,
                probes: &self.probes,
                system: Some(&self.system),
                trace: self.trace.as_ref(),
                run_ended,
                ended,
                words: Words::Said,
            },
            &scenario.properties,
            scenario.expect.get(self.system.name),
        );
        let run = Run {
            scenario: Arc::new(scenario),
            steps: plan.steps.clone(),
            system: self.system,
            seed: self.header.seed,
            stage: self.header.stage,
            history: self.history,
            trace: self.trace,
            faults: self.faults,
            facts: self.facts,
            probes: self.probes,
            replicas: self.replicas,
            waits: self.waits,
            run_ended,
            ended,
            counters: self.counters,
            digest: Digest(digest),
            judgements: self.judgements,
            staleness: findings.staleness,
            availability: findings.availability,
            durability: findings.durability,
            defects: self.defects,
        };
        if run.plan() == plan {
            Ok(run)
        } else {
            let wrong = "the plan is another than the scenario, this seed and these steps make";
            Err(Mistake::Dangling(wrong.to_owned()))
        }
    }
}

fn judgement(judged: Judged) -> Result<Judgement, Mistake> {
    let Judged { property, verdict, expected } = judged;
    let found = Property::EVERY.into_iter().find(|known| known.name() == property);
    let property =
        found.ok_or_else(|| Mistake::Dangling(format!("there is no property `{property}`")))?;
    Ok(Judgement { property, verdict, expected })
}
