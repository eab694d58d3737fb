//! The follower's side of replication.

use super::{AppendOutcome, Core, Ctx, Entry, Index, Message, Position, Snapshot, Term};
use crate::{Dropped, Fact, NodeId, Note};
use std::sync::Arc;

impl Core {
    /// Takes entries from the leader of the present term.
    pub(super) fn on_append(
        &mut self,
        from: NodeId,
        round: u64,
        prev: Position,
        entries: &[Entry],
        commit: Index,
        ctx: &mut Ctx<'_>,
    ) {
        // What the snapshot covers is committed, so it agrees.
        let covered = self.log.base().index.saturating_sub(prev.index);
        let matched = prev.index + entries.len() as u64;
        if covered == 0
            && let Some(conflict) = self.conflict_at(prev)
        {
            return self.reply_to_leader(from, round, conflict, ctx);
        }
        let skipped = entries.len().min(covered as usize);
        let first = prev.index + 1 + skipped as u64;
        if self.take_entries(first, &entries[skipped..], ctx) {
            self.commit = self.commit.max(commit.min(matched));
            self.apply_ready(ctx);
            self.reply_to_leader(from, round, AppendOutcome::Matched(matched), ctx);
        }
    }

    /// How the log here disagrees with there being an entry at `prev`, if it does.
    fn conflict_at(&self, prev: Position) -> Option<AppendOutcome> {
        let term = self.log.term_at(prev.index);
        if term == Some(prev.term) {
            return None;
        }
        let first = match term {
            Some(_) => self.log.first_of_term_at(prev.index),
            None => self.log.last().index + 1,
        };
        Some(AppendOutcome::Conflict { prev: prev.index, term, first })
    }

    /// Makes the log agree with entries whose predecessor it has. What agrees already
    /// stays, and so does what follows it: the message may be an old one.
    /// False if the disk would not take them.
    fn take_entries(&mut self, first: Index, entries: &[Entry], ctx: &mut Ctx<'_>) -> bool {
        let agrees =
            |(index, entry): &(Index, &Entry)| self.log.term_at(*index) == Some(entry.term);
        let held = (first..).zip(entries).take_while(agrees).count();
        let (first, entries) = (first + held as u64, &entries[held..]);
        if entries.is_empty() {
            return true;
        }
        if self.durable.append(first, entries, ctx).is_err() {
            return false;
        }
        let last = self.log.last().index;
        if first <= last {
            let (what, count) = (Dropped::OverwrittenEntries, last + 1 - first);
            ctx.announce(Fact::Dropped { what, count });
            for (index, entry) in (first..).zip(self.log.slice(first, usize::MAX)) {
                ctx.serve(entry.origin());
                ctx.note(|| Note::Overwritten {
                    index,
                    term: entry.term,
                    key: entry.key().cloned(),
                });
            }
            ctx.serve_event();
            self.truncate_from(first);
        }
        entries.iter().for_each(|entry| self.push(entry.clone(), ctx));
        true
    }

    /// Replaces log and state by a snapshot, unless they are further already. Entries behind
    /// the snapshot stay if they continue it.
    pub(super) fn on_install_snapshot(
        &mut self,
        from: NodeId,
        round: u64,
        snapshot: Arc<Snapshot>,
        ctx: &mut Ctx<'_>,
    ) {
        let position = snapshot.position;
        if position.index > self.commit {
            let before = if ctx.explains() { self.machine.entries().len() as u64 } else { 0 };
            let (upto, term) = (position.index, position.term);
            if !self.install(snapshot, ctx) {
                return;
            }
            ctx.note(|| Note::TookOver { from, upto, term, before });
        }
        self.reply_to_leader(from, round, AppendOutcome::Matched(position.index), ctx);
    }

    fn install(&mut self, snapshot: Arc<Snapshot>, ctx: &mut Ctx<'_>) -> bool {
        let position = snapshot.position;
        let continues = self.log.term_at(position.index) == Some(position.term);
        let tail = match continues {
            true => self.log.slice(position.index + 1, usize::MAX).to_vec(),
            false => Vec::new(),
        };
        if !self.durable.may_checkpoint()
            || self.durable.checkpoint(self.term, self.vote, &snapshot, &tail, ctx).is_err()
        {
            return false;
        }
        for change in self.machine.restore(&snapshot) {
            ctx.apply(change);
        }
        let voters = snapshot.voters.clone();
        self.membership = super::Membership::new(position.index, voters, self.flaws);
        for (index, entry) in (position.index + 1..).zip(&tail) {
            self.membership.note(index, &entry.payload);
        }
        self.log = super::Log::new(position, tail);
        self.commit = position.index;
        self.snapshot = Some(snapshot);
        ctx.announce(Fact::InstalledSnapshot { index: position.index, term: position.term });
        self.answer_follower_reads(ctx);
        true
    }

    /// Tells the sender of an outdated append which term it is.
    pub(super) fn refuse_outdated(
        &mut self,
        from: NodeId,
        term: Term,
        round: u64,
        ctx: &mut Ctx<'_>,
    ) {
        ctx.note(|| Note::Outdated { from, theirs: term, own: self.term });
        ctx.announce(Fact::Dropped { what: Dropped::OutdatedMessages, count: 1 });
        self.reply_to_leader(from, round, AppendOutcome::Outdated, ctx);
    }

    fn reply_to_leader(
        &mut self,
        to: NodeId,
        round: u64,
        outcome: AppendOutcome,
        ctx: &mut Ctx<'_>,
    ) {
        let message = Message::AppendReply { term: self.term, round, outcome };
        self.send_after_sync(to, message, ctx);
    }
}
