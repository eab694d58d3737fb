//! The validated scenario: every name resolved, every number in range.
//!
//! Field names are those of the TOML file.

use node::{
    Key, NodeId, OperationKind, Setting, Value,
    client::{Retry, Route},
};
use std::{collections::BTreeMap, str::FromStr, time::Duration};

/// What is to happen, and what must come of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    /// Its name, in lower-case words joined by hyphens.
    pub name: String,
    /// What it shows, in one line.
    pub title: String,
    /// What to watch for, in two sentences.
    pub watch: String,
    /// The document it comes from, if any.
    pub source: Option<String>,
    /// The nodes.
    pub cluster: Cluster,
    /// How the system under test is set.
    pub system: SystemSettings,
    /// The links.
    pub network: Network,
    /// What clients do all the while, if they do anything.
    pub workload: Option<Workload>,
    /// Random faults, if there are any.
    pub nemesis: Option<Nemesis>,
    /// What happens when, in order of time.
    pub steps: Vec<Step>,
    /// How long it all takes.
    pub phases: Phases,
    /// The bounds that the checkers judge by.
    pub properties: Properties,
    /// For each system that the scenario is meant for, what must hold and what must not.
    pub expect: BTreeMap<String, Expectation>,
}

impl Scenario {
    /// A scenario in which nothing happens, for runs written as code: three phases of
    /// no length, default links, no bounds but the strictest.
    pub fn bare(name: &str, nodes: usize) -> Self {
        Self {
            name: name.to_owned(),
            title: name.to_owned(),
            watch: String::new(),
            source: None,
            cluster: Cluster { nodes, ..Cluster::default() },
            system: SystemSettings::default(),
            network: Network::default(),
            workload: None,
            nemesis: None,
            steps: Vec::new(),
            phases: Phases { run: Duration::ZERO, heal: true, settle: crate::defaults::SETTLE },
            properties: Properties::default(),
            expect: BTreeMap::new(),
        }
    }
}

/// The nodes.
#[derive(Clone, Debug, PartialEq)]
pub struct Cluster {
    /// How many, at least 1.
    pub nodes: usize,
    /// How long a node is busy with one event.
    pub service_time: Duration,
    /// Clocks that are off from the start, by node.
    pub clocks: BTreeMap<NodeId, Clock>,
}

/// How far a node's clock is off.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Clock {
    /// Nanoseconds ahead of simulated time; negative: behind.
    pub offset_ns: i64,
    /// How much faster it runs, in parts per million; negative: slower. Above -1,000,000.
    pub drift_ppm: f64,
}

/// How the system under test is set.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SystemSettings {
    /// The flaws that are switched on.
    pub flaws: Vec<String>,
    /// The settings that differ from the defaults.
    pub settings: BTreeMap<String, Setting>,
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

/// What clients do all the while.
#[derive(Clone, Debug, PartialEq)]
pub struct Workload {
    /// How many sessions, and what paces them.
    pub pace: Pace,
    /// From when.
    pub start: Duration,
    /// Until when no more operation is begun.
    pub stop: Duration,
    /// At most this many operations in all.
    pub operations: Option<u64>,
    /// The weight of each kind of operation; weights need not sum to 1.
    pub mix: BTreeMap<OperationKind, f64>,
    /// Which keys.
    pub keys: Keys,
    /// Where reads go.
    pub reads: Route,
    /// Where writes go.
    pub writes: Route,
    /// Timeouts and retries.
    pub retry: Retry,
}

/// What paces the sessions.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pace {
    /// Closed loop: each session begins its next operation when the last has ended.
    Closed {
        /// How many sessions.
        clients: usize,
        /// The pause between an end and the next beginning.
        think: Duration,
    },
    /// Open loop: operations begin at a rate, whatever became of the earlier ones.
    Open {
        /// How many a second, over all sessions; gaps are exponential.
        rate: f64,
        /// How many sessions they are dealt to. A session that is still busy
        /// queues the operation, and its latency counts from when it was due.
        clients: usize,
    },
}

/// Which keys a workload touches.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Keys {
    /// How many keys there are: `key1`, `key2`, and so on.
    pub count: u64,
    /// How often each is chosen.
    pub choice: KeyChoice,
}

/// How often each key is chosen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum KeyChoice {
    /// All alike.
    Uniform,
    /// The k-th most popular is chosen in proportion to 1 / k^exponent.
    Zipfian {
        /// 0 is uniform; 0.99 is the common choice. Not negative.
        exponent: f64,
    },
    /// A few keys get most operations.
    HotCold {
        /// The share of keys that are hot, 0 to 1.
        hot: f64,
        /// The share of operations that go to them, 0 to 1.
        share: f64,
    },
}

/// Random faults, drawn up front from the seed into explicit steps.
#[derive(Clone, Debug, PartialEq)]
pub struct Nemesis {
    /// From when.
    pub start: Duration,
    /// Until when.
    pub stop: Duration,
    /// Each kind of fault and how it comes.
    pub faults: Vec<RandomFault>,
}

/// One kind of random fault.
#[derive(Clone, Debug, PartialEq)]
pub struct RandomFault {
    /// Which kind.
    pub kind: RandomKind,
    /// How many a minute on average; gaps are exponential.
    pub per_minute: f64,
    /// How long each lasts: between the two, every value as likely.
    pub lasts: (Duration, Duration),
}

/// The kinds of fault that can come at random.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RandomKind {
    /// A node crashes, and restarts afterwards.
    Crash,
    /// A node stands still.
    Pause,
    /// The nodes are split into two sides.
    Partition,
    /// One node is cut off from the others.
    Isolate,
    /// One directed link is cut.
    OneWay,
    /// One directed link is slow, by 10 to 500 ms.
    SlowLink,
    /// Every link loses 5 to 30 of 100 messages.
    Loss,
    /// Every link doubles 5 to 30 of 100 messages.
    Duplicate,
    /// A node's clock jumps by up to 10 s, either way.
    ClockJump,
}

/// Something that happens at a moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// When.
    pub at: Duration,
    /// What.
    pub action: Action,
}

/// What a step does.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Kills a node's process: its memory is gone, its disk stays.
    Crash(Target),
    /// Boots a crashed node again.
    Restart(Target),
    /// Stops a node from doing anything; what reaches it waits.
    Pause(Target),
    /// Lets a paused node go on.
    Resume(Target),
    /// Splits the cluster: parties on different sides cannot reach each other.
    /// Nodes that no side names reach everyone; clients do too, unless a side names them.
    Partition(Vec<Vec<Party>>),
    /// Cuts nodes off from all other nodes; clients still reach them.
    Isolate(Target),
    /// Cuts what one node sends to another; the way back stays open.
    OneWay {
        /// The sender.
        from: Target,
        /// Who no longer hears it.
        to: Target,
    },
    /// Undoes every partition, isolation and one-way cut.
    HealNetwork,
    /// Adds latency to what one node sends to another, for a while.
    SlowLink {
        /// The sender.
        from: Target,
        /// The receiver.
        to: Target,
        /// How much is added.
        delay: Duration,
        /// For how long.
        lasts: Duration,
    },
    /// Makes every link between nodes lose messages, for a while.
    Loss {
        /// The share lost, 0 to 1.
        share: f64,
        /// For how long.
        lasts: Duration,
    },
    /// Makes every link between nodes double messages, for a while.
    Duplicate {
        /// The share doubled, 0 to 1.
        share: f64,
        /// For how long.
        lasts: Duration,
    },
    /// Moves a node's clock.
    ClockJump {
        /// Whose.
        node: Target,
        /// By how many nanoseconds; negative: back.
        by_ns: i64,
    },
    /// A client stores a value.
    Put {
        /// Where.
        key: Key,
        /// What.
        value: Value,
        /// At which node.
        to: Target,
    },
    /// A client reads a key.
    Get {
        /// Which.
        key: Key,
        /// At which node.
        from: Target,
    },
    /// A client removes a key.
    Delete {
        /// Which.
        key: Key,
        /// At which node.
        to: Target,
    },
    /// A client lists the keys.
    ListKeys {
        /// At which node.
        from: Target,
    },
    /// A client stores a value if the key holds another.
    CompareAndSet {
        /// Where.
        key: Key,
        /// What must be there; `None`: nothing.
        expected: Option<Value>,
        /// What is stored.
        new: Value,
        /// At which node.
        to: Target,
    },
}

/// Which node or nodes a step is aimed at; roles are resolved when it strikes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// This one.
    Node(NodeId),
    /// Whoever leads, or would by configuration if no running node leads.
    Leader,
    /// One follower, drawn by the seed.
    Follower,
    /// One node, drawn by the seed.
    Any,
    /// Every node.
    All,
}

impl FromStr for Target {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "leader" => Ok(Self::Leader),
            "follower" => Ok(Self::Follower),
            "any" => Ok(Self::Any),
            "all" => Ok(Self::All),
            node => node.parse().map(Self::Node),
        }
    }
}

/// A member of one side of a partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Party {
    /// A node, or a role.
    Node(Target),
    /// Every client.
    Clients,
}

/// How long it all takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Phases {
    /// How long steps and workload run.
    pub run: Duration,
    /// Whether everything is healed afterwards: links, clocks, paused and crashed nodes.
    pub heal: bool,
    /// How long the cluster then has to settle before its replicas are read.
    pub settle: Duration,
}

/// The bounds that the checkers judge by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Properties {
    /// How old what a read returns may be.
    pub max_staleness: Duration,
    /// The least share of operations that must be answered, 0 to 1.
    pub min_availability: f64,
}

/// A property that a checker judges.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Property {
    /// After healing and quiet, all replicas hold the same.
    Convergence,
    /// No acknowledged write is lost from every replica.
    Durability,
    /// No read returns a value that was overwritten longer ago than the bound.
    Staleness,
    /// Enough operations are answered.
    Availability,
}

impl Property {
    /// Every property, in the order in which reports show them.
    pub const ALL: [Self; 4] =
        [Self::Convergence, Self::Durability, Self::Staleness, Self::Availability];

    /// Its name in scenarios and reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Convergence => "convergence",
            Self::Durability => "durability",
            Self::Staleness => "staleness",
            Self::Availability => "availability",
        }
    }

    /// What it promises, in one line.
    pub const fn summary(self) -> &'static str {
        match self {
            Self::Convergence => "after healing and quiet, all replicas hold the same",
            Self::Durability => "no acknowledged write is lost from every replica",
            Self::Staleness => "no read returns what was overwritten longer ago than the bound",
            Self::Availability => "enough operations are answered",
        }
    }
}

/// What must come of a scenario on one system.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expectation {
    /// The properties that must hold.
    pub holds: Vec<Property>,
    /// The properties that must be violated.
    pub violated: Vec<Property>,
}
