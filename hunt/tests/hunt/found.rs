//! What hunts find.

use hunt::{Hunt, Hunted, Source, What, hunt};
use scenarios::Property;
use std::{num::NonZeroUsize, ops::Range};

fn random(system: &str, flaws: &[&str], seeds: Range<u64>) -> Hunt {
    Hunt {
        source: Source::Random(flaws.iter().map(ToString::to_string).collect()),
        system: node::systems::find(system).unwrap(),
        seeds,
        only: Vec::new(),
        stop_after: None,
        jobs: NonZeroUsize::MIN,
    }
}

fn all(of: &Hunt) -> Hunted {
    hunt(of, || false, |_| ()).unwrap()
}

#[test]
fn a_store_that_never_repairs_diverges_and_raft_does_not() {
    let diverged = What::Violated(Property::Convergence);
    let found = all(&random("async-leader", &[], 0..20));
    assert!(found.failures.by_what().contains_key(&diverged), "{:?}", found.failures);
    let held = all(&random("raft", &[], 0..20));
    assert_eq!(held.failures.groups(), Vec::<&hunt::Group>::new());
}

#[test]
fn a_planted_flaw_is_found_and_its_absence_is_not() {
    let of = |flaws: &[&str]| Hunt { stop_after: Some(1), ..random("raft", flaws, 0..60) };
    let found = all(&of(&["apply-before-commit"]));
    assert_eq!(found.failures.runs(), 1, "{found:?}");
    assert_eq!(all(&of(&[])).failures.runs(), 0);
}

#[test]
fn what_is_found_depends_on_the_seeds_alone() {
    let alone = random("sync-leader", &[], 5..45);
    let together = Hunt { jobs: NonZeroUsize::new(3).unwrap(), ..alone.clone() };
    assert_eq!(all(&alone), all(&together));
    let other = Hunt { seeds: 50..90, ..alone.clone() };
    assert_ne!(all(&alone), all(&other), "other seeds draw other runs");
}

#[test]
fn it_stops_at_the_failure_that_makes_up_the_number() {
    let of = random("async-leader", &[], 0..60);
    let whole = all(&of);
    let stopped = all(&Hunt { stop_after: Some(2), ..of });
    assert_eq!(stopped.failures.runs(), 2);
    assert!(stopped.seeds < whole.seeds, "{} of {}", stopped.seeds, whole.seeds);
}

#[test]
fn only_what_is_asked_for_counts() {
    let of = random("async-leader", &[], 0..20);
    let only = Hunt { only: vec![Property::Convergence], ..of.clone() };
    let whats = |of: &Hunt| all(of).failures.by_what().into_keys().collect::<Vec<_>>();
    assert_eq!(whats(&only), [What::Violated(Property::Convergence)]);
    assert!(whats(&of).len() > 1);
}

#[test]
fn faults_that_bit_and_states_are_counted() {
    let found = all(&random("raft", &[], 0..20));
    let coverage = &found.coverage;
    assert_eq!(coverage.runs, 20);
    assert!(coverage.states["elected"] > 0 && coverage.faults.len() > 5, "{coverage:?}");
    assert!(coverage.pairs.keys().any(|(_, state)| *state == "elected"));
    let leaderless = all(&random("async-leader", &[], 0..5));
    assert!(!leaderless.coverage.states.contains_key("elected"), "{:?}", leaderless.coverage);
}
