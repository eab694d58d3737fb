//! Checkers: pure functions of what a run left behind.
//!
//! What flows in: the [`Evidence`], which is history, replicas and faults, and the
//! trace if there is one. What flows out: the [`Findings`], a judgement for each
//! property. A checker costs O(n log n) in the length of the history at worst, and
//! O(n) where it finds nothing.
//!
//! Each is a `Checker` of one registry, and says there what evidence it needs: where that is
//! missing, its property is unknown, and where the system has no such thing, it does not
//! apply. Neither ever holds.
//!
//! Three rules hold for all of them. Operations begun once healing has begun are not
//! judged, unless the property is about them. A write whose outcome is unknown may take effect at any later moment. And
//! where an observation has several explanations, as when a value was written twice,
//! the most favourable one counts: a violation is reported only if it is proved.

mod answers;
mod availability;
mod checker;
mod convergence;
mod durability;
mod facts;
mod index;
mod invariants;
mod levels;
mod liveness;
mod outage;
mod overwrites;
mod placement;
mod presence;
mod reads;
mod registry;
mod replay;
mod report;
mod sessions;
mod staleness;
mod state_machine;
mod story;
mod survival;
mod text;
mod versions;
mod wrong;

#[cfg(test)]
mod tests;

pub use availability::{AvailabilityReport, Recovery};
pub use checker::Need;
pub use convergence::agree;
pub use invariants::{OwnInvariant, State, judge_invariants, register};
pub use levels::BELOW;
pub use outage::{Outage, Service, downtime, outages};
pub use registry::judge;
pub use report::{DurabilityReport, ReplicaDurability};
pub use staleness::{StaleRead, StalenessReport};
pub use wrong::{Wrong, count_lost_writes, wrong_answers};

use crate::{
    Run,
    record::{FactRecord, FaultRecord, History, Judgement, Probe, Replica, Trace, Words},
};
use node::{SystemInfo, Time};

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
    /// The operations that were made after healing to see who answers.
    pub probes: &'a [Probe],
    /// The system that it was, if it is one of ours.
    pub system: Option<&'a SystemInfo>,
    /// When healing began; operations begun later are judged by few properties, and
    /// those say so.
    pub run_ended: Time,
    /// When the replicas were read. Operations begun from then on are probes.
    pub ended: Time,
    /// Whether verdicts are to be put in words.
    pub words: Words,
}

/// What the checkers found.
#[derive(Clone, Debug)]
pub struct Findings {
    /// A judgement a property, in the order of [`scenarios::Property::ALL`]; that of
    /// [invariants](judge_invariants) is not among them.
    pub judgements: Vec<Judgement>,
    /// How old reads were.
    pub staleness: StalenessReport,
    /// How many operations were answered, and when.
    pub availability: AvailabilityReport,
    /// What became of the acknowledged writes.
    pub durability: DurabilityReport,
}

impl<'a> Evidence<'a> {
    /// What a run left behind.
    fn of(run: &'a Run) -> Self {
        Self {
            history: &run.history,
            replicas: &run.replicas,
            faults: &run.faults,
            facts: &run.facts,
            probes: &run.probes,
            system: Some(&run.system),
            trace: run.trace.as_ref(),
            run_ended: run.run_ended,
            ended: run.ended,
            words: Words::Said,
        }
    }
}
