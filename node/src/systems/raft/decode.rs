//! How records of the write-ahead log are read back: the reverse of `codec.rs`.

use super::{Command, Entry, Payload, Position, Snapshot, codec::Record, sessions::Sessions};
use crate::{Answer, ClientId, Key, NodeId, Operation, Value, Version, Versioned};
use std::sync::Arc;

/// Reads a record; `None` if no version of this code wrote it.
pub(super) fn decode(bytes: &[u8]) -> Option<Record> {
    let mut input = Decoder { bytes };
    let record = match input.byte()? {
        0 => Record::Ballot {
            term: input.word()?,
            vote: match input.word()? {
                0 => None,
                number => Some(NodeId::new(u32::try_from(number).ok()?)),
            },
        },
        1 => Record::Append {
            first: input.word()?,
            entries: input
                .list(|input| Some(Entry { term: input.word()?, payload: input.payload()? }))?,
        },
        2 => Record::Snapshot(Box::new(input.snapshot()?)),
        3 => Record::Sealed,
        _ => return None,
    };
    input.bytes.is_empty().then_some(record)
}

struct Decoder<'a> {
    bytes: &'a [u8],
}

impl Decoder<'_> {
    fn byte(&mut self) -> Option<u8> {
        let (&byte, rest) = self.bytes.split_first()?;
        self.bytes = rest;
        Some(byte)
    }

    fn flag(&mut self) -> Option<bool> {
        self.byte().map(|byte| byte != 0)
    }

    fn word(&mut self) -> Option<u64> {
        let (word, rest) = self.bytes.split_first_chunk()?;
        self.bytes = rest;
        Some(u64::from_le_bytes(*word))
    }

    fn text(&mut self) -> Option<&str> {
        let length = usize::try_from(self.word()?).ok()?;
        let (text, rest) = self.bytes.split_at_checked(length)?;
        self.bytes = rest;
        std::str::from_utf8(text).ok()
    }

    fn list<T>(&mut self, mut item: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let length = self.word()?;
        (0..length).map(|_| item(self)).collect()
    }

    fn key(&mut self) -> Option<Key> {
        self.text().map(Key::from)
    }

    fn value(&mut self) -> Option<Value> {
        self.text().map(Value::from)
    }

    fn maybe_value(&mut self) -> Option<Option<Value>> {
        if self.flag()? { self.value().map(Some) } else { Some(None) }
    }

    fn client(&mut self) -> Option<ClientId> {
        self.word().map(ClientId::from_number)
    }

    fn nodes(&mut self) -> Option<Arc<[NodeId]>> {
        let nodes = self.list(|input| {
            let index = usize::try_from(input.word()?).ok()?;
            Some(NodeId::from_index(index))
        })?;
        Some(nodes.into())
    }

    fn payload(&mut self) -> Option<Payload> {
        Some(match self.byte()? {
            0 => Payload::Noop,
            1 => Payload::Command(Command {
                client: self.client()?,
                sequence: self.word()?,
                operation: self.operation()?,
            }),
            2 => Payload::Voters(self.nodes()?),
            _ => return None,
        })
    }

    fn operation(&mut self) -> Option<Operation> {
        let kind = self.byte()?;
        let key = self.key()?;
        Some(match kind {
            0 => Operation::Put { key, value: self.value()? },
            1 => Operation::Delete { key },
            2 => {
                Operation::CompareAndSet { key, expected: self.maybe_value()?, new: self.value()? }
            }
            _ => return None,
        })
    }

    fn answer(&mut self) -> Option<Answer> {
        Some(match self.byte()? {
            0 => Answer::Written {
                version: Version(self.word()?),
                previous: if self.flag()? { Some(self.maybe_value()?) } else { None },
            },
            1 => Answer::Deleted { existed: self.flag()? },
            2 => Answer::Mismatch { actual: self.maybe_value()? },
            3 => Answer::Unknown,
            _ => return None,
        })
    }

    fn snapshot(&mut self) -> Option<Snapshot> {
        let position = Position { index: self.word()?, term: self.word()? };
        let voters = self.nodes()?;
        let entries = self.list(|input| {
            let key = input.key()?;
            let value = input.value()?;
            let version = Version(input.word()?);
            Some((key, Versioned { value, version }))
        })?;
        let sessions = self.list(|input| {
            let client = input.client()?;
            let answers = input.list(|input| Some((input.word()?, input.answer()?)))?;
            Some((client, answers.into_iter().collect()))
        })?;
        Some(Snapshot { position, voters, entries, sessions: Sessions::from_iter(sessions) })
    }
}
