//! Who calls whom.

use node::NodeId;
use serde::{Deserialize, Serialize};

/// What a connection of ours begins with.
pub const PREAMBLE: [u8; 4] = *b"SDBD";

/// Which version of the protocol this is. Two that differ refuse each other.
pub const VERSION: u16 = 1;

/// The longest hello or greeting, in bytes: who has not said who they are gets no more room.
pub const HELLO_MAX: usize = 4096;

/// The first frame of a connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// The [`VERSION`] of who calls.
    pub version: u16,
    /// The system, by name.
    pub system: String,
    /// Who calls.
    pub caller: Caller,
    /// The node that is called.
    pub to: NodeId,
    /// The secret of the cluster, if it has one.
    pub secret: Option<String>,
}

/// Who calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Caller {
    /// Another node of the cluster.
    Peer(NodeId),
    /// A client.
    Client,
    /// Who started the process to look at it; refused unless the process was started so.
    Conductor,
}

/// What is said to a hello.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Greeting {
    /// Go on.
    Welcome,
    /// No, and why.
    Refused(String),
}
