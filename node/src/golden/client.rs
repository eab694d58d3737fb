//! What clients, balancers and operators say and hear.

use super::golden;
use crate::{
    Answer, ClientId, HealthCheckId, MembershipChange, NodeId, Operation, Refusal, Request,
    RequestId, Uptake, Version, Versioned,
};

fn held(value: &str, version: u64) -> Versioned {
    Versioned { value: value.into(), version: Version(version) }
}

fn asked_by(client: ClientId) -> Request {
    let id = RequestId { client, attempt: 2, sequence: 300 };
    Request { id, operation: Operation::get("k") }
}

golden!(request: Request {
    Request { .. } => [
        asked_by(ClientId::SCRIPT),
        asked_by(ClientId::new(7)),
        asked_by(ClientId::from_number(u64::from(u32::MAX))),
        asked_by(ClientId::from_number(0x1234_5678_9abc_def0)),
        asked_by(ClientId::ANONYMOUS),
    ],
});

golden!(operation: Operation {
    Operation::Put { .. } => [Operation::put("key", "value"), Operation::put("", "ß")],
    Operation::Get { .. } => [Operation::get("key")],
    Operation::Delete { .. } => [Operation::delete("key")],
    Operation::ListKeys => [Operation::ListKeys],
    Operation::CompareAndSet { .. } => [
        Operation::CompareAndSet { key: "k".into(), expected: None, new: "n".into() },
        Operation::CompareAndSet { key: "k".into(), expected: Some("e".into()), new: "n".into() },
    ],
});

golden!(answer: Answer {
    Answer::Written { .. } => [
        Answer::Written { version: Version(1), previous: None },
        Answer::Written { version: Version(200), previous: Some(None) },
        Answer::Written { version: Version(3), previous: Some(Some("old".into())) },
    ],
    Answer::Value(_) => [Answer::Value(None), Answer::Value(Some(held("v", 4)))],
    Answer::Siblings(_) => [Answer::Siblings(vec![held("a", 1), held("b", 2)])],
    Answer::Deleted { .. } => [Answer::Deleted { existed: true }],
    Answer::Keys(_) => [Answer::Keys(Vec::new()), Answer::Keys(vec!["a".into(), "b".into()])],
    Answer::Mismatch { .. } => [
        Answer::Mismatch { actual: None },
        Answer::Mismatch { actual: Some("v".into()) },
    ],
    Answer::Refused(_) => [Answer::Refused(Refusal::Unsupported)],
    Answer::Unknown => [Answer::Unknown],
});

golden!(refusal: Refusal {
    Refusal::NotLeader { .. } => [
        Refusal::NotLeader { leader: None },
        Refusal::NotLeader { leader: Some(NodeId::new(3)) },
    ],
    Refusal::Unsupported => [Refusal::Unsupported],
    Refusal::Invalid(_) => [Refusal::Invalid("too long".into())],
    Refusal::Unavailable(_) => [Refusal::Unavailable("not now".into())],
});

golden!(health_check: HealthCheckId {
    HealthCheckId(_) => [HealthCheckId(128)],
});

golden!(membership_change: MembershipChange {
    MembershipChange::Add(_) => [MembershipChange::Add(NodeId::new(4))],
    MembershipChange::Remove(_) => [MembershipChange::Remove(NodeId::new(1))],
});

golden!(uptake: Uptake {
    Uptake::Taken => [Uptake::Taken],
    Uptake::NotNow => [Uptake::NotNow],
    Uptake::Pointless => [Uptake::Pointless],
});
