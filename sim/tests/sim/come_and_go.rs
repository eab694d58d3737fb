//! Nodes that come after the start, and nodes that leave for good.

use crate::common::{busy, ms, node, step, target};
use node::{
    Node, NodeId,
    client::Route,
    systems::{durable_eventual::DurableEventual, raft::Raft, sharded_groups::ShardedGroups},
};
use scenarios::{Action, FaultKind, Links, Nemesis, Property, RandomFault, Scenario};
use sim::{Detail, Gear, Run, Simulation};

fn run<N: Node>(scenario: &Scenario, gear: Gear) -> Run {
    let simulation = Simulation::<N>::new(scenario.clone()).seed(1).gear(gear);
    simulation.detail(Detail::Full).run().unwrap()
}

/// Four nodes, of which n4 comes after 300 ms; n2 leaves for good 300 ms later.
fn come_and_go() -> Scenario {
    let mut scenario = busy(3);
    scenario.phases.run = ms(2000);
    let workload = scenario.workload.as_mut().unwrap();
    workload.stop = ms(1800);
    workload.reads = Route::Leader;
    workload.retry.attempts = 5;
    scenario.cluster.nodes = 4;
    scenario.cluster.late = vec![node("n4")];
    scenario.steps =
        vec![step(800, Action::Start(target("n4"))), step(1100, Action::Retire(target("n2")))];
    scenario.properties.max_probe_latency = ms(5000);
    scenario
}

/// The nodes whose replicas were read.
fn read_from(run: &Run) -> Vec<NodeId> {
    let up = run.replicas.iter().filter(|replica| replica.entries.is_some());
    up.map(|replica| replica.node).collect()
}

fn holds(run: &Run, property: Property) -> bool {
    let verdict = &run.judgement(property).unwrap().verdict;
    matches!(verdict, judge::record::Verdict::Holds(_))
}

#[test]
fn who_comes_later_votes_and_who_leaves_stays_away() {
    let run = run::<Raft>(&come_and_go(), Gear::Advance);
    assert!(run.defects.is_empty(), "{:?}", run.defects);
    assert_eq!(read_from(&run), ["n1", "n3", "n4"].map(node));
    for property in [Property::Convergence, Property::Durability, Property::Liveness] {
        assert!(holds(&run, property), "{:?}", run.judgement(property));
    }
    // It knows everything that was written before it came.
    let of = |name| run.replicas.iter().find(|it| it.node == node(name)).unwrap();
    assert!(of("n4").entries.as_ref().unwrap().len() > 5);
    assert!(of("n2").on_disk.is_none(), "what has left for good is asked no more");
}

#[test]
fn a_node_that_nobody_starts_is_not_there() {
    let mut scenario = come_and_go();
    scenario.steps.clear();
    let run = run::<Raft>(&scenario, Gear::Advance);
    assert_eq!(read_from(&run), ["n1", "n2", "n3"].map(node));
    assert!(holds(&run, Property::Liveness), "{:?}", run.judgement(Property::Liveness));
}

#[test]
fn whom_nothing_can_start_or_send_away_is_a_defect() {
    let mut scenario = come_and_go();
    scenario.steps.push(step(1500, Action::Start(target("n4"))));
    scenario.steps.push(step(1900, Action::Retire(target("n2"))));
    let run = run::<Raft>(&scenario, Gear::Advance);
    assert_eq!(run.defects.len(), 2, "{:?}", run.defects);
}

#[test]
fn chance_may_strike_a_node_that_is_not_there() {
    let kinds = [
        FaultKind::Crash,
        FaultKind::OneWay,
        FaultKind::Isolate,
        FaultKind::Pause,
        FaultKind::Partition,
    ];
    let fault = |kind| RandomFault {
        kind,
        per_minute: 200.0,
        lasts: (ms(20), ms(60)),
        links: Links::Nodes,
        reads: false,
    };
    let faults = kinds.map(fault).to_vec();
    let mut scenario = come_and_go();
    scenario.nemesis = Some(Nemesis { start: ms(0), stop: ms(1800), faults });
    let first = run::<ShardedGroups>(&scenario, Gear::Advance);
    assert!(first.defects.is_empty(), "{:?}", first.defects);
    let plan = Scenario::parse("plan.toml", &first.plan().to_toml(), node::systems::all()).unwrap();
    assert_eq!(run::<ShardedGroups>(&plan, Gear::Advance).digest, first.digest);
}

#[test]
fn every_gear_and_the_plan_give_the_same_run() {
    fn check<N: Node>() {
        let scenario = come_and_go();
        let advanced = run::<N>(&scenario, Gear::Advance);
        assert_eq!(run::<N>(&scenario, Gear::Sleep).digest, advanced.digest, "{}", N::INFO.name);
        assert_eq!(run::<N>(&scenario, Gear::Plain).digest, advanced.digest, "{}", N::INFO.name);
        let text = advanced.plan().to_toml();
        let plan = Scenario::parse("plan.toml", &text, node::systems::all()).unwrap();
        assert_eq!(run::<N>(&plan, Gear::Advance).digest, advanced.digest, "{text}");
        let without = Scenario { steps: Vec::new(), ..scenario };
        assert_ne!(run::<N>(&without, Gear::Advance).digest, advanced.digest);
    }
    check::<Raft>();
    check::<DurableEventual>();
    check::<ShardedGroups>();
}
