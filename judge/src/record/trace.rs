//! Every event of a run, for stories, charts and the search for a leak.

use node::{Carried, Change, ClientId, Fact, Key, NodeId, Note, Time, Versioned};
use serde::{Deserialize, Serialize};
use std::{fmt, time::Duration};

/// Every event in the order in which it happened.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trace {
    /// The events.
    pub events: Vec<TraceEvent>,
}

/// Names an event of a trace: its position there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EventId(pub u64);

/// An event, its moment, and why it happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TraceEvent {
    /// When, in simulated time.
    pub at: Time,
    /// The event that caused it, an earlier one; `None`: it came from outside, as a step
    /// of the scenario does, or whoever recorded it does not know.
    pub cause: Option<EventId>,
    /// The operations that it serves, by position in the history, in order and each once: none
    /// where that is not known, several where a batch serves them together. They go along
    /// requests, messages, syncs and replies, and not along timers; what a node goes on with
    /// later serves what the node [says](node::Context::serve).
    pub operations: Vec<usize>,
    /// What.
    pub event: Event,
}

impl TraceEvent {
    /// An event of which no cause is known.
    pub const fn new(at: Time, event: Event) -> Self {
        Self { at, cause: None, operations: Vec::new(), event }
    }

    /// Whether it serves an operation, alone or among others.
    pub fn serves(&self, operation: usize) -> bool {
        self.operations.contains(&operation)
    }
}

impl Trace {
    /// The event of this name.
    pub fn get(&self, event: EventId) -> Option<&TraceEvent> {
        self.events.get(usize::try_from(event.0).ok()?)
    }

    /// The event, what caused it, what caused that, and so on to the first cause.
    pub fn causes(&self, event: EventId) -> impl Iterator<Item = (EventId, &TraceEvent)> {
        let first = self.get(event).map(|found| (event, found));
        std::iter::successors(first, |(id, found)| {
            // A cause is an earlier event, also in a trace that somebody else has written.
            let cause = found.cause.filter(|cause| cause < id)?;
            Some((cause, self.get(cause)?))
        })
    }
}

/// Numbers the messages of a run in the order in which they left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MessageId(pub u64);

/// One end of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Endpoint {
    /// A store node.
    Node(NodeId),
    /// A client session.
    Client(ClientId),
    /// The load balancer.
    Balancer,
}

/// What kind of message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MessageClass {
    /// Between nodes.
    Peer,
    /// From a client.
    Request,
    /// To a client.
    Reply,
    /// A health check, or the answer to one.
    Health,
}

/// Why a message was not handled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DropReason {
    /// The link lost it.
    Loss,
    /// The link was cut when it left, or while it was under way.
    Partition,
    /// The receiver was down when it arrived.
    NodeDown,
    /// The receiver crashed before handling it.
    Crash,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Event {
    /// A client began an operation.
    Invoke {
        /// Its position in the history.
        operation: usize,
    },
    /// A client tries an operation at a node.
    Attempt {
        /// The operation's position in the history.
        operation: usize,
        /// Which attempt this is, counted from 0.
        attempt: u32,
        /// Where.
        to: NodeId,
    },
    /// A client waits no longer for an answer to an attempt.
    TimedOut {
        /// The operation's position in the history.
        operation: usize,
        /// Which attempt.
        attempt: u32,
    },
    /// A client learned that nobody listens where it called.
    Unreachable {
        /// The operation's position in the history.
        operation: usize,
        /// Which attempt.
        attempt: u32,
    },
    /// An operation ended.
    Complete {
        /// Its position in the history.
        operation: usize,
    },
    /// A message left.
    Send {
        /// Its number.
        message: MessageId,
        /// Its class.
        class: MessageClass,
        /// From where.
        from: Endpoint,
        /// To where.
        to: Endpoint,
        /// What it says; its first word is its kind.
        text: String,
        /// The message it is a copy of, if the network doubled it.
        copy_of: Option<MessageId>,
        /// The entries that it tells of, as its sender says; none from a system that does not say.
        carries: Vec<Carried>,
    },
    /// A message was handled: a node's service time for it is over, or a client has it.
    Deliver {
        /// Its number.
        message: MessageId,
        /// When it left.
        sent: Time,
        /// When it reached the receiver's queue.
        arrived: Time,
    },
    /// A message was lost.
    Drop {
        /// Its number.
        message: MessageId,
        /// Why.
        reason: DropReason,
        /// The fault that did it, by position in the run's faults, where that is known.
        fault: Option<usize>,
    },
    /// A node armed a timer.
    TimerArmed {
        /// Whose.
        node: NodeId,
        /// Its name; a node that boots counts anew.
        timer: u64,
        /// How long it runs by the node's own clock.
        after: Duration,
        /// What it is for.
        text: String,
    },
    /// A node disarmed a timer that had not run out.
    TimerCancelled {
        /// Whose.
        node: NodeId,
        /// Its name.
        timer: u64,
    },
    /// A timer ran out and was handled.
    Timer {
        /// Whose.
        node: NodeId,
        /// What it was for.
        text: String,
    },
    /// A node asked that a file reach the platter.
    SyncAsked {
        /// Whose.
        node: NodeId,
        /// Its number; a node that boots counts anew.
        sync: u64,
        /// Which file.
        file: String,
    },
    /// A sync failed; the world tries it again, as the node has nobody to be told by.
    SyncFailed {
        /// Whose.
        node: NodeId,
        /// Its number.
        sync: u64,
        /// The fault that made it fail, by position in the run's faults.
        fault: usize,
    },
    /// A sync reached the platter and was handled.
    Synced {
        /// Whose.
        node: NodeId,
        /// Its number.
        sync: u64,
    },
    /// A node booted.
    Boot {
        /// Which.
        node: NodeId,
        /// How many entries it holds from the start, all of them from its disk.
        entries: usize,
        /// Whether its disk held anything, be it a log that is yet to be applied.
        on_disk: bool,
        /// The entries that it holds from the start, in key order; empty where
        /// [`entries`](Self::Boot::entries) says that there are some and nobody wrote them down.
        holds: Vec<(Key, Versioned)>,
    },
    /// A node's process was gone, and with it what lay in its memory.
    Died {
        /// Which.
        node: NodeId,
        /// How many armed timers died with it.
        timers: usize,
        /// How many syncs that it had asked for and that were not done.
        syncs: usize,
        /// How many bytes that it had written and not synced its disk lost with the power; 0
        /// where only the process died.
        lost_bytes: u64,
    },
    /// What clients can read from a node changed.
    Apply {
        /// Which node.
        node: NodeId,
        /// What changed.
        change: Change,
    },
    /// A node announced a fact about its part in a replicated log.
    Announce {
        /// Which node.
        node: NodeId,
        /// What it says.
        fact: Fact,
    },
    /// A node said why it did something.
    Note {
        /// Which node.
        node: NodeId,
        /// What it says.
        note: Note,
    },
    /// A fault struck.
    FaultStart {
        /// Its position in the run's faults.
        fault: usize,
    },
    /// A fault was over.
    FaultEnd {
        /// Its position in the run's faults.
        fault: usize,
    },
    /// The load balancer took a node in or out.
    Balance {
        /// Which.
        node: NodeId,
        /// Whether it gets requests from now on.
        healthy: bool,
    },
    /// The steps and the workload were over; everything was healed if the scenario says so.
    Heal,
}

impl Endpoint {
    /// The node, if it is one.
    pub const fn node(self) -> Option<NodeId> {
        match self {
            Self::Node(node) => Some(node),
            Self::Client(_) | Self::Balancer => None,
        }
    }
}

impl DropReason {
    /// The reason, for the end of a sentence that says that a message was lost.
    pub const fn for_end(self) -> &'static str {
        match self {
            Self::Loss => "by the link",
            Self::Partition => "cut by a partition",
            Self::NodeDown => "as its receiver was down",
            Self::Crash => "as its receiver crashed first",
        }
    }

    /// The reason in words, for tables and stories.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Loss => "lost by the link",
            Self::Partition => "cut by a partition",
            Self::NodeDown => "receiver down",
            Self::Crash => "receiver crashed first",
        }
    }
}

impl MessageClass {
    /// The class in one word.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Peer => "peer",
            Self::Request => "request",
            Self::Reply => "reply",
            Self::Health => "health",
        }
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Node(node) => node.fmt(f),
            Self::Client(client) => client.fmt(f),
            Self::Balancer => f.pad("balancer"),
        }
    }
}

impl fmt::Display for TraceEvent {
    /// Writes the event with its full precision, so that two traces can be compared line by line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:>15} ns  ", self.at.as_nanos())?;
        self.what(f)?;
        let mut why = Vec::new();
        why.extend(self.cause.map(|cause| format!("because of {}", cause.0)));
        match &self.operations[..] {
            [] => {}
            [only] => why.push(format!("for operation {only}")),
            several => {
                let several: Vec<_> = several.iter().map(ToString::to_string).collect();
                why.push(format!("for operations {}", several.join(", ")));
            }
        }
        if why.is_empty() { Ok(()) } else { write!(f, " [{}]", why.join(", ")) }
    }
}

impl TraceEvent {
    fn what(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.event {
            Event::Invoke { operation } => write!(f, "invoke operation {operation}"),
            Event::Attempt { operation, attempt, to } => {
                write!(f, "attempt {attempt} at operation {operation} goes to {to}")
            }
            Event::TimedOut { operation, attempt } => {
                write!(f, "attempt {attempt} at operation {operation} timed out")
            }
            Event::Unreachable { operation, attempt } => {
                write!(f, "attempt {attempt} at operation {operation} found nobody")
            }
            Event::Complete { operation } => write!(f, "complete operation {operation}"),
            Event::Send { message, from, to, text, copy_of, .. } => {
                write!(f, "send message {} {from} -> {to}: {text}", message.0)?;
                copy_of.map_or(Ok(()), |original| write!(f, " (copy of {})", original.0))
            }
            Event::Deliver { message, .. } => write!(f, "deliver message {}", message.0),
            Event::Drop { message, reason, fault } => {
                write!(f, "drop message {}: {}", message.0, reason.name())?;
                fault.map_or(Ok(()), |fault| write!(f, " (fault {fault})"))
            }
            Event::TimerArmed { node, timer, after, text } => {
                write!(f, "{node} arms timer {timer} for {after:?}: {text}")
            }
            Event::TimerCancelled { node, timer } => write!(f, "{node} cancels timer {timer}"),
            Event::SyncAsked { node, sync, file } => {
                write!(f, "{node} asks for sync {sync}: {file}")
            }
            Event::Timer { node, text } => write!(f, "timer of {node}: {text}"),
            Event::SyncFailed { node, sync, fault } => {
                write!(f, "sync {sync} of {node} fails (fault {fault}) and is tried again")
            }
            Event::Synced { node, sync } => write!(f, "sync {sync} of {node} done"),
            Event::Boot { node, entries, on_disk, .. } => {
                let disk = if *on_disk { "a disk in use" } else { "an empty disk" };
                write!(f, "boot {node} with {entries} entries, {disk}")
            }
            Event::Died { node, timers, syncs, lost_bytes } => {
                write!(f, "{node} is gone, with {timers} timers and {syncs} syncs")?;
                if *lost_bytes > 0 {
                    write!(f, ", its disk lost {lost_bytes} bytes")
                } else {
                    Ok(())
                }
            }
            Event::Apply { node, change } => write!(f, "apply at {node}: {change}"),
            Event::Announce { node, fact } => write!(f, "{node} {fact}"),
            Event::Note { node, note } => write!(f, "{node} {note}"),
            Event::FaultStart { fault } => write!(f, "fault {fault} strikes"),
            Event::FaultEnd { fault } => write!(f, "fault {fault} is over"),
            Event::Balance { node, healthy: true } => write!(f, "the balancer takes {node} in"),
            Event::Balance { node, healthy: false } => write!(f, "the balancer takes {node} out"),
            Event::Heal => f.write_str("heal"),
        }
    }
}
