//! The bytes of every message.

use super::{sessions::Sessions, *};
use crate::{Answer, ClientId, Operation, RequestId, Version, Versioned, golden::golden};
use std::collections::BTreeMap;

const LAST: Position = Position { index: 300, term: 2 };

fn command(operation: Operation) -> Payload {
    Payload::Command(Command { client: ClientId::new(7), sequence: 9, operation })
}

fn request() -> RequestId {
    RequestId { client: ClientId::new(7), attempt: 1, sequence: 9 }
}

fn snapshot() -> Snapshot {
    let sessions = [
        (ClientId::new(1), BTreeMap::from([(4, Answer::Deleted { existed: true })])),
        (ClientId::from_number(1 << 40), BTreeMap::from([(5, Answer::Unknown)])),
    ];
    Snapshot {
        position: LAST,
        voters: [NodeId::new(1), NodeId::new(2)].into(),
        entries: vec![("k".into(), Versioned { value: "v".into(), version: Version(8) })],
        sessions: Sessions::from_iter(sessions),
    }
}

fn append(entries: Vec<Entry>) -> Message {
    let entries = entries.into();
    Message::Append { term: 3, round: 4, prev: LAST, entries, commit: 299 }
}

fn reply(outcome: AppendOutcome) -> Message {
    Message::AppendReply { term: 3, round: 4, outcome }
}

golden!(raft_message: Message {
    Message::PreVote { .. } => [Message::PreVote { term: 3, last: LAST }],
    Message::PreVoteReply { .. } => [Message::PreVoteReply { term: 3, granted: true }],
    Message::RequestVote { .. } => [Message::RequestVote { term: 3, last: LAST }],
    Message::VoteReply { .. } => [Message::VoteReply { term: 3, granted: false }],
    Message::Append { .. } => [
        append(Vec::new()),
        append(vec![
            Entry { term: 2, payload: Payload::Noop },
            Entry { term: 3, payload: command(Operation::put("k", "v")) },
        ]),
    ],
    Message::AppendReply { .. } => [reply(AppendOutcome::Outdated)],
    Message::InstallSnapshot { .. } => [
        Message::InstallSnapshot { term: 3, round: 4, snapshot: snapshot().into() },
    ],
    Message::ReadIndex { .. } => [Message::ReadIndex { term: 3, request: request() }],
    Message::ReadIndexReply { .. } => [
        Message::ReadIndexReply { term: 3, request: request(), index: None },
        Message::ReadIndexReply { term: 3, request: request(), index: Some(300) },
    ],
    Message::ChangeMembership(_) => [
        Message::ChangeMembership(MembershipChange::Add(NodeId::new(4))),
    ],
});

golden!(raft_append_outcome: AppendOutcome {
    AppendOutcome::Matched(_) => [AppendOutcome::Matched(300)],
    AppendOutcome::Conflict { .. } => [
        AppendOutcome::Conflict { prev: 300, term: None, first: 7 },
        AppendOutcome::Conflict { prev: 300, term: Some(2), first: 7 },
    ],
    AppendOutcome::Outdated => [AppendOutcome::Outdated],
});

golden!(raft_payload: Payload {
    Payload::Noop => [Payload::Noop],
    Payload::Command(_) => [command(Operation::delete("k"))],
    Payload::Voters(_) => [Payload::Voters([NodeId::new(2), NodeId::new(5)].into())],
});
