//! The levels of consistency as properties: what the calls of a history prove or refute.
//!
//! All operations count, those begun after healing too: a probe is a call like any other.
//! Linearizability is judged before all else. What is linearizable keeps every weaker level, so that those
//! are not searched for again; where it is violated or undecided, each is judged for itself.

use super::checker::{Checker, Found, Need, Walked};
use crate::{
    consistency::{
        Budget, Finding, Known, Level, level,
        linear::{self, Outcome, Window, is_linearizable, linearizability},
    },
    record::{OperationRecord, Verdict, Witness, Words},
    text::count,
};
use scenarios::Property;

/// How far the levels are searched for in a run, of which there may be thousands: what is not
/// found in a fifth of a second will hardly be found in ten. `seedbed judge` takes its time.
const STEPS: Budget = Budget { steps: 500_000 };

/// The levels below linearizability, the strongest first.
pub const BELOW: [Property; 8] = [
    Property::Sequential,
    Property::Causal,
    Property::ReadYourWrites,
    Property::MonotonicReads,
    Property::MonotonicWrites,
    Property::WritesFollowReads,
    Property::NoLostUpdate,
    Property::NoResurrection,
];

/// Judges linearizability.
pub(super) struct Linearizability;

/// Judges a level below it.
pub(super) struct Weaker {
    property: Property,
    level: &'static Level,
}

impl Weaker {
    /// The checker of a property that is such a level.
    pub(super) fn new(property: Property) -> Self {
        let level = level(property.name()).expect("each of these properties is a level");
        Self { property, level }
    }
}

impl<'a> Checker<'a> for Linearizability {
    fn property(&self) -> Property {
        Property::Linearizability
    }

    fn needs(&self) -> &'static [Need] {
        &[Need::Operations, Need::Tellings]
    }

    fn find(self: Box<Self>, walked: &Walked<'_, 'a>) -> Found {
        let calls = walked.calls();
        let operations = &walked.evidence.history.operations;
        let words = walked.evidence.words;
        let amount = || count(calls.calls.len() as u64, "operation", "operations");
        let budget = linear::Budget::DEFAULT;
        // What stands in the way is told in words only, and is not looked for otherwise.
        if words == Words::Unsaid {
            return match is_linearizable(calls, budget) {
                Some(true) => Verdict::Holds(String::new()),
                Some(false) => Verdict::Violated(Witness::default()),
                None => Verdict::Unknown(String::new()),
            }
            .into();
        }
        match linearizability(calls, budget) {
            Outcome::Linearizable => {
                let text = || format!("one order of {} explains every answer", amount());
                Verdict::Holds(words.put(text))
            }
            Outcome::NotLinearizable(window) => {
                Verdict::Violated(words.prove(|| witness(&window, operations)))
            }
            Outcome::Undecided(parts) => Verdict::Unknown(format!(
                "the budget of steps was spent on {} of {}",
                count(parts.len() as u64, "part", "parts"),
                amount()
            )),
        }
        .into()
    }
}

impl<'a> Checker<'a> for Weaker {
    fn property(&self) -> Property {
        self.property
    }

    fn needs(&self) -> &'static [Need] {
        &[Need::Operations, Need::Tellings]
    }

    fn find(self: Box<Self>, walked: &Walked<'_, 'a>) -> Found {
        let known = Known { linearizable: walked.linearizable };
        match (self.level.judge)(walked.subject(), known, STEPS) {
            Finding::Holds(text) => Verdict::Holds(text),
            Finding::Unknown(text) => Verdict::Unknown(text),
            Finding::Violated(_) if walked.evidence.words == Words::Unsaid => {
                Verdict::Violated(Witness::default())
            }
            Finding::Violated(proof) => {
                let operations = &walked.evidence.history.operations;
                let since = proof.facts.last().map(|(call, _)| operations[*call].invoked);
                let facts = proof.facts.into_iter();
                Verdict::Violated(Witness {
                    summary: proof.summary,
                    facts: facts
                        .map(|(call, text)| format!("{}: {text}", operations[call].invoked))
                        .collect(),
                    operations: proof.calls,
                    keys: proof.keys,
                    since,
                })
            }
        }
        .into()
    }
}

/// The crucial window: the longest legal prefix, and why nothing can come next.
fn witness(window: &Window, operations: &[OperationRecord]) -> Witness {
    let name = |position: usize| {
        let record = &operations[position];
        format!("operation {position} of {} at {}", record.client, record.invoked)
    };
    let blocked: Vec<usize> = window.blocked.iter().map(|blocked| blocked.position).collect();
    let mut facts = window.lines(name);
    // The first line says how far a legal order comes.
    let summary = if facts.is_empty() { String::new() } else { facts.remove(0) };
    let tail = window.tail.iter().map(|placed| placed.position);
    let since = blocked.iter().map(|position| operations[*position].invoked).min();
    Witness {
        summary,
        facts,
        operations: tail.chain(blocked.iter().copied()).collect(),
        keys: window.key.iter().cloned().collect(),
        since,
    }
}
