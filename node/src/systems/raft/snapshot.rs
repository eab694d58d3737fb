//! Snapshots: the state that stands for a compacted log, and when the log is compacted.

use super::{Core, Ctx, Position, sessions::Sessions};
use crate::{Fact, Key, NodeId, Versioned, canonical};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The state that the entries up to a position have built.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// The last entry it stands for.
    pub position: Position,
    /// Who votes there.
    #[serde(with = "canonical::shared")]
    pub voters: Arc<[NodeId]>,
    /// The store, in key order.
    pub entries: Vec<(Key, Versioned)>,
    pub(super) sessions: Sessions,
}

impl Core {
    /// Takes a snapshot once enough entries have been applied since the last one, and
    /// compacts the log. A part of what it covers stays in memory, so that a
    /// follower that is a little behind still gets entries.
    pub(super) fn compact_when_due(&mut self, ctx: &mut Ctx<'_>) {
        let applied = self.machine.applied;
        let since = applied.saturating_sub(self.snapshot_index());
        if since < self.settings.snapshot_after || !self.durable.may_checkpoint() {
            return;
        }
        let Some(term) = self.log.term_at(applied) else {
            return;
        };
        let position = Position { index: applied, term };
        let voters = self.membership.voters_at(applied);
        let snapshot = Arc::new(self.machine.snapshot(position, voters));
        let tail = self.log.slice(applied + 1, usize::MAX);
        // A disk that will not take the snapshot now may take it after the next entry.
        if self.durable.checkpoint(self.term, self.vote, &snapshot, tail, ctx).is_err() {
            return;
        }
        ctx.announce(Fact::TookSnapshot { index: applied, term });
        self.snapshot = Some(snapshot);
        let kept = self.settings.snapshot_after / 4;
        self.log.compact_to(applied.saturating_sub(kept));
        self.membership.compact_to(self.log.base().index);
    }

    pub(super) fn snapshot_index(&self) -> u64 {
        self.snapshot.as_ref().map_or(0, |snapshot| snapshot.position.index)
    }
}
