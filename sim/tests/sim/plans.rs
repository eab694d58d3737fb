//! A plan that says everything: it gives the same run, and of its lines each may be taken out
//! without moving the others.

use crate::common::{busy, detailed, ms, step, target};
use node::{
    ClientId, Operation, OperationKind,
    client::{Retry, Route},
    systems,
};
use proptest::prelude::*;
use scenarios::{Action, KeyChoice, Keys, Pace, PlannedOperation, Scenario, Step};
use sim::{Detail, Gear, Run};

/// Scenarios of the library with every pace, route and kind of operation, and every sort of fault.
const LIBRARY: [&str; 11] = [
    "ghost-data",
    "healthy",
    "flaky-network",
    "chaos",
    "clock-jumps",
    "concurrent-writes",
    "read-own-writes-behind-a-balancer",
    "failover-without-session",
    "members-come-and-go",
    "delete-comes-back",
    "performance-under-failure",
];

fn run(scenario: &Scenario, system: &str, seed: u64, detail: Detail) -> Run {
    sim::run(scenario, system, seed, detail, Gear::Advance).unwrap()
}

/// The full plan of a run, read back from its text.
fn full_plan(run: &Run) -> Scenario {
    let plan = run.full_plan().unwrap();
    let read = Scenario::parse("plan.toml", &plan.to_toml(), systems::all()).unwrap();
    assert_eq!(read, plan, "{}", run.scenario.name);
    read
}

fn planned(plan: &Scenario) -> &[PlannedOperation] {
    plan.workload.as_ref().and_then(|workload| workload.planned.as_deref()).unwrap_or_default()
}

#[test]
fn the_full_plan_of_a_run_gives_the_same_run() {
    for name in LIBRARY {
        let scenario = scenarios::find(name).unwrap();
        for system in ["async-leader", "durable-eventual", "quorum", "raft"] {
            if !scenario.expect.contains_key(system) {
                continue;
            }
            let first = run(&scenario, system, 3, Detail::Full);
            let plan = full_plan(&first);
            assert_eq!((plan.seed, plan.on.as_deref()), (Some(3), Some(system)));
            let second = run(&plan, system, 3, Detail::Digest);
            let place = format!("{name} on {system}");
            assert_eq!(first.digest, second.digest, "{place}");
            assert_eq!(first.history, second.history, "{place}");
            assert_eq!(first.defects, second.defects, "{place}");
        }
    }
}

#[test]
fn a_full_plan_of_an_open_loop_gives_the_same_run() {
    let mut scenario = busy(3);
    let workload = scenario.workload.as_mut().unwrap();
    // So many for so few that operations wait for their sessions.
    workload.pace = Pace::Open { rate: 900.0, clients: 2 };
    workload.keys = Keys { count: 5, choice: KeyChoice::Zipfian { exponent: 0.99 } };
    workload.mix.insert(OperationKind::CompareAndSet, 1.0);
    scenario.steps = vec![step(300, Action::Crash(target("n2")).lasting(ms(200)))];
    for (reads, writes) in [
        (Route::Sticky, Route::Leader),
        (Route::HashRing, Route::Any),
        (Route::RoundRobin, Route::Failover),
    ] {
        let workload = scenario.workload.as_mut().unwrap();
        (workload.reads, workload.writes) = (reads, writes);
        workload.retry = Retry { attempts: 3, timeout: ms(20), backoff: ms(5) };
        let first = run(&scenario, "raft", 4, Detail::Full);
        let plan = full_plan(&first);
        assert!(planned(&plan).len() > 100);
        assert_eq!(run(&plan, "raft", 4, Detail::Digest).digest, first.digest, "{reads:?}");
        // Control: what the plan states is what is done, and not what the seed would draw.
        let mut other = plan.clone();
        let operations = other.workload.as_mut().unwrap().planned.as_mut().unwrap();
        let next = operations[7].to[0].index() as u32 + 1;
        operations[7].to[0] = node::NodeId::new(next % 3 + 1);
        assert_ne!(run(&other, "raft", 4, Detail::Digest).digest, first.digest);
    }
}

#[test]
fn operations_of_overlapping_steps_keep_their_sessions() {
    let put = |at, key: &str, value: &str| {
        let (key, value) = (key.into(), value.into());
        step(at, Action::Put { key, value, to: target("n1") })
    };
    let mut scenario = Scenario::bare("overlapping", 3);
    scenario.phases.run = ms(2000);
    // The node stands still, so that a second session is needed, and a third.
    scenario.steps = vec![
        step(10, Action::Pause(target("n1")).lasting(ms(500))),
        put(20, "a", "1"),
        put(30, "a", "2"),
        put(40, "a", "3"),
        put(900, "a", "4"),
    ];
    let first = run(&scenario, "async-leader", 1, Detail::Full);
    let plan = full_plan(&first);
    let sessions = |plan: &Scenario| -> Vec<_> {
        let named = plan.steps.iter().filter_map(|step| step.client.map(ClientId::index));
        named.collect()
    };
    assert_eq!(sessions(&plan), [0, 1, 2, 0]);
    let again = run(&plan, "async-leader", 1, Detail::Full);
    assert_eq!(again.digest, first.digest);
    // Without the first, the others stay where they were; control: of the scenario, they move.
    let without = |scenario: &Scenario| {
        let mut fewer = scenario.clone();
        fewer.steps.remove(1);
        sessions(&full_plan(&run(&fewer, "async-leader", 1, Detail::Full)))
    };
    assert_eq!(without(&plan), [1, 2, 0]);
    assert_eq!(without(&scenario), [0, 1, 0]);
}

/// What a run did of a plan: who asked what when, and which steps were carried out.
fn done(run: &Run) -> (Vec<(ClientId, Operation, u64)>, Vec<Step>) {
    let asked = run.operations().iter().filter(|it| run.is_workload(it.client));
    let asked = asked.map(|it| (it.client, it.operation.clone(), it.invoked.as_nanos()));
    (asked.collect(), run.full_plan().unwrap().steps)
}

/// Makes sure that whatever was done is a line of the plan, in the order of the plan, and that
/// nothing began before its moment.
fn assert_in_place(plan: &Scenario, run: &Run) {
    let (asked, steps) = done(run);
    assert_eq!(steps, plan.steps);
    let mut left: Vec<_> = planned(plan).iter().collect();
    for (client, operation, at) in asked {
        let line = left.iter().position(|it| it.client == client);
        let line = left.remove(line.unwrap_or_else(|| panic!("{client} has no {operation}")));
        assert_eq!(line.operation, operation);
        assert!(line.at.as_nanos() <= u128::from(at), "{operation} began too early");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn to_take_lines_out_moves_no_other(seed in 0_u64..50, kept in 0.1_f64..1.0, draws: u64) {
        let scenario = scenarios::find("chaos").unwrap();
        let first = run(&scenario, "raft", seed, Detail::Full);
        let mut plan = full_plan(&first);
        let mut draw = draws;
        let mut keep = || {
            draw = draw.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            ((draw >> 33) as f64) / f64::from(1_u32 << 31) < kept
        };
        plan.steps.retain(|_| keep());
        plan.workload.as_mut().unwrap().planned.as_mut().unwrap().retain(|_| keep());
        let thinned = run(&plan, "raft", seed, Detail::Full);
        assert_in_place(&plan, &thinned);
    }
}

#[test]
fn a_session_that_is_free_begins_at_the_stated_moment_and_one_that_is_not_once_it_is() {
    let mut scenario = busy(1);
    let ask = |at, key: &str| PlannedOperation::new(ms(at), ClientId::new(1), Operation::get(key));
    let plan = |operations: &[PlannedOperation], workload: &scenarios::Workload| {
        Some(workload.clone().plain(operations.to_vec(), ms(1000)))
    };
    let workload = scenario.workload.clone().unwrap();
    let all = [ask(10, "a"), ask(10, "b"), ask(500, "c")];
    scenario.workload = plan(&all, &workload);
    let began = |scenario: &Scenario| {
        let run = detailed(scenario.clone(), 1);
        let began =
            run.operations().iter().map(|it| (it.operation.to_string(), it.invoked, it.completed));
        began.collect::<Vec<_>>()
    };
    let [a, b, c] = &began(&scenario)[..] else { panic!("three operations") };
    assert_eq!(a.1.as_nanos(), 10_000_000);
    // One millisecond of thinking after the answer.
    assert_eq!(b.1.as_nanos(), a.2.as_nanos() + 1_000_000);
    assert_eq!(c.1.as_nanos(), 500_000_000);
    scenario.workload = plan(&all[1..], &workload);
    let [b, c] = &began(&scenario)[..] else { panic!("two operations") };
    assert_eq!((b.1.as_nanos(), c.1.as_nanos()), (10_000_000, 500_000_000));
    // A pause, a route and retries of its own.
    let own = PlannedOperation {
        think: Some(ms(7)),
        route: Some(Route::Node(node::NodeId::new(3))),
        retry: Some(Retry { attempts: 2, timeout: ms(50), backoff: ms(1) }),
        ..ask(10, "b")
    };
    scenario.workload = plan(&[ask(10, "a"), own, ask(10, "d")], &workload);
    scenario.steps = vec![step(12, Action::Pause(target("n3")))];
    let run = detailed(scenario.clone(), 1);
    let [a, b, d] = run.operations() else { panic!("three operations") };
    assert_eq!(b.invoked.as_nanos(), a.completed.as_nanos() + 7_000_000);
    assert_eq!((b.node.to_string().as_str(), b.attempts), ("n3", 2));
    assert_eq!(d.attempts, 1, "the next is tried as the workload says");
}

/// A naive plan, in which roles are resolved as the run goes.
#[test]
fn roles_do_move_when_a_line_is_taken_out() {
    let mut scenario = busy(2);
    scenario.cluster.nodes = 5;
    let crash = |at| step(at, Action::Crash(target("follower")).lasting(ms(50)));
    scenario.steps = vec![crash(100), crash(300), crash(500)];
    let struck = |scenario: &Scenario, seed| {
        let steps = run(scenario, "async-leader", seed, Detail::Full).full_plan().unwrap().steps;
        steps.iter().map(|step| step.action.clone()).collect::<Vec<_>>()
    };
    let moves = |scenario: &dyn Fn(u64) -> Scenario| {
        (0..10).any(|seed| {
            let whole = scenario(seed);
            let mut fewer = whole.clone();
            fewer.steps.remove(0);
            struck(&whole, seed)[1..] != struck(&fewer, seed)
        })
    };
    assert!(moves(&|_| scenario.clone()), "the control");
    let planned = |seed| full_plan(&run(&scenario, "async-leader", seed, Detail::Full));
    assert!(!moves(&planned));
}
