//! The leader that comes back: it asks its followers what it has forgotten.

use super::{
    AntiEntropy, Message, Timer,
    message::{HeldLog, Question},
};
use crate::{
    Context, Fact, Matter, Node as _, NodeId, Note, Request, Then, TimerId, replication::CallId,
};
use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

/// The generation of a leader that knows of no log before its own.
const FIRST_GENERATION: u32 = 1;

/// What a leader that has booted knows before it serves.
#[derive(Debug)]
pub(super) struct Recovery {
    /// Its question: the same in each round, as one answer to it is as good as another.
    call: CallId,
    /// How many followers it asked.
    asked: u32,
    /// Who has not answered.
    silent: BTreeSet<NodeId>,
    /// How many more rounds it waits for them, this one included.
    rounds: u64,
    /// When the round ends.
    round_end: TimerId,
    /// The best log so far, and whose it is.
    best: Option<(NodeId, HeldLog)>,
    /// What followers have asked meanwhile.
    pub(super) questions: BTreeMap<NodeId, Question>,
    /// What clients have asked meanwhile.
    pub(super) requests: Vec<Request>,
}

impl AntiEntropy {
    /// Asks these followers for their logs, `rounds` times at most; serves at once if there are none.
    pub(super) fn recover(
        &mut self,
        followers: BTreeSet<NodeId>,
        rounds: u64,
        ctx: &mut Context<'_, Self>,
    ) {
        if followers.is_empty() {
            self.begin_epoch(FIRST_GENERATION, ctx);
            ctx.announce(Fact::Recovered { entries: 0, heard: 0, asked: 0 });
            return;
        }
        let call = self.calls.next_id();
        for follower in &followers {
            ctx.send(*follower, Message::Pull { call });
        }
        self.recovery = Some(Recovery {
            call,
            asked: u32::try_from(followers.len()).expect("clusters are small"),
            silent: followers,
            rounds,
            round_end: ctx.set_timer(self.sync_interval, Timer::Pull),
            best: None,
            questions: BTreeMap::new(),
            requests: Vec::new(),
        });
    }

    /// A round is over: it asks those that are silent again, or serves without them.
    pub(super) fn pull_again(&mut self, ctx: &mut Context<'_, Self>) {
        let recovery = self.recovery.as_mut().expect("the timer is disarmed when it serves");
        recovery.rounds -= 1;
        if recovery.rounds == 0 {
            self.serve_at_last(ctx);
            return;
        }
        for follower in &recovery.silent {
            ctx.send(*follower, Message::Pull { call: recovery.call });
        }
        recovery.round_end = ctx.set_timer(self.sync_interval, Timer::Pull);
    }

    /// A follower has answered; `None`: it has just booted, and follows no log yet.
    pub(super) fn hear(
        &mut self,
        from: NodeId,
        call: CallId,
        log: Option<HeldLog>,
        ctx: &mut Context<'_, Self>,
    ) {
        // A late answer changes nothing any more: the log is the truth once the leader serves.
        let Some(recovery) = self.recovery.as_mut().filter(|it| it.call == call) else {
            return;
        };
        if !recovery.silent.remove(&from) {
            return;
        }
        if let Some(log) = log {
            let best = recovery.best.take();
            recovery.best = best.into_iter().chain([(from, log)]).max_by_key(worth);
        }
        if recovery.silent.is_empty() {
            ctx.cancel_timer(recovery.round_end);
            self.serve_at_last(ctx);
        }
    }

    /// Takes over the best log that it was told, and serves.
    fn serve_at_last(&mut self, ctx: &mut Context<'_, Self>) {
        let recovery = self.recovery.take().expect("it serves once");
        let Recovery { asked, silent, best, questions, requests, .. } = recovery;
        let generation = best.as_ref().map_or(FIRST_GENERATION, |(_, held)| held.epoch.after());
        self.begin_epoch(generation, ctx);
        if let Some((from, HeldLog { epoch, entries })) = best {
            let upto = entries.len() as u64;
            ctx.note(|| Note::TookOver { from, upto, term: epoch.number(), before: 0 });
            self.replay(0, entries, ctx);
        }
        // Followers get what they lack when they ask, not by a push.
        self.pushed = self.position();
        let heard = asked - u32::try_from(silent.len()).expect("clusters are small");
        ctx.announce(Fact::Recovered { entries: self.position(), heard, asked });
        if !silent.is_empty() {
            let missing = silent.into_iter().collect();
            ctx.note(|| Note::WentOnWithout { on: Matter::Recovery, missing, then: Then::Serves });
        }
        for (follower, question) in questions {
            self.answer_catch_up(follower, question, ctx);
        }
        for request in requests {
            ctx.serve([request.id]);
            self.on_request(request, ctx);
        }
    }
}

/// Later generations are worth more, then longer logs, then those of the first followers.
fn worth((from, held): &(NodeId, HeldLog)) -> (u32, usize, Reverse<NodeId>) {
    (held.epoch.generation, held.entries.len(), Reverse(*from))
}
