//! `[cluster]`, `[phases]` and `[properties]`.

use super::{
    item::Zero, latency::latency_or_none, mistakes::Span, number, scope::Scope, section::Section,
};
use crate::{
    Clock, Cluster, Latency, MAX_CORES, MAX_NODES, Phases, Properties, ServiceKind, defaults,
};
use node::{NodeId, SystemInfo};
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

const FIELDS: &[&str] =
    &["nodes", "service_time", "service", "wake_up", "cores", "boot", "late", "clocks"];

pub(super) fn open<'a>(root: &Section<'a>) -> Section<'a> {
    root.section("cluster", "[cluster]", FIELDS)
}

/// How many nodes; `None` if the text says something impossible.
pub(super) fn nodes(section: &Section<'_>, systems: &[&SystemInfo]) -> Option<usize> {
    let item = section.get("nodes");
    let nodes = match item {
        Some(item) => item.count(1..=MAX_NODES as u64)? as usize,
        None => Cluster::default().nodes,
    };
    for system in systems.iter().filter(|system| nodes < system.min_nodes) {
        section.mistakes().add(
            nodes_span(section),
            format!("`{}` needs at least {} nodes", system.name, system.min_nodes),
            format!("the cluster has {nodes}"),
            format!("write `nodes = {}` in [cluster]", system.min_nodes),
        );
    }
    Some(nodes)
}

/// Where the number of nodes stands, or would.
pub(super) fn nodes_span(section: &Section<'_>) -> Span {
    section.get("nodes").map_or_else(|| section.span(), |item| item.span())
}

pub(super) fn service_time(section: &Section<'_>) -> Latency {
    let stated = section.get("service_time").and_then(latency_or_none);
    stated.unwrap_or(Cluster::default().service_time)
}

/// How long a node is busy with an event of a kind, where that is said.
pub(super) fn service(section: &Section<'_>) -> BTreeMap<ServiceKind, Latency> {
    let fields = &["request", "message", "timer", "sync"];
    let section = section.section("service", "[cluster.service]", fields);
    let stated = |kind: ServiceKind| Some((kind, latency_or_none(section.get(kind.name())?)?));
    ServiceKind::ALL.into_iter().filter_map(stated).collect()
}

pub(super) fn wake_up(section: &Section<'_>) -> Option<Latency> {
    section.get("wake_up").and_then(latency_or_none)
}

pub(super) fn cores(section: &Section<'_>) -> Option<usize> {
    let cores = section.get("cores")?.count(1..=MAX_CORES as u64)?;
    Some(cores as usize)
}

pub(super) fn boot(section: &Section<'_>) -> Duration {
    section.duration("boot", Zero::Allowed, Cluster::default().boot)
}

/// The nodes that come later, in order of their names.
pub(super) fn late(section: &Section<'_>, scope: &Scope<'_>) -> Vec<NodeId> {
    let Some(item) = section.get("late") else { return Vec::new() };
    let Some(named) = scope.fixed_nodes(item) else { return Vec::new() };
    let late: BTreeSet<_> = named.into_iter().collect();
    if late.contains(&NodeId::new(1)) {
        item.mistake(
            "n1 is there from the start",
            "somebody has to begin",
            "name other nodes: n1 leads where a leader is configured",
        );
    }
    late.into_iter().collect()
}

pub(super) fn clocks(section: &Section<'_>, scope: &Scope<'_>) -> BTreeMap<NodeId, Clock> {
    let entries = section.get("clocks").and_then(|item| item.entries("[cluster.clocks]"));
    let mut clocks = BTreeMap::new();
    for (name, item) in entries.unwrap_or_default() {
        let heading = format!("[cluster.clocks.{}]", name.text);
        let clock = item.section(&heading, &["offset", "drift_ppm"]);
        let offset_ns = clock.get("offset").and_then(|item| item.signed_ns()).unwrap_or_default();
        let drift_ppm = clock.number("drift_ppm", &number::DRIFT, 0.0);
        if let Some(node) = scope.node(name) {
            clocks.insert(node, Clock { offset_ns, drift_ppm });
        }
    }
    clocks
}

pub(super) fn phases(root: &Section<'_>) -> Option<Phases> {
    let section = root.section("phases", "[phases]", &["run", "heal", "settle"]);
    let run = section.required("run", "\"10s\"").and_then(|item| item.duration(Zero::Meaningless));
    let heal = section.get("heal").and_then(|item| item.flag()).unwrap_or(true);
    let settle = section.duration("settle", Zero::Allowed, defaults::SETTLE);
    Some(Phases { run: run?, heal, settle })
}

pub(super) fn properties(root: &Section<'_>) -> Properties {
    let fields = &["max_staleness", "min_availability", "max_probe_latency"];
    let section = root.section("properties", "[properties]", fields);
    let default = Properties::default();
    Properties {
        max_staleness: section.duration("max_staleness", Zero::Allowed, default.max_staleness),
        min_availability: section.number(
            "min_availability",
            &number::SHARE,
            default.min_availability,
        ),
        max_probe_latency: section.duration(
            "max_probe_latency",
            Zero::Allowed,
            default.max_probe_latency,
        ),
    }
}
