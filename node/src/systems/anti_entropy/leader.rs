//! The leader that serves: it writes, pushes, and tells followers what they missed.

use super::{AntiEntropy, Entry, Epoch, Message, Timer, message::Question};
use crate::{Context, Fact, NodeId, Note, Version};
use std::time::Duration;

impl AntiEntropy {
    pub(super) fn write(&mut self, entry: Entry, ctx: &mut Context<'_, Self>) {
        // The push is work of its own, behind the requests already waiting: an
        // answer never waits for a follower.
        if self.pushed == self.position() {
            ctx.set_timer(Duration::ZERO, Timer::Push);
        }
        self.apply(entry, ctx);
    }

    pub(super) fn push(&mut self, ctx: &mut Context<'_, Self>) {
        let epoch = self.epoch.expect("a leader that serves has an epoch");
        for (number, entry) in (self.pushed + 1..).zip(self.after(self.pushed)) {
            ctx.serve([entry.origin]);
            ctx.broadcast(Message::Append { epoch, number, entry: entry.clone() });
        }
        self.pushed = self.position();
    }

    /// Names the log by an epoch of this generation.
    pub(super) fn begin_epoch(&mut self, generation: u32, ctx: &mut Context<'_, Self>) {
        let epoch = Epoch { generation, drawn: ctx.rng().next_u32() };
        ctx.announce(Fact::Epoch { epoch: epoch.number() });
        self.epoch = Some(epoch);
    }

    /// A follower of another epoch gets the whole log: its position means nothing here. One
    /// that asks a leader which does not serve yet is answered when it does.
    pub(super) fn answer_catch_up(
        &mut self,
        follower: NodeId,
        question: Question,
        ctx: &mut Context<'_, Self>,
    ) {
        if let Some(recovery) = &mut self.recovery {
            // Only the latest counts to who asked.
            let latest = recovery.questions.entry(follower).or_insert(question);
            *latest = if question.call > latest.call { question } else { *latest };
            return;
        }
        let Question { call, epoch: theirs, position } = question;
        let own = self.epoch.expect("only the leader is asked");
        let follows = theirs == Some(own);
        if let Some(theirs) = theirs.filter(|it| !follows && it.generation >= own.generation) {
            self.begin_epoch(theirs.generation + 1, ctx);
        }
        let epoch = self.epoch.expect("it had one, or has begun one");
        let after = if follows { position } else { 0 };
        let entries = self.after(after).to_vec();
        ctx.serve(entries.iter().map(|entry| entry.origin));
        for (number, entry) in (after + 1..).zip(&entries) {
            let (key, version) = (entry.key.clone(), Version(number));
            ctx.note(|| Note::Repairs { replica: follower, key, version });
        }
        ctx.send(follower, Message::Replay { call, epoch, after, entries });
    }
}
