use super::case::{Case, ms};
use crate::property::{StaleRead, StalenessReport};
use scenarios::Property::Staleness;
use std::time::Duration;

/// The stale reads as (operation, versions behind, milliseconds behind).
fn stale(case: &Case) -> Vec<(usize, u64, u128)> {
    let reads = case.judge().staleness.stale;
    let tuple =
        |read: StaleRead| (read.operation, read.versions_behind, read.time_behind.as_millis());
    reads.into_iter().map(tuple).collect()
}

fn two_writes() -> Case {
    Case::new().put(10..20, "k", "a").put(30..40, "k", "b")
}

#[test]
fn reading_the_latest_write_is_fresh() {
    let case = two_writes().get(50..60, "k", Some("b"));
    assert_eq!(stale(&case), []);
    assert_eq!(case.valid(Staleness), "none of 1 read was stale");
}

#[test]
fn reading_an_overwritten_value_is_stale() {
    let case = two_writes().get(100..110, "k", Some("a")).at("n2");
    assert_eq!(stale(&case), [(2, 1, 60)]);
    let witness = case.witness(Staleness);
    assert_eq!(
        witness.summary,
        "1 of 1 read returned an overwritten value; the worst was 60.0 ms out of date"
    );
    assert_eq!(
        witness.facts,
        [
            "0.010s: c1 put \"a\" under key \"k\"; n1 acknowledged it at 0.020s (operation 0)",
            "0.030s: c1 put \"b\" under key \"k\"; n1 acknowledged it at 0.040s (operation 1)",
            "0.100s: c1 read key \"k\" at n2 and got \"a\", overwritten 60.0 ms before; 1 newer write was acknowledged by then (operation 2)",
        ]
    );
    assert_eq!(witness.operations, [0, 1, 2]);
    assert_eq!(witness.since, Some(ms(100)));
}

#[test]
fn the_bound_decides_between_late_and_too_late() {
    let case = || two_writes().get(100..110, "k", Some("a"));
    assert_eq!(
        case().max_staleness(60).valid(Staleness),
        "1 of 1 read was stale, by at most 60.0 ms; 60.0 ms is allowed"
    );
    let witness = case().get(101..110, "k", Some("a")).max_staleness(60).witness(Staleness);
    assert_eq!(
        witness.summary,
        "2 of 2 reads returned overwritten values, 1 of them by more than the 60.0 ms allowed; \
         the worst was 61.0 ms out of date"
    );
    assert_eq!(witness.since, Some(ms(101)));
}

#[test]
fn absence_after_a_write_is_stale_since_the_start() {
    let case = Case::new().put(10..20, "k", "a").get(30..40, "k", None);
    assert_eq!(stale(&case), [(1, 1, 10)]);
    assert_eq!(case.witness(Staleness).facts[0], "0.000s: nothing is under key \"k\"");
}

#[test]
fn absence_is_fresh_before_any_write_and_after_a_delete() {
    let case = Case::new()
        .get(1..2, "k", None)
        .put(10..20, "k", "a")
        .get(15..25, "k", None)
        .delete(30..40, "k")
        .get(50..60, "k", None);
    assert_eq!(stale(&case), []);
    let back = case.get(70..80, "k", Some("a"));
    assert_eq!(stale(&back), [(5, 1, 30)], "a deleted key that comes back is stale");
}

#[test]
fn a_read_beside_a_write_may_see_either() {
    let case = Case::new()
        .put(10..20, "k", "a")
        .put(30..60, "k", "b")
        .get(40..50, "k", Some("a"))
        .get(40..50, "k", Some("b"))
        .get(60..70, "k", Some("a"));
    assert_eq!(stale(&case), [], "the overwrite was not acknowledged before any of them began");
}

#[test]
fn a_read_may_see_a_write_that_began_after_it() {
    let case = Case::new().get(10..50, "k", Some("a")).put(20..30, "k", "a");
    assert_eq!(stale(&case), []);
    case.valid(Staleness);
}

#[test]
fn concurrent_writes_do_not_overwrite_each_other() {
    let case = Case::new()
        .put(10..30, "k", "a")
        .put(20..40, "k", "b")
        .get(50..60, "k", Some("a"))
        .get(50..60, "k", Some("b"));
    assert_eq!(stale(&case), []);
}

#[test]
fn a_write_of_unknown_outcome_is_never_old_and_overwrites_nothing() {
    let returned =
        Case::new().put_info(10..20, "k", "a").put(30..40, "k", "b").get(50..60, "k", Some("a"));
    assert_eq!(stale(&returned), []);
    let overwriting =
        Case::new().put(10..20, "k", "a").put_info(30..40, "k", "b").get(50..60, "k", Some("a"));
    assert_eq!(stale(&overwriting), []);
}

#[test]
fn a_value_written_twice_counts_as_the_newer_write() {
    let case = two_writes().put(50..60, "k", "a").get(70..80, "k", Some("a"));
    assert_eq!(stale(&case), []);
    let slow_first = Case::new()
        .put(10..55, "k", "a")
        .put(20..25, "k", "a")
        .put(30..40, "k", "b")
        .get(70..80, "k", Some("a"));
    assert_eq!(stale(&slow_first), [], "the first write may have taken effect last");
}

#[test]
fn a_compare_and_set_writes_and_overwrites_if_it_matched() {
    let case = Case::new()
        .put(10..20, "k", "a")
        .swap(30..40, "k", "a", "b")
        .mismatch(50..60, "k", "a", "c", Some("b"))
        .get(70..80, "k", Some("b"))
        .get(90..95, "k", Some("a"));
    assert_eq!(stale(&case), [(4, 1, 50)]);
    // What it found is a read: of what it expected if it succeeded, of what it named if not.
    let outdated = two_writes().swap(50..60, "k", "a", "c");
    assert_eq!(stale(&outdated), [(2, 1, 10)]);
    let misnamed = two_writes().mismatch(50..60, "k", "x", "c", Some("a"));
    assert_eq!(stale(&misnamed), [(2, 1, 10)]);
}

#[test]
fn what_nobody_wrote_violates_in_its_own_right() {
    let never = Case::new().put(10..20, "k", "a").get(30..40, "k", Some("x")).max_staleness(60_000);
    let witness = never.witness(Staleness);
    assert_eq!(
        witness.summary,
        "1 of 1 read returned a value that nobody wrote: \"x\" under key \"k\""
    );
    assert_eq!(
        witness.facts,
        ["0.030s: c1 read key \"k\" at n1 and got \"x\", a value that nobody wrote (operation 1)"]
    );
    let refused = Case::new().put_fail(10..20, "k", "x").get(30..40, "k", Some("x"));
    refused.witness(Staleness);
    let not_yet = Case::new().get(10..20, "k", Some("x")).put(30..40, "k", "x");
    not_yet.witness(Staleness);
    let other_key = Case::new().put(10..20, "j", "x").get(30..40, "k", Some("x"));
    other_key.witness(Staleness);
}

#[test]
fn versions_are_counted_far_back_and_writes_under_way_are_not() {
    let mut case = Case::new().put(0..1, "k", "first");
    // Acknowledged after the read began, although begun long before.
    case = case.put(5..3_000, "k", "slow");
    for step in 1..=50 {
        case = case.put(10 * step..10 * step + 5, "k", &format!("v{step}"));
    }
    let case = case.get(1_000..1_001, "k", Some("first")).get(1_000..1_001, "k", Some("v20"));
    assert_eq!(stale(&case), [(52, 50, 985), (53, 30, 785)]);
}

#[test]
fn reads_begun_while_healing_are_not_judged() {
    let case = two_writes().get(10_000..10_001, "k", Some("a"));
    assert_eq!(case.unknown(Staleness), "no read was answered");
}

#[test]
fn a_history_out_of_order_is_judged_all_the_same() {
    let mut case = two_writes().put(45..46, "k", "c").get(50..60, "k", Some("b"));
    case.history.operations.reverse();
    assert_eq!(stale(&case), [(0, 1, 4)]);
}

#[test]
fn quantiles_are_over_all_reads() {
    let read = |operation, versions_behind, millis| StaleRead {
        operation,
        versions_behind,
        time_behind: Duration::from_millis(millis),
    };
    let report = StalenessReport { reads: 10, stale: vec![read(3, 5, 20), read(7, 2, 40)] };
    let versions = [0.0, 0.8, 0.81, 0.9, 0.91, 1.0].map(|q| report.versions_behind_quantile(q));
    assert_eq!(versions, [0, 0, 2, 2, 5, 5]);
    assert_eq!(report.time_behind_quantile(0.9), Duration::from_millis(20));
    assert_eq!(report.time_behind_quantile(7.0), report.max_time_behind());
    assert_eq!(StalenessReport::default().versions_behind_quantile(1.0), 0);
}
