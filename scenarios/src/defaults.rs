//! What a scenario says where it says nothing, and how far its numbers may go.

use crate::{
    Balancer, Cluster, DeadNode, Disk, KeyChoice, Keys, Latency, Link, Network, Order, Properties,
};
use std::{collections::BTreeMap, time::Duration};

pub(crate) const SETTLE: Duration = Duration::from_secs(2);
pub(crate) const FAULT_LASTS: (Duration, Duration) =
    (Duration::from_secs(1), Duration::from_secs(3));

/// The newest schema of scenario files: the one that is written, where one must be, and the last
/// that is read.
pub const SCHEMA: u64 = 2;
/// The most nodes a cluster may have.
pub const MAX_NODES: usize = 1000;
/// The most sessions a workload may have.
pub const MAX_CLIENTS: usize = 100_000;
/// The most operations a second that an open loop may begin.
pub const MAX_RATE: f64 = 1e6;
/// The least random faults of one kind a minute: one in two years.
pub const MIN_FAULTS_PER_MINUTE: f64 = 1e-6;
/// The most bytes a second that a disk or a link may take.
pub const MAX_BYTES_PER_SECOND: u64 = 1_000_000_000_000;
/// The most random faults of one kind a minute.
pub const MAX_FAULTS_PER_MINUTE: f64 = 6000.0;
/// The most times that a fault may slow a node or a disk down.
pub const MAX_FACTOR: f64 = 1e6;
/// The most cores that nodes may share.
pub const MAX_CORES: usize = 1000;
/// The most quantiles that a latency may be made of.
pub const MAX_QUANTILES: usize = 1001;
/// The most keys a workload may touch.
pub const MAX_KEYS: u64 = 10_000_000;
/// The most attempts at one operation.
pub const MAX_ATTEMPTS: u32 = 100;
/// The longest time that a scenario may name: far below what 64 bits of
/// nanoseconds hold, so that sums of times cannot overflow.
pub const MAX_DURATION: Duration = Duration::from_secs(365 * 24 * 3600);

impl Default for Cluster {
    /// Three nodes on cores of their own, 50 us an event, started in no time, true clocks.
    fn default() -> Self {
        Self {
            nodes: 3,
            service_time: Latency::Constant(Duration::from_micros(50)),
            service: BTreeMap::new(),
            wake_up: None,
            cores: None,
            boot: Duration::ZERO,
            late: Vec::new(),
            clocks: BTreeMap::new(),
        }
    }
}

impl Default for Disk {
    /// A solid-state disk: half a millisecond a sync, reads from the cache.
    fn default() -> Self {
        Self {
            sync: Latency::Constant(Duration::from_micros(500)),
            read: None,
            bytes_per_second: None,
        }
    }
}

impl Default for Link {
    /// A local network: lognormal, median 500 us, p99 2 ms, nothing lost or doubled, in order.
    fn default() -> Self {
        Self {
            latency: Latency::Lognormal {
                median: Duration::from_micros(500),
                p99: Duration::from_millis(2),
            },
            loss: 0.0,
            duplicate: 0.0,
            order: Order::Fifo,
            bytes_per_second: None,
        }
    }
}

impl Default for Network {
    /// All links alike, and a node that is down refuses connections.
    fn default() -> Self {
        Self {
            nodes: Link::default(),
            clients: Link::default(),
            links: BTreeMap::new(),
            dead: DeadNode::Refused,
        }
    }
}

impl Default for Balancer {
    /// A check of each node every second, failed after half a second.
    fn default() -> Self {
        Self { every: Duration::from_secs(1), timeout: Duration::from_millis(500) }
    }
}

impl Default for Keys {
    /// A hundred keys, all alike.
    fn default() -> Self {
        Self { count: 100, choice: KeyChoice::Uniform }
    }
}

/// How long a probe may take to be answered.
const PROBE: Duration = Duration::from_secs(5);

impl Default for Properties {
    /// The strictest: no staleness at all, every operation answered; and probes answered
    /// within five seconds.
    fn default() -> Self {
        Self { max_staleness: Duration::ZERO, min_availability: 1.0, max_probe_latency: PROBE }
    }
}
