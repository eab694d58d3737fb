//! What a leader knows: its followers' progress, and who waits for what.

use super::{Index, Payload, Term, read::Read};
use crate::{NodeId, RequestId};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// What only a leader knows.
#[derive(Debug)]
pub(super) struct Leadership {
    /// Which term it leads.
    pub(super) term: Term,
    /// The first index of its term; until that is committed, it cannot tell what is.
    pub(super) term_start: Index,
    pub(super) peers: BTreeMap<NodeId, Progress>,
    /// How far the leader's own disk has its log.
    pub(super) own_match: Index,
    /// Counts the rounds of asking whether it still leads.
    pub(super) round: u64,
    /// Writes that have come since the last flush.
    pub(super) inbox: Vec<(RequestId, Payload)>,
    /// Writes in the log whose clients wait, in log order.
    pub(super) proposals: VecDeque<(Index, RequestId)>,
    /// Reads that wait, in the order in which they came.
    pub(super) reads: VecDeque<Read>,
    pub(super) will_flush: bool,
}

/// What the leader knows of one follower.
#[derive(Debug)]
pub(super) struct Progress {
    /// The next entry to send.
    pub(super) next: Index,
    /// How far the follower's disk is known to agree.
    pub(super) matched: Index,
    pub(super) pace: Pace,
    /// The last round it has answered.
    pub(super) round: u64,
    /// Whether it has answered since the leader last looked for its majority.
    pub(super) is_heard: bool,
}

/// How boldly a follower is sent to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pace {
    /// Where its log agrees is not known: one message at a time.
    Probe,
    /// Its log agrees: entries are sent as they come.
    Stream,
    /// A snapshot is on its way; this many heartbeats are left to wait for it.
    Snapshot { patience: u32 },
}

impl Leadership {
    pub(super) fn new(term: Term, term_start: Index) -> Self {
        Self {
            term,
            term_start,
            peers: BTreeMap::new(),
            own_match: 0,
            round: 0,
            inbox: Vec::new(),
            proposals: VecDeque::new(),
            reads: VecDeque::new(),
            will_flush: false,
        }
    }

    /// Who has answered since this was last asked.
    pub(super) fn take_heard(&mut self) -> BTreeSet<NodeId> {
        let heard = |(&peer, progress): (&NodeId, &mut Progress)| {
            std::mem::take(&mut progress.is_heard).then_some(peer)
        };
        self.peers.iter_mut().filter_map(heard).collect()
    }

    /// The last round that a node has answered; the leader itself agrees at once.
    pub(super) fn round_of(&self, node: NodeId) -> u64 {
        self.peers.get(&node).map_or(self.round, |peer| peer.round)
    }

    pub(super) fn match_of(&self, node: NodeId) -> Index {
        self.peers.get(&node).map_or(self.own_match, |peer| peer.matched)
    }
}
