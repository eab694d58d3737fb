//! Faults as they struck.

use node::{NodeId, Time};
use serde::{Deserialize, Serialize};

/// One fault: what struck, when, for how long, and what it touched.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FaultRecord {
    /// Which kind.
    pub kind: FaultKind,
    /// What happened, in words: `n2 crashed`.
    pub label: String,
    /// Where it comes from.
    pub origin: FaultOrigin,
    /// The nodes it concerned.
    pub nodes: Vec<NodeId>,
    /// When it struck.
    pub start: Time,
    /// When it was over; `None`: it lasted to the end of the run.
    pub end: Option<Time>,
    /// How much it touched, counted as [`FaultKind::touches`] says.
    pub touched: u64,
}

/// The kinds of fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FaultKind {
    /// A node's process died.
    Crash,
    /// A node stood still.
    Pause,
    /// The cluster was split.
    Partition,
    /// A node was cut off from the others.
    Isolate,
    /// One direction between two nodes was cut.
    OneWay,
    /// A link was slow.
    SlowLink,
    /// Links lost messages.
    Loss,
    /// Links doubled messages.
    Duplicate,
    /// A node's clock jumped.
    ClockJump,
    /// A node lost its power.
    PowerLoss,
    /// A node was slow.
    SlowNode,
    /// The cluster was split but for a bridge.
    Bridge,
    /// A link came and went.
    FlappingLink,
    /// Every link was slow.
    DelaySpike,
    /// Messages overtook each other.
    Reorder,
    /// A disk was slow.
    SlowDisk,
    /// A disk was full.
    FullDisk,
    /// A disk failed now and then.
    DiskErrors,
    /// Bits flipped on a disk.
    BitRot,
    /// A node joined or left the voters.
    Membership,
}

impl FaultKind {
    /// Its name in tables.
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

    /// What [`FaultRecord::touched`] counts.
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
            Self::ClockJump => "readings of a wrong clock",
            Self::SlowNode => "events slowed",
            Self::SlowDisk => "syncs slowed",
            Self::FullDisk => "writes refused",
            Self::DiskErrors => "reads, writes and syncs failed",
            Self::BitRot => "bits flipped",
            Self::Membership => "changes taken up",
        }
    }
}

/// Where a fault comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FaultOrigin {
    /// A step of the scenario, by position.
    Step(usize),
    /// A test's own body asked for it; counted from 0.
    Body(usize),
    /// The nemesis drew it.
    Random,
    /// The network is like that all the time.
    Background,
}
