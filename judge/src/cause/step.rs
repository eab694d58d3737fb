//! What a chain is made of.

use crate::{Run, record::DropReason, replay::Message};
use node::{Change, Fact, Key, NodeId, Note, Time, Value};
use std::time::Duration;

/// One step of a chain. Whoever tells it finds the words; what it says is in the trace.
#[derive(Clone, Debug, PartialEq)]
pub enum Step<'a> {
    /// A write was acknowledged.
    Acknowledged {
        /// Which, by position in the history.
        operation: usize,
    },
    /// A read was answered.
    Answered {
        /// Which, by position in the history.
        operation: usize,
    },
    /// A message left, and this became of it.
    Sent(Message<'a>),
    /// Several messages with the same were lost for one reason.
    AllLost {
        /// The last of them.
        last: Message<'a>,
        /// Why.
        reason: DropReason,
        /// When the first of them was lost.
        since: Time,
        /// How many.
        count: u64,
    },
    /// No message with it had left for the node until then.
    NoneSent {
        /// Which node.
        to: NodeId,
        /// Until when.
        until: Time,
    },
    /// A node held something under the key from a moment on.
    Took {
        /// Which node.
        node: NodeId,
        /// Since when.
        at: Time,
        /// What; `None`: that there is nothing.
        state: Option<&'a Value>,
    },
    /// What a node held under the key at a moment.
    Held {
        /// Which node.
        node: NodeId,
        /// When.
        at: Time,
        /// The key.
        key: &'a Key,
        /// What; `None`: nothing.
        state: Option<&'a Value>,
    },
    /// A node came to hold something, under a version.
    Stored {
        /// Which node.
        node: NodeId,
        /// When.
        at: Time,
        /// What changed there.
        change: &'a Change,
    },
    /// A message was handled, and the node did not hold what it brought.
    NotTaken {
        /// Which node.
        node: NodeId,
        /// When it handled it.
        at: Time,
    },
    /// The node that said yes never held it.
    NeverHeld {
        /// Which node.
        node: NodeId,
    },
    /// Something else took its place.
    Replaced {
        /// Where.
        node: NodeId,
        /// When.
        at: Time,
        /// By what.
        change: &'a Change,
        /// The operation that wrote what took its place, by position in the history, if one did.
        by: Option<usize>,
        /// The message that brought it, if one did.
        brought: Option<Message<'a>>,
        /// When the node had held it already, before.
        held_before: Option<Time>,
    },
    /// The node's process ended, and with it what it held.
    Died {
        /// Which node.
        node: NodeId,
        /// When.
        at: Time,
        /// Whether its power failed, so that its disk lost what was not on the platter.
        power: bool,
        /// How it came back, if it did.
        back: Option<Back>,
    },
    /// How much a node was told after a moment.
    Told {
        /// Which node.
        node: NodeId,
        /// Since when.
        since: Time,
        /// How many messages of other nodes it handled.
        handled: u64,
        /// How many of them spoke of the key.
        of_key: u64,
    },
    /// A node said something of itself.
    Said {
        /// When.
        at: Time,
        /// Which node.
        node: NodeId,
        /// What.
        fact: Fact,
    },
    /// A node said why it did something.
    Noted {
        /// When.
        at: Time,
        /// Which node.
        node: NodeId,
        /// Why.
        note: &'a Note,
    },
    /// A fault of the run, by position, was at work.
    Fault {
        /// Which.
        fault: usize,
    },
    /// Who else held a write as a node went down.
    HeldBy {
        /// When.
        at: Time,
        /// Which write, by position in the history.
        operation: usize,
        /// The node that went down and had it.
        node: NodeId,
        /// The others that had it.
        by: Vec<NodeId>,
        /// Whether they had it in a replicated log, applied or not.
        in_log: bool,
        /// Of how many nodes.
        of: usize,
    },
    /// So many nodes held an entry of the log at a moment.
    HeldEntry {
        /// When.
        at: Time,
        /// The entry.
        index: u64,
        /// Its term.
        term: u64,
        /// Who.
        by: Vec<NodeId>,
        /// Of how many nodes.
        of: usize,
    },
    /// Operations at one node were not answered, for one reason.
    Unanswered {
        /// Which node.
        node: NodeId,
        /// An example, by position in the history.
        example: usize,
        /// How many reads among them.
        reads: u64,
        /// How many writes among them.
        writes: u64,
    },
    /// So many of the operations that were begun in some time were answered.
    WentOn {
        /// Since when.
        from: Time,
        /// Until when.
        to: Time,
        /// A node that had trouble then.
        node: NodeId,
        /// How many were begun.
        begun: u64,
        /// How many of them were answered.
        answered: u64,
        /// How many of those at that node.
        here: u64,
        /// How long the slowest answer took.
        slowest: Duration,
    },
    /// The longest time in which no operation of a sort was answered.
    Silent {
        /// Whether it is of writes; if not, of reads.
        writes: bool,
        /// When the last one before it was answered, or the first one begun.
        from: Time,
        /// When the next one was answered, or the run's operations ended.
        to: Time,
    },
}

impl Step<'_> {
    /// When it happened, to the nanosecond; what lasted a while, when it began. `None`: it is about no moment.
    pub fn at(&self, run: &Run) -> Option<Time> {
        let record = |operation: &usize| run.history.operations.get(*operation);
        match self {
            // Without a yes it is told from its beginning.
            Self::Acknowledged { operation } => {
                record(operation).map(|it| if it.is_ok() { it.completed } else { it.invoked })
            }
            Self::Answered { operation } => record(operation).map(|it| it.completed),
            Self::Unanswered { example, .. } => record(example).map(|it| it.invoked),
            Self::Sent(message) => Some(message.sent),
            Self::Fault { fault } => run.faults.get(*fault).map(|it| it.start),
            Self::NoneSent { until: at, .. }
            | Self::AllLost { since: at, .. }
            | Self::Took { at, .. }
            | Self::Held { at, .. }
            | Self::Stored { at, .. }
            | Self::NotTaken { at, .. }
            | Self::Replaced { at, .. }
            | Self::Died { at, .. }
            | Self::Said { at, .. }
            | Self::Noted { at, .. }
            | Self::HeldBy { at, .. }
            | Self::HeldEntry { at, .. }
            | Self::WentOn { from: at, .. }
            | Self::Silent { from: at, .. } => Some(*at),
            Self::NeverHeld { .. } | Self::Told { .. } => None,
        }
    }
}

/// How a node came back after its process had ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Back {
    /// When.
    pub at: Time,
    /// How many entries it held from the start.
    pub entries: usize,
    /// Whether its disk held anything.
    pub on_disk: bool,
}
