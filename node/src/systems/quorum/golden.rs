//! The bytes of every message.

use super::{
    cell::{Actor, Cell, Mark, Write},
    message::Message,
};
use crate::{
    NodeId, Origin, Time,
    golden::{call, golden},
    replication::{Stamp, VectorClock},
};

fn stamp() -> Mark {
    Mark::Stamp(Stamp { at: Time::from_nanos(300), by: NodeId::new(2) })
}

fn clock() -> Mark {
    let mut clock = VectorClock::default();
    clock.observe(Actor { node: NodeId::new(1), incarnation: 500 }, 3);
    Mark::Clock(clock)
}

fn cell() -> Cell {
    Write { mark: stamp(), value: Some("v".into()), origin: Origin::default() }.into()
}

golden!(quorum_message: Message {
    Message::Fetch { .. } => [Message::Fetch { call: call(), key: "k".into() }],
    Message::Fetched { .. } => [
        Message::Fetched { call: call(), key: None, cell: Cell::default() },
        Message::Fetched { call: call(), key: None, cell: cell() },
    ],
    Message::Store { .. } => [
        Message::Store {
            call: call(),
            key: "k".into(),
            cell: Write { mark: clock(), value: None, origin: Origin::default() }.into(),
        },
    ],
    Message::Stored { .. } => [Message::Stored { call: call() }],
    Message::Repair { .. } => [Message::Repair { key: "k".into(), cell: cell() }],
    Message::Hint { .. } => [Message::Hint { key: "k".into(), cell: cell() }],
    Message::HintTaken { .. } => [Message::HintTaken { key: "k".into(), cell: cell() }],
});

golden!(quorum_mark: Mark {
    Mark::Stamp(_) => [stamp()],
    Mark::Clock(_) => [clock()],
});
