//! The bytes of every message.

use super::Message;
use crate::{Answer, ClientId, Operation, RequestId, golden::golden};

const REQUEST: RequestId = RequestId { client: ClientId::new(7), attempt: 1, sequence: 9 };

golden!(sharded_groups_message: Message {
    Message::Announce(_) => [Message::Announce("ANNOUNCE|n1|n1|8000|0|true".to_owned())],
    Message::Replicate(_) => [Message::Replicate("REPLICATE|k|v|1".to_owned())],
    Message::Forward { .. } => [
        Message::Forward { request: REQUEST, operation: Operation::put("k", "v") },
    ],
    Message::Forwarded { .. } => [
        Message::Forwarded { request: REQUEST, key: None, answer: Answer::Unknown },
    ],
});
