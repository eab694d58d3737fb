//! The ghost-data experiment, as the simulator would have recorded it.

use super::{Recorder, change, client, entry, n, node, scenario, us};
use judge::{
    Run,
    property::{AvailabilityReport, StaleRead, StalenessReport},
    record::{
        Counters, Digest, DropReason, Event, Expected, FaultKind, FaultOrigin, FaultRecord,
        History, Judgement, OperationRecord, Replica, Verdict, Witness,
    },
};
use node::{Answer, ClientId, Operation, Version, client::Outcome, systems};
use scenarios::{Action, Expectation, Property, Step, Target};
use std::{collections::BTreeMap, time::Duration};

/// n2 is killed, 999=GhostData is written at n1, n2 restarts, 999 is read from n1 and n2.
pub(crate) fn run() -> Run {
    let scenario = the_scenario();
    let history = history();
    let mut recorder = Recorder::default();
    record(&mut recorder);
    let sent = recorder.sent();
    Run {
        steps: scenario.steps.clone(),
        scenario: scenario.into(),
        system: *systems::find("async-leader").expect("it is in the registry"),
        stage: judge::Stage::Simulator,
        seed: 1,
        probes: Vec::new(),
        durability: judge::property::DurabilityReport::default(),
        availability: AvailabilityReport { begun: 3, answered: 3, ..AvailabilityReport::default() },
        history,
        trace: Some(recorder.trace()),
        faults: vec![FaultRecord {
            kind: FaultKind::Crash,
            label: "n2 crashed".to_owned(),
            origin: FaultOrigin::Step(0),
            nodes: vec![n(2)],
            start: us(1_000_000),
            end: Some(us(3_000_000)),
            touched: 1,
        }],
        facts: Vec::new(),
        replicas: [1, 2, 3].map(replica).into(),
        waits: BTreeMap::new(),
        run_ended: us(5_000_000),
        ended: us(10_000_000),
        counters: Counters {
            simulated_ns: 10_000_000_000,
            events: 14,
            operations: 3,
            sent,
            delivered: sent - 1,
            dropped: 1,
            duplicated: 0,
            timers: 1,
            applied: 2,
            faults: 1,
            faults_overlapped: 0,
            faults_that_bit: 1,
        },
        digest: Digest(0x1f2e_3d4c_5b6a_7988_0011_2233_4455_6677),
        judgements: judgements(),
        staleness: StalenessReport {
            reads: 2,
            stale: vec![StaleRead {
                operation: 2,
                versions_behind: 1,
                time_behind: Duration::from_micros(1_998_900),
            }],
        },
        defects: Vec::new(),
    }
}

fn replica(number: u32) -> Replica {
    let held = vec![("999".into(), entry("GhostData", 1))];
    let entries = if number == 2 { Vec::new() } else { held };
    Replica { node: n(number), group: 0, entries: Some(entries), on_disk: None, leads: false }
}

fn the_scenario() -> scenarios::Scenario {
    let mut scenario = scenario(
        "ghost-data",
        "A follower misses a write while it is down, and nobody ever tells it",
        "A write is accepted while n2 is down. Does n2 have it after it has come back?",
        Duration::from_secs(5),
    );
    let at = |seconds, action| Step::new(Duration::from_secs(seconds), action);
    let get = |target| Action::Get { key: "999".into(), from: Target::Node(n(target)) };
    scenario.source = Some("ghost-data report".to_owned());
    scenario.steps = vec![
        at(1, Action::Crash(Target::Node(n(2)))),
        at(2, Action::Put { key: "999".into(), value: "GhostData".into(), to: Target::Node(n(1)) }),
        at(3, Action::Restart(Target::Node(n(2)))),
        at(4, get(1)),
        at(4, get(2)),
    ];
    let expectation = Expectation {
        holds: vec![Property::Durability, Property::Availability],
        violated: vec![Property::Convergence, Property::Staleness],
        ..Expectation::default()
    };
    scenario.expect.insert("async-leader".to_owned(), expectation);
    scenario
}

fn history() -> History {
    let record = |operation, invoked, completed, answer, node| OperationRecord {
        client: ClientId::SCRIPT,
        operation,
        invoked: us(invoked),
        completed: us(completed),
        outcome: Outcome::Ok(answer),
        node: n(node),
        attempts: 1,
        begun_by_then: 0,
    };
    let written = Answer::Written { version: Version(1), previous: None };
    let found = Answer::Value(Some(entry("GhostData", 1)));
    History {
        operations: vec![
            record(Operation::put("999", "GhostData"), 2_000_000, 2_001_050, written, 1),
            record(Operation::get("999"), 4_000_000, 4_001_050, found, 1),
            record(Operation::get("999"), 4_000_000, 4_001_050, Answer::Value(None), 2),
        ],
    }
}

fn record(trace: &mut Recorder) {
    for number in 1..=3 {
        trace.at(
            us(0),
            Event::Boot { node: n(number), entries: 0, on_disk: false, holds: Vec::new() },
        );
    }
    trace.at(us(1_000_000), Event::FaultStart { fault: 0 });
    trace.at(us(2_000_000), Event::Invoke { operation: 0 });
    let put = "put 999=GhostData";
    trace.delivered(us(2_000_000), us(2_000_550), client(0), node(1), put);
    let applied = change("999", "GhostData", 1);
    trace.at(us(2_000_550), Event::Apply { node: n(1), change: applied.clone() });
    trace.delivered(us(2_000_550), us(2_001_050), node(1), client(0), "written v1");
    trace.at(us(2_001_050), Event::Complete { operation: 0 });
    trace.at(us(2_000_600), Event::Timer { node: n(1), text: "push".to_owned() });
    let text = "replicate 999=GhostData v1";
    let lost = trace.send(us(2_000_600), node(1), node(2), text);
    trace.at(
        us(2_001_100),
        Event::Drop { message: lost, reason: DropReason::NodeDown, fault: None },
    );
    trace.delivered(us(2_000_600), us(2_001_150), node(1), node(3), text);
    trace.at(us(2_001_150), Event::Apply { node: n(3), change: applied });
    trace.at(us(3_000_000), Event::FaultEnd { fault: 0 });
    trace.at(
        us(3_000_000),
        Event::Boot { node: n(2), entries: 0, on_disk: false, holds: Vec::new() },
    );
    for (operation, number, answer) in [(1, 1, "GhostData"), (2, 2, "(absent)")] {
        trace.at(us(4_000_000), Event::Invoke { operation });
        trace.delivered(us(4_000_000), us(4_000_550), client(0), node(number), "get 999");
        trace.delivered(us(4_000_550), us(4_001_050), node(number), client(0), answer);
        trace.at(us(4_001_050), Event::Complete { operation });
    }
    trace.at(us(5_000_000), Event::Heal);
}

fn judgements() -> Vec<Judgement> {
    let judgement = |property, verdict, expected| Judgement { property, verdict, expected };
    let differ = Witness {
        summary: "1 of 1 key differs after 5.000s of quiet: n2 lacks 999".to_owned(),
        facts: vec![
            "n1 and n3 hold 999=GhostData v1".to_owned(),
            "n2 holds nothing under 999".to_owned(),
        ],
        operations: vec![0],
        keys: vec!["999".into()],
        since: Some(us(2_000_550)),
    };
    let stale = Witness {
        summary: "a read at n2 did not see a write acknowledged 1.999s before".to_owned(),
        facts: vec![
            "2.001s  c0 is told that put 999=GhostData took effect".to_owned(),
            "4.000s  c0 reads 999 from n2 and finds nothing".to_owned(),
        ],
        operations: vec![0, 2],
        keys: vec!["999".into()],
        since: Some(us(4_000_000)),
    };
    vec![
        judgement(Property::Convergence, Verdict::Violated(differ), Expected::Violated),
        judgement(
            Property::Durability,
            Verdict::Holds("1 acknowledged write is held by some replica".to_owned()),
            Expected::Holds,
        ),
        judgement(Property::Staleness, Verdict::Violated(stale), Expected::Violated),
        judgement(
            Property::Availability,
            Verdict::Holds("3 of 3 operations were answered (100%)".to_owned()),
            Expected::Holds,
        ),
    ]
}
