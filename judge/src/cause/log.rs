//! Why replicated logs broke their promises.

use super::{Cause, Kind, ledger::Ledger, step::Step};
use crate::record::{FactRecord, FaultKind, Witness};
use node::{Fact, NodeId, Time};
use std::collections::BTreeMap;

pub(super) fn parted<'a>(ledger: &Ledger<'a>, witness: &Witness, cause: &mut Cause<'a>) {
    let facts = &ledger.facts;
    let Some(since) = witness.since else {
        return;
    };
    let until = facts.iter().filter(|it| it.at <= since);
    let mut leaders: BTreeMap<u64, NodeId> = BTreeMap::new();
    let mut applied: BTreeMap<u64, Fact> = BTreeMap::new();
    for record in until {
        match record.fact {
            Fact::Leads { term } if *leaders.entry(term).or_insert(record.node) != record.node => {
                cause.node = Some(record.node);
                return rivals(ledger, term, since, cause);
            }
            Fact::Applied { index, .. }
                if *applied.entry(index).or_insert(record.fact) != record.fact =>
            {
                cause.node = Some(record.node);
                return replaced(ledger, index, since, cause);
            }
            _ => {}
        }
    }
    facts.iter().filter(|it| it.at == since && it.fact.is_of_log()).for_each(|it| said(it, cause));
}

fn said(record: &FactRecord, cause: &mut Cause<'_>) {
    cause.steps.push(Step::Said { at: record.at, node: record.node, fact: record.fact });
}

/// Two leaders in one term: who voted, and whether somebody did so twice.
fn rivals(ledger: &Ledger<'_>, term: u64, until: Time, cause: &mut Cause<'_>) {
    let facts = ledger.facts.iter().filter(|it| it.at <= until);
    let mut votes: BTreeMap<NodeId, Vec<(Time, NodeId)>> = BTreeMap::new();
    for record in facts {
        match record.fact {
            Fact::Votes { term: other, candidate } if other == term => {
                votes.entry(record.node).or_default().push((record.at, candidate));
                said(record, cause);
            }
            Fact::Leads { term: other } if other == term => said(record, cause),
            _ => {}
        }
    }
    let twice = votes.iter().find_map(|(node, given)| {
        let first = given.first()?;
        let other = given.iter().find(|(_, candidate)| *candidate != first.1)?;
        Some((*node, first.0, other.0))
    });
    let Some((voter, first, second)) = twice else {
        if votes.is_empty() {
            cause.kind = Some(Kind::SelfPromoted);
        }
        return;
    };
    cause.node = Some(voter);
    let mut died = ledger.faults(Some(voter), first, second);
    let crash = died.find(|(_, fault)| {
        matches!(fault.kind, FaultKind::Crash | FaultKind::PowerLoss) && fault.start >= first
    });
    if let Some((fault, record)) = crash {
        let place = cause
            .steps
            .iter()
            .position(|step| matches!(step, Step::Said { at, .. } if *at > record.start));
        cause.steps.insert(place.unwrap_or(cause.steps.len()), Step::Fault { fault });
        cause.kind = Some(Kind::VoteForgotten);
    } else {
        cause.kind = Some(Kind::VotedTwice);
    }
}

/// An entry that was applied, and then another in its place.
fn replaced(ledger: &Ledger<'_>, index: u64, until: Time, cause: &mut Cause<'_>) {
    let facts = &ledger.facts;
    let applied = facts.iter().filter(|it| {
        it.at <= until && matches!(it.fact, Fact::Applied { index: other, .. } if other == index)
    });
    let applied: Vec<_> = applied.collect();
    let Some(first) = applied.first() else {
        return;
    };
    let Fact::Applied { term, .. } = first.fact else {
        return;
    };
    let by = holders(facts, index, term, first.at);
    let of = ledger.nodes().len();
    let few = by.len() * 2 <= of;
    cause.steps.push(Step::HeldEntry { at: first.at, index, term, by, of });
    said(first, cause);
    // Who led then: was the entry of the leader's own term?
    let mut led = facts.iter().filter(|it| it.at <= first.at).filter_map(|it| match it.fact {
        Fact::Leads { term } => Some((it, term)),
        _ => None,
    });
    let leader = led.next_back();
    if let Some((record, _)) = leader {
        cause.steps.insert(0, Step::Said { at: record.at, node: record.node, fact: record.fact });
    }
    let after = facts.iter().filter(|it| it.at > first.at && it.at <= until);
    for record in after.filter(|it| matches!(it.fact, Fact::Leads { .. })) {
        said(record, cause);
    }
    if let Some(other) = applied.iter().find(|it| it.fact != first.fact) {
        said(other, cause);
    }
    let power = ledger
        .faults(None, first.at, until)
        .find(|(_, fault)| fault.kind == FaultKind::PowerLoss && fault.start >= first.at);
    cause.kind = if few {
        Some(Kind::AppliedEarly)
    } else if let Some((fault, _)) = power {
        cause.steps.push(Step::Fault { fault });
        Some(Kind::PlatterLost)
    } else {
        leader.and_then(|(_, leading)| (leading > term).then_some(Kind::DecidedOldTerm))
    };
}

/// The nodes whose logs held an entry at a moment, as far as they had said.
pub(super) fn holders(facts: &[FactRecord], index: u64, term: u64, at: Time) -> Vec<NodeId> {
    let mut last: BTreeMap<NodeId, bool> = BTreeMap::new();
    for record in facts.iter().filter(|it| it.at <= at) {
        match record.fact {
            Fact::Appended { index: other, term: of, .. } if other == index => {
                last.insert(record.node, of == term);
            }
            // An append below takes what stood above.
            Fact::Appended { index: other, .. } if other < index => {
                last.remove(&record.node);
            }
            _ => {}
        }
    }
    last.into_iter().filter(|(_, holds)| *holds).map(|(node, _)| node).collect()
}
