//! What the scenario runs on: the nodes, their disks, the links.

use super::Quantiles;
use node::NodeId;
use std::{collections::BTreeMap, time::Duration};

/// The nodes.
#[derive(Clone, Debug, PartialEq)]
pub struct Cluster {
    /// How many, at least 1.
    pub nodes: usize,
    /// How long a node is busy with one event of a kind of which `service` says nothing.
    pub service_time: Latency,
    /// How long it is busy with one event of a kind.
    pub service: BTreeMap<ServiceKind, Latency>,
    /// How long a node that had nothing to do takes before it begins, without a core meanwhile; `None`: it begins
    /// at once.
    pub wake_up: Option<Latency>,
    /// How many of the nodes, and of the clients that cost time, are at work at a time, at least 1; `None`:
    /// each has a core of its own.
    pub cores: Option<usize>,
    /// How long a node that is started again takes before it reads its disk and listens.
    pub boot: Duration,
    /// The nodes that are not there at the start, in order of their names: a step may start them.
    pub late: Vec<NodeId>,
    /// Clocks that are off from the start, by node.
    pub clocks: BTreeMap<NodeId, Clock>,
}

/// A kind of event that takes a node its own time. Health checks and changes of the membership take
/// `service_time`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ServiceKind {
    /// A request of a client.
    Request,
    /// A message of another node.
    Message,
    /// A timer that ran out.
    Timer,
    /// A sync that the node asked for has reached the platter.
    Sync,
}

impl ServiceKind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Request, Self::Message, Self::Timer, Self::Sync];

    /// Its name in a scenario.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Message => "message",
            Self::Timer => "timer",
            Self::Sync => "sync",
        }
    }
}

/// How far a node's clock is off.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Clock {
    /// Nanoseconds ahead of simulated time; negative: behind.
    pub offset_ns: i64,
    /// How much faster it runs, in parts per million; negative: slower. Above -1,000,000.
    pub drift_ppm: f64,
}

/// The nodes' disks, all alike.
#[derive(Clone, Debug, PartialEq)]
pub struct Disk {
    /// How long a sync takes to reach the platter.
    pub sync: Latency,
    /// How long a read takes; `None`: no time, as if all were in the page cache.
    pub read: Option<Latency>,
    /// How many bytes a second it reads and syncs; `None`: their number costs nothing.
    pub bytes_per_second: Option<u64>,
}

/// The load balancer before the nodes: how it finds out who is well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Balancer {
    /// The time between two checks of a node.
    pub every: Duration,
    /// A check without an answer for so long has failed.
    pub timeout: Duration,
}

/// The links.
#[derive(Clone, Debug, PartialEq)]
pub struct Network {
    /// Between nodes, unless `links` says otherwise.
    pub nodes: Link,
    /// Between clients and nodes, both ways.
    pub clients: Link,
    /// Directed links between nodes that differ, by (from, to).
    pub links: BTreeMap<(NodeId, NodeId), Link>,
    /// What becomes of a request sent to a node that is down.
    pub dead: DeadNode,
}

/// How one directed link behaves.
#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    /// How long a message takes.
    pub latency: Latency,
    /// The share of messages lost, 0 to 1.
    pub loss: f64,
    /// The share of messages that arrive twice, 0 to 1.
    pub duplicate: f64,
    /// Whether messages can overtake each other.
    pub order: Order,
    /// How many bytes a second it takes in; `None`: the size of a message costs nothing.
    pub bytes_per_second: Option<u64>,
}

/// A distribution of latencies.
#[derive(Clone, Debug, PartialEq)]
pub enum Latency {
    /// Always the same.
    Constant(Duration),
    /// Every value between two is as likely.
    Uniform {
        /// The least.
        min: Duration,
        /// The most.
        max: Duration,
    },
    /// Exponential.
    Exponential {
        /// The mean.
        mean: Duration,
    },
    /// The logarithm is normal: many near the median, a long tail.
    Lognormal {
        /// Half are below.
        median: Duration,
        /// 99 of 100 are below.
        p99: Duration,
    },
    /// As it was measured: straight lines between quantiles.
    Quantiles(Quantiles),
}

impl From<Duration> for Latency {
    fn from(constant: Duration) -> Self {
        Self::Constant(constant)
    }
}

/// Whether messages on a link can overtake each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// They arrive in the order in which they were sent, as over one connection.
    Fifo,
    /// Each takes its own time.
    Free,
}

/// What becomes of a message to a node that is down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeadNode {
    /// The connection is refused; a client learns so after one round trip.
    Refused,
    /// It vanishes; a client waits for its timeout.
    Lost,
}
