//! Convergence: after healing and quiet, do all replicas hold the same?
//!
//! Replicas are compared by keys and values. Versions may differ: what a system counts
//! with them is its own business. A replica that is down is left out and named.

use super::{
    Evidence,
    checker::{Checker, Found, Need, Walked},
    facts::Facts,
    index::{Index, Write},
    replay::{differ_since, held, replay},
    story,
    text::{count, list, number, plural, quote, state},
};
use crate::record::{Verdict, Witness};
use node::{Key, NodeId, Value, Versioned};
use scenarios::Property;
use std::collections::BTreeMap;

/// A witness shows at most this many differing keys.
const SHOWN: usize = 5;

/// A replica that is up.
#[derive(Clone, Copy)]
struct Up<'a> {
    node: NodeId,
    entries: &'a [(Key, Versioned)],
}

/// A state of a key and the nodes that hold it.
struct Holding<'a> {
    state: Option<&'a Value>,
    nodes: Vec<NodeId>,
}

/// Compares the replicas of each group.
pub(super) struct Convergence;

impl<'a> Checker<'a> for Convergence {
    fn property(&self) -> Property {
        Property::Convergence
    }

    fn needs(&self) -> &'static [Need] {
        &[Need::Replicas]
    }

    fn find(self: Box<Self>, walked: &Walked<'_, 'a>) -> Found {
        judge(walked.evidence, walked.index).into()
    }
}

/// The nodes that must hold the same.
#[derive(Default)]
struct Group<'a> {
    up: Vec<Up<'a>>,
    down: Vec<NodeId>,
}

impl Group<'_> {
    /// Whether a replica that should be compared was not read, and fewer than two were.
    /// A group of one node agrees with itself, and there is nothing that was not looked at.
    fn is_unclear(&self) -> bool {
        self.up.len() < 2 && !self.down.is_empty()
    }
}

/// Judges convergence: only nodes of one group hold the same.
fn judge(evidence: &Evidence<'_>, index: &Index<'_>) -> Verdict {
    let mut groups: BTreeMap<u32, Group<'_>> = BTreeMap::new();
    let mut down = Vec::new();
    for replica in evidence.replicas {
        let group = groups.entry(replica.group).or_default();
        match &replica.entries {
            Some(entries) => group.up.push(Up { node: replica.node, entries }),
            None => {
                group.down.push(replica.node);
                down.push(replica.node);
            }
        }
    }
    if let Some(Group { up, .. }) = groups.values().find(|group| !all_agree(&group.up)) {
        let tell = || witness(evidence, index, up, &down, &differing_keys(up));
        return Verdict::Violated(evidence.words.prove(tell));
    }
    if let Some(why) = nothing_to_compare(&groups) {
        return Verdict::Unknown(why);
    }
    Verdict::Holds(evidence.words.put(|| match groups.len() {
        1 => agreement(groups.values().next().map_or(&[], |group| group.up.as_slice()), &down),
        several => {
            let entries: usize = groups.values().map(|group| group.up[0].entries.len()).sum();
            format!(
                "in each of {several} groups all replicas hold the same; {} in all{}",
                count(entries as u64, "entry", "entries"),
                down_note(&down)
            )
        }
    }))
}

/// Why nothing can be said of some groups, if there are such.
fn nothing_to_compare(groups: &BTreeMap<u32, Group<'_>>) -> Option<String> {
    let unclear: Vec<&Group<'_>> = groups.values().filter(|group| group.is_unclear()).collect();
    if groups.values().all(|group| group.up.is_empty()) {
        return Some("every node was down at the end, so there was nothing to compare".to_owned());
    }
    if let Some(all_down) = unclear.iter().find(|group| group.up.is_empty()) {
        let nodes = list(&all_down.down);
        return Some(format!(
            "of the group of {nodes} no node was up at the end, so there was nothing to compare"
        ));
    }
    let alone: Vec<NodeId> = unclear.iter().map(|group| group.up[0].node).collect();
    let only = match (alone.len() as u64, groups.len()) {
        (0, _) => return None,
        (_, 1) => format!("only {} was up at the end", list(&alone)),
        (some, _) => {
            let verb = plural(
                some,
                "was the only one of its group",
                "were each the only ones of their groups",
            );
            format!("{} {verb} that was up at the end", list(&alone))
        }
    };
    Some(format!("{only}, so there was nothing to compare"))
}

/// Whether nodes agree on a key: the one rule for checkers, tables and charts. They must hold the
/// same value, or all of them nothing; versions may differ. Given is what is held by each node that is
/// up, and belongs to the one group that is asked about.
pub fn agree<'a>(held: impl IntoIterator<Item = Option<&'a Value>>) -> bool {
    let mut held = held.into_iter();
    let first = held.next();
    held.all(|value| Some(value) == first)
}

fn all_agree(up: &[Up<'_>]) -> bool {
    up.windows(2).all(|pair| same(pair[0].entries, pair[1].entries))
}

fn same(a: &[(Key, Versioned)], b: &[(Key, Versioned)]) -> bool {
    let pairs = || a.iter().zip(b);
    a.len() == b.len() && pairs().all(|((k, x), (l, y))| k == l && x.value == y.value)
}

/// The keys that not all replicas hold alike, in key order: a merge of all replicas.
fn differing_keys<'a>(up: &[Up<'a>]) -> Vec<&'a Key> {
    let mut next = vec![0; up.len()];
    let mut keys = Vec::new();
    loop {
        let heads = || up.iter().zip(&next).map(|(replica, next)| replica.entries.get(*next));
        let Some(key) = heads().flatten().map(|(key, _)| key).min() else {
            return keys;
        };
        let states = heads()
            .map(|head| head.filter(|(other, _)| other == key).map(|(_, entry)| &entry.value));
        if !agree(states) {
            keys.push(key);
        }
        for (replica, next) in up.iter().zip(&mut next) {
            if replica.entries.get(*next).is_some_and(|(other, _)| other == key) {
                *next += 1;
            }
        }
    }
}

fn agreement(up: &[Up<'_>], down: &[NodeId]) -> String {
    let entries = count(up[0].entries.len() as u64, "entry", "entries");
    let who = match (up.len(), down.is_empty()) {
        (1, _) => "the only replica holds".to_owned(),
        (2, true) => "both replicas hold".to_owned(),
        (all, true) => format!("all {all} replicas hold"),
        (some, false) => format!("the {some} replicas that are up hold"),
    };
    let what = match up[0].entries.len() {
        0 => "nothing".to_owned(),
        _ if up.len() == 1 => entries,
        _ => format!("the same {entries}"),
    };
    format!("{who} {what}{}", down_note(down))
}

fn down_note(down: &[NodeId]) -> String {
    match down.len() as u64 {
        0 => String::new(),
        some => format!("; {} {} down", list(down), plural(some, "was", "were")),
    }
}

fn witness(
    evidence: &Evidence<'_>,
    index: &Index<'_>,
    up: &[Up<'_>],
    down: &[NodeId],
    keys: &[&Key],
) -> Witness {
    let shown = &keys[..keys.len().min(SHOWN)];
    let mut facts = Facts::default();
    let example = keys[0];
    let concerned = concerned_write(index, up, example);
    if let Some(write) = &concerned {
        facts.add_write(evidence.history, write.position());
        let left = index.left_by(write);
        let at_odds: Vec<NodeId> = up
            .iter()
            .filter(|replica| held(replica.entries, example) != left)
            .map(|replica| replica.node)
            .collect();
        story::add_faults(evidence, write, &at_odds, &mut facts);
        if let Some(trace) = evidence.trace {
            story::add_missed_messages(evidence, trace, write, &at_odds, &mut facts);
            story::add_last_changes(trace, example, &at_odds, &mut facts);
        }
    }
    for key in shown {
        facts.add(evidence.ended, inventory(key, &holdings(up, key)));
    }
    if keys.len() > shown.len() {
        let more = (keys.len() - shown.len()) as u64;
        facts.add(
            evidence.ended,
            format!(
                "{} {} too",
                count(more, "more key", "more keys"),
                plural(more, "differs", "differ")
            ),
        );
    }
    let nodes: Vec<NodeId> = up.iter().map(|replica| replica.node).collect();
    let since = replay(evidence, keys, &nodes).and_then(|moments| {
        let since = moments.iter().filter_map(|of_key| differ_since(of_key, nodes.len()));
        since.min()
    });
    Witness {
        summary: summary(keys, &holdings(up, example), down),
        facts: facts.lines(),
        operations: concerned.iter().map(Write::position).collect(),
        keys: shown.iter().map(|key| (*key).clone()).collect(),
        since,
    }
}

/// The write begun last of those whose value, or absence, some replica holds.
fn concerned_write(index: &Index<'_>, up: &[Up<'_>], key: &Key) -> Option<Write> {
    let mut states: Vec<_> = up.iter().map(|replica| held(replica.entries, key)).collect();
    states.sort_unstable();
    states.dedup();
    let writes = index.writes_to(index.key(key)?);
    let fits = |write: &&Write| states.binary_search(&index.left_by(write)).is_ok();
    writes.iter().rev().find(fits).copied()
}

/// Who holds what under a key: nodes that hold nothing first, then in order of their names.
fn holdings<'a>(up: &[Up<'a>], key: &Key) -> Vec<Holding<'a>> {
    let mut holdings: Vec<Holding<'a>> = Vec::new();
    for replica in up {
        let state = held(replica.entries, key);
        match holdings.iter_mut().find(|holding| holding.state == state) {
            Some(holding) => holding.nodes.push(replica.node),
            None => holdings.push(Holding { state, nodes: vec![replica.node] }),
        }
    }
    holdings.sort_by_key(|holding| holding.state.is_some());
    holdings
}

/// `n2 lacks key "999"; n1 and n3 hold "GhostData"`.
fn summary(keys: &[&Key], holdings: &[Holding<'_>], down: &[NodeId]) -> String {
    let key = quote(keys[0].as_str());
    let mut parts: Vec<String> = holdings
        .iter()
        .map(|holding| {
            let one = holding.nodes.len() as u64;
            let nodes = list(&holding.nodes);
            match holding.state {
                None => format!("{nodes} {} key {key}", plural(one, "lacks", "lack")),
                some => format!("{nodes} {} {}", plural(one, "holds", "hold"), state(some)),
            }
        })
        .collect();
    if holdings.iter().all(|holding| holding.state.is_some()) {
        parts[0].push_str(&format!(" under key {key}"));
    }
    let lead = match keys.len() {
        1 => String::new(),
        all => format!("{} keys differ, for one: ", number(all as u64)),
    };
    format!("{lead}{}{}", parts.join("; "), down_note(down))
}

/// `under key "999" n1 and n3 hold "GhostData", n2 holds nothing`.
fn inventory(key: &Key, holdings: &[Holding<'_>]) -> String {
    let parts: Vec<String> = holdings
        .iter()
        .rev()
        .map(|holding| {
            let verb = plural(holding.nodes.len() as u64, "holds", "hold");
            format!("{} {verb} {}", list(&holding.nodes), state(holding.state))
        })
        .collect();
    format!("under key {} {}", quote(key.as_str()), parts.join("; "))
}
