//! What a plan says beside a scenario: its schema, its seed, its system, and since when it is mended.

use super::{
    item::{Item, Zero},
    mistakes::Mistakes,
    operation::session,
    scope::Scope,
    section::Section,
};
use crate::{Fate, LinkEnd, LinkPin, MessagePin, Pins, Property, SCHEMA, words::FATES};
use node::SystemInfo;
use std::collections::BTreeSet;
use toml::de::DeTable;

/// Notes that the file is of a newer schema, of which nothing else can be said.
pub(super) fn is_newer(document: &DeTable<'_>, mistakes: &Mistakes) -> bool {
    let Some((key, value)) = document.iter().find(|(key, _)| key.get_ref() == "schema") else {
        return false;
    };
    let item = Item::new(key.get_ref(), value.get_ref(), value.span(), mistakes);
    let Some(schema) = item.count(1..=u64::MAX).filter(|&schema| schema > SCHEMA) else {
        return false;
    };
    let version = env!("CARGO_PKG_VERSION");
    item.mistake(
        format!(
            "this file is of schema {schema}, and seedbed {version} reads schemas up to {SCHEMA}"
        ),
        "newer than this seedbed",
        "read it with the seedbed that wrote it, or with a later one",
    );
    true
}

pub(super) fn seed(root: &Section<'_>) -> Option<u64> {
    // TOML's whole numbers have 63 bits; a larger seed stands in quotes.
    let item = root.get("seed")?;
    if !item.is_text() {
        return item.count(0..=u64::MAX);
    }
    let text = item.text("7")?.text;
    let seed = text.parse().ok();
    if seed.is_none() {
        item.mistake(
            format!("`{text}` is not a seed"),
            "not a whole number from 0 to 18446744073709551615",
            "write a whole number, as in `seed = 7`",
        );
    }
    seed
}

pub(super) fn on(root: &Section<'_>, systems: &[SystemInfo]) -> Option<String> {
    let name = root.get("on")?.text("\"raft\"")?;
    let names: Vec<_> = systems.iter().map(|system| system.name).collect();
    if !names.contains(&name.text) {
        root.mistakes().unknown("system", name, &names);
        return None;
    }
    Some(name.text.to_owned())
}

/// Since when what the file shows is mended.
pub(super) fn fixed_in(root: &Section<'_>, shows: &[Property]) -> Option<String> {
    let item = root.get("fixed-in")?;
    let version = item.text("\"0.2.0\"")?.text;
    if version.trim().is_empty() || version.contains(['\n', '\r']) {
        item.mistake(
            "a version is one line",
            "not one line",
            "write it as in `fixed-in = \"0.2.0\"`",
        );
        return None;
    }
    if shows.is_empty() {
        item.mistake(
            "`fixed-in` says that something is mended, and nothing says what",
            "`shows` is missing",
            "name the properties that were violated, as in `shows = [\"durability\"]`",
        );
    }
    Some(version.to_owned())
}

pub(super) fn pins(root: &Section<'_>, scope: &Scope<'_>) -> Pins {
    let section = root.section("pins", "[pins]", &["latency", "link", "message"]);
    let time = |item: Item<'_>| item.duration(Zero::Meaningless);
    let latency = section.get("latency").and_then(time);
    let mut pins = Pins { latency, ..Pins::default() };
    let mut links = BTreeSet::new();
    for section in section.tables("link", "[[pins.link]]", &["link", "latency"]) {
        let link = section.required("link", "\"n1->n2\"");
        let found = link.and_then(|item| ends(item, scope));
        let latency = section.required("latency", "\"1ms\"").and_then(time);
        let (Some((from, to)), Some(latency)) = (found, latency) else { continue };
        if !links.insert((from, to)) {
            twice(link, "the link", "join the two into one");
        }
        pins.links.push(LinkPin { from, to, latency });
    }
    let fields = &["link", "number", "fate", "after", "copy_after"];
    let mut messages = BTreeSet::new();
    for section in section.tables("message", "[[pins.message]]", fields) {
        let Some(pin) = message(&section, scope) else { continue };
        if !messages.insert((pin.from, pin.to, pin.number)) {
            twice(section.get("number"), "the message", "join the two into one");
        }
        pins.messages.push(pin);
    }
    pins
}

fn twice(item: Option<Item<'_>>, what: &str, help: &str) {
    if let Some(item) = item {
        item.mistake(format!("{what} is pinned twice"), "pinned before", help);
    }
}

fn message(section: &Section<'_>, scope: &Scope<'_>) -> Option<MessagePin> {
    let ends = section.required("link", "\"n1->n2\"").and_then(|item| ends(item, scope));
    let number = section.required("number", "17").and_then(|item| item.count(1..=i64::MAX as u64));
    let time = |field| section.get(field).and_then(|item| item.duration(Zero::Meaningless));
    let (after, copy_after) = (time("after"), time("copy_after"));
    let fate = section.get("fate").map(|item| item.word("fate of a message", FATES));
    let fate = match fate {
        Some(read) => read?,
        None if copy_after.is_some() => Fate::Doubled,
        None => Fate::Kept,
    };
    if section.get("fate").is_none() && after.is_none() && copy_after.is_none() {
        section.mistakes().add(
            section.span(),
            "the pin says nothing of its message",
            "`fate` and `after` are missing",
            "add `fate = \"lost\"`, \"doubled\" or \"kept\", or `after = \"3ms\"`",
        );
        return None;
    }
    if let Some(item) = section.get("after").filter(|_| fate == Fate::Lost) {
        item.mistake("a message that is lost arrives at no time", "not here", "remove `after`");
    }
    if let Some(item) = section.get("copy_after").filter(|_| fate != Fate::Doubled) {
        item.mistake(
            "a message that is not doubled has no copy",
            "not here",
            "remove it, or write `fate = \"doubled\"`",
        );
    }
    let (from, to) = ends?;
    Some(MessagePin { from, to, number: number?, fate, after, copy_after })
}

/// A directed link, as in `n1->n2`: between nodes, or between a node and a client or the balancer.
fn ends(item: Item<'_>, scope: &Scope<'_>) -> Option<(LinkEnd, LinkEnd)> {
    let name = item.text("\"n1->n2\"")?;
    let wrong = |label: String| {
        let message = format!("`{}` is not a directed link", name.text);
        item.mistake(message, label, "write it as in \"n1->n2\", \"c1->n2\" or \"n2->balancer\"");
    };
    let Some((from, to)) = name.text.split_once("->") else {
        wrong("no `->` in it".to_owned());
        return None;
    };
    let end = |text: &str| {
        let Ok(end) = text.parse::<LinkEnd>() else {
            wrong(format!("`{text}` is no node, client or `balancer`"));
            return None;
        };
        if let LinkEnd::Node(node) = end {
            let least = node.index() + 1;
            if scope.nodes.is_some_and(|nodes| nodes < least) {
                wrong(format!("the cluster has no node `{node}`"));
                return None;
            }
        }
        Some(end)
    };
    let (from, to) = (end(from)?, end(to)?);
    let node = |end: LinkEnd| matches!(end, LinkEnd::Node(_));
    if from == to || !(node(from) || node(to)) {
        wrong("no message goes that way".to_owned());
        return None;
    }
    Some((from, to))
}

/// The session that carries a step out, if the step names one that is not the workload's.
pub(super) fn client_of_step(
    section: &Section<'_>,
    is_operation: bool,
    clients: usize,
) -> Option<node::ClientId> {
    let item = section.get("client")?;
    let client = session(item)?;
    if !is_operation {
        item.mistake(
            "only an operation is carried out by a client",
            "this step is none",
            "remove `client`",
        );
    } else if (1..=clients).contains(&client.index()) {
        item.mistake(
            format!("`{client}` is a client of the workload"),
            "busy with other things",
            format!("name c0, or one above c{clients}"),
        );
    } else if client.index() > clients + MOST_SCRIPTS {
        item.mistake(
            format!("`{client}` is far from the other clients"),
            "too high a number",
            format!("name c0, or one above c{clients}"),
        );
    } else {
        return Some(client);
    }
    None
}

/// Sessions are made up to the highest that a step names.
const MOST_SCRIPTS: usize = 100_000;
