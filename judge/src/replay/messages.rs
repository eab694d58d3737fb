//! Messages, each put together from the events of a trace.

use crate::record::{DropReason, Endpoint, Event, EventId, MessageClass, MessageId, Trace};
use node::{Carried, Key, NodeId, Tells, Time, Value};
use std::collections::BTreeMap;

/// One message from its send to its fate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Message<'a> {
    /// Its number.
    pub id: MessageId,
    /// The event of its leaving.
    pub event: EventId,
    /// The event of its being handled or lost, if there is one.
    pub end: Option<EventId>,
    /// Its class.
    pub class: MessageClass,
    /// From where.
    pub from: Endpoint,
    /// To where.
    pub to: Endpoint,
    /// What it says.
    pub text: &'a str,
    /// The entries that it tells of.
    pub carries: &'a [Carried],
    /// When it left.
    pub sent: Time,
    /// What became of it.
    pub fate: Fate,
}

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Its receiver handled it.
    Handled {
        /// When it reached the receiver's queue.
        arrived: Time,
        /// When the receiver was done with it.
        at: Time,
    },
    /// It was lost.
    Dropped {
        /// When.
        at: Time,
        /// Why.
        reason: DropReason,
        /// The fault that did it, by position in the run's faults, where that is known.
        fault: Option<usize>,
    },
    /// The run ended first.
    UnderWay,
}

impl<'a> Message<'a> {
    /// Its kind: the first word of its text. A reply starts with data, so it is just a reply.
    pub fn kind(&self) -> &'a str {
        if self.class == MessageClass::Reply {
            return self.class.name();
        }
        self.text.split_whitespace().next().unwrap_or("")
    }

    /// Whether it speaks of a key.
    pub fn names(&self, key: &Key) -> bool {
        self.carries.iter().any(|carried| carried.key == *key)
    }

    /// What it says that a key holds; `None` where it says nothing of that.
    pub fn tells(&self, key: &Key) -> Option<Option<&'a Value>> {
        self.carries.iter().filter(|carried| carried.key == *key).find_map(|carried| match &carried
            .tells
        {
            Tells::Value(value) => Some(Some(value)),
            Tells::Absence => Some(None),
            Tells::Name => None,
        })
    }

    /// Whether it says that a key holds this; `None`: nothing.
    pub fn brings(&self, key: &Key, state: Option<&Value>) -> bool {
        self.carries.iter().any(|carried| {
            carried.key == *key
                && match &carried.tells {
                    Tells::Value(told) => Some(told) == state,
                    Tells::Absence => state.is_none(),
                    Tells::Name => false,
                }
        })
    }

    /// The node that it left, if it was one.
    pub fn sender(&self) -> Option<NodeId> {
        self.from.node()
    }

    /// When it was handled, if it was.
    pub fn handled(&self) -> Option<Time> {
        match self.fate {
            Fate::Handled { at, .. } => Some(at),
            Fate::Dropped { .. } | Fate::UnderWay => None,
        }
    }

    /// Whether it went between nodes.
    pub fn is_peer(&self) -> bool {
        self.class == MessageClass::Peer
    }
}

impl Fate {
    /// The fate in words, for tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Handled { .. } => "handled",
            Self::Dropped { reason, .. } => reason.name(),
            Self::UnderWay => "under way at the end",
        }
    }
}

/// Every message of a trace, in the order in which they left.
pub fn messages(trace: &Trace) -> Vec<Message<'_>> {
    let mut messages: Vec<Message<'_>> = Vec::new();
    let mut position: BTreeMap<MessageId, usize> = BTreeMap::new();
    for (place, event) in trace.events.iter().enumerate() {
        let here = EventId(place as u64);
        let settled = match &event.event {
            Event::Send { message, class, from, to, text, carries, .. } => {
                position.insert(*message, messages.len());
                messages.push(Message {
                    id: *message,
                    event: here,
                    end: None,
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
            Event::Drop { message, reason, fault } => {
                (message, Fate::Dropped { at: event.at, reason: *reason, fault: *fault })
            }
            _ => continue,
        };
        if let Some(index) = position.get(settled.0) {
            messages[*index].fate = settled.1;
            messages[*index].end = Some(here);
        }
    }
    messages
}

#[cfg(test)]
mod tests {
    use super::*;
    use node::ClientId;

    #[test]
    fn what_a_message_speaks_of_is_what_it_carries() {
        let carries = [
            Carried::entry(&"key1".into(), Some(&"a".into())),
            Carried::name(&"key11".into()),
            Carried::entry(&"gone".into(), None),
        ];
        let message = Message {
            id: MessageId(0),
            event: EventId(0),
            end: None,
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
        assert!(message.brings(&"key1".into(), Some(&"a".into())));
        assert!(!message.brings(&"key1".into(), Some(&"b".into())));
        assert!(!message.brings(&"key1".into(), None));
        assert!(!message.brings(&"key11".into(), Some(&"a".into())));
        assert!(!message.brings(&"key11".into(), None), "named, and no more");
        assert!(message.brings(&"gone".into(), None));
        assert_eq!(message.tells(&"key11".into()), None);
        assert_eq!(message.tells(&"gone".into()), Some(None));
        assert_eq!(message.kind(), "replicate");
    }
}
