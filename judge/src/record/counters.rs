//! Sums over a run.

use serde::{Deserialize, Serialize};

/// What happened how often.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counters {
    /// How long the run took in simulated time, in nanoseconds.
    pub simulated_ns: u64,
    /// Events taken from the heap.
    pub events: u64,
    /// Operations begun by clients.
    pub operations: u64,
    /// Messages that left, requests and replies among them; a copy counts.
    pub sent: u64,
    /// Messages that were handled.
    pub delivered: u64,
    /// Messages that were lost.
    pub dropped: u64,
    /// Messages that the network doubled.
    pub duplicated: u64,
    /// Timers that ran out.
    pub timers: u64,
    /// Changes of what clients can read, over all replicas.
    pub applied: u64,
    /// Faults that struck.
    pub faults: u64,
    /// Faults that struck what another fault of the kind held already, such as a node that was
    /// down.
    pub faults_overlapped: u64,
    /// Faults that touched something.
    pub faults_that_bit: u64,
}
