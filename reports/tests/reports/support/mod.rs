//! Runs made by hand, to develop and pin reports without a simulator.

pub(crate) mod busy;
pub(crate) mod causes;
pub(crate) mod ghost;
pub(crate) mod odd;
pub(crate) mod waits;

use judge::record::{Endpoint, Event, FaultRecord, MessageClass, MessageId, Trace, TraceEvent};
use node::{Carried, ClientId, Key, NodeId, Time, Value, Version, Versioned, client::Retry};
use scenarios::{Cluster, DeadNode, Latency, Link, Network, Order, Phases, Properties, Scenario};
use std::{collections::BTreeMap, time::Duration};

pub(crate) fn us(micros: u64) -> Time {
    Time::from(Duration::from_micros(micros))
}

pub(crate) fn n(number: u32) -> NodeId {
    NodeId::new(number)
}

pub(crate) fn node(number: u32) -> Endpoint {
    Endpoint::Node(n(number))
}

pub(crate) fn client(number: u32) -> Endpoint {
    Endpoint::Client(ClientId::new(number))
}

pub(crate) fn entry(value: impl Into<Value>, version: u64) -> Versioned {
    Versioned { value: value.into(), version: Version(version) }
}

pub(crate) fn change(key: impl Into<Key>, value: &str, version: u64) -> node::Change {
    node::Change {
        key: key.into(),
        version: Version(version),
        before: None,
        after: Some(entry(value, version)),
    }
}

/// A scenario of three nodes in which nothing happens.
pub(crate) fn scenario(name: &str, title: &str, watch: &str, run: Duration) -> Scenario {
    let link = |micros| Link {
        latency: Latency::Constant(Duration::from_micros(micros)),
        loss: 0.0,
        duplicate: 0.0,
        order: Order::Fifo,
        bytes_per_second: None,
    };
    Scenario {
        name: name.to_owned(),
        title: title.to_owned(),
        watch: watch.to_owned(),
        cluster: Cluster {
            nodes: 3,
            service_time: Duration::from_micros(50).into(),
            boot: Duration::ZERO,
            ..Cluster::default()
        },
        network: Network {
            nodes: link(500),
            clients: link(500),
            links: BTreeMap::new(),
            dead: DeadNode::Refused,
        },
        phases: Phases { run, heal: true, settle: Duration::from_secs(5) },
        properties: Properties {
            max_staleness: Duration::from_secs(1),
            min_availability: 0.9,
            ..Properties::default()
        },
        ..Scenario::bare(name, 3)
    }
}

pub(crate) fn retry() -> Retry {
    Retry::default()
}

/// Gathers events in any order and hands them out in order of time.
#[derive(Default)]
pub(crate) struct Recorder {
    events: Vec<TraceEvent>,
    next_message: u64,
}

impl Recorder {
    pub(crate) fn at(&mut self, at: Time, event: Event) {
        self.events.push(TraceEvent::new(at, event));
    }

    pub(crate) fn faults(&mut self, faults: &[FaultRecord]) {
        for (fault, record) in faults.iter().enumerate() {
            self.at(record.start, Event::FaultStart { fault });
            if let Some(end) = record.end {
                self.at(end, Event::FaultEnd { fault });
            }
        }
    }

    pub(crate) fn send(&mut self, at: Time, from: Endpoint, to: Endpoint, text: &str) -> MessageId {
        let message = MessageId(self.next_message);
        self.next_message += 1;
        let class = match (from, to) {
            (Endpoint::Client(_), _) => MessageClass::Request,
            (_, Endpoint::Client(_)) => MessageClass::Reply,
            _ => MessageClass::Peer,
        };
        let (text, carries) = (text.to_owned(), carried(text));
        self.at(at, Event::Send { message, class, from, to, text, copy_of: None, carries });
        message
    }

    pub(crate) fn delivered(
        &mut self,
        sent: Time,
        at: Time,
        from: Endpoint,
        to: Endpoint,
        text: &str,
    ) {
        let message = self.send(sent, from, to, text);
        self.at(at, Event::Deliver { message, sent, arrived: at - Duration::from_micros(50) });
    }

    pub(crate) fn trace(mut self) -> Trace {
        self.events.sort_by_key(|event| event.at);
        Trace { events: self.events }
    }

    pub(crate) fn sent(&self) -> u64 {
        self.next_message
    }
}

/// What a text of the form `replicate k=v v1` or `forward c0#1 get k` tells of.
fn carried(text: &str) -> Vec<Carried> {
    let entries = text.split(' ').filter_map(|word| word.split_once('='));
    let entries = entries.map(|(key, value)| Carried::entry(&key.into(), Some(&value.into())));
    let asked = text.split_once(" get ").map(|(_, key)| Carried::name(&key.into()));
    entries.chain(asked).collect()
}
