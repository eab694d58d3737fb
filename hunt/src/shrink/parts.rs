//! The parts of a plan: what happens in it, and the names in it.

use node::{ClientId, Key, NodeId, Operation, Value};
use scenarios::{Action, Party, PlannedOperation, Scenario, Target};
use std::time::Duration;

/// The operations that a plan lists.
pub(super) fn operations(plan: &Scenario) -> &[PlannedOperation] {
    let listed = plan.workload.as_ref().and_then(|workload| workload.planned.as_deref());
    listed.unwrap_or_default()
}

pub(super) fn operations_mut(plan: &mut Scenario) -> Option<&mut Vec<PlannedOperation>> {
    plan.workload.as_mut().and_then(|workload| workload.planned.as_mut())
}

/// How much happens in a plan: its steps and operations.
pub(super) fn size(plan: &Scenario) -> usize {
    plan.steps.len() + operations(plan).len()
}

/// The moments of all that happens.
pub(super) fn moments_mut(plan: &mut Scenario) -> Vec<&mut Duration> {
    let steps = plan.steps.iter_mut().map(|step| &mut step.at);
    let listed = plan.workload.as_mut().and_then(|workload| workload.planned.as_mut());
    steps.chain(listed.into_iter().flatten().map(|operation| &mut operation.at)).collect()
}

/// The action of a fault, whether or not it ends of itself.
pub(super) fn inner_mut(action: &mut Action) -> &mut Action {
    match action {
        Action::Lasting { action, .. } => inner_mut(action),
        action => action,
    }
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

/// The targets of an action, but for those of a partition.
pub(super) fn targets_mut(action: &mut Action) -> Vec<&mut Target> {
    match inner_mut(action) {
        Action::Crash(target)
        | Action::PowerLoss(target)
        | Action::Restart(target)
        | Action::Pause(target)
        | Action::Resume(target)
        | Action::Isolate(target)
        | Action::Bridge(target)
        | Action::BitRot(target)
        | Action::Join(target)
        | Action::Leave(target)
        | Action::SlowNode { node: target, .. }
        | Action::SlowDisk { node: target, .. }
        | Action::FullDisk { node: target, .. }
        | Action::DiskErrors { node: target, .. }
        | Action::ClockJump { node: target, .. }
        | Action::Put { to: target, .. }
        | Action::Get { from: target, .. }
        | Action::Delete { to: target, .. }
        | Action::ListKeys { from: target }
        | Action::CompareAndSet { to: target, .. } => vec![target],
        Action::OneWay { from, to }
        | Action::FlappingLink { from, to, .. }
        | Action::SlowLink { from, to, .. } => vec![from, to],
        _ => Vec::new(),
    }
}

/// The sides of a partition.
pub(super) fn sides_mut(action: &mut Action) -> Option<&mut Vec<Vec<Party>>> {
    match inner_mut(action) {
        Action::Partition(sides) => Some(sides),
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
    let listed = plan.workload.as_mut().and_then(|workload| workload.planned.as_mut());
    let listed = listed.into_iter().flatten().map(|it| content_of(&mut it.operation));
    steps.chain(listed).collect()
}

/// The sessions of the operations.
pub(super) fn sessions(plan: &mut Scenario) -> Vec<&mut ClientId> {
    let steps = plan.steps.iter_mut().filter_map(|step| step.client.as_mut());
    let listed = plan.workload.as_mut().and_then(|workload| workload.planned.as_mut());
    steps.chain(listed.into_iter().flatten().map(|it| &mut it.client)).collect()
}

/// The operation as a step at a node.
pub(super) fn as_action(operation: &Operation, node: NodeId) -> Action {
    let to = Target::Node(node);
    match operation.clone() {
        Operation::Put { key, value } => Action::Put { key, value, to },
        Operation::Get { key } => Action::Get { key, from: to },
        Operation::Delete { key } => Action::Delete { key, to },
        Operation::CompareAndSet { key, expected, new } => {
            Action::CompareAndSet { key, expected, new, to }
        }
        Operation::ListKeys => Action::ListKeys { from: to },
    }
}
