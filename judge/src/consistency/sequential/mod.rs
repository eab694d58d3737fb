//! Sequential consistency: one order of all calls that keeps the order of each session and
//! explains every answer.
//!
//! Lamport, *How to Make a Multiprocessor Computer That Correctly Executes Multiprocess
//! Programs* (1979). The order is of the whole map: two keys may each have one and the map
//! none. Time plays no role, so that a session may read the past for as long as it likes. A call
//! of unknown outcome may stand anywhere after what precedes it in its session, or nowhere.
//!
//! To tell is NP-complete. Most histories that have an order have one that is plain to see, which
//! is looked for first. What is not even causal is refuted at once, and so is a state that
//! was consumed more often than it came about; what is linearizable is sequential. Then what
//! must come before what is followed to its end, which refutes most of what can be refuted.
//! Otherwise orders that keep to it are searched for, depth first, until one is found, none is
//! left, or the budget is spent. Three things keep the search short: places from which no order
//! was found are remembered; a state that some call has yet to see is not overwritten for good;
//! and a place at which sessions wait for each other in a circle is left at once.

mod asked;
mod effects;
mod place;
mod plain;
mod search;
mod states;
mod waits;

use super::{
    Budget, Finding, Known, Subject, explain, phrases,
    saturate::{Saturated, saturate},
    updates, words,
};
use crate::text::count;
use node::Key;
use search::Search;

pub(super) use asked::order as plain_order;

/// Judges it.
pub(super) fn judge(subject: &Subject<'_>, known: Known, budget: Budget) -> Finding {
    let calls = subject.calls();
    let is_asked = known.linearizable != Some(true) && explain::missing(calls).is_none();
    if is_asked && subject.has_plain_order(budget) {
        return Finding::Holds(holds(subject));
    }
    let weaker = subject.causal(known, budget);
    if let Finding::Violated(mut proof) = weaker {
        proof.summary =
            subject.words().prove(|| format!("it is not even causal: {}", proof.summary));
        return Finding::Violated(proof);
    }
    if !is_asked {
        return weaker;
    }
    let index = subject.index();
    if let Some(proof) = updates::consumed_twice(index) {
        return Finding::Violated(proof);
    }
    let edges = match saturate(index, &mut budget.clone()) {
        Saturated::Circle(circle) => return Finding::Violated(phrases::circle(index, &circle)),
        Saturated::Unexplained(number) => {
            return Finding::Violated(phrases::unexplained(index, number));
        }
        Saturated::Order(edges) => edges,
    };
    let mut search = Search::new(index, &edges, budget.steps);
    let calls_text = count(calls.calls.len() as u64, "operation", "operations");
    match search.run() {
        Some(true) => Finding::Holds(holds(subject)),
        Some(false) => {
            let summary = format!(
                "no order of {calls_text} that keeps the order of each session explains every \
                 answer: the longest explains {}, and whichever comes next contradicts an answer",
                search.deepest
            );
            let mut keys: Vec<Key> = search
                .stuck
                .iter()
                .filter_map(|call| index.call(*call).action.key().cloned())
                .collect();
            keys.sort();
            keys.dedup();
            keys.truncate(4);
            Finding::Violated(words::proof(calls, summary, &search.stuck, keys))
        }
        None => Finding::Unknown(format!(
            "no order of {calls_text} that explains every answer was found in the steps allowed; \
             the longest found explains {}",
            search.deepest
        )),
    }
}

/// What is said of a history that has an order.
fn holds(subject: &Subject<'_>) -> String {
    subject.words().put(|| {
        let calls = count(subject.calls().calls.len() as u64, "operation", "operations");
        let sessions = count(subject.index().sessions as u64, "session", "sessions");
        format!("one order of {calls} of {sessions} explains every answer")
    })
}
