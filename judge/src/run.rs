//! A record and what the judge found in it.

use crate::{
    property::{AvailabilityReport, DurabilityReport, StalenessReport},
    record::{
        Counters, Digest, Expected, FactRecord, FaultRecord, History, Judgement, OperationRecord,
        Probe, Replica, Trace,
    },
};
use node::{ClientId, NodeId, SystemInfo, Time, Waits};
use scenarios::{Scenario, Step, Workload};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, sync::Arc};

/// Where a run took place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// In the simulator: the same seed gives the same run.
    #[default]
    Simulator,
    /// On processes, in real time: no two such runs are the same, whatever the seed.
    Processes,
}

impl Stage {
    /// Whether it is the simulator, where nobody has said otherwise.
    pub(crate) fn is_simulator(&self) -> bool {
        *self == Self::Simulator
    }
}

/// One scenario, carried out once on one system with one seed, and judged.
#[derive(Clone, Debug)]
pub struct Run {
    /// What was to happen.
    pub scenario: Arc<Scenario>,
    /// The steps that were carried out: those of the scenario and its random faults, with
    /// nodes in place of roles.
    pub steps: Vec<Step>,
    /// On which system.
    pub system: SystemInfo,
    /// With which seed.
    pub seed: u64,
    /// Where.
    pub stage: Stage,
    /// Every operation of every client, in order of invocation.
    pub history: History,
    /// Every event, if detail was asked for.
    pub trace: Option<Trace>,
    /// Every fault, in the order in which they struck.
    pub faults: Vec<FaultRecord>,
    /// What the nodes announced of their replicated logs, in order of time.
    pub facts: Vec<FactRecord>,
    /// The operations that were made after healing to see who answers; they stand last in
    /// the history.
    pub probes: Vec<Probe>,
    /// What each node held at the end, by node.
    pub replicas: Vec<Replica>,
    /// What each node that was up waited for when healing began.
    pub waits: BTreeMap<NodeId, Waits>,
    /// When the steps and the workload ended and healing began.
    pub run_ended: Time,
    /// When the replicas were read.
    pub ended: Time,
    /// Sums over the whole run.
    pub counters: Counters,
    /// A fingerprint of history and trace, the same with and without detail.
    pub digest: Digest,
    /// What the checkers found, in the order of [`scenarios::Property::EVERY`]; the last only where there
    /// are invariants.
    pub judgements: Vec<Judgement>,
    /// How old reads were.
    pub staleness: StalenessReport,
    /// How many operations were answered, and when.
    pub availability: AvailabilityReport,
    /// What became of the acknowledged writes.
    pub durability: DurabilityReport,
    /// What is wrong with the scenario itself, such as a fault that touched nothing.
    pub defects: Vec<String>,
}

impl Run {
    /// What was carried out: the scenario with its random faults drawn and its roles resolved.
    /// Running it with the same seed gives the same digest.
    pub fn plan(&self) -> Scenario {
        Scenario {
            nemesis: None,
            steps: self.steps.clone(),
            seed: Some(self.seed),
            on: Some(self.system.name.to_owned()),
            ..Scenario::clone(&self.scenario)
        }
    }

    /// Whether something was expected, all of it came true, and the scenario has no defect.
    /// A run of which nothing is expected proves nothing, so that it is not as expected.
    pub fn as_expected(&self) -> bool {
        self.defects.is_empty()
            && !self.expects_nothing()
            && self.judgements.iter().all(Judgement::as_expected)
    }

    /// Whether the scenario states nothing of this system.
    pub fn expects_nothing(&self) -> bool {
        self.judgements.iter().all(|judgement| judgement.expected == Expected::Unstated)
    }

    /// Panics with what is not as expected, for tests.
    ///
    /// # Panics
    ///
    /// Panics if [`Run::as_expected`] is false, be it that nothing was expected.
    pub fn assert_as_expected(&self) {
        let Self { judgements, defects, seed, .. } = self;
        let (scenario, system) = (&self.scenario.name, self.system.name);
        let wrong: Vec<_> =
            judgements.iter().filter(|judgement| !judgement.as_expected()).collect();
        assert!(!self.expects_nothing(), "{scenario} expects nothing of {system}");
        assert!(self.as_expected(), "{scenario} on {system}, seed {seed}: {wrong:?} {defects:?}");
    }

    /// The operations of the scenario and its workload: all but the probes.
    pub fn operations(&self) -> &[OperationRecord] {
        let operations = &self.history.operations;
        let first = self.probes.first().map_or(operations.len(), |probe| probe.operation);
        &operations[..first.min(operations.len())]
    }

    /// Whether a session is one of the workload's. The others carry out the scenario's own
    /// operations; where two of those overlap, the second has a session of its own.
    pub fn is_workload(&self, client: ClientId) -> bool {
        let clients = self.scenario.workload.as_ref().map_or(0, Workload::clients);
        (1..=clients).contains(&client.index())
    }

    /// The judgement on one property.
    pub fn judgement(&self, property: scenarios::Property) -> Option<&Judgement> {
        self.judgements.iter().find(|judgement| judgement.property == property)
    }
}
