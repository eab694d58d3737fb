//! Facts that nodes announced.

use node::{Fact, NodeId, Time};
use serde::{Deserialize, Serialize};

/// A fact about a node's part in a replicated log, and when it became true.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactRecord {
    /// When.
    pub at: Time,
    /// Which node said so.
    pub node: NodeId,
    /// What.
    pub fact: Fact,
}
