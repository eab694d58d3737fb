//! One scenario and one seed give the same run: whatever the gear, the detail, the
//! thread, and whatever else is there.

use crate::common::{busy, detailed, messages, ms, node, step, target};
use judge::record::Endpoint;
use node::{
    Node, Time,
    systems::{async_leader::AsyncLeader, raft::Raft},
};
use proptest::prelude::*;
use scenarios::{Action, FaultKind, Link, Links, Nemesis, RandomFault, Scenario};
use sim::{Detail, Gear, Run, Simulation};
use std::time::Duration;

/// Every kind of random fault, often.
fn stormy() -> Scenario {
    let mut scenario = busy(5);
    let kinds = [
        FaultKind::Crash,
        FaultKind::Pause,
        FaultKind::Partition,
        FaultKind::Isolate,
        FaultKind::OneWay,
        FaultKind::SlowLink,
        FaultKind::Loss,
        FaultKind::Duplicate,
        FaultKind::ClockJump,
    ];
    let fault = |kind| RandomFault {
        kind,
        per_minute: 180.0,
        lasts: (ms(20), ms(200)),
        links: Links::All,
        reads: true,
    };
    scenario.nemesis = Some(Nemesis {
        start: ms(0),
        stop: ms(900),
        faults: kinds.into_iter().map(fault).collect(),
    });
    scenario
}

fn run(scenario: Scenario, seed: u64, gear: Gear, detail: Detail) -> Run {
    Simulation::<AsyncLeader>::new(scenario).seed(seed).gear(gear).detail(detail).run().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn gear_and_detail_leave_the_run_as_it_is(seed: u64) {
        let plain = run(stormy(), seed, Gear::Advance, Detail::Digest);
        let again = run(stormy(), seed, Gear::Advance, Detail::Full);
        let asleep = run(stormy(), seed, Gear::Sleep, Detail::Full);
        prop_assert_eq!(plain.digest, again.digest);
        prop_assert_eq!(plain.digest, asleep.digest);
        prop_assert_eq!(&again.trace, &asleep.trace);
        prop_assert_eq!(&plain.history, &asleep.history);
        prop_assert_eq!(plain.counters, asleep.counters);
    }

    #[test]
    fn the_plan_of_a_run_gives_the_same_run(seed: u64) {
        let first = run(stormy(), seed, Gear::Advance, Detail::Digest);
        prop_assert!(first.counters.faults > 0);
        let second = run(first.plan(), seed, Gear::Advance, Detail::Digest);
        prop_assert_eq!(first.digest, second.digest);
        prop_assert_eq!(first.plan(), second.plan());
    }
}

/// When one of these changes, so do all digests: then that is meant, and CHANGELOG.md says so.
#[test]
fn digests_of_known_runs_stay_what_they_are() {
    let calm = run(busy(1), 1, Gear::Advance, Detail::Digest);
    assert_eq!(calm.digest.to_string(), "b032f604ee26977d81d79ce287391c1c");
    let mut crash = busy(1);
    crash.steps =
        vec![step(100, Action::Crash(target("n2"))), step(300, Action::Restart(target("n2")))];
    let crash = run(crash, 1, Gear::Advance, Detail::Digest);
    assert_eq!(crash.digest.to_string(), "7a00ead7d740f77d05903d420d924007");
}

#[test]
fn another_seed_is_another_run() {
    let digest = |seed| run(busy(2), seed, Gear::Advance, Detail::Digest).digest;
    assert_ne!(digest(1), digest(2));
}

#[test]
fn another_link_leaves_the_draws_of_all_others_as_they_are() {
    // The first message of each link, by latency: what happens on one link must not
    // change what is drawn on another.
    let first = |scenario: Scenario| {
        let run = detailed(scenario, 5);
        let mut firsts = std::collections::BTreeMap::new();
        for message in messages(&run).into_values() {
            let latency = message.arrived.map(|arrived| arrived.since(message.sent));
            firsts.entry((message.from, message.to)).or_insert(latency);
        }
        firsts
    };
    let plain = first(busy(2));
    let mut changed = busy(2);
    let slow = Link { loss: 1.0, ..Link::default() };
    changed.network.links.insert((node("n1"), node("n3")), slow);
    let changed = first(changed);
    let silent = (Endpoint::Node(node("n1")), Endpoint::Node(node("n3")));
    assert!(changed[&silent].is_none());
    for (link, latency) in plain.iter().filter(|(link, _)| **link != silent) {
        assert_eq!(changed[link], *latency, "{link:?}");
    }
}

#[test]
fn a_third_client_leaves_what_the_others_ask_as_it_is() {
    let asked = |clients: usize| {
        let run = detailed(busy(clients), 9);
        let of_first = |operation: &&judge::record::OperationRecord| operation.client.index() == 1;
        let operations = run.operations().iter().filter(of_first);
        operations.map(|operation| operation.operation.clone()).take(50).collect::<Vec<_>>()
    };
    assert_eq!(asked(2), asked(3));
}

#[test]
fn trace_times_never_go_back() {
    let run = detailed(stormy(), 3);
    let times: Vec<Time> = run.trace.unwrap().events.iter().map(|event| event.at).collect();
    assert!(times.windows(2).all(|pair| pair[0] <= pair[1]));
}

#[test]
fn a_role_is_resolved_by_the_seed_and_named_in_the_plan() {
    let mut scenario = busy(2);
    scenario.steps = vec![
        step(100, Action::Crash(target("follower"))),
        step(200, Action::Restart(target("follower"))),
    ];
    let crashed: std::collections::BTreeSet<String> = (0..20)
        .map(|seed| {
            let run = run(scenario.clone(), seed, Gear::Advance, Detail::Digest);
            let [crash, restart] = &run.steps[..] else { panic!("two steps") };
            let (Action::Crash(crashed), Action::Restart(restarted)) =
                (&crash.action, &restart.action)
            else {
                panic!("a crash and a restart")
            };
            assert_eq!(crashed, restarted, "the follower that crashed is the one to restart");
            assert!(run.defects.is_empty(), "{:?}", run.defects);
            run.faults[0].nodes[0].to_string()
        })
        .collect();
    assert_eq!(crashed.into_iter().collect::<Vec<_>>(), ["n2", "n3"]);
}

/// What a body of code does to a cluster, and what it saw.
fn with_a_body<N: Node>(gear: Gear) -> (Run, Vec<String>) {
    let simulation = Simulation::<N>::new(busy(2)).seed(4).gear(gear).detail(Detail::Full);
    let body = |cluster: sim::Cluster| async move {
        let mut seen = Vec::new();
        let client = cluster.client();
        seen.push(format!("{:?}", client.put("k", "one").await));
        cluster.sleep(Duration::from_millis(250)).await;
        cluster.crash("n2").await;
        seen.push(format!("{:?} at {:?}", client.put("k", "two").await, cluster.now()));
        cluster.restart("n2").await;
        cluster.sleep(Duration::from_secs(1)).await;
        seen.push(format!("{:?} at {:?}", cluster.client_of("n2").get("k").await, cluster.now()));
        seen
    };
    simulation.run_with(body).unwrap()
}

#[test]
fn a_body_of_code_sees_the_same_in_every_gear() {
    let (plain, seen) = with_a_body::<AsyncLeader>(Gear::Plain);
    let (asleep, also_seen) = with_a_body::<AsyncLeader>(Gear::Sleep);
    assert_eq!(seen, also_seen);
    assert_eq!(plain.digest, asleep.digest);
    assert_eq!(plain.trace, asleep.trace);
    // The control: another store does not do the same.
    let (other, _) = with_a_body::<Raft>(Gear::Plain);
    assert_ne!(other.digest, plain.digest);
    assert_eq!(other.digest, with_a_body::<Raft>(Gear::Sleep).0.digest);
}

#[test]
fn a_body_that_waits_for_what_never_comes_is_told_so() {
    let simulation = Simulation::<AsyncLeader>::of(1).gear(Gear::Plain);
    let ended = simulation.run_with(|_| std::future::pending::<()>());
    let error = ended.unwrap_err().to_string();
    assert!(error.contains("waits for something that never comes"), "{error}");
}
