use super::case::Case;
use crate::consistency::{Action, Budget, Finding, Known, Subject, level};

fn apart() -> Case {
    Case::new().put(1, 10..20, "k", "a").put(2, 10..20, "k", "b")
}

#[test]
fn sessions_may_read_the_past_but_agree_on_what_is_newer() {
    let order = |case: Case, session, first, second| {
        case.get(session, 30..40, "k", first).get(session, 50..60, "k", second)
    };
    let agree = order(order(apart(), 3, "a", "b"), 4, "a", "b");
    assert_eq!(agree.holds("causal"), "one causal order explains 4 reads of 4 sessions");
    agree.holds("sequential");
    let disagree = order(order(apart(), 3, "a", "b"), 4, "b", "a");
    let proof = disagree.violated("causal");
    assert!(proof.summary.starts_with("no order of the writes explains"), "{}", proof.summary);
    // No session went back by itself.
    disagree.holds("monotonic-reads");
}

#[test]
fn an_answer_is_not_seen_without_its_question() {
    let case = Case::new().put(1, 10..20, "x", "q").get(2, 30..40, "x", "q");
    let case = case.put(2, 50..60, "y", "r").get(3, 70..80, "y", "r");
    case.clone().get(3, 90..99, "x", "q").holds("causal");
    let proof = case.get(3, 90..99, "x", "").violated("causal");
    assert!(proof.summary.contains("c3 depended on \"q\" under key \"x\""), "{}", proof.summary);
}

#[test]
fn what_nobody_wrote_and_what_is_read_before_it_is_written_has_no_cause() {
    let proof = Case::new().get(1, 10..20, "k", "z").violated("causal");
    assert!(proof.summary.contains("which nobody had written"), "{}", proof.summary);
    Case::new().get(1, 10..20, "k", "z").put(1, 30..40, "k", "z").violated("causal");
    let circle = Case::new().swap(1, 10..40, "k", "a", "b").swap(2, 10..40, "k", "b", "a");
    circle.violated("causal");
    assert!(circle.unknown_as("monotonic-reads").contains("in a circle"));
}

#[test]
fn what_was_added_to_is_not_known() {
    let append = Action::Append { key: "k".into(), value: "a".into() };
    let case = Case::new().call(1, 10..20, append).get(2, 30..40, "k", "a");
    assert!(case.unknown_as("causal").contains("something was added"));
    case.holds("sequential");
}

/// A store that takes each call at once, seen by many sessions.
fn long(calls: u64, sessions: u64) -> Case {
    let mut case = Case::new();
    let mut last = String::new();
    for call in 0..calls {
        let (session, times) = (call % sessions, call * 10..call * 10 + 5);
        if call % 3 == 0 {
            last = format!("v{call}");
            case = case.put(session, times, "k", &last);
        } else {
            case = case.get(session, times, "k", &last);
        }
    }
    case
}

#[test]
fn a_long_history_of_many_sessions_is_no_burden() {
    let case = long(20_000, 50);
    case.holds("causal");
    case.holds("writes-follow-reads");
    case.holds("sequential");
    case.get(1, 900_000..900_001, "k", "v0").violated("causal");
}

#[test]
fn what_is_known_already_is_not_looked_for() {
    let known = Known { linearizable: Some(true) };
    let judge = |case: &Case| {
        (level("causal").unwrap().judge)(&Subject::new(&case.calls), known, Budget::default())
    };
    assert!(matches!(judge(&apart().get(3, 30..40, "k", "a")), Finding::Holds(_)));
    assert!(matches!(judge(&Case::new()), Finding::Unknown(_)));
}
