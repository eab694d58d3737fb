//! The plan of a run that says everything: what each client asked, when and where.

use crate::{Run, record::Event};
use node::{ClientId, NodeId, Time};
use scenarios::{Pace, PlannedOperation, Scenario};
use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

impl Run {
    /// The plan of the run with every operation of its clients in it, each with its moment, its
    /// session and the nodes that its attempts went to. With the same seed it gives the same digest,
    /// and to leave out a line changes the content, the session and the stated moment of no other.
    ///
    /// `None` of a run without a trace. What a test's own body did is in no plan.
    pub fn full_plan(&self) -> Option<Scenario> {
        let mut attempts: BTreeMap<usize, Vec<NodeId>> = BTreeMap::new();
        for event in &self.trace.as_ref()?.events {
            if let Event::Attempt { operation, to, .. } = event.event {
                attempts.entry(operation).or_default().push(to);
            }
        }
        let mut plan = self.plan();
        // The sessions of the script, in the order in which they were used.
        let scripted = self.operations().iter().filter(|it| !self.is_workload(it.client));
        let mut sessions = scripted.map(|record| record.client);
        let steps = plan.steps.iter_mut();
        for step in steps.filter(|step| step.action.operation_kind().is_some()) {
            step.client = sessions.next();
        }
        let Some(workload) = plan.workload.take() else {
            return Some(plan);
        };
        let mut own = own_policies(&self.scenario);
        let mut free: BTreeMap<ClientId, Time> = BTreeMap::new();
        let usual = match workload.pace {
            Pace::Closed { think, .. } => think,
            Pace::Open { .. } => Duration::ZERO,
        };
        let records = self.operations().iter().enumerate();
        let planned = records.filter(|(_, record)| self.is_workload(record.client));
        let planned = planned.map(|(position, record)| {
            let at = Duration::from_nanos(record.invoked.as_nanos());
            let policy = own.get_mut(&record.client).and_then(VecDeque::pop_front);
            let operation = PlannedOperation::new(at, record.client, record.operation.clone());
            let (route, retry, think) =
                policy.map_or((None, None, None), |it| (it.route, it.retry, it.think));
            // What a client goes on to do at once comes after a shorter pause than others.
            let before = free.insert(record.client, record.completed);
            let paused = before.map(|free| record.invoked.since(free));
            let think = think.or(paused.filter(|paused| *paused < usual));
            let to = attempts.remove(&position).unwrap_or_default();
            PlannedOperation { to, route, retry, think, ..operation }
        });
        let planned = planned.collect();
        plan.workload = Some(workload.plain(planned, plan.phases.run));
        Some(plan)
    }
}

/// What the scenario states of the operations of each session already, in their order.
fn own_policies(scenario: &Scenario) -> BTreeMap<ClientId, VecDeque<&PlannedOperation>> {
    let mut own: BTreeMap<ClientId, VecDeque<&PlannedOperation>> = BTreeMap::new();
    let workload = scenario.workload.iter();
    for planned in workload.flat_map(|workload| &workload.planned).flatten() {
        own.entry(planned.client).or_default().push_back(planned);
    }
    own
}
