//! Small runs in which a property is violated, each for a reason of its own.

use super::{Recorder, change, entry, ghost, n, node, us};
use judge::{
    Run,
    record::{
        DropReason, Event, Expected, FaultKind, FaultOrigin, FaultRecord, History, Judgement,
        OperationRecord, Replica, Verdict, Witness,
    },
};
use node::{Answer, ClientId, Operation, Time, Version, client::Outcome};
use scenarios::Property;

const WRITE: &str = "replicate k=new v2";

/// A link is slow, and a read comes before the write does.
pub(crate) fn slow_link() -> Run {
    let mut trace = written();
    trace.delivered(us(2_000_600), us(2_501_150), node(1), node(2), WRITE);
    trace.at(us(2_501_150), Event::Apply { node: n(2), change: change("k", "new", 2) });
    let slow = fault(FaultKind::SlowLink, "n1 -> n2 slower by 500 ms", &[1, 2], 1, Some(3));
    run(trace, vec![slow], Property::Staleness, [Some("new"); 3])
}

/// A node leaves a read to another, which does not have the write.
pub(crate) fn forwarded() -> Run {
    let mut trace = written();
    trace.delivered(us(2_200_300), us(2_200_600), node(2), node(3), "forward c0#1 get k");
    trace.delivered(us(2_200_600), us(2_200_900), node(3), node(2), "forwarded c0#1 old");
    trace.delivered(us(2_200_600), us(2_200_900), node(2), node(1), "replicate k=other v3");
    run(trace, Vec::new(), Property::Staleness, [Some("new"), Some("old"), Some("old")])
}

/// A follower stands still, and reads from its queue later than it should.
pub(crate) fn paused() -> Run {
    let mut trace = written();
    let message = trace.send(us(2_000_600), node(1), node(2), WRITE);
    let (sent, arrived) = (us(2_000_600), us(2_001_100));
    trace.at(us(2_900_000), Event::Deliver { message, sent, arrived });
    trace.at(us(2_900_000), Event::Apply { node: n(2), change: change("k", "new", 2) });
    let paused = fault(FaultKind::Pause, "n2 paused", &[2], 1, Some(3));
    run(trace, vec![paused], Property::Staleness, [Some("new"); 3])
}

/// The leader dies with a write that only it holds.
pub(crate) fn leader_crash() -> Run {
    let mut trace = written();
    for follower in [2, 3] {
        let message = trace.send(us(2_000_600), node(1), node(follower), WRITE);
        trace
            .at(us(2_000_600), Event::Drop { message, reason: DropReason::Partition, fault: None });
    }
    trace.at(
        us(4_000_000),
        Event::Boot { node: n(1), entries: 0, on_disk: false, holds: Vec::new() },
    );
    let cut = fault(FaultKind::Isolate, "n1 cut off", &[1], 1, Some(3));
    let crash = fault(FaultKind::Crash, "n1 crashed", &[1], 3, Some(4));
    run(trace, vec![cut, crash], Property::Durability, [None, Some("old"), Some("old")])
}

/// Two writes overtake each other on the way to n2, and the older one stays.
pub(crate) fn overtaken() -> Run {
    let mut trace = written();
    trace.delivered(us(2_000_600), us(2_001_150), node(1), node(2), WRITE);
    trace.at(us(2_001_150), Event::Apply { node: n(2), change: change("k", "new", 2) });
    trace.delivered(us(1_000_000), us(2_300_000), node(1), node(2), "replicate k=old v1");
    trace.at(us(2_300_000), Event::Apply { node: n(2), change: change("k", "old", 1) });
    run(trace, Vec::new(), Property::Convergence, [Some("new"), Some("old"), Some("new")])
}

/// A follower has the write, crashes, and comes back with nothing.
pub(crate) fn amnesia() -> Run {
    let mut trace = written();
    trace.delivered(us(2_000_600), us(2_001_150), node(1), node(2), WRITE);
    trace.at(us(2_001_150), Event::Apply { node: n(2), change: change("k", "new", 2) });
    trace.at(
        us(4_000_000),
        Event::Boot { node: n(2), entries: 0, on_disk: false, holds: Vec::new() },
    );
    trace.delivered(us(5_000_000), us(5_001_150), node(1), node(2), "replicate other=x v1");
    trace.at(us(5_001_150), Event::Apply { node: n(2), change: change("other", "x", 1) });
    let crash = fault(FaultKind::Crash, "n2 crashed", &[2], 3, Some(4));
    run(trace, vec![crash], Property::Convergence, [Some("new"), None, Some("new")])
}

/// k=old is everywhere; k=new is written at n1 and reaches n3.
fn written() -> Recorder {
    let mut trace = Recorder::default();
    for number in 1..=3 {
        trace.at(
            us(0),
            Event::Boot { node: n(number), entries: 0, on_disk: false, holds: Vec::new() },
        );
        trace.at(us(100_000), Event::Apply { node: n(number), change: change("k", "old", 1) });
    }
    trace.at(us(2_000_550), Event::Apply { node: n(1), change: change("k", "new", 2) });
    trace
}

fn fault(kind: FaultKind, label: &str, nodes: &[u32], from: u64, to: Option<u64>) -> FaultRecord {
    let seconds = |seconds: u64| us(seconds * 1_000_000);
    FaultRecord {
        kind,
        label: label.to_owned(),
        origin: FaultOrigin::Step(0),
        nodes: nodes.iter().map(|number| n(*number)).collect(),
        start: seconds(from),
        end: to.map(seconds),
        touched: 1,
    }
}

fn run(
    mut trace: Recorder,
    faults: Vec<FaultRecord>,
    violated: Property,
    held: [Option<&str>; 3],
) -> Run {
    trace.faults(&faults);
    let record = |operation, at: Time, number, answer| OperationRecord {
        client: ClientId::SCRIPT,
        operation,
        invoked: at,
        completed: at + std::time::Duration::from_micros(1_050),
        outcome: Outcome::Ok(answer),
        node: n(number),
        attempts: 1,
        begun_by_then: 0,
    };
    let written = Answer::Written { version: Version(2), previous: None };
    let read = Answer::Value(Some(entry("old", 1)));
    let witness = Witness {
        summary: format!("{} does not hold", violated.name()),
        facts: Vec::new(),
        operations: vec![0, 1],
        keys: vec!["k".into()],
        since: Some(us(2_000_000)),
    };
    let replica = |(number, value): (u32, Option<&str>)| {
        let version = if value == Some("new") { 2 } else { 1 };
        let entries = value.map(|value| ("k".into(), entry(value, version)));
        Replica {
            node: n(number),
            group: 0,
            entries: Some(entries.into_iter().collect()),
            on_disk: None,
            leads: false,
        }
    };
    let operations = vec![
        record(Operation::put("k", "new"), us(2_000_000), 1, written),
        record(Operation::get("k"), us(2_200_000), 2, read),
    ];
    Run {
        history: History { operations },
        trace: Some(trace.trace()),
        faults,
        facts: Vec::new(),
        replicas: (1..).zip(held).map(replica).collect(),
        judgements: vec![Judgement {
            property: violated,
            verdict: Verdict::Violated(witness),
            expected: Expected::Violated,
        }],
        ..ghost::run()
    }
}
