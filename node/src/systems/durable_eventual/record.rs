//! What a replica keeps under a key, and which of two records wins.

use crate::{Carried, Contender, Key, NodeId, Origin, Time, Value, Version, Versioned, WriteStamp};
use serde::{Deserialize, Serialize};
use std::fmt;

/// When and where a write was taken: the later stamp wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Stamp {
    /// The microsecond of the writer's clock, or one more than what it overwrote.
    pub version: Version,
    /// Who took the write; decides between equal versions.
    pub writer: NodeId,
}

/// A value or a tombstone, and its stamp.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// When and where it was written.
    pub stamp: Stamp,
    /// The value; `None`: the key was deleted.
    pub value: Option<Value>,
    /// Who asked for it; not on the disk.
    #[serde(skip)]
    pub origin: Origin,
}

impl Record {
    /// What a client sees of it.
    pub(super) fn entry(&self) -> Option<Versioned> {
        self.value.clone().map(|value| Versioned { value, version: self.stamp.version })
    }

    /// Its bytes on the disk: version, writer, a one before a value and a zero for none, the value.
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut bytes = self.stamp.version.0.to_be_bytes().to_vec();
        let writer = u32::try_from(self.stamp.writer.index()).expect("node numbers are 32 bits");
        bytes.extend_from_slice(&writer.to_be_bytes());
        bytes.push(u8::from(self.value.is_some()));
        if let Some(value) = &self.value {
            bytes.extend_from_slice(value.as_str().as_bytes());
        }
        bytes
    }

    /// Reads what [`encode`](Self::encode) wrote; `None` for anything else.
    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let (version, rest) = bytes.split_first_chunk()?;
        let (writer, rest) = rest.split_first_chunk()?;
        let (has_value, value) = rest.split_first()?;
        let value = std::str::from_utf8(value).ok()?;
        Some(Self {
            stamp: Stamp {
                version: Version(u64::from_be_bytes(*version)),
                writer: NodeId::from_index(u32::from_be_bytes(*writer) as usize),
            },
            value: match has_value {
                0 if value.is_empty() => None,
                1 => Some(value.into()),
                _ => return None,
            },
            origin: Origin::default(),
        })
    }

    /// What a message that has it tells of.
    pub(super) fn carried(&self, key: &Key) -> Carried {
        Carried::entry(key, self.value.as_ref()).under(self.stamp.version)
    }

    /// The record as a write that met another.
    pub(super) fn contender(&self) -> Contender {
        Contender {
            value: self.value.clone(),
            stamp: self.stamp.into(),
            request: self.origin.request(),
        }
    }

    /// How much of the store's capacity it takes, in bytes.
    pub(super) fn size(&self, key: &Key) -> u64 {
        let value = self.value.as_ref().map_or(0, |value| value.as_str().len());
        (key.as_str().len() + value) as u64
    }
}

impl From<Stamp> for WriteStamp {
    /// A version counts microseconds.
    fn from(Stamp { version, writer }: Stamp) -> Self {
        Self::Clock { at: Time::from_nanos(version.0.saturating_mul(1000)), by: writer }
    }
}

impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.version, self.writer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn records_read_back(version: u64, writer in 0..9usize, value: Option<String>) {
            let record = Record {
                stamp: Stamp { version: Version(version), writer: NodeId::from_index(writer) },
                value: value.map(Value::from),
                origin: Origin::default(),
            };
            prop_assert_eq!(Record::decode(&record.encode()), Some(record));
        }

        #[test]
        fn no_bytes_make_decoding_panic(bytes: Vec<u8>) {
            if let Some(record) = Record::decode(&bytes) {
                prop_assert_eq!(record.encode(), bytes);
            }
        }
    }

    #[test]
    fn the_later_stamp_wins_and_the_writer_breaks_ties() {
        let stamp =
            |version, writer| Stamp { version: Version(version), writer: NodeId::new(writer) };
        assert!(stamp(2, 1) > stamp(1, 3));
        assert!(stamp(2, 3) > stamp(2, 1));
    }
}
