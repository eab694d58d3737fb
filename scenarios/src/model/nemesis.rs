//! Faults that come at random.

use super::Links;
use std::time::Duration;

/// Random faults, drawn up front from the seed into explicit steps.
#[derive(Clone, Debug, PartialEq)]
pub struct Nemesis {
    /// From when.
    pub start: Duration,
    /// Until when.
    pub stop: Duration,
    /// Each kind of fault and how it comes.
    pub faults: Vec<RandomFault>,
}

/// One kind of random fault.
#[derive(Clone, Debug, PartialEq)]
pub struct RandomFault {
    /// Which kind.
    pub kind: RandomKind,
    /// How many a minute on average; gaps are exponential.
    pub per_minute: f64,
    /// How long each lasts: between the two, every value as likely.
    pub lasts: (Duration, Duration),
    /// Which links it strikes, of a kind that strikes all of them.
    pub links: Links,
    /// Whether it strikes reads of a disk too, if it is errors of one.
    pub reads: bool,
}

/// The kinds of fault that can come at random.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RandomKind {
    /// A node crashes, and restarts afterwards.
    Crash,
    /// A node stands still.
    Pause,
    /// The nodes are split into two sides.
    Partition,
    /// One node is cut off from the others.
    Isolate,
    /// One directed link is cut.
    OneWay,
    /// One directed link is slow, by 10 to 500 ms.
    SlowLink,
    /// Every link loses 5 to 30 of 100 messages.
    Loss,
    /// Every link doubles 5 to 30 of 100 messages.
    Duplicate,
    /// A node's clock jumps by up to 10 s, either way.
    ClockJump,
    /// A node loses its power, and restarts afterwards.
    PowerLoss,
    /// A node is slow, by a factor of 2 to 50.
    SlowNode,
    /// The nodes are split into two halves that only one node bridges.
    Bridge,
    /// A link between two nodes fails and recovers every 20 to 500 ms.
    FlappingLink,
    /// Every link is slow, by 10 to 500 ms.
    DelaySpike,
    /// Every link lets messages overtake each other, by up to 10 to 200 ms.
    Reorder,
    /// A node's disk is slow, by a factor of 2 to 100.
    SlowDisk,
    /// A node's disk is full.
    FullDisk,
    /// A node's disk fails 5 to 50 of 100 writes and syncs.
    DiskErrors,
    /// A few bits on a node's platter flip; they stay as they are.
    BitRot,
    /// A node leaves the voters, and joins them again afterwards.
    Membership,
}
