//! The kinds of fault, of which each can be a step, come at random, or both.

use serde::{Deserialize, Serialize};

/// The kinds of fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FaultKind {
    /// A node crashes; at random, it restarts afterwards.
    Crash,
    /// A node stands still.
    Pause,
    /// The nodes are split into sides; at random, into two.
    Partition,
    /// A node is cut off from the others.
    Isolate,
    /// One directed link is cut.
    OneWay,
    /// One directed link is slow; at random, by 10 to 500 ms.
    SlowLink,
    /// Links lose messages; at random, 5 to 30 of 100.
    Loss,
    /// Links double messages; at random, 5 to 30 of 100.
    Duplicate,
    /// A node's clock jumps; at random, by up to 10 s, either way.
    ClockJump,
    /// A node loses its power; at random, it restarts afterwards.
    PowerLoss,
    /// A node is slow; at random, by a factor of 2 to 50.
    SlowNode,
    /// The nodes are split into two halves that only one node bridges.
    Bridge,
    /// A link between two nodes fails and recovers; at random, every 20 to 500 ms.
    FlappingLink,
    /// Every link is slow; at random, by 10 to 500 ms.
    DelaySpike,
    /// Messages overtake each other; at random, by up to 10 to 200 ms.
    Reorder,
    /// A node's disk is slow; at random, by a factor of 2 to 100.
    SlowDisk,
    /// A node's disk is full.
    FullDisk,
    /// A node's disk fails now and then; at random, 5 to 50 of 100 writes and syncs.
    DiskErrors,
    /// A few bits on a node's platter flip; they stay as they are.
    BitRot,
    /// A node joins or leaves the voters; at random, it leaves, and joins them again afterwards.
    Membership,
}

impl FaultKind {
    /// Every kind, in the order in which tables show them.
    pub const ALL: [Self; 20] = [
        Self::Crash,
        Self::Pause,
        Self::Partition,
        Self::Isolate,
        Self::OneWay,
        Self::SlowLink,
        Self::Loss,
        Self::Duplicate,
        Self::ClockJump,
        Self::PowerLoss,
        Self::SlowNode,
        Self::Bridge,
        Self::FlappingLink,
        Self::DelaySpike,
        Self::Reorder,
        Self::SlowDisk,
        Self::FullDisk,
        Self::DiskErrors,
        Self::BitRot,
        Self::Membership,
    ];

    /// The kinds that strike every link of those that [`RandomFault::links`](crate::RandomFault::links) names.
    pub const STRIKES_LINKS: &[Self] = &[Self::Reorder, Self::Loss, Self::Duplicate];

    /// Its name in scenarios and tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Crash => "crash",
            Self::Pause => "pause",
            Self::Partition => "partition",
            Self::Isolate => "isolate",
            Self::OneWay => "one-way",
            Self::SlowLink => "slow-link",
            Self::Loss => "loss",
            Self::Duplicate => "duplicate",
            Self::ClockJump => "clock-jump",
            Self::PowerLoss => "power-loss",
            Self::SlowNode => "slow-node",
            Self::Bridge => "bridge",
            Self::FlappingLink => "flapping-link",
            Self::DelaySpike => "delay-spike",
            Self::Reorder => "reorder",
            Self::SlowDisk => "slow-disk",
            Self::FullDisk => "full-disk",
            Self::DiskErrors => "disk-errors",
            Self::BitRot => "bit-rot",
            Self::Membership => "membership",
        }
    }

    /// Whether it takes a node down, so that its memory is gone.
    pub const fn takes_down(self) -> bool {
        matches!(self, Self::Crash | Self::PowerLoss)
    }

    /// What a fault of this kind touches, and by which it is counted whether it bites.
    pub const fn touches(self) -> &'static str {
        match self {
            Self::Crash => "processes killed",
            Self::PowerLoss => "bytes lost or torn",
            Self::Pause => "events kept waiting",
            Self::Partition
            | Self::Isolate
            | Self::OneWay
            | Self::Bridge
            | Self::FlappingLink
            | Self::Loss => "messages dropped",
            Self::SlowLink | Self::DelaySpike | Self::Reorder => "messages delayed",
            Self::Duplicate => "messages doubled",
            Self::ClockJump => "readings and timers of a wrong clock",
            Self::SlowNode => "events slowed",
            Self::SlowDisk => "syncs slowed",
            Self::FullDisk => "writes refused",
            Self::DiskErrors => "reads, writes and syncs failed",
            Self::BitRot => "bits flipped",
            Self::Membership => "changes taken up",
        }
    }
}
