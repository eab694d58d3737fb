//! `[network]`: how links behave.

use super::{disk::bytes_per_second, latency::latency, number, scope::Scope, section::Section};
use crate::{
    Link, Network,
    words::{DEAD_NODES, ORDERS},
};
use node::NodeId;
use std::collections::BTreeMap;

const LINK: &[&str] = &["latency", "loss", "duplicate", "order", "bytes_per_second"];
const DIRECTED_LINK: &[&str] =
    &["from", "to", "latency", "loss", "duplicate", "order", "bytes_per_second"];

pub(super) fn network(root: &Section<'_>, scope: &Scope<'_>) -> Network {
    let section = root.section("network", "[network]", &["dead", "nodes", "clients", "link"]);
    let default = Network::default();
    let dead = section.get("dead").and_then(|item| item.word("fate of messages", DEAD_NODES));
    let nodes = link(&section.section("nodes", "[network.nodes]", LINK), &default.nodes);
    let clients = link(&section.section("clients", "[network.clients]", LINK), &default.clients);
    let links = links(&section, &nodes, scope);
    Network { nodes, clients, links, dead: dead.unwrap_or(default.dead) }
}

fn links(
    section: &Section<'_>,
    nodes: &Link,
    scope: &Scope<'_>,
) -> BTreeMap<(NodeId, NodeId), Link> {
    let mut links = BTreeMap::new();
    for section in section.tables("link", "[[network.link]]", DIRECTED_LINK) {
        let node = |field, example| {
            let item = section.required(field, example)?;
            let name = item.text(example)?;
            Some((name, scope.node(name)?))
        };
        let (from, to) = (node("from", "\"n1\""), node("to", "\"n3\""));
        let link = link(&section, nodes);
        let (Some((_, from)), Some((to_name, to))) = (from, to) else {
            continue;
        };
        if from == to {
            section.mistakes().add(
                to_name.span(),
                format!("a link leads from one node to another, not from `{to}` to itself"),
                "the same node",
                "name another node",
            );
        } else if links.insert((from, to), link).is_some() {
            section.mistakes().add(
                section.span(),
                format!("the link from `{from}` to `{to}` is described twice"),
                "described before",
                "join the two into one [[network.link]]",
            );
        }
    }
    links
}

/// A link as the section describes it, like `base` where it says nothing.
fn link(section: &Section<'_>, base: &Link) -> Link {
    let latency = section.get("latency").and_then(latency);
    let order = section.get("order").and_then(|item| item.word("order", ORDERS));
    Link {
        latency: latency.unwrap_or_else(|| base.latency.clone()),
        loss: section.number("loss", &number::SHARE, base.loss),
        duplicate: section.number("duplicate", &number::SHARE, base.duplicate),
        order: order.unwrap_or(base.order),
        bytes_per_second: bytes_per_second(section).or(base.bytes_per_second),
    }
}
