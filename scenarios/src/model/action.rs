//! What a step does, and to whom.

use super::ZoneName;
use node::{ClientId, Key, NodeId, Value};
use std::{str::FromStr, time::Duration};

/// Something that happens at a moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// When.
    pub at: Duration,
    /// What.
    pub action: Action,
    /// The session that carries it out, if it is an operation; `None`: one that is idle.
    pub client: Option<ClientId>,
    /// Whether chance drew it: then it may touch nothing, as chance has it, and is no defect.
    pub random: bool,
}

impl Step {
    /// A step that nobody drew, by any session.
    pub fn new(at: Duration, action: Action) -> Self {
        Self { at, action, client: None, random: false }
    }
}

/// What a step does.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Kills a node's process: its memory is gone, its disk stays.
    Crash(Target),
    /// Takes a node's power: its memory is gone, and of what it had written and not
    /// synced, any part may be lost, torn or kept, as the seed has it.
    PowerLoss(Target),
    /// Boots a node that is down again.
    Restart(Target),
    /// Crashes and boots every node, one after the other.
    RollingRestart {
        /// How long each is down.
        down: Duration,
        /// How long all are up before the next goes down.
        gap: Duration,
    },
    /// Ends a node's process, and boots it as another version of the system: set by
    /// [`SystemSettings::next`](crate::SystemSettings::next), or again as at the start.
    Install {
        /// Which.
        node: Target,
        /// As what.
        release: Release,
        /// How long it is down.
        down: Duration,
    },
    /// Installs the next version on every node, one after the other.
    RollingUpgrade {
        /// How long each is down.
        down: Duration,
        /// How long all are up before the next goes down.
        gap: Duration,
    },
    /// Makes a node take longer for everything, for a while.
    SlowNode {
        /// Which.
        node: Target,
        /// How many times as long; above 1.
        factor: f64,
        /// For how long.
        lasts: Duration,
    },
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
    /// Splits the other nodes into two halves that cannot reach each other, while this
    /// one reaches both.
    Bridge(Target),
    /// Cuts a link in both directions and mends it again, over and over, for a while.
    FlappingLink {
        /// One end.
        from: Target,
        /// The other.
        to: Target,
        /// How long each cut lasts, and each mend.
        period: Duration,
        /// For how long.
        lasts: Duration,
    },
    /// Undoes every partition, isolation, bridge and one-way cut.
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
    /// Adds latency to every link between nodes, for a while.
    DelaySpike {
        /// How much is added.
        delay: Duration,
        /// For how long.
        lasts: Duration,
    },
    /// Lets messages overtake each other, for a while: each takes up to `spread` longer,
    /// whatever order its link promises.
    Reorder {
        /// How much longer at most.
        spread: Duration,
        /// For how long.
        lasts: Duration,
        /// Which links.
        links: Links,
    },
    /// Makes every link of a kind lose messages, for a while.
    Loss {
        /// The share lost, 0 to 1.
        share: f64,
        /// For how long.
        lasts: Duration,
        /// Which links.
        links: Links,
    },
    /// Makes every link of a kind double messages, for a while.
    Duplicate {
        /// The share doubled, 0 to 1.
        share: f64,
        /// For how long.
        lasts: Duration,
        /// Which links.
        links: Links,
    },
    /// Makes a node's syncs take longer, for a while.
    SlowDisk {
        /// Whose.
        node: Target,
        /// How many times as long; above 1.
        factor: f64,
        /// For how long.
        lasts: Duration,
    },
    /// Lets a node's disk take no more bytes, for a while.
    FullDisk {
        /// Whose.
        node: Target,
        /// For how long.
        lasts: Duration,
    },
    /// Makes a node's writes and syncs fail, for a while.
    DiskErrors {
        /// Whose.
        node: Target,
        /// The share that fails, 0 to 1.
        share: f64,
        /// For how long.
        lasts: Duration,
        /// Whether that share of its reads fails too.
        reads: bool,
    },
    /// Flips a few bits on a node's platter.
    BitRot(Target),
    /// Whoever leads is asked to let a node vote, until the change is under way or pointless.
    Join(Target),
    /// Whoever leads is asked to let a node vote no longer, until the change is under way or
    /// pointless. Healing asks for everyone who has left to be let in again.
    Leave(Target),
    /// Boots a node for the first time that was not there at the start. Where voters can change, whoever
    /// leads is asked to let it vote.
    Start(Target),
    /// A node leaves for good: where voters can change, whoever leads is asked to let it vote no longer; then its
    /// process ends, and nothing brings it back.
    Retire(Target),
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
    /// A fault that would stand until it is repaired ends of itself after a while. One of those
    /// that [`Action::can_last`] names.
    Lasting {
        /// The fault.
        action: Box<Self>,
        /// For how long.
        lasts: Duration,
    },
}

impl Action {
    /// The same fault, ending of itself after a while.
    #[must_use]
    pub fn lasting(self, lasts: Duration) -> Self {
        Self::Lasting { action: Box::new(self), lasts }
    }

    /// Whether this is a fault that stands until it is repaired, so that it can be given an end
    /// of its own.
    pub const fn can_last(&self) -> bool {
        matches!(
            self,
            Self::Crash(_)
                | Self::PowerLoss(_)
                | Self::Pause(_)
                | Self::Partition(_)
                | Self::Isolate(_)
                | Self::OneWay { .. }
                | Self::Bridge(_)
                | Self::ClockJump { .. }
        )
    }
}

/// How a node of the system is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Release {
    /// As at the start.
    First,
    /// As those that have been upgraded.
    Next,
}

/// Which links a disturbance of all of them means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Links {
    /// Those between nodes.
    #[default]
    Nodes,
    /// Those between clients, or the load balancer, and nodes.
    Clients,
    /// Both.
    All,
    /// Those that lead from one zone to another, of nodes and clients alike.
    BetweenZones,
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
    /// The fewest nodes that outnumber the others, the leader among them.
    Majority,
    /// The nodes that a majority leaves over: followers, drawn by the seed.
    Minority,
    /// The nodes of this zone.
    Zone(ZoneName),
}

impl FromStr for Target {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "leader" => Ok(Self::Leader),
            "follower" => Ok(Self::Follower),
            "any" => Ok(Self::Any),
            "all" => Ok(Self::All),
            "majority" => Ok(Self::Majority),
            "minority" => Ok(Self::Minority),
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
