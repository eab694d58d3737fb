//! The bytes of every message.

use super::message::{Entry, Epoch, HeldLog, Message, Question};
use crate::{
    Origin,
    golden::{call, golden},
};

const EPOCH: Epoch = Epoch { generation: 2, drawn: 300 };

fn entry(value: Option<&str>) -> Entry {
    Entry { key: "k".into(), value: value.map(Into::into), origin: Origin::default() }
}

golden!(anti_entropy_message: Message {
    Message::Append { .. } => [Message::Append { epoch: EPOCH, number: 4, entry: entry(Some("v")) }],
    Message::CatchUp(_) => [
        Message::CatchUp(Question { call: call(), epoch: None, position: 0 }),
        Message::CatchUp(Question { call: call(), epoch: Some(EPOCH), position: 4 }),
    ],
    Message::Replay { .. } => [
        Message::Replay { call: call(), epoch: EPOCH, after: 4, entries: vec![entry(None)] },
    ],
    Message::Pull { .. } => [Message::Pull { call: call() }],
    Message::Held { .. } => [
        Message::Held { call: call(), log: None, asks: call() },
        Message::Held {
            call: call(),
            log: Some(HeldLog { epoch: EPOCH, entries: vec![entry(Some("v"))] }),
            asks: call(),
        },
    ],
});
