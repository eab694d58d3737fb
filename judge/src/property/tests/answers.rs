use super::case::{Case, entry, written};
use crate::record::FaultKind;
use node::{
    Answer, Key, Operation, Version,
    client::{Failure, Outcome},
};
use scenarios::Property::Answers;
use std::ops::Range;

fn list(case: Case, times: Range<u64>, keys: &[&str]) -> Case {
    let keys: Vec<Key> = keys.iter().map(|key| (*key).into()).collect();
    case.operation(times, Operation::ListKeys, Outcome::Ok(Answer::Keys(keys)))
}

fn delete(case: Case, times: Range<u64>, existed: bool) -> Case {
    let outcome = Outcome::Ok(Answer::Deleted { existed });
    case.operation(times, Operation::delete("k"), outcome)
}

fn overwriting(case: Case, times: Range<u64>, previous: Option<&str>) -> Case {
    let previous = Some(previous.map(Into::into));
    let outcome = Outcome::Ok(Answer::Written { version: Version(1), previous });
    case.operation(times, Operation::put("k", "z"), outcome)
}

#[test]
fn an_answer_of_another_kind_is_wrong() {
    let right = Case::new().put(10..20, "k", "a").get(30..40, "k", Some("a"));
    assert_eq!(right.valid(Answers), "none of 2 answers says what cannot be");
    let wrong = Case::new().operation(10..20, Operation::get("k"), written());
    assert_eq!(
        wrong.witness(Answers).summary,
        "1 of 1 answer said what cannot be: c1 read key \"k\" and was told \"written v1\", \
         which is no answer to that"
    );
    let mismatch = Outcome::Fail(Failure::Mismatch { actual: None });
    Case::new().operation(10..20, Operation::put("k", "a"), mismatch).witness(Answers);
    let deleted = Outcome::Ok(Answer::Deleted { existed: true });
    Case::new().operation(10..20, Operation::ListKeys, deleted).witness(Answers);
}

#[test]
fn a_value_that_nobody_wrote_there_is_wrong() {
    let elsewhere = Case::new().put(10..20, "j", "a").get(30..40, "k", Some("a"));
    let summary = elsewhere.witness(Answers).summary;
    assert!(summary.ends_with("told of \"a\", which nobody had written there"), "{summary}");
    let later = Case::new().get(10..20, "k", Some("a")).put(30..40, "k", "a");
    later.witness(Answers);
    let meanwhile = Case::new().put(15..40, "k", "a").get(10..20, "k", Some("a"));
    meanwhile.valid(Answers);
    let siblings = |one: &str, other: &str| {
        let siblings = Outcome::Ok(Answer::Siblings(vec![entry(one), entry(other)]));
        Case::new().put(10..20, "k", "a").put(10..20, "k", "b").operation(
            30..40,
            Operation::get("k"),
            siblings,
        )
    };
    siblings("a", "b").valid(Answers);
    siblings("a", "x").witness(Answers);
}

#[test]
fn what_a_put_says_it_overwrote_must_have_been_written() {
    let put = || Case::new().put(10..20, "k", "a");
    overwriting(put(), 30..40, Some("a")).valid(Answers);
    overwriting(put(), 30..40, Some("x")).witness(Answers);
    // An old value is stale, and nothing is too: they are the staleness checker's.
    let nothing = overwriting(put(), 30..40, None);
    nothing.valid(Answers);
    nothing.witness(scenarios::Property::Staleness);
}

/// "I overwrote what I have just written" is a value that nobody had written by then.
#[test]
fn a_put_does_not_explain_what_it_says_it_overwrote() {
    let put = || Case::new().put(10..20, "k", "a");
    let summary = overwriting(put(), 30..40, Some("z")).witness(Answers).summary;
    assert!(summary.ends_with("told of \"z\", which nobody had written there"), "{summary}");
    // Another that wrote the same does explain it.
    overwriting(put().put(21..25, "k", "z"), 30..40, Some("z")).valid(Answers);
    overwriting(put().put(35..45, "k", "z"), 30..40, Some("z")).valid(Answers);
    overwriting(put(), 30..40, Some("z")).put(50..60, "k", "z").witness(Answers);
    put().swap(30..40, "k", "b", "b").witness(Answers);
    // Tried again, or doubled by the network, it may have been carried out twice.
    let mut again = overwriting(put(), 30..40, Some("z"));
    again.history.operations[1].attempts = 2;
    again.valid(Answers);
    again.system = Some(*node::systems::find("raft").unwrap());
    again.witness(Answers);
    // Not even where retries are told: whoever has no session has none.
    again.history.operations[1].client = node::ClientId::ANONYMOUS;
    again.valid(Answers);
    let doubled = overwriting(put(), 30..40, Some("z"));
    let mut doubled = doubled.fault(FaultKind::Duplicate, "n1", 1, None);
    doubled.faults[0].touched = 1;
    doubled.valid(Answers);
}

#[test]
fn what_a_compare_and_set_expected_or_was_told_must_have_been_written() {
    let put = || Case::new().put(10..20, "k", "a");
    put().swap(30..40, "k", "a", "b").valid(Answers);
    // A store that ignores what is expected.
    put().swap(30..40, "k", "x", "b").witness(Answers);
    put().put(21..22, "k", "b").swap(30..40, "k", "a", "c").witness(scenarios::Property::Staleness);
    put().mismatch(30..40, "k", "x", "b", Some("a")).valid(Answers);
    put().mismatch(30..40, "k", "x", "b", Some("y")).witness(Answers);
    let itself = put().mismatch(30..40, "k", "a", "b", Some("a")).witness(Answers).summary;
    assert!(itself.ends_with("told that it did not match, since it holds \"a\""), "{itself}");
}

#[test]
fn a_delete_says_whether_something_was_there() {
    let put = || Case::new().put(10..20, "k", "a");
    delete(put(), 30..40, true).valid(Answers);
    delete(put(), 15..40, false).valid(Answers);
    delete(put(), 30..40, false).witness(Answers);
    delete(Case::new(), 10..20, false).valid(Answers);
    // A store that always says so.
    delete(Case::new(), 10..20, true).witness(Answers);
    delete(delete(put(), 30..40, true), 50..60, true).witness(Answers);
    delete(delete(put(), 30..40, true), 50..60, false).valid(Answers);
    delete(delete(put(), 30..40, true), 35..60, true).valid(Answers);
}

#[test]
fn a_list_names_what_must_be_there_and_nothing_that_cannot_be() {
    let puts =
        || Case::new().put(10..20, "k", "a").put(10..20, "j", "b").put_info(10..20, "i", "c");
    list(puts(), 30..40, &["j", "k"]).valid(Answers);
    list(puts(), 30..40, &["i", "j", "k"]).valid(Answers);
    let omitted = list(puts(), 30..40, &["j"]).witness(Answers);
    assert!(omitted.summary.ends_with("not told of key \"k\", which must be there"));
    assert_eq!(omitted.keys, [Key::from("k")]);
    let invented = list(puts(), 30..40, &["j", "k", "x"]).witness(Answers);
    assert!(invented.summary.ends_with("told of key \"x\", which cannot be there"));
    // While a delete is under way the key may be there or not; afterwards it cannot be.
    for keys in [&["j"][..], &["j", "k"]] {
        list(puts().delete(35..50, "k"), 30..40, keys).valid(Answers);
    }
    list(puts().delete(21..25, "k"), 30..40, &["j", "k"]).witness(Answers);
    list(puts().delete(21..25, "k"), 30..40, &["j"]).valid(Answers);
    list(puts().delete(21..25, "k").put(26..27, "k", "d"), 30..40, &["j"]).witness(Answers);
}
