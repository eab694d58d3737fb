//! A run written by hand. Times are in milliseconds.

use crate::{
    property::{Evidence, Findings, judge},
    record::{
        DropReason, Endpoint, Event, FactRecord, FaultKind, FaultOrigin, FaultRecord, History,
        MessageClass, MessageId, OperationRecord, Probe, Replica, Trace, TraceEvent, Verdict,
        Witness, Words,
    },
};
use node::{
    Answer, Carried, Change, ClientId, Fact, Key, NodeId, Operation, SystemInfo, Time, Value,
    Version, Versioned,
    client::{Failure, Outcome},
};
use scenarios::{Properties, Property};
use std::{collections::BTreeMap, ops::Range, time::Duration};

/// The evidence of a run of ten seconds, with its parts at hand.
pub(super) struct Case {
    pub(super) history: History,
    pub(super) replicas: Vec<Replica>,
    pub(super) faults: Vec<FaultRecord>,
    pub(super) trace: Option<Trace>,
    pub(super) run_ended: Time,
    pub(super) bounds: Properties,
    pub(super) probes: Vec<Probe>,
    pub(super) system: Option<SystemInfo>,
    pub(super) facts: Vec<FactRecord>,
    held: BTreeMap<(NodeId, Key), Versioned>,
}

pub(super) fn ms(millis: u64) -> Time {
    Time::from(Duration::from_millis(millis))
}

pub(super) fn entry(value: &str) -> Versioned {
    Versioned { value: value.into(), version: Version(1) }
}

fn node(name: &str) -> NodeId {
    name.parse().unwrap()
}

impl Case {
    pub(super) fn new() -> Self {
        Self {
            history: History::default(),
            replicas: Vec::new(),
            faults: Vec::new(),
            trace: None,
            run_ended: ms(10_000),
            bounds: Properties::default(),
            probes: Vec::new(),
            system: None,
            facts: Vec::new(),
            held: BTreeMap::new(),
        }
    }

    /// An operation of c1 at n1.
    pub(super) fn operation(
        mut self,
        times: Range<u64>,
        operation: Operation,
        outcome: Outcome,
    ) -> Self {
        self.history.operations.push(OperationRecord {
            client: ClientId::new(1),
            operation,
            invoked: ms(times.start),
            completed: ms(times.end),
            outcome,
            node: NodeId::new(1),
            attempts: 1,
            begun_by_then: 0,
        });
        self
    }

    /// The node of the last operation.
    pub(super) fn at(mut self, name: &str) -> Self {
        self.history.operations.last_mut().unwrap().node = node(name);
        self
    }

    /// The client of the last operation.
    pub(super) fn by(mut self, client: u32) -> Self {
        self.history.operations.last_mut().unwrap().client = ClientId::new(client);
        self
    }

    /// An acknowledged put.
    pub(super) fn put(self, times: Range<u64>, key: &str, value: &str) -> Self {
        self.operation(times, Operation::put(key, value), written())
    }

    /// A put that nobody knows the outcome of.
    pub(super) fn put_info(self, times: Range<u64>, key: &str, value: &str) -> Self {
        let outcome = Outcome::Info(Failure::Timeout);
        self.operation(times, Operation::put(key, value), outcome)
    }

    /// A put that did not take effect.
    pub(super) fn put_fail(self, times: Range<u64>, key: &str, value: &str) -> Self {
        let outcome = Outcome::Fail(Failure::Unreachable);
        self.operation(times, Operation::put(key, value), outcome)
    }

    /// An acknowledged delete.
    pub(super) fn delete(self, times: Range<u64>, key: &str) -> Self {
        let outcome = Outcome::Ok(Answer::Deleted { existed: true });
        self.operation(times, Operation::delete(key), outcome)
    }

    /// A compare-and-set that matched.
    pub(super) fn swap(self, times: Range<u64>, key: &str, from: &str, to: &str) -> Self {
        self.operation(times, compare_and_set(key, from, to), written())
    }

    /// A compare-and-set that did not match.
    pub(super) fn mismatch(
        self,
        times: Range<u64>,
        key: &str,
        from: &str,
        to: &str,
        actual: Option<&str>,
    ) -> Self {
        let outcome = Outcome::Fail(Failure::Mismatch { actual: actual.map(Value::from) });
        self.operation(times, compare_and_set(key, from, to), outcome)
    }

    /// A get that found this.
    pub(super) fn get(self, times: Range<u64>, key: &str, found: Option<&str>) -> Self {
        let outcome = Outcome::Ok(Answer::Value(found.map(entry)));
        self.operation(times, Operation::get(key), outcome)
    }

    /// A get without an answer.
    pub(super) fn get_fail(self, times: Range<u64>, key: &str) -> Self {
        self.operation(times, Operation::get(key), Outcome::Fail(Failure::Timeout))
    }

    /// What a node holds at the end; entries in key order.
    pub(super) fn replica(mut self, name: &str, entries: &[(&str, &str)]) -> Self {
        let entries = entries.iter().map(|(key, value)| ((*key).into(), entry(value)));
        self.replicas.push(Replica {
            node: node(name),
            group: 0,
            entries: Some(entries.collect()),
            on_disk: None,
            leads: false,
        });
        self
    }

    /// A node that is down at the end.
    pub(super) fn down(mut self, name: &str) -> Self {
        self.replicas.push(Replica {
            node: node(name),
            group: 0,
            entries: None,
            on_disk: None,
            leads: false,
        });
        self
    }

    /// A fault at one node; without a trace it is known only from the run's faults.
    pub(super) fn fault(
        mut self,
        kind: FaultKind,
        name: &str,
        start: u64,
        end: Option<u64>,
    ) -> Self {
        let word = match kind {
            FaultKind::Crash => "crashed",
            FaultKind::Pause => "was paused",
            _ => "was cut off",
        };
        let fault = self.faults.len();
        self.faults.push(FaultRecord {
            kind,
            label: format!("{name} {word}"),
            origin: FaultOrigin::Step(fault),
            nodes: vec![node(name)],
            start: ms(start),
            end: end.map(ms),
            touched: 1,
        });
        if kind == FaultKind::Crash {
            self.held.retain(|(holder, _), _| *holder != node(name));
        }
        match self.trace {
            Some(_) => self.event(start, Event::FaultStart { fault }),
            None => self,
        }
    }

    /// A fact that a node announces.
    pub(super) fn fact(mut self, at: u64, name: &str, fact: Fact) -> Self {
        self.facts.push(FactRecord { at: ms(at), node: node(name), fact });
        self
    }

    /// An event; there is a trace from the first one on.
    pub(super) fn event(mut self, at: u64, event: Event) -> Self {
        let trace = self.trace.get_or_insert_default();
        trace.events.push(TraceEvent::new(ms(at), event));
        self
    }

    /// A node boots with so many entries on its disk.
    pub(super) fn boot(self, at: u64, name: &str, entries: usize) -> Self {
        self.event(
            at,
            Event::Boot { node: node(name), entries, on_disk: entries > 0, holds: Vec::new() },
        )
    }

    /// A node goes over to a value.
    pub(super) fn apply(mut self, at: u64, name: &str, key: &str, value: &str) -> Self {
        let place = (node(name), Key::from(key));
        let before = self.held.insert(place, entry(value));
        let change =
            Change { key: key.into(), version: Version(1), before, after: Some(entry(value)) };
        self.event(at, Event::Apply { node: node(name), change })
    }

    /// A message between nodes.
    pub(super) fn send(self, at: u64, number: u64, from: &str, to: &str, text: &str) -> Self {
        let event = Event::Send {
            message: MessageId(number),
            class: MessageClass::Peer,
            from: Endpoint::Node(node(from)),
            to: Endpoint::Node(node(to)),
            text: text.to_owned(),
            copy_of: None,
            carries: carried(text),
        };
        self.event(at, event)
    }

    /// A message is lost.
    pub(super) fn lose(self, at: u64, number: u64, reason: DropReason) -> Self {
        let message = MessageId(number);
        self.event(at, Event::Drop { message, reason, fault: None })
    }

    pub(super) fn max_staleness(mut self, millis: u64) -> Self {
        self.bounds.max_staleness = Duration::from_millis(millis);
        self
    }

    pub(super) fn min_availability(mut self, share: f64) -> Self {
        self.bounds.min_availability = share;
        self
    }

    pub(super) fn evidence(&self) -> Evidence<'_> {
        Evidence {
            history: &self.history,
            replicas: &self.replicas,
            faults: &self.faults,
            facts: &self.facts,
            probes: &self.probes,
            system: self.system.as_ref(),
            trace: self.trace.as_ref(),
            run_ended: self.run_ended,
            ended: self.run_ended + Duration::from_secs(2),
            words: Words::Said,
        }
    }

    pub(super) fn judge(&self) -> Findings {
        judge(&self.evidence(), &self.bounds, None)
    }

    pub(super) fn verdict(&self, property: Property) -> Verdict {
        let judgements = self.judge().judgements;
        let judgement = judgements.into_iter().find(|found| found.property == property);
        judgement.unwrap().verdict
    }

    /// The text of a verdict that must be `Holds`.
    pub(super) fn valid(&self, property: Property) -> String {
        match self.verdict(property) {
            Verdict::Holds(text) => text,
            other => panic!("{other:?}"),
        }
    }

    /// The text of a verdict that must be `Unknown`.
    pub(super) fn unknown(&self, property: Property) -> String {
        match self.verdict(property) {
            Verdict::Unknown(text) => text,
            other => panic!("{other:?}"),
        }
    }

    /// A probe: an operation made when the replicas have been read.
    pub(super) fn probe(
        mut self,
        at: Option<&str>,
        millis: u64,
        operation: Operation,
        outcome: Outcome,
    ) -> Self {
        let probe = Probe { operation: self.history.operations.len(), at: at.map(node) };
        self.probes.push(probe);
        let start = 12_000;
        let this = self.operation(start..start + millis, operation, outcome);
        match at {
            Some(name) => this.at(name),
            None => this,
        }
    }

    /// The witness of a verdict that must be `Violated`.
    pub(super) fn witness(&self, property: Property) -> Witness {
        match self.verdict(property) {
            Verdict::Violated(witness) => witness,
            other => panic!("{other:?}"),
        }
    }
}

pub(super) fn written() -> Outcome {
    Outcome::Ok(Answer::Written { version: Version(1), previous: None })
}

fn compare_and_set(key: &str, from: &str, to: &str) -> Operation {
    Operation::CompareAndSet { key: key.into(), expected: Some(Value::from(from)), new: to.into() }
}

/// What a text of the form `replicate k=v v1` tells of.
fn carried(text: &str) -> Vec<Carried> {
    let entries = text.split(' ').filter_map(|word| word.split_once('='));
    entries.map(|(key, value)| Carried::entry(&key.into(), Some(&value.into()))).collect()
}
