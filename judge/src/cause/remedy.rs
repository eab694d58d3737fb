//! What helps against a chain, and how that is shown.

use super::{Cause, Kind};
use crate::Run;
use node::{ClientId, Operation, Remedy, SystemInfo, systems};
use scenarios::{Property, Scenario};

/// The same plan carried out otherwise, to see whether a violation goes away.
#[derive(Clone, Debug)]
pub struct Twin {
    /// Which violation is to go.
    pub property: Property,
    /// What helps, if this shows that it does.
    pub help: Help,
    /// The plan.
    pub plan: Scenario,
    /// On which system.
    pub system: SystemInfo,
    /// The scripted writes that were acknowledged. Where one of them is not, the plan has not been
    /// carried out once more, and what holds there proves nothing.
    acknowledged: Vec<(ClientId, Operation)>,
}

/// What may help.
#[derive(Clone, Debug, PartialEq)]
pub enum Help {
    /// The system without these flaws.
    WithoutFlaws(Vec<String>),
    /// A system that has a remedy.
    With(Remedy),
}

/// That something helped: the verdict on the same plan, carried out otherwise.
#[derive(Clone, Debug, PartialEq)]
pub struct Proof {
    /// Which violation is gone.
    pub property: Property,
    /// What helped.
    pub help: Help,
    /// The system on which it did.
    pub system: &'static str,
    /// What the checker says there.
    pub verdict: String,
}

/// What is worth trying against a violation, best first: the same system without its flaws, and then
/// those systems that the scenario is meant for and that have a remedy for a chain of this kind.
pub fn twins(run: &Run, cause: &Cause<'_>) -> Vec<Twin> {
    let mut twins = Vec::new();
    let property = cause.property;
    let acknowledged = acknowledged(run);
    let flaws = run.scenario.for_system(&run.system).all_flaws();
    if !flaws.is_empty() {
        let mut plan = run.plan();
        plan.system.retain_flaws(|flaw| !flaws.contains(flaw));
        if let Some(expected) = plan.expect.get_mut(run.system.name) {
            expected.flaws.clear();
        }
        let help = Help::WithoutFlaws(flaws);
        let acknowledged = acknowledged.clone();
        twins.push(Twin { property, help, plan, system: run.system, acknowledged });
    }
    let remedies = cause.kind.map_or(&[][..], |kind| remedies(kind, property));
    for remedy in remedies {
        let others = systems::all().iter().filter(|other| {
            other.name != run.system.name
                && run.scenario.expect.contains_key(other.name)
                && other.remedies.contains(remedy)
        });
        for other in others {
            let mut plan = run.plan();
            // The remedy is that of the system as it is.
            plan.system.retain_flaws(|_| false);
            if let Some(expected) = plan.expect.get_mut(other.name) {
                expected.flaws.clear();
            }
            let (help, system) = (Help::With(*remedy), *other);
            let acknowledged = acknowledged.clone();
            twins.push(Twin { property, help, plan, system, acknowledged });
        }
    }
    twins
}

/// The scripted writes of a run that were acknowledged.
fn acknowledged(run: &Run) -> Vec<(ClientId, Operation)> {
    let scripted = run.operations().iter().filter(|it| !run.is_workload(it.client));
    let writes = scripted.filter(|it| it.is_ok() && it.operation.kind().is_write());
    writes.map(|it| (it.client, it.operation.clone())).collect()
}

/// What may help against a chain, best first.
const fn remedies(kind: Kind, property: Property) -> &'static [Remedy] {
    use Remedy::{
        AckByMajority, AgreedPlacement, AnyNodeServes, CatchUp, CompareVersions, ConfirmLeadership,
        Election, OneOrder, ReadsMeetWrites, RequestIds, StampAfterSeen, SyncFirst, Tombstones,
        VersionTravels,
    };
    let at_the_end = matches!(property, Property::Convergence);
    match kind {
        Kind::MessageLost | Kind::NotYetThere | Kind::NeverSent if at_the_end => &[CatchUp],
        Kind::MessageLost | Kind::NotYetThere | Kind::NoOverlap => &[ReadsMeetWrites],
        Kind::NeverSent => &[ReadsMeetWrites, AgreedPlacement],
        Kind::AcknowledgedAlone | Kind::HandOverDropped => &[AckByMajority],
        Kind::MemoryLost if at_the_end => &[CatchUp, SyncFirst],
        Kind::MemoryLost | Kind::PlatterLost => &[SyncFirst],
        Kind::Overtaken => &[CompareVersions],
        Kind::ArrivalOrder => &[CompareVersions, OneOrder],
        Kind::ClockDecided => &[StampAfterSeen, OneOrder],
        Kind::StampDecided | Kind::BothSucceeded => &[OneOrder],
        Kind::DeleteForgotten => &[Tombstones],
        Kind::StaleLeader => &[ConfirmLeadership],
        Kind::AnswersCrossed | Kind::AppliedTwice => &[RequestIds],
        Kind::RoutingDisagreed => &[AgreedPlacement],
        Kind::CountedApart => &[VersionTravels],
        Kind::LeaderGone | Kind::SelfPromoted => &[Election],
        Kind::AskedTheGone => &[AnyNodeServes],
        Kind::Forged
        | Kind::NeverStored
        | Kind::WaitsForEver
        | Kind::NoLeader
        | Kind::CutFromOthers
        | Kind::RefusedByRule
        | Kind::VotedTwice
        | Kind::VoteForgotten
        | Kind::AppliedEarly
        | Kind::DecidedOldTerm => &[],
    }
}

impl Twin {
    /// What its run proves; `None` if the violation is there too, or was not looked at.
    pub fn proves(&self, run: &Run) -> Option<Proof> {
        let acknowledged = acknowledged(run);
        if self.acknowledged.iter().any(|write| !acknowledged.contains(write)) {
            return None;
        }
        let judgement = run.judgement(self.property)?;
        let crate::record::Verdict::Holds(verdict) = &judgement.verdict else {
            return None;
        };
        Some(Proof {
            property: self.property,
            help: self.help.clone(),
            system: self.system.name,
            verdict: verdict.clone(),
        })
    }
}
