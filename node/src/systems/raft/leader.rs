//! The leader's side of replication: proposals, appends, and what is committed.

use super::{
    AppendOutcome, Core, Ctx, Entry, Index, Message, Payload, Position, Standing, Term, Timer,
    durable::Deferred,
    log::Command,
    progress::{Leadership, Pace, Progress},
    read::Asker,
};
use crate::{Answer, DiskError, Matter, NodeId, Note, Refusal, Request, RequestId, StepDown};
use std::{sync::Arc, time::Duration};

/// The most entries in one message.
const MAX_ENTRIES: usize = 128;
/// A snapshot that was not acknowledged within this many heartbeats is sent again.
const SNAPSHOT_PATIENCE_HEARTBEATS: u32 = 8;

impl Core {
    pub(super) fn on_request(&mut self, request: Request, ctx: &mut Ctx<'_>) {
        let is_write = request.operation.kind().is_write();
        let Standing::Leader(leadership) = &mut self.standing else {
            if !is_write {
                return self.on_read_at_follower(request, ctx);
            }
            let leader = self.leader;
            return ctx.reply(request.id, Answer::Refused(Refusal::NotLeader { leader }));
        };
        if !is_write {
            return self.on_read(Asker::Client(request), ctx);
        }
        if let Some(answer) = self.machine.answer_at_once(request.id) {
            return ctx.reply(request.id, answer);
        }
        let RequestId { client, sequence, .. } = request.id;
        let payload = Payload::Command(Command { client, sequence, operation: request.operation });
        leadership.inbox.push((request.id, payload));
        self.flush_soon(ctx);
    }

    /// Leaves the work to a timer that is due at once, so that requests which wait
    /// already share one write, one sync and one message to each follower.
    pub(super) fn flush_soon(&mut self, ctx: &mut Ctx<'_>) {
        if let Standing::Leader(leadership) = &mut self.standing
            && !std::mem::replace(&mut leadership.will_flush, true)
        {
            ctx.set_timer(Duration::ZERO, Timer::Flush);
        }
    }

    pub(super) fn on_flush(&mut self, ctx: &mut Ctx<'_>) {
        let Standing::Leader(leadership) = &mut self.standing else {
            return;
        };
        leadership.will_flush = false;
        let (requests, payloads): (Vec<_>, Vec<_>) = leadership.inbox.drain(..).unzip();
        let asks_anew = self.start_read_round();
        if !payloads.is_empty() && self.append_own(payloads, &requests, ctx).is_err() {
            return;
        }
        for peer in self.peers() {
            self.send_news(peer, asks_anew, ctx);
        }
        self.advance_commit(ctx);
        self.answer_reads(ctx);
    }

    /// Appends to the leader's own log what `requests`, if any, wait for. The leader's copy
    /// counts once it is synced.
    ///
    /// A leader whose disk will not take it steps down: what was half written may be there
    /// after a restart, so in this term nothing else may take its place, and its
    /// client cannot be told that it will not be done.
    pub(super) fn append_own(
        &mut self,
        payloads: Vec<Payload>,
        requests: &[RequestId],
        ctx: &mut Ctx<'_>,
    ) -> Result<Index, DiskError> {
        let term = self.term;
        let first = self.log.last().index + 1;
        let entry = |payload| Entry { term, payload };
        let entries: Vec<_> = payloads.into_iter().map(entry).collect();
        let written = self.durable.append(first, &entries, ctx);
        let proposals = (first..).zip(requests.iter().copied());
        self.expect_leadership().proposals.extend(proposals);
        if let Err(error) = written {
            self.step_down(StepDown::Disk, ctx);
            return Err(error);
        }
        entries.into_iter().for_each(|entry| self.push(entry, ctx));
        self.meet_voters();
        let index = self.log.last().index;
        self.after_sync(Deferred::Matched { term, index }, ctx);
        Ok(index)
    }

    /// The leader's disk has its log up to an index.
    pub(super) fn on_own_match(&mut self, term: Term, index: Index, ctx: &mut Ctx<'_>) {
        if let Standing::Leader(leadership) = &mut self.standing
            && term == self.term
        {
            leadership.own_match = index;
            self.advance_commit(ctx);
            // It may be what they waited for, and where nobody else votes no message follows.
            self.answer_reads(ctx);
        }
    }

    pub(super) fn on_heartbeat(&mut self, term: Term, ctx: &mut Ctx<'_>) {
        let Standing::Leader(leadership) = &mut self.standing else {
            return;
        };
        if term != self.term {
            return;
        }
        for progress in leadership.peers.values_mut() {
            progress.pace = match progress.pace {
                Pace::Snapshot { patience: 0 } => Pace::Probe,
                Pace::Snapshot { patience } => Pace::Snapshot { patience: patience - 1 },
                pace => pace,
            };
        }
        for peer in self.peers() {
            self.send_entries(peer, ctx);
        }
        ctx.set_timer(self.settings.heartbeat, Timer::Heartbeat { term });
    }

    /// Starts to follow the progress of new voters, and forgets former ones.
    pub(super) fn meet_voters(&mut self) {
        let Standing::Leader(leadership) = &mut self.standing else {
            return;
        };
        let next = self.log.last().index + 1;
        let counted = self.membership.counted();
        leadership.peers.retain(|peer, _| counted.contains(peer));
        for peer in counted.iter().copied().filter(|&peer| peer != self.id) {
            leadership.peers.entry(peer).or_insert(Progress {
                next,
                matched: 0,
                pace: Pace::Probe,
                round: 0,
                is_heard: true,
            });
        }
    }

    fn peers(&self) -> Vec<NodeId> {
        match &self.standing {
            Standing::Leader(leadership) => leadership.peers.keys().copied().collect(),
            _ => Vec::new(),
        }
    }

    /// Sends what is new to a follower that keeps up; others get at most a heartbeat.
    fn send_news(&mut self, to: NodeId, asks_anew: bool, ctx: &mut Ctx<'_>) {
        let last = self.log.last().index;
        let Some(progress) = self.expect_leadership().peers.get(&to) else {
            return;
        };
        match progress.pace {
            Pace::Stream if asks_anew || progress.next <= last => self.send_entries(to, ctx),
            Pace::Probe | Pace::Snapshot { .. } if asks_anew => {
                let prev = progress.next - 1;
                self.send_append(to, prev, 0, ctx);
            }
            _ => {}
        }
    }

    /// Sends a follower its next entries, or the snapshot that stands for them. Without
    /// entries this is a heartbeat.
    fn send_entries(&mut self, to: NodeId, ctx: &mut Ctx<'_>) {
        let (base, term) = (self.log.base().index, self.term);
        let leadership = self.expect_leadership();
        let round = leadership.round;
        let Some(progress) = leadership.peers.get_mut(&to) else {
            return;
        };
        let next = progress.next;
        if matches!(progress.pace, Pace::Snapshot { .. }) {
            return self.send_append(to, base, 0, ctx);
        }
        if next > base {
            return self.send_append(to, next - 1, MAX_ENTRIES, ctx);
        }
        progress.pace = Pace::Snapshot { patience: SNAPSHOT_PATIENCE_HEARTBEATS };
        let snapshot = self.snapshot.clone().expect("a compacted log has a snapshot");
        let message = Message::InstallSnapshot { term, round, snapshot };
        ctx.send(to, message);
    }

    /// Sends up to `max` entries behind `prev`, or behind the base if that is later.
    fn send_append(&mut self, to: NodeId, prev: Index, max: usize, ctx: &mut Ctx<'_>) {
        let index = prev.max(self.log.base().index);
        let prev =
            Position { index, term: self.log.term_at(index).expect("the leader has what it sent") };
        let entries = self.log.slice(index + 1, max);
        let reads = self.standing.origins_of_reads();
        ctx.serve(entries.iter().filter_map(Entry::origin).chain(reads));
        let after = index + 1 + entries.len() as u64;
        // Most are heartbeats, which need no room of their own.
        let entries = if entries.is_empty() { Arc::default() } else { entries.into() };
        let (term, commit) = (self.term, self.commit);
        let leadership = self.expect_leadership();
        if let Some(progress) = leadership.peers.get_mut(&to)
            && progress.pace == Pace::Stream
        {
            progress.next = after;
        }
        let message = Message::Append { term, round: leadership.round, prev, entries, commit };
        ctx.send(to, message);
        ctx.serve_event();
    }

    pub(super) fn on_append_reply(
        &mut self,
        from: NodeId,
        round: u64,
        outcome: AppendOutcome,
        ctx: &mut Ctx<'_>,
    ) {
        // Its round, too, was counted in the earlier term: to take it for one of this term would
        // answer reads that nobody has been asked about.
        if outcome == AppendOutcome::Outdated && !self.flaws.old_round_counts {
            return;
        }
        let last = self.log.last().index;
        let Standing::Leader(leadership) = &mut self.standing else {
            return;
        };
        let Some(progress) = leadership.peers.get_mut(&from) else {
            return;
        };
        progress.is_heard = true;
        progress.round = progress.round.max(round);
        match outcome {
            AppendOutcome::Matched(index) if index >= progress.matched => {
                let is_news = index > progress.matched;
                progress.matched = index;
                progress.next = progress.next.max(index + 1);
                if let Pace::Probe = progress.pace {
                    progress.next = index + 1;
                }
                progress.pace = Pace::Stream;
                let lacks_entries = progress.next <= last;
                if is_news {
                    self.advance_commit(ctx);
                }
                if lacks_entries && self.is_leader() {
                    self.send_entries(from, ctx);
                }
            }
            AppendOutcome::Conflict { prev, term, first } => {
                self.back_up(from, prev, term, first, ctx);
            }
            AppendOutcome::Matched(_) | AppendOutcome::Outdated => {}
        }
        self.answer_reads(ctx);
    }

    /// Goes back to where a follower's log may agree, by whole terms (thesis, 3.5).
    fn back_up(
        &mut self,
        from: NodeId,
        prev: Index,
        term: Option<Term>,
        first: Index,
        ctx: &mut Ctx<'_>,
    ) {
        let agreed = term.and_then(|term| self.log.last_of_term(term));
        let Some(progress) = self.expect_leadership().peers.get_mut(&from) else {
            return;
        };
        // Answers to what was sent before the last step back say nothing new.
        let is_current = match progress.pace {
            Pace::Probe => prev + 1 == progress.next,
            Pace::Stream => prev > progress.matched,
            Pace::Snapshot { .. } => false,
        };
        if !is_current {
            return;
        }
        let next = agreed.map_or(first, |index| index + 1).min(prev);
        progress.next = next.max(progress.matched + 1);
        progress.pace = Pace::Probe;
        self.send_entries(from, ctx);
    }

    /// Commits what a majority has on its disks. Entries of earlier terms are
    /// committed only along with one of this term: copies of theirs alone may yet be
    /// overwritten (the paper's figure 8).
    pub(super) fn advance_commit(&mut self, ctx: &mut Ctx<'_>) {
        if let Standing::Leader(leadership) = &self.standing {
            let index = self.membership.reached_by_majority(|node| leadership.match_of(node));
            let is_of_this_term = self.log.term_at(index) == Some(self.term);
            if index > self.commit && (is_of_this_term || self.flaws.commit_old_term) {
                let first = self.commit + 1;
                self.commit = index;
                let committed = self.log.slice(first, (index + 1 - first) as usize);
                ctx.serve(committed.iter().filter_map(Entry::origin));
                ctx.note(|| Note::Agreed {
                    on: Matter::Log { index, term: self.log.term_at(index).unwrap_or_default() },
                    by: self.membership.voters_who(|node| leadership.match_of(node) >= index),
                    needed: self.membership.majority(),
                });
                ctx.serve_event();
            }
        }
        self.apply_ready(ctx);
        let removed_at = self.membership.changed_at();
        if self.is_leader() && !self.membership.is_voter(self.id) && self.commit >= removed_at {
            self.step_down(StepDown::Removed, ctx);
        }
    }

    /// Answers the client whose write is at an index, if this leader took it.
    pub(super) fn answer_proposal(&mut self, index: Index, answer: Answer, ctx: &mut Ctx<'_>) {
        if let Standing::Leader(leadership) = &mut self.standing
            && leadership.proposals.front().is_some_and(|front| front.0 == index)
            && let Some((_, request)) = leadership.proposals.pop_front()
        {
            ctx.reply(request, answer);
        }
    }

    pub(super) fn expect_leadership(&mut self) -> &mut Leadership {
        match &mut self.standing {
            Standing::Leader(leadership) => leadership,
            other => unreachable!("only a leader does this, not a {:?}", other.role()),
        }
    }
}
