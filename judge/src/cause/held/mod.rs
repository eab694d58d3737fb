//! Why a run that had faults held: what would have broken, and what prevented it.

mod clock;
mod cut;
mod death;
mod order;
mod service;

use super::{ledger::Ledger, step::Step};
use crate::{
    Run,
    record::{FaultKind, FaultOrigin, FaultRecord},
};
use node::{Fact, NodeId, Time};

/// What kept one fault from doing harm.
#[derive(Clone, Debug)]
pub struct Defence<'a> {
    /// The fault, by position.
    pub fault: usize,
    /// The node that it struck.
    pub node: NodeId,
    /// What happened, in order of time.
    pub steps: Vec<Step<'a>>,
}

/// At most so many faults are told of; the others are like them.
const MOST_FAULTS: usize = 2;

/// What kept the faults of a run from doing harm, as far as the trace shows it. What was done to a run comes
/// before what its network is like all the time.
pub fn defences(run: &Run) -> Vec<Defence<'_>> {
    let Some(ledger) = Ledger::of(run) else {
        return Vec::new();
    };
    let mut faults: Vec<_> = run.faults.iter().enumerate().collect();
    faults.sort_by_key(|(_, fault)| fault.origin == FaultOrigin::Background);
    let defences = faults.into_iter().filter_map(|(place, _)| defence(&ledger, place));
    defences.take(MOST_FAULTS).collect()
}

fn defence<'a>(ledger: &Ledger<'a>, place: usize) -> Option<Defence<'a>> {
    let fault = &ledger.run.faults[place];
    let struck = struck(ledger, fault);
    // Of a split it is not known beforehand who missed something.
    let others = ledger.nodes().iter().copied().filter(|node| Some(*node) != struck);
    for node in struck.into_iter().chain(others.filter(|_| is_cut(fault.kind))) {
        let steps = against(ledger, node, place);
        if !steps.is_empty() {
            return Some(Defence { fault: place, node, steps });
        }
    }
    let node = struck.or_else(|| ledger.nodes().first().copied())?;
    let step = service::went_on(ledger.run, node, fault)?;
    Some(Defence { fault: place, node, steps: vec![step] })
}

/// What kept a fault from doing harm at one node.
fn against<'a>(ledger: &Ledger<'a>, node: NodeId, place: usize) -> Vec<Step<'a>> {
    let fault = &ledger.run.faults[place];
    match fault.kind {
        FaultKind::Crash | FaultKind::PowerLoss => death::after_death(ledger, node, fault),
        kind if is_cut(kind) => {
            let steps = cut::after_cut(ledger, node, fault);
            if steps.is_empty() { cut::made_up(ledger, place) } else { steps }
        }
        FaultKind::Reorder | FaultKind::SlowLink | FaultKind::DelaySpike => {
            order::overtaken(ledger, fault)
        }
        FaultKind::Duplicate => order::doubled(ledger),
        FaultKind::ClockJump => clock::stamped_in_order(ledger, fault),
        FaultKind::Membership => cut::caught_up(ledger, node, Time::ZERO, fault.start),
        _ => Vec::new(),
    }
}

const fn is_cut(kind: FaultKind) -> bool {
    matches!(
        kind,
        FaultKind::Isolate
            | FaultKind::Partition
            | FaultKind::Pause
            | FaultKind::OneWay
            | FaultKind::Bridge
            | FaultKind::FlappingLink
            | FaultKind::Loss
    )
}

/// The node that a fault is about: the one it names, or of several the one that led.
fn struck(ledger: &Ledger<'_>, fault: &FaultRecord) -> Option<NodeId> {
    let led = ledger.facts.iter().rfind(|it| it.at <= fault.start && leads(&it.fact));
    let leader = led.map(|it| it.node).filter(|leader| fault.nodes.contains(leader));
    leader.or(fault.nodes.first().copied())
}

const fn leads(fact: &Fact) -> bool {
    matches!(fact, Fact::Leads { .. } | Fact::Elected { .. })
}
