use super::case::{Case, Draw};
use crate::consistency::{Budget, Finding, Known, Subject, level};

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
    let found = (level("sequential").unwrap().judge)(
        &Subject::new(&case.calls),
        Known::default(),
        Budget { steps: 40 },
    );
    assert!(matches!(found, Finding::Unknown(_)), "{found:?}");
    case.holds("sequential");
}

/// Some sessions whose writes overlap and enter one log as they are answered, and sessions that
/// read what a replica of their own has of it, each as far behind as it likes.
pub(super) fn lagging(calls: u64, writers: u64, readers: u64) -> Case {
    let mut draw = Draw(5);
    let (mut log, mut drawn) = (Vec::new(), Vec::new());
    let mut free = vec![0; writers as usize];
    let mut applied = vec![0; readers as usize];
    for call in 1..=calls {
        let (at, key) = (call * 10, format!("k{}", draw.below(5)));
        if draw.below(5) < 2 {
            let session = draw.below(writers);
            let asked = (at - draw.below(10)).saturating_sub(30 * draw.below(3));
            let begun = asked.max(free[session as usize] + 1);
            free[session as usize] = at;
            log.push((key.clone(), format!("v{call}")));
            drawn.push((begun..at, session, key, format!("v{call}"), true));
        } else {
            let reader = draw.below(readers);
            let applied = &mut applied[reader as usize];
            *applied += draw.below(log.len() as u64 - *applied + 1);
            let seen = log[..*applied as usize].iter().rev();
            let found = seen.clone().find(|(written, _)| *written == key);
            let found = found.map_or(String::new(), |(_, value)| value.clone());
            drawn.push((at - 5..at, writers + reader, key, found, false));
        }
    }
    drawn.sort_by_key(|(times, ..)| times.start);
    drawn.into_iter().fold(Case::new(), |case, (times, session, key, value, is_put)| match is_put {
        true => case.put(session, times, &key, &value),
        false => case.get(session, times, &key, &value),
    })
}

#[test]
fn sessions_far_behind_one_log_are_put_in_order_in_few_steps() {
    let case = lagging(3_000, 6, 8);
    case.holds("causal");
    let budget = Budget { steps: 100_000 };
    let found =
        (level("sequential").unwrap().judge)(&Subject::new(&case.calls), Known::default(), budget);
    assert!(matches!(found, Finding::Holds(_)), "{found:?}");
}
