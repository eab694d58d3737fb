//! How soon flaws are caught: what counts, and what is the same whoever looks.

use hunt::{Anyway, FlawHunted, FlawHunts, look};
use node::systems;
use std::num::NonZeroUsize;

fn hunts(system: &str, flaw: Option<&'static str>) -> FlawHunts {
    let system = systems::find(system).unwrap();
    FlawHunts { system, flaw, hunts: 3, seeds: 60, anyway: Anyway::default() }
}

fn hunted(of: &FlawHunts, jobs: usize) -> FlawHunted {
    let mut over = 0;
    let hunted = of.go(NonZeroUsize::new(jobs).unwrap(), || over += 1).unwrap();
    assert_eq!((over, hunted.catches.len()), (3, 3));
    hunted
}

#[test]
fn a_flaw_is_caught_by_what_does_not_show_without_it() {
    let of = hunts("raft", Some("vote-twice"));
    let hunted = hunted(&of, 2);
    assert!(hunted.caught() > 0, "{hunted:?}");
    for (hunt, caught) in (0..).zip(&hunted.catches) {
        let Some(caught) = caught else { continue };
        assert!(of.range(hunt).contains(&caught.seed), "a hunt has seeds of its own");
        assert_eq!(of.range(hunt).start + caught.after - 1, caught.seed);
        let shown = |scenario: &scenarios::Scenario| {
            let outcomes = look(scenario, "raft", caught.seed, &[]).unwrap().outcomes;
            outcomes.into_iter().map(|it| (it.what, it.shape)).collect::<Vec<_>>()
        };
        let mut twin = of.scenario(caught.seed);
        let with = shown(&twin);
        twin.system.flaws.clear();
        let without = shown(&twin);
        let of_flaw = with.into_iter().filter(|it| !without.contains(it)).map(|it| it.0);
        assert_eq!(of_flaw.collect::<Vec<_>>(), caught.shown);
        assert!(!caught.shown.is_empty());
    }
}

/// The control: this store breaks in most runs, and nothing is switched on in it.
#[test]
fn what_breaks_anyway_is_no_catch() {
    let nothing = hunts("async-leader", None);
    let looked = look(nothing.scenario(0), "async-leader", 0, &[]).unwrap();
    assert!(!looked.outcomes.is_empty(), "the run breaks");
    let hunted = hunted(&nothing, 2);
    assert_eq!((hunted.caught(), hunted.seeds, hunted.median()), (0, 180, None));
    assert!(hunted.checkers().is_empty() && hunted.cheapest().is_none());
}

/// What other runs without the flaw show is no catch either, though this one does not.
#[test]
fn what_a_store_breaks_in_other_runs_says_nothing_of_its_flaw() {
    let two = NonZeroUsize::new(2).unwrap();
    let mut of = hunts("async-leader", Some("naive-failover"));
    let by_chance = hunted(&of, 2);
    of.anyway = Anyway::of(of.system, None, 180, two).unwrap();
    let told_apart = hunted(&of, 2);
    assert!(told_apart.seeds > by_chance.seeds, "{told_apart:?}");
    assert_eq!(
        Anyway::of(of.system, None, 20, two).unwrap(),
        Anyway::of(of.system, None, 20, NonZeroUsize::MIN).unwrap()
    );
}

#[test]
fn the_same_is_caught_however_many_hunts_are_had_at_once() {
    let of = hunts("async-leader", Some("follower-accepts-writes"));
    let one = hunted(&of, 1);
    assert_eq!(one, hunted(&of, 3));
    let after = |place: usize| one.catches[place].as_ref().map(|caught| caught.after);
    let mut all: Vec<_> = (0..3).filter_map(after).collect();
    all.sort_unstable();
    assert_eq!(one.median(), all.get(1).copied());
}

#[test]
fn a_run_that_caught_a_flaw_is_made_small_and_still_needs_it() {
    let of = hunts("raft", Some("vote-twice"));
    let hunted = hunted(&of, 2);
    let caught = hunted.cheapest().unwrap();
    let scenario = of.scenario(caught.seed);
    let shrunk = of.shrink(scenario, caught.seed, Some(caught.shown[0]), 400).unwrap();
    assert!(shrunk.after < shrunk.before, "{shrunk:?}");
    assert_eq!(shrunk.plan.system.flaws, ["vote-twice"]);
    let mut twin = shrunk.plan.clone();
    twin.system.flaws.clear();
    let looked = look(&twin, "raft", twin.seed.unwrap(), &[]).unwrap();
    let shape = |outcomes: &[hunt::Outcome]| {
        outcomes.iter().find(|it| it.what == shrunk.what).map(|it| it.shape.clone())
    };
    let with = look(&shrunk.plan, "raft", twin.seed.unwrap(), &[]).unwrap();
    // In the plan it counts although it is expected there.
    let only = match shrunk.what {
        hunt::What::Violated(property) => vec![property],
        hunt::What::Panic => Vec::new(),
    };
    let with = shape(&with.outcomes).or_else(|| {
        shape(&look(&shrunk.plan, "raft", twin.seed.unwrap(), &only).unwrap().outcomes)
    });
    assert!(with.is_some() && shape(&looked.outcomes) != with);
}
