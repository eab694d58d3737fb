//! Durability: was an acknowledged write lost?
//!
//! An acknowledged write is lost if at the end no replica that is up holds its value,
//! nor what a write could have left that may rightly have overwritten it. Every write
//! may rightly overwrite it but one that was acknowledged before it was begun. So each
//! state of a key has a latest completion, that of the writes that leave it, and
//! explains exactly the writes that were begun no later. Absence is the state that
//! deletes leave; no other write is explained by it.
//!
//! A replica is what a node that is up holds, and what a node that is down has on its disk.
//! Where there is a leader, clients ask the leader, and a write of which no leader knows is
//! lost to them, whoever else holds it: that is a loss too. Where the keys are split among
//! groups, only the group counts in which a key is best known.

use super::{
    DurabilityReport, Evidence, ReplicaDurability,
    checker::{Checker, Found, Need, Report, Step, Walked},
    facts::{Facts, deed},
    index::{Index, TextMap, Write},
    replay::{gone_since, held, replay},
    survival::{Fate, Survival},
    text::{count, list, number, plural, quote, span, state},
};
use crate::record::{Verdict, Witness};
use node::{Key, NodeId, Time, Value};
use scenarios::Property;
use std::collections::BTreeMap;

/// A witness tells of at most this many lost writes.
const SHOWN: usize = 5;

/// A key of which acknowledged writes were lost.
#[derive(Debug)]
pub(super) struct LostKey<'a> {
    /// Its number in the index.
    key: usize,
    /// Its name.
    name: &'a Key,
    /// The lost writes, in order of invocation.
    pub(super) writes: Vec<Write>,
    /// Whether some replica still holds them, and only who leads does not.
    by_leaders_alone: bool,
}

/// Looks for the acknowledged writes on the replicas, and remembers which were read.
#[derive(Default)]
pub(super) struct Durability {
    reads: Reads,
}

/// When the value of each write was last found by a read.
#[derive(Default)]
struct Reads {
    /// By position of the write; zero: never.
    last: Vec<Time>,
    /// Reads that none of the latest writes explains, by position.
    open: Vec<usize>,
}

impl<'a> Checker<'a> for Durability {
    fn property(&self) -> Property {
        Property::Durability
    }

    fn needs(&self) -> &'static [Need] {
        &[Need::AcknowledgedWrites, Need::Replicas]
    }

    fn walks(&self) -> bool {
        true
    }

    fn see(&mut self, step: &Step<'_, 'a>) {
        if step.added.read.is_none() {
            return;
        }
        match step.explained_by {
            Some(write) => self.reads.found(write.position(), step.record.invoked),
            None if step.record.found().flatten().is_some() => self.reads.open.push(step.position),
            None => {}
        }
    }

    fn find(self: Box<Self>, walked: &Walked<'_, 'a>) -> Found {
        let Walked { evidence, index, .. } = *walked;
        let survival = Survival::new(evidence, index);
        let lost = lost_keys(&survival, index);
        let last_read = self.reads.settled(evidence, index);
        let report = report(&survival, evidence, index, &lost, &last_read);
        let verdict = if lost.is_empty() {
            Verdict::Holds(evidence.words.put(|| valid(&report)))
        } else {
            let tell = || witness(&survival, evidence, index, &lost, &report);
            Verdict::Violated(evidence.words.prove(tell))
        };
        Found { verdict, report: Some(Report::Durability(report)) }
    }
}

impl Reads {
    fn found(&mut self, write: usize, at: Time) {
        if self.last.len() <= write {
            self.last.resize(write + 1, Time::ZERO);
        }
        self.last[write] = self.last[write].max(at);
    }

    /// When each write was last read, the older ones too.
    fn settled(mut self, evidence: &Evidence<'_>, index: &Index<'_>) -> Vec<Time> {
        let operations = &evidence.history.operations;
        let mut writers: TextMap<(usize, &Value), usize> = TextMap::default();
        if !self.open.is_empty() {
            for write in index.writes() {
                if let Some(value) = index.left_by(write) {
                    writers.insert((index.key_of(write), value), write.position());
                }
            }
        }
        for position in std::mem::take(&mut self.open) {
            let record = &operations[position];
            let key = record.operation.key().and_then(|key| index.key(key));
            let place = key.zip(record.found().flatten());
            if let Some(write) = place.and_then(|place| writers.get(&place)) {
                self.found(*write, record.invoked);
            }
        }
        self.last
    }
}

fn valid(report: &DurabilityReport) -> String {
    let told = match report.acknowledged {
        1 => "the one acknowledged write is there or was overwritten".to_owned(),
        all => format!("all {} acknowledged writes are there or were overwritten", number(all)),
    };
    let behind: Vec<NodeId> = report
        .replicas
        .iter()
        .filter(|replica| replica.lost > 0)
        .map(|replica| replica.node)
        .collect();
    match behind.len() as u64 {
        0 => told,
        some => format!(
            "{told}, though not on {} {}",
            plural(some, "replica", "replicas"),
            list(&behind)
        ),
    }
}

/// The acknowledged writes that were lost, by key.
pub(super) fn lost_keys<'a>(survival: &Survival<'a>, index: &Index<'a>) -> Vec<LostKey<'a>> {
    let mut keys = Vec::new();
    for of_key in survival.open() {
        let lost = |wanted: Fate| {
            let writes = of_key.writes().filter(move |(_, fate)| *fate == wanted);
            writes.map(|(write, _)| *write).collect::<Vec<Write>>()
        };
        for (fate, by_leaders_alone) in [(Fate::Lost, false), (Fate::LostByLeaders, true)] {
            let writes = lost(fate);
            if let Some(first) = writes.first() {
                let name = index.name_by(first);
                keys.push(LostKey { key: of_key.key(), name, writes, by_leaders_alone });
            }
        }
    }
    // What is lost altogether is told first.
    keys.sort_by_key(|key| key.by_leaders_alone);
    keys
}

/// Sums up what became of the acknowledged writes.
fn report(
    survival: &Survival<'_>,
    evidence: &Evidence<'_>,
    index: &Index<'_>,
    lost: &[LostKey<'_>],
    last_read: &[Time],
) -> DurabilityReport {
    let read = |write: &Write| last_read.get(write.position()).copied().unwrap_or(Time::ZERO);
    let latency = |write: &Write| read(write).max(write.completed).since(write.completed);
    let lost_writes = || lost.iter().flat_map(|key| &key.writes);
    let is_judged = |write: &&Write| write.is_acknowledged() && write.invoked < evidence.run_ended;
    let never_read = index
        .writes()
        .iter()
        .filter(is_judged)
        .filter(|write| read(write) == Time::ZERO && index.left_by(write).is_some());
    DurabilityReport {
        acknowledged: index.acknowledged(),
        stable: index.acknowledged() - survival.unstable(),
        lost: lost_writes().count() as u64,
        never_read: never_read.count() as u64,
        max_lost_latency: lost_writes().map(latency).max(),
        replicas: survival
            .holders()
            .map(|(holder, lost)| ReplicaDurability {
                node: holder.node,
                leads: holder.leads,
                is_down: holder.is_down,
                lost,
            })
            .collect(),
    }
}

fn witness(
    survival: &Survival<'_>,
    evidence: &Evidence<'_>,
    index: &Index<'_>,
    lost: &[LostKey<'_>],
    report: &DurabilityReport,
) -> Witness {
    let mut all: Vec<(&LostKey<'_>, Write)> =
        lost.iter().flat_map(|key| key.writes.iter().map(move |write| (key, *write))).collect();
    all.sort_by_key(|(key, write)| (key.by_leaders_alone, write.position()));
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
    facts.add(evidence.ended, words(report));
    let since = add_end(survival, evidence, index, lost, &mut facts);
    Witness {
        summary: summary(survival, evidence, report, &all[0]),
        facts: facts.lines(),
        operations: shown.iter().map(|(_, write)| write.position()).collect(),
        keys: keys.into_iter().map(|key| key.name.clone()).collect(),
        since,
    }
}

fn summary(
    survival: &Survival<'_>,
    evidence: &Evidence<'_>,
    report: &DurabilityReport,
    (key, write): &(&LostKey<'_>, Write),
) -> String {
    let record = &evidence.history.operations[write.position()];
    let name = quote(key.name.as_str());
    let leaders = list(survival.leaders());
    let verb = plural(survival.leaders().count() as u64, "leads", "lead");
    let first = match (record.leaves().flatten(), key.by_leaders_alone) {
        (Some(value), false) => {
            format!("no replica holds {} under key {name}", quote(value.as_str()))
        }
        (None, false) => format!("key {name} is back after its delete"),
        (Some(value), true) => format!(
            "{leaders} {verb} and does not know of {} under key {name}, which other replicas hold",
            quote(value.as_str())
        ),
        (None, true) => format!("{leaders} {verb}, and key {name} is back there after its delete"),
    };
    let lost = report.lost;
    format!(
        "{} of {} {} lost: {first}{}",
        number(lost),
        count(report.acknowledged, "acknowledged write", "acknowledged writes"),
        plural(lost, "was", "were"),
        if lost > 1 { ", for one" } else { "" }
    )
}

/// The writes in Jepsen's words, and how many each replica lacks.
fn words(report: &DurabilityReport) -> String {
    let DurabilityReport { stable, lost, never_read, replicas, .. } = report;
    let latency = report.max_lost_latency.filter(|latency| !latency.is_zero());
    let latency = latency.map(|latency| format!(" (read up to {} after)", span(latency)));
    let behind = replicas.iter().filter(|replica| replica.lost > 0).map(|replica| {
        let part = match (replica.leads, replica.is_down) {
            (true, _) => " (leads)",
            (_, true) => " (down, on its disk)",
            _ => "",
        };
        format!("{}{part} lacks {}", replica.node, number(replica.lost))
    });
    let behind: Vec<String> = behind.collect();
    format!(
        "of the acknowledged writes {} stable, {} lost{}, {} never read; {}",
        number(*stable),
        number(*lost),
        latency.unwrap_or_default(),
        number(*never_read),
        behind.join(", ")
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
    survival: &Survival<'_>,
    evidence: &Evidence<'_>,
    index: &Index<'_>,
    lost: &[LostKey<'_>],
    facts: &mut Facts,
) -> Option<Time> {
    // What is lost altogether is lost later than by its leaders, and the graver loss.
    let by_leaders_alone = lost.iter().all(|key| key.by_leaders_alone);
    let lost: Vec<&LostKey<'_>> =
        lost.iter().filter(|key| key.by_leaders_alone == by_leaders_alone).collect();
    let names: Vec<&Key> = lost.iter().map(|key| key.name).collect();
    let nodes: Vec<NodeId> = if by_leaders_alone {
        survival.leaders().collect()
    } else {
        evidence.replicas.iter().map(|replica| replica.node).collect()
    };
    let moments = replay(evidence, &names, &nodes)?;
    let ends = lost.iter().zip(&moments).filter_map(|(key, moments)| {
        let last = key.writes.last()?;
        let fitting = fitting_states(index, index.writes_to(key.key), last.invoked);
        let end = gone_since(moments, nodes.len(), |state| fitting.binary_search(&state).is_ok())?;
        Some((last, end))
    });
    let (last, end) = ends.min_by_key(|(_, end)| end.at)?;
    let record = &evidence.history.operations[last.position()];
    let node = nodes[end.node];
    let who = if by_leaders_alone { "leader" } else { "replica" };
    let how = if end.by_crash {
        format!("the last {who} that knew of it, {node}, crashed")
    } else {
        format!("{node}, the last {who} that knew of it, went over to {}", state(end.state))
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
