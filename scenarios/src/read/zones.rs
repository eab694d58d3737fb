//! `[zones.<name>]` and `[network.between]`: who is near whom, and how far the others are.

use super::{
    item::{Item, Zero},
    mistakes::Word,
    network::{LINK, stated},
    scope::Scope,
    section::Section,
};
use crate::{Crossing, Latency, Zone, ZoneName, suggest};
use node::{ClientId, NodeId};
use std::collections::{BTreeMap, BTreeSet};

/// Each zone with its nodes, and what it says of clients, which can be checked once the workload and
/// the steps are read.
pub(super) fn zones<'a>(
    root: &Section<'a>,
    scope: &Scope<'_>,
) -> (Vec<Zone>, Vec<Option<Item<'a>>>) {
    let entries = root.get("zones").and_then(|item| item.entries("[zones]"));
    let mut entries = entries.unwrap_or_default();
    // In the order of the file, since a number takes the next that are left.
    entries.sort_by_key(|(name, _)| name.span().start);
    let (mut zones, mut nodes, mut clients) = (Vec::new(), Vec::new(), Vec::new());
    for (word, item) in entries {
        let section = item.section(&format!("[zones.{}]", word.text), &["nodes", "clients"]);
        match word.text.parse::<ZoneName>() {
            Ok(name) => zones.push(Zone { name, nodes: Vec::new(), clients: Vec::new() }),
            Err(why) => {
                let help = "choose another name, as in [zones.east]";
                scope.mistakes.add(word.span(), why, "not such a name", help);
                continue;
            }
        }
        nodes.push(section.get("nodes"));
        clients.push(section.get("clients"));
    }
    let known = |word: Word<'_>| scope.node(word).map(|node| node.index() + 1);
    let dealt = deal(&nodes, scope.nodes.unwrap_or(0), "\"n1\"", scope, known);
    for (zone, dealt) in zones.iter_mut().zip(dealt) {
        zone.nodes = dealt.into_iter().map(|it| NodeId::from_index(it - 1)).collect();
    }
    (zones, clients)
}

/// Puts the clients into the zones. The workload has so many, and steps name sessions up to `named`.
pub(super) fn deal_clients(
    zones: &mut [Zone],
    clients: &[Option<Item<'_>>],
    of_workload: usize,
    named: usize,
    scope: &Scope<'_>,
) {
    let known = |word: Word<'_>| {
        let Ok(client) = word.text.parse::<ClientId>() else {
            scope.mistakes.add(
                word.span(),
                format!("`{}` is not a client session's name", word.text),
                "not such a name",
                "write a `c` and a number, as in \"c1\", or how many clients there are",
            );
            return None;
        };
        if client.index() > of_workload.max(named) {
            scope.mistakes.add(
                word.span(),
                format!("there is no client `{client}`"),
                match of_workload {
                    0 => "the workload has none".to_owned(),
                    1 => "the workload's only client is c1".to_owned(),
                    several => format!("the workload's clients are c1 to c{several}"),
                },
                "name another, or raise `clients` in [workload]",
            );
            return None;
        }
        Some(client.index())
    };
    let dealt = deal(clients, of_workload, "\"c1\"", scope, known);
    for (zone, dealt) in zones.iter_mut().zip(dealt) {
        let ids = dealt.into_iter().map(|it| u32::try_from(it).expect("fewer than 2^32 clients"));
        zone.clients = ids.map(ClientId::new).collect();
    }
}

/// Deals numbers to those who name them, and then, in turn, to those who say how many they want,
/// from 1 to `most`.
fn deal(
    wanted: &[Option<Item<'_>>],
    most: usize,
    example: &str,
    scope: &Scope<'_>,
    known: impl Fn(Word<'_>) -> Option<usize>,
) -> Vec<BTreeSet<usize>> {
    let mut taken = BTreeSet::new();
    let mut dealt = vec![BTreeSet::new(); wanted.len()];
    for (dealt, item) in dealt.iter_mut().zip(wanted) {
        let Some(item) = item.filter(|item| !item.is_count()) else { continue };
        for item in item.list(&format!("[{example}]")).unwrap_or_default() {
            let Some(word) = item.text(example) else { continue };
            for number in numbers(word, scope, &known) {
                if !taken.insert(number) {
                    let help = "let each be in one zone, and name it once there";
                    scope.mistakes.twice(word, help);
                    break;
                }
                dealt.insert(number);
            }
        }
    }
    for (dealt, item) in dealt.iter_mut().zip(wanted) {
        let Some(item) = item.filter(Item::is_count) else { continue };
        let Some(count) = item.count(0..=u32::MAX.into()) else { continue };
        let free: Vec<_> =
            (1..=most).filter(|it| !taken.contains(it)).take(count as usize).collect();
        if (free.len() as u64) < count {
            item.mistake(
                format!("only {} of the {most} {} are left for this zone", free.len(), item.name),
                "too many",
                "let the zones have no more than there are in all",
            );
        }
        taken.extend(&free);
        dealt.extend(free);
    }
    dealt
}

/// A name, or all from one to another, as in `n1..n3`.
fn numbers(
    word: Word<'_>,
    scope: &Scope<'_>,
    known: &impl Fn(Word<'_>) -> Option<usize>,
) -> std::ops::RangeInclusive<usize> {
    #[expect(clippy::reversed_empty_ranges, reason = "nobody is meant")]
    const NOBODY: std::ops::RangeInclusive<usize> = 1..=0;
    let Some((from, to)) = word.text.split_once("..") else {
        return known(word).map_or(NOBODY, |it| it..=it);
    };
    let end = |text: &'_ str| known(Word::new(text, word.span()));
    let (Some(from), Some(to)) = (end(from.trim()), end(to.trim())) else { return NOBODY };
    if from > to {
        scope.mistakes.add(
            word.span(),
            "the first of a range comes before the last",
            "the wrong way round",
            "exchange the two",
        );
    }
    from..=to
}

/// `[network.between]`: each key names two zones, `east <-> west` both ways and `east -> west` one
/// way. What is said of one way goes before what is said of both.
pub(super) fn between(
    network: &Section<'_>,
    scope: &Scope<'_>,
) -> BTreeMap<(ZoneName, ZoneName), Crossing> {
    let entries = network.get("between").and_then(|item| item.entries("[network.between]"));
    let mut entries = entries.unwrap_or_default();
    entries.sort_by_key(|(name, _)| name.span().start);
    let (mut one_way, mut both_ways) = (BTreeMap::new(), BTreeMap::new());
    for (word, item) in entries {
        let crossing = crossing(word, item);
        let Some((from, to, both)) = ends(word, scope) else { continue };
        let ways = if both { &mut both_ways } else { &mut one_way };
        let twice = ways.insert((from, to), crossing.clone()).is_some();
        if both && !twice {
            ways.insert((to, from), crossing);
        }
        if twice {
            scope.mistakes.add(
                word.span(),
                format!("the links between `{from}` and `{to}` are described twice"),
                "described before",
                "join the two into one",
            );
        }
    }
    for (ends, crossing) in both_ways {
        let own: Crossing = one_way.remove(&ends).unwrap_or_default();
        one_way.insert(ends, own.or(&crossing));
    }
    one_way
}

/// The two zones, and whether both ways are meant.
fn ends(word: Word<'_>, scope: &Scope<'_>) -> Option<(ZoneName, ZoneName, bool)> {
    let wrong = |message: String, label: &str, help: String| {
        scope.mistakes.add(word.span(), message, label, help);
    };
    let example =
        "name two zones, as in `\"east <-> west\" = \"40ms\"`, or `\"east -> west\"` for one way";
    let (both, ends) = match word.text.split_once("<->") {
        Some(ends) => (true, Some(ends)),
        None => (false, word.text.split_once("->")),
    };
    let Some((from, to)) = ends else {
        wrong(format!("`{}` does not name two zones", word.text), "no `<->` in it", example.into());
        return None;
    };
    let zone = |text: &str| {
        let text = text.trim();
        let found = text.parse().ok().filter(|name| scope.has_zone(*name));
        if found.is_none() {
            let names: Vec<_> = scope.zones.iter().map(|zone| zone.name.as_str()).collect();
            let help = match names.is_empty() {
                true => {
                    "describe it first, as in `[zones.east]` with `nodes = [\"n1\"]`".to_owned()
                }
                false => suggest::mend(text, &names),
            };
            wrong(format!("no zone is called `{text}`"), "unknown zone", help);
        }
        found
    };
    let (from, to) = (zone(from), zone(to));
    let (from, to) = (from?, to?);
    if from == to {
        let help = "links within a zone are those of [network.nodes] and [network.clients]";
        wrong(format!("`{from}` is not another zone than itself"), "one zone", help.into());
        return None;
    }
    Some((from, to, both))
}

/// What is different about a link: a time, or the fields of a link.
fn crossing(word: Word<'_>, item: Item<'_>) -> Crossing {
    if item.is_text() {
        let latency = item.duration(Zero::Meaningless).map(Latency::Constant);
        return Crossing { latency, ..Crossing::default() };
    }
    stated(&item.section(&format!("the link `{}`", word.text), LINK))
}
