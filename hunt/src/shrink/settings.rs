//! What is set goes back to what it is by default, and what is drawn to constants.

use super::{
    parts::{operations, operations_mut},
    search::Search,
};
use crate::look::What;
use node::client::Retry;
use scenarios::{
    Balancer, Cluster, DeadNode, Disk, Latency, Link, Network, Order, Pace, Pins, Properties,
    Property, Scenario, Sum, Workload, Zones,
};
use std::time::Duration;

const MS: Duration = Duration::from_millis(1);

/// Tries constants for what takes its time, which makes what is left depend on less.
pub(super) fn constants(search: &mut Search<'_>) {
    change(search, |plan| {
        plan.network = Network::default();
        plan.network.nodes.latency = Latency::Constant(MS);
        plan.network.clients.latency = Latency::Constant(MS);
    });
    for times in [1, 2, 5, 10, 20, 50] {
        if is_constant(&search.best.network.nodes.latency)
            && is_constant(&search.best.network.clients.latency)
        {
            break;
        }
        change(search, |plan| plan.network.nodes.latency = Latency::Constant(times * MS));
        change(search, |plan| plan.network.clients.latency = Latency::Constant(times * MS));
    }
}

fn is_constant(latency: &Latency) -> bool {
    matches!(latency, Latency::Constant(_))
}

/// Sets everything back that may be set back.
pub(super) fn defaults(search: &mut Search<'_>) {
    whole(search);
    links(search);
    system(search);
    workload(search);
    bounds(search);
}

/// Tries a change of the best plan.
pub(super) fn change(search: &mut Search<'_>, change: impl FnOnce(&mut Scenario)) -> bool {
    let mut candidate = search.best.clone();
    change(&mut candidate);
    search.offer(candidate)
}

/// The same with sums held to what clients were told: a sum that is stated would be missed by any plan
/// that lacks half of what they did.
pub(super) fn with_sums_as_told(scenario: &Scenario) -> Scenario {
    let mut told = scenario.clone();
    for invariant in &mut told.invariants {
        invariant.sum = invariant.sum.map(|_| Sum::Acknowledged);
    }
    told
}

fn whole(search: &mut Search<'_>) {
    let nodes = search.best.cluster.nodes;
    change(search, |plan| plan.cluster = Cluster { nodes, ..Cluster::default() });
    change(search, |plan| plan.cluster.service_time = Cluster::default().service_time);
    change(search, |plan| plan.cluster.service.clear());
    change(search, |plan| plan.cluster.wake_up = None);
    change(search, |plan| plan.cluster.cores = None);
    change(search, |plan| plan.cluster.boot = Cluster::default().boot);
    change(search, |plan| plan.cluster.clocks.clear());
    for node in search.best.cluster.clocks.keys().copied().collect::<Vec<_>>() {
        change(search, |plan| plan.cluster.clocks.retain(|it, _| *it != node));
    }
    change(search, |plan| plan.disk = Disk::default());
    change(search, |plan| plan.disk.sync = Disk::default().sync);
    change(search, |plan| plan.disk.read = None);
    change(search, |plan| plan.disk.bytes_per_second = None);
    change(search, |plan| plan.balancer = Balancer::default());
    change(search, |plan| plan.pins = Pins::default());
    change(search, |plan| plan.pins.latency = None);
    change(search, |plan| plan.pins.links.clear());
}

fn links(search: &mut Search<'_>) {
    change(search, |plan| plan.network.links.clear());
    for ends in search.best.network.links.keys().copied().collect::<Vec<_>>() {
        change(search, |plan| _ = plan.network.links.remove(&ends));
    }
    change(search, |plan| plan.zones = Zones::default());
    change(search, |plan| plan.zones.between.clear());
    change(search, |plan| plan.network.dead = DeadNode::Refused);
    let each: [fn(&mut Network) -> &mut Link; 2] =
        [|network| &mut network.nodes, |network| &mut network.clients];
    for link in each {
        change(search, |plan| link(&mut plan.network).loss = 0.0);
        change(search, |plan| link(&mut plan.network).duplicate = 0.0);
        // What happens to every message or every second one needs no luck, and fewer messages.
        if link(&mut search.best.network).duplicate > 0.0 {
            change(search, |plan| link(&mut plan.network).duplicate = 1.0);
        }
        if link(&mut search.best.network).loss > 0.0 {
            change(search, |plan| link(&mut plan.network).loss = 0.5);
        }
        change(search, |plan| link(&mut plan.network).order = Order::Fifo);
        change(search, |plan| link(&mut plan.network).bytes_per_second = None);
    }
}

fn system(search: &mut Search<'_>) {
    for flaw in search.best.system.flaws.clone() {
        change(search, |plan| plan.system.flaws.retain(|it| *it != flaw));
    }
    change(search, |plan| plan.system.next = None);
    change(search, |plan| plan.system.next.iter_mut().for_each(|next| next.settings.clear()));
    for setting in search.best.system.settings.keys().cloned().collect::<Vec<_>>() {
        change(search, |plan| drop(plan.system.settings.remove(&setting)));
    }
}

fn workload(search: &mut Search<'_>) {
    if operations(&search.best).is_empty() {
        change(search, |plan| plan.workload = None);
        return;
    }
    let listed = |change: fn(&mut Workload)| {
        move |plan: &mut Scenario| {
            if let Some(workload) = &mut plan.workload {
                change(workload);
            }
        }
    };
    change(search, listed(|workload| workload.retry = Retry::default()));
    change(search, listed(|workload| workload.client_time = None));
    change(search, listed(|workload| workload.retry.attempts = 1));
    change(search, listed(|workload| workload.retry.timeout = Retry::default().timeout));
    change(search, listed(|workload| workload.retry.backoff = Retry::default().backoff));
    change(
        search,
        listed(|workload| {
            if let Pace::Closed { think, .. } = &mut workload.pace {
                *think = Duration::ZERO;
            }
        }),
    );
    change(search, |plan| {
        for operation in operations_mut(plan).into_iter().flatten() {
            (operation.retry, operation.think) = (None, None);
        }
    });
    change(search, |plan| {
        for operation in operations_mut(plan).into_iter().flatten() {
            operation.to.truncate(1);
        }
    });
}

/// The bounds that the property does not go by.
fn bounds(search: &mut Search<'_>) {
    let usual = Properties::default();
    let is_aim = |search: &Search<'_>, property| search.aim.what == What::Violated(property);
    if !is_aim(search, Property::Availability) {
        change(search, |plan| plan.properties.min_availability = usual.min_availability);
    }
    if !is_aim(search, Property::Staleness) {
        change(search, |plan| plan.properties.max_staleness = usual.max_staleness);
    }
    if !is_aim(search, Property::Liveness) {
        change(search, |plan| plan.properties.max_probe_latency = usual.max_probe_latency);
    }
}
