//! The only door between a node and the world.

use crate::{Answer, Change, Config, Disk, Fact, Node, NodeId, Note, Origin, RequestId, Time};
use rand::RngCore;
use serde::{Deserialize, Serialize};
use std::{fmt, time::Duration};

/// Names a timer within one incarnation of one node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimerId(pub u64);

/// Names a sync within one incarnation of one node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SyncId(pub u64);

/// Names a health check; the answer carries it back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct HealthCheckId(pub u64);

/// What an event caused, in the order in which the node caused it.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect<M, T> {
    /// A message leaves for another node.
    Send {
        /// To whom.
        to: NodeId,
        /// What.
        message: M,
    },
    /// A client gets its answer.
    Reply {
        /// Which request is answered.
        request: RequestId,
        /// With what.
        answer: Answer,
    },
    /// A health check is passed.
    Healthy(HealthCheckId),
    /// A timer is armed.
    SetTimer {
        /// Its name.
        id: TimerId,
        /// How long it runs by the node's own clock.
        after: Duration,
        /// What it is for.
        timer: T,
    },
    /// A timer is disarmed; harmless if it has already run out.
    CancelTimer {
        /// Which.
        id: TimerId,
    },
    /// A file is to reach the platter.
    Sync {
        /// Names the sync; `on_synced` carries it back.
        id: SyncId,
        /// Which file.
        file: String,
    },
    /// What a client could read from this node has changed.
    Apply(Change),
    /// Something has become true that checkers look at.
    Announce(Fact),
    /// Why the node does what it does; only where a trace is kept. In a box, since it is much larger
    /// than all else that a node does, and each effect would take as much room.
    Note(Box<Note>),
    /// What follows serves these requests, or, if `None`, what the event serves; only where a
    /// trace is kept.
    Serve(Option<Vec<RequestId>>),
}

impl<M: fmt::Display, T: fmt::Display> fmt::Display for Effect<M, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Send { to, message } => write!(f, "send {to}: {message}"),
            Self::Reply { request, answer } => write!(f, "reply {request}: {answer}"),
            Self::Healthy(check) => write!(f, "healthy {}", check.0),
            Self::SetTimer { after, timer, .. } => write!(f, "set-timer {after:?}: {timer}"),
            Self::CancelTimer { id } => write!(f, "cancel-timer {}", id.0),
            Self::Sync { id, file } => write!(f, "sync {}: {file}", id.0),
            Self::Apply(change) => write!(f, "apply {change}"),
            Self::Announce(fact) => write!(f, "announce {fact}"),
            Self::Note(note) => write!(f, "note {note}"),
            Self::Serve(None) => f.write_str("serve the event"),
            Self::Serve(Some(requests)) => {
                f.write_str("serve")?;
                requests.iter().try_for_each(|request| write!(f, " {request}"))
            }
        }
    }
}

/// Where the effects of a node gather until its host takes them; the host keeps one per node.
#[derive(Clone, Debug)]
pub struct Outbox<M, T> {
    /// The effects not yet taken.
    pub effects: Vec<Effect<M, T>>,
    next_timer: u64,
    next_sync: u64,
    /// Whether a trace is kept that wants to know why.
    explains: bool,
}

impl<M, T> Default for Outbox<M, T> {
    fn default() -> Self {
        Self { effects: Vec::new(), next_timer: 0, next_sync: 0, explains: false }
    }
}

impl<M, T> Outbox<M, T> {
    /// An outbox in which a node also says why; the default one does without.
    pub fn explained() -> Self {
        Self { explains: true, ..Self::default() }
    }
}

/// Lends the world to a node for the length of one event.
pub struct Context<'a, N: Node> {
    config: &'a Config,
    now: Time,
    rng: &'a mut dyn RngCore,
    disk: &'a Disk,
    outbox: &'a mut Outbox<N::Message, N::Timer>,
    clock_read: bool,
}

impl<'a, N: Node> Context<'a, N> {
    /// Made by a host for each event. `now` is the node's own clock.
    pub fn new(
        config: &'a Config,
        now: Time,
        rng: &'a mut dyn RngCore,
        disk: &'a Disk,
        outbox: &'a mut Outbox<N::Message, N::Timer>,
    ) -> Self {
        Self { config, now, rng, disk, outbox, clock_read: false }
    }

    /// The static configuration.
    pub fn config(&self) -> &'a Config {
        self.config
    }

    /// This node.
    pub fn id(&self) -> NodeId {
        self.config.id
    }

    /// What this node's clock shows. Clocks of different nodes may disagree, and jump.
    pub fn now(&mut self) -> Time {
        self.clock_read = true;
        self.now
    }

    /// Whether the node looked at its clock during this event; hosts count clock faults by it.
    pub fn clock_was_read(&self) -> bool {
        self.clock_read
    }

    /// The node's random stream; the only randomness it may use.
    pub fn rng(&mut self) -> &mut dyn RngCore {
        self.rng
    }

    /// The node's disk. Unsynced writes survive a crash of the process, not a power loss.
    pub fn disk(&self) -> &'a Disk {
        self.disk
    }

    /// Sends a message. It may be lost, doubled, late or overtaken, as the link has it.
    pub fn send(&mut self, to: NodeId, message: N::Message) {
        self.outbox.effects.push(Effect::Send { to, message });
    }

    /// Sends a message to every other node, in order of their names.
    pub fn broadcast(&mut self, message: N::Message) {
        for to in self.config.peers() {
            self.send(to, message.clone());
        }
    }

    /// Answers a client.
    pub fn reply(&mut self, request: RequestId, answer: Answer) {
        self.outbox.effects.push(Effect::Reply { request, answer });
    }

    /// Passes a health check.
    pub fn answer_health_check(&mut self, check: HealthCheckId) {
        self.outbox.effects.push(Effect::Healthy(check));
    }

    /// Arms a timer that runs for `after` by the node's own clock. A crash disarms it.
    pub fn set_timer(&mut self, after: Duration, timer: N::Timer) -> TimerId {
        let id = TimerId(self.outbox.next_timer);
        self.outbox.next_timer += 1;
        self.outbox.effects.push(Effect::SetTimer { id, after, timer });
        id
    }

    /// Disarms a timer.
    pub fn cancel_timer(&mut self, id: TimerId) {
        self.outbox.effects.push(Effect::CancelTimer { id });
    }

    /// Asks that what was written to `file` so far reach the platter; `on_synced` tells when.
    pub fn sync(&mut self, file: impl Into<String>) -> SyncId {
        let id = SyncId(self.outbox.next_sync);
        self.outbox.next_sync += 1;
        self.outbox.effects.push(Effect::Sync { id, file: file.into() });
        id
    }

    /// Announces a fact about this node's part in a replicated log, as it becomes true.
    pub fn announce(&mut self, fact: Fact) {
        self.outbox.effects.push(Effect::Announce(fact));
    }

    /// Whether a trace is kept. What a node notes or keeps for it is made only then, and
    /// nothing else may hang on it.
    pub fn explains(&self) -> bool {
        self.outbox.explains
    }

    /// Says why the node does what it does. The note is made only if a trace is kept.
    pub fn note(&mut self, note: impl FnOnce() -> Note) {
        if self.outbox.explains {
            self.outbox.effects.push(Effect::Note(Box::new(note())));
        }
    }

    /// Says which clients' operations the effects from here on serve, until it says otherwise or
    /// the event is over.
    ///
    /// Unless it says so, they serve what the event serves: a request, or what the sender of a
    /// message or who asked for a sync served; a timer serves nothing. What was begun earlier and
    /// goes on now has to be named, as a batch or a retry has. Answers to clients
    /// need no saying.
    pub fn serve<O: Into<Origin>>(&mut self, operations: impl IntoIterator<Item = O>) {
        if self.outbox.explains {
            let requests = operations.into_iter().filter_map(|it| it.into().request()).collect();
            self.outbox.effects.push(Effect::Serve(Some(requests)));
        }
    }

    /// Says that the effects from here on serve again what the event serves.
    pub fn serve_event(&mut self) {
        if self.outbox.explains {
            self.outbox.effects.push(Effect::Serve(None));
        }
    }

    /// Announces a change of what clients can read here, as a [`Store`](crate::Store) returned it.
    pub fn apply(&mut self, change: Change) {
        self.outbox.effects.push(Effect::Apply(change));
    }
}
