//! Reasons that were once told wrongly, each on the real run.

use super::{
    cells,
    support::{proved, run, whole, whys},
};
use judge::cause::{Kind, causes};
use node::{
    Refusal,
    client::{Failure, Outcome},
};
use scenarios::Property;

/// The kind of chain behind one violation of a run.
fn kind(scenario: &str, system: &str, property: Property) -> Option<Kind> {
    let run = run(scenario, system);
    let causes = causes(&run);
    let cause = causes.iter().find(|cause| cause.property == property);
    cause.unwrap_or_else(|| panic!("{scenario} on {system} violates {property:?}")).kind
}

#[test]
fn each_violation_has_the_kind_that_its_trace_shows() {
    use Property::{
        Answers, Availability, Convergence, Durability, Liveness, NoLostUpdate, NoResurrection,
        Staleness, StateMachine, Versions,
    };
    let expected = [
        ("ghost-data", "async-leader", Convergence, Kind::MessageLost),
        ("delete-comes-back", "peer-to-peer", NoResurrection, Kind::DeleteForgotten),
        ("answers-mixed-up", "durable-eventual", Answers, Kind::AnswersCrossed),
        ("forged-message", "sharded-groups", Answers, Kind::Forged),
        ("clock-skew-lost-update", "quorum", Durability, Kind::ClockDecided),
        ("clock-skew-lost-update", "peer-to-peer", Durability, Kind::ClockDecided),
        ("stale-leader-reads", "raft", Staleness, Kind::StaleLeader),
        ("amnesia", "async-leader", Durability, Kind::MemoryLost),
        ("power-loss-no-fsync", "raft", Durability, Kind::PlatterLost),
        ("acknowledged-then-lost", "sync-leader", Durability, Kind::AcknowledgedAlone),
        ("empty-leader-rules", "anti-entropy", Durability, Kind::HandOverDropped),
        ("answered-before-committed", "raft", StateMachine, Kind::AppliedEarly),
        ("vote-lost-with-the-power", "raft", StateMachine, Kind::VoteForgotten),
        ("split-brain-by-failover", "async-leader", StateMachine, Kind::SelfPromoted),
        ("store-full-acknowledges", "durable-eventual", Durability, Kind::NeverStored),
        ("concurrent-writes", "async-leader", Staleness, Kind::NotYetThere),
        ("concurrent-writes", "durable-eventual", NoLostUpdate, Kind::BothSucceeded),
        ("diverged-for-ever", "peer-to-peer", Convergence, Kind::ArrivalOrder),
        ("late-replicate-overwrites", "sharded-groups", Convergence, Kind::Overtaken),
        ("old-value-wins", "durable-eventual", Convergence, Kind::AppliedTwice),
        ("minimal-data-movement", "sharded-groups", Staleness, Kind::RoutingDisagreed),
        ("writes-before-the-first-announce", "sharded-groups", Convergence, Kind::NeverSent),
        ("partitioned-follower", "peer-to-peer", Versions, Kind::CountedApart),
        ("majority-lost", "raft", Availability, Kind::LeaderGone),
        ("network-partition", "quorum", Availability, Kind::CutFromOthers),
        ("network-partition", "async-leader", Availability, Kind::RefusedByRule),
        ("figure-8", "raft", StateMachine, Kind::DecidedOldTerm),
        ("forgotten-vote", "raft", StateMachine, Kind::VoteForgotten),
        ("two-leaders-in-one-term", "raft", StateMachine, Kind::VotedTwice),
        ("network-partition", "raft", Availability, Kind::NoLeader),
        ("amnesia", "peer-to-peer", Availability, Kind::AskedTheGone),
        ("deadlock", "peer-to-peer", Liveness, Kind::WaitsForEver),
    ];
    let mut wrong = Vec::new();
    for (scenario, system, property, expected) in expected {
        let found = kind(scenario, system, property);
        if found != Some(expected) {
            wrong
                .push(format!("{scenario} on {system}, {property:?}: {found:?}, not {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_value_of_another_key_is_told_as_that() {
    let told = whole(&run("answers-mixed-up", "durable-eventual"));
    let (_, lines) = whys(&told).into_iter().find(|(head, _)| head.contains("ANSWERS")).unwrap();
    let text = lines.join(" ");
    assert!(text.contains("an answer went to a request that it was not meant for"), "{text}");
}

#[test]
fn the_clock_is_in_the_reason_of_a_lost_update() {
    let told = proved(&run("clock-skew-lost-update", "quorum"));
    assert!(told.contains("rejects balance=250"), "{told}");
    assert!(told.contains("a clock was wrong"), "{told}");
    assert!(told.contains("What mends it: a logical clock"), "{told}");
    // The control: with clocks that agree there is nothing to reject.
    let control = proved(&run("ghost-data", "async-leader"));
    assert!(!control.contains("clock"), "{control}");
}

#[test]
fn tombstones_are_the_remedy_of_a_lost_delete_and_proved_on_a_second_run() {
    let run = run("delete-comes-back", "peer-to-peer");
    let told = proved(&run);
    assert!(told.contains("What mends it: tombstones"), "{told}");
    assert!(told.contains("Proved by the same plan on "), "{told}");
    // The control: without a second run no remedy is named.
    assert!(!whole(&run).contains("What mends it"), "nothing was proved");
}

/// The same plan must be carried out: where a node refuses one of its writes, what holds there proves
/// nothing.
#[test]
fn a_twin_that_refuses_the_writes_of_the_plan_proves_nothing() {
    let of = run("clock-skew-lost-update", "quorum");
    let causes = causes(&of);
    let cause = causes.iter().find(|it| it.property == Property::Durability).unwrap();
    let twins = judge::cause::twins(&of, cause);
    let on = |system: &str| twins.iter().find(|it| it.system.name == system).unwrap();
    let same = run("clock-skew-lost-update", "durable-eventual");
    assert!(on("durable-eventual").proves(&same).is_some());
    let mut refused = same;
    let first = &mut refused.history.operations[0];
    first.outcome = Outcome::Fail(Failure::Refused(Refusal::NotLeader { leader: None }));
    assert!(on("durable-eventual").proves(&refused).is_none());
}

#[test]
fn nobody_sent_it_is_never_said_of_the_node_that_acknowledged_it() {
    for (scenario, system) in [
        ("amnesia", "sharded-groups"),
        ("recovery-from-failure", "async-leader"),
        ("majority-lost", "async-leader"),
    ] {
        let run = run(scenario, system);
        for cause in causes(&run) {
            let Some(write) = cause.write.map(|place| &run.history.operations[place]) else {
                continue;
            };
            let said_of_it = cause.steps.iter().any(
                |step| matches!(step, judge::cause::Step::NoneSent { to, .. } if *to == write.node),
            );
            assert!(!said_of_it, "{scenario} on {system}: {:?}", cause.property);
        }
    }
}

#[test]
fn a_run_that_held_says_what_would_have_broken() {
    let told = proved(&run("leader-crash", "raft"));
    assert!(told.contains("WHY IT HELD"), "{told}");
    assert!(told.contains("was the last that n2 had when it went down"), "{told}");
    assert!(told.contains("had it too, in the log"), "{told}");
    assert!(told.contains("is elected in term"), "{told}");
    // The control: nothing struck, so that nothing was withstood.
    let healthy = proved(&run("healthy", "raft"));
    assert!(!healthy.contains("WHY IT HELD"), "{healthy}");
}

#[test]
fn the_timeline_tells_what_nodes_said_of_their_protocol() {
    let told = |scenario: &str, system: &str| {
        let story = whole(&run(scenario, system));
        let (_, rest) = story.split_once("WHAT HAPPENED").unwrap();
        rest.split_once("\n\n").unwrap().0.to_owned()
    };
    for (scenario, system, what) in [
        ("leader-crash", "raft", "is elected in term 2 by 2 of 3 voters"),
        ("empty-leader-rules", "anti-entropy", "is in epoch"),
        ("clock-skew-lost-update", "quorum", "rejects balance=250"),
        ("siblings", "quorum", "keeps 2 siblings of cart"),
        ("bit-rot", "durable-eventual", "refused its store, which is damaged"),
        ("discovery-convergence", "sharded-groups", "takes group 1 into its ring"),
    ] {
        let timeline = told(scenario, system);
        assert!(timeline.contains(what), "{scenario} on {system}: {timeline}");
    }
    // The control: who has no such protocol says nothing of it.
    let control = told("ghost-data", "async-leader");
    assert!(!control.contains("elected") && !control.contains("epoch"), "{control}");
}

#[test]
fn what_was_withstood_is_explained() {
    let (explained, bare): (Vec<_>, Vec<_>) =
        cells::told().iter().filter(|it| it.withstood).partition(|it| it.defended);
    let bare: Vec<_> = bare.iter().map(|it| format!("{} on {}", it.scenario, it.system)).collect();
    assert!(explained.len() > 60, "most of them: {bare:#?}");
    assert!(bare.is_empty(), "{bare:#?}");
}
