//! What the durability checker measures, beside its verdict.

use node::NodeId;
use std::time::Duration;

/// What became of the acknowledged writes, in the words of Jepsen's set checker.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DurabilityReport {
    /// Writes that were acknowledged before healing began.
    pub acknowledged: u64,
    /// Those that every replica of their group knows of: it holds their value, or what may
    /// rightly have overwritten it.
    pub stable: u64,
    /// Those that nobody knows of, or none of those who lead.
    pub lost: u64,
    /// Those of a value that no read ever found, be they lost or not.
    pub never_read: u64,
    /// The longest time from the acknowledgment of a lost write to the last read that still
    /// found it; zero if none did, `None` if nothing was lost.
    pub max_lost_latency: Option<Duration>,
    /// The same for each replica that holds anything.
    pub replicas: Vec<ReplicaDurability>,
}

/// What one replica knows of the acknowledged writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReplicaDurability {
    /// Which node.
    pub node: NodeId,
    /// Whether it leads.
    pub leads: bool,
    /// Whether it is down, so that only its disk is left.
    pub is_down: bool,
    /// How many of the acknowledged writes of its group it does not know of.
    pub lost: u64,
}
