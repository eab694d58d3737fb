//! A run's trace, as the questions of a cause go to it.

use super::{step::Step, write::Write};
use crate::{
    Run,
    record::{
        Endpoint, Event, EventId, FactRecord, FaultRecord, MessageClass, OperationRecord, Trace,
        TraceEvent,
    },
    replay::{Message, Moment, Replay, Role, messages, moments},
};
use node::{Change, Fact, Key, NodeId, Time, Value};
use std::{
    cell::{OnceCell, RefCell},
    collections::BTreeMap,
};

/// A change of what a node held under a key.
#[derive(Clone, Copy, Debug)]
pub(super) struct Applied<'a> {
    pub(super) id: EventId,
    pub(super) at: Time,
    pub(super) change: &'a Change,
    /// The operations that it serves, as the trace has it.
    pub(super) operations: &'a [usize],
}

impl<'a> Applied<'a> {
    /// What it left.
    pub(super) fn leaves(&self) -> Option<&'a Value> {
        self.change.after.as_ref().map(|entry| &entry.value)
    }
}

/// A run with a trace.
pub(super) struct Ledger<'a> {
    pub(super) run: &'a Run,
    pub(super) trace: &'a Trace,
    pub(super) messages: Vec<Message<'a>>,
    /// All that nodes announced, in order of time.
    pub(super) facts: Vec<FactRecord>,
    nodes: Vec<NodeId>,
    /// What was held, by key; a replay of a whole trace is worth keeping.
    moments: RefCell<BTreeMap<&'a Key, Vec<Moment<'a>>>>,
    /// The operations by what they found, in order of invocation.
    found: OnceCell<BTreeMap<State<'a>, Vec<&'a OperationRecord>>>,
}

/// A key, and what is under it.
type State<'a> = (&'a Key, Option<&'a Value>);

impl<'a> Ledger<'a> {
    pub(super) fn of(run: &'a Run) -> Option<Self> {
        let trace = run.trace.as_ref()?;
        let nodes = run.replicas.iter().map(|replica| replica.node).collect();
        let (messages, facts) = (messages(trace), facts(trace));
        let (moments, found) = (RefCell::default(), OnceCell::new());
        Some(Self { run, trace, messages, facts, nodes, moments, found })
    }

    /// The operations that found this under a key, in order of invocation.
    pub(super) fn that_found<'r>(
        &'r self,
        key: &'r Key,
        state: Option<&'r Value>,
    ) -> impl Iterator<Item = &'r OperationRecord> + 'r {
        let found = self.found.get_or_init(|| {
            let mut all: BTreeMap<_, Vec<_>> = BTreeMap::new();
            for record in &self.run.history.operations {
                if let (Some(key), Some(found)) = (record.operation.key(), record.found()) {
                    all.entry((key, found)).or_default().push(record);
                }
            }
            all
        });
        found.get(&(key, state)).into_iter().flatten().copied()
    }

    /// Every node of the run.
    pub(super) fn nodes(&self) -> &[NodeId] {
        &self.nodes
    }

    /// The event of this name.
    pub(super) fn event(&self, id: EventId) -> &'a TraceEvent {
        &self.trace.events[id.0 as usize]
    }

    /// What a node held under a key from moment to moment, in order of time.
    pub(super) fn moments(&self, key: &'a Key, node: NodeId) -> Vec<Moment<'a>> {
        let mut known = self.moments.borrow_mut();
        let all = known.entry(key).or_insert_with(|| {
            let replay = Replay::new(self.trace, &self.run.faults, &self.run.replicas);
            moments(replay, &[key], &self.nodes).pop().unwrap_or_default()
        });
        let position = self.nodes.iter().position(|other| *other == node);
        all.iter().filter(|moment| Some(moment.node) == position).copied().collect()
    }

    /// What a node held under a key at a moment.
    pub(super) fn state(&self, key: &'a Key, node: NodeId, at: Time) -> Option<&'a Value> {
        let moments = self.moments(key, node);
        moments.iter().rfind(|moment| moment.at <= at).and_then(|moment| moment.state)
    }

    /// Every change under a key on one node, in order of time.
    pub(super) fn applied(&self, key: &Key, on: NodeId) -> Vec<Applied<'a>> {
        let events = self.trace.events.iter().enumerate();
        let changes = events.filter_map(|(place, event)| match &event.event {
            Event::Apply { node, change } if change.key == *key && *node == on => {
                let (id, operations) = (EventId(place as u64), &event.operations[..]);
                Some(Applied { id, at: event.at, change, operations })
            }
            _ => None,
        });
        changes.collect()
    }

    /// Whether any node ever held what a write left, after it was begun.
    pub(super) fn somebody_took(&self, write: &Write<'a>) -> bool {
        self.nodes.iter().any(|node| {
            let applied = self.applied(write.key, *node);
            applied.iter().any(|it| it.at >= write.record.invoked && it.leaves() == write.state)
        })
    }

    /// The messages that were to bring a write to a node: from other nodes, and from clients.
    pub(super) fn carriers(&self, write: &Write<'a>, to: NodeId) -> Vec<Message<'a>> {
        let brings = |message: &&Message<'_>| {
            message.to == Endpoint::Node(to)
                && message.sent >= write.record.invoked
                && matches!(message.class, MessageClass::Peer | MessageClass::Request)
                && message.brings(write.key, write.state)
        };
        self.messages.iter().filter(brings).copied().collect()
    }

    /// The last message by which an operation was answered.
    pub(super) fn reply(&self, operation: usize) -> Option<Message<'a>> {
        let answers = |message: &&Message<'_>| {
            message.class == MessageClass::Reply && self.serves(message.event, operation)
        };
        let ended = self.run.history.operations.get(operation)?.completed;
        let replies = self.messages.iter().filter(answers);
        replies.copied().filter(|message| message.handled().is_some_and(|at| at <= ended)).last()
    }

    /// Whether an event serves an operation.
    pub(super) fn serves(&self, event: EventId, operation: usize) -> bool {
        self.event(event).serves(operation)
    }

    /// The message that led to an event, if the event is of what a node did as it handled one.
    pub(super) fn handled_for(&self, event: EventId) -> Option<Message<'a>> {
        let cause = self.event(event).cause?;
        match self.trace.get(cause)?.event {
            Event::Deliver { message, .. } => self.message(message),
            // What a sync or a timer let go on began with a message.
            Event::Synced { .. } | Event::SyncAsked { .. } => self.handled_for(cause),
            _ => None,
        }
    }

    /// The message of this number.
    pub(super) fn message(&self, id: crate::record::MessageId) -> Option<Message<'a>> {
        // They are numbered in the order in which they left.
        let place = self.messages.binary_search_by_key(&id, |message| message.id).ok()?;
        self.messages.get(place).copied()
    }

    /// What a node said as it did what this event is a part of.
    pub(super) fn said_with(&self, event: EventId) -> Vec<Step<'a>> {
        let Some(cause) = self.event(event).cause else {
            return Vec::new();
        };
        self.said_because_of(cause, self.event(event).at)
    }

    /// What was said because of an event, until a moment.
    pub(super) fn said_because_of(&self, cause: EventId, until: Time) -> Vec<Step<'a>> {
        let after = &self.trace.events[cause.0 as usize..];
        let near = after.iter().take_while(|event| event.at <= until);
        near.filter(|event| event.cause == Some(cause)).filter_map(said).collect()
    }

    /// What was said that serves an operation.
    pub(super) fn said_for(&self, operation: usize) -> impl Iterator<Item = Step<'a>> {
        let events = self.trace.events.iter();
        events.filter(move |event| event.serves(operation)).filter_map(said)
    }

    /// What a node noted at a moment.
    pub(super) fn notes(&self, of: NodeId, at: Time) -> Vec<Step<'a>> {
        let events = self.trace.events.iter().filter(|event| event.at == at);
        let notes =
            events.filter(|event| matches!(&event.event, Event::Note { node, .. } if *node == of));
        notes.filter_map(said).collect()
    }

    /// The entry of a replicated log by which a node came to a change, and its term: the next that it
    /// says to have applied in the same moment.
    pub(super) fn entry_of(&self, change: EventId, of: NodeId) -> Option<(u64, u64)> {
        let at = self.event(change).at;
        let after = &self.trace.events[change.0 as usize..];
        after.iter().take_while(|event| event.at == at).find_map(|event| match &event.event {
            Event::Announce { node, fact: Fact::Applied { index, term } } if *node == of => {
                Some((*index, *term))
            }
            _ => None,
        })
    }

    /// The faults of these kinds that were at work on a node between two moments, by position.
    pub(super) fn faults(
        &self,
        node: Option<NodeId>,
        from: Time,
        to: Time,
    ) -> impl Iterator<Item = (usize, &'a FaultRecord)> {
        let ended = self.run.ended;
        self.run.faults.iter().enumerate().filter(move |(_, fault)| {
            fault.start <= to
                && fault.end.unwrap_or(ended) >= from
                && node.is_none_or(|node| fault.nodes.contains(&node))
        })
    }

    /// The term that a node led at a moment, as far as it had said.
    pub(super) fn led(&self, node: NodeId, at: Time) -> Option<u64> {
        let mut replay = Replay::new(self.trace, &[], &self.run.replicas);
        replay.advance_to(at);
        let state = replay.node(node)?;
        state.term.filter(|_| state.role == Some(Role::Leader))
    }

    /// When somebody was made leader of a later term, until a moment.
    pub(super) fn later_leader(&self, term: u64, until: Time) -> Option<(Time, NodeId, Fact)> {
        let facts = self.facts.iter().filter(|record| record.at <= until);
        let leads = facts.filter(|record| match record.fact {
            Fact::Leads { term: other } | Fact::Elected { term: other, .. } => other > term,
            _ => false,
        });
        leads.map(|record| (record.at, record.node, record.fact)).next()
    }
}

fn said(event: &TraceEvent) -> Option<Step<'_>> {
    let at = event.at;
    match &event.event {
        Event::Announce { node, fact } => Some(Step::Said { at, node: *node, fact: *fact }),
        Event::Note { node, note } => Some(Step::Noted { at, node: *node, note }),
        _ => None,
    }
}

fn facts(trace: &Trace) -> Vec<FactRecord> {
    let announced = trace.events.iter().filter_map(|event| match &event.event {
        Event::Announce { node, fact } => {
            Some(FactRecord { at: event.at, node: *node, fact: *fact })
        }
        _ => None,
    });
    announced.collect()
}
