//! `anti-entropy`: `async-leader` with a log that whoever comes back replays.
//!
//! # Guarantees
//!
//! A follower's state is always the leader's state of some moment before, never one
//! with holes or in another order. Once nothing fails any more, every follower has
//! caught up after at most a sync interval and a round trip, whatever was lost, doubled,
//! reordered or crashed among the followers. An acknowledged write is safe once a
//! follower has it, for as long as a follower that has it is up whenever the leader
//! boots, and answers it within its rounds of asking (but see *forked logs*). No more than
//! that: the leader answers before anybody else has a write.
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
//! Logs live in memory, so a leader that boots is empty: who comes back asks. It asks
//! every follower for its log (`pull`, answered by `held`), and lets reads and writes wait
//! until all have answered, or until it has asked four times, 500 ms apart. Then it
//! takes over the best of the logs it was told, and serves, those that waited first. If nobody
//! answered, it serves with nothing. A follower that tells what it holds asks
//! what it missed, too, and until it is answered takes nothing more of its log that may be under way. Either way it says how many it heard (`Fact::Recovered`)
//! and, to the trace, whom it did not.
//!
//! Which log is best, epochs tell. An *epoch* names the log of one incarnation of the
//! leader: a generation, which is one more than that of the log taken over, and a number
//! drawn at random, which tells apart two of one generation. The later generation is best,
//! for its leader has taken over the log of the earlier ones, or has acknowledged writes without it;
//! then the longer log, as a shorter one of the same epoch is its beginning; then that of
//! the first follower. A follower that has just booted has no epoch: it answers, and
//! holds nothing that could be wrong or right.
//!
//! A follower that hears of an epoch other than its own asks; if the answer to its
//! latest question is of another epoch, it keeps what the two logs have in common from their start, drops
//! the rest, says so, and replays what follows. A leader that is asked by a follower of
//! a generation that is not before its own, one that it did not hear in time, begins another
//! epoch after it, with the same log, so that what it acknowledges stays the latest. Once
//! it serves, the leader's log is the truth.
//!
//! # Fault model
//!
//! Nodes may crash and come back; links may lose, double and reorder messages
//! and be cut for a while. One node at a time is to be down or unheard, and it has to
//! have caught up before the next one is. Nothing is on the disk.
//!
//! # Known anomalies
//!
//! - *Acknowledged write lost*: what no follower had dies with the leader; so does what
//!   only followers had that were down or silent while it asked; and everything, if all
//!   were down at once. Replicas agree again, on less.
//! - *Forked logs*: where leaders crash before the followers they have in common hear of them, two
//!   logs may bear one generation. The longer one stays, whichever was later.
//! - *No writes* while the leader is down: there is no election. While it asks, up to 2 s, it
//!   answers neither writes nor reads.
//! - *Stale reads* from followers, as old as the push is late, or after a loss as
//!   old as the sync interval; from a follower that has just booted, nothing.
//! - With the flaw `empty-leader-rules` a leader that boots serves at once, on an empty log of a new
//!   epoch: what followers had is dropped, too.
//!
//! # Caveats
//!
//! This is the piece that the ghost-data report misses: its ghost data heals here. The log is
//! never cut, so it grows with every write on every node, and whoever boots is told all
//! of it in one message. A key's version is the number of its entry in the log. A leader
//! that waits longer for a follower that is down would lose less and stand still longer: it
//! cannot know whether one that is silent has more than those that answered.

mod follower;
#[cfg(test)]
mod golden;
mod leader;
mod message;
mod recovery;

pub use message::{Entry, Epoch, Message, Timer};

use super::{FlawInfo, Settings};
use crate::{
    Announces, Answer, Carried, Config, Context, Key, MemoryStore, Node, NodeId, Operation,
    OperationKind, Refusal, Remedy, Request, Role, Setting, Store, SystemInfo, Version, Versioned,
    replication::{CallId, Calls},
    systems::SettingInfo,
};
use message::Question;
use recovery::Recovery;
use std::{collections::BTreeMap, time::Duration};

/// A node of the `anti-entropy` system.
#[derive(Debug)]
pub struct AntiEntropy {
    leader: NodeId,
    role: Role,
    store: MemoryStore,
    /// The leader's own, `None` until it serves; a follower's is that of the log it has replayed,
    /// `None` before the first.
    epoch: Option<Epoch>,
    /// What was applied here, the first entry first.
    log: Vec<Entry>,
    /// The number of the last entry that was pushed.
    pushed: u64,
    /// How long who has asked waits before it asks again.
    sync_interval: Duration,
    /// Names a node's questions.
    calls: Calls,
    /// A follower's latest question.
    asked: Option<CallId>,
    /// Whether a follower has told a leader that booted what it holds, and has not heard of that
    /// since. Until then it takes nothing: what it did not tell of, that leader will not have.
    has_told: bool,
    /// A leader that has booted, until it serves.
    recovery: Option<Recovery>,
}

impl Node for AntiEntropy {
    type Message = Message;
    type Timer = Timer;

    const OWN_THREAD: bool = false;

    const INFO: SystemInfo = SystemInfo {
        name: "anti-entropy",
        summary: "async-leader with a log: who comes back, follower or leader, asks for what it missed",
        source: "ghost-data report (the missing piece)",
        operations: &[OperationKind::Put, OperationKind::Get, OperationKind::Delete],
        flaws: &[FlawInfo {
            name: "empty-leader-rules",
            summary: "a leader that comes back asks nobody, and its followers drop what it has forgotten",
            builds_on: None,
        }],
        remedies: &[
            Remedy::CatchUp,
            Remedy::CompareVersions,
            Remedy::Tombstones,
            Remedy::VersionTravels,
            Remedy::AgreedPlacement,
        ],
        settings: &[
            SettingInfo {
                name: "sync-interval",
                summary: "how long who missed something waits before it asks again, above 0",
                default: || Setting::Duration(Duration::from_millis(500)),
            },
            SettingInfo {
                name: "recovery-rounds",
                summary: "how often a leader that boots asks before it serves without an answer, above 0",
                default: || Setting::Count(4),
            },
        ],
        deduplicates: false,
        has_leader: true,
        announces: Announces::Nothing,
        membership: false,
        deals_keys: false,
        min_nodes: 1,
    };

    fn check_settings(_nodes: usize, settings: &BTreeMap<String, Setting>) -> Result<(), String> {
        let settings = Settings::new(&Self::INFO, settings);
        settings.check_not_zero("sync-interval", "who asks would ask without end")?;
        if settings.count("recovery-rounds") == 0 {
            return Err("`recovery-rounds` is 0; a leader that boots would ask nobody".to_owned());
        }
        Ok(())
    }

    fn boot(config: &Config, ctx: &mut Context<'_, Self>) -> Self {
        let leads = config.id == config.leader;
        let settings = Settings::new(&Self::INFO, &config.settings);
        let mut node = Self {
            leader: config.leader,
            role: if leads { Role::Leader } else { Role::Follower },
            store: MemoryStore::default(),
            epoch: None,
            log: Vec::new(),
            pushed: 0,
            sync_interval: settings.duration("sync-interval"),
            calls: Calls::new(ctx.rng()),
            asked: None,
            has_told: false,
            recovery: None,
        };
        if leads {
            let asks_nobody = config.has_flaw("empty-leader-rules");
            let asked = config.peers().filter(|_| !asks_nobody).collect();
            node.recover(asked, settings.count("recovery-rounds"), ctx);
        } else {
            node.ask(ctx);
            ctx.set_timer(node.sync_interval, Timer::Sync);
        }
        node
    }

    fn on_request(&mut self, request: Request, ctx: &mut Context<'_, Self>) {
        if let Some(recovery) = &mut self.recovery {
            recovery.requests.push(request);
            return;
        }
        let leads = self.role == Role::Leader;
        let origin = request.id.into();
        let answer = match request.operation {
            Operation::ListKeys | Operation::CompareAndSet { .. } => {
                Answer::Refused(Refusal::Unsupported)
            }
            Operation::Get { key } => Answer::Value(self.store.get(&key)),
            Operation::Put { key, value } if leads => {
                let value = Some(value);
                self.write(Entry { key, value, origin }, ctx);
                Answer::Written { version: Version(self.position()), previous: None }
            }
            Operation::Delete { key } if leads => {
                let existed = self.store.get(&key).is_some();
                self.write(Entry { key, value: None, origin }, ctx);
                Answer::Deleted { existed }
            }
            Operation::Put { .. } | Operation::Delete { .. } => {
                Answer::Refused(Refusal::NotLeader { leader: Some(self.leader) })
            }
        };
        ctx.reply(request.id, answer);
    }

    fn on_message(&mut self, from: NodeId, message: Message, ctx: &mut Context<'_, Self>) {
        match message {
            Message::Append { epoch, number, entry } => self.append(epoch, number, entry, ctx),
            Message::CatchUp(question) => self.answer_catch_up(from, question, ctx),
            Message::Replay { call, epoch, after, entries } => {
                let latest = self.settle(call);
                if self.epoch == Some(epoch) && (latest || !self.has_told) {
                    self.has_told = false;
                    self.replay(after, entries, ctx);
                } else if latest {
                    self.take_over(from, epoch, entries, ctx);
                } else {
                    self.refuse_outdated(from, epoch, ctx);
                }
            }
            Message::Pull { call } => self.answer_pull(from, call, ctx),
            Message::Held { call, log, asks } => {
                let epoch = log.as_ref().map(|log| log.epoch);
                let position = log.as_ref().map_or(0, |log| log.entries.len() as u64);
                self.answer_catch_up(from, Question { call: asks, epoch, position }, ctx);
                self.hear(from, call, log, ctx);
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
            Timer::Pull => self.pull_again(ctx),
        }
    }

    fn carries(message: &Message) -> Vec<Carried> {
        message.carries()
    }

    fn role(&self) -> Role {
        self.role
    }

    fn serves(&self) -> bool {
        self.recovery.is_none()
    }
    fn state_text(&self) -> Option<String> {
        Some(format!("{self:?}"))
    }

    fn entries(&self) -> Vec<(Key, Versioned)> {
        self.store.entries()
    }
}

/// What both do.
impl AntiEntropy {
    /// The number of the last entry that was applied here.
    fn position(&self) -> u64 {
        self.log.len() as u64
    }

    /// Applies the entry that follows the last one applied.
    fn apply(&mut self, entry: Entry, ctx: &mut Context<'_, Self>) {
        self.log.push(entry.clone());
        let version = Version(self.position());
        let Entry { key, value, .. } = entry;
        match value {
            Some(value) => ctx.apply(self.store.put(key, Versioned { value, version })),
            None if self.store.get(&key).is_some() => {
                ctx.apply(self.store.remove(&key, version));
            }
            None => {}
        }
    }

    /// The entries that follow the one of this number.
    fn after(&self, number: u64) -> &[Entry] {
        let start = usize::try_from(number).expect("the log fits in memory");
        &self.log[start..]
    }
}
