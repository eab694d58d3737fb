//! Nodes that live outside the world that drives them, as processes do.
//!
//! A world carries a scenario out: it has clients ask, links delay and lose, faults strike, and puts on record
//! what happened. Its nodes may be state machines within it. They may as well be processes, of which it
//! [hears](Happened) what they did: then every message between them passes through it, and what a
//! scenario does to nodes is done to processes. This is what the two say to each other; neither knows how the
//! other is made.

use crate::{
    Answer, Change, Config, Fact, HealthCheckId, Key, MembershipChange, NodeId, Note, Request,
    RequestId, Role, Said, Time, Uptake, Versioned, Waits,
};
use std::time::Duration;

/// Nodes outside, by name.
pub trait Outside {
    /// Begins to boot a node that is down; [`What::Booted`] follows.
    fn boot(&mut self, config: &Config);

    /// Ends a node at once, however far it is. The answer is what it had done before and nobody had heard yet.
    fn kill(&mut self, node: NodeId) -> Vec<Happened>;

    /// Hands a node that is up something to handle, under a number above 0 by which it names what it handled.
    fn hand(&mut self, to: NodeId, number: u64, handed: Handed);

    /// Has a node be so from now on.
    fn shape(&mut self, node: NodeId, shape: Shape);

    /// Takes from the disk of a node that is down what a loss of power takes, drawn from a seed; the answer
    /// is how many bytes that it had written and not synced were lost or torn.
    fn lose_power(&mut self, node: NodeId, seed: u64) -> u64;

    /// Flips a few bits on a node's disk, drawn from a seed; the answer is how many.
    fn rot(&mut self, node: NodeId, seed: u64) -> u64;

    /// How a node is that is up; `None` if it does not say.
    fn status(&mut self, node: NodeId) -> Option<Status>;

    /// What a node that is down would find on its disk, in key order; `None` if it would not serve.
    fn found_on_disk(&mut self, config: &Config) -> Option<Vec<(Key, Versioned)>>;

    /// Whether a node's disk holds anything.
    fn holds_anything(&mut self, node: NodeId) -> bool;

    /// The clock begins now: this is the start of the run.
    fn begin(&mut self);

    /// Waits until something happens, or until a moment of the run, whichever is first. Never ends before
    /// that moment with nothing.
    fn next(&mut self, until: Option<Time>) -> Option<Happened>;
}

/// What is handed to a node.
#[derive(Clone, Debug)]
pub enum Handed {
    /// A node's message.
    Message {
        /// Whose.
        from: NodeId,
        /// What it says.
        message: Said,
    },
    /// A client's request.
    Request(Request),
    /// A load balancer's question.
    HealthCheck(HealthCheckId),
    /// An operator's wish.
    Membership(MembershipChange),
}

/// How a node is to be, beyond what it is by itself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shape {
    /// Whether it stands still.
    pub paused: bool,
    /// How many times as long it takes for every event; 1 as usual.
    pub slowness: f64,
    /// What is wrong with its disk.
    pub disk: DiskTrouble,
    /// How far its clock is off, in nanoseconds.
    pub clock_offset_ns: i64,
    /// How much faster its clock runs, in billionths.
    pub clock_drift_ppb: i64,
}

/// What is wrong with a disk.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DiskTrouble {
    /// How many times as long reads and syncs take; 1 as usual.
    pub slowness: f64,
    /// Whether no file may grow.
    pub full: bool,
    /// The share of writes and syncs that fails, 0 to 1.
    pub errors: f64,
    /// Whether that share of reads fails too.
    pub reads: bool,
}

impl Default for Shape {
    /// As it is by itself.
    fn default() -> Self {
        let disk = DiskTrouble { slowness: 1.0, full: false, errors: 0.0, reads: false };
        Self { paused: false, slowness: 1.0, disk, clock_offset_ns: 0, clock_drift_ppb: 0 }
    }
}

/// How a node is.
#[derive(Clone, Debug, PartialEq)]
pub struct Status {
    /// The part it plays.
    pub role: Role,
    /// Whether it serves at all.
    pub serves: bool,
    /// What it waits for.
    pub waits: Waits,
    /// Everything a client could read from it, in key order.
    pub entries: Vec<(Key, Versioned)>,
}

/// Something that happened outside.
#[derive(Clone, Debug)]
pub struct Happened {
    /// When it was heard of.
    pub at: Time,
    /// To whom.
    pub node: NodeId,
    /// What.
    pub what: What,
}

/// What happened to a node.
#[derive(Clone, Debug)]
pub enum What {
    /// It has booted.
    Booted {
        /// Its group.
        group: u32,
        /// What it holds from the start, in key order.
        entries: Vec<(Key, Versioned)>,
        /// Whether its disk held anything.
        on_disk: bool,
    },
    /// It handled an event.
    Did {
        /// What it was.
        event: Event,
        /// The part that the node plays since.
        role: Role,
        /// What it caused, in order.
        deeds: Vec<Deed>,
        /// What it met of its [`Shape`].
        met: Met,
    },
    /// It came to an end that nobody asked for.
    Ended {
        /// What it said of that, in the end.
        why: String,
    },
}

/// What a node handled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// Its boot.
    Boot,
    /// What it was [handed](Outside::hand) under this number.
    Handed(u64),
    /// The same, and it was an operator's wish, to which it said this.
    Membership(u64, Uptake),
    /// A timer of its own.
    Timer(u64),
    /// A sync of its own.
    Synced(u64),
}

/// Something that an event caused.
#[derive(Clone, Debug)]
pub enum Deed {
    /// A message left for another node.
    Send {
        /// To whom.
        to: NodeId,
        /// What it says; `None`: it did not get as far as the network.
        message: Option<Said>,
    },
    /// A client is answered.
    Reply {
        /// Which request.
        request: RequestId,
        /// What with; `None`: it did not get as far as the network.
        answer: Option<Answer>,
    },
    /// A health check is passed.
    Healthy(HealthCheckId),
    /// A timer is armed.
    SetTimer {
        /// Its name.
        id: u64,
        /// How long it runs by the node's own clock.
        after: Duration,
        /// What it is for.
        text: String,
    },
    /// A timer is disarmed.
    CancelTimer(u64),
    /// A file is to reach the platter.
    Sync {
        /// Names the sync.
        id: u64,
        /// Which file.
        file: String,
    },
    /// What a client could read from the node has changed.
    Apply(Change),
    /// Something has become true that checkers look at.
    Announce(Fact),
    /// Why the node does what it does.
    Note(Box<Note>),
    /// What follows serves these requests, or what the event serves.
    Serve(Option<Vec<RequestId>>),
}

/// How often an event met what is wrong on purpose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Met {
    /// Whether the node looked at its clock.
    pub clock: bool,
    /// Reads and syncs that a slow disk held up.
    pub slow_disk: u64,
    /// Writes that a full disk refused.
    pub full_disk: u64,
    /// Reads, writes and syncs that failed.
    pub disk_errors: u64,
}
