use super::case::Case;
use crate::consistency::{Budget, Finding, Known, level};

#[test]
fn each_session_may_lag_but_all_in_one_order() {
    let case = Case::new().put(1, 10..20, "k", "a").get(2, 30..40, "k", "");
    assert_eq!(
        case.holds("sequential"),
        "one order of 2 operations of 2 sessions explains every answer"
    );
    // Dekker: both sessions missed what the other had written before.
    let case = Case::new().put(1, 10..20, "x", "a").put(2, 10..20, "y", "b");
    let case = case.get(1, 30..40, "y", "").get(2, 30..40, "x", "");
    case.holds("causal");
    let proof = case.violated("sequential");
    assert!(proof.summary.contains("no order of 4 operations"), "{}", proof.summary);
}

#[test]
fn keys_that_each_have_an_order_need_have_none_together() {
    let on = |case: Case, session, mine, other| {
        let case = case.put(session, 10..20, mine, "m").put(session, 30..40, other, "o");
        case.get(session, 50..60, mine, "m")
    };
    let one = on(Case::new(), 1, "x", "y");
    one.holds("sequential");
    let both =
        Case::new().put(1, 10..20, "x", "a").put(1, 30..40, "y", "a2").get(1, 50..60, "y", "b2");
    let both = both.put(2, 10..20, "y", "b2").put(2, 30..40, "x", "b").get(2, 50..60, "x", "a");
    both.violated("sequential");
}

#[test]
fn a_write_of_unknown_outcome_stands_anywhere_or_nowhere() {
    let case = || Case::new().put(1, 10..20, "k", "a").put(1, 30..40, "k", "b").unknown();
    case().get(1, 50..60, "k", "a").get(1, 70..80, "k", "b").holds("sequential");
    case().get(1, 50..60, "k", "a").get(1, 70..80, "k", "a").holds("sequential");
    case().get(1, 50..60, "k", "b").get(1, 70..80, "k", "a").violated("sequential");
}

#[test]
fn a_mismatch_that_names_what_was_expected_fits_nowhere() {
    use crate::consistency::{Action, Swap};
    let swap = |actual: &str| Action::CompareAndSet {
        key: "k".into(),
        expected: Some("a".into()),
        new: "c".into(),
        outcome: Some(Swap::Mismatch { actual: Some(Some(actual.into())) }),
    };
    let case = || Case::new().put(1, 10..20, "k", "a").put(2, 30..40, "k", "b");
    case().call(3, 50..60, swap("b")).holds("sequential");
    case().call(3, 50..60, swap("a")).violated("sequential");
}

#[test]
fn a_spent_budget_is_no_verdict() {
    let mut case = Case::new();
    for session in 0..6 {
        for write in 0..6 {
            let times = write * 10..write * 10 + 5;
            case = case.put(session, times, "k", &format!("{session}.{write}"));
        }
    }
    case = case.get(7, 100..110, "k", "0.3").get(7, 120..130, "k", "1.3");
    case = case.get(8, 100..110, "k", "1.3").get(8, 120..130, "k", "2.3");
    case = case.get(9, 100..110, "k", "2.3").get(9, 120..130, "k", "3.3");
    let found =
        (level("sequential").unwrap().judge)(&case.calls, Known::default(), Budget { steps: 100 });
    assert!(matches!(found, Finding::Unknown(_)), "{found:?}");
    case.holds("sequential");
}
