//! What the checks of Raft's invariants look at.

use super::{Core, Index, Position, Raft, State, Term};
use crate::{NodeId, Role};
use std::hash::{Hash, Hasher};
use xxhash_rust::xxh3::Xxh3;

/// A node's view of its cluster, between two events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RaftProbe {
    /// The term it is in.
    pub term: Term,
    /// The part it plays. One node leads in each term.
    pub role: Role,
    /// Who it believes to lead.
    pub leader: Option<NodeId>,
    /// Who votes, by its own log.
    pub voters: Vec<NodeId>,
    /// Every entry up to here is committed; on no node may it ever differ.
    pub commit: Index,
    /// Every entry up to here is in its store.
    pub applied: Index,
    /// The place before the first entry that its log still holds.
    pub base: Position,
    /// The entries asked for, in order.
    pub entries: Vec<LogProbe>,
}

/// One entry of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogProbe {
    /// Where it is, and of which term. Logs that agree in one position agree up to there.
    pub position: Position,
    /// A hash of what it holds.
    pub hash: u64,
}

impl Raft {
    /// The node's view with every log entry it holds; `None` if it does not take part, as its
    /// disk is damaged.
    pub fn probe(&self) -> Option<RaftProbe> {
        self.probe_from(0)
    }

    /// The node's view with the log entries from an index on: cheaper for checks
    /// after every event, which need not look twice at what was committed before.
    pub fn probe_from(&self, first: Index) -> Option<RaftProbe> {
        match &self.state {
            State::Serving(core) => Some(core.probe_from(first)),
            State::Out { .. } => None,
        }
    }
}

impl Core {
    fn probe_from(&self, first: Index) -> RaftProbe {
        let first = first.max(self.log.base().index + 1);
        let entries = (first..).zip(self.log.slice(first, usize::MAX));
        let probe = entries.map(|(index, entry)| {
            let mut hasher = Xxh3::new();
            entry.payload.hash(&mut hasher);
            LogProbe { position: Position { index, term: entry.term }, hash: hasher.finish() }
        });
        RaftProbe {
            term: self.term,
            role: self.standing.role(),
            leader: self.leader,
            voters: self.membership.voters().to_vec(),
            commit: self.commit,
            applied: self.machine.applied,
            base: self.log.base(),
            entries: probe.collect(),
        }
    }
}
