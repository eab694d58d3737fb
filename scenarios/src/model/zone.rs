//! Zones: which nodes and clients are near each other, and what the links between zones are like.

use super::{Latency, Link, Order};
use node::{ClientId, NodeId};
use std::{collections::BTreeMap, fmt, str::FromStr};

/// The zones of a scenario, and the links that lead from one to another.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Zones {
    /// Each zone, in the order of the file.
    pub zones: Vec<Zone>,
    /// What is different about the links from one zone to another, by (from, to). Those that are not
    /// here are as within a zone.
    pub between: BTreeMap<(ZoneName, ZoneName), Crossing>,
}

/// Nodes and clients that are near each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone {
    /// What it is called.
    pub name: ZoneName,
    /// Its nodes, in order of their names. A node is in one zone at most.
    pub nodes: Vec<NodeId>,
    /// The sessions near it, in order of their names. A session is near one zone at most.
    pub clients: Vec<ClientId>,
}

/// What is different about the links from one zone to another, of nodes and of clients alike.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Crossing {
    /// How long a message takes.
    pub latency: Option<Latency>,
    /// The share of messages lost, 0 to 1.
    pub loss: Option<f64>,
    /// The share of messages that arrive twice, 0 to 1.
    pub duplicate: Option<f64>,
    /// Whether messages can overtake each other.
    pub order: Option<Order>,
    /// How many bytes a second it takes in.
    pub bytes_per_second: Option<u64>,
}

impl Zones {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.zones.is_empty()
    }

    /// The zone of this name.
    pub fn get(&self, name: ZoneName) -> Option<&Zone> {
        self.zones.iter().find(|zone| zone.name == name)
    }

    /// The nodes of a zone; none if there is no such zone.
    pub fn nodes(&self, name: ZoneName) -> &[NodeId] {
        self.get(name).map_or(&[], |zone| &zone.nodes)
    }

    /// The zone that a node is in.
    pub fn of_node(&self, node: NodeId) -> Option<ZoneName> {
        let is_in = |zone: &&Zone| zone.nodes.binary_search(&node).is_ok();
        self.zones.iter().find(is_in).map(|zone| zone.name)
    }

    /// The zone that a session is near.
    pub fn of_client(&self, client: ClientId) -> Option<ZoneName> {
        let is_near = |zone: &&Zone| zone.clients.binary_search(&client).is_ok();
        self.zones.iter().find(is_near).map(|zone| zone.name)
    }

    /// What is different about a link between two ends that are in, or near, these zones.
    pub fn crossing(&self, from: Option<ZoneName>, to: Option<ZoneName>) -> Option<&Crossing> {
        from.zip(to).and_then(|ends| self.between.get(&ends))
    }

    /// All of so many nodes, those in the client's zone first. Clients of one zone begin at different
    /// nodes of it. Nothing where there are no zones.
    pub fn nearest(&self, client: ClientId, nodes: usize) -> Vec<NodeId> {
        if self.is_empty() {
            return Vec::new();
        }
        let own = self.of_client(client);
        let all = (0..nodes).map(NodeId::from_index);
        let is_near = |node: &NodeId| own.is_some() && self.of_node(*node) == own;
        let (mut near, far): (Vec<_>, Vec<_>) = all.partition(is_near);
        if !near.is_empty() {
            let turn = client.index() % near.len();
            near.rotate_left(turn);
        }
        near.extend(far);
        near
    }

    /// The link between two nodes, which is like `nodes` within a zone.
    pub fn between_nodes(&self, from: NodeId, to: NodeId, nodes: &Link) -> Link {
        match self.crossing(self.of_node(from), self.of_node(to)) {
            Some(crossing) => crossing.over(nodes),
            None => nodes.clone(),
        }
    }

    /// The same with other names for nodes and clients, of which some are gone. A zone in which
    /// nobody is left is gone, too.
    #[must_use]
    pub fn renamed(
        self,
        node: impl Fn(NodeId) -> Option<NodeId>,
        client: impl Fn(ClientId) -> Option<ClientId>,
    ) -> Self {
        let Self { mut zones, mut between } = self;
        for zone in &mut zones {
            zone.nodes = zone.nodes.iter().copied().filter_map(&node).collect();
            zone.clients = zone.clients.iter().copied().filter_map(&client).collect();
            zone.nodes.sort();
            zone.clients.sort();
        }
        zones.retain(|zone| !zone.nodes.is_empty() || !zone.clients.is_empty());
        let is_left = |name: &ZoneName| zones.iter().any(|zone| zone.name == *name);
        between.retain(|(from, to), _| is_left(from) && is_left(to));
        Self { zones, between }
    }
}

impl Crossing {
    /// A link that is like `base` in what this does not state.
    pub fn over(&self, base: &Link) -> Link {
        let Self { latency, loss, duplicate, order, bytes_per_second } = self;
        Link {
            latency: latency.as_ref().unwrap_or(&base.latency).clone(),
            loss: loss.unwrap_or(base.loss),
            duplicate: duplicate.unwrap_or(base.duplicate),
            order: order.unwrap_or(base.order),
            bytes_per_second: bytes_per_second.or(base.bytes_per_second),
        }
    }

    /// The same where it states something, and otherwise as `other` does.
    #[must_use]
    pub fn or(self, other: &Self) -> Self {
        Self {
            latency: self.latency.or_else(|| other.latency.clone()),
            loss: self.loss.or(other.loss),
            duplicate: self.duplicate.or(other.duplicate),
            order: self.order.or(other.order),
            bytes_per_second: self.bytes_per_second.or(other.bytes_per_second),
        }
    }
}

/// What a zone is called: lower-case words joined by hyphens, 1 to 24 letters in all. It begins with
/// a letter, is no node's or client's name, and none of the words that steps have for nodes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ZoneName {
    /// Zeros follow the name.
    letters: [u8; LONGEST],
}

const LONGEST: usize = 24;

impl ZoneName {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        let length = self.letters.iter().position(|&letter| letter == 0).unwrap_or(LONGEST);
        std::str::from_utf8(&self.letters[..length]).expect("its letters are ASCII")
    }
}

impl FromStr for ZoneName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let is_word = |word: &str| {
            !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
        };
        let begins = text.bytes().next().is_some_and(|b| b.is_ascii_lowercase());
        if !begins || !text.split('-').all(is_word) || text.len() > LONGEST {
            return Err(format!(
                "`{text}` cannot be a zone's name: write lower-case words joined by hyphens, {LONGEST} letters at most"
            ));
        }
        let is_taken = crate::words::find(crate::words::ROLES, text).is_some()
            || [crate::words::CLIENTS, "balancer", "nodes"].contains(&text)
            || text.parse::<NodeId>().is_ok()
            || text.parse::<ClientId>().is_ok();
        if is_taken {
            return Err(format!("`{text}` cannot be a zone's name: it means something else"));
        }
        let mut letters = [0; LONGEST];
        letters[..text.len()].copy_from_slice(text.as_bytes());
        Ok(Self { letters })
    }
}

impl fmt::Display for ZoneName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for ZoneName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_zones_are_words_and_mean_nothing_else() {
        for name in ["east", "us-east1", "a", "exactly-24-letters-long-x"] {
            match name.parse::<ZoneName>() {
                Ok(zone) => assert_eq!(zone.to_string(), name),
                Err(_) => assert!(name.len() > LONGEST, "{name}"),
            }
        }
        for name in
            ["", "East", "1st", "-", "east-", "n1", "c2", "leader", "clients", "all", "östlich"]
        {
            assert!(name.parse::<ZoneName>().is_err(), "{name:?} was taken");
        }
    }

    #[test]
    fn a_zone_in_which_nobody_is_left_is_gone() {
        let zone = |name: &str, number| Zone {
            name: name.parse().unwrap(),
            nodes: vec![NodeId::new(number)],
            clients: Vec::new(),
        };
        let (east, west) = (zone("east", 1), zone("west", 2));
        let between = BTreeMap::from([((east.name, west.name), Crossing::default())]);
        let zones = Zones { zones: vec![east.clone(), west.clone()], between };
        assert_eq!(zones.clone().renamed(Some, Some), zones);
        let left = zones.renamed(|node| (node.index() == 0).then_some(node), Some);
        assert_eq!(left, Zones { zones: vec![east], ..Zones::default() });
    }
}
