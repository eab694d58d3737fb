//! Numbers that clients change, and what is demanded of them.

use crate::common::{busy, ms, step, target};
use judge::{property::State, record::Verdict};
use node::{
    Node, OperationKind,
    client::Route,
    systems::{async_leader::AsyncLeader, quorum::Quorum, raft::Raft},
};
use scenarios::{
    Action, Invariant, InvariantKeys, KeyChoice, Keys, Property, Scenario, Sum, Update, Updates,
    WriteBack,
};
use sim::{Detail, Run, Simulation};
use std::collections::BTreeMap;

/// Four clients at five accounts of 100 each.
fn bank(update: Update) -> Scenario {
    let mut scenario = busy(4);
    scenario.phases.run = ms(3000);
    let workload = scenario.workload.as_mut().unwrap();
    workload.start = ms(500);
    workload.stop = ms(2000);
    workload.keys = Keys { count: 5, choice: KeyChoice::Uniform };
    workload.mix = BTreeMap::from([(OperationKind::Get, 0.3)]);
    let mix = BTreeMap::from([(update, 0.7)]);
    workload.updates = Updates { mix, initial: 100, amount: 30, ..Updates::default() };
    workload.reads = Route::Leader;
    scenario.invariants = vec![
        Invariant { sum: Some(Sum::Acknowledged), ..invariant("as acknowledged") },
        Invariant { at_least: Some(0), ..invariant("no overdraft") },
    ];
    if update == Update::Transfer {
        let all = Invariant { sum: Some(Sum::Exactly(500)), ..invariant("the sum is constant") };
        scenario.invariants.push(all);
    }
    scenario
}

fn invariant(name: &str) -> Invariant {
    Invariant {
        name: name.to_owned(),
        keys: InvariantKeys::First(5),
        absent: 100,
        sum: None,
        at_least: None,
        at_most: None,
        check: None,
    }
}

fn run<N: Node>(scenario: &Scenario, seed: u64) -> Run {
    Simulation::<N>::new(scenario.clone()).seed(seed).detail(Detail::Full).run().unwrap()
}

fn verdict(run: &Run) -> &Verdict {
    &run.judgement(Property::Invariants).expect("the scenario states invariants").verdict
}

#[test]
fn compare_and_set_keeps_every_update_and_read_then_write_loses_some() {
    for update in [Update::Add, Update::Transfer] {
        for seed in 0..3 {
            let mut scenario = bank(update);
            let run_of_sets = run::<Raft>(&scenario, seed);
            assert!(
                matches!(verdict(&run_of_sets), Verdict::Holds(_)),
                "{:?}",
                verdict(&run_of_sets)
            );
            let kinds: Vec<_> =
                run_of_sets.operations().iter().map(|it| it.operation.kind()).collect();
            assert!(kinds.contains(&OperationKind::CompareAndSet));
            // The same store, asked otherwise.
            scenario.workload.as_mut().unwrap().updates.by = Some(WriteBack::Put);
            let run_of_puts = run::<Raft>(&scenario, seed);
            let Verdict::Violated(witness) = verdict(&run_of_puts) else {
                panic!("{update:?}, seed {seed}: {:?}", verdict(&run_of_puts))
            };
            assert!(witness.summary.contains("by what clients were told"), "{}", witness.summary);
            assert_eq!(witness.operations.len(), 2, "{witness:?}");
        }
    }
}

#[test]
fn a_store_without_compare_and_set_is_asked_by_puts() {
    let run = run::<AsyncLeader>(&bank(Update::Add), 1);
    assert!(run.operations().iter().all(|it| it.operation.kind() != OperationKind::CompareAndSet));
    assert!(matches!(verdict(&run), Verdict::Violated(_)), "{:?}", verdict(&run));
}

#[test]
fn one_client_alone_loses_nothing_anywhere() {
    let mut scenario = bank(Update::Transfer);
    scenario.workload.as_mut().unwrap().pace = scenarios::Pace::Closed { clients: 1, think: ms(1) };
    for run in [run::<AsyncLeader>(&scenario, 1), run::<Raft>(&scenario, 1)] {
        assert!(matches!(verdict(&run), Verdict::Holds(_)), "{:?}", verdict(&run));
    }
}

#[test]
fn without_overdraft_nobody_takes_more_than_there_is() {
    let mut scenario = bank(Update::Transfer);
    let workload = scenario.workload.as_mut().unwrap();
    workload.updates.amount = 90;
    assert!(matches!(verdict(&run::<Raft>(&scenario, 1)), Verdict::Holds(_)));
    workload_of(&mut scenario).updates.overdraft = true;
    let run = run::<Raft>(&scenario, 1);
    let Verdict::Violated(witness) = verdict(&run) else { panic!("{:?}", verdict(&run)) };
    assert!(witness.summary.contains("less than 0"), "{}", witness.summary);
}

fn workload_of(scenario: &mut Scenario) -> &mut scenarios::Workload {
    scenario.workload.as_mut().unwrap()
}

#[test]
fn what_nobody_can_know_is_not_held_against_a_store() {
    // Clients are cut off in the middle of what they do: their writes may or may not have taken effect.
    let mut scenario = bank(Update::Add);
    workload_of(&mut scenario).retry.timeout = ms(100);
    scenario.steps = vec![step(1000, Action::Crash(target("leader")).lasting(ms(300)))];
    for seed in 0..5 {
        let run = run::<Raft>(&scenario, seed);
        assert!(matches!(verdict(&run), Verdict::Holds(_)), "seed {seed}: {:?}", verdict(&run));
    }
}

#[test]
fn a_full_plan_of_updates_gives_the_same_run() {
    for update in [Update::Transfer, Update::ReadModifyWrite] {
        let mut scenario = bank(update);
        workload_of(&mut scenario).pace = scenarios::Pace::Closed { clients: 4, think: ms(7) };
        let first = run::<Quorum>(&scenario, 2);
        let text = first.full_plan().unwrap().to_toml();
        let plan = Scenario::parse("plan.toml", &text, node::systems::all()).unwrap();
        assert_eq!(run::<Quorum>(&plan, 2).digest, first.digest);
        assert_eq!(plan.invariants, scenario.invariants);
    }
}

#[test]
fn an_invariant_of_ones_own_is_judged_beside_the_others() {
    fn even(state: &State<'_>) -> Result<(), String> {
        match state.numbers().find(|(_, number)| number % 2 != 0) {
            Some((key, number)) => Err(format!("{key} holds {number}, which is odd")),
            None => Ok(()),
        }
    }
    fn all_are_read(state: &State<'_>) -> Result<(), String> {
        match state.reads().count() {
            0 => Err("nobody read anything".to_owned()),
            _ => Ok(()),
        }
    }
    let mut scenario = bank(Update::Add);
    scenario.invariants.clear();
    let simulation = || Simulation::<Raft>::new(scenario.clone()).seed(1);
    assert!(simulation().run().unwrap().judgement(Property::Invariants).is_none());
    let run = simulation().invariant("reads", all_are_read).run().unwrap();
    assert!(matches!(verdict(&run), Verdict::Holds(_)));
    let run = simulation().invariant("reads", all_are_read).invariant("even", even).run().unwrap();
    let Verdict::Violated(witness) = verdict(&run) else { panic!("{:?}", verdict(&run)) };
    assert!(witness.summary.starts_with("\"even\" is not kept: key"), "{}", witness.summary);
}
