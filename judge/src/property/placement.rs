//! Placement: does every key lie in the group that the hash ring names?
//!
//! Nodes that all compute a ring alike, and wrongly, agree with each other and answer whatever
//! they are asked, so nothing but the ring's own rule shows it. It is computed here a second
//! time, from the rule alone: a group stands at 150 places, each the first four bytes,
//! big-endian, of the SHA-256 of its number and the place's, both as 32 bits big-endian; a key
//! stands at the first four bytes of the SHA-256 of its text, and belongs to the group at or
//! after it.
//!
//! Which groups are on the ring is for the nodes to say. Rings differ while nodes find each
//! other or lose each other, and a key stays where it was written when its owner changes: an
//! entry is misplaced only if no ring that any node had since the write began gives the key
//! to the group that holds it.

use super::{
    Evidence,
    checker::{Checker, Found, Need, Walked},
    facts::Facts,
    index::{Index, Write},
    text::{count, list, plural, quote},
};
use crate::record::{FactRecord, Verdict, Witness};
use node::{Fact, Key, NodeId, Time, Value};
use scenarios::Property;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// How many places each group has.
const PLACES: u32 = 150;

/// A witness tells of at most this many keys.
const SHOWN: usize = 5;

/// Judges where keys lie.
pub(super) struct Placement;

/// A ring that some node had, and when.
struct Had {
    owners: Owners,
    /// From when on, and until when; `Time::MAX`: to the end.
    spans: Vec<(Time, Time)>,
}

/// The places of a ring and who stands there.
struct Owners(BTreeMap<u32, u32>);

/// An entry that lies where it must not.
struct Misplaced<'a> {
    key: &'a Key,
    value: &'a Value,
    group: u32,
    nodes: Vec<NodeId>,
    /// The write that left it.
    write: Write,
    /// Where the rings of its time put it.
    owners: BTreeSet<u32>,
}

impl<'a> Checker<'a> for Placement {
    fn property(&self) -> Property {
        Property::Placement
    }

    fn needs(&self) -> &'static [Need] {
        &[Need::Replicas, Need::Rings]
    }

    fn find(self: Box<Self>, walked: &Walked<'_, 'a>) -> Found {
        judge(walked.evidence, walked.index).into()
    }
}

fn judge(evidence: &Evidence<'_>, index: &Index<'_>) -> Verdict {
    let rings = rings(evidence.facts);
    let mut judged = 0;
    let mut misplaced: BTreeMap<(u32, &Key, &Value), Misplaced<'_>> = BTreeMap::new();
    for replica in evidence.replicas {
        for (key, entry) in replica.entries.iter().flatten() {
            let Some(first) = first_write_of(index, key, &entry.value) else {
                // Nobody wrote that; other properties tell of it.
                continue;
            };
            judged += 1;
            let owners = owners_since(&rings, key, first.invoked);
            if owners.contains(&replica.group) {
                continue;
            }
            let found =
                misplaced.entry((replica.group, key, &entry.value)).or_insert_with(|| Misplaced {
                    key,
                    value: &entry.value,
                    group: replica.group,
                    nodes: Vec::new(),
                    write: first,
                    owners,
                });
            found.nodes.push(replica.node);
        }
    }
    let misplaced: Vec<_> = misplaced.into_values().collect();
    match (judged, misplaced.is_empty()) {
        (0, _) => Verdict::Unknown("no replica held what a client wrote".to_owned()),
        (all, true) => Verdict::Holds(format!(
            "{} {} where a ring of its time says",
            count(all, "entry", "entries"),
            plural(all, "lies", "lie")
        )),
        (_, false) => {
            Verdict::Violated(evidence.words.prove(|| witness(evidence, index, &misplaced)))
        }
    }
}

/// The first write that may have left a value under a key. Most rings are of its time, so it
/// is the most favourable one.
fn first_write_of(index: &Index<'_>, key: &Key, value: &Value) -> Option<Write> {
    let writes = index.writes_to(index.key(key)?);
    let fitting = writes.iter().filter(|write| index.left_by(write) == Some(value));
    fitting.min_by_key(|write| write.invoked).copied()
}

/// Every ring that some node had at some time.
fn rings(facts: &[FactRecord]) -> Vec<Had> {
    let mut spans: BTreeMap<BTreeSet<u32>, Vec<(Time, Time)>> = BTreeMap::new();
    let mut present: BTreeMap<NodeId, (BTreeSet<u32>, Time)> = BTreeMap::new();
    for told in facts.iter().filter(|told| told.fact.is_of_ring()) {
        let before = present.get(&told.node).cloned();
        let mut groups = before.as_ref().map(|(groups, _)| groups.clone()).unwrap_or_default();
        match told.fact {
            Fact::RingOf { group } => groups = BTreeSet::from([group]),
            Fact::GroupJoins { group } => drop(groups.insert(group)),
            Fact::GroupLeaves { group } => drop(groups.remove(&group)),
            _ => continue,
        }
        if let Some((groups, since)) = before {
            spans.entry(groups).or_default().push((since, told.at));
        }
        present.insert(told.node, (groups, told.at));
    }
    for (groups, since) in present.into_values() {
        spans.entry(groups).or_default().push((since, Time::MAX));
    }
    let had = |(groups, spans)| Had { owners: Owners::of(&groups), spans };
    spans.into_iter().map(had).collect()
}

/// Whom the rings that were there at a time or later give a key to.
fn owners_since(rings: &[Had], key: &Key, since: Time) -> BTreeSet<u32> {
    let later = rings.iter().filter(|had| had.spans.iter().any(|(_, until)| *until >= since));
    later.filter_map(|had| had.owners.of_key(key)).collect()
}

impl Owners {
    fn of(groups: &BTreeSet<u32>) -> Self {
        let mut places = BTreeMap::new();
        for &group in groups {
            for place in 0..PLACES {
                let bytes = [group.to_be_bytes(), place.to_be_bytes()].concat();
                // Where two groups stand at one place, the lower one has it.
                places.entry(position(&bytes)).or_insert(group);
            }
        }
        Self(places)
    }

    fn of_key(&self, key: &Key) -> Option<u32> {
        let Self(places) = self;
        let next = places.range(position(key.as_str().as_bytes())..).next();
        next.or_else(|| places.iter().next()).map(|(_, group)| *group)
    }
}

fn position(bytes: &[u8]) -> u32 {
    let hash = Sha256::digest(bytes);
    hash.iter().take(4).fold(0, |position, byte| position << 8 | u32::from(*byte))
}

fn witness(evidence: &Evidence<'_>, index: &Index<'_>, misplaced: &[Misplaced<'_>]) -> Witness {
    let shown = &misplaced[..misplaced.len().min(SHOWN)];
    let mut facts = Facts::default();
    for entry in shown {
        facts.add_write(evidence.history, entry.write.position());
        let text = format!(
            "{} of group {} {} {} under key {}, which belongs to {}",
            list(&entry.nodes),
            entry.group,
            plural(entry.nodes.len() as u64, "holds", "hold"),
            quote(entry.value.as_str()),
            quote(entry.key.as_str()),
            groups(&entry.owners)
        );
        facts.add(evidence.ended, text);
    }
    let first = &misplaced[0];
    let mut keys: Vec<&Key> = misplaced.iter().map(|entry| entry.key).collect();
    keys.sort_unstable();
    keys.dedup();
    let others = match keys.len() as u64 - 1 {
        0 => String::new(),
        more => format!(", and so with {}", count(more, "more key", "more keys")),
    };
    Witness {
        summary: format!(
            "key {} lies in group {}, though the ring gives it to {}{others}",
            quote(first.key.as_str()),
            first.group,
            groups(&first.owners)
        ),
        facts: facts.lines(),
        operations: shown.iter().map(|entry| entry.write.position()).collect(),
        keys: shown.iter().map(|entry| entry.key.clone()).collect(),
        since: Some(index.at(first.write.position()).invoked),
    }
}

fn groups(groups: &BTreeSet<u32>) -> String {
    match groups.len() {
        0 => "nobody".to_owned(),
        some => format!("{} {}", plural(some as u64, "group", "groups"), list(groups)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rings_of_a_time_are_those_that_nodes_told_of() {
        let told = |millis, node, fact| FactRecord {
            at: Time::from(std::time::Duration::from_millis(millis)),
            node: NodeId::new(node),
            fact,
        };
        let rings = rings(&[
            told(0, 1, Fact::RingOf { group: 0 }),
            told(0, 2, Fact::RingOf { group: 1 }),
            told(5, 1, Fact::GroupJoins { group: 1 }),
            told(7, 2, Fact::GroupJoins { group: 0 }),
            told(90, 2, Fact::GroupLeaves { group: 0 }),
        ]);
        let of = |millis| {
            let since = Time::from(std::time::Duration::from_millis(millis));
            let owners = |key: &str| owners_since(&rings, &key.into(), since);
            (owners("test"), owners("user2"))
        };
        let both = BTreeSet::from([0, 1]);
        assert_eq!(rings.len(), 3);
        assert_eq!(of(3), (both.clone(), both.clone()));
        // While n1 has both groups on its ring and n2 only its own.
        assert_eq!(of(95), (BTreeSet::from([1]), both));
    }

    #[test]
    fn the_places_are_those_of_the_document() {
        assert_eq!(position(&[0; 8]), 0xaf55_70f5);
        assert_eq!(position(&[0, 0, 0, 1, 0, 0, 0, 0]), 0xcbbc_4875);
        assert_eq!(position(b"user1"), 0x0a04_1b94);
        let (two, three) = (BTreeSet::from([0, 1]), BTreeSet::from([0, 1, 2]));
        let moves = |key: &str| [&two, &three].map(|it| Owners::of(it).of_key(&key.into()));
        assert_eq!(moves("test"), [Some(1), Some(2)]);
        assert_eq!(moves("user2"), [Some(0), Some(0)]);
    }

    /// Nodes that all place keys wrongly differ from what is computed here.
    #[test]
    fn nodes_place_keys_by_the_same_rule() {
        for groups in [vec![0], vec![0, 1], vec![0, 1, 2], vec![3, 8, 9, 20], (0..10).collect()] {
            let here = Owners::of(&groups.iter().copied().collect());
            let theirs = node::ring::Ring::new(groups);
            for number in 0..500 {
                let key = Key::from(format!("key{number}"));
                assert_eq!(here.of_key(&key), theirs.owner(&key), "{key}");
            }
        }
    }
}
