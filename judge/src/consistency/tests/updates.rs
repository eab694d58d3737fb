use super::case::Case;
use crate::consistency::{Action, Calls};

const LOST: &str = "no-lost-update";
const BACK: &str = "no-resurrection";

#[test]
fn two_updates_cannot_replace_one_write() {
    let case = || Case::new().put(1, 10..20, "k", "a").swap(1, 30..60, "k", "a", "b");
    assert_eq!(case().holds(LOST), "1 update replaced what no other had replaced");
    let twice = case().swap(2, 30..60, "k", "a", "c");
    let proof = twice.violated(LOST);
    assert_eq!(
        proof.summary,
        "an update was lost: 2 updates of key \"k\" each replaced \"a\", which came about only once"
    );
    assert_eq!(proof.calls, [0, 1, 2]);
    twice.violated("sequential");
    // A second write of the value, even one that may have failed, is an excuse.
    case().put(3, 30..60, "k", "a").unknown().swap(2, 30..60, "k", "a", "c").holds(LOST);
}

#[test]
fn a_key_is_created_once_unless_it_is_deleted() {
    let create = |case: Case, session, value| case.swap(session, 50..60, "k", "", value);
    let twice = |case| create(create(case, 1, "a"), 2, "b");
    twice(Case::new()).violated(LOST);
    twice(Case::new().delete(3, 50..60, "k")).holds(LOST);
    let absent = Action::Delete { key: "k".into(), existed: Some(false) };
    twice(Case::new().call(3, 50..60, absent)).violated(LOST);
}

#[test]
fn an_update_on_what_had_been_replaced_overwrites_unseen() {
    let case = || Case::new().put(1, 10..20, "k", "a").put(2, 30..40, "k", "b");
    let proof = case().swap(1, 50..60, "k", "a", "c").violated(LOST);
    assert!(proof.summary.contains("c1 replaced \"a\" under key \"k\", which c2 had replaced"));
    case().swap(1, 35..60, "k", "a", "c").holds(LOST);
    case().put(3, 5..60, "k", "a").swap(1, 50..60, "k", "a", "c").holds(LOST);
}

#[test]
fn blind_writes_are_no_updates() {
    let case =
        Case::new().put(1, 10..20, "k", "a").put(2, 15..20, "k", "b").get(1, 30..40, "k", "a");
    assert_eq!(case.unknown_as(LOST), "no update told what it replaced");
    let told = |previous: &str| Action::Write {
        key: "k".into(),
        value: format!("after {previous}").into(),
        previous: Some(Some(previous.into())),
    };
    let case = Case::new().put(1, 10..20, "k", "a").call(1, 30..60, told("a"));
    case.holds(LOST);
    case.swap(2, 30..60, "k", "a", "c").violated(LOST);
}

#[test]
fn a_deleted_key_stays_deleted() {
    let case = || Case::new().put(1, 10..20, "k", "a").delete(1, 30..40, "k");
    assert_eq!(
        case().get(2, 50..60, "k", "").holds(BACK),
        "none of 1 read after 1 delete found what had been deleted"
    );
    let proof = case().get(2, 50..60, "k", "a").violated(BACK);
    assert_eq!(
        proof.summary,
        "a deleted key came back: c1 deleted key \"k\", and c2 later found \"a\", which nobody \
         had written since"
    );
    assert_eq!(proof.calls, [0, 1, 2]);
    case().list(2, 50..60, &["k"]).violated(BACK);
    case().swap(2, 50..60, "k", "a", "b").violated(BACK);
    // Sessions apart may lag, as far as the order of each session goes.
    case().get(2, 50..60, "k", "a").holds("sequential");
}

#[test]
fn a_key_comes_back_rightly_if_it_was_or_may_have_been_written_again() {
    let case = || Case::new().put(1, 10..20, "k", "a").delete(1, 30..40, "k");
    case().put(2, 45..48, "k", "a").get(2, 50..60, "k", "a").holds(BACK);
    case().put(2, 45..48, "k", "b").get(2, 50..60, "k", "a").violated(BACK);
    let open = Case::new().put(2, 5..6, "k", "a").unknown();
    open.delete(1, 30..40, "k").get(2, 50..60, "k", "a").holds(BACK);
    // A read that was open when the delete was acknowledged may have come before it.
    assert!(case().get(2, 35..60, "k", "a").unknown_as(BACK).contains("no key was read after"));
    let first = Case { calls: Calls { initial: Some("a".into()), ..Calls::default() } };
    first.delete(1, 30..40, "k").get(2, 50..60, "k", "a").violated(BACK);
}

#[test]
fn without_deletes_nothing_can_come_back() {
    let case = Case::new().put(1, 10..20, "k", "a").get(1, 30..40, "k", "a");
    assert_eq!(case.unknown_as(BACK), "no delete was acknowledged");
}
