//! Runs in which nodes wait for each other, and operations go unanswered.

use super::{Recorder, ghost, n, node, us};
use judge::{
    Run,
    record::{DropReason, Event, Expected, History, Judgement, OperationRecord, Verdict, Witness},
};
use node::{
    Answer, ClientId, Operation, Time, Waits,
    client::{Failure, Outcome},
};
use scenarios::Property;

/// Each of the two workers of n1 and n2 waits for the other node, and n3 for both.
pub(crate) fn circle() -> Run {
    let waits = [
        waits(2, &[(2, 2)], [7, 3]),
        waits(2, &[(1, 2)], [0, 3]),
        waits(2, &[(1, 1), (2, 1)], [1, 0]),
    ];
    run([(1, 1_000, true), (2, 2_000, false), (1, 2_001, false)], waits)
}

/// The one worker of n1 waits for n2, which never had the message.
pub(crate) fn hang() -> Run {
    let mut run = run(
        [(1, 1_000, true), (1, 2_000, false), (1, 2_001, false)],
        [waits(1, &[(2, 1)], [2, 0]), Waits::default(), Waits::default()],
    );
    let mut trace = Recorder::default();
    trace.delivered(us(1_000_600), us(1_001_150), node(1), node(2), "replicate k=a v1");
    let message = trace.send(us(2_000_600), node(1), node(2), "replicate k=b v2");
    trace.at(us(2_000_600), Event::Drop { message, reason: DropReason::Partition, fault: None });
    run.trace = Some(trace.trace());
    run
}

/// The same waits as in a deadlock, but of nodes that went on to answer.
pub(crate) fn hands_full() -> Run {
    Run { history: history([(1, 1_000, true), (1, 2_000, false), (2, 3_000, true)]), ..circle() }
}

/// The waits of a node, and how many requests and calls lie behind them.
fn waits(workers: u64, on: &[(u32, u64)], [queued_requests, queued_calls]: [u64; 2]) -> Waits {
    let on = on.iter().map(|(node, count)| (n(*node), *count)).collect();
    Waits { workers, on, queued_requests, queued_calls, queued_health_checks: 0 }
}

/// Puts, each with its node, its moment in milliseconds, and whether it is answered.
fn history(operations: [(u32, u64, bool); 3]) -> History {
    let record = |(number, at_ms, answered): (u32, u64, bool)| {
        let invoked: Time = us(at_ms * 1_000);
        let answer = Answer::Written { version: node::Version(1), previous: None };
        OperationRecord {
            client: ClientId::new(1),
            operation: Operation::put("k", format!("at-{at_ms}")),
            invoked,
            completed: invoked + std::time::Duration::from_millis(2),
            outcome: if answered { Outcome::Ok(answer) } else { Outcome::Info(Failure::Timeout) },
            node: n(number),
            attempts: 1,
            begun_by_then: 0,
        }
    };
    History { operations: operations.map(record).into() }
}

fn run(operations: [(u32, u64, bool); 3], waits: [Waits; 3]) -> Run {
    let witness = Witness {
        summary: "1 of 3 operations was answered".to_owned(),
        operations: vec![1],
        ..Witness::default()
    };
    Run {
        history: history(operations),
        trace: Some(Recorder::default().trace()),
        faults: Vec::new(),
        waits: (1..).map(n).zip(waits).collect(),
        judgements: vec![Judgement {
            property: Property::Availability,
            verdict: Verdict::Violated(witness),
            expected: Expected::Violated,
        }],
        ..ghost::run()
    }
}
