//! How terms, votes, entries and snapshots stand on the disk: little-endian words and
//! texts with their length in front.

use super::{Entry, Index, Payload, Snapshot, Term};
use crate::{Answer, NodeId, Operation, Value};

/// One record of the write-ahead log.
#[derive(Debug, PartialEq)]
pub(super) enum Record {
    /// The node is in this term and has voted so.
    Ballot { term: Term, vote: Option<NodeId> },
    /// From this index on, the log goes on with these entries and no others.
    Append { first: Index, entries: Vec<Entry> },
    /// The state before the entries that follow.
    Snapshot(Box<Snapshot>),
    /// All that the log before held is in this one.
    Sealed,
}

pub(super) fn ballot(term: Term, vote: Option<NodeId>) -> Vec<u8> {
    let mut out = Encoder::of_kind(0);
    out.word(term);
    out.word(vote.map_or(0, |node| node.index() as u64 + 1));
    out.bytes
}

pub(super) fn append(first: Index, entries: &[Entry]) -> Vec<u8> {
    let mut out = Encoder::of_kind(1);
    out.word(first);
    out.word(entries.len() as u64);
    for entry in entries {
        out.word(entry.term);
        out.payload(&entry.payload);
    }
    out.bytes
}

pub(super) fn snapshot(snapshot: &Snapshot) -> Vec<u8> {
    let mut out = Encoder::of_kind(2);
    out.word(snapshot.position.index);
    out.word(snapshot.position.term);
    out.nodes(&snapshot.voters);
    out.word(snapshot.entries.len() as u64);
    for (key, entry) in &snapshot.entries {
        out.text(key.as_str());
        out.text(entry.value.as_str());
        out.word(entry.version.0);
    }
    out.word(snapshot.sessions.len() as u64);
    for (client, answers) in snapshot.sessions.iter() {
        out.word(client.number());
        out.word(answers.len() as u64);
        for (&sequence, answer) in answers {
            out.word(sequence);
            out.answer(answer);
        }
    }
    out.bytes
}

pub(super) fn sealed() -> Vec<u8> {
    Encoder::of_kind(3).bytes
}

struct Encoder {
    bytes: Vec<u8>,
}

/// Most records, such as one of one entry, take no more room.
const RECORD_BYTES: usize = 128;

impl Encoder {
    fn of_kind(kind: u8) -> Self {
        let mut bytes = Vec::with_capacity(RECORD_BYTES);
        bytes.push(kind);
        Self { bytes }
    }

    fn byte(&mut self, byte: u8) {
        self.bytes.push(byte);
    }

    fn word(&mut self, word: u64) {
        self.bytes.extend_from_slice(&word.to_le_bytes());
    }

    fn text(&mut self, text: &str) {
        self.word(text.len() as u64);
        self.bytes.extend_from_slice(text.as_bytes());
    }

    fn value(&mut self, value: Option<&Value>) {
        self.byte(value.is_some().into());
        if let Some(value) = value {
            self.text(value.as_str());
        }
    }

    fn nodes(&mut self, nodes: &[NodeId]) {
        self.word(nodes.len() as u64);
        for node in nodes {
            self.word(node.index() as u64);
        }
    }

    fn payload(&mut self, payload: &Payload) {
        match payload {
            Payload::Noop => self.byte(0),
            Payload::Command(command) => {
                self.byte(1);
                self.word(command.client.number());
                self.word(command.sequence);
                self.operation(&command.operation);
            }
            Payload::Voters(voters) => {
                self.byte(2);
                self.nodes(voters);
            }
        }
    }

    fn operation(&mut self, operation: &Operation) {
        match operation {
            Operation::Put { key, value } => {
                self.byte(0);
                self.text(key.as_str());
                self.text(value.as_str());
            }
            Operation::Delete { key } => {
                self.byte(1);
                self.text(key.as_str());
            }
            Operation::CompareAndSet { key, expected, new } => {
                self.byte(2);
                self.text(key.as_str());
                self.value(expected.as_ref());
                self.text(new.as_str());
            }
            Operation::Get { .. } | Operation::ListKeys => unreachable!("reads are not logged"),
        }
    }

    fn answer(&mut self, answer: &Answer) {
        match answer {
            Answer::Written { version, previous } => {
                self.byte(0);
                self.word(version.0);
                self.byte(previous.is_some().into());
                if let Some(previous) = previous {
                    self.value(previous.as_ref());
                }
            }
            Answer::Deleted { existed } => {
                self.byte(1);
                self.byte((*existed).into());
            }
            Answer::Mismatch { actual } => {
                self.byte(2);
                self.value(actual.as_ref());
            }
            // It has expired.
            Answer::Unknown => self.byte(3),
            other => unreachable!("no write is answered with `{other}`"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Command, Position, decode::decode};
    use super::*;
    use crate::{ClientId, Version, Versioned};

    fn entries() -> Vec<Entry> {
        let operations = [
            Operation::put("a", "1"),
            Operation::Delete { key: "a".into() },
            Operation::CompareAndSet { key: "a".into(), expected: None, new: "2".into() },
            Operation::CompareAndSet {
                key: "a".into(),
                expected: Some("2".into()),
                new: "3".into(),
            },
        ];
        let commands = operations.map(|operation| {
            Payload::Command(Command { client: ClientId::new(3), sequence: 9, operation })
        });
        let others = [Payload::Noop, Payload::Voters([NodeId::new(2)].into())];
        commands.into_iter().chain(others).map(|payload| Entry { term: 7, payload }).collect()
    }

    fn full_snapshot() -> Snapshot {
        let answers = [
            Answer::Written { version: Version(4), previous: Some(Some("x".into())) },
            Answer::Deleted { existed: true },
            Answer::Mismatch { actual: None },
        ];
        let held = Versioned { value: "v".into(), version: Version(8) };
        Snapshot {
            position: Position { index: 9, term: 2 },
            voters: [NodeId::new(1), NodeId::new(4)].into(),
            entries: vec![("k".into(), held)],
            sessions: [
                (ClientId::new(1), (1..).zip(answers).collect()),
                (ClientId::from_number(1 << 63), [(8, Answer::Unknown)].into()),
            ]
            .into_iter()
            .collect(),
        }
    }

    #[test]
    fn every_record_comes_back() {
        let vote = Some(NodeId::new(5));
        assert_eq!(decode(&ballot(3, vote)), Some(Record::Ballot { term: 3, vote }));
        let vote = None;
        assert_eq!(decode(&ballot(3, vote)), Some(Record::Ballot { term: 3, vote }));
        let entries = entries();
        let bytes = append(5, &entries);
        assert_eq!(decode(&bytes), Some(Record::Append { first: 5, entries }));
        let bytes = snapshot(&full_snapshot());
        assert_eq!(decode(&bytes), Some(Record::Snapshot(Box::new(full_snapshot()))));
        assert_eq!(decode(&sealed()), Some(Record::Sealed));
    }

    #[test]
    fn no_part_of_a_record_is_taken_for_one() {
        for bytes in [append(5, &entries()), snapshot(&full_snapshot())] {
            for length in 0..bytes.len() {
                assert_eq!(decode(&bytes[..length]), None);
            }
            assert_eq!(decode(&[bytes, vec![0]].concat()), None);
        }
    }
}
