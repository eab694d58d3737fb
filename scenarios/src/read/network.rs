//! `[network]`: how links behave.

use super::{
    item::{Item, Tagged, Zero},
    number,
    scope::Scope,
    section::Section,
};
use crate::{
    Latency, Link, Network,
    words::{self, DEAD_NODES, ORDERS, Words},
};
use node::NodeId;
use std::collections::BTreeMap;

const LINK: &[&str] = &["latency", "loss", "duplicate", "order"];
const DIRECTED_LINK: &[&str] = &["from", "to", "latency", "loss", "duplicate", "order"];

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
    }
}

type Distribution = fn(Item<'_>) -> Option<Latency>;

const DISTRIBUTIONS: &Words<(Distribution, &str)> = &[
    ("constant", (constant, "\"500us\"")),
    ("uniform", (uniform, "{ min = \"1ms\", max = \"5ms\" }")),
    ("exponential", (exponential, "{ mean = \"1ms\" }")),
    ("lognormal", (lognormal, "{ median = \"500us\", p99 = \"2ms\" }")),
];

fn latency(item: Item<'_>) -> Option<Latency> {
    // A bare time is the short form of a constant; a bare name lacks its numbers.
    let is_name = |name: &str| words::find(DISTRIBUTIONS, name).is_some();
    if item.is_text() && !is_name(item.text("\"500us\"")?.text) {
        return constant(item);
    }
    let example = "{ lognormal = { median = \"500us\", p99 = \"2ms\" } }";
    let tagged: Tagged<'_, (Distribution, &str)> =
        item.tagged("latency distribution", example, DISTRIBUTIONS)?;
    let (read, example) = tagged.meaning;
    read(tagged.payload(example)?)
}

fn constant(item: Item<'_>) -> Option<Latency> {
    item.duration(Zero::Meaningless).map(Latency::Constant)
}

fn uniform(item: Item<'_>) -> Option<Latency> {
    let section = item.section("`uniform`", &["min", "max"]);
    let min = section.required("min", "\"1ms\"").and_then(|item| item.duration(Zero::Allowed));
    let max_item = section.required("max", "\"5ms\"");
    let max = max_item.and_then(|item| item.duration(Zero::Meaningless));
    let (min, max) = (min?, max?);
    if min > max {
        max_item?.mistake(
            "`max` must not be less than `min`",
            format!("less than {}", humantime::format_duration(min)),
            "exchange the two",
        );
    }
    Some(Latency::Uniform { min, max })
}

fn exponential(item: Item<'_>) -> Option<Latency> {
    let section = item.section("`exponential`", &["mean"]);
    let mean = section.required("mean", "\"1ms\"")?.duration(Zero::Meaningless)?;
    Some(Latency::Exponential { mean })
}

fn lognormal(item: Item<'_>) -> Option<Latency> {
    let section = item.section("`lognormal`", &["median", "p99"]);
    let positive = |item: Item<'_>| item.duration(Zero::Meaningless);
    let median = section.required("median", "\"500us\"").and_then(positive);
    let p99_item = section.required("p99", "\"2ms\"");
    let p99 = p99_item.and_then(positive);
    let (median, p99) = (median?, p99?);
    if p99 < median {
        p99_item?.mistake(
            "`p99` must not be less than `median`",
            format!("less than {}", humantime::format_duration(median)),
            "99 of 100 messages take at most `p99`, and half of them at most `median`: raise `p99`",
        );
    }
    Some(Latency::Lognormal { median, p99 })
}
