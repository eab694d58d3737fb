//! The bytes of every message.

use super::{Message, message::Replicate};
use crate::{
    Origin, Version, Versioned,
    golden::{call, golden},
};

fn write() -> Replicate {
    let entry = Versioned { value: "v".into(), version: Version(300) };
    Replicate { key: "k".into(), entry, origin: Origin::default() }
}

golden!(async_leader_message: Message {
    Message::Replicate(_) => [Message::Replicate(write())],
    Message::Ask { .. } => [Message::Ask { call: call(), write: write() }],
    Message::Replicated { .. } => [Message::Replicated { call: call() }],
    Message::Reset => [Message::Reset],
    Message::Heartbeat => [Message::Heartbeat],
});
