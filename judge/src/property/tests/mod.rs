//! Each checker on histories written by hand, one accepted and one rejected for each anomaly.

mod answers;
mod availability;
mod case;
mod convergence;
mod durability;
mod invariants;
mod liveness;
mod placement;
mod reference;
mod sessions;
mod staleness;
mod versions;

use super::judge;
use crate::record::{Expected, Verdict};
use case::Case;
use scenarios::{Expectation, Property};

#[test]
fn judgements_come_in_order_beside_what_is_expected() {
    let expectation = Expectation {
        holds: vec![Property::Availability],
        violated: vec![Property::Convergence],
        ..Expectation::default()
    };
    let case = Case::new().put(10..20, "k", "v").replica("n1", &[("k", "v")]).replica("n2", &[]);
    let findings = judge(&case.evidence(), &case.bounds, Some(&expectation));
    let judgements: Vec<_> = findings
        .judgements
        .iter()
        .map(|judgement| (judgement.property, judgement.verdict.word(), judgement.expected))
        .collect();
    // The levels of consistency follow; a write alone tells nothing of what a key held.
    let (judgements, levels) = judgements.split_at(9);
    assert!(
        levels
            .iter()
            .all(|(_, word, expected)| { *word == "unknown" && *expected == Expected::Unstated })
    );
    assert_eq!(
        judgements,
        [
            (Property::Convergence, "violated", Expected::Violated),
            (Property::Durability, "holds", Expected::Unstated),
            (Property::Staleness, "unknown", Expected::Unstated),
            (Property::Availability, "holds", Expected::Holds),
            (Property::StateMachine, "unknown", Expected::Unstated),
            (Property::PerKeyOrder, "unknown", Expected::Unstated),
            (Property::Versions, "unknown", Expected::Unstated),
            (Property::Liveness, "unknown", Expected::Unstated),
            (Property::Answers, "holds", Expected::Unstated),
        ]
    );
    let unstated = judge(&case.evidence(), &case.bounds, None);
    assert!(unstated.judgements.iter().all(|judgement| judgement.expected == Expected::Unstated));
}

#[test]
fn what_was_not_looked_at_is_unknown() {
    let case = Case::new().replica("n1", &[]).replica("n2", &[]);
    assert_eq!(case.valid(Property::Convergence), "both replicas hold nothing");
    for property in Property::ALL.into_iter().filter(|it| *it != Property::Convergence) {
        assert!(!case.unknown(property).is_empty());
    }
    let texts = [Property::Durability, Property::Staleness, Property::Answers, Property::Liveness];
    assert_eq!(
        texts.map(|property| case.unknown(property)),
        [
            "no write was acknowledged",
            "no operation was begun",
            "no operation was begun",
            "nothing was probed after healing"
        ]
    );
}

#[test]
fn what_a_system_does_not_have_does_not_apply() {
    let mut case = Case::new().put(10..20, "k", "a");
    case.system = Some(*node::systems::find("raft").unwrap());
    assert_eq!(case.unknown(Property::StateMachine), "the nodes announced nothing of their logs");
    for name in ["quorum", "async-leader"] {
        case.system = Some(*node::systems::find(name).unwrap());
        let verdict = case.verdict(Property::StateMachine);
        assert_eq!(verdict, Verdict::NotApplicable("the nodes keep no replicated log".to_owned()));
        let expectation =
            Expectation { holds: vec![Property::StateMachine], ..Expectation::default() };
        let findings = judge(&case.evidence(), &case.bounds, Some(&expectation));
        let judgement =
            findings.judgements.iter().find(|it| it.property == Property::StateMachine).unwrap();
        assert!(!judgement.as_expected());
    }
}

#[test]
fn the_registry_has_every_property_once_and_in_order() {
    let case = Case::new();
    let evidence = case.evidence();
    let checkers = crate::property::registry::checkers(&evidence);
    let properties: Vec<_> = checkers.iter().map(|checker| checker.property()).collect();
    assert_eq!(properties, Property::ALL);
}

#[test]
fn verdicts_are_the_same_without_a_trace() {
    let mut case = convergence::ghost_data();
    let with = Property::ALL.map(|property| case.verdict(property));
    case.trace = None;
    let without = Property::ALL.map(|property| case.verdict(property));
    for (with, without) in with.iter().zip(&without) {
        assert_eq!(with.word(), without.word());
        let summary = |verdict: &Verdict| verdict.witness().map(|witness| witness.summary.clone());
        assert_eq!(summary(with), summary(without));
    }
}
