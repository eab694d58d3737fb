//! What is wrong with single answers, operation by operation.
//!
//! Witnesses tell of a few operations in words; a chart shows them all. What a checker counts
//! is found here by the same rules: a read that is stale, a write that was lost, an answer that
//! cannot be, and an answer by which a key went back before its session or which makes a level of
//! consistency impossible.

use super::{
    BELOW, Evidence,
    answers::Answers,
    checker::{Checker, Step},
    durability,
    index::{Index, Write},
    reads::{self, Scan},
    survival::Survival,
};
use crate::{
    Run,
    consistency::{Calls, Subject, per_key_order},
    record::{Replica, Witness},
};
use node::Time;
use scenarios::Property;
use std::collections::{BTreeMap, BTreeSet};

/// What is wrong with an answer; where several things are, the first in this order counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wrong {
    /// It says what cannot be, such as a value that nobody wrote.
    Impossible,
    /// It acknowledged a write that was lost.
    Lost,
    /// It returned a value that had been overwritten.
    Stale,
    /// It is none of these, and yet fits into no order: a key went back before its session, or
    /// with this answer a violated level of consistency cannot hold any more.
    Disordered,
}

impl Wrong {
    /// All of them, in order.
    pub const ALL: [Self; 4] = [Self::Impossible, Self::Lost, Self::Stale, Self::Disordered];
}

/// The answers of a run that are wrong, by position in the history, the probes among them.
///
/// Stale reads are those of [`Run::staleness`], allowed or not. The others are those on which a
/// violation that the run was judged by rests, all of them and not only those of its
/// witness; without such a violation there are none. Of a level of consistency whose checker
/// stops at its first proof, that is the answer which completes the proof, unless another answer
/// about a key of the proof is wrong already: then that one shows it, and the one that completes the proof
/// may well be right.
pub fn wrong_answers(run: &Run) -> BTreeMap<usize, Wrong> {
    let is_violated = |property| violation(run, property).is_some();
    let mut wrong = BTreeMap::new();
    let mut add = |operation: usize, what: Wrong| {
        let known = wrong.entry(operation).or_insert(what);
        *known = what.min(*known);
    };
    let stale = run.staleness.stale.iter();
    stale.for_each(|read| add(read.operation, Wrong::Stale));
    let evidence = Evidence::of(run);
    if [Property::Staleness, Property::Answers].into_iter().any(is_violated) {
        impossible(&evidence).into_iter().for_each(|read| add(read, Wrong::Impossible));
    }
    if is_violated(Property::Durability) {
        lost_writes(run).into_iter().for_each(|write| add(write, Wrong::Lost));
    }
    if is_violated(Property::PerKeyOrder) {
        let found = per_key_order(&Subject::new(&Calls::of(&run.history, Time::MAX)));
        found.violations.iter().for_each(|back| add(back.read, Wrong::Disordered));
    }
    let key_of = |operation: &usize| run.history.operations.get(*operation)?.operation.key();
    for property in [Property::Linearizability].into_iter().chain(BELOW) {
        let Some(witness) = violation(run, property) else { continue };
        let keys: BTreeSet<_> = witness.operations.iter().filter_map(key_of).collect();
        let is_shown = wrong.keys().filter_map(key_of).any(|key| keys.contains(key));
        if let Some(answer) = completes(run, witness).filter(|_| !is_shown) {
            wrong.entry(answer).or_insert(Wrong::Disordered);
        }
    }
    wrong
}

/// How many acknowledged writes were lost: those that a witness of a violated
/// [`Property::Durability`] rests on, counted in full.
///
/// It is 0 where the checker cannot tell, as when every node was down at the end.
pub fn count_lost_writes(run: &Run) -> u64 {
    lost_writes(run).len() as u64
}

fn lost_writes(run: &Run) -> Vec<usize> {
    let is_gone = |replica: &Replica| replica.entries.is_none() && replica.on_disk.is_none();
    if run.replicas.iter().all(is_gone) {
        return Vec::new();
    }
    let evidence = Evidence::of(run);
    let mut index = Index::new(&evidence);
    for (position, record) in run.history.operations.iter().enumerate() {
        index.add(position, record);
    }
    let lost = durability::lost_keys(&Survival::new(&evidence, &index), &index);
    lost.iter().flat_map(|key| &key.writes).map(Write::position).collect()
}

/// The answers that say what cannot be.
fn impossible(evidence: &Evidence<'_>) -> Vec<usize> {
    let (mut answers, mut scan) = (Answers::default(), Scan::default());
    let mut index = Index::new(evidence);
    for (position, record) in evidence.history.operations.iter().enumerate() {
        let added = index.add(position, record);
        let explained_by = added.read.and_then(|read| index.explains(read, record));
        let step = Step { position, record, index: &index, added, explained_by };
        answers.see(&step);
        scan.see(&step);
    }
    let wrong = answers.wrong(evidence, &index).into_iter().map(|wrong| wrong.operation);
    wrong.chain(reads::measure(evidence, &index, scan).unwritten).collect()
}

fn violation(run: &Run, property: Property) -> Option<&Witness> {
    run.judgement(property)?.verdict.witness()
}

/// The answered operation of a proof that was answered last, if any told what a key held.
fn completes(run: &Run, witness: &Witness) -> Option<usize> {
    let operations = &run.history.operations;
    let tells = |operation: &&usize| {
        operations.get(**operation).is_some_and(|record| {
            record.is_answered() && (record.found().is_some() || record.leaves().is_none())
        })
    };
    let told = witness.operations.iter().filter(tells);
    told.copied().max_by_key(|operation| (operations[*operation].completed, *operation))
}
