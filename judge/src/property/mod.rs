//! Checkers: pure functions of what a run left behind.
//!
//! What flows in: the [`Evidence`], which is history, replicas and faults, and the
//! trace if there is one. What flows out: the [`Findings`], a judgement for each
//! property. A checker costs O(n log n) in the length of the history at worst, and
//! O(n) where it finds nothing.
//!
//! Three rules hold for all of them. Operations begun once healing has begun are not
//! judged. A write whose outcome is unknown may take effect at any later moment. And
//! where an observation has several explanations, as when a value was written twice,
//! the most favourable one counts: a violation is reported only if it is proved.

mod availability;
mod convergence;
mod durability;
mod facts;
mod index;
mod overwrites;
mod reads;
mod replay;
mod sessions;
mod staleness;
mod state_machine;
mod story;
mod text;
mod versions;

#[cfg(test)]
mod tests;

pub use availability::{AvailabilityReport, AvailabilityWindow, Recovery};
pub use staleness::{StaleRead, StalenessReport};

use crate::{
    Run,
    record::{Expected, FactRecord, FaultRecord, History, Judgement, Replica, Trace},
};
use index::Index;
use node::Time;
use scenarios::{Expectation, Properties, Property};
use versions::Versions;

/// What the checkers look at.
#[derive(Clone, Copy, Debug)]
pub struct Evidence<'a> {
    /// Every operation.
    pub history: &'a History,
    /// What each node held at the end.
    pub replicas: &'a [Replica],
    /// Every fault.
    pub faults: &'a [FaultRecord],
    /// What the nodes announced of their logs.
    pub facts: &'a [FactRecord],
    /// Every event, if detail was asked for. Verdicts are the same without it; a
    /// witness may know more with it.
    pub trace: Option<&'a Trace>,
    /// When healing began; operations begun later are not judged.
    pub run_ended: Time,
    /// When the replicas were read.
    pub ended: Time,
}

/// What the checkers found.
#[derive(Clone, Debug)]
pub struct Findings {
    /// A judgement a property, in the order of [`scenarios::Property::ALL`].
    pub judgements: Vec<Judgement>,
    /// How old reads were.
    pub staleness: StalenessReport,
    /// How many operations were answered, and when.
    pub availability: AvailabilityReport,
}

/// Lets every checker look, and sets its verdict beside what is expected.
pub fn judge(
    evidence: &Evidence<'_>,
    bounds: &Properties,
    expectation: Option<&Expectation>,
) -> Findings {
    // One walk serves all: in a long run, reading the history is most of the cost.
    let mut meter = availability::Meter::new(evidence);
    let mut index = Index::new(evidence);
    let mut scan = reads::Scan::default();
    let mut versions = Versions::default();
    for (position, record) in evidence.history.operations.iter().enumerate() {
        meter.see(record);
        let added = index.add(position, record);
        if let Some(read) = added.read {
            scan.see(&index, read, record);
            let explained_by = index.explains(read, record);
            versions.see(evidence, read, record, explained_by);
        }
    }
    let reads = reads::measure(evidence, &mut index, scan);
    let availability = meter.report();
    let judgements = Property::ALL
        .into_iter()
        .map(|property| Judgement {
            property,
            verdict: match property {
                Property::Convergence => convergence::judge(evidence, &index),
                Property::Durability => durability::judge(evidence, &index),
                Property::Staleness => {
                    staleness::judge(evidence, &index, &reads, bounds.max_staleness)
                }
                Property::Availability => {
                    availability::judge(evidence, &availability, bounds.min_availability)
                }
                Property::StateMachine => state_machine::judge(evidence.facts),
                Property::PerKeyOrder => sessions::judge(evidence),
                Property::Versions => std::mem::take(&mut versions).judge(evidence, &index),
            },
            expected: expected(property, expectation),
        })
        .collect();
    Findings { judgements, staleness: reads.report, availability }
}

/// How many acknowledged writes were lost: those that a witness of a violated
/// [`Property::Durability`] rests on, counted in full.
///
/// It is 0 where the checker cannot tell, as when every node was down at the end.
pub fn count_lost_writes(run: &Run) -> u64 {
    let evidence = Evidence {
        history: &run.history,
        replicas: &run.replicas,
        faults: &run.faults,
        facts: &run.facts,
        trace: run.trace.as_ref(),
        run_ended: run.run_ended,
        ended: run.ended,
    };
    if run.replicas.iter().all(|replica| replica.entries.is_none()) {
        return 0;
    }
    let mut index = Index::new(&evidence);
    for (position, record) in run.history.operations.iter().enumerate() {
        index.add(position, record);
    }
    let lost = durability::lost_writes(&evidence, &index);
    lost.iter().map(|key| key.writes.len() as u64).sum()
}

fn expected(property: Property, expectation: Option<&Expectation>) -> Expected {
    match expectation {
        Some(stated) if stated.holds.contains(&property) => Expected::Holds,
        Some(stated) if stated.violated.contains(&property) => Expected::Violated,
        Some(_) | None => Expected::Unstated,
    }
}
