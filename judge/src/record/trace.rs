//! Every event of a run, for stories, charts and the search for a leak.

use node::{Change, ClientId, Fact, NodeId, Time};
use serde::Serialize;
use std::fmt;

/// Every event in the order in which it happened.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trace {
    /// The events.
    pub events: Vec<TraceEvent>,
}

/// An event and its moment.
#[derive(Clone, Debug, PartialEq)]
pub struct TraceEvent {
    /// When, in simulated time.
    pub at: Time,
    /// What.
    pub event: Event,
}

/// Numbers the messages of a run in the order in which they left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct MessageId(pub u64);

/// One end of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Endpoint {
    /// A store node.
    Node(NodeId),
    /// A client session.
    Client(ClientId),
    /// The load balancer.
    Balancer,
}

/// What kind of message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// A client began an operation.
    Invoke {
        /// Its position in the history.
        operation: usize,
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
    },
    /// A timer ran out and was handled.
    Timer {
        /// Whose.
        node: NodeId,
        /// What it was for.
        text: String,
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

impl DropReason {
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
        match &self.event {
            Event::Invoke { operation } => write!(f, "invoke operation {operation}"),
            Event::Complete { operation } => write!(f, "complete operation {operation}"),
            Event::Send { message, from, to, text, copy_of, .. } => {
                write!(f, "send message {} {from} -> {to}: {text}", message.0)?;
                copy_of.map_or(Ok(()), |original| write!(f, " (copy of {})", original.0))
            }
            Event::Deliver { message, .. } => write!(f, "deliver message {}", message.0),
            Event::Drop { message, reason } => {
                write!(f, "drop message {}: {}", message.0, reason.name())
            }
            Event::Timer { node, text } => write!(f, "timer of {node}: {text}"),
            Event::Synced { node, sync } => write!(f, "sync {sync} of {node} done"),
            Event::Boot { node, entries, on_disk } => {
                let disk = if *on_disk { "a disk in use" } else { "an empty disk" };
                write!(f, "boot {node} with {entries} entries, {disk}")
            }
            Event::Apply { node, change } => write!(f, "apply at {node}: {change}"),
            Event::Announce { node, fact } => write!(f, "{node} {fact}"),
            Event::FaultStart { fault } => write!(f, "fault {fault} strikes"),
            Event::FaultEnd { fault } => write!(f, "fault {fault} is over"),
            Event::Balance { node, healthy: true } => write!(f, "the balancer takes {node} in"),
            Event::Balance { node, healthy: false } => write!(f, "the balancer takes {node} out"),
            Event::Heal => f.write_str("heal"),
        }
    }
}
