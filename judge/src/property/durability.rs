//! Durability: was an acknowledged write lost?
//!
//! An acknowledged write is lost if at the end no replica that is up holds its value,
//! nor what a write could have left that may rightly have overwritten it. Every write
//! may rightly overwrite it but one that was acknowledged before it was begun. So each
//! state of a key has a latest completion, that of the writes that leave it, and
//! explains exactly the writes that were begun no later. Absence is the state that
//! deletes leave; no other write is explained by it.

use super::{
    Evidence,
    checker::{Checker, Found, Need, Walked},
    facts::{Facts, deed},
    index::{Index, Write},
    replay::{gone_since, held, replay},
    text::{count, list, number, plural, quote, state},
};
use crate::record::{Verdict, Witness};
use node::{Key, NodeId, Time, Value, Versioned};
use scenarios::Property;
use std::collections::BTreeMap;

/// A witness tells of at most this many lost writes.
const SHOWN: usize = 5;

/// How many of the latest writes are compared before the slower way is taken.
const GLANCE: usize = 4;

type Entries<'a> = &'a [(Key, Versioned)];

/// A key of which acknowledged writes were lost.
#[derive(Debug)]
pub(super) struct LostKey<'a> {
    /// Its number in the index.
    key: usize,
    /// Its name.
    name: &'a Key,
    /// The lost writes, in order of invocation.
    pub(super) writes: Vec<Write>,
}

/// Looks for the acknowledged writes on the replicas.
pub(super) struct Durability;

impl<'a> Checker<'a> for Durability {
    fn property(&self) -> Property {
        Property::Durability
    }

    fn needs(&self) -> &'static [Need] {
        &[Need::AcknowledgedWrites, Need::Replicas]
    }

    fn find(self: Box<Self>, walked: &Walked<'_, 'a>) -> Found {
        judge(walked.evidence, walked.index).into()
    }
}

/// Judges durability.
fn judge(evidence: &Evidence<'_>, index: &Index<'_>) -> Verdict {
    let acknowledged = index.acknowledged();
    let lost = lost_writes(evidence, index);
    if lost.is_empty() {
        return Verdict::Valid(match acknowledged {
            1 => "the one acknowledged write is there or was overwritten".to_owned(),
            all => format!("all {} acknowledged writes are there or were overwritten", number(all)),
        });
    }
    Verdict::Invalid(witness(evidence, index, &lost, acknowledged))
}

/// The acknowledged writes that were lost, by key.
pub(super) fn lost_writes<'a>(evidence: &Evidence<'a>, index: &Index<'a>) -> Vec<LostKey<'a>> {
    let up: Vec<Entries<'a>> =
        evidence.replicas.iter().filter_map(|replica| replica.entries.as_deref()).collect();
    unexplained_at_a_glance(index, &up)
        .filter_map(|key| {
            let writes = index.writes_to(key);
            let name = index.name_by(writes.first()?);
            let explained = explained_until(index, writes, &states(&up, name));
            let lost = writes.iter().filter(|write| {
                write.is_acknowledged()
                    && write.invoked < evidence.run_ended
                    && explained.is_none_or(|until| write.invoked > until)
            });
            let lost: Vec<Write> = lost.copied().collect();
            (!lost.is_empty()).then_some(LostKey { key, name, writes: lost })
        })
        .collect()
}

/// The keys whose latest acknowledged write is not explained by a look at one replica
/// after the other and the few last writes. In a healthy run the look settles all keys
/// but the deleted ones.
fn unexplained_at_a_glance<'a>(
    index: &Index<'a>,
    up: &[Entries<'a>],
) -> impl Iterator<Item = usize> {
    let mut open: Vec<Option<Time>> =
        (0..index.keys()).map(|key| index.latest_acknowledged(key)).collect();
    let mut left = open.iter().flatten().count();
    for entries in up {
        if left == 0 {
            break;
        }
        for (name, entry) in *entries {
            let Some(key) = index.key(name) else { continue };
            let Some(latest) = open[key] else { continue };
            let explained = index.latest_writes(key).take(GLANCE).any(|write| {
                write.completed >= latest && index.left_by(write) == Some(&entry.value)
            });
            if explained {
                open[key] = None;
                left -= 1;
            }
        }
    }
    open.into_iter().enumerate().filter_map(|(key, latest)| latest.map(|_| key))
}

/// The different states of a key on the replicas, in order.
fn states<'a>(up: &[Entries<'a>], key: &Key) -> Vec<Option<&'a Value>> {
    let mut states: Vec<_> = up.iter().map(|entries| held(entries, key)).collect();
    states.sort_unstable();
    states.dedup();
    states
}

/// The latest completion of a write that left one of the states; `None` if no write did.
fn explained_until(index: &Index<'_>, writes: &[Write], states: &[Option<&Value>]) -> Option<Time> {
    writes
        .iter()
        .filter(|write| states.binary_search(&index.left_by(write)).is_ok())
        .map(|write| write.completed)
        .max()
}

fn witness(
    evidence: &Evidence<'_>,
    index: &Index<'_>,
    lost: &[LostKey<'_>],
    acknowledged: u64,
) -> Witness {
    let mut all: Vec<(&LostKey<'_>, Write)> =
        lost.iter().flat_map(|key| key.writes.iter().map(move |write| (key, *write))).collect();
    all.sort_by_key(|(_, write)| write.position());
    let shown = &all[..all.len().min(SHOWN)];
    let mut facts = Facts::default();
    let mut keys: Vec<&LostKey<'_>> = Vec::new();
    for (key, write) in shown {
        facts.add_write(evidence.history, write.position());
        if !keys.iter().any(|other| other.key == key.key) {
            keys.push(key);
        }
    }
    for key in &keys {
        facts.add(evidence.ended, holdings(evidence, key.name));
    }
    add_crashes(evidence, shown, &mut facts);
    let since = add_end(evidence, index, lost, &mut facts);
    Witness {
        summary: summary(evidence, all.len() as u64, acknowledged, &all[0]),
        facts: facts.lines(),
        operations: shown.iter().map(|(_, write)| write.position()).collect(),
        keys: keys.into_iter().map(|key| key.name.clone()).collect(),
        since,
    }
}

fn summary(
    evidence: &Evidence<'_>,
    lost: u64,
    acknowledged: u64,
    (key, write): &(&LostKey<'_>, Write),
) -> String {
    let record = &evidence.history.operations[write.position()];
    let first = match record.leaves().flatten() {
        Some(value) => format!(
            "no replica holds {} under key {}",
            quote(value.as_str()),
            quote(key.name.as_str())
        ),
        None => format!("key {} is back after its delete", quote(key.name.as_str())),
    };
    format!(
        "{} of {} {} lost: {first}{}",
        number(lost),
        count(acknowledged, "acknowledged write", "acknowledged writes"),
        plural(lost, "was", "were"),
        if lost > 1 { ", for one" } else { "" }
    )
}

/// What the replicas hold under a key now: `now n1 and n2 hold "a" under key "k", n3 nothing`.
fn holdings(evidence: &Evidence<'_>, key: &Key) -> String {
    let mut holders: BTreeMap<Option<&Value>, Vec<NodeId>> = BTreeMap::new();
    let mut down = Vec::new();
    for replica in evidence.replicas {
        match &replica.entries {
            Some(entries) => holders.entry(held(entries, key)).or_default().push(replica.node),
            None => down.push(replica.node),
        }
    }
    let mut parts: Vec<String> = holders
        .into_iter()
        .map(|(held, nodes)| {
            let verb = plural(nodes.len() as u64, "holds", "hold");
            format!("{} {verb} {}", list(&nodes), state(held))
        })
        .collect();
    if !down.is_empty() {
        let verb = plural(down.len() as u64, "is", "are");
        parts.push(format!("{} {verb} down", list(&down)));
    }
    format!("under key {} {}", quote(key.as_str()), parts.join("; "))
}

/// Adds the first crash of each node that acknowledged a write, after it did.
fn add_crashes(evidence: &Evidence<'_>, shown: &[(&LostKey<'_>, Write)], facts: &mut Facts) {
    let mut told = Vec::new();
    for (_, write) in shown {
        let node = evidence.history.operations[write.position()].node;
        let crash = evidence.faults.iter().position(|fault| {
            fault.kind.takes_down() && fault.nodes.contains(&node) && fault.start >= write.completed
        });
        if let Some(crash) = crash.filter(|crash| !told.contains(crash)) {
            facts.add_fault(&evidence.faults[crash]);
            told.push(crash);
        }
    }
}

/// With a trace, adds when the first of the lost writes was lost, and returns the moment.
///
/// Of one key the write begun last is lost first, since whatever explains it explains
/// the earlier ones too.
fn add_end(
    evidence: &Evidence<'_>,
    index: &Index<'_>,
    lost: &[LostKey<'_>],
    facts: &mut Facts,
) -> Option<Time> {
    let names: Vec<&Key> = lost.iter().map(|key| key.name).collect();
    let nodes: Vec<NodeId> = evidence.replicas.iter().map(|replica| replica.node).collect();
    let moments = replay(evidence, evidence.trace?, &names, &nodes);
    let ends = lost.iter().zip(&moments).filter_map(|(key, moments)| {
        let last = key.writes.last()?;
        let fitting = fitting_states(index, index.writes_to(key.key), last.invoked);
        let end = gone_since(moments, nodes.len(), |state| fitting.binary_search(&state).is_ok())?;
        Some((last, end))
    });
    let (last, end) = ends.min_by_key(|(_, end)| end.at)?;
    let record = &evidence.history.operations[last.position()];
    let node = nodes[end.node];
    let how = if end.by_crash {
        format!("the last replica that knew of it, {node}, crashed")
    } else {
        format!("{node}, the last replica that knew of it, went over to {}", state(end.state))
    };
    let deed = deed(record);
    facts.add(end.at, format!("{how} ({deed}, operation {})", last.position()));
    Some(end.at)
}

/// The states that explain a write begun at a moment, in order.
fn fitting_states<'a>(
    index: &Index<'a>,
    writes: &[Write],
    invoked: Time,
) -> Vec<Option<&'a Value>> {
    let mut states: Vec<_> = writes
        .iter()
        .filter(|write| write.completed >= invoked)
        .map(|write| index.left_by(write))
        .collect();
    states.sort_unstable();
    states.dedup();
    states
}
