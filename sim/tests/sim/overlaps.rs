//! Faults that overlap: each ends itself alone, at its own time.

use crate::common::{busy, detailed, messages, ms, node, step, target};
use judge::record::{DropReason, Endpoint, Event, FaultOrigin, FaultRecord};
use node::{Time, systems::async_leader::AsyncLeader};
use scenarios::{Action, FaultKind, Links, Nemesis, Party, RandomFault, Scenario, Step};
use sim::{Run, Simulation};

fn at(millis: u64) -> Time {
    Time::from(ms(millis))
}

fn run_steps(steps: Vec<Step>) -> Run {
    let mut scenario = busy(6);
    scenario.steps = steps;
    detailed(scenario, 1)
}

fn of_kind(run: &Run, kind: FaultKind) -> Vec<&FaultRecord> {
    run.faults.iter().filter(|fault| fault.kind == kind).collect()
}

/// When this node booted, beside the boots of the start.
fn boots(run: &Run, name: &str) -> Vec<Time> {
    let events = &run.trace.as_ref().unwrap().events;
    let booted = events.iter().filter(
        |traced| matches!(&traced.event, Event::Boot { node: booted, .. } if *booted == node(name)),
    );
    booted.map(|traced| traced.at).filter(|at| *at > Time::ZERO).collect()
}

fn split(one: &str, other: &str) -> Action {
    let side = |name| vec![Party::Node(target(name))];
    Action::Partition(vec![side(one), side(other)])
}

#[test]
fn the_end_of_a_cut_leaves_every_other_cut() {
    let run = run_steps(vec![
        step(100, Action::Isolate(target("n3"))),
        step(200, split("n1", "n2").lasting(ms(100))),
        step(250, Action::OneWay { from: target("n1"), to: target("n2") }.lasting(ms(300))),
    ]);
    let ends: Vec<_> = run.faults.iter().map(|fault| fault.end).collect();
    // The first was to stand until it is repaired, and healing repairs it.
    assert_eq!(ends, [Some(at(1000)), Some(at(300)), Some(at(550))]);
    let crossed = |from: u64, to: u64, name: &str| {
        let to_node = Endpoint::Node(node(name));
        let sent = messages(&run)
            .into_values()
            .filter(|message| message.to == to_node && message.from == Endpoint::Node(node("n1")));
        let mut sent = sent.filter(|message| (at(from)..at(to)).contains(&message.sent));
        sent.any(|message| message.dropped != Some(DropReason::Partition))
    };
    assert!(!crossed(100, 900, "n3"), "the end of another cut let something through");
    assert!(!crossed(200, 550, "n2"));
    assert!(crossed(551, 900, "n2"), "the control: a cut that has ended cuts nothing");
    assert_eq!(run.counters.faults_overlapped, 2);
    assert!(run.faults.iter().all(|fault| fault.touched > 0), "{:?}", run.faults);
}

#[test]
fn a_node_that_crashed_for_good_stays_down_when_another_crash_of_it_is_over() {
    for steps in [
        [
            step(100, Action::Crash(target("n2"))),
            step(200, Action::Crash(target("n2")).lasting(ms(100))),
        ],
        [
            step(100, Action::Crash(target("n2")).lasting(ms(200))),
            step(200, Action::PowerLoss(target("n2"))),
        ],
    ] {
        let run = run_steps(steps.into());
        assert_eq!(boots(&run, "n2"), [at(1000)], "healing boots it");
        let ends: Vec<_> = run.faults.iter().map(|fault| fault.end.unwrap()).collect();
        assert!(ends.contains(&at(300)) && ends.contains(&at(1000)), "{ends:?}");
        assert_eq!(run.counters.faults_overlapped, 1);
    }
    // The control: with nothing else upon it, it boots when its crash is over.
    let run = run_steps(vec![step(100, Action::Crash(target("n2")).lasting(ms(100)))]);
    assert_eq!(boots(&run, "n2"), [at(200)]);
    assert_eq!(run.counters.faults_overlapped, 0);
}

#[test]
fn a_node_boots_when_the_last_of_its_crashes_is_over() {
    let crash = |at, lasts| step(at, Action::Crash(target("n2")).lasting(ms(lasts)));
    let run = run_steps(vec![crash(100, 300), crash(150, 50), crash(200, 100)]);
    assert_eq!(boots(&run, "n2"), [at(400)]);
    let ends: Vec<_> = run.faults.iter().map(|fault| fault.end.unwrap()).collect();
    assert_eq!(ends, [at(400), at(200), at(300)]);
}

#[test]
fn a_restart_ends_every_crash_of_its_node_and_no_later_one() {
    let run = run_steps(vec![
        step(100, Action::Crash(target("n2")).lasting(ms(400))),
        step(150, Action::Crash(target("n2"))),
        step(200, Action::Restart(target("n2"))),
        // The end of the first crash falls into this one.
        step(450, Action::Crash(target("n2")).lasting(ms(200))),
    ]);
    assert_eq!(boots(&run, "n2"), [at(200), at(650)]);
    let ends: Vec<_> = run.faults.iter().map(|fault| fault.end.unwrap()).collect();
    assert_eq!(ends, [at(200), at(200), at(650)]);
}

#[test]
fn pauses_nest_and_a_resume_ends_them_all() {
    let handled = |steps: Vec<Step>| {
        let run = run_steps(steps);
        let to_n2 = |end| end == Endpoint::Node(node("n2"));
        let handled = messages(&run).into_values().filter(move |message| to_n2(message.to));
        let handled: Vec<_> = handled.filter_map(|message| message.handled).collect();
        move |from: u64, to: u64| handled.iter().any(|time| (at(from)..at(to)).contains(time))
    };
    let pause = |at, lasts| step(at, Action::Pause(target("n2")).lasting(ms(lasts)));
    let nested = handled(vec![pause(100, 300), pause(200, 100)]);
    assert!(!nested(101, 400) && nested(400, 420));
    let longer = handled(vec![pause(100, 100), step(150, Action::Pause(target("n2")))]);
    assert!(!longer(101, 1000), "the end of one pause is no end of the other");
    let resumed =
        handled(vec![pause(100, 500), pause(200, 100), step(250, Action::Resume(target("n2")))]);
    assert!(!resumed(101, 250) && resumed(250, 300));
}

#[test]
fn a_random_fault_meets_a_step_and_neither_is_missed() {
    let mut scenario = busy(6);
    let fault = |kind| RandomFault {
        kind,
        per_minute: 600.0,
        lasts: (ms(50), ms(300)),
        links: Links::Nodes,
        reads: false,
    };
    let kinds = [FaultKind::Crash, FaultKind::PowerLoss, FaultKind::Pause, FaultKind::Partition];
    scenario.nemesis =
        Some(Nemesis { start: ms(0), stop: ms(900), faults: kinds.map(fault).into() });
    scenario.steps = vec![
        step(300, Action::Crash(target("n2"))),
        step(400, Action::Isolate(target("n3"))),
        step(500, Action::Pause(target("n3"))),
    ];
    let mut overlapped = 0;
    for seed in 0..20 {
        let run = detailed(scenario.clone(), seed);
        let misses: Vec<_> =
            run.defects.iter().filter(|defect| defect.contains("found no")).collect();
        assert!(misses.is_empty(), "seed {seed}: {misses:?}");
        assert_eq!(boots(&run, "n2").into_iter().filter(|boot| *boot > at(300)).count(), 1);
        for fault in run.faults.iter().filter(|fault| fault.origin == FaultOrigin::Random) {
            let lasted = fault.end.unwrap().since(fault.start);
            // A pause ends with the process; healing, and the last crash of a node, end the others.
            let may_be_short = fault.kind == FaultKind::Pause || fault.end >= Some(at(1000));
            assert!(may_be_short || lasted >= ms(50), "{fault:?} lasted {lasted:?}");
        }
        overlapped += run.counters.faults_overlapped;
    }
    assert!(overlapped > 20, "{overlapped}");
}

#[test]
fn no_partition_of_chaos_is_over_before_its_file_says() {
    let chaos = scenarios::find("chaos").unwrap();
    let kind = |kind| {
        let faults = &chaos.nemesis.as_ref().unwrap().faults;
        faults.iter().find(|fault| fault.kind == kind).unwrap().lasts.0
    };
    let least = kind(FaultKind::Partition);
    let run = sim::run(&chaos, "raft", 1, sim::Detail::Digest, sim::Gear::Advance).unwrap();
    let partitions = of_kind(&run, FaultKind::Partition);
    assert!(!partitions.is_empty());
    for partition in partitions {
        let lasted = partition.end.unwrap().since(partition.start);
        let healed = partition.end == Some(run.run_ended);
        assert!(healed || lasted >= least, "{partition:?} lasted {lasted:?}");
    }
}

#[test]
fn a_plan_with_overlaps_is_a_file_that_gives_the_run_again() {
    let mut scenario = busy(5);
    let fault = |kind| RandomFault {
        kind,
        per_minute: 400.0,
        lasts: (ms(20), ms(200)),
        links: Links::Nodes,
        reads: false,
    };
    scenario.nemesis = Some(Nemesis {
        start: ms(0),
        stop: ms(900),
        // The nodes of this system are the same for the whole run.
        faults: FaultKind::ALL
            .into_iter()
            .filter(|kind| *kind != FaultKind::Membership)
            .map(fault)
            .collect(),
    });
    scenario.expect.insert("async-leader".to_owned(), scenarios::Expectation::default());
    let again = |scenario: &Scenario, seed| {
        Simulation::<AsyncLeader>::new(scenario.clone()).seed(seed).run().unwrap()
    };
    for seed in 0..5 {
        let run = again(&scenario, seed);
        assert!(run.counters.faults_overlapped > 0);
        let text = run.plan().to_toml();
        let plan = Scenario::parse("plan.toml", &text, node::systems::all()).unwrap();
        assert_eq!(plan, run.plan(), "the file is the plan");
        assert_eq!(again(&plan, seed).digest, run.digest, "seed {seed}");
    }
}

#[test]
fn a_clock_that_jumped_for_a_while_goes_back_and_keeps_its_other_jumps() {
    let jump = |at, by_ns, lasts| {
        step(at, Action::ClockJump { node: target("n1"), by_ns }.lasting(ms(lasts)))
    };
    let run = run_steps(vec![jump(100, 5_000_000, 400), jump(200, -9_000_000, 100)]);
    let ends: Vec<_> = run.faults.iter().map(|fault| fault.end).collect();
    assert_eq!(ends, [Some(at(500)), Some(at(300))]);
    assert_eq!(run.faults.len(), 2, "going back is no fault of its own");
}

#[test]
fn what_a_body_asks_for_stands_apart_from_the_steps() {
    let mut scenario = busy(0);
    scenario.workload = None;
    // A cut that nothing meets.
    scenario.steps = vec![step(10, Action::Isolate(target("n3")))];
    let (run, ()) = Simulation::<AsyncLeader>::new(scenario)
        .run_with(|cluster| async move {
            cluster.crash("n2").await;
            cluster.sleep(ms(100)).await;
        })
        .unwrap();
    let origins: Vec<_> = run.faults.iter().map(|fault| fault.origin).collect();
    assert_eq!(origins, [FaultOrigin::Body(0), FaultOrigin::Step(0)]);
    assert_eq!(run.defects.len(), 1, "the step is toothless all the same: {:?}", run.defects);
}
