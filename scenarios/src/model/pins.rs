//! What is stated of links and messages in place of what the seed would draw.

use node::{ClientId, NodeId};
use std::{fmt, str::FromStr, time::Duration};

/// What is pinned of a run. Everything else is drawn as if nothing were.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pins {
    /// How long every message takes, on links that have no pin of their own.
    pub latency: Option<Duration>,
    /// Directed links whose messages all take the same time.
    pub links: Vec<LinkPin>,
    /// Single messages.
    pub messages: Vec<MessagePin>,
}

impl Pins {
    /// Whether nothing is pinned.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A directed link whose messages all take the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LinkPin {
    /// The sender.
    pub from: LinkEnd,
    /// The receiver.
    pub to: LinkEnd,
    /// How long each message takes, above zero.
    pub latency: Duration,
}

/// What becomes of one message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MessagePin {
    /// The sender.
    pub from: LinkEnd,
    /// The receiver.
    pub to: LinkEnd,
    /// Which of those that the link was given, counted from 1; copies do not count.
    pub number: u64,
    /// What becomes of it.
    pub fate: Fate,
    /// How long it takes; `None`: as drawn. On a link that keeps order it does not overtake.
    pub after: Option<Duration>,
    /// How long its copy takes, if it is doubled; `None`: as drawn.
    pub copy_after: Option<Duration>,
}

/// What becomes of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It arrives once.
    Kept,
    /// It does not arrive.
    Lost,
    /// It arrives twice.
    Doubled,
}

/// One end of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LinkEnd {
    /// A node.
    Node(NodeId),
    /// A client session.
    Client(ClientId),
    /// The load balancer.
    Balancer,
}

const BALANCER: &str = "balancer";

impl fmt::Display for LinkEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Node(node) => node.fmt(f),
            Self::Client(client) => client.fmt(f),
            Self::Balancer => f.write_str(BALANCER),
        }
    }
}

impl FromStr for LinkEnd {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            BALANCER => Ok(Self::Balancer),
            client if client.starts_with('c') => match client.parse::<ClientId>()? {
                client if client.is_numbered() => Ok(Self::Client(client)),
                client => Err(format!("`{client}` is no session of a run: its number is too high")),
            },
            node => node.parse().map(Self::Node),
        }
    }
}
