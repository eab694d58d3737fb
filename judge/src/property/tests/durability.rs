use super::case::{Case, entry, ms};
use crate::{
    property::DurabilityReport,
    record::{FaultKind, Verdict},
};
use node::{Key, Versioned};
use scenarios::Property::Durability;

/// A case with both replicas holding the same.
fn ending(case: Case, entries: &[(&str, &str)]) -> Case {
    case.replica("n1", entries).replica("n2", entries)
}

#[test]
fn a_write_that_is_there_is_not_lost() {
    let case = Case::new().put(10..20, "k", "a").replica("n1", &[]).replica("n2", &[("k", "a")]);
    assert_eq!(
        case.valid(Durability),
        "the one acknowledged write is there or was overwritten, though not on replica n1"
    );
}

#[test]
fn a_write_that_no_replica_holds_is_lost() {
    let case = Case::new()
        .put(10..20, "k", "a")
        .fault(FaultKind::Crash, "n1", 1_000, None)
        .down("n1")
        .replica("n2", &[]);
    let witness = case.witness(Durability);
    assert_eq!(
        witness.summary,
        "1 of 1 acknowledged write was lost: no replica holds \"a\" under key \"k\""
    );
    assert_eq!(
        witness.facts,
        [
            "0.010s: c1 put \"a\" under key \"k\"; n1 acknowledged it at 0.020s (operation 0)",
            "1.000s: n1 crashed (for the rest of the run)",
            "12.000s: under key \"k\" n2 holds nothing; n1 is down",
            "12.000s: of the acknowledged writes 0 stable, 1 lost, 1 never read; n2 lacks 1",
        ]
    );
    assert_eq!(witness.operations, [0]);
    assert_eq!(witness.since, None);
}

#[test]
fn a_trace_tells_when_the_last_copy_went() {
    let case = Case::new()
        .boot(0, "n1", 0)
        .boot(0, "n2", 0)
        .put(10..20, "k", "a")
        .apply(15, "n1", "k", "a")
        .fault(FaultKind::Crash, "n1", 1_000, None)
        .down("n1")
        .replica("n2", &[]);
    let witness = case.witness(Durability);
    assert_eq!(witness.since, Some(ms(1_000)));
    assert!(
        witness.facts.contains(
            &"1.000s: the last replica that knew of it, n1, crashed (c1 put \"a\" under key \"k\", operation 0)".to_owned()
        ),
        "{:?}",
        witness.facts
    );
}

#[test]
fn a_node_that_comes_back_empty_lost_its_copy_in_the_crash_after_the_write() {
    let case = Case::new()
        .boot(0, "n1", 0)
        .boot(0, "n2", 0)
        .fault(FaultKind::Crash, "n1", 2, Some(5))
        .boot(5, "n1", 0)
        .put(10..20, "k", "a")
        .apply(15, "n1", "k", "a")
        .fault(FaultKind::Crash, "n1", 1_000, Some(2_000))
        .boot(2_000, "n1", 0)
        .replica("n1", &[])
        .replica("n2", &[]);
    let witness = case.witness(Durability);
    assert_eq!(witness.since, Some(ms(1_000)));
    assert_eq!(
        witness.facts[1..],
        [
            "1.000s: n1 crashed (over at 2.000s)",
            "1.000s: the last replica that knew of it, n1, crashed (c1 put \"a\" under key \"k\", operation 0)",
            "12.000s: under key \"k\" n1 and n2 hold nothing",
            "12.000s: of the acknowledged writes 0 stable, 1 lost, 1 never read; n1 lacks 1, n2 lacks 1",
        ]
    );
}

#[test]
fn a_copy_that_an_older_value_replaced_is_told_so() {
    let case = Case::new()
        .put(10..20, "k", "old")
        .put(30..40, "k", "new")
        .apply(11, "n1", "k", "new")
        .apply(50, "n1", "k", "old")
        .replica("n1", &[("k", "old")]);
    let witness = case.witness(Durability);
    assert_eq!(witness.since, Some(ms(50)));
    let told = witness.facts.iter().any(|fact| {
        fact.starts_with("0.050s: n1, the last replica that knew of it, went over to \"old\"")
    });
    assert!(told, "{:?}", witness.facts);
}

#[test]
fn a_later_write_explains_an_earlier_one_but_not_the_other_way_round() {
    let both = || Case::new().put(10..20, "k", "a").put(30..40, "k", "b");
    assert_eq!(
        ending(both(), &[("k", "b")]).valid(Durability),
        "all 2 acknowledged writes are there or were overwritten"
    );
    let witness = ending(both(), &[("k", "a")]).witness(Durability);
    assert_eq!(witness.operations, [1]);
    assert!(witness.summary.starts_with("1 of 2 acknowledged writes was lost"));
}

#[test]
fn concurrent_writes_may_end_either_way() {
    for value in ["a", "b"] {
        let case = Case::new().put(10..30, "k", "a").put(20..40, "k", "b");
        ending(case, &[("k", value)]).valid(Durability);
    }
    // Touching ends are no proof of an order.
    let case = Case::new().put(10..20, "k", "a").put(20..40, "k", "b");
    ending(case, &[("k", "a")]).valid(Durability);
}

#[test]
fn a_write_of_unknown_outcome_may_overwrite_at_any_time() {
    let case = Case::new().put_info(10..20, "k", "a").put(30..40, "k", "b");
    ending(case, &[("k", "a")]).valid(Durability);
    let failed = Case::new().put_fail(10..20, "k", "a").put(30..40, "k", "b");
    ending(failed, &[("k", "a")]).witness(Durability);
}

#[test]
fn a_write_of_unknown_outcome_cannot_be_lost() {
    let case = Case::new().put_info(10..20, "k", "a");
    assert_eq!(ending(case, &[]).unknown(Durability), "no write was acknowledged");
}

#[test]
fn absence_is_explained_by_a_delete_alone() {
    let deleted = Case::new().put(10..20, "k", "a").delete(30..40, "k");
    ending(deleted, &[]).valid(Durability);
    let written_again = Case::new().delete(10..20, "k").put(30..40, "k", "a");
    ending(written_again, &[]).witness(Durability);
}

#[test]
fn a_delete_can_be_lost_too() {
    let case = Case::new().put(10..20, "k", "a").delete(30..40, "k");
    let witness = ending(case, &[("k", "a")]).witness(Durability);
    assert_eq!(
        witness.summary,
        "1 of 2 acknowledged writes was lost: key \"k\" is back after its delete"
    );
}

#[test]
fn a_compare_and_set_counts_if_it_matched() {
    let swapped = || Case::new().put(10..20, "k", "a").swap(30..40, "k", "a", "b");
    ending(swapped(), &[("k", "b")]).valid(Durability);
    ending(swapped(), &[("k", "a")]).witness(Durability);
    let mismatched = Case::new().put(10..20, "k", "a").mismatch(30..40, "k", "x", "b", Some("a"));
    ending(mismatched, &[("k", "a")]).valid(Durability);
}

#[test]
fn a_value_written_twice_counts_as_the_later_write() {
    let case = Case::new().put(10..20, "k", "a").put(30..40, "k", "b").put(50..60, "k", "a");
    ending(case, &[("k", "a")]).valid(Durability);
}

#[test]
fn a_value_that_nobody_wrote_explains_nothing() {
    let case = Case::new().put(10..20, "k", "a");
    ending(case, &[("k", "stranger")]).witness(Durability);
}

#[test]
fn writes_begun_while_healing_are_not_judged_but_explain() {
    let late = Case::new().put(10_001..10_002, "k", "a");
    assert_eq!(ending(late, &[]).unknown(Durability), "no write was acknowledged");
    let explaining = Case::new().put(10..20, "k", "a").put(10_001..10_002, "k", "b");
    ending(explaining, &[("k", "b")]).valid(Durability);
}

#[test]
fn many_lost_writes_are_counted_and_five_told() {
    let mut case = Case::new();
    for step in 0..8 {
        case = case.put(10 * step..10 * step + 5, &format!("k{}", step % 4), &format!("v{step}"));
    }
    let witness = ending(case, &[]).witness(Durability);
    assert_eq!(
        witness.summary,
        "8 of 8 acknowledged writes were lost: no replica holds \"v0\" under key \"k0\", for one"
    );
    assert_eq!(witness.operations, [0, 1, 2, 3, 4]);
    assert_eq!(witness.keys.len(), 4);
}

#[test]
fn with_every_node_down_nobody_can_tell() {
    let case = Case::new().put(10..20, "k", "a").down("n1").down("n2");
    assert!(matches!(case.verdict(Durability), Verdict::Unknown(_)));
}

#[test]
fn what_a_node_that_is_down_has_on_its_disk_counts_as_held() {
    let write = || Case::new().put(10..20, "k", "a").replica("n1", &[]).down("n2");
    assert!(write().verdict(Durability).witness().is_some());
    let mut kept = write();
    kept.replicas[1].on_disk = Some(vec![("k".into(), entry("a"))]);
    assert_eq!(
        kept.valid(Durability),
        "the one acknowledged write is there or was overwritten, though not on replica n1"
    );
    // Nobody is up, but all of it is still there.
    kept.replicas.remove(0);
    kept.valid(Durability);
}

#[test]
fn a_write_on_the_disks_of_those_who_are_down_is_not_lost_for_one_that_shows_nothing_yet() {
    // The one that is up has it in its log, and nobody to tell it that it is committed.
    let ending = |disk: &[(Key, Versioned)]| {
        let case = Case::new().put(10..20, "k", "a").replica("n1", &[]);
        let mut case = case.down("n2").down("n3");
        case.replicas[1].on_disk = Some(disk.to_vec());
        case.replicas[2].on_disk = Some(disk.to_vec());
        case
    };
    ending(&[("k".into(), entry("a"))]).valid(Durability);
    for lost in [&[][..], &[("k".into(), entry("b"))], &[("j".into(), entry("a"))]] {
        assert!(ending(lost).verdict(Durability).witness().is_some(), "{lost:?}");
    }
}

#[test]
fn what_no_leader_knows_of_is_lost_to_those_who_ask_the_leader() {
    let mut case = Case::new()
        .put(10..20, "k", "a")
        .put(30..40, "j", "b")
        .get(50..60, "k", Some("a"))
        .replica("n1", &[("j", "b")])
        .replica("n2", &[("j", "b"), ("k", "a")])
        .replica("n3", &[("j", "b"), ("k", "a")]);
    // Without a leader, a client may ask those who know.
    assert_eq!(
        case.valid(Durability),
        "all 2 acknowledged writes are there or were overwritten, though not on replica n1"
    );
    case.replicas[0].leads = true;
    let witness = case.witness(Durability);
    assert_eq!(
        witness.summary,
        "1 of 2 acknowledged writes was lost: n1 leads and does not know of \"a\" under key \
         \"k\", which other replicas hold"
    );
    assert_eq!(
        witness.facts.last().unwrap(),
        "12.000s: of the acknowledged writes 1 stable, 1 lost (read up to 30.0 ms after), 1 never \
         read; n1 (leads) lacks 1"
    );
    // A leader that knows is enough, though another leads too.
    case.replicas[1].leads = true;
    case.valid(Durability);
}

#[test]
fn writes_are_counted_in_the_words_of_sets() {
    let case = Case::new()
        .put(10..20, "a", "1")
        .put(10..20, "b", "2")
        .put(10..20, "c", "3")
        .get(30..40, "a", Some("1"))
        .replica("n1", &[("a", "1"), ("b", "2")])
        .replica("n2", &[("a", "1")]);
    let report = case.judge().durability;
    let DurabilityReport { acknowledged, stable, lost, never_read, max_lost_latency, replicas } =
        report;
    assert_eq!((acknowledged, stable, lost, never_read), (3, 1, 1, 2));
    assert_eq!(max_lost_latency, Some(std::time::Duration::ZERO));
    assert_eq!(replicas.iter().map(|replica| replica.lost).collect::<Vec<_>>(), [1, 2]);
}
