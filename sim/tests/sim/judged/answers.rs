//! What clients are told: every lie is found, and the truth is believed.

use super::{store::Liar, word};
use judge::Run;
use node::{Node, OperationKind};
use scenarios::{Action, Property, Scenario, Step};
use sim::Simulation;
use std::time::Duration;

/// A scenario of the library on one node of the store that tells these lies.
fn tell(name: &str, lies: &[&str], change: impl FnOnce(&mut Scenario)) -> Run {
    let mut scenario = scenarios::find(name).unwrap();
    scenario.cluster.nodes = 1;
    scenario.system.flaws = lies.iter().map(|lie| (*lie).to_owned()).collect();
    change(&mut scenario);
    let declared = scenario.for_system(&Liar::INFO).flaws;
    assert_eq!(declared.len(), lies.len(), "every lie is one that the store knows");
    Simulation::<Liar>::new(scenario).seed(1).run().unwrap()
}

/// Which of the two properties that judge what clients are told are violated.
fn found(run: &Run) -> Vec<Property> {
    let both = [Property::Answers, Property::Linearizability];
    both.into_iter().filter(|property| word(run, *property) == "violated").collect()
}

fn assert_true(run: &Run) {
    for property in [Property::Answers, Property::Linearizability] {
        assert_eq!(word(run, property), "holds", "{:?}", run.judgement(property));
    }
}

#[test]
fn lists_and_deletes_that_say_what_is_not_so() {
    assert_true(&tell("list-keys", &[], |_| {}));
    for lie in ["omits-a-key", "lists-the-deleted", "always-existed", "never-existed"] {
        let run = tell("list-keys", &[lie], |_| {});
        assert_eq!(found(&run), [Property::Answers, Property::Linearizability], "{lie}");
    }
}

#[test]
fn puts_that_name_what_they_did_not_overwrite() {
    assert_true(&tell("overwrite-returns-old", &[], |_| {}));
    // The value was there once, so that the answer is possible, but not at that moment.
    let run = tell("overwrite-returns-old", &["previous-of-before"], |_| {});
    assert_eq!(found(&run), [Property::Linearizability]);
    let run = tell("overwrite-returns-old", &["previous-from-nowhere"], |_| {});
    assert_eq!(found(&run), [Property::Answers, Property::Linearizability]);
    let run = tell("overwrite-returns-old", &["answers-another-kind"], |_| {});
    assert!(found(&run).contains(&Property::Answers));
}

/// Two compare-and-sets of what a key held before: both must be told that it holds another.
fn swaps(scenario: &mut Scenario) {
    let swap = |at: u64, expected: &str| {
        let (expected, new) = (Some(expected.into()), "Dave".into());
        let to = "leader".parse().unwrap();
        let action = Action::CompareAndSet { key: "user1".into(), expected, new, to };
        Step::new(Duration::from_millis(at), action)
    };
    scenario.steps.push(swap(3700, "Alice"));
    scenario.steps.push(swap(3800, "Carol"));
}

#[test]
fn compare_and_sets_that_do_not_compare() {
    assert_true(&tell("overwrite-returns-old", &[], swaps));
    let run = tell("overwrite-returns-old", &["ignores-expected"], swaps);
    assert_eq!(found(&run), [Property::Linearizability]);
    // It says that it holds what was expected, and that it does not match.
    let run = tell("overwrite-returns-old", &["swaps-none"], swaps);
    assert_eq!(found(&run), [Property::Answers, Property::Linearizability]);
}

#[test]
fn compare_and_sets_of_many_clients() {
    let busy = |scenario: &mut Scenario| {
        let workload = scenario.workload.as_mut().unwrap();
        workload.mix.insert(OperationKind::CompareAndSet, 0.5);
        workload.mix.insert(OperationKind::Get, 0.2);
    };
    assert_true(&tell("list-keys", &[], busy));
    for lie in ["ignores-expected", "swaps-none"] {
        assert!(!found(&tell("list-keys", &[lie], busy)).is_empty(), "{lie}");
    }
}
