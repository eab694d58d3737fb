//! What a process that is looked at tells, and what it can be told to do.
//!
//! A conductor starts processes, stands between them on every link, and has them tell each event that they
//! handled and what it caused. It goes by numbers: every message and request that it hands on bears one,
//! by which the process names the event; every event of a process has one, by which frames on other
//! connections name where they come from.

use node::{
    Change, Fact, HealthCheckId, Key, MembershipChange, NodeId, Note, RequestId, Role, Uptake,
    Versioned, Waits,
};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// What a conductor asks of a process.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Command {
    /// To hand the node a change of the membership.
    Membership {
        /// The conductor's number for it.
        number: u64,
        /// Which.
        change: MembershipChange,
    },
    /// To be asked at once, between two events: who it is and what it holds.
    Status {
        /// The conductor's number for it.
        number: u64,
    },
    /// To have its clock show so much more than it would, and run at another pace from now on.
    Clock {
        /// How far it is off, in nanoseconds.
        offset_ns: i64,
        /// How much faster it runs, in billionths.
        drift_ppb: i64,
    },
    /// To take so many times as long for every event; 1 as usual.
    Pace {
        /// How many times, at least 1.
        factor: f64,
    },
    /// To have its disk so from now on.
    Disk(DiskTrouble),
    /// To have a few bits of its disk flipped, drawn from this seed.
    Rot {
        /// The conductor's number for it.
        number: u64,
        /// Where the draws come from.
        seed: u64,
    },
}

/// What is wrong with a disk.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct DiskTrouble {
    /// How many times as long syncs and reads take; 1 as usual.
    pub slow: f64,
    /// Whether no file may grow.
    pub full: bool,
    /// The share of writes and syncs that fails, 0 to 1.
    pub errors: f64,
    /// Whether the same share of reads fails.
    pub reads: bool,
    /// Where the draws come from.
    pub seed: u64,
}

impl Default for DiskTrouble {
    /// A disk that is well.
    fn default() -> Self {
        Self { slow: 1.0, full: false, errors: 0.0, reads: false, seed: 0 }
    }
}

/// What a process tells.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Told {
    /// It has booted; the first that it tells.
    Booted {
        /// The group of the node.
        group: u32,
        /// What it holds from the start, in key order.
        entries: Vec<(Key, Versioned)>,
        /// Whether its disk held anything.
        on_disk: bool,
    },
    /// It has handled an event.
    Did(Did),
    /// How it is, as it was asked.
    Status {
        /// The conductor's number for the question.
        number: u64,
        /// How it is.
        status: Status,
    },
    /// So many bits were flipped.
    Rotted {
        /// The conductor's number for it.
        number: u64,
        /// How many.
        bits: u64,
    },
}

/// How a node is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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

/// An event that was handled, and what it caused.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Did {
    /// Its number: events are counted from 0, which is the boot.
    pub number: u64,
    /// What it was.
    pub event: Handled,
    /// The part that the node plays since.
    pub role: Role,
    /// What it caused, in order.
    pub deeds: Vec<Deed>,
    /// What the event met of what is wrong on purpose.
    pub met: Met,
}

/// What a node handled.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Handled {
    /// It booted.
    Boot,
    /// A message, a request or a health check, by the conductor's number; 0 of one that did not come
    /// through the conductor.
    Handed(u64),
    /// A timer ran out.
    Timer(u64),
    /// A sync reached the platter.
    Synced(u64),
    /// A change of the membership, by the conductor's number, and what it said to it.
    Membership(u64, Uptake),
}

/// Something that an event caused.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Deed {
    /// A message left for another node; its frame bears the event's number.
    Send {
        /// To whom.
        to: NodeId,
        /// Whether it was handed to the connection; if not, the queue was full or the peer away.
        sent: bool,
    },
    /// A client got its answer; its frame bears the event's number.
    Reply {
        /// Which request is answered.
        request: RequestId,
        /// Whether there was a connection to answer on.
        sent: bool,
    },
    /// A health check is passed; its frame bears the event's number.
    Healthy {
        /// Which.
        check: HealthCheckId,
        /// Whether there was a connection to answer on.
        sent: bool,
    },
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
    CancelTimer {
        /// Which.
        id: u64,
    },
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
    Note(Note),
    /// What follows serves these requests, or what the event serves.
    Serve(Option<Vec<RequestId>>),
}

/// What an event met of what is wrong on purpose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
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
