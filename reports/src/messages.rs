//! Messages, each put together from the events of a trace.

use judge::record::{DropReason, Endpoint, Event, MessageClass, MessageId, Trace};
use node::{Carried, Key, Tells, Time};
use std::collections::BTreeMap;

/// One message from its send to its fate.
#[derive(Clone, Debug)]
pub(crate) struct Message<'a> {
    pub(crate) id: MessageId,
    pub(crate) class: MessageClass,
    pub(crate) from: Endpoint,
    pub(crate) to: Endpoint,
    pub(crate) text: &'a str,
    pub(crate) carries: &'a [Carried],
    pub(crate) sent: Time,
    pub(crate) fate: Fate,
}

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Handled {
        arrived: Time,
        at: Time,
    },
    Dropped {
        at: Time,
        reason: DropReason,
    },
    /// The run ended first.
    UnderWay,
}

impl Message<'_> {
    /// Its kind: the first word of its text. A reply starts with data, so it is just a reply.
    pub(crate) fn kind(&self) -> &str {
        if self.class == MessageClass::Reply {
            return self.class.name();
        }
        self.text.split_whitespace().next().unwrap_or("")
    }

    /// Whether it speaks of a key.
    pub(crate) fn names(&self, key: &Key) -> bool {
        self.carries.iter().any(|carried| carried.key == *key)
    }

    /// Whether it says that a key holds a value.
    pub(crate) fn carries_value(&self, key: &Key, value: &str) -> bool {
        let says = |carried: &Carried| match &carried.tells {
            Tells::Value(told) => carried.key == *key && told.as_str() == value,
            Tells::Absence | Tells::Name => false,
        };
        self.carries.iter().any(says)
    }

    /// Whether it went between nodes.
    pub(crate) fn is_peer(&self) -> bool {
        self.class == MessageClass::Peer
    }
}

impl Fate {
    /// The fate in words, for tables.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Handled { .. } => "handled",
            Self::Dropped { reason, .. } => reason.name(),
            Self::UnderWay => "under way at the end",
        }
    }
}

/// Why a message was lost, for the end of a sentence that says that it was.
pub(crate) fn why_lost(reason: DropReason) -> &'static str {
    reason.name().trim_start_matches("lost ")
}

/// Every message of a trace, in the order in which they left.
pub(crate) fn messages(trace: &Trace) -> Vec<Message<'_>> {
    let mut messages: Vec<Message<'_>> = Vec::new();
    let mut position: BTreeMap<MessageId, usize> = BTreeMap::new();
    for event in &trace.events {
        let settled = match &event.event {
            Event::Send { message, class, from, to, text, carries, .. } => {
                position.insert(*message, messages.len());
                messages.push(Message {
                    id: *message,
                    class: *class,
                    from: *from,
                    to: *to,
                    text,
                    carries,
                    sent: event.at,
                    fate: Fate::UnderWay,
                });
                continue;
            }
            Event::Deliver { message, arrived, .. } => {
                (message, Fate::Handled { arrived: *arrived, at: event.at })
            }
            Event::Drop { message, reason, .. } => {
                (message, Fate::Dropped { at: event.at, reason: *reason })
            }
            _ => continue,
        };
        if let Some(index) = position.get(settled.0) {
            messages[*index].fate = settled.1;
        }
    }
    messages
}

#[cfg(test)]
mod tests {
    use super::*;
    use node::{ClientId, NodeId};

    #[test]
    fn what_a_message_speaks_of_is_what_it_carries() {
        let carries = [
            Carried::entry(&"key1".into(), Some(&"a".into())),
            Carried::name(&"key11".into()),
            Carried::entry(&"gone".into(), None),
        ];
        let message = Message {
            id: MessageId(0),
            class: MessageClass::Peer,
            from: Endpoint::Client(ClientId::SCRIPT),
            to: Endpoint::Node(NodeId::new(1)),
            text: "replicate key1=a key=b",
            carries: &carries,
            sent: Time::ZERO,
            fate: Fate::UnderWay,
        };
        assert!(message.names(&"key1".into()) && message.names(&"key11".into()));
        assert!(!message.names(&"key".into()), "the text is not searched");
        assert!(message.carries_value(&"key1".into(), "a"));
        assert!(!message.carries_value(&"key1".into(), "b"));
        assert!(!message.carries_value(&"key11".into(), "a"));
        assert!(!message.carries_value(&"gone".into(), ""));
        assert_eq!(message.kind(), "replicate");
    }
}
