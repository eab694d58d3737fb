//! Nodes that wait for others with no deadline, and have fallen silent.

use crate::Run;
use node::{NodeId, Waits};
use std::collections::BTreeMap;

/// Nodes all of whose workers wait, and for whom.
pub type Stuck<'a> = BTreeMap<NodeId, &'a Waits>;

/// Why nobody answers.
#[derive(Clone, Debug)]
pub enum Standstill<'a> {
    /// They wait for none but each other.
    Deadlock(Stuck<'a>),
    /// They wait for somebody who is free, or gone, and does not answer.
    Hang(Stuck<'a>),
}

/// The nodes whose waits explain that operations went unanswered, if there are any.
pub fn standstill(run: &Run) -> Option<Standstill<'_>> {
    let stuck = run.waits.iter().filter(|(_, waits)| waits.is_stuck());
    let stuck: Stuck<'_> = stuck.map(|(node, waits)| (*node, waits)).collect();
    let deadlocked = deadlocked(&stuck);
    let circle: Vec<NodeId> = deadlocked.keys().copied().collect();
    if has_fallen_silent(run, &circle) {
        return Some(Standstill::Deadlock(deadlocked));
    }
    let mut hanging = stuck;
    hanging.retain(|node, _| !circle.contains(node));
    let silent = hanging.keys().any(|node| has_fallen_silent(run, &[*node]));
    silent.then_some(Standstill::Hang(hanging))
}

/// When one of the nodes last answered a client.
pub fn last_answer(run: &Run, nodes: &[NodeId]) -> Option<node::Time> {
    let operations = run.history.operations.iter();
    let answered = operations.filter(|it| nodes.contains(&it.node) && it.is_answered());
    answered.map(|record| record.completed).max()
}

/// Whether nodes left an operation unanswered that was begun after their last answer. Those
/// that merely had their hands full as the run ended have gone on answering.
fn has_fallen_silent(run: &Run, nodes: &[NodeId]) -> bool {
    let last = last_answer(run, nodes);
    let operations = run.history.operations.iter();
    let mut unanswered = operations.filter(|it| nodes.contains(&it.node) && !it.is_answered());
    unanswered.any(|record| last.is_none_or(|last| record.invoked > last))
}

/// The nodes that wait for none but each other: whoever waits for a node that is free to
/// answer may yet go on.
fn deadlocked<'a>(stuck: &Stuck<'a>) -> Stuck<'a> {
    let mut left = stuck.clone();
    loop {
        let may_go_on = |waits: &Waits| waits.on.keys().any(|node| !left.contains_key(node));
        let kept = left.iter().filter(|(_, waits)| !may_go_on(waits));
        let kept: Stuck<'a> = kept.map(|(node, waits)| (*node, *waits)).collect();
        if kept.len() == left.len() {
            return left;
        }
        left = kept;
    }
}
