use super::case::Case;

const ALL: [&str; 4] =
    ["read-your-writes", "monotonic-reads", "monotonic-writes", "writes-follow-reads"];

/// Only these guarantees are violated.
fn violates(case: &Case, violated: &[&str]) {
    for name in ALL {
        if violated.contains(&name) {
            case.violated(name);
        } else {
            case.holds(name);
        }
    }
    if violated.is_empty() {
        return;
    }
    case.violated("causal");
    case.violated("sequential");
}

fn two_writes() -> Case {
    Case::new().put(1, 10..20, "k", "a").put(1, 30..40, "k", "b")
}

#[test]
fn a_history_in_order_keeps_all() {
    let case =
        two_writes().get(2, 50..60, "k", "a").get(2, 70..80, "k", "b").get(1, 70..80, "k", "b");
    violates(&case, &[]);
    assert_eq!(case.holds("monotonic-reads"), "no session went back in 3 reads of 2 sessions");
}

#[test]
fn a_session_that_misses_its_own_write_is_told_of() {
    let case = two_writes().get(1, 50..60, "k", "a");
    violates(&case, &["read-your-writes"]);
    let proof = case.violated("read-your-writes");
    assert_eq!(
        proof.summary,
        "a session missed its own write: c1 had itself written \"b\" under key \"k\" and then \
         read \"a\""
    );
    assert_eq!(proof.calls, [0, 1, 2]);
    assert_eq!(proof.facts[2], (2, "c1 read key \"k\" and got \"a\" (operation 2)".to_owned()));
    violates(&Case::new().put(1, 10..20, "k", "a").get(1, 30..40, "k", ""), &["read-your-writes"]);
    // What took effect later than the session thinks was not missed by it.
    violates(&two_writes().unknown().get(1, 50..60, "k", "a"), &[]);
}

#[test]
fn going_back_breaks_monotonic_reads_and_the_order_of_one_writer() {
    let case = two_writes().get(2, 50..60, "k", "b").get(2, 70..80, "k", "a");
    violates(&case, &["monotonic-reads", "monotonic-writes"]);
    // Of two sessions that know nothing of each other, neither is the newer.
    let apart = Case::new().put(1, 10..20, "k", "a").put(3, 30..40, "k", "b");
    violates(&apart.get(2, 50..60, "k", "b").get(2, 70..80, "k", "a"), &[]);
    let absent = Case::new().put(1, 10..20, "k", "a").get(2, 30..40, "k", "a");
    violates(&absent.get(2, 50..60, "k", ""), &["monotonic-reads"]);
}

#[test]
fn a_later_write_seen_without_an_earlier_one_of_its_session() {
    let case = Case::new().put(1, 10..20, "x", "a").put(1, 30..40, "y", "b");
    let seen = case.get(2, 50..60, "y", "b").get(2, 70..80, "x", "");
    violates(&seen, &["monotonic-writes"]);
    let summary = seen.violated("monotonic-writes").summary;
    assert!(summary.contains("c1 left \"a\" under key \"x\" before it left \"b\""), "{summary}");
    let case = Case::new().put(1, 10..20, "x", "a").put(1, 30..40, "y", "b");
    violates(&case.get(2, 50..60, "x", "").get(2, 70..80, "y", "b"), &[]);
}

#[test]
fn a_write_seen_without_what_its_session_had_read() {
    let case = || {
        let case = Case::new().put(1, 10..20, "x", "a").get(2, 30..40, "x", "a");
        case.put(2, 50..60, "y", "b").get(3, 70..80, "y", "b")
    };
    violates(&case().get(3, 90..99, "x", ""), &["writes-follow-reads"]);
    violates(&case().get(3, 90..99, "x", "a"), &[]);
    let swap = Case::new().put(1, 10..20, "x", "a").swap(2, 30..40, "x", "a", "b");
    let back = swap.get(3, 50..60, "x", "b").get(3, 70..80, "x", "a");
    violates(&back, &["monotonic-reads", "writes-follow-reads"]);
}

#[test]
fn a_first_absence_is_not_a_delete_seen_early() {
    let case = Case::new().put(1, 10..20, "k", "a").delete(1, 30..90, "k");
    violates(&case.get(2, 40..50, "k", "").get(2, 60..70, "k", "a"), &[]);
}

#[test]
fn a_value_older_than_many_writes_is_remembered() {
    let mut case = Case::new();
    for write in 0..20 {
        case = case.put(1, write * 10..write * 10 + 5, "k", &format!("v{write}"));
    }
    let back = case.clone().get(2, 300..310, "k", "v9").get(2, 320..330, "k", "v2");
    violates(&back, &["monotonic-reads", "monotonic-writes"]);
    violates(&case.get(2, 300..310, "k", "v2").get(2, 320..330, "k", "v9"), &[]);
}

#[test]
fn a_value_written_twice_may_be_read_on_both_sides_of_another() {
    let written = |first: &str| {
        let case = Case::new().put(1, 10..20, "k", first).put(1, 30..40, "k", "a");
        let case = case.put(1, 50..60, "k", "b");
        case.get(2, 70..80, "k", "b").get(2, 90..95, "k", "a").get(2, 96..99, "k", "b")
    };
    violates(&written("b"), &[]);
    violates(&written("c"), &["monotonic-reads", "monotonic-writes"]);
}

#[test]
fn whatever_explains_it_going_back_is_going_back() {
    let case = two_writes().put(1, 42..44, "k", "b").get(2, 50..60, "k", "b");
    violates(&case.get(2, 70..80, "k", "a"), &["monotonic-reads", "monotonic-writes"]);
}

#[test]
fn a_list_is_a_read_of_all_keys() {
    let case = || Case::new().put(1, 10..20, "k", "a");
    violates(&case().list(1, 30..40, &["k"]), &[]);
    violates(&case().list(1, 30..40, &[]), &["read-your-writes"]);
}

#[test]
fn without_reads_nothing_is_known() {
    for name in ALL {
        assert_eq!(Case::new().unknown_as(name), "no operation was begun");
        assert_eq!(two_writes().unknown_as(name), "no answer told what a key holds");
    }
}
