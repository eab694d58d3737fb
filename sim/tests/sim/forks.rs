//! A run that leaves its way: up to that moment it is the same, and from there on chance is another.

use crate::common::{busy, ms, step, target};
use judge::record::{FaultOrigin, TraceEvent};
use node::{Time, systems::raft::Raft};
use scenarios::{Action, FaultKind, Links, Nemesis, RandomFault, Scenario};
use sim::{Detail, Fork, Gear, Later, Run, Simulation};
use std::time::Duration;

fn scenario() -> Scenario {
    let mut scenario = busy(3);
    scenario.phases.run = Duration::from_secs(4);
    scenario.network.nodes.loss = 0.05;
    scenario.workload.as_mut().unwrap().stop = Duration::from_secs(4);
    let fault = |kind| RandomFault {
        kind,
        per_minute: 60.0,
        lasts: (ms(100), ms(500)),
        links: Links::default(),
        reads: false,
    };
    scenario.nemesis = Some(Nemesis {
        start: Duration::ZERO,
        stop: Duration::from_secs(4),
        faults: vec![fault(FaultKind::Crash), fault(FaultKind::Partition)],
    });
    scenario
}

fn plain(scenario: Scenario, seed: u64) -> Run {
    Simulation::<Raft>::new(scenario).seed(seed).detail(Detail::Full).run().unwrap()
}

fn forked(from: Time, seed: u64, later: Later) -> Run {
    let simulation = Simulation::<Raft>::new(scenario()).seed(1).detail(Detail::Full);
    simulation.fork(Fork { from, seed, later }).run().unwrap()
}

fn events(run: &Run, before: Time) -> Vec<TraceEvent> {
    let events = &run.trace.as_ref().unwrap().events;
    events.iter().take_while(|event| event.at < before).cloned().collect()
}

fn at(millis: u64) -> Time {
    Time::from_nanos(millis * 1_000_000)
}

#[test]
fn what_came_before_is_the_same_and_what_comes_after_is_drawn_anew() {
    let run = plain(scenario(), 1);
    for from in [at(200), at(1_500), at(3_000)] {
        let futures: Vec<Run> = (10..16).map(|seed| forked(from, seed, Later::Faults)).collect();
        for future in &futures {
            assert_eq!(events(future, from), events(&run, from));
            assert_ne!(future.digest, run.digest, "everything else would have had to be the same");
        }
        for (future, other) in futures.iter().zip(&futures[1..]) {
            assert_ne!(future.digest, other.digest);
        }
    }
    // The control: the beginnings of runs of two seeds are not the same.
    let other = plain(scenario(), 2);
    assert_ne!(events(&other, at(200)), events(&run, at(200)));
}

#[test]
fn a_fork_at_the_beginning_is_a_run_of_the_other_seed_and_one_after_the_end_is_none() {
    let of_seed = |seed| plain(scenario(), seed).digest;
    assert_eq!(forked(Time::ZERO, 7, Later::Faults).digest, of_seed(7));
    let long_after = at(3_600_000);
    assert_eq!(forked(long_after, 7, Later::Faults).digest, of_seed(1));
    assert_ne!(of_seed(7), of_seed(1));
}

#[test]
fn in_calm_nothing_more_strikes() {
    let from = at(1_500);
    let struck = |run: &Run| {
        let random = run.faults.iter().filter(|fault| fault.origin == FaultOrigin::Random);
        random.filter(|fault| fault.start >= from).count()
    };
    assert_eq!(struck(&forked(from, 7, Later::Calm)), 0);
    assert!(struck(&forked(from, 7, Later::Faults)) > 0);
    let before = forked(from, 7, Later::Calm);
    assert!(before.faults.iter().any(|fault| fault.start < from), "and those before stay");
}

#[test]
fn steps_that_are_faults_go_in_calm_and_repairs_and_operations_stay() {
    let mut scenario = Scenario::bare("steps", 3);
    scenario.phases.run = ms(3_000);
    let (key, value) = ("k".into(), "v".into());
    scenario.steps = vec![
        step(1_000, Action::Crash(target("n2"))),
        step(1_500, Action::Put { key, value, to: target("n1") }),
        step(2_000, Action::Restart(target("n2"))),
    ];
    let run = |from, later| {
        let simulation = Simulation::<Raft>::new(scenario.clone()).detail(Detail::Full);
        simulation.fork(Fork { from, seed: 3, later }).run().unwrap()
    };
    let steps = |run: &Run| run.steps.iter().map(|step| step.at).collect::<Vec<_>>();
    let all = [ms(1_000), ms(1_500), ms(2_000)];
    assert_eq!(steps(&run(at(500), Later::Faults)), all);
    assert_eq!(steps(&run(at(500), Later::Calm)), all[1..]);
    assert_eq!(steps(&run(at(1_200), Later::Calm)), all);
}

#[test]
fn a_fork_is_the_same_in_every_gear() {
    let fork = Fork { from: at(1_500), seed: 9, later: Later::Faults };
    let of = |gear| {
        let simulation = Simulation::<Raft>::new(scenario()).seed(1).gear(gear);
        simulation.fork(fork).run_unjudged().unwrap().digest
    };
    assert_eq!(of(Gear::Advance), of(Gear::Sleep));
}
