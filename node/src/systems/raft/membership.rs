//! Who votes: single-server changes, in force as soon as they are in the log.
//!
//! Two voter lists that differ in one node have no disjoint majorities, so one
//! change at a time needs no joint phase (Ongaro's thesis, 4.2). A change
//! waits until the one before it is committed and until the leader has committed
//! an entry of its own term; without the latter, two leaders could each change
//! a list that the other does not know.
//!
//! A node that has been removed goes on standing for election until it knows that its removal
//! is committed (4.2.2): its log may be longer than all others, so that nobody else can win. Then it
//! leads without counting itself, commits its removal, and steps down.

use super::{Core, Ctx, Flaws, Index, Payload, Raft, Standing, State};
use crate::{MembershipChange, NodeId, Uptake};
use serde::{Deserialize, Serialize};
use std::{borrow::Cow, collections::BTreeSet, fmt, sync::Arc};

/// Why a membership change was not begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MembershipRefusal {
    /// Only the leader begins changes.
    NotLeader,
    /// The change before it, or the leader's first entry, is not committed yet.
    NotYet,
    /// The node is a voter already, or was none, or is the last one.
    Pointless,
    /// The leader's disk would not take it.
    Disk,
}

impl fmt::Display for MembershipRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotLeader => "only the leader changes the membership",
            Self::NotYet => "an earlier entry has to be committed first",
            Self::Pointless => "the change would change nothing, or leave nobody",
            Self::Disk => "the disk did not take the change",
        })
    }
}

/// The voters over time; a truncated log takes its changes back.
#[derive(Debug)]
pub(super) struct Membership {
    /// From which index on which nodes vote, oldest first; never empty.
    history: Vec<(Index, Arc<[NodeId]>)>,
    /// The flaw `removed-voter-counts`.
    former_count: bool,
}

impl Membership {
    pub(super) fn new(from: Index, voters: Arc<[NodeId]>, flaws: Flaws) -> Self {
        Self { history: vec![(from, voters)], former_count: flaws.removed_voter_counts }
    }

    pub(super) fn voters(&self) -> &Arc<[NodeId]> {
        &self.latest().1
    }

    /// The voters as of an index.
    pub(super) fn voters_at(&self, index: Index) -> Arc<[NodeId]> {
        let after = self.history.partition_point(|&(from, _)| from <= index);
        self.history[after.max(1) - 1].1.clone()
    }

    /// Where the latest change is in the log.
    pub(super) fn changed_at(&self) -> Index {
        self.latest().0
    }

    pub(super) fn note(&mut self, index: Index, payload: &Payload) {
        if let Payload::Voters(voters) = payload {
            self.history.push((index, voters.clone()));
        }
    }

    pub(super) fn truncate_from(&mut self, index: Index) {
        let kept = self.history.partition_point(|&(from, _)| from < index);
        self.history.truncate(kept.max(1));
    }

    /// Forgets what was in force only before an index.
    pub(super) fn compact_to(&mut self, index: Index) {
        let after = self.history.partition_point(|&(from, _)| from <= index);
        self.history.drain(..after.max(1) - 1);
    }

    pub(super) fn is_voter(&self, node: NodeId) -> bool {
        self.voters().contains(&node)
    }

    /// Whether a node votes now, or did before a change that may yet be undone.
    pub(super) fn may_lead(&self, node: NodeId, commit: Index) -> bool {
        let before = self.history.len().checked_sub(2).map(|before| &self.history[before].1);
        let was_voter = before.is_some_and(|voters| voters.contains(&node));
        self.is_voter(node) || was_voter && commit < self.changed_at()
    }

    /// The nodes whose word counts, in order: the voters.
    pub(super) fn counted(&self) -> Cow<'_, [NodeId]> {
        if !self.former_count {
            return Cow::Borrowed(self.voters());
        }
        let ever = self.history.iter().flat_map(|(_, voters)| voters.iter().copied());
        let ever: BTreeSet<NodeId> = ever.collect();
        Cow::Owned(ever.into_iter().collect())
    }

    pub(super) fn is_majority(&self, mut agrees: impl FnMut(NodeId) -> bool) -> bool {
        let agreeing = self.counted().iter().filter(|&&voter| agrees(voter)).count();
        agreeing >= self.majority() as usize
    }

    /// The nodes whose word counts and of whom something is true, in order.
    pub(super) fn voters_who(&self, is_so: impl Fn(NodeId) -> bool) -> Vec<NodeId> {
        self.counted().iter().copied().filter(|&voter| is_so(voter)).collect()
    }

    /// How many voters are more than half of them.
    pub(super) fn majority(&self) -> u32 {
        let majority = self.voters().len() / 2 + 1;
        u32::try_from(majority).expect("a cluster has fewer than 2^32 nodes")
    }

    /// The greatest value that a majority of the voters has reached.
    pub(super) fn reached_by_majority(&self, value_of: impl Fn(NodeId) -> u64) -> u64 {
        let mut values: Vec<_> = self.counted().iter().copied().map(value_of).collect();
        values.sort_unstable_by(|a, b| b.cmp(a));
        values[self.majority() as usize - 1]
    }

    fn latest(&self) -> &(Index, Arc<[NodeId]>) {
        self.history.last().expect("the first voters are kept")
    }
}

impl Raft {
    /// Does what [`Node::on_membership`](crate::Node::on_membership) promises.
    pub(super) fn take_up(&mut self, change: MembershipChange, ctx: &mut Ctx<'_>) -> Uptake {
        let State::Serving(core) = &mut self.state else {
            return Uptake::NotNow;
        };
        match core.change_membership(change, ctx) {
            Ok(_) => Uptake::Taken,
            Err(MembershipRefusal::Pointless) => Uptake::Pointless,
            Err(_) => Uptake::NotNow,
        }
    }
}

impl Core {
    /// Begins to add or remove a voter, if this node leads and no other change is under way.
    pub(super) fn change_membership(
        &mut self,
        change: MembershipChange,
        ctx: &mut Ctx<'_>,
    ) -> Result<Index, MembershipRefusal> {
        let Standing::Leader(leadership) = &self.standing else {
            return Err(MembershipRefusal::NotLeader);
        };
        let settled = self.membership.changed_at().max(leadership.term_start);
        if self.commit < settled {
            return Err(MembershipRefusal::NotYet);
        }
        let mut voters = self.membership.voters().to_vec();
        match change {
            MembershipChange::Add(node) if !voters.contains(&node) => voters.push(node),
            MembershipChange::Remove(node) if voters.contains(&node) && voters.len() > 1 => {
                voters.retain(|&voter| voter != node);
            }
            _ => return Err(MembershipRefusal::Pointless),
        }
        voters.sort_unstable();
        let index = self
            .append_own(vec![Payload::Voters(voters.into())], &[], ctx)
            .map_err(|_| MembershipRefusal::Disk)?;
        self.flush_soon(ctx);
        Ok(index)
    }
}
