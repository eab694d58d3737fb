//! What an API may ask of the node behind it.
//!
//! APIs speak HTTP, gRPC or a text protocol, and know nothing of how a node is hosted; a host knows
//! nothing of how they put things into words.

use crate::api::discovery::Announce;
use node::{Answer, NodeId, Operation, Role, Setting, SystemInfo, Version, Waits};
use std::{collections::BTreeMap, future::Future, net::SocketAddr, time::Duration};

/// What an API may ask of the node behind it. To clone one is cheap; each connection has its own.
pub trait Ask: Clone + Send + Sync + 'static {
    /// Has the node carry out an operation of a caller without a session; resolves when it answers.
    ///
    /// # Errors
    ///
    /// [`NoAnswer`]; the operation may have taken effect then, or take effect yet.
    fn ask(&self, operation: Operation) -> impl Future<Output = Result<Answer, NoAnswer>> + Send;

    /// How the node is right now, asked between two events.
    ///
    /// # Errors
    ///
    /// [`NoAnswer`].
    fn look(&self) -> impl Future<Output = Result<View, NoAnswer>> + Send;

    /// What does not change: which system, which node, who the others are.
    fn about(&self) -> &About;

    /// What the host counts, for `GET /metrics`.
    fn metrics(&self) -> Vec<Metric> {
        Vec::new()
    }

    /// The secret that whoever asks has to know, if there is one.
    fn secret(&self) -> Option<&str> {
        None
    }

    /// Hands the node a message that came in a protocol of its system's document and not from a peer of
    /// ours: the node's `Message` in postcard, as on the [wire](crate::wire). Its sender counts as the
    /// node itself, since such protocols do not say who speaks. None comes where there is a secret, which
    /// they do not carry.
    ///
    /// # Errors
    ///
    /// [`NotTaken`], of a host that does not do this.
    fn hand(&self, message: Vec<u8>) -> impl Future<Output = Result<(), NotTaken>> + Send {
        drop(message);
        async { Err(NotTaken("this node takes messages of its peers' own connections alone")) }
    }

    /// Makes a copy of what the node keeps; resolves to where it is.
    ///
    /// # Errors
    ///
    /// Why there is none, in a sentence.
    fn back_up(&self) -> impl Future<Output = Result<String, String>> + Send {
        async { Err("this node makes no backups: stop it and copy its data directory".to_owned()) }
    }

    /// The members that [discovery](crate::api::discovery) knows of; `None` without discovery.
    fn discovered(&self) -> Option<Vec<Announce>> {
        None
    }
}

/// Why a host did not do what it need not: a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotTaken(pub &'static str);

/// Something that a host counts or measures.
#[derive(Clone, Debug, PartialEq)]
pub struct Metric {
    /// Its name: letters, digits and underscores, `_total` at the end of a counter's.
    pub name: &'static str,
    /// What it is, in one line.
    pub help: &'static str,
    /// How it may change.
    pub kind: MetricKind,
    /// What it is now: for each set of labels, by name and value, one number.
    pub samples: Vec<(Vec<(&'static str, String)>, f64)>,
}

/// How a metric may change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetricKind {
    /// It only grows while the process lives.
    Counter,
    /// It goes up and down.
    Gauge,
}

/// Why a node did not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoAnswer {
    /// It did not within [`About::timeout`].
    #[error("the node did not answer in time; what was asked may have been done or not")]
    TooLate,
    /// It is about to stop, or has stopped.
    #[error("the node is stopping; ask another one")]
    Stopping,
}

/// How a node is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// The part it plays.
    pub role: Role,
    /// Which group of replicas it is of.
    pub group: u32,
    /// Whether it serves at all.
    pub serves: bool,
    /// What it waits for.
    pub waits: Waits,
    /// How many keys a client could read from it.
    pub entries: u64,
    /// The highest version that it has held since it booted; the first one, which nothing has, if none.
    pub version: Version,
}

/// What does not change while a node runs.
#[derive(Clone, Debug)]
pub struct About {
    /// The system.
    pub system: &'static SystemInfo,
    /// Which node.
    pub id: NodeId,
    /// Every node and where it listens, this one among them, in order.
    pub members: Vec<(NodeId, SocketAddr)>,
    /// The flaws that are switched on, by name.
    pub flaws: Vec<String>,
    /// The settings that differ from the system's defaults, by name.
    pub settings: BTreeMap<String, Setting>,
    /// How long an API waits for an answer.
    pub timeout: Duration,
}
