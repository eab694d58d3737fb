//! The load balancer and its health checks.

use crate::common::{busy, detailed, ms, step, target};
use judge::{Run, record::Event};
use node::{NodeId, OperationKind, Time, client::Route};
use scenarios::{Action, Scenario};
use sim::{Detail, Gear};
use std::collections::BTreeSet;

/// A steady load behind a balancer that checks every 100 ms and waits 40 ms.
fn balanced(steps: Vec<scenarios::Step>) -> Run {
    let mut scenario: Scenario = busy(4);
    let workload = scenario.workload.as_mut().expect("a busy scenario has a workload");
    workload.mix.remove(&OperationKind::Put);
    workload.mix.insert(OperationKind::Get, 1.0);
    workload.reads = Route::Balanced;
    workload.retry.timeout = ms(20);
    scenario.balancer.every = ms(100);
    scenario.balancer.timeout = ms(40);
    scenario.steps = steps;
    detailed(scenario, 5)
}

/// When the balancer took a node out or in.
fn changes(run: &Run) -> Vec<(Time, NodeId, bool)> {
    let events = run.trace.as_ref().expect("detail was asked for").events.iter();
    let changes = events.filter_map(|event| match event.event {
        Event::Balance { node, healthy } => Some((event.at, node, healthy)),
        _ => None,
    });
    changes.collect()
}

/// The nodes that operations were sent to that were begun in a span of time.
fn asked(run: &Run, from: Time, until: Time) -> BTreeSet<NodeId> {
    let operations = run.operations().iter();
    let within = operations.filter(|record| from <= record.invoked && record.invoked < until);
    within.map(|record| record.node).collect()
}

fn all() -> BTreeSet<NodeId> {
    (1..=3).map(NodeId::new).collect()
}

#[test]
fn healthy_nodes_share_the_requests_and_nothing_changes() {
    let run = balanced(vec![]);
    assert_eq!(changes(&run), []);
    assert_eq!(asked(&run, Time::ZERO, run.run_ended), all());
    let trace = run.trace.expect("detail was asked for");
    let checks = trace
        .events
        .iter()
        .filter(|event| matches!(&event.event, Event::Send { text, .. } if text == "health-check"));
    assert!(checks.count() >= 3 * 5, "every node is checked over and over");
}

#[test]
fn a_node_that_hangs_is_taken_out_and_brought_back() {
    let run = balanced(vec![
        step(150, Action::Pause(target("n2"))),
        step(450, Action::Resume(target("n2"))),
    ]);
    let n2 = NodeId::new(2);
    let changes = changes(&run);
    let [(out, _, false), (back, _, true)] = changes[..] else { panic!("{changes:?}") };
    // The first check in vain is that of 200 ms; it fails 40 ms later.
    assert_eq!((out, changes[0].1), (Time::from(ms(240)), n2));
    assert!(Time::from(ms(450)) <= back && back <= Time::from(ms(540)), "{back}");
    assert!(!asked(&run, out, back).contains(&n2));
    assert_eq!(asked(&run, back, run.run_ended), all());
}

#[test]
fn a_node_that_refuses_connections_is_out_before_the_timeout() {
    let run = balanced(vec![step(150, Action::Crash(target("n3")))]);
    let (out, node, healthy) = changes(&run)[0];
    assert_eq!((node, healthy), (NodeId::new(3), false));
    assert!(out < Time::from(ms(240)), "{out}");
}

#[test]
fn a_wedged_pool_of_workers_passes_no_health_check() {
    let deadlock = scenarios::find("deadlock").expect("a scenario of the library");
    let run = sim::run(&deadlock, "peer-to-peer", 0, Detail::Full, Gear::Advance).unwrap();
    let changes = changes(&run);
    let out: BTreeSet<_> = changes.iter().map(|(_, node, _)| *node).collect();
    assert_eq!(out, all());
    assert!(changes.iter().all(|(_, _, healthy)| !healthy), "{changes:?}");
}

#[test]
fn a_balancer_that_finds_nobody_well_deals_to_all() {
    let run = balanced(vec![step(150, Action::Pause(target("all")))]);
    assert_eq!(changes(&run).iter().filter(|(_, _, healthy)| !healthy).count(), 3);
    assert_eq!(asked(&run, Time::from(ms(300)), run.run_ended), all());
}
