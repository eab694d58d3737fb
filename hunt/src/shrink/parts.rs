//! The parts of a plan: what happens in it, and the names in it.

use node::{ClientId, Key, Operation, Value};
use scenarios::{Action, PlannedOperation, Scenario, Workload};
use std::time::Duration;

/// The operations that a plan lists.
pub(super) fn operations(plan: &Scenario) -> &[PlannedOperation] {
    let listed = plan.workload.as_ref().and_then(|workload| workload.planned.as_deref());
    listed.unwrap_or_default()
}

pub(super) fn operations_mut(plan: &mut Scenario) -> Option<&mut Vec<PlannedOperation>> {
    listed_mut(&mut plan.workload)
}

fn listed_mut(workload: &mut Option<Workload>) -> Option<&mut Vec<PlannedOperation>> {
    workload.as_mut().and_then(|workload| workload.planned.as_mut())
}

/// How much happens in a plan: its steps and operations.
pub(super) fn size(plan: &Scenario) -> usize {
    plan.steps.len() + operations(plan).len()
}

/// The moments of all that happens.
pub(super) fn moments_mut(plan: &mut Scenario) -> Vec<&mut Duration> {
    let steps = plan.steps.iter_mut().map(|step| &mut step.at);
    let listed = listed_mut(&mut plan.workload).into_iter().flatten();
    steps.chain(listed.map(|operation| &mut operation.at)).collect()
}

/// How long a fault lasts, where it says.
pub(super) fn lasts_mut(action: &mut Action) -> Option<&mut Duration> {
    match action {
        Action::Lasting { lasts, .. }
        | Action::SlowNode { lasts, .. }
        | Action::FlappingLink { lasts, .. }
        | Action::SlowLink { lasts, .. }
        | Action::DelaySpike { lasts, .. }
        | Action::Reorder { lasts, .. }
        | Action::Loss { lasts, .. }
        | Action::Duplicate { lasts, .. }
        | Action::SlowDisk { lasts, .. }
        | Action::FullDisk { lasts, .. }
        | Action::DiskErrors { lasts, .. } => Some(lasts),
        _ => None,
    }
}

/// The keys and values of an action, if it is an operation.
pub(super) fn content_of_action(action: &mut Action) -> (Option<&mut Key>, Vec<&mut Value>) {
    match action {
        Action::Put { key, value, .. } => (Some(key), vec![value]),
        Action::Get { key, .. } | Action::Delete { key, .. } => (Some(key), Vec::new()),
        Action::CompareAndSet { key, expected, new, .. } => {
            (Some(key), expected.iter_mut().chain([new]).collect())
        }
        _ => (None, Vec::new()),
    }
}

/// The keys and values of an operation.
pub(super) fn content_of(operation: &mut Operation) -> (Option<&mut Key>, Vec<&mut Value>) {
    match operation {
        Operation::Put { key, value } => (Some(key), vec![value]),
        Operation::Get { key } | Operation::Delete { key } => (Some(key), Vec::new()),
        Operation::CompareAndSet { key, expected, new } => {
            (Some(key), expected.iter_mut().chain([new]).collect())
        }
        Operation::ListKeys => (None, Vec::new()),
    }
}

/// What each operation of the plan speaks of, in order of time where steps and operations are
/// apart: first the steps.
pub(super) fn contents(plan: &mut Scenario) -> Vec<(Option<&mut Key>, Vec<&mut Value>)> {
    let steps = plan.steps.iter_mut().map(|step| content_of_action(&mut step.action));
    let listed = listed_mut(&mut plan.workload).into_iter().flatten();
    let listed = listed.map(|it| content_of(&mut it.operation));
    steps.chain(listed).collect()
}

/// The sessions of the operations.
pub(super) fn sessions(plan: &mut Scenario) -> Vec<&mut ClientId> {
    let steps = plan.steps.iter_mut().filter_map(|step| step.client.as_mut());
    let listed = listed_mut(&mut plan.workload).into_iter().flatten();
    steps.chain(listed.map(|it| &mut it.client)).collect()
}
