//! Invariants: do the values keep what the author of a scenario demands of them?
//!
//! In the end, those are asked who lead, where anybody does, and otherwise every replica: if all keep it,
//! it holds, if none does, it is violated, and where they differ it is unknown. What was read is
//! looked at whoever answered. Where keys are dealt to groups, one replica of each is taken.

mod ledger;
mod own;

pub use own::{OwnInvariant, State, register};

use super::{
    Evidence,
    facts::{Facts, answer, deed},
    text::{list, plural, quote},
};
use crate::record::{Expected, Judgement, Replica, Verdict, Witness};
use ledger::Ledger;
use node::{Key, NodeId, Operation, Value, Versioned};
use scenarios::{Expectation, Invariant, InvariantKeys, Property, Sum};
use std::collections::BTreeMap;

/// What one or more replicas hold together.
#[derive(Debug)]
pub(super) struct View<'a> {
    nodes: Vec<NodeId>,
    entries: BTreeMap<&'a Key, &'a Value>,
}

/// Why an invariant does not hold: a sentence, and what it rests on.
struct Broken {
    why: String,
    facts: Facts,
    operations: Vec<usize>,
    keys: Vec<Key>,
}

/// Judges the invariants of a scenario, and those that were handed over in code; `None` if there are
/// neither.
pub fn judge_invariants(
    evidence: &Evidence<'_>,
    stated: &[Invariant],
    own: &[OwnInvariant],
    expectation: Option<&Expectation>,
) -> Option<Judgement> {
    if stated.is_empty() && own.is_empty() {
        return None;
    }
    let property = Property::Invariants;
    let expected = match expectation {
        Some(stated) if stated.holds.contains(&property) => Expected::Holds,
        Some(stated) if stated.violated.contains(&property) => Expected::Violated,
        Some(_) | None => Expected::Unstated,
    };
    let verdict = verdict(evidence, stated, own);
    let words = evidence.words;
    let verdict = match &verdict {
        Verdict::Violated(_) => match words.prove(|| true) {
            true => verdict,
            false => verdict.unsaid(),
        },
        _ => match words.put(|| true) {
            true => verdict,
            false => verdict.unsaid(),
        },
    };
    Some(Judgement { property, verdict, expected })
}

fn verdict(evidence: &Evidence<'_>, stated: &[Invariant], own: &[OwnInvariant]) -> Verdict {
    let views = views(evidence.replicas);
    let mut unknown = None;
    let mut told = Vec::new();
    for invariant in stated {
        match judge_one(evidence, invariant, &views) {
            Ok(()) => told.push(quote(&invariant.name).to_string()),
            Err(Verdict::Unknown(why)) => unknown = unknown.or(Some(why)),
            Err(violated) => return violated,
        }
    }
    for own in own {
        match judge_own(evidence, own, &views) {
            Ok(()) => told.push(quote(own.name).to_string()),
            Err(Verdict::Unknown(why)) => unknown = unknown.or(Some(why)),
            Err(violated) => return violated,
        }
    }
    match unknown {
        Some(why) => Verdict::Unknown(why),
        None => {
            let are = plural(told.len() as u64, "is", "are");
            Verdict::Holds(format!("{} {are} kept", list(told)))
        }
    }
}

/// What is to be looked at in the end: what those hold who lead, or else every replica.
fn views(replicas: &[Replica]) -> Vec<View<'_>> {
    let mut groups: BTreeMap<u32, Vec<&Replica>> = BTreeMap::new();
    for replica in replicas.iter().filter(|replica| replica.entries.is_some()) {
        groups.entry(replica.group).or_default().push(replica);
    }
    for group in groups.values_mut() {
        if group.iter().any(|replica| replica.leads) {
            group.retain(|replica| replica.leads);
        }
    }
    let of = |replicas: Vec<&'_ Replica>| View {
        nodes: replicas.iter().map(|replica| replica.node).collect(),
        entries: BTreeMap::new(),
    };
    let chosen: Vec<Vec<&Replica>> = match groups.len() {
        1 => groups.into_values().flatten().map(|replica| vec![replica]).collect(),
        0 => Vec::new(),
        _ => vec![groups.into_values().map(|group| group[0]).collect()],
    };
    let mut views = Vec::new();
    for replicas in chosen {
        let mut view = of(replicas.clone());
        for (key, Versioned { value, .. }) in
            replicas.iter().flat_map(|it| it.entries.iter().flatten())
        {
            view.entries.insert(key, value);
        }
        views.push(view);
    }
    views
}

/// Asks every view; the error is a verdict that is not valid.
fn in_the_end<'v, 'a>(
    evidence: &Evidence<'_>,
    name: &str,
    views: &'v [View<'a>],
    ask: impl Fn(&'v View<'a>) -> Result<(), Broken>,
) -> Result<(), Verdict> {
    if views.is_empty() {
        return Err(Verdict::Unknown(
            "every node was down at the end, so nothing could be read".into(),
        ));
    }
    let mut broken: Vec<_> =
        views.iter().filter_map(|view| Some((view, ask(view).err()?))).collect();
    if broken.is_empty() {
        return Ok(());
    }
    let nodes: Vec<NodeId> = broken.iter().flat_map(|(view, _)| view.nodes.clone()).collect();
    if broken.len() < views.len() {
        return Err(Verdict::Unknown(format!(
            "in the end replicas differ, and {} is kept by some and not by {}",
            quote(name),
            list(&nodes)
        )));
    }
    let (_, first) = broken.swap_remove(0);
    let whose = match nodes.len() {
        1 => format!("{} holds", nodes[0]),
        _ => format!("{} hold", list(&nodes)),
    };
    let summary = format!("{} is not kept: {}", quote(name), first.why);
    let mut facts = first.facts;
    facts.add(evidence.ended, format!("in the end {whose} what breaks it"));
    Err(witness(summary, facts, first.operations, first.keys))
}

fn witness(summary: String, facts: Facts, operations: Vec<usize>, keys: Vec<Key>) -> Verdict {
    let facts = facts.lines();
    Verdict::Violated(Witness { summary, facts, operations, keys, since: None })
}

/// Judges one invariant; the error is a verdict that is not valid.
fn judge_one(
    evidence: &Evidence<'_>,
    invariant: &Invariant,
    views: &[View<'_>],
) -> Result<(), Verdict> {
    let name = &invariant.name;
    if let Some(check) = &invariant.check {
        let Some(own) = own::registered(check) else {
            return Err(Verdict::Unknown(format!("no check is registered as {}", quote(check))));
        };
        judge_own(evidence, &OwnInvariant { name, ..own }, views)?;
    }
    read(evidence, invariant)?;
    in_the_end(evidence, name, views, |view| {
        for (key, value) in view.of(&invariant.keys) {
            bounds(invariant, &value).map_err(|why| Broken {
                why: format!("key {} holds {}, {why}", quote(key.as_str()), quote(value.as_str())),
                facts: Facts::default(),
                operations: Vec::new(),
                keys: vec![key],
            })?;
        }
        Ok(())
    })?;
    match invariant.sum {
        None => Ok(()),
        Some(Sum::Exactly(sum)) => in_the_end(evidence, name, views, |view| {
            let found = view.sum(invariant)?;
            match found == i128::from(sum) {
                true => Ok(()),
                false => {
                    let why = format!("the sum is {found} and not {sum}");
                    // What clients were told may say how that came about.
                    let told = Ledger::of(evidence, invariant).map(|ledger| {
                        ledger.check(evidence, invariant, found, |key| view.number(key, invariant))
                    });
                    Err(match told {
                        Ok(Err(explained)) => Broken { why, ..explained },
                        _ => Broken::new(why),
                    })
                }
            }
        }),
        Some(Sum::Acknowledged) => {
            let ledger = Ledger::of(evidence, invariant).map_err(Verdict::Unknown)?;
            in_the_end(evidence, name, views, |view| {
                let found = view.sum(invariant)?;
                ledger.check(evidence, invariant, found, |key| view.number(key, invariant))
            })
        }
    }
}

impl Broken {
    fn new(why: String) -> Self {
        Self { why, facts: Facts::default(), operations: Vec::new(), keys: Vec::new() }
    }
}

/// Looks at everything that was read of the keys.
fn read(evidence: &Evidence<'_>, invariant: &Invariant) -> Result<(), Verdict> {
    if invariant.at_least.is_none() && invariant.at_most.is_none() {
        return Ok(());
    }
    let operations = evidence.history.operations.iter().enumerate();
    let reads = operations.filter(|(_, it)| matches!(it.operation, Operation::Get { .. }));
    for (position, record) in reads {
        let (Some(key), Some(Some(value))) = (record.operation.key(), record.found()) else {
            continue;
        };
        if !is_of(&invariant.keys, key) {
            continue;
        }
        if let Err(why) = bounds(invariant, value) {
            let summary = format!(
                "{} is not kept: {} read {} under key {}, {why}",
                quote(&invariant.name),
                record.client,
                quote(value.as_str()),
                quote(key.as_str())
            );
            let mut facts = Facts::default();
            facts.add(record.invoked, deed(record) + &answer(record));
            return Err(witness(summary, facts, vec![position], vec![key.clone()]));
        }
    }
    Ok(())
}

/// Whether a value is a number within the bounds, and why not.
fn bounds(invariant: &Invariant, value: &Value) -> Result<(), String> {
    let Ok(number) = value.as_str().parse::<i64>() else {
        return Err("which is no number".to_owned());
    };
    if let Some(least) = invariant.at_least.filter(|least| number < *least) {
        return Err(format!("which is less than {least}"));
    }
    if let Some(most) = invariant.at_most.filter(|most| number > *most) {
        return Err(format!("which is more than {most}"));
    }
    Ok(())
}

/// Whether an invariant is about a key.
pub(super) fn is_of(keys: &InvariantKeys, key: &Key) -> bool {
    match keys {
        InvariantKeys::Named(named) => named.contains(key),
        InvariantKeys::First(count) => {
            let number = key.as_str().strip_prefix("key").filter(|number| !number.starts_with('0'));
            number
                .and_then(|number| number.parse::<u64>().ok())
                .is_some_and(|it| (1..=*count).contains(&it))
        }
    }
}

impl View<'_> {
    /// What is held of these keys.
    fn of(&self, keys: &InvariantKeys) -> Vec<(Key, Value)> {
        let held = self.entries.iter().filter(|(key, _)| is_of(keys, key));
        held.map(|(key, value)| ((*key).clone(), (*value).clone())).collect()
    }

    /// The number under a key.
    fn number(&self, key: &Key, invariant: &Invariant) -> Option<i64> {
        match self.entries.get(key) {
            Some(value) => value.as_str().parse().ok(),
            None => Some(invariant.absent),
        }
    }

    /// The sum of all numbers.
    fn sum(&self, invariant: &Invariant) -> Result<i128, Broken> {
        let mut sum = 0;
        for key in invariant.keys.iter() {
            let Some(number) = self.number(&key, invariant) else {
                let key_name = quote(key.as_str()).to_string();
                let mut broken = Broken::new(format!("key {key_name} holds no number"));
                broken.keys.push(key);
                return Err(broken);
            };
            sum += i128::from(number);
        }
        Ok(sum)
    }
}

/// Asks an author's own check of each view.
fn judge_own(
    evidence: &Evidence<'_>,
    own: &OwnInvariant<'_>,
    views: &[View<'_>],
) -> Result<(), Verdict> {
    in_the_end(evidence, own.name, views, |view| {
        (own.check)(&State::new(&view.entries, evidence.history)).map_err(Broken::new)
    })
}
