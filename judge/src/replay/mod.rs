//! What a trace tells of every moment of a run: what each node held, which part it played,
//! how far its log had come, and which messages were under way.
//!
//! There is one rule, and checkers, charts and stories alike rest on it:
//!
//! - A node holds what was applied at it since it booted, and what it booted with, which
//!   [`Event::Boot`] says.
//! - A node that goes down loses its memory at that moment. While it is down it holds what
//!   its disk will give back: what its next boot finds, or, if there is none, what was
//!   found on its disk at the end.
//! - Its part and the place in its log are what it last announced; a boot forgets both.
//! - A message is under way from the moment at which it leaves until it is handled or lost.
//!
//! Before its first boot a node counts as up, and as holding nothing. Where a boot does not
//! say what it found, that is taken to be what the node held before, as far as what the
//! node changed next, and what it held at the end, do not show otherwise.
//!
//! ```
//! use judge::{record::Trace, replay::Replay};
//! use node::Time;
//!
//! let trace = Trace::default();
//! let mut replay = Replay::new(&trace, &[], &[]);
//! replay.advance_to(Time::MAX);
//! assert_eq!(replay.in_flight().count(), 0);
//! ```

mod disk;
mod messages;
mod moments;
mod pending;
mod state;
#[cfg(test)]
mod tests;

pub use messages::{Fate, Message, messages};
pub use moments::{Moment, moments};
pub use pending::{Awaited, End, Pending, pending};
pub use state::{InFlight, LogPosition, NodeState, Role};

use crate::{
    Run,
    record::{Event, EventId, FaultRecord, MessageId, Replica, Trace, TraceEvent},
};
use disk::Disks;
use node::{Change, NodeId, Time};
use std::collections::BTreeMap;

/// A walk through a trace, which knows how things stand after the event it took last.
///
/// A step costs no more than the change it makes, so that a walk through a whole trace is
/// cheap enough for a chart. Nodes that a trace names and nobody knows are followed too.
#[derive(Clone, Debug)]
pub struct Replay<'a> {
    events: &'a [TraceEvent],
    faults: &'a [FaultRecord],
    disks: Disks<'a>,
    next: usize,
    nodes: BTreeMap<NodeId, NodeState<'a>>,
    in_flight: BTreeMap<MessageId, InFlight<'a>>,
}

/// One event of a replay, and what it did to what the nodes hold.
#[derive(Clone, Debug)]
pub struct Step<'a> {
    /// The event's name.
    pub id: EventId,
    /// When.
    pub at: Time,
    /// What it did.
    pub moved: Moved<'a>,
}

/// What an event did to what nodes hold.
#[derive(Clone, Debug, PartialEq)]
pub enum Moved<'a> {
    /// These nodes went down that were up.
    Down(Vec<NodeId>),
    /// A node booted.
    Up(NodeId),
    /// A node went over to something else under a key.
    Changed(NodeId, &'a Change),
    /// Nothing.
    Nothing,
}

impl<'a> Replay<'a> {
    /// A replay that stands before the first event of a trace. `faults` are those that the
    /// trace names, and `replicas` what was there at the end.
    pub fn new(trace: &'a Trace, faults: &'a [FaultRecord], replicas: &'a [Replica]) -> Self {
        let nodes = replicas.iter().map(|replica| (replica.node, NodeState::default()));
        Self {
            events: &trace.events,
            faults,
            disks: Disks::new(trace, faults, replicas),
            next: 0,
            nodes: nodes.collect(),
            in_flight: BTreeMap::new(),
        }
    }

    /// The replay of a run; `None` if no trace was kept.
    pub fn of(run: &'a Run) -> Option<Self> {
        Some(Self::new(run.trace.as_ref()?, &run.faults, &run.replicas))
    }

    /// When the next event happens; `None` at the end.
    pub fn next_at(&self) -> Option<Time> {
        self.events.get(self.next).map(|event| event.at)
    }

    /// Takes every event up to a moment, those at that moment included.
    pub fn advance_to(&mut self, at: Time) {
        while self.next_at().is_some_and(|next| next <= at) {
            self.step();
        }
    }

    /// Takes one event; `None` at the end.
    pub fn step(&mut self) -> Option<Step<'a>> {
        let place = self.next;
        let event = self.events.get(place)?;
        self.next += 1;
        let moved = match &event.event {
            Event::Boot { node, .. } => {
                let state = self.nodes.entry(*node).or_default();
                self.disks.boot(place, *node, state);
                Moved::Up(*node)
            }
            Event::Apply { node, change } => {
                self.nodes.entry(*node).or_default().change(change);
                Moved::Changed(*node, change)
            }
            Event::Announce { node, fact } => {
                self.nodes.entry(*node).or_default().announce(fact);
                Moved::Nothing
            }
            Event::Send { message, class, from, to, text, carries, .. } => {
                let (class, from, to) = (*class, *from, *to);
                let sent = event.at;
                self.in_flight.insert(*message, InFlight { class, from, to, text, carries, sent });
                Moved::Nothing
            }
            Event::Deliver { message, .. } | Event::Drop { message, .. } => {
                self.in_flight.remove(message);
                Moved::Nothing
            }
            other => self.take_down(place, taken_down(other, self.faults)),
        };
        Some(Step { id: EventId(place as u64), at: event.at, moved })
    }

    fn take_down(&mut self, place: usize, nodes: &[NodeId]) -> Moved<'a> {
        let mut down = Vec::new();
        for node in nodes {
            let state = self.nodes.entry(*node).or_default();
            if state.is_up() {
                self.disks.crash(place, *node, state);
                down.push(*node);
            }
        }
        if down.is_empty() { Moved::Nothing } else { Moved::Down(down) }
    }

    /// How a node stands; `None` if the replay has not heard of it.
    pub fn node(&self, node: NodeId) -> Option<&NodeState<'a>> {
        self.nodes.get(&node)
    }

    /// How every node stands, by node.
    pub fn nodes(&self) -> impl Iterator<Item = (NodeId, &NodeState<'a>)> {
        self.nodes.iter().map(|(node, state)| (*node, state))
    }

    /// The messages under way, in the order in which they were numbered.
    pub fn in_flight(&self) -> impl Iterator<Item = (MessageId, &InFlight<'a>)> {
        self.in_flight.iter().map(|(message, flight)| (*message, flight))
    }
}

/// The nodes whose processes are gone with an event, be they up or not.
///
/// Both the fault and the death of the process say so, since records need not hold both.
fn taken_down<'e>(event: &'e Event, faults: &'e [FaultRecord]) -> &'e [NodeId] {
    match event {
        Event::FaultStart { fault } => {
            let fault = faults.get(*fault).filter(|fault| fault.kind.takes_down());
            fault.map_or(&[], |fault| &fault.nodes)
        }
        Event::Died { node, .. } => std::slice::from_ref(node),
        _ => &[],
    }
}
