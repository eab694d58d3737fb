//! The replicated log in memory, and the arithmetic of terms and indexes.

use crate::{
    Canonical, ClientId, Encoder, Key, LogEnd, NodeId, Operation, Origin, RequestId, canonical,
};
use serde::{Deserialize, Serialize};
use std::{fmt, sync::Arc};
use xxhash_rust::xxh3::xxh3_64;

/// Counts elections; each term has at most one leader. The first election starts term 1.
pub type Term = u64;

/// A place in the log, counted from 1.
pub type Index = u64;

/// An index and the term of the entry there: by log matching, this names a whole log up to there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// Where; 0 is the place before the first entry.
    pub index: Index,
    /// The term of the entry there.
    pub term: Term,
}

impl Position {
    /// Whether a log that ends here has all that a log ending at `other` may have
    /// committed (Raft paper, 5.4.1).
    pub fn is_up_to_date_with(self, other: Self) -> bool {
        (self.term, self.index) >= (other.term, other.index)
    }
}

impl From<Position> for LogEnd {
    fn from(Position { index, term }: Position) -> Self {
        Self { index, term }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@t{}", self.index, self.term)
    }
}

/// One entry of the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// The term of the leader that made it.
    pub term: Term,
    /// What it is for.
    pub payload: Payload,
}

/// What a log entry does once it is committed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Payload {
    /// Nothing: each leader starts its term with one, to learn what is committed.
    Noop,
    /// Changes the store.
    Command(Command),
    /// These nodes vote from here on; unlike all else, in force as soon as it is in a log.
    Voters(#[serde(with = "canonical::shared")] Arc<[NodeId]>),
}

/// A client's write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Command {
    /// Whose.
    pub client: ClientId,
    /// Which of the client's operations: all attempts at one share it.
    pub sequence: u64,
    /// What to do.
    pub operation: Operation,
}

impl Entry {
    /// Who asked for it, if a client did.
    pub(super) fn origin(&self) -> Option<Origin> {
        match &self.payload {
            Payload::Command(Command { client, sequence, .. }) => {
                let (client, sequence) = (*client, *sequence);
                Some(RequestId { client, attempt: 0, sequence }.into())
            }
            Payload::Noop | Payload::Voters(_) => None,
        }
    }

    /// The key that it changes, if any.
    pub(super) fn key(&self) -> Option<&Key> {
        match &self.payload {
            Payload::Command(command) => command.operation.key(),
            Payload::Noop | Payload::Voters(_) => None,
        }
    }
}

impl Payload {
    /// A hash of what it holds, for checks that compare logs.
    pub(super) fn hash(&self) -> u64 {
        let mut bytes = Encoder::with_capacity(PAYLOAD_BYTES);
        self.encode(&mut bytes);
        xxh3_64(bytes.bytes())
    }
}

impl fmt::Display for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Noop => f.write_str("no-op"),
            Self::Command(command) => write!(f, "{}", command.operation),
            Self::Voters(voters) => {
                f.write_str("voters")?;
                voters.iter().try_for_each(|voter| write!(f, " {voter}"))
            }
        }
    }
}

/// The canonical bytes of a command on short keys and values are about so many.
const PAYLOAD_BYTES: usize = 128;

/// The entries after a base, whose own entry a snapshot has replaced.
#[derive(Debug)]
pub(super) struct Log {
    base: Position,
    entries: Vec<Entry>,
}

impl Log {
    pub(super) fn new(base: Position, entries: Vec<Entry>) -> Self {
        Self { base, entries }
    }

    /// The place before the first entry held.
    pub(super) fn base(&self) -> Position {
        self.base
    }

    /// The place of the last entry, or the base if there is none.
    pub(super) fn last(&self) -> Position {
        let term = self.entries.last().map_or(self.base.term, |last| last.term);
        Position { index: self.base.index + self.entries.len() as u64, term }
    }

    /// The term of the entry at an index, if that is known here.
    pub(super) fn term_at(&self, index: Index) -> Option<Term> {
        if index == self.base.index {
            return Some(self.base.term);
        }
        self.get(index).map(|entry| entry.term)
    }

    pub(super) fn get(&self, index: Index) -> Option<&Entry> {
        let offset = index.checked_sub(self.base.index + 1)?;
        self.entries.get(offset as usize)
    }

    pub(super) fn push(&mut self, entry: Entry) {
        self.entries.push(entry);
    }

    /// Drops every entry from an index on.
    pub(super) fn truncate_from(&mut self, index: Index) {
        self.entries.truncate(self.offset(index));
    }

    /// Drops every entry up to and with an index, as a snapshot has them.
    pub(super) fn compact_to(&mut self, index: Index) {
        if let Some(term) = self.term_at(index) {
            self.entries.drain(..self.offset(index + 1));
            self.base = Position { index, term };
        }
    }

    /// The entries from an index on, `max` at most.
    pub(super) fn slice(&self, from: Index, max: usize) -> &[Entry] {
        let start = self.offset(from).min(self.entries.len());
        &self.entries[start..self.entries.len().min(start.saturating_add(max))]
    }

    /// The first index of the run of entries that share the term of the entry at `index`.
    pub(super) fn first_of_term_at(&self, index: Index) -> Index {
        let term = self.term_at(index).unwrap_or(self.base.term);
        let first = self.entries.partition_point(|entry| entry.term < term);
        self.base.index + 1 + first as u64
    }

    /// The last index whose entry has this term.
    pub(super) fn last_of_term(&self, term: Term) -> Option<Index> {
        let after = self.entries.partition_point(|entry| entry.term <= term);
        let last = self.base.index + after as u64;
        (self.term_at(last) == Some(term)).then_some(last)
    }

    fn offset(&self, index: Index) -> usize {
        index.saturating_sub(self.base.index + 1) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A log with a base at index 2 of term 1 and entries of these terms behind it.
    fn log(terms: &[Term]) -> Log {
        let entry = |&term| Entry { term, payload: Payload::Noop };
        Log::new(Position { index: 2, term: 1 }, terms.iter().map(entry).collect())
    }

    #[test]
    fn indexes_count_from_behind_the_base() {
        let log = log(&[1, 3]);
        assert_eq!(log.last(), Position { index: 4, term: 3 });
        let terms: Vec<_> = (1..=5).map(|index| log.term_at(index)).collect();
        assert_eq!(terms, [None, Some(1), Some(1), Some(3), None]);
        assert_eq!(log.slice(4, 9).len(), 1);
        assert_eq!(log.slice(5, 9).len(), 0);
    }

    #[test]
    fn runs_of_a_term_are_found() {
        let log = log(&[1, 3, 3, 5]);
        assert_eq!(log.first_of_term_at(5), 4);
        assert_eq!(log.first_of_term_at(6), 6);
        assert_eq!(log.last_of_term(3), Some(5));
        assert_eq!(log.last_of_term(4), None);
        assert_eq!(log.last_of_term(1), Some(3));
    }

    #[test]
    fn cutting_either_end_keeps_the_rest() {
        let mut log = log(&[1, 3, 3, 5]);
        log.truncate_from(6);
        log.compact_to(3);
        assert_eq!(log.base(), Position { index: 3, term: 1 });
        assert_eq!(log.last(), Position { index: 5, term: 3 });
        log.compact_to(1);
        assert_eq!(log.base().index, 3);
    }

    #[test]
    fn a_later_term_beats_a_longer_log() {
        let at = |index, term| Position { index, term };
        assert!(at(1, 3).is_up_to_date_with(at(9, 2)));
        assert!(!at(1, 2).is_up_to_date_with(at(2, 2)));
        assert!(at(2, 2).is_up_to_date_with(at(2, 2)));
    }
}
