use super::case::{Case, entry, written};
use node::{
    Answer, Operation, Refusal,
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
