//! Checkers: pure functions of what a run left behind.
//!
//! What flows in: the [`Evidence`], which is history, replicas and faults, and the
//! trace if there is one. What flows out: the [`Findings`], a judgement for each
//! property. A checker costs O(n log n) in the length of the history at worst, and
//! O(n) where it finds nothing.
//!
//! Each is a `Checker` of one registry, and says there what evidence it needs: where that is
//! missing, its property is unknown, and where the system has no such thing, it does not
//! apply. Neither is ever valid.
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
mod levels;
mod liveness;
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

#[cfg(test)]
mod tests;

pub use availability::{AvailabilityReport, AvailabilityWindow, Recovery};
pub use checker::Need;
pub use levels::BELOW;
pub use registry::judge;
pub use report::{DurabilityReport, ReplicaDurability};
pub use staleness::{StaleRead, StalenessReport};

use crate::{
    Run,
    record::{FactRecord, FaultRecord, History, Judgement, Probe, Replica, Trace},
};
use index::Index;
use node::{SystemInfo, Time};
use survival::Survival;

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
    /// What became of the acknowledged writes.
    pub durability: DurabilityReport,
}

/// How many acknowledged writes were lost: those that a witness of a violated
/// [`scenarios::Property::Durability`] rests on, counted in full.
///
/// It is 0 where the checker cannot tell, as when every node was down at the end.
pub fn count_lost_writes(run: &Run) -> u64 {
    let evidence = Evidence {
        history: &run.history,
        replicas: &run.replicas,
        faults: &run.faults,
        facts: &run.facts,
        probes: &run.probes,
        system: Some(&run.system),
        trace: run.trace.as_ref(),
        run_ended: run.run_ended,
        ended: run.ended,
    };
    let is_gone = |replica: &Replica| replica.entries.is_none() && replica.on_disk.is_none();
    if run.replicas.iter().all(is_gone) {
        return 0;
    }
    let mut index = Index::new(&evidence);
    for (position, record) in run.history.operations.iter().enumerate() {
        index.add(position, record);
    }
    let lost = durability::lost_keys(&Survival::new(&evidence, &index), &index);
    lost.iter().map(|key| key.writes.len() as u64).sum()
}
