//! The bytes of every message.

use super::{
    Message,
    record::{Record, Stamp},
};
use crate::{
    NodeId, Origin, Version,
    golden::{call, golden},
};

fn stamp() -> Stamp {
    Stamp { version: Version(300), writer: NodeId::new(2) }
}

fn record(value: Option<&str>) -> Record {
    Record { stamp: stamp(), value: value.map(Into::into), origin: Origin::default() }
}

golden!(durable_eventual_message: Message {
    Message::Replicate { .. } => [
        Message::Replicate { key: "k".into(), record: record(Some("v")) },
        Message::Replicate { key: "k".into(), record: record(None) },
    ],
    Message::Applied { .. } => [Message::Applied { key: "k".into(), stamp: stamp() }],
    Message::Ping => [Message::Ping],
    Message::Pong => [Message::Pong],
    Message::Summary { .. } => [
        Message::Summary { round: call(), stamps: vec![("k".into(), stamp())] },
    ],
    Message::Missing { .. } => [Message::Missing {
        round: call(),
        records: vec![("k".into(), record(Some("v")))],
        wanted: vec!["l".into()],
    }],
    Message::CatchUp { .. } => [
        Message::CatchUp { round: call(), records: vec![("l".into(), record(None))] },
    ],
    Message::CaughtUp { .. } => [Message::CaughtUp { round: call() }],
});
