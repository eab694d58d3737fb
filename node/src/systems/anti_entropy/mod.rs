//! `anti-entropy`: `async-leader` with a log that followers replay.
//!
//! # Guarantees
//!
//! While the leader does not restart: a follower's state is always the leader's
//! state of some moment before, never one with holes or in another order. Once
//! nothing fails any more, every follower has caught up after at most a sync
//! interval and a round trip, whatever was lost, doubled, reordered or crashed
//! among the followers. An acknowledged write is safe only once a follower has it.
//!
//! # Protocol
//!
//! The leader is configured. It gives each write the next number of its log,
//! applies it, answers at once, and then pushes the entry to every follower
//! (`append`), as work of its own. A follower applies the entry that follows the
//! last one it has. If an entry is missing before, if it has just booted, and every
//! 500 ms anyway, it asks the leader what it missed (`catch-up`), and applies the
//! answer (`replay`). Deletes are entries like any other. Anyone answers reads from
//! memory; a follower refuses writes and says who leads.
//!
//! Log and position live in memory. A leader that restarts is empty, and starts a
//! new *epoch*: a number drawn at boot that names its log. A follower that hears of
//! an epoch other than its own asks; if the answer to its latest question is of
//! another epoch, the follower drops all it holds and replays the new log from the
//! start. The leader's log is the truth, even when it has forgotten everything:
//! replicas agree again, on less.
//!
//! # Fault model
//!
//! Followers may crash and come back; links may lose, double and reorder messages
//! and be cut for a while. The leader is not to fail. Nothing is on the disk.
//!
//! # Known anomalies
//!
//! - *Acknowledged write lost*: what no follower had dies with the leader; and when
//!   the leader restarts, what the followers had is dropped too.
//! - *No writes* while the leader is down: there is no election.
//! - *Stale reads* from followers, as old as the push is late, or after a loss as
//!   old as the sync interval; from a follower that has just booted, nothing.
//!
//! # Caveats
//!
//! This is the piece that the ghost-data report misses: its ghost data heals here. The log is
//! never cut, so it grows with every write, and a follower that boots replays
//! all of it in one message. A key's version is the number of its entry in the log.

mod message;

pub use message::{Entry, Epoch, Message, Timer};

use super::Settings;
use crate::{
    Announces, Answer, Carried, Config, Context, Dropped, Fact, Key, MemoryStore, Node, NodeId,
    Note, Operation, OperationKind, Refusal, Remedy, Request, Role, Setting, Store, SystemInfo,
    Version, Versioned,
    replication::{CallId, Calls},
    systems::SettingInfo,
};
use std::{collections::BTreeMap, time::Duration};

/// A node of the `anti-entropy` system.
#[derive(Debug)]
pub struct AntiEntropy {
    leader: NodeId,
    role: Role,
    store: MemoryStore,
    /// The leader's own; a follower's is that of the log it has replayed, `None` before the first.
    epoch: Option<Epoch>,
    /// The leader's entries, the first one first. Empty at followers.
    log: Vec<Entry>,
    /// The number of the last entry that was applied here.
    position: u64,
    /// The number of the last entry that was pushed.
    pushed: u64,
    /// How long a follower waits before it asks again.
    sync_interval: Duration,
    /// Names a follower's questions.
    calls: Calls,
    /// A follower's latest question.
    asked: Option<CallId>,
}

impl Node for AntiEntropy {
    type Message = Message;
    type Timer = Timer;

    const INFO: SystemInfo = SystemInfo {
        name: "anti-entropy",
        summary: "async-leader with a log: a follower that missed something asks for it and replays it",
        source: "ghost-data report (the missing piece)",
        operations: &[OperationKind::Put, OperationKind::Get, OperationKind::Delete],
        flaws: &[],
        settings: &[SettingInfo {
            name: "sync-interval",
            summary: "how long a follower waits before it asks again what it missed, above 0",
            default: || Setting::Duration(Duration::from_millis(500)),
        }],
        remedies: &[
            Remedy::CatchUp,
            Remedy::CompareVersions,
            Remedy::Tombstones,
            Remedy::VersionTravels,
            Remedy::AgreedPlacement,
        ],
        deduplicates: false,
        has_leader: true,
        announces: Announces::Nothing,
        membership: false,
        deals_keys: false,
        min_nodes: 1,
    };

    fn check_settings(_nodes: usize, settings: &BTreeMap<String, Setting>) -> Result<(), String> {
        Settings::new(&Self::INFO, settings)
            .check_not_zero("sync-interval", "a follower would ask without end")
    }

    fn boot(config: &Config, ctx: &mut Context<'_, Self>) -> Self {
        let leads = config.id == config.leader;
        let mut node = Self {
            leader: config.leader,
            role: if leads { Role::Leader } else { Role::Follower },
            store: MemoryStore::default(),
            epoch: leads.then(|| Epoch(ctx.rng().next_u32())),
            log: Vec::new(),
            position: 0,
            pushed: 0,
            sync_interval: Settings::new(&Self::INFO, &config.settings).duration("sync-interval"),
            calls: Calls::new(ctx.rng()),
            asked: None,
        };
        if let Some(epoch) = node.epoch {
            ctx.announce(Fact::Epoch { epoch: u64::from(epoch.0) });
        }
        if !leads {
            node.ask(ctx);
            ctx.set_timer(node.sync_interval, Timer::Sync);
        }
        node
    }

    fn on_request(&mut self, request: Request, ctx: &mut Context<'_, Self>) {
        let leads = self.role == Role::Leader;
        let origin = request.id.into();
        let answer = match request.operation {
            Operation::Get { key } => Answer::Value(self.store.get(&key)),
            Operation::Put { key, value } if leads => {
                let value = Some(value);
                self.write(Entry { key, value, origin }, ctx);
                Answer::Written { version: Version(self.position), previous: None }
            }
            Operation::Delete { key } if leads => {
                let existed = self.store.get(&key).is_some();
                self.write(Entry { key, value: None, origin }, ctx);
                Answer::Deleted { existed }
            }
            Operation::Put { .. } | Operation::Delete { .. } => {
                Answer::Refused(Refusal::NotLeader { leader: Some(self.leader) })
            }
            Operation::ListKeys | Operation::CompareAndSet { .. } => {
                Answer::Refused(Refusal::Unsupported)
            }
        };
        ctx.reply(request.id, answer);
    }

    fn on_message(&mut self, from: NodeId, message: Message, ctx: &mut Context<'_, Self>) {
        match message {
            Message::Append { epoch, number, entry } => self.append(epoch, number, entry, ctx),
            Message::CatchUp { call, epoch, position } => {
                self.answer_catch_up(from, call, epoch, position, ctx);
            }
            Message::Replay { call, epoch, after, entries } => {
                if self.expects(from, call, epoch, after, &entries, ctx) {
                    self.replay(after, entries, ctx);
                }
            }
        }
    }

    fn on_timer(&mut self, timer: Timer, ctx: &mut Context<'_, Self>) {
        match timer {
            Timer::Push => self.push(ctx),
            Timer::Sync => {
                self.ask(ctx);
                ctx.set_timer(self.sync_interval, Timer::Sync);
            }
        }
    }

    fn carries(message: &Message) -> Vec<Carried> {
        message.carries()
    }

    fn role(&self) -> Role {
        self.role
    }

    fn entries(&self) -> Vec<(Key, Versioned)> {
        self.store.entries()
    }
}

/// What both do.
impl AntiEntropy {
    /// Applies the entry that follows the last one applied.
    fn apply(&mut self, entry: Entry, ctx: &mut Context<'_, Self>) {
        self.position += 1;
        let Entry { key, value, .. } = entry;
        let version = Version(self.position);
        match value {
            Some(value) => ctx.apply(self.store.put(key, Versioned { value, version })),
            None if self.store.get(&key).is_some() => {
                ctx.apply(self.store.remove(&key, version));
            }
            None => {}
        }
    }
}

/// The leader.
impl AntiEntropy {
    fn write(&mut self, entry: Entry, ctx: &mut Context<'_, Self>) {
        // The push is work of its own, behind the requests already waiting: an
        // answer never waits for a follower.
        if self.pushed == self.position {
            ctx.set_timer(Duration::ZERO, Timer::Push);
        }
        self.log.push(entry.clone());
        self.apply(entry, ctx);
    }

    fn push(&mut self, ctx: &mut Context<'_, Self>) {
        let epoch = self.epoch.expect("a leader has an epoch");
        for number in self.pushed + 1..=self.position {
            let entry = self.after(number - 1)[0].clone();
            ctx.serve([entry.origin]);
            ctx.broadcast(Message::Append { epoch, number, entry });
        }
        self.pushed = self.position;
    }

    /// A follower of another epoch gets the whole log: its position means nothing here.
    fn answer_catch_up(
        &self,
        follower: NodeId,
        call: CallId,
        follower_epoch: Option<Epoch>,
        position: u64,
        ctx: &mut Context<'_, Self>,
    ) {
        let epoch = self.epoch.expect("only the leader is asked");
        let after = if follower_epoch == self.epoch { position } else { 0 };
        let entries = self.after(after).to_vec();
        ctx.serve(entries.iter().map(|entry| entry.origin));
        for (number, entry) in (after + 1..).zip(&entries) {
            let (key, version) = (entry.key.clone(), Version(number));
            ctx.note(|| Note::Repairs { replica: follower, key, version });
        }
        let replay = Message::Replay { call, epoch, after, entries };
        ctx.send(follower, replay);
    }

    fn after(&self, number: u64) -> &[Entry] {
        let start = usize::try_from(number).expect("the log fits in memory");
        &self.log[start..]
    }
}

/// A follower.
impl AntiEntropy {
    fn ask(&mut self, ctx: &mut Context<'_, Self>) {
        let call = self.calls.next_id();
        self.asked = Some(call);
        let question = Message::CatchUp { call, epoch: self.epoch, position: self.position };
        ctx.send(self.leader, question);
    }

    fn append(&mut self, epoch: Epoch, number: u64, entry: Entry, ctx: &mut Context<'_, Self>) {
        let known = self.epoch == Some(epoch);
        if known && number == self.position + 1 {
            self.apply(entry, ctx);
        } else if (!known || number > self.position) && self.asked.is_none() {
            // Something is missing. While a question is open, its answer brings it,
            // or the next one does, which the timer asks.
            self.ask(ctx);
        }
    }

    /// Whether a replay is of the log that is followed, or of one to be followed from now on.
    fn expects(
        &mut self,
        from: NodeId,
        call: CallId,
        epoch: Epoch,
        after: u64,
        entries: &[Entry],
        ctx: &mut Context<'_, Self>,
    ) -> bool {
        let latest = self.asked == Some(call);
        if latest {
            self.asked = None;
        }
        if self.epoch != Some(epoch) {
            // An old answer may come from a leader that is gone.
            if !latest {
                let own = self.epoch.map_or(0, |own| u64::from(own.0));
                let theirs = u64::from(epoch.0);
                ctx.note(|| Note::Outdated { from, theirs, own });
                ctx.announce(Fact::Dropped { what: Dropped::OutdatedMessages, count: 1 });
                return false;
            }
            let (upto, before) = (after + entries.len() as u64, self.store.entries().len() as u64);
            ctx.note(|| Note::TookOver { from, upto, term: u64::from(epoch.0), before });
            self.start_over(epoch, ctx);
        }
        true
    }

    fn replay(&mut self, after: u64, entries: Vec<Entry>, ctx: &mut Context<'_, Self>) {
        if after > self.position {
            return;
        }
        // What was pushed while the answer was under way comes twice.
        let known = usize::try_from(self.position - after).expect("the log fits in memory");
        for entry in entries.into_iter().skip(known) {
            ctx.serve([entry.origin]);
            self.apply(entry, ctx);
        }
    }

    fn start_over(&mut self, epoch: Epoch, ctx: &mut Context<'_, Self>) {
        ctx.announce(Fact::Epoch { epoch: u64::from(epoch.0) });
        let dropped = self.store.entries();
        if !dropped.is_empty() {
            let count = dropped.len() as u64;
            ctx.announce(Fact::Dropped { what: Dropped::EarlierEpoch, count });
        }
        self.epoch = Some(epoch);
        self.position = 0;
        for (key, held) in dropped {
            ctx.apply(self.store.remove(&key, held.version));
        }
    }
}
