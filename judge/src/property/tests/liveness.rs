use super::case::{Case, entry, written};
use node::{
    Answer, Damaged, Fact, Operation, Refusal,
    client::{Failure, Outcome},
};
use scenarios::Property::Liveness;

fn sent_away() -> Outcome {
    Outcome::Fail(Failure::Refused(Refusal::NotLeader { leader: None }))
}

fn found() -> Outcome {
    Outcome::Ok(Answer::Value(Some(entry("v"))))
}

fn put() -> Operation {
    Operation::put("probe", "v")
}

#[test]
fn a_cluster_that_answers_wherever_it_is_asked_is_alive() {
    let case = Case::new()
        .probe(None, 10, put(), written())
        .probe(None, 20, Operation::get("probe"), found())
        .probe(Some("n1"), 10, put(), written())
        .probe(Some("n2"), 10, put(), sent_away());
    assert_eq!(
        case.valid(Liveness),
        "all 4 probes were answered, the slowest after 20.0 ms; n2 sends to the leader"
    );
}

#[test]
fn a_cluster_that_refuses_or_is_silent_or_too_slow_is_not_alive() {
    let unavailable = Outcome::Fail(Failure::Refused(Refusal::Unavailable("no leader".into())));
    for outcome in [unavailable, Outcome::Info(Failure::Timeout)] {
        let case = Case::new().probe(None, 10, put(), outcome);
        assert!(case.witness(Liveness).summary.contains("1 of 1 probe got no answer within 5.0 s"));
    }
    Case::new().probe(None, 5_000, put(), written()).valid(Liveness);
    Case::new().probe(None, 5_001, put(), written()).witness(Liveness);
    let hung = Case::new().probe(None, 10, put(), written()).probe(
        Some("n2"),
        5_500,
        put(),
        Outcome::Info(Failure::Timeout),
    );
    assert!(hung.witness(Liveness).summary.ends_with("those of clients at n2"));
}

#[test]
fn being_sent_away_is_no_service_where_clients_are_routed() {
    Case::new().probe(None, 10, put(), sent_away()).witness(Liveness);
    let nobody = Case::new().probe(Some("n1"), 10, put(), sent_away());
    assert_eq!(nobody.unknown(Liveness), "every node sent its probes away, and none was routed");
}

#[test]
fn a_node_that_leads_no_more_has_answered_if_it_says_so() {
    let last_answer = |failure| {
        let case = Case::new().probe(None, 10, put(), written());
        case.probe(Some("n2"), 3_000, put(), Outcome::Info(failure))
    };
    let away = Failure::Refused(Refusal::NotLeader { leader: None });
    last_answer(away).valid(Liveness);
    let not_now = Failure::Refused(Refusal::Unavailable("no leader".into()));
    last_answer(not_now).witness(Liveness);
    last_answer(Failure::Timeout).witness(Liveness);
}

/// A routed probe is served; n2 refuses, as a node does whose log is damaged.
fn refused_at_n2() -> Case {
    let unavailable = Refusal::Unavailable("its log is damaged".into());
    let refused = Outcome::Fail(Failure::Refused(unavailable));
    Case::new().probe(None, 10, put(), written()).probe(Some("n2"), 10, put(), refused)
}

#[test]
fn a_node_that_has_found_its_disk_damaged_need_not_serve() {
    let damaged = Fact::Refused { what: Damaged::Log };
    assert_eq!(
        refused_at_n2().down("n2").fact(5, "n2", damaged).valid(Liveness),
        "all 2 probes were answered, the slowest after 10.0 ms; n2 refuses to serve from a damaged disk"
    );
    // One that serves and refuses, one that has not said why, one whose neighbour is damaged,
    // and one that lost nothing but what it had not promised.
    refused_at_n2().replica("n2", &[]).fact(5, "n2", damaged).witness(Liveness);
    refused_at_n2().down("n2").witness(Liveness);
    refused_at_n2().down("n2").fact(5, "n1", damaged).witness(Liveness);
    let torn = Fact::Refused { what: Damaged::TornEnd { bytes: 3 } };
    refused_at_n2().down("n2").fact(5, "n2", torn).witness(Liveness);
    // Silence is no answer, whatever the disk.
    let silent = Case::new().probe(None, 10, put(), written()).probe(
        Some("n2"),
        10,
        put(),
        Outcome::Info(Failure::Timeout),
    );
    silent.down("n2").fact(5, "n2", damaged).witness(Liveness);
}
