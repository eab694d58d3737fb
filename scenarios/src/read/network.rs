//! `[network]`: how links behave.

use super::{
    disk::bytes_per_second, latency::latency, number, scope::Scope, section::Section, zones,
};
use crate::{
    Crossing, Link, Network, Zones,
    words::{DEAD_NODES, ORDERS},
};
use node::NodeId;
use std::collections::{BTreeMap, BTreeSet};

pub(super) const LINK: &[&str] = &["latency", "loss", "duplicate", "order", "bytes_per_second"];
const DIRECTED_LINK: &[&str] =
    &["from", "to", "latency", "loss", "duplicate", "order", "bytes_per_second"];

/// The links, and the zones with what lies between them.
pub(super) fn network(root: &Section<'_>, scope: &Scope<'_>) -> (Network, Zones) {
    let fields = &["dead", "nodes", "clients", "between", "link"];
    let section = root.section("network", "[network]", fields);
    let default = Network::default();
    let dead = section.get("dead").and_then(|item| item.word("fate of messages", DEAD_NODES));
    let nodes = link(&section.section("nodes", "[network.nodes]", LINK), &default.nodes);
    let clients = link(&section.section("clients", "[network.clients]", LINK), &default.clients);
    let between = zones::between(&section, scope);
    let zones = Zones { zones: scope.zones.clone(), between };
    let links = links(&section, &nodes, &zones, scope);
    (Network { nodes, clients, links, dead: dead.unwrap_or(default.dead) }, zones)
}

/// The links that are described one by one: in what they state, they differ from what holds
/// between all nodes, or between the zones of their ends.
fn links(
    section: &Section<'_>,
    nodes: &Link,
    zones: &Zones,
    scope: &Scope<'_>,
) -> BTreeMap<(NodeId, NodeId), Link> {
    let mut links = BTreeMap::new();
    for section in section.tables("link", "[[network.link]]", DIRECTED_LINK) {
        let ends = |field, example| {
            let item = section.required(field, example)?;
            Some((item, scope.fixed_nodes(item)?))
        };
        let (from, to) = (ends("from", "\"n1\""), ends("to", "\"n3\""));
        let stated = stated(&section);
        let (Some((_, from)), Some((to_item, to))) = (from, to) else {
            continue;
        };
        let pairs = from.iter().flat_map(|from| to.iter().map(move |to| (*from, *to)));
        let pairs: BTreeSet<_> = pairs.filter(|(from, to)| from != to).collect();
        if pairs.is_empty() {
            to_item.mistake(
                match &to[..] {
                    [to] => {
                        format!("a link leads from one node to another, not from `{to}` to itself")
                    }
                    _ => "no link leads from one of these nodes to another of them".to_owned(),
                },
                "the same node",
                "name another node",
            );
        }
        for (from, to) in pairs {
            let link = stated.over(&zones.between_nodes(from, to, nodes));
            if links.insert((from, to), link).is_some() {
                section.mistakes().add(
                    section.span(),
                    format!("the link from `{from}` to `{to}` is described twice"),
                    "described before",
                    "join the two into one [[network.link]]",
                );
                break;
            }
        }
    }
    links
}

/// A link as the section describes it, like `base` where it says nothing.
fn link(section: &Section<'_>, base: &Link) -> Link {
    stated(section).over(base)
}

/// What the section states of a link.
pub(super) fn stated(section: &Section<'_>) -> Crossing {
    let share = |field| section.get(field).and_then(|item| item.number(&number::SHARE));
    Crossing {
        latency: section.get("latency").and_then(latency),
        loss: share("loss"),
        duplicate: share("duplicate"),
        order: section.get("order").and_then(|item| item.word("order", ORDERS)),
        bytes_per_second: bytes_per_second(section),
    }
}
