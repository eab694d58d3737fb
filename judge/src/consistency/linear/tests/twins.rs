//! Both engines, alone and together, beside the naive twin; and whether what they say in
//! their defence is true.

use super::{
    generate::{self, Numbers, Taste},
    naive,
};
use crate::consistency::{
    Action, Calls,
    linear::{
        Budget, Outcome, Why, Window, by_key,
        decide::{self, Engine},
        frontier::{Frontier, Progress},
        linearizability, linearizations,
        problem::Problem,
        search::Search,
        values::Values,
        ways::Width,
        window,
    },
};

/// Every part of a history that is decided alone.
fn problems(calls: &Calls) -> Vec<Problem<'_>> {
    let (keys, lists) = by_key(calls);
    let mut values = Values::default();
    let mut problems: Vec<_> = keys
        .into_iter()
        .map(|(key, places)| {
            Problem::of_key(&calls.calls, &places, key, &calls.initial, &mut values)
        })
        .collect();
    if lists {
        problems.push(Problem::of_map(&calls.calls, &calls.initial));
    }
    problems
}

/// What one engine alone says, with a check of its order.
fn alone(calls: &Calls, engine: Engine) -> bool {
    let mut fits = true;
    for mut problem in problems(calls) {
        let progress = match engine {
            Engine::Frontier(width) => {
                Frontier::new(&problem, width, false).advance(&mut problem, u64::MAX)
            }
            Engine::Search => Search::new(&problem, false).advance(&mut problem, u64::MAX),
        };
        let order = decide::order(&mut problem, engine);
        if progress == Progress::Fits {
            let order = order.iter().map(|op| problem.call(*op).position).collect::<Vec<_>>();
            check_order(calls, &order);
        } else {
            assert_eq!(progress, Progress::Refuted);
            check_window(calls, &window::window(&problem, &order));
            fits = false;
        }
    }
    fits
}

/// Frontiers that keep a part of the ways prove what they prove, and nothing that is not so.
fn narrow(calls: &Calls, expected: bool) {
    for most in 1..4 {
        let decisions: Vec<_> = problems(calls)
            .into_iter()
            .map(|mut problem| {
                let progress = [Width::Best(most), Width::Joined(most)].map(|width| {
                    let mut frontier = Frontier::new(&problem, width, false);
                    frontier.advance(&mut problem, u64::MAX)
                });
                if progress[0] == Progress::Fits {
                    let order = decide::order(&mut problem, Engine::Frontier(Width::Best(most)));
                    let order = order.iter().map(|op| problem.call(*op).position);
                    check_order(calls, &order.collect::<Vec<_>>());
                } else if progress[1] == Progress::Refuted {
                    let order = decide::order(&mut problem, Engine::Frontier(Width::Joined(most)));
                    check_window(calls, &window::window(&problem, &order));
                }
                progress
            })
            .collect();
        let comes_through = decisions.iter().all(|[best, _]| *best == Progress::Fits);
        assert!(expected || !comes_through, "{most} best came through: {calls:?}");
        let refuted = decisions.iter().any(|[_, joined]| *joined == Progress::Refuted);
        assert!(!expected || !refuted, "{most} joined did not come through: {calls:?}");
    }
}

/// An order is legal and does not go against time. Returns what it leaves.
fn check_order(calls: &Calls, order: &[usize]) -> naive::Store {
    let mut store = naive::at_first(calls);
    for (place, position) in order.iter().enumerate() {
        let call = at(calls, *position);
        store = naive::carry_out(&store, call).expect("every step is legal");
        for later in &order[place + 1..] {
            assert_ne!(position, later);
            assert!(!naive::precedes(at(calls, *later), call), "{order:?} goes against time");
        }
    }
    store
}

fn at(calls: &Calls, position: usize) -> &crate::consistency::Call {
    calls.calls.iter().find(|call| call.position == position).unwrap()
}

/// Whether a call must stand in an order.
fn must_stand(call: &crate::consistency::Call) -> bool {
    let told =
        !matches!(call.action, Action::Read { found: None, .. } | Action::List { keys: None });
    told && !naive::is_open(call)
}

/// All that a window says is true, and it leaves nothing out.
fn check_window(calls: &Calls, window: &Window) {
    let store = check_order(calls, &window.prefix);
    let concerned = |call: &&crate::consistency::Call| {
        window.key.is_none() || call.action.key() == window.key.as_ref()
    };
    let missing = |call: &&crate::consistency::Call| {
        must_stand(call) && !window.prefix.contains(&call.position)
    };
    let mut missed = 0;
    for call in calls.calls.iter().filter(concerned).filter(missing) {
        missed += 1;
        let waits = |other: &crate::consistency::Call| naive::precedes(other, call);
        if calls.calls.iter().filter(concerned).filter(missing).any(waits) {
            continue;
        }
        let blocked = window.blocked.iter().find(|blocked| blocked.position == call.position);
        assert!(matches!(blocked.unwrap().why, Why::Unfit(_)), "{window:?}");
        assert_eq!(naive::carry_out(&store, call), None, "{call:?} could come next");
    }
    assert!(missed > 0, "{window:?} explains everything");
    for blocked in &window.blocked {
        let call = at(calls, blocked.position);
        assert!(!window.prefix.contains(&blocked.position));
        match &blocked.why {
            Why::Unfit(_) => assert_eq!(naive::carry_out(&store, call), None),
            Why::Follows(earlier) => {
                assert!(naive::precedes(at(calls, *earlier), call));
                assert!(!window.prefix.contains(earlier));
            }
            Why::NoHelp => assert!(naive::is_open(call)),
        }
    }
    assert!(!window.lines(|position| format!("operation {position}")).is_empty());
}

/// Compares a number of histories. Returns how many were linearizable, how many not, and how
/// many a small budget left undecided.
fn compare(seed: u64, histories: u64) -> (u64, u64, u64) {
    let mut numbers = Numbers(seed);
    let mut counts = (0, 0, 0);
    for _ in 0..histories {
        let taste = Taste::small(&mut numbers);
        let calls = generate::history(taste, &mut numbers);
        let expected = naive::is_linearizable(&calls);
        assert!(expected || taste.wrong > 0, "made by one store: {calls:?}");
        assert_eq!(alone(&calls, Engine::Frontier(Width::All)), expected, "frontier: {calls:?}");
        assert_eq!(alone(&calls, Engine::Search), expected, "search: {calls:?}");
        narrow(&calls, expected);
        let outcome = linearizability(&calls, Budget::DEFAULT);
        assert_eq!(outcome == Outcome::Linearizable, expected, "both: {calls:?}");
        assert!(!matches!(outcome, Outcome::Undecided(_)), "{calls:?}");
        check_linearizations(&calls, expected);
        let hasty = linearizability(&calls, Budget::steps(numbers.below(40)));
        match hasty {
            Outcome::Linearizable => assert!(expected, "in haste: {calls:?}"),
            // It may be another key's that was decided in time.
            Outcome::NotLinearizable(window) => check_window(&calls, &window),
            Outcome::Undecided(_) => counts.2 += 1,
        }
        if expected {
            counts.0 += 1;
        } else {
            counts.1 += 1;
        }
    }
    counts
}

fn check_linearizations(calls: &Calls, expected: bool) {
    let found = linearizations(calls, Budget::DEFAULT);
    assert_eq!(found.is_some(), expected);
    let found = found.unwrap_or_default();
    for linearization in &found {
        check_order(calls, &linearization.order);
    }
    let stands = |position| found.iter().any(|found| found.order.contains(position));
    if expected {
        let must = calls.calls.iter().filter(|call| must_stand(call));
        must.for_each(|call| assert!(stands(&call.position), "{call:?} has no place"));
    }
}

#[test]
fn both_engines_agree_with_the_naive_twin() {
    let (fits, refuted, undecided) = compare(1, 6_000);
    assert!(fits > 1_500 && refuted > 1_000, "{fits} fit, {refuted} do not");
    assert!(undecided > 500, "{undecided} undecided in haste");
}

#[test]
#[ignore = "takes minutes"]
fn both_engines_agree_with_the_naive_twin_on_many_histories() {
    let (fits, refuted, undecided) = compare(2, 400_000);
    println!("{fits} fit, {refuted} do not; {undecided} undecided in haste");
    assert!(fits > 100_000 && refuted > 60_000, "{fits} fit, {refuted} do not");
}
