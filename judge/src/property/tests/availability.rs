use super::case::{Case, ms};
use crate::{
    property::{Outage, Recovery, Service},
    record::{FaultKind, FaultOrigin},
};
use scenarios::Property::Availability;
use std::time::Duration;

#[test]
fn all_answered_is_available() {
    let case = Case::new().put(10..20, "k", "a").get(30..40, "k", Some("a"));
    assert_eq!(case.valid(Availability), "all 2 operations were answered");
    let report = case.judge().availability;
    assert_eq!((report.begun, report.answered), (2, 2));
    assert_eq!(report.recoveries, []);
}

#[test]
fn an_answer_is_an_answer_even_if_it_did_not_match() {
    let case = Case::new().mismatch(10..20, "k", "a", "b", None);
    assert_eq!(case.valid(Availability), "the one operation was answered");
}

#[test]
fn too_few_answers_are_a_violation() {
    let case = || {
        Case::new()
            .put(100..110, "k", "a")
            .put_info(700..900, "k", "b")
            .get_fail(1_200..1_700, "k")
            .get(1_800..1_810, "k", Some("a"))
    };
    assert_eq!(
        case().min_availability(0.5).valid(Availability),
        "2 of 4 operations were answered (50%); at least 50% must be"
    );
    let witness = case().min_availability(0.57).witness(Availability);
    assert_eq!(witness.summary, "2 of 4 operations were answered (50%); at least 57% must be");
    assert_eq!(
        witness.facts,
        ["0.700s: c1 put \"b\" under key \"k\" at n1 and was the first to get no answer: \
             whether it took effect was not known by 0.900s: timeout (operation 1)",]
    );
    assert_eq!(witness.operations, [1]);
    assert_eq!(witness.since, Some(ms(700)));
}

/// Reads all the while, every 50 ms, and writes until 0.5 s and from 2.1 s on.
fn without_writes_for_a_while() -> Case {
    let mut case = Case::new();
    for at in (0..60).map(|round| round * 50) {
        case = case.get(at..at + 10, "other", None);
        case = match at {
            0..500 | 2_150.. => case.put(at + 5..at + 15, "k", &format!("v{at}")),
            1_000 | 1_100 => case.put_info(at..at + 800, "k", &format!("v{at}")),
            // Begun while nothing was answered, and the first to be answered again.
            1_500 => case.put(at..2_110, "k", "late"),
            _ => case,
        };
    }
    case
}

#[test]
fn an_outage_ends_with_an_answer_and_not_with_a_question() {
    let case = without_writes_for_a_while();
    let report = case.judge().availability;
    let outage = Outage { of: Service::Write, from: ms(1_000), until: Some(ms(2_110)) };
    assert_eq!(report.outages, [outage]);
    assert_eq!(
        (report.writes_down, report.reads_down),
        (Duration::from_millis(1_110), Duration::ZERO)
    );
    let facts = case.witness(Availability).facts;
    assert!(
        facts.contains(&"1.000s: no write was answered until 2.110s, for 1.1 s".to_owned()),
        "{facts:?}"
    );
}

#[test]
fn what_is_under_way_as_a_fault_strikes_is_lost_to_it() {
    let case = Case::new()
        .fault(FaultKind::Crash, "n1", 1_000, Some(2_000))
        .put_fail(990..1_500, "k", "a")
        .put(2_100..2_110, "k", "b");
    let expected = Recovery { fault: 0, lost: ms(990), regained: Some(ms(2_110)) };
    assert_eq!(case.judge().availability.recoveries, [expected]);
}

#[test]
fn operations_begun_while_healing_are_not_counted() {
    let case = Case::new().put_fail(10_000..10_100, "k", "a");
    assert_eq!(case.unknown(Availability), "no operation was begun");
}

#[test]
fn service_comes_back_with_the_first_answer_after_the_last_failure() {
    let case = Case::new()
        .fault(FaultKind::Crash, "n1", 1_000, Some(2_000))
        .put(500..510, "k", "a")
        .put_fail(1_100..1_110, "k", "b")
        .put(1_200..1_210, "k", "c")
        .put_fail(1_300..1_310, "k", "d")
        .put(2_100..2_200, "k", "e")
        .put(2_110..2_120, "k", "f");
    let report = case.judge().availability;
    let expected = Recovery { fault: 0, lost: ms(1_100), regained: Some(ms(2_120)) };
    assert_eq!(report.recoveries, [expected]);
    let facts = case.witness(Availability).facts;
    assert_eq!(facts.last().unwrap(), "2.120s: service came back 1.1 s after n1 crashed");
}

#[test]
fn reads_that_go_on_do_not_make_up_for_writes() {
    let case = Case::new()
        .fault(FaultKind::Crash, "n1", 1_000, None)
        .put_fail(1_100..1_110, "k", "b")
        .get(1_200..1_210, "k", None);
    assert_eq!(case.judge().availability.recoveries[0].regained, None);
    let facts = case.witness(Availability).facts;
    assert_eq!(
        facts.last().unwrap(),
        "1.100s: service was lost after n1 crashed and did not come back"
    );
}

#[test]
fn a_fault_answers_until_the_next_one_strikes() {
    let case = Case::new()
        .fault(FaultKind::Crash, "n1", 1_000, Some(2_000))
        .fault(FaultKind::Pause, "n2", 3_000, Some(4_000))
        .fault(FaultKind::Crash, "n3", 5_000, Some(6_000))
        .put_fail(1_100..1_110, "k", "a")
        .put(3_100..3_110, "k", "b")
        .put_fail(5_100..5_110, "k", "c")
        .put(6_100..6_110, "k", "d");
    let recoveries = case.judge().availability.recoveries;
    let brief: Vec<_> = recoveries.iter().map(|one| (one.fault, one.regained)).collect();
    assert_eq!(brief, [(0, None), (2, Some(ms(6_110)))]);
}

#[test]
fn an_answer_after_the_run_or_the_next_fault_is_no_recovery() {
    let case = Case::new()
        .fault(FaultKind::Crash, "n1", 1_000, Some(2_000))
        .fault(FaultKind::Crash, "n2", 9_000, None)
        .put_fail(1_100..1_110, "k", "a")
        .put(8_900..9_100, "k", "b")
        .put_fail(9_200..9_210, "k", "c")
        .put(9_900..10_100, "k", "d");
    let recoveries = case.judge().availability.recoveries;
    let brief: Vec<_> = recoveries.iter().map(|one| (one.fault, one.regained)).collect();
    assert_eq!(brief, [(0, None), (1, None)]);
}

#[test]
fn with_reads_and_writes_lost_the_later_return_counts() {
    let case = Case::new()
        .fault(FaultKind::Pause, "n1", 1_000, Some(2_000))
        .get_fail(1_100..1_200, "k")
        .put_fail(1_110..1_210, "k", "a")
        .get(1_300..1_310, "k", None)
        .put(1_400..1_410, "k", "b");
    let regained = case.judge().availability.recoveries[0].regained;
    assert_eq!(regained, Some(ms(1_410)));
}

#[test]
fn faults_that_strike_together_share_the_blame() {
    let case = Case::new()
        .fault(FaultKind::Crash, "n1", 1_000, Some(2_000))
        .fault(FaultKind::Crash, "n2", 1_000, Some(2_000))
        .get_fail(1_500..1_600, "k")
        .get(2_500..2_510, "k", None);
    let recoveries = case.judge().availability.recoveries;
    assert_eq!(recoveries.len(), 2);
    assert!(recoveries.iter().all(|one| one.regained == Some(ms(2_510))));
}

#[test]
fn the_state_of_the_network_is_no_fault() {
    let mut case = Case::new().fault(FaultKind::Loss, "n1", 0, None).get_fail(1_500..1_600, "k");
    case.faults[0].origin = FaultOrigin::Background;
    assert_eq!(case.judge().availability.recoveries, []);
}
