//! The follower: it applies what is pushed, asks for what it missed, and tells what it holds.

use super::{
    AntiEntropy, Entry, Epoch, Message,
    message::{HeldLog, Question},
};
use crate::{
    Context, Dropped, Fact, Key, NodeId, Note, Store, Version, Versioned, replication::CallId,
};
use std::collections::BTreeMap;

impl AntiEntropy {
    pub(super) fn ask(&mut self, ctx: &mut Context<'_, Self>) {
        let call = self.calls.next_id();
        self.asked = Some(call);
        let question = Question { call, epoch: self.epoch, position: self.position() };
        ctx.send(self.leader, Message::CatchUp(question));
    }

    pub(super) fn append(
        &mut self,
        epoch: Epoch,
        number: u64,
        entry: Entry,
        ctx: &mut Context<'_, Self>,
    ) {
        let known = self.epoch == Some(epoch) && !self.has_told;
        if known && number == self.position() + 1 {
            self.apply(entry, ctx);
        } else if (!known || number > self.position()) && self.asked.is_none() {
            // Something is missing. While a question is open, its answer brings it,
            // or the next one does, which the timer asks.
            self.ask(ctx);
        }
    }

    /// Whether this answers its latest question, which is then open no longer.
    pub(super) fn settle(&mut self, call: CallId) -> bool {
        let latest = self.asked == Some(call);
        if latest {
            self.asked = None;
        }
        latest
    }

    /// Applies what follows in the log that it follows already.
    pub(super) fn replay(&mut self, after: u64, entries: Vec<Entry>, ctx: &mut Context<'_, Self>) {
        let Some(known) = self.position().checked_sub(after) else {
            return;
        };
        // What was pushed while the answer was under way comes twice.
        let known = usize::try_from(known).expect("the log fits in memory");
        for entry in entries.into_iter().skip(known) {
            ctx.serve([entry.origin]);
            self.apply(entry, ctx);
        }
    }

    /// Goes over to a log of another epoch, the whole of which is here.
    pub(super) fn take_over(
        &mut self,
        from: NodeId,
        epoch: Epoch,
        entries: Vec<Entry>,
        ctx: &mut Context<'_, Self>,
    ) {
        let pairs = self.log.iter().zip(&entries);
        let common = pairs.take_while(|(own, theirs)| own == theirs).count();
        // Where the log goes on under another name, nothing gives way to anything.
        if common < self.log.len() || self.log.is_empty() {
            let (upto, before) = (entries.len() as u64, self.store.entries().len() as u64);
            ctx.note(|| Note::TookOver { from, upto, term: epoch.number(), before });
        }
        ctx.announce(Fact::Epoch { epoch: epoch.number() });
        self.drop_after(common, ctx);
        self.epoch = Some(epoch);
        self.has_told = false;
        self.replay(0, entries, ctx);
    }

    /// An old answer may come from a leader that is gone.
    pub(super) fn refuse_outdated(&self, from: NodeId, epoch: Epoch, ctx: &mut Context<'_, Self>) {
        let own = self.epoch.map_or(0, Epoch::number);
        ctx.note(|| Note::Outdated { from, theirs: epoch.number(), own });
        ctx.announce(Fact::Dropped { what: Dropped::OutdatedMessages, count: 1 });
    }

    /// Tells the leader what it holds, and asks anew: what it has asked before, a leader that is
    /// gone may have answered.
    pub(super) fn answer_pull(
        &mut self,
        leader: NodeId,
        call: CallId,
        ctx: &mut Context<'_, Self>,
    ) {
        self.has_told = true;
        let log = self.epoch.map(|epoch| HeldLog { epoch, entries: self.log.clone() });
        ctx.serve(self.log.iter().map(|entry| entry.origin));
        let asks = self.calls.next_id();
        self.asked = Some(asks);
        ctx.send(leader, Message::Held { call, log, asks });
    }

    /// Goes back to the first entries of its log: what came after them is in no log any more.
    fn drop_after(&mut self, count: usize, ctx: &mut Context<'_, Self>) {
        let dropped = self.log.split_off(count);
        if dropped.is_empty() {
            return;
        }
        // What the rest of the log says of the keys that it wrote.
        let mut before: BTreeMap<Key, Option<Versioned>> =
            dropped.into_iter().map(|entry| (entry.key, None)).collect();
        for (number, entry) in (1..).zip(&self.log) {
            if let Some(held) = before.get_mut(&entry.key) {
                let version = Version(number);
                *held = entry.value.clone().map(|value| Versioned { value, version });
            }
        }
        let count = before.len() as u64;
        ctx.announce(Fact::Dropped { what: Dropped::EarlierEpoch, count });
        for (key, held) in before {
            match (held, self.store.get(&key)) {
                (Some(held), _) => ctx.apply(self.store.put(key, held)),
                (None, Some(now)) => ctx.apply(self.store.remove(&key, now.version)),
                (None, None) => {}
            }
        }
    }
}
