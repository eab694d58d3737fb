use super::case::Case;
use node::{
    Answer, Operation, Version,
    client::{Failure, Outcome},
};
use scenarios::Property::{PerKeyOrder, Staleness};

fn two_writes() -> Case {
    Case::new().put(10..20, "k", "a").by(1).put(30..40, "k", "b").by(1)
}

#[test]
fn a_session_that_reads_ever_newer_values_sees_no_key_go_back() {
    let case = two_writes()
        .get(50..60, "k", Some("a"))
        .by(2)
        .get(70..80, "k", Some("b"))
        .by(2)
        // Another session may still read the old value: it has seen nothing newer.
        .get(90..100, "k", Some("a"))
        .by(3);
    assert_eq!(case.valid(PerKeyOrder), "in none of 3 reads did a key go back before its session");
}

#[test]
fn reading_an_older_value_than_before_is_a_step_back() {
    let case = two_writes().get(50..60, "k", Some("b")).by(2).get(70..80, "k", Some("a")).by(2);
    let witness = case.witness(PerKeyOrder);
    assert_eq!(
        witness.summary,
        "a key went back before its session in 1 of 2 reads: c2 had seen \"b\" under key \
         \"k\" and then read \"a\""
    );
    assert_eq!(
        witness.facts,
        [
            "0.050s: c2 read key \"k\" at n1 and got \"b\" (operation 2)",
            "0.070s: c2 read key \"k\" at n1 and got \"a\" (operation 3)",
        ]
    );
}

#[test]
fn not_reading_ones_own_write_is_a_step_back() {
    let case = two_writes().get(50..60, "k", Some("a")).by(1);
    let summary = case.witness(PerKeyOrder).summary;
    assert!(summary.contains("c1 had itself written \"b\""), "{summary}");
    let absent = Case::new().put(10..20, "k", "a").by(1).get(30..40, "k", None).by(1);
    let summary = absent.witness(PerKeyOrder).summary;
    assert!(summary.ends_with("and then read nothing"), "{summary}");
}

#[test]
fn a_value_read_before_it_was_acknowledged_counts_as_seen() {
    let case = Case::new()
        .put(10..20, "k", "a")
        .by(1)
        .put(30..90, "k", "b")
        .by(1)
        .get(40..50, "k", Some("b"))
        .by(2)
        .get(60..70, "k", Some("a"))
        .by(2);
    case.witness(PerKeyOrder);
}

#[test]
fn concurrent_writes_may_come_in_either_order() {
    let case = Case::new()
        .put(10..40, "k", "a")
        .by(1)
        .put(20..30, "k", "b")
        .by(2)
        .get(50..60, "k", Some("b"))
        .by(3)
        .get(70..80, "k", Some("a"))
        .by(3);
    case.valid(PerKeyOrder);
}

#[test]
fn a_delete_explains_absence() {
    let case = two_writes().delete(50..60, "k").by(2).get(70..80, "k", None).by(1);
    case.valid(PerKeyOrder);
}

#[test]
fn a_value_too_old_for_a_glance_is_found_all_the_same() {
    let mut case = Case::new();
    for write in 0..20u64 {
        case = case.put(write * 10..write * 10 + 5, "k", &format!("v{write}")).by(1);
    }
    let back = case.get(300..310, "k", Some("v19")).by(2).get(320..330, "k", Some("v2")).by(2);
    back.witness(PerKeyOrder);
}

#[test]
fn absence_may_come_from_a_delete_that_was_begun_during_the_read() {
    let case = || Case::new().put(1..2, "k", "a").by(1).delete(3..4, "k").by(1);
    let own = |case: Case| case.put(10..20, "k", "b").by(2);
    own(case()).get(30..90, "k", None).by(2).delete(40..50, "k").by(1).valid(PerKeyOrder);
    own(case()).get(30..40, "k", None).by(2).delete(50..60, "k").by(1).witness(PerKeyOrder);
}

#[test]
fn a_put_that_names_what_it_overwrote_has_read_it() {
    let overwriting = |previous: &str| {
        let written =
            Answer::Written { version: Version(1), previous: Some(Some(previous.into())) };
        two_writes().operation(50..60, Operation::put("k", "c"), Outcome::Ok(written)).by(1)
    };
    assert_eq!(
        overwriting("b").valid(PerKeyOrder),
        "in none of 1 read did a key go back before its session"
    );
    let witness = overwriting("a").witness(PerKeyOrder);
    assert!(witness.summary.ends_with("and then overwrote \"a\""), "{}", witness.summary);
    assert_eq!(
        witness.facts[1],
        "0.050s: c1 put \"c\" under key \"k\" at n1, acknowledged as overwriting \"a\" (operation 2)"
    );
    // A session that does not know better may be told of the past, but it is stale.
    let stale = overwriting("a").by(2);
    stale.valid(PerKeyOrder);
    assert!(stale.witness(Staleness).summary.starts_with("1 of 1 read returned"));
    let invented = overwriting("z").witness(Staleness).summary;
    assert!(invented.contains("a value that nobody wrote: \"z\""), "{invented}");
}

#[test]
fn absence_that_may_be_the_first_one_teaches_nothing() {
    let case = Case::new()
        .put(10..20, "k", "a")
        .by(1)
        .delete(30..90, "k")
        .by(1)
        .get(40..50, "k", None)
        .by(2)
        .get(60..70, "k", Some("a"))
        .by(2);
    case.valid(PerKeyOrder);
    // A session that has seen the value knows that its absence is the delete's.
    let case = Case::new()
        .put(10..20, "k", "a")
        .by(1)
        .get(22..24, "k", Some("a"))
        .by(2)
        .delete(30..90, "k")
        .by(1)
        .get(40..50, "k", None)
        .by(2)
        .get(60..70, "k", Some("a"))
        .by(2);
    case.witness(PerKeyOrder);
}

#[test]
fn a_value_older_than_many_writes_teaches_as_much_as_any() {
    let mut case = Case::new();
    for write in 0..20u64 {
        case = case.put(write * 10..write * 10 + 5, "k", &format!("v{write}")).by(1);
    }
    let read = |case: Case, first: &str, second: &str| {
        case.get(300..310, "k", Some(first)).by(2).get(320..330, "k", Some(second)).by(2)
    };
    let back = read(case, "v9", "v2").witness(PerKeyOrder).summary;
    assert!(back.contains("c2 had seen \"v9\" under key \"k\" and then read \"v2\""), "{back}");
}

#[test]
fn a_value_written_twice_may_be_read_on_both_sides_of_another() {
    let written = |first: &str| {
        Case::new()
            .put(10..20, "k", first)
            .by(1)
            .put(30..40, "k", "a")
            .by(1)
            .put(50..60, "k", "b")
            .by(1)
    };
    let reads = |case: Case| {
        let case = case.get(70..80, "k", Some("b")).by(2).get(90..100, "k", Some("a")).by(2);
        case.get(110..120, "k", Some("b")).by(2)
    };
    reads(written("b")).valid(PerKeyOrder);
    reads(written("c")).witness(PerKeyOrder);
}

#[test]
fn what_updates_and_lists_tell_is_read() {
    let mismatch = |actual: &str| {
        let operation = Operation::CompareAndSet {
            key: "k".into(),
            expected: Some("z".into()),
            new: "y".into(),
        };
        let actual = Some(actual.into());
        two_writes().operation(50..60, operation, Outcome::Fail(Failure::Mismatch { actual })).by(1)
    };
    mismatch("b").valid(PerKeyOrder);
    let summary = mismatch("a").witness(PerKeyOrder).summary;
    assert!(summary.ends_with("and then was told of \"a\""), "{summary}");
    two_writes().swap(50..60, "k", "b", "c").valid(PerKeyOrder);
    let summary = two_writes().swap(50..60, "k", "a", "c").witness(PerKeyOrder).summary;
    assert!(summary.ends_with("and then replaced \"a\""), "{summary}");
    let list = |keys: Vec<node::Key>| {
        two_writes().operation(50..60, Operation::ListKeys, Outcome::Ok(Answer::Keys(keys))).by(1)
    };
    list(vec!["k".into()]).valid(PerKeyOrder);
    let summary = list(Vec::new()).witness(PerKeyOrder).summary;
    assert!(summary.ends_with("and then found it not listed"), "{summary}");
}
