//! How a node and a message stand at one moment.

use crate::record::{Endpoint, MessageClass};
use node::{Carried, Change, Fact, Key, Time, Versioned};
use std::collections::BTreeMap;

/// What a node holds under each key.
pub(super) type Entries<'a> = BTreeMap<&'a Key, &'a Versioned>;

/// How a node stands.
#[derive(Clone, Debug, Default)]
pub struct NodeState<'a> {
    /// What it holds; while it is down, what its disk will give back.
    pub(super) entries: Entries<'a>,
    pub(super) is_down: bool,
    /// Which part it plays in a replicated log, as far as it has said.
    pub role: Option<Role>,
    /// In which term it is, as far as it has said since it booted.
    pub term: Option<u64>,
    /// How far its log has come, as far as it has said since it booted.
    pub log: LogPosition,
    /// The terms of the log's entries, as far as no snapshot stands for them.
    terms: BTreeMap<u64, u64>,
}

/// A node's part in a replicated log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// It leads.
    Leader,
    /// It stands for election.
    Candidate,
    /// Neither.
    Follower,
}

/// How far a node's log has come; `None`: it has not said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LogPosition {
    /// The last entry of the log, and its term.
    pub last: Option<(u64, u64)>,
    /// The last entry that has been applied.
    pub applied: Option<u64>,
    /// The last entry that a snapshot stands for.
    pub snapshot: Option<u64>,
}

/// A message under way.
#[derive(Clone, Debug, PartialEq)]
pub struct InFlight<'a> {
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
}

impl<'a> NodeState<'a> {
    /// Whether its process runs.
    pub fn is_up(&self) -> bool {
        !self.is_down
    }

    /// What it holds under a key; while it is down, what its disk will give back.
    pub fn get(&self, key: &Key) -> Option<&'a Versioned> {
        self.entries.get(key).copied()
    }

    /// All that it holds, in key order; while it is down, what its disk will give back.
    pub fn entries(&self) -> impl ExactSizeIterator<Item = (&'a Key, &'a Versioned)> {
        self.entries.iter().map(|(key, entry)| (*key, *entry))
    }

    pub(super) fn change(&mut self, change: &'a Change) {
        match &change.after {
            Some(entry) => self.entries.insert(&change.key, entry),
            None => self.entries.remove(&change.key),
        };
    }

    /// Goes down or comes up with these entries; what it said of itself holds no longer.
    pub(super) fn begin(&mut self, entries: Entries<'a>, is_down: bool) {
        *self = Self { entries, is_down, ..Self::default() };
    }

    pub(super) fn announce(&mut self, fact: &Fact) {
        match *fact {
            Fact::Leads { term } | Fact::Elected { term, .. } => self.plays(Role::Leader, term),
            Fact::Stands { term } => self.plays(Role::Candidate, term),
            Fact::Enters { term } | Fact::StepsDown { term, .. } => {
                self.plays(Role::Follower, term);
            }
            Fact::Votes { term, .. } => self.term = self.term.max(Some(term)),
            Fact::Appended { index, term, .. } => {
                // An append below the end takes the place of all that stood from there.
                self.terms.split_off(&index);
                self.terms.insert(index, term);
                self.log.last = Some((index, term));
            }
            Fact::Applied { index, .. } => self.log.applied = Some(index),
            Fact::TookSnapshot { index, .. } => {
                self.terms = self.terms.split_off(&index);
                self.log.snapshot = Some(index);
            }
            Fact::InstalledSnapshot { index, term } => self.install(index, term),
            Fact::Epoch { .. }
            | Fact::Recovered { .. }
            | Fact::Refused { .. }
            | Fact::Dropped { .. }
            | Fact::RingOf { .. }
            | Fact::GroupJoins { .. }
            | Fact::GroupLeaves { .. } => {}
        }
    }

    /// A log that has the snapshot's last entry keeps what follows it; any other begins anew.
    fn install(&mut self, index: u64, term: u64) {
        self.terms = match self.terms.get(&index) {
            Some(known) if *known == term => self.terms.split_off(&index),
            _ => BTreeMap::from([(index, term)]),
        };
        let last = self.terms.last_key_value().map(|(index, term)| (*index, *term));
        self.log = LogPosition { last, applied: Some(index), snapshot: Some(index) };
    }

    /// Whoever steps down because of a later term has entered that already.
    fn plays(&mut self, role: Role, term: u64) {
        self.role = Some(role);
        self.term = self.term.max(Some(term));
    }
}
