//! The bytes of every message.

use super::{Message, Write};
use crate::{
    NodeId, Origin, Time,
    golden::{call, golden},
    replication::Stamp,
};

fn write(value: Option<&str>, stamp: Option<Stamp>) -> Write {
    Write { key: "k".into(), value: value.map(Into::into), stamp, origin: Origin::default() }
}

golden!(peer_to_peer_message: Message {
    Message::Replicate { .. } => [
        Message::Replicate { call: None, write: write(Some("v"), None) },
        Message::Replicate {
            call: Some(call()),
            write: write(None, Some(Stamp { at: Time::from_nanos(300), by: NodeId::new(2) })),
        },
    ],
    Message::Replicated { .. } => [Message::Replicated { call: call(), success: true }],
    Message::Reset => [Message::Reset],
});
