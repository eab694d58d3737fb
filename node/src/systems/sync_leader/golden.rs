//! The bytes of every message.

use super::Message;
use crate::{
    Version, Versioned,
    golden::{call, golden},
};

golden!(sync_leader_message: Message {
    Message::Replicate { .. } => [Message::Replicate {
        call: call(),
        key: "k".into(),
        entry: Versioned { value: "v".into(), version: Version(300) },
    }],
    Message::Replicated { .. } => [Message::Replicated { call: call() }],
});
