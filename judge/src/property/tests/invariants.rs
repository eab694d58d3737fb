use super::case::Case;
use crate::{
    property::{OwnInvariant, State, judge_invariants},
    record::Verdict,
};
use node::client::{Failure, Outcome};
use scenarios::{Invariant, InvariantKeys, Sum};

/// Two accounts, `key1` and `key2`, of ten each.
fn accounts(sum: Option<Sum>) -> Invariant {
    Invariant {
        name: "total".to_owned(),
        keys: InvariantKeys::First(2),
        absent: 10,
        sum,
        at_least: None,
        at_most: None,
        check: None,
    }
}

fn judged(case: &Case, invariant: Invariant) -> Verdict {
    judge_invariants(&case.evidence(), &[invariant], &[], None).unwrap().verdict
}

fn violation(case: &Case, invariant: Invariant) -> String {
    match judged(case, invariant) {
        Verdict::Violated(witness) => witness.summary,
        other => panic!("{other:?}"),
    }
}

/// c1 moves three from `key1` to `key2`.
fn moved() -> Case {
    Case::new().get(0..5, "key1", None).put(10..15, "key1", "7").get(20..25, "key2", None).put(
        30..35,
        "key2",
        "13",
    )
}

#[test]
fn a_sum_is_what_was_stated() {
    let right = moved().replica("n1", &[("key1", "7"), ("key2", "13")]);
    let exactly = || accounts(Some(Sum::Exactly(20)));
    assert_eq!(judged(&right, exactly()), Verdict::Holds("\"total\" is kept".to_owned()));
    let wrong = moved().replica("n1", &[("key1", "7")]);
    assert_eq!(violation(&wrong, exactly()), "\"total\" is not kept: the sum is 17 and not 20");
}

#[test]
fn an_update_that_was_overwritten_is_missed() {
    // Both have read ten, and both add one.
    let both = Case::new()
        .get(0..5, "key1", None)
        .get(0..6, "key1", None)
        .by(2)
        .put(10..15, "key1", "11")
        .put(10..16, "key1", "11")
        .by(2);
    let told = || accounts(Some(Sum::Acknowledged));
    let lost = both.replica("n1", &[("key1", "11")]);
    let Verdict::Violated(witness) = judged(&lost, told()) else { panic!("it was lost") };
    assert_eq!(
        witness.summary,
        "\"total\" is not kept: the sum is 21, and by what clients were told it is 22"
    );
    assert_eq!(witness.operations, [2, 3]);
    assert_eq!(witness.keys, ["key1".into()]);
    // One after the other nothing is lost.
    let one_by_one =
        Case::new().swap(0..5, "key1", "10", "11").swap(10..15, "key1", "11", "12").by(2);
    let kept = one_by_one.replica("n1", &[("key1", "12")]);
    assert!(matches!(judged(&kept, told()), Verdict::Holds(_)));
}

#[test]
fn what_nobody_knows_may_count_or_not() {
    let told = || accounts(Some(Sum::Acknowledged));
    let asked = || Case::new().get(0..5, "key1", None).put_info(10..15, "key1", "15");
    for holds in ["10", "15"] {
        let case = asked().replica("n1", &[("key1", holds)]);
        assert!(matches!(judged(&case, told()), Verdict::Holds(_)), "{holds}");
    }
    let case = asked().replica("n1", &[("key1", "16")]);
    assert!(violation(&case, told()).ends_with("by what clients were told it is 20 to 25"));
    // What failed does not count, and what was written blindly changes nobody knows what.
    let failed = Outcome::Fail(Failure::Timeout);
    let none = Case::new()
        .get(0..5, "key1", None)
        .operation(10..15, node::Operation::put("key1", "15"), failed)
        .replica("n1", &[]);
    assert!(matches!(judged(&none, told()), Verdict::Holds(_)));
    let blind = Case::new().put(10..15, "key1", "15").replica("n1", &[("key1", "15")]);
    assert!(matches!(judged(&blind, told()), Verdict::Unknown(_)));
}

#[test]
fn bounds_hold_in_the_end_and_whenever_somebody_reads() {
    let bounded = || Invariant { at_least: Some(0), at_most: Some(50), ..accounts(None) };
    let read = |value| Case::new().get(0..5, "key1", Some(value)).replica("n1", &[]);
    assert!(matches!(judged(&read("0"), bounded()), Verdict::Holds(_)));
    let below = violation(&read("-1"), bounded());
    assert!(below.ends_with("c1 read \"-1\" under key \"key1\", which is less than 0"), "{below}");
    assert!(violation(&read("51"), bounded()).ends_with("which is more than 50"));
    assert!(violation(&read("x"), bounded()).ends_with("which is no number"));
    // It is about two keys, and says nothing of others.
    let other = Case::new().get(0..5, "key3", Some("-1")).replica("n1", &[("key3", "-1")]);
    assert!(matches!(judged(&other, bounded()), Verdict::Holds(_)));
    let held = Case::new().replica("n1", &[("key2", "51")]);
    assert!(
        violation(&held, bounded()).ends_with("key \"key2\" holds \"51\", which is more than 50")
    );
}

#[test]
fn those_are_asked_who_lead_and_otherwise_all() {
    let exactly = || accounts(Some(Sum::Exactly(20)));
    let differ = || Case::new().replica("n1", &[]).replica("n2", &[("key1", "9")]);
    let Verdict::Unknown(why) = judged(&differ(), exactly()) else { panic!("they differ") };
    assert!(why.contains("not by n2"), "{why}");
    for (leader, word) in [(0, "holds"), (1, "violated")] {
        let mut led = differ();
        led.replicas[leader].leads = true;
        assert_eq!(judged(&led, exactly()).word(), word);
    }
    assert_eq!(judged(&Case::new(), exactly()).word(), "unknown");
    let named = Invariant { check: Some("nobody's".to_owned()), ..accounts(None) };
    assert_eq!(judged(&differ(), named).word(), "unknown");
}

#[test]
fn a_check_of_ones_own_sees_what_is_held_and_what_was_read() {
    fn check(state: &State<'_>) -> Result<(), String> {
        assert_eq!(state.reads().collect::<Vec<_>>(), [("key2", Some("8"))]);
        match state.number("key1") {
            Some(number) if number > 5 => Err(format!("key1 holds {number}")),
            _ => Ok(()),
        }
    }
    let own = [OwnInvariant { name: "small", check }];
    let of = |value| {
        let case = Case::new().get(0..5, "key2", Some("8")).replica("n1", &[("key1", value)]);
        judge_invariants(&case.evidence(), &[], &own, None).unwrap().verdict
    };
    assert_eq!(of("5").word(), "holds");
    assert_eq!(of("6").sentence(), "\"small\" is not kept: key1 holds 6");
    let case = Case::new();
    assert!(judge_invariants(&case.evidence(), &[], &[], None).is_none());
}
