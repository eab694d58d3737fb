//! What nodes hold.

use node::{Key, NodeId, Versioned};
use serde::{Deserialize, Serialize};

/// What one node held at the end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replica {
    /// Which node.
    pub node: NodeId,
    /// The group of nodes that hold the same keys; only nodes of one group are compared.
    pub group: u32,
    /// Its entries in key order; `None` if the node was down, or up and out of service.
    pub entries: Option<Vec<(Key, Versioned)>>,
    /// If the node was down, what a boot would have found on its disk, in key order;
    /// `None` if it was up, or nobody looked.
    pub on_disk: Option<Vec<(Key, Versioned)>>,
    /// Whether it led, and clients that look for the leader ask it.
    pub leads: bool,
}
