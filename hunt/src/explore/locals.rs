//! The states of single nodes, each kept once, and what each event makes of each.
//!
//! A node is a function of its events, so what an event does to a node in a state need be found
//! out once, however many states of the whole cluster contain it. No node is
//! kept: a state is had again by handing a fresh node the events that led there first.

use super::{
    intern::{Interner, put},
    live::{Hosting, Live, LocalEvent, Shown},
};
use node::{
    Answer, Canonical, Config, Encoder, Fact, Key, NodeId, RequestId, Role, Said, Versioned,
    resident::Boot,
};
use std::{
    collections::BTreeMap,
    panic::{AssertUnwindSafe, catch_unwind},
    time::Duration,
};

/// Names a state of one node.
pub(super) type LocalId = u32;

/// A timer that runs, as others see it.
#[derive(Clone, Debug)]
pub(super) struct Running {
    pub(super) after: Duration,
    pub(super) label: String,
}

/// What the rest of the world sees of a node in a state.
#[derive(Clone, Debug)]
pub(super) struct Summary {
    pub(super) node: NodeId,
    pub(super) is_up: bool,
    pub(super) serves: bool,
    pub(super) role: Role,
    pub(super) group: u32,
    pub(super) timers: Vec<Running>,
    pub(super) is_syncing: bool,
    /// The state before and the event that led here first; `None`: never booted.
    came_by: Option<(LocalId, u32)>,
}

/// What an event does to a node in a state.
#[derive(Clone, Debug, Default)]
pub(super) struct Step {
    pub(super) next: LocalId,
    /// The messages that leave, in order.
    pub(super) sends: Vec<u32>,
    pub(super) replies: Vec<(RequestId, Answer)>,
    pub(super) facts: Vec<Fact>,
    /// For each timer that runs afterwards, its place before; `None`: newly armed.
    pub(super) kept: Vec<Option<u8>>,
    /// Why the node panicked.
    pub(super) panic: Option<String>,
}

/// A message under way.
#[derive(Clone, Debug)]
pub(super) struct Sent {
    pub(super) from: NodeId,
    pub(super) to: NodeId,
    pub(super) message: Said,
}

/// All states of single nodes, the events between them, and the messages that they send.
pub(super) struct Locals {
    boot: Boot,
    config: Config,
    hosting: Hosting,
    states: Interner,
    summaries: Vec<Summary>,
    event_keys: Interner,
    events: Vec<LocalEvent>,
    message_keys: Interner,
    pub(super) messages: Vec<Sent>,
    step_keys: Interner,
    steps: Vec<Step>,
    entries: BTreeMap<LocalId, Vec<(Key, Versioned)>>,
    /// Whether a node has looked at its clock.
    pub(super) clock_was_read: bool,
    /// Whether states could be told apart by more than the events that led to them.
    pub(super) is_comparable: bool,
    encoder: Encoder,
}

impl Locals {
    pub(super) fn new(boot: Boot, config: Config, hosting: Hosting) -> Self {
        let mut locals = Self {
            boot,
            hosting,
            states: Interner::default(),
            summaries: Vec::new(),
            event_keys: Interner::default(),
            events: Vec::new(),
            message_keys: Interner::default(),
            messages: Vec::new(),
            step_keys: Interner::default(),
            steps: Vec::new(),
            entries: BTreeMap::new(),
            clock_was_read: false,
            is_comparable: true,
            encoder: Encoder::default(),
            config,
        };
        for member in locals.config.members.clone().iter() {
            let live = Live::new(boot, locals.config.for_node(*member), hosting);
            locals.keep(&live, *member, None);
        }
        locals
    }

    /// Takes states for equal only if the same events led to them.
    pub(super) fn compare_by_events(&mut self) {
        self.is_comparable = false;
    }

    /// The state of a node that has never been up.
    pub(super) fn unborn(node: NodeId) -> LocalId {
        node.index() as LocalId
    }

    /// How many states there are.
    pub(super) fn len(&self) -> usize {
        self.summaries.len()
    }

    pub(super) fn summary(&self, local: LocalId) -> &Summary {
        &self.summaries[local as usize]
    }

    /// The number of an event.
    pub(super) fn event(&mut self, event: LocalEvent) -> u32 {
        self.encoder.clear();
        match &event {
            LocalEvent::Boot => 0u8.encode(&mut self.encoder),
            LocalEvent::Request(request) => (1u8, request).encode(&mut self.encoder),
            LocalEvent::Message { from, message } => {
                (2u8, from).encode(&mut self.encoder);
                message.encode(&mut self.encoder);
            }
            LocalEvent::Timer { place, on } => (3u8, place, on).encode(&mut self.encoder),
            LocalEvent::Synced => 4u8.encode(&mut self.encoder),
            LocalEvent::Crash => 5u8.encode(&mut self.encoder),
            LocalEvent::PowerLoss => 6u8.encode(&mut self.encoder),
        }
        let (id, is_new) = self.event_keys.intern(self.encoder.bytes());
        if is_new {
            self.events.push(event);
        }
        id
    }

    /// What an event does to a node in a state: its place among [`Locals::steps`].
    pub(super) fn step(&mut self, local: LocalId, event: u32) -> u32 {
        let mut key = [0; 8];
        key[..4].copy_from_slice(&local.to_le_bytes());
        key[4..].copy_from_slice(&event.to_le_bytes());
        if let Some(known) = self.step_keys.find(&key) {
            return known;
        }
        let step = self.find_out(local, event);
        self.steps.push(step);
        self.step_keys.intern(&key).0
    }

    /// What an event did.
    pub(super) fn done(&self, step: u32) -> &Step {
        &self.steps[step as usize]
    }

    /// What clients can read from a node in a state.
    pub(super) fn entries(&mut self, local: LocalId) -> Vec<(Key, Versioned)> {
        if let Some(entries) = self.entries.get(&local) {
            return entries.clone();
        }
        let live = self.live(local);
        let entries = live.node.map(|node| node.entries()).unwrap_or_default();
        self.entries.insert(local, entries.clone());
        entries
    }

    fn find_out(&mut self, local: LocalId, event: u32) -> Step {
        let mut live = self.live(local);
        let node = self.summary(local).node;
        let before: Vec<_> = live.timers.iter().map(|armed| armed.id).collect();
        let event_taken = &self.events[event as usize];
        let shown = match catch_unwind(AssertUnwindSafe(|| live.take(event_taken))) {
            Ok(shown) => shown,
            Err(panic) => {
                let panic = Some(panic_message(panic.as_ref()));
                return Step { next: local, panic, ..Step::default() };
            }
        };
        self.clock_was_read |= live.clock_was_read;
        let place = |armed: &node::TimerId| {
            let place = before.iter().position(|before| before == armed)?;
            u8::try_from(place).ok()
        };
        let kept = live.timers.iter().map(|armed| place(&armed.id)).collect();
        let next = self.keep(&live, node, Some((local, event)));
        let Shown { sends, replies, facts, .. } = shown;
        let sends = sends.into_iter();
        let sends = sends.map(|(to, message)| self.message(Sent { from: node, to, message }));
        Step { next, sends: sends.collect(), replies, facts, kept, panic: None }
    }

    /// The number of a message from one node to another.
    fn message(&mut self, sent: Sent) -> u32 {
        self.encoder.clear();
        (sent.from, sent.to).encode(&mut self.encoder);
        sent.message.encode(&mut self.encoder);
        let (id, is_new) = self.message_keys.intern(self.encoder.bytes());
        if is_new {
            self.messages.push(sent);
        }
        id
    }

    /// The node in a state, made anew.
    fn live(&self, local: LocalId) -> Live {
        let mut path = Vec::new();
        let mut at = local;
        while let Some((before, event)) = self.summary(at).came_by {
            path.push(event);
            at = before;
        }
        let node = self.summary(local).node;
        let mut live = Live::new(self.boot, self.config.for_node(node), self.hosting);
        for event in path.into_iter().rev() {
            live.take(&self.events[event as usize]);
        }
        live
    }

    /// The number of the state that a node is in.
    fn keep(&mut self, live: &Live, node: NodeId, came_by: Option<(LocalId, u32)>) -> LocalId {
        let shown = self.is_comparable.then(|| live.fingerprint()).flatten();
        let key = shown.unwrap_or_else(|| {
            self.is_comparable &= live.node.is_none();
            let (before, event) = came_by.unwrap_or((u32::MAX, node.index() as u32));
            let mut key = b"events".to_vec();
            put(&mut key, before);
            put(&mut key, event);
            key
        });
        let (id, is_new) = self.states.intern(&key);
        if is_new {
            let timers = live.timers.iter();
            let timers =
                timers.map(|armed| Running { after: armed.after, label: live.label(armed.id) });
            let up = live.node.as_ref();
            self.summaries.push(Summary {
                node,
                is_up: up.is_some(),
                serves: up.is_some_and(|node| node.serves()),
                role: up.map_or(Role::Peer, |node| node.role()),
                group: up.map_or(0, |node| node.group()),
                timers: timers.collect(),
                is_syncing: live.is_syncing(),
                came_by,
            });
        }
        id
    }
}

fn panic_message(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("a panic").to_owned()
}
