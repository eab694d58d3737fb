//! What a node waits for.

use crate::NodeId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The waits of a node that only another node's answer can end, and what waits behind them.
///
/// A wait that has a deadline ends by itself, and is not counted. A node that hands
/// nothing of its own over to a wait, as most do, has no workers and waits for nobody.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waits {
    /// How many pieces of work the node can have in hand at a time.
    pub workers: u64,
    /// How many of the workers wait for an answer of which node; each waits for one.
    pub on: BTreeMap<NodeId, u64>,
    /// Clients' requests that wait for a worker.
    pub queued_requests: u64,
    /// What other nodes asked and what waits for a worker to answer it.
    pub queued_calls: u64,
    /// Health checks that wait for a worker.
    pub queued_health_checks: u64,
}

impl Waits {
    /// How many workers wait.
    pub fn waiting(&self) -> u64 {
        self.on.values().sum()
    }

    /// Whether every worker waits, so that the node can take up nothing else.
    pub fn is_stuck(&self) -> bool {
        !self.on.is_empty() && self.waiting() == self.workers
    }
}
