//! Names of the parties: nodes, clients and the requests between them.

use rand::RngCore;
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error as _, SeqAccess, Visitor},
};
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
///
/// The low 2^32 are numbers that somebody dealt: who runs all the clients counts them. A client
/// that knows of no other draws its name at random from the rest, by [`ClientId::random`]. Who has
/// no session at all is [`ClientId::ANONYMOUS`].
///
/// In JSON it is its number. Elsewhere it takes the 32 bits of a session's number, or, above those, 32 bits
/// that are all set and then its 64.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClientId(u64);

/// Stands before the names that do not fit into 32 bits.
const ESCAPE: u32 = u32::MAX;

impl ClientId {
    /// The session that carries out the operations among a scenario's steps.
    pub const SCRIPT: Self = Self(0);

    /// Whoever has no session. No two requests of theirs have to do with each other: each is
    /// carried out, and none is answered with what came of another.
    pub const ANONYMOUS: Self = Self(u64::MAX);

    /// Names the session with this number.
    pub const fn new(number: u32) -> Self {
        Self(number as u64)
    }

    /// The name with this number, whoever's it is.
    pub const fn from_number(number: u64) -> Self {
        Self(number)
    }

    /// Draws a name from those that nobody deals out: neither a session's number nor
    /// [`ClientId::ANONYMOUS`]. Among a million clients the chance that two draw the same is
    /// 1 in 37 million.
    pub fn random(rng: &mut (impl RngCore + ?Sized)) -> Self {
        loop {
            let drawn = Self(rng.next_u64());
            if !drawn.is_numbered() && !drawn.is_anonymous() {
                return drawn;
            }
        }
    }

    /// Its number.
    pub const fn number(self) -> u64 {
        self.0
    }

    /// Whether it is a session's number, one of the low 2^32.
    pub const fn is_numbered(self) -> bool {
        self.0 <= u32::MAX as u64
    }

    /// Whether it stands for whoever has no session.
    pub const fn is_anonymous(self) -> bool {
        self.0 == Self::ANONYMOUS.0
    }

    /// The session's number: the index into per-client tables. Only
    /// [numbered](Self::is_numbered) sessions have a place in one.
    pub fn index(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
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

impl Serialize for ClientId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            return serializer.serialize_u64(self.0);
        }
        match u32::try_from(self.0) {
            Ok(number) if number != ESCAPE => serializer.serialize_u32(number),
            _ => (ESCAPE, self.0).serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for ClientId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            u64::deserialize(deserializer).map(Self)
        } else {
            deserializer.deserialize_tuple(2, Escaped)
        }
    }
}

/// Reads a name of 32 bits, and 64 more behind the escape.
struct Escaped;

impl<'de> Visitor<'de> for Escaped {
    type Value = ClientId;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a client's name")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<ClientId, A::Error> {
        let lacks = |_| A::Error::custom("a client's name is cut short");
        let short: u32 = parts.next_element()?.ok_or(()).map_err(lacks)?;
        if short != ESCAPE {
            return Ok(ClientId::new(short));
        }
        let long: u64 = parts.next_element()?.ok_or(()).map_err(lacks)?;
        if long < u64::from(ESCAPE) {
            return Err(A::Error::custom("a client's name is written longer than it is"));
        }
        Ok(ClientId(long))
    }
}

/// Names one attempt at one operation of one client.
///
/// `sequence` stays the same over all attempts at an operation, so a system may
/// use (client, sequence) to apply a retried write once. A client asks in the order of
/// its sequences, and has one under way at a time. Whoever is [anonymous](ClientId::ANONYMOUS) has no retries:
/// the node that is asked [numbers](Anonymous) their requests, and another node may have
/// given another request the same name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RequestId {
    /// Who asks.
    pub client: ClientId,
    /// Which attempt at the operation this is, counted from 0.
    pub attempt: u32,
    /// Which operation of the client this is, counted from 0.
    pub sequence: u64,
}

/// Numbers the requests of callers who have no session, for one life of one node.
///
/// It does not begin at 0 but at a number that is drawn: what another node says to an earlier life
/// of this one must fit no request of the present one.
#[derive(Debug)]
pub struct Anonymous {
    next: u64,
}

impl Anonymous {
    /// Begins to number.
    pub fn new(rng: &mut (impl RngCore + ?Sized)) -> Self {
        Self { next: rng.next_u64() }
    }

    /// The name of the next request.
    pub fn next_request(&mut self) -> RequestId {
        let sequence = self.next;
        self.next = self.next.wrapping_add(1);
        RequestId { client: ClientId::ANONYMOUS, attempt: 0, sequence }
    }
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

#[cfg(test)]
mod tests;
