//! What an API may ask of the node behind it.
//!
//! APIs speak HTTP, gRPC or a text protocol, and know nothing of how a node is hosted; a host knows
//! nothing of how they put things into words.

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
