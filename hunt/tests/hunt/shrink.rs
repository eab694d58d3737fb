//! Plans made small: they show the same, nothing more can go, and the same comes of the same.

use hunt::{Shrink, ShrinkError, Shrunk, What, draw, look, shrink};
use node::systems;
use scenarios::{Property, Scenario};
use sim::{Detail, Gear};
use std::num::NonZeroUsize;

const PROPERTY: Property = Property::PerKeyOrder;

fn of(jobs: usize) -> Shrink {
    let system = systems::find("async-leader").unwrap();
    Shrink {
        scenario: draw(system, &[], 0).scenario,
        system,
        seed: 0,
        property: Some(PROPERTY),
        any_shape: false,
        needs_flaws: false,
        jobs: NonZeroUsize::new(jobs).unwrap(),
    }
}

fn small(jobs: usize) -> Shrunk {
    shrink(&of(jobs), &mut |_| true).unwrap()
}

/// The shape in which a plan violates the property, be it once or several times, if it does.
fn shape(plan: &Scenario) -> Option<String> {
    let looked = look(plan, "async-leader", plan.seed.unwrap(), &[PROPERTY]).unwrap();
    let outcome = looked.outcomes.into_iter().next()?;
    assert_eq!(outcome.what, What::Violated(PROPERTY));
    Some(outcome.shape.split(' ').map(|word| word.trim_end_matches('s')).collect())
}

#[test]
fn what_is_left_shows_the_same_and_nothing_more_can_go() {
    let shrunk = small(2);
    let plan = &shrunk.plan;
    let wanted = shape(&of(1).scenario).unwrap();
    assert_eq!(shape(plan), Some(wanted.clone()));
    assert!(shrunk.is_smallest && shrunk.before > 100, "{shrunk:?}");
    assert!(plan.workload.is_none() && plan.nemesis.is_none(), "{}", plan.to_toml());
    assert!((2..=6).contains(&plan.steps.len()), "{}", plan.to_toml());
    for gone in 0..plan.steps.len() {
        let mut less = plan.clone();
        less.steps.remove(gone);
        assert_ne!(shape(&less), Some(wanted.clone()), "step {gone} is not needed");
    }
    // It is a scenario like any other, and does what it says.
    let read = Scenario::parse("small.toml", &plan.to_toml(), systems::all()).unwrap();
    assert_eq!(read, *plan);
    let seed = plan.seed.unwrap();
    let run = sim::run(&read, "async-leader", seed, Detail::Digest, Gear::Advance).unwrap();
    run.assert_as_expected();
}

#[test]
fn the_same_comes_of_the_same_however_many_are_tried_at_once() {
    let (one, three) = (small(1), small(3));
    assert_eq!(one.plan.to_toml(), three.plan.to_toml());
    assert_eq!(one, three);
}

#[test]
fn what_holds_is_refused() {
    let scenario = scenarios::find("healthy").unwrap();
    let system = systems::find("raft").unwrap();
    let error = shrink(&Shrink { scenario, system, property: None, ..of(1) }, &mut |_| true);
    assert!(matches!(error, Err(ShrinkError::Holds { .. })), "{error:?}");
    // What shows without the flaw as well does not need it, and this has none.
    let error = shrink(&Shrink { needs_flaws: true, ..of(1) }, &mut |_| true);
    assert!(matches!(error, Err(ShrinkError::Holds { .. })), "{error:?}");
}

#[test]
fn who_stops_has_what_there_is_so_far() {
    let mut left = 10;
    let shrunk = shrink(&of(1), &mut |_| {
        left -= 1;
        left > 0
    });
    let shrunk = shrunk.unwrap();
    assert!(!shrunk.is_smallest);
    assert!(shape(&shrunk.plan).is_some());
}

/// Whoever takes away as much without looking is left with nothing.
#[test]
fn without_the_check_the_violation_is_lost() {
    let whole = of(1).scenario;
    let run = sim::run(&whole, "async-leader", 0, Detail::Full, Gear::Advance).unwrap();
    let full = run.full_plan().unwrap();
    assert!(shape(&full).is_some());
    let (steps, operations) = (full.steps.len(), planned(&mut full.clone()).len());
    let lost = (0..20).filter(|turn| {
        let mut naive = full.clone();
        // Three of all, at places that have nothing to do with the violation.
        let kept = [turn * 37, turn * 53 + 11, turn * 71 + 29].map(|at| at % (steps + operations));
        let mut place = 0..steps + operations;
        naive.steps.retain(|_| kept.contains(&place.next().unwrap()));
        planned(&mut naive).retain(|_| kept.contains(&place.next().unwrap()));
        shape(&naive).is_none()
    });
    assert!(lost.count() >= 18);
}

fn planned(plan: &mut Scenario) -> &mut Vec<scenarios::PlannedOperation> {
    plan.workload.as_mut().unwrap().planned.as_mut().unwrap()
}

#[test]
fn money_that_is_lost_is_lost_by_the_store_and_not_by_the_plan() {
    let path = format!("{}/../examples/bank.toml", env!("CARGO_MANIFEST_DIR"));
    let mut scenario = Scenario::load(path, systems::all()).unwrap();
    scenario.workload.as_mut().unwrap().operations = Some(60);
    let of = Shrink { scenario, property: Some(Property::Invariants), ..of(2) };
    let plan = shrink(&of, &mut |_| true).unwrap().plan;
    // Half of a transfer would miss the sum that is stated. Two clients read the same, and both write.
    let text = plan.to_toml();
    assert!(text.contains("sum = \"acknowledged\"") && !text.contains("sum = 500"), "{text}");
    let puts = plan.steps.iter().filter(|it| it.action.name() == "put").count();
    let gets = plan.steps.iter().filter(|it| it.action.name() == "get").count();
    assert!(puts >= 2 && gets >= 1, "{text}");
}
