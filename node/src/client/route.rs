//! How a client picks a node.

use super::Balancer;
use crate::{Key, NodeId, ring::Ring};
use serde::{Deserialize, Serialize};
use std::cell::OnceCell;

/// How a client picks the node for an operation.
///
/// A refusal that names the leader is believed: the next attempt goes there, unless the client
/// insists on one node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Route {
    /// The node the client believes to lead. A refusal that names another is believed;
    /// one that does not answer is no longer, and the next in order is asked.
    Leader,
    /// Any node, drawn anew for each operation.
    Any,
    /// One node for good, drawn at the first operation.
    Sticky,
    /// Each node in turn, whatever its state.
    RoundRobin,
    /// Whichever node a load balancer picks: in turn those that pass its health checks.
    Balanced,
    /// The first node of the list, and the next one each time it fails.
    Failover,
    /// The node that the key belongs to on a hash ring of all nodes, and the next one each
    /// time it fails; what names no key goes where the empty key belongs.
    HashRing,
    /// One node of the zone that the client is near, for good; each time it fails the next one of the
    /// zone, then those of other zones.
    Nearest,
    /// This node and no other.
    Node(NodeId),
}

/// What the clients of a cluster share to find its nodes.
#[derive(Clone, Debug)]
pub struct Directory {
    nodes: usize,
    ring: OnceCell<Ring>,
    /// Stands before the nodes, for those who are routed by it.
    pub balancer: Balancer,
}

impl Directory {
    /// The directory of a cluster of `nodes` nodes.
    pub fn new(nodes: usize) -> Self {
        assert!(nodes > 0, "a cluster has a node");
        Self { nodes, ring: OnceCell::new(), balancer: Balancer::new(nodes) }
    }

    /// How many nodes there are.
    pub fn nodes(&self) -> usize {
        self.nodes
    }

    /// The node that a key belongs to.
    pub(super) fn owner(&self, key: Option<&Key>) -> NodeId {
        let count = u32::try_from(self.nodes).expect("a cluster has fewer than 2^32 nodes");
        let ring = self.ring.get_or_init(|| Ring::new(0..count));
        let owner = match key {
            Some(key) => ring.owner(key),
            None => ring.owner(&Key::from("")),
        };
        NodeId::from_index(owner.expect("a ring of a node has an owner") as usize)
    }
}
