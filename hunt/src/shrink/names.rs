//! Fewer sessions, keys and nodes, and plain names for those that are left.

use super::{
    parts::{contents, operations, operations_mut, sessions},
    search::Search,
    settings::change,
};
use node::{ClientId, Key, NodeId, Value};
use scenarios::{Action, LinkEnd, Pace, Party, Pins, Scenario, Step, Target};
use std::collections::BTreeMap;

/// Up to so many operations are written as steps.
const AS_STEPS: usize = 12;

/// Fewer of everything that has a name.
pub(super) fn fewer(search: &mut Search<'_>) {
    fewer_sessions(search);
    fewer_keys(search);
    fewer_nodes(search);
}

fn distinct<T: Ord + Clone>(all: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut seen = Vec::new();
    for one in all {
        if !seen.contains(&one) {
            seen.push(one);
        }
    }
    seen
}

fn fewer_sessions(search: &mut Search<'_>) {
    loop {
        let base = search.best.clone();
        let all = distinct(sessions(&mut base.clone()).into_iter().map(|it| *it));
        let pairs = (0..all.len()).rev().flat_map(|later| (0..later).map(move |it| (it, later)));
        let candidates = pairs.map(|(into, one)| {
            let mut plan = base.clone();
            for session in sessions(&mut plan) {
                if *session == all[one] {
                    *session = all[into];
                }
            }
            ((), plan)
        });
        if search.first_of(candidates).is_none() {
            return;
        }
    }
}

fn fewer_keys(search: &mut Search<'_>) {
    loop {
        let base = search.best.clone();
        let all = distinct(contents(&mut base.clone()).into_iter().filter_map(|it| it.0.cloned()));
        let pairs = (0..all.len()).rev().flat_map(|later| (0..later).map(move |it| (it, later)));
        let candidates = pairs.map(|(into, one)| {
            let mut plan = base.clone();
            for key in contents(&mut plan).into_iter().filter_map(|it| it.0) {
                if *key == all[one] {
                    *key = all[into].clone();
                }
            }
            ((), plan)
        });
        if search.first_of(candidates).is_none() {
            return;
        }
    }
}

fn fewer_nodes(search: &mut Search<'_>) {
    loop {
        let base = search.best.clone();
        if base.cluster.nodes <= search.system.min_nodes.max(1) {
            return;
        }
        let nodes = (0..base.cluster.nodes).rev().map(NodeId::from_index);
        let candidates = nodes.filter_map(|gone| {
            let without = |node: NodeId| match node.index().cmp(&gone.index()) {
                std::cmp::Ordering::Less => Some(node),
                std::cmp::Ordering::Equal => None,
                std::cmp::Ordering::Greater => Some(NodeId::from_index(node.index() - 1)),
            };
            let mut plan = base.clone();
            plan.cluster.nodes -= 1;
            renamed(plan, without).map(|plan| ((), plan))
        });
        if search.first_of(candidates).is_none() {
            return;
        }
    }
}

/// The plan with other names for its nodes, of which some are gone; nothing where a node that is gone
/// would be needed.
fn renamed(mut plan: Scenario, name: impl Fn(NodeId) -> Option<NodeId>) -> Option<Scenario> {
    for step in &mut plan.steps {
        for target in step.action.targets_mut() {
            if let Target::Node(node) = target {
                *node = name(*node)?;
            }
        }
        if let Some(sides) = step.action.sides_mut() {
            for side in sides.iter_mut() {
                let parties = std::mem::take(side).into_iter();
                *side = parties
                    .filter_map(|party| match party {
                        Party::Node(Target::Node(node)) => {
                            name(node).map(|node| Party::Node(Target::Node(node)))
                        }
                        party => Some(party),
                    })
                    .collect();
            }
            sides.retain(|side| !side.is_empty());
            if sides.len() < 2 {
                return None;
            }
        }
    }
    for operation in operations_mut(&mut plan).into_iter().flatten() {
        let stated = !operation.to.is_empty();
        operation.to = operation.to.iter().filter_map(|node| name(*node)).collect();
        if stated && operation.to.is_empty() {
            return None;
        }
        if let Some(node::client::Route::Node(node)) = &mut operation.route {
            *node = name(*node)?;
        }
    }
    let clocks = std::mem::take(&mut plan.cluster.clocks).into_iter();
    plan.cluster.clocks = clocks.filter_map(|(it, clock)| Some((name(it)?, clock))).collect();
    let links = std::mem::take(&mut plan.network.links).into_iter();
    plan.network.links =
        links.filter_map(|((a, b), link)| Some(((name(a)?, name(b)?), link))).collect();
    plan.zones = plan.zones.renamed(&name, Some);
    plan.cluster.late = plan.cluster.late.iter().filter_map(|it| name(*it)).collect();
    plan.cluster.late.sort();
    if plan.cluster.late.first().is_some_and(|first| first.index() == 0) {
        return None;
    }
    plan.pins = pins(plan.pins, |end| match end {
        LinkEnd::Node(node) => name(node).map(LinkEnd::Node),
        end => Some(end),
    });
    Some(plan)
}

fn pins(pins: Pins, name: impl Fn(LinkEnd) -> Option<LinkEnd>) -> Pins {
    let mut links = pins.links;
    links.retain_mut(|pin| match (name(pin.from), name(pin.to)) {
        (Some(from), Some(to)) => {
            (pin.from, pin.to) = (from, to);
            true
        }
        _ => false,
    });
    let mut messages = pins.messages;
    messages.retain_mut(|pin| match (name(pin.from), name(pin.to)) {
        (Some(from), Some(to)) => {
            (pin.from, pin.to) = (from, to);
            true
        }
        _ => false,
    });
    Pins { links, messages, ..pins }
}

/// Few operations become steps, which are easier to read.
pub(super) fn as_steps(search: &mut Search<'_>) {
    let few = operations(&search.best).len();
    if few == 0 || few > AS_STEPS {
        return;
    }
    let mut plan = search.best.clone();
    let Some(workload) = plan.workload.take() else { return };
    // What is asked of one node stays there; where a plan does not say, the route's own node.
    let default = match (workload.reads, workload.writes) {
        (node::client::Route::Node(node), _) => node,
        _ => NodeId::new(1),
    };
    for operation in workload.planned.into_iter().flatten() {
        let node = operation.to.first().copied().unwrap_or(default);
        plan.steps.push(Step {
            client: Some(operation.client),
            ..Step::new(operation.at, Action::of_operation(operation.operation, Target::Node(node)))
        });
    }
    plan.steps.sort_by_key(|step| step.at);
    search.offer(plan);
}

/// Names as in a textbook: in order of appearance, from one on.
pub(super) fn plain_names(search: &mut Search<'_>) {
    plain_sessions(search);
    plain_contents(search);
    plain_nodes(search);
    plain_actions(search);
}

fn plain_sessions(search: &mut Search<'_>) {
    let order = distinct(sessions(&mut search.best.clone()).into_iter().map(|it| *it));
    let renamed = |plan: &mut Scenario| {
        for session in sessions(plan) {
            let place = order.iter().position(|it| it == session).expect("it was seen");
            *session = ClientId::new(place as u32 + 1);
        }
    };
    let place = |session| order.iter().position(|it| *it == session);
    change(search, |plan| {
        renamed(plan);
        let zones = std::mem::take(&mut plan.zones);
        plan.zones = zones.renamed(Some, |it| place(it).map(|it| ClientId::new(it as u32 + 1)));
        if let Some(workload) = &mut plan.workload {
            let (Pace::Closed { clients, .. } | Pace::Open { clients, .. }) = &mut workload.pace;
            *clients = order.len().max(1);
        }
    });
}

fn plain_contents(search: &mut Search<'_>) {
    // What is demanded of numbers is demanded of them under their names.
    if !search.best.invariants.is_empty() {
        return;
    }
    let mut plan = search.best.clone();
    let mut keys: BTreeMap<Key, Key> = BTreeMap::new();
    let mut values: BTreeMap<Value, Value> = BTreeMap::new();
    for (key, of_values) in contents(&mut plan) {
        if let Some(key) = key {
            let next = Key::from(format!("k{}", keys.len() + 1));
            *key = keys.entry(key.clone()).or_insert(next).clone();
        }
        for value in of_values {
            let next = Value::from(format!("v{}", values.len() + 1));
            *value = values.entry(value.clone()).or_insert(next).clone();
        }
    }
    search.offer(plan);
}

fn plain_nodes(search: &mut Search<'_>) {
    let mut plan = search.best.clone();
    let mut order: Vec<NodeId> = Vec::new();
    let listed: Vec<NodeId> =
        operations(&plan).iter().flat_map(|operation| operation.to.clone()).collect();
    for step in &mut plan.steps {
        order.extend(step.action.nodes());
    }
    order.extend(listed);
    order.extend((0..plan.cluster.nodes).map(NodeId::from_index));
    let order = distinct(order);
    let name = |node| order.iter().position(|it| *it == node).map(NodeId::from_index);
    if let Some(plan) = renamed(plan.clone(), name) {
        search.offer(plan);
    }
}

/// Faults that chance drew become faults like any other.
fn plain_actions(search: &mut Search<'_>) {
    change(search, |plan| plan.steps.iter_mut().for_each(|step| step.random = false));
    for place in 0..search.best.steps.len() {
        change(search, |plan| plan.steps[place].random = false);
        // What stands until everything is healed needs no end of its own.
        change(search, |plan| {
            let action = &mut plan.steps[place].action;
            if matches!(action, Action::Lasting { .. }) {
                *action = action.inner_mut().clone();
            }
        });
    }
}
