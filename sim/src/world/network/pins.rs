//! Links and messages of which the plan says what would else be drawn.
//!
//! What would have been drawn is drawn all the same, so that a pin changes nothing of the messages
//! that follow it but what it causes.

use super::{Network, Transit, link::Struck};
use crate::world::record::Recorder;
use judge::record::{DropReason, Endpoint, FaultKind, FaultOrigin};
use scenarios::{Fate, LinkEnd, MessagePin, Pins};
use std::{collections::BTreeMap, time::Duration};

/// The ends of a directed link.
type Ends = (Endpoint, Endpoint);

/// The messages that are pinned, by their links.
pub(super) struct Pinned {
    lanes: BTreeMap<Ends, Lane>,
}

/// The pins of one link.
#[derive(Default)]
struct Lane {
    /// How many messages it was given so far.
    given: u64,
    /// By number: the pin, its position in the plan, and whether it came to anything.
    messages: BTreeMap<u64, Held>,
}

struct Held {
    pin: MessagePin,
    position: usize,
    used: bool,
}

/// Latencies that are not drawn.
#[derive(Default)]
pub(super) struct Constants {
    all: Option<Duration>,
    links: BTreeMap<Ends, Duration>,
}

impl Constants {
    pub(super) fn new(pins: &Pins) -> Self {
        let links = pins.links.iter().map(|pin| ((end(pin.from), end(pin.to)), pin.latency));
        Self { all: pins.latency, links: links.collect() }
    }

    /// How long every message of a link takes, if it is not drawn.
    pub(super) fn of(&self, from: Endpoint, to: Endpoint) -> Option<Duration> {
        if self.links.is_empty() {
            return self.all;
        }
        self.links.get(&(from, to)).copied().or(self.all)
    }
}

impl Pinned {
    /// The messages that are pinned, if any is.
    pub(super) fn of(pins: &Pins) -> Option<Box<Self>> {
        if pins.messages.is_empty() {
            return None;
        }
        let mut lanes: BTreeMap<Ends, Lane> = BTreeMap::new();
        for (position, &pin) in pins.messages.iter().enumerate() {
            let lane = lanes.entry((end(pin.from), end(pin.to))).or_default();
            lane.messages.insert(pin.number, Held { pin, position, used: false });
        }
        Some(Box::new(Self { lanes }))
    }

    /// Counts a message that a link is given; the answer is its pin, if it has one.
    pub(super) fn next(&mut self, from: Endpoint, to: Endpoint) -> Option<(MessagePin, usize)> {
        let lane = self.lanes.get_mut(&(from, to))?;
        lane.given += 1;
        let held = lane.messages.get_mut(&lane.given)?;
        Some((held.pin, held.position))
    }

    fn is_used(&mut self, pin: &MessagePin) {
        let lane = self.lanes.get_mut(&(end(pin.from), end(pin.to)));
        if let Some(held) = lane.and_then(|lane| lane.messages.get_mut(&pin.number)) {
            held.used = true;
        }
    }

    /// What is wrong with pins that came to nothing, a sentence each.
    pub(super) fn unused(&self) -> impl Iterator<Item = String> {
        self.lanes.values().flat_map(|lane| {
            lane.messages.values().filter(|held| !held.used).map(|Held { pin, .. }| {
                let MessagePin { from, to, number, .. } = pin;
                let given = lane.given;
                match given < *number {
                    true => format!(
                        "message {number} of {from} -> {to} is pinned, and only {given} were sent"
                    ),
                    false => format!(
                        "message {number} of {from} -> {to} is pinned, and a cut kept it back"
                    ),
                }
            })
        })
    }
}

impl Network {
    /// Sends off a message that is pinned, past every cut.
    pub(super) fn transmit_pinned(
        &mut self,
        now: u64,
        (pin, position): (MessagePin, usize),
        size: impl FnOnce() -> usize,
        record: &mut Recorder,
    ) -> Transit {
        if let Some(pinned) = &mut self.pinned {
            pinned.is_used(&pin);
        }
        let [first, copy] = self.drawn_aside(now, (end(pin.from), end(pin.to)), size, record);
        let link = self.links.get(end(pin.from), end(pin.to));
        if let Some((kind, what)) = fault_of(&pin) {
            let MessagePin { from, to, number, .. } = pin;
            let label =
                format!("{from} -> {to} {} message {number}{}, as the plan says", what.0, what.1);
            let nodes = [from, to].into_iter().filter_map(|it| end(it).node()).collect();
            let fault = record.fault(kind, label, FaultOrigin::Pin(position), nodes);
            record.end_fault(fault);
            record.touch(fault);
        }
        if pin.fate == Fate::Lost {
            return Transit { fate: Err(DropReason::Loss), copy: None };
        }
        let mut place = |stated: Option<Duration>, drawn: Option<u64>, which: &str| {
            let stated = stated.map(|after| now.saturating_add(super::super::nanos(after)));
            let arrival = stated.or(drawn).unwrap_or_else(|| {
                now.saturating_add(link.draw_apart(&format!("pin/{}{which}", pin.number)))
            });
            link.keep_order(arrival, &self.windows)
        };
        let first = place(pin.after, first, "");
        let copy = (pin.fate == Fate::Doubled).then(|| place(pin.copy_after, copy, "/copy"));
        self.longest_ns = self.longest_ns.max(first.max(copy.unwrap_or(0)) - now);
        Transit { fate: Ok(first), copy }
    }

    /// Takes in a message that is held: it arrives after everything else.
    pub(super) fn hold_back(
        &mut self,
        now: u64,
        ends: Ends,
        size: impl FnOnce() -> usize,
        record: &mut Recorder,
    ) -> Transit {
        self.drawn_aside(now, ends, size, record);
        Transit { fate: Ok(u64::MAX), copy: None }
    }

    /// When a message and its copy would arrive if the plan said nothing of it. What struck does not count,
    /// unless it is left to strike, and what comes later is not kept in order behind it.
    fn drawn_aside(
        &mut self,
        now: u64,
        (from, to): Ends,
        size: impl FnOnce() -> usize,
        record: &mut Recorder,
    ) -> [Option<u64>; 2] {
        let link = self.links.get(from, to);
        let untouched = link.order();
        let (mut first, mut copy) = (None, None);
        let lost = link.struck(super::LOSS, self.background.loss, &self.windows);
        if lost == Struck::No {
            let leaves = link.take_in(now, size);
            first = Some(link.arrival(leaves, &self.windows, record));
            let doubled = link.struck(super::DUPLICATE, self.background.duplicate, &self.windows);
            if doubled != Struck::No {
                copy = Some(link.arrival(leaves, &self.windows, record));
            }
        }
        link.set_order(untouched);
        [first, copy]
    }

    /// What is wrong with pins that came to nothing, a sentence each.
    pub(in crate::world) fn unused_pins(&self) -> Vec<String> {
        self.pinned.iter().flat_map(|pinned| pinned.unused()).collect()
    }
}

/// The fault that a pin amounts to, and what it does to its message, in words around its number. A
/// message that arrives as others do suffers none.
fn fault_of(pin: &MessagePin) -> Option<(FaultKind, (&'static str, String))> {
    let after = pin.after.map(|after| format!(" after {after:?}")).unwrap_or_default();
    Some(match pin.fate {
        Fate::Lost => (FaultKind::Loss, ("loses", String::new())),
        Fate::Doubled => (FaultKind::Duplicate, ("doubles", String::new())),
        Fate::Kept if pin.after.is_some() => (FaultKind::SlowLink, ("delivers", after)),
        Fate::Kept => return None,
    })
}

fn end(end: LinkEnd) -> Endpoint {
    match end {
        LinkEnd::Node(node) => Endpoint::Node(node),
        LinkEnd::Client(client) => Endpoint::Client(client),
        LinkEnd::Balancer => Endpoint::Balancer,
    }
}
