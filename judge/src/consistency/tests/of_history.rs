use crate::{
    consistency::{
        Action, Calls, Swap,
        linear::{Budget, Outcome as Found, linearizability},
    },
    record::{History, OperationRecord},
};
use node::{
    Answer, ClientId, NodeId, Operation, Time, Version, Versioned,
    client::{Failure, Outcome},
};

fn record(at: u64, operation: Operation, outcome: Outcome) -> OperationRecord {
    OperationRecord {
        client: ClientId::new(3),
        operation,
        invoked: Time::from_nanos(at),
        completed: Time::from_nanos(at + 5),
        outcome,
        node: NodeId::new(1),
        attempts: 1,
        begun_by_then: 0,
    }
}

fn written(previous: Option<&str>) -> Outcome {
    Outcome::Ok(Answer::Written {
        version: Version(1),
        previous: previous.map(|value| Some(value.into())),
    })
}

fn swap() -> Operation {
    Operation::CompareAndSet { key: "k".into(), expected: Some("a".into()), new: "b".into() }
}

fn of(operations: Vec<OperationRecord>, until: u64) -> Calls {
    Calls::of(&History { operations }, Time::from_nanos(until))
}

#[test]
fn what_was_told_is_kept() {
    let entry = |value: &str| Versioned { value: value.into(), version: Version(1) };
    let calls = of(
        vec![
            record(0, Operation::put("k", "a"), written(None)),
            record(10, Operation::put("k", "a"), written(Some("z"))),
            record(20, Operation::get("k"), Outcome::Ok(Answer::Value(Some(entry("a"))))),
            record(30, Operation::get("k"), Outcome::Ok(Answer::Siblings(vec![entry("a")]))),
            record(40, swap(), Outcome::Fail(Failure::Mismatch { actual: None })),
            record(50, swap(), written(None)),
            record(60, swap(), Outcome::Fail(Failure::Unreachable)),
            record(70, Operation::get("k"), Outcome::Info(Failure::Timeout)),
            record(80, Operation::delete("k"), Outcome::Info(Failure::Timeout)),
        ],
        1_000,
    );
    let positions: Vec<usize> = calls.calls.iter().map(|call| call.position).collect();
    assert_eq!(positions, [0, 1, 2, 3, 4, 5, 8]);
    let previous = |place: usize| match &calls.calls[place].action {
        Action::Write { previous, .. } => previous.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!((previous(0), previous(1)), (None, Some(Some("z".into()))));
    let found = |place: usize| match &calls.calls[place].action {
        Action::Read { found, .. } => found.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!((found(2), found(3)), (Some(Some("a".into())), None));
    let outcome = |place: usize| match &calls.calls[place].action {
        Action::CompareAndSet { outcome, .. } => outcome.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(outcome(4), Some(Swap::Mismatch { actual: Some(None) }));
    assert_eq!(outcome(5), Some(Swap::Swapped));
    assert_eq!((calls.calls[0].session, calls.calls[0].returned), (3, Some(2)));
    assert_eq!(calls.calls[6].returned, None);
}

/// Puts b at 10 to 15 beside a read by another session at 15, of which the order of events says
/// which came first.
fn at_one_moment(begun_by_then: u32, reader: u32) -> Calls {
    let mut put = record(10, Operation::put("k", "b"), written(None));
    put.begun_by_then = begun_by_then;
    let mut get = record(15, Operation::get("k"), Outcome::Ok(Answer::Value(None)));
    get.client = ClientId::new(reader);
    get.begun_by_then = 2;
    of(vec![put, get], 1_000)
}

#[test]
fn what_happens_at_one_moment_happens_in_an_order() {
    let stale = |calls: &Calls| {
        let outcome = linearizability(calls, Budget::DEFAULT);
        matches!(outcome, Found::NotLinearizable(_))
    };
    // The put had ended before the read began.
    assert!(stale(&at_one_moment(1, 4)));
    // The read had begun before the put ended.
    assert!(!stale(&at_one_moment(2, 4)));
    // Where it is not told, what touches overlaps, but for one session with itself.
    assert!(!stale(&at_one_moment(0, 4)));
    assert!(stale(&at_one_moment(0, 3)));
}

#[test]
fn what_comes_too_late_to_be_judged_may_still_explain() {
    let operations = vec![
        record(0, Operation::get("k"), Outcome::Ok(Answer::Value(None))),
        record(10, Operation::put("k", "a"), written(Some("z"))),
        record(20, Operation::get("k"), Outcome::Ok(Answer::Value(None))),
    ];
    let calls = of(operations.clone(), 10).calls;
    assert_eq!(calls.len(), 2);
    assert_eq!(calls[1].returned, None);
    assert!(matches!(calls[1].action, Action::Write { previous: None, .. }));
    assert_eq!(of(operations, u64::MAX).calls.len(), 3);
}
