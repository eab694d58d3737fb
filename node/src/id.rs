//! Names of the parties: nodes, clients and the requests between them.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use std::{fmt, str::FromStr};

/// Names a store node: `n1`, `n2`, and so on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(u32);

impl NodeId {
    /// Names the node with this number, counted from 1.
    ///
    /// # Panics
    ///
    /// Panics on 0: node names start at `n1`.
    pub fn new(number: u32) -> Self {
        assert!(number > 0, "node names start at n1");
        Self(number)
    }

    /// Names the node at this position, counted from 0.
    pub fn from_index(index: usize) -> Self {
        Self(u32::try_from(index).expect("a cluster has fewer than 2^32 nodes") + 1)
    }

    /// The node's position, counted from 0: the index into per-node tables.
    pub fn index(self) -> usize {
        self.0 as usize - 1
    }
}

impl fmt::Display for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "n{}", self.0)
    }
}

impl FromStr for NodeId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.strip_prefix('n').map(str::parse::<u32>) {
            Some(Ok(number)) if number > 0 && !text.starts_with("n0") && !text.contains('+') => {
                Ok(Self(number))
            }
            _ => Err(format!("`{text}` is not a node name; nodes are n1, n2, ...")),
        }
    }
}

impl Serialize for NodeId {
    /// Writes the name where people read it, the number elsewhere.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(self)
        } else {
            serializer.serialize_u32(self.0)
        }
    }
}

impl<'de> Deserialize<'de> for NodeId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let node = if deserializer.is_human_readable() {
            String::deserialize(deserializer)?.parse()
        } else {
            match u32::deserialize(deserializer)? {
                0 => Err("node numbers start at 1".to_owned()),
                number => Ok(Self(number)),
            }
        };
        node.map_err(D::Error::custom)
    }
}

/// Names a client session: `c1`, `c2`, and so on; `c0` is the scenario's own script.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ClientId(u32);

impl ClientId {
    /// The session that carries out the operations among a scenario's steps.
    pub const SCRIPT: Self = Self(0);

    /// Names the session with this number.
    pub fn new(number: u32) -> Self {
        Self(number)
    }

    /// The session's number: the index into per-client tables.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

impl fmt::Display for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "c{}", self.0)
    }
}

impl FromStr for ClientId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        // Written in one way only, as a session's name stands in the names of its streams.
        let number = text.strip_prefix('c').and_then(|digits| digits.parse().ok().map(Self));
        number
            .filter(|client: &Self| client.to_string() == text)
            .ok_or_else(|| format!("{text:?} is not a client session's name, such as \"c1\""))
    }
}

/// Names one attempt at one operation of one client.
///
/// `sequence` stays the same over all attempts at an operation, so a system may
/// use (client, sequence) to apply a retried write once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RequestId {
    /// Who asks.
    pub client: ClientId,
    /// Which attempt at the operation this is, counted from 0.
    pub attempt: u32,
    /// Which operation of the client this is, counted from 0.
    pub sequence: u64,
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", self.client, self.sequence)?;
        if self.attempt > 0 {
            write!(f, ".{}", self.attempt)?;
        }
        Ok(())
    }
}
