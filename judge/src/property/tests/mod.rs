//! Each checker on histories written by hand, one accepted and one rejected for each anomaly.

mod availability;
mod case;
mod convergence;
mod durability;
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
    assert_eq!(
        judgements,
        [
            (Property::Convergence, "invalid", Expected::Violated),
            (Property::Durability, "valid", Expected::Unstated),
            (Property::Staleness, "valid", Expected::Unstated),
            (Property::Availability, "valid", Expected::Holds),
            (Property::StateMachine, "valid", Expected::Unstated),
            (Property::PerKeyOrder, "valid", Expected::Unstated),
            (Property::Versions, "valid", Expected::Unstated),
        ]
    );
    let unstated = judge(&case.evidence(), &case.bounds, None);
    assert!(unstated.judgements.iter().all(|judgement| judgement.expected == Expected::Unstated));
}

#[test]
fn an_empty_run_of_healthy_nodes_violates_nothing() {
    let case = Case::new().replica("n1", &[]).replica("n2", &[]);
    let texts: Vec<_> = Property::ALL
        .map(|property| match case.verdict(property) {
            Verdict::Valid(text) => text,
            other => panic!("{other:?}"),
        })
        .into();
    assert_eq!(
        texts,
        [
            "both replicas hold nothing",
            "no write was acknowledged",
            "no read was answered",
            "no operation was begun",
            "the nodes keep no replicated log",
            "no read was answered",
            "no read found a value",
        ]
    );
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
