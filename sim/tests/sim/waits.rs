//! A cluster that stands still is on record with what its nodes wait for.

use node::{NodeId, Waits};
use sim::{Detail, Gear, Run};
use std::collections::BTreeMap;

/// The run of a scenario of the library, without its trace.
fn run(scenario: &str, system: &str) -> Run {
    let scenario = scenarios::find(scenario).unwrap();
    sim::run(&scenario, system, 0, Detail::Digest, Gear::Advance).unwrap()
}

fn n(number: u32) -> NodeId {
    NodeId::new(number)
}

#[test]
fn every_worker_of_a_wedged_cluster_waits_for_one_of_another_node() {
    let run = run("deadlock", "peer-to-peer");
    assert_eq!(run.waits.len(), 3);
    for (node, waits) in &run.waits {
        assert!(waits.is_stuck(), "{node}: {waits:?}");
        assert_eq!(waits.waiting(), 10);
        assert!(!waits.on.contains_key(node));
        assert!(waits.queued_requests > 0, "{node}: {waits:?}");
    }
    // Whatever a worker waits for lies in another node's queue.
    let queued: u64 = run.waits.values().map(|waits| waits.queued_calls).sum();
    assert_eq!(queued, 30);
}

#[test]
fn a_hung_leader_waits_for_one_follower_and_nobody_waits_for_the_leader() {
    let run = run("hung-leader", "async-leader");
    let leader = &run.waits[&n(1)];
    assert!(leader.is_stuck());
    assert_eq!(leader.on, BTreeMap::from([(n(2), 1)]));
    assert!(leader.queued_requests > 0);
    assert_eq!(run.waits[&n(2)].on, BTreeMap::new());
    assert_eq!(run.waits[&n(3)].on, BTreeMap::new());
}

#[test]
fn a_node_that_is_down_when_healing_begins_is_not_asked() {
    let mut scenario = scenarios::find("healthy").unwrap();
    scenario.steps.push(scenarios::Step::new(
        scenario.phases.run.mul_f64(0.5),
        scenarios::Action::Crash("n2".parse().unwrap()),
    ));
    let run = sim::run(&scenario, "quorum", 0, Detail::Digest, Gear::Advance).unwrap();
    let idle = Waits::default();
    assert_eq!(run.waits, BTreeMap::from([(n(1), idle.clone()), (n(3), idle)]));
}
