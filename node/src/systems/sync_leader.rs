//! `sync-leader`: one leader that answers a write when its followers have it.
//!
//! # Guarantees
//!
//! While no node fails and every follower answers within the timeout: an
//! acknowledged write is in every memory, and a read that begins after the
//! acknowledgment finds it on any node. A follower never goes back to an older
//! version of a key. When something fails: what the leader acknowledged after a
//! timeout may be in its own memory only.
//!
//! # Protocol
//!
//! The leader is configured. It applies a write, sends it to all followers at
//! once (`replicate`), and answers when each of them has either answered
//! (`replicated`) or let the timeout of 2 s pass. A follower that did not answer
//! does not fail the write: the client is told "ok" all the same, as in the
//! original, whose fan-out ignores what a follower says. The leader then goes on
//! asking that follower, every 2 s, until it answers or a newer write to the same
//! key takes the place of this one. A follower applies a write if its version is
//! newer than what it holds. Anyone answers reads from memory; a follower refuses
//! writes and says who leads.
//!
//! # Fault model
//!
//! Crash-stop: a node that fails does not come back. No partitions. Links may
//! lose, double and reorder messages. Nothing is on the disk.
//!
//! # Known anomalies
//!
//! - *Acknowledged write lost*: with a follower unreachable, a write is
//!   acknowledged after 2 s from one memory, and dies with the leader.
//! - *Dirty read*: the leader, and each follower as it is reached, shows a write
//!   before it is acknowledged.
//! - *Slow writes*: one dead follower makes every write take 2 s.
//! - *Amnesia*: a node that restarts, against the fault model, is empty. A
//!   follower gets only what is written, or was unanswered, after that. A leader
//!   counts from 1 again, and followers take its writes for old ones until it has
//!   caught up with their versions.
//! - With the flaws: *diverged replicas* (`arrival-order`: two writes to a key
//!   overtake each other), *lost replication* (`no-retry`), *second follower stale
//!   behind a hung first* (`serial-fanout`).
//!
//! # Caveats
//!
//! After the FastAPI outline (Python, FastAPI over HTTP), which has no retry: the paper asks
//! for replication, and the code's single attempt is the flaw `no-retry`. A
//! request that the leader has given up is not recalled: if it was slow and not
//! lost, the follower still applies it.

#[cfg(test)]
mod golden;

use super::Settings;
use crate::{
    Announces, Answer, Carried, Config, Contender, Context, Dropped, Fact, Key, Matter,
    MemoryStore, Node, NodeId, Note, Operation, OperationKind, Origin, Refusal, Remedy, Request,
    RequestId, Role, Setting, Store, SystemInfo, Then, TimerId, Version, Versioned, WriteStamp,
    replication::{Acks, CallId, Calls, RetryPolicy},
    systems::{FlawInfo, SettingInfo},
};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fmt, time::Duration};

/// A node of the `sync-leader` system.
#[derive(Debug)]
pub struct SyncLeader {
    leader: NodeId,
    role: Role,
    flaws: Flaws,
    retry: RetryPolicy,
    store: MemoryStore,
    /// How many writes this node has applied; what `global-version` shows for a version.
    applied: u64,
    calls: Calls,
    /// Applied, not yet with every follower.
    writes: BTreeMap<CallId, Write>,
}

/// The defects of the original.
#[derive(Clone, Copy, Debug)]
struct Flaws {
    ack_before_replicate: bool,
    serial_fanout: bool,
    arrival_order: bool,
    global_version: bool,
}

/// A write that is on its way to followers.
#[derive(Debug)]
struct Write {
    key: Key,
    entry: Versioned,
    /// Whose it is.
    origin: Origin,
    /// Who is to be told, once the write is answered or answered for.
    client: Option<RequestId>,
    /// The followers that the client waits for.
    acks: Acks,
    /// The followers not yet asked; empty but for `serial-fanout`.
    unasked: Vec<NodeId>,
    /// The followers that have been asked and have not answered.
    attempts: BTreeMap<NodeId, Attempt>,
}

/// A follower that has been asked and has not answered.
#[derive(Clone, Copy, Debug)]
struct Attempt {
    /// How often it has been asked.
    made: u32,
    /// Runs out when the last attempt is overdue.
    timer: TimerId,
}

/// What leader and followers say to each other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Message {
    /// The leader tells of a write.
    Replicate {
        /// Comes back with the answer.
        call: CallId,
        /// Where.
        key: Key,
        /// What.
        entry: Versioned,
    },
    /// A follower has taken note of it.
    Replicated {
        /// Which.
        call: CallId,
    },
}

impl Message {
    /// The entries that it tells of.
    fn carries(&self) -> Vec<Carried> {
        match self {
            Self::Replicate { key, entry, .. } => {
                vec![Carried::entry(key, Some(&entry.value)).under(entry.version)]
            }
            Self::Replicated { .. } => Vec::new(),
        }
    }
}

/// What a leader waits for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Timer {
    /// Its turn to send what it has answered already (`ack-before-replicate`).
    Push(CallId),
    /// A follower's answer is overdue.
    Overdue(CallId, NodeId),
}

impl Node for SyncLeader {
    type Message = Message;
    type Timer = Timer;

    const OWN_THREAD: bool = false;

    const INFO: SystemInfo = SystemInfo {
        name: "sync-leader",
        summary: "one leader sends a write to all followers at once and answers when they have answered",
        source: "FastAPI outline",
        operations: &[OperationKind::Put, OperationKind::Get],
        flaws: &[
            FlawInfo {
                name: "ack-before-replicate",
                summary: "the leader answers first and replicates afterwards",
                builds_on: None,
            },
            FlawInfo {
                name: "serial-fanout",
                summary: "one follower is asked after the other, so a hung first one starves the second",
                builds_on: None,
            },
            FlawInfo {
                name: "no-retry",
                summary: "a follower that does not answer in time never gets the write",
                builds_on: None,
            },
            FlawInfo {
                name: "arrival-order",
                summary: "followers count versions of their own, and the last arrival wins",
                builds_on: None,
            },
            FlawInfo {
                name: "global-version",
                summary: "a get returns the node's count of writes in place of the key's version",
                builds_on: None,
            },
        ],
        settings: &[SettingInfo {
            name: "replication-timeout",
            summary: "how long the leader waits for a follower's answer",
            default: || Setting::Duration(Duration::from_secs(2)),
        }],
        remedies: &[Remedy::VersionTravels, Remedy::AgreedPlacement],
        deduplicates: false,
        has_leader: true,
        announces: Announces::Nothing,
        membership: false,
        deals_keys: false,
        min_nodes: 1,
    };

    fn boot(config: &Config, ctx: &mut Context<'_, Self>) -> Self {
        let role = if config.id == config.leader { Role::Leader } else { Role::Follower };
        let timeout = Settings::new(&Self::INFO, &config.settings).duration("replication-timeout");
        Self {
            leader: config.leader,
            role,
            flaws: Flaws {
                ack_before_replicate: config.has_flaw("ack-before-replicate"),
                serial_fanout: config.has_flaw("serial-fanout"),
                arrival_order: config.has_flaw("arrival-order"),
                global_version: config.has_flaw("global-version"),
            },
            retry: if config.has_flaw("no-retry") {
                RetryPolicy::once(timeout)
            } else {
                RetryPolicy::until_answered(timeout)
            },
            store: MemoryStore::default(),
            applied: 0,
            calls: Calls::new(ctx.rng()),
            writes: BTreeMap::new(),
        }
    }

    fn on_request(&mut self, request: Request, ctx: &mut Context<'_, Self>) {
        let answer = match request.operation {
            Operation::Get { key } => Answer::Value(self.read(&key)),
            Operation::Put { key, value } if self.role == Role::Leader => {
                let version = self.next_version(&key);
                let entry = Versioned { value, version };
                self.apply(key.clone(), entry.clone(), ctx);
                return self.replicate(request.id, key, entry, ctx);
            }
            Operation::Put { .. } => {
                Answer::Refused(Refusal::NotLeader { leader: Some(self.leader) })
            }
            Operation::Delete { .. } | Operation::ListKeys | Operation::CompareAndSet { .. } => {
                Answer::Refused(Refusal::Unsupported)
            }
        };
        ctx.reply(request.id, answer);
    }

    fn on_message(&mut self, from: NodeId, message: Message, ctx: &mut Context<'_, Self>) {
        match message {
            Message::Replicate { call, key, entry } => {
                self.follow(key, entry, ctx);
                ctx.send(from, Message::Replicated { call });
            }
            Message::Replicated { call } => {
                if let Some(write) = self.writes.get_mut(&call) {
                    if let Some(attempt) = write.attempts.remove(&from) {
                        ctx.cancel_timer(attempt.timer);
                    }
                    write.acks.ack(from);
                    self.proceed(call, ctx);
                }
            }
        }
    }

    fn on_timer(&mut self, timer: Timer, ctx: &mut Context<'_, Self>) {
        match timer {
            Timer::Push(call) => self.proceed(call, ctx),
            Timer::Overdue(call, follower) => self.overdue(call, follower, ctx),
        }
    }

    fn carries(message: &Message) -> Vec<Carried> {
        message.carries()
    }

    fn role(&self) -> Role {
        self.role
    }
    fn state_text(&self) -> Option<String> {
        Some(format!("{self:?}"))
    }

    fn entries(&self) -> Vec<(Key, Versioned)> {
        self.store.entries()
    }
}

impl SyncLeader {
    fn read(&self, key: &Key) -> Option<Versioned> {
        let mut found = self.store.get(key)?;
        if self.flaws.global_version {
            found.version = Version(self.applied);
        }
        Some(found)
    }

    fn next_version(&self, key: &Key) -> Version {
        let held = self.store.get(key).map(|held| held.version);
        held.unwrap_or_default().next()
    }

    fn apply(&mut self, key: Key, entry: Versioned, ctx: &mut Context<'_, Self>) {
        self.applied += 1;
        ctx.apply(self.store.put(key, entry));
    }

    /// A follower takes a write that is newer than what it holds.
    fn follow(&mut self, key: Key, mut entry: Versioned, ctx: &mut Context<'_, Self>) {
        let next = self.next_version(&key);
        if self.flaws.arrival_order {
            let (from, to) = (WriteStamp::Counter(entry.version), WriteStamp::Counter(next));
            if from != to {
                ctx.note(|| Note::Restamped { key: key.clone(), from, to });
            }
            entry.version = next;
        }
        if entry.version >= next {
            self.apply(key, entry, ctx);
        } else if entry.version.next() < next {
            if let Some(held) = self.store.get(&key) {
                ctx.note(|| Note::Decided {
                    key,
                    stays: contender(held),
                    goes: contender(entry),
                    newcomer_stays: false,
                });
            }
            ctx.announce(Fact::Dropped { what: Dropped::OutdatedWrites, count: 1 });
        }
    }

    /// The leader sends a write out, and answers when that is done.
    fn replicate(
        &mut self,
        request: RequestId,
        key: Key,
        entry: Versioned,
        ctx: &mut Context<'_, Self>,
    ) {
        let call = self.calls.next_id();
        let followers: Vec<_> = ctx.config().peers().collect();
        let write = Write {
            origin: request.into(),
            client: Some(request),
            acks: Acks::of_all(followers.iter().copied()),
            unasked: followers,
            attempts: BTreeMap::new(),
            key,
            entry,
        };
        self.writes.insert(call, write);
        if self.flaws.ack_before_replicate {
            self.answer(call, ctx);
            ctx.set_timer(Duration::ZERO, Timer::Push(call));
        } else {
            self.proceed(call, ctx);
        }
    }

    /// Asks the followers whose turn has come, and answers the client when its wait is over.
    fn proceed(&mut self, call: CallId, ctx: &mut Context<'_, Self>) {
        let Some(write) = self.writes.get_mut(&call) else {
            return;
        };
        ctx.serve([write.origin]);
        let turn = match write.unasked.first() {
            Some(_) if !self.flaws.serial_fanout => std::mem::take(&mut write.unasked),
            // The next one is asked when all before it have answered or are overdue.
            Some(_) if write.acks.outstanding().count() == write.unasked.len() => {
                vec![write.unasked.remove(0)]
            }
            _ => Vec::new(),
        };
        for follower in turn {
            self.ask(call, follower, ctx);
        }
        if self.writes[&call].acks.settled() {
            self.answer(call, ctx);
        }
        if self.writes[&call].is_done() {
            self.writes.remove(&call);
        }
    }

    /// Makes one attempt at one follower.
    fn ask(&mut self, call: CallId, follower: NodeId, ctx: &mut Context<'_, Self>) {
        let write = self.writes.get_mut(&call).expect("only live writes ask");
        let (key, entry) = (write.key.clone(), write.entry.clone());
        ctx.send(follower, Message::Replicate { call, key, entry });
        let timer = ctx.set_timer(self.retry.timeout(), Timer::Overdue(call, follower));
        let made = write.attempts.get(&follower).map_or(0, |last| last.made) + 1;
        write.attempts.insert(follower, Attempt { made, timer });
    }

    /// An attempt got no answer in time: the client waits no longer, the leader tries again.
    fn overdue(&mut self, call: CallId, follower: NodeId, ctx: &mut Context<'_, Self>) {
        let Some(write) = self.writes.get_mut(&call) else {
            return;
        };
        let Some(attempt) = write.attempts.remove(&follower) else {
            return;
        };
        ctx.serve([write.origin]);
        if write.acks.give_up(follower) {
            let on = write.matter();
            let then = if write.client.is_some() { Then::Succeeds } else { Then::Told };
            ctx.note(|| Note::WentOnWithout { on, missing: vec![follower], then });
        }
        let (key, version) = (write.key.clone(), write.entry.version);
        let held = self.store.get(&write.key).map(|held| held.version);
        // A newer write to the key is on its way to the same follower.
        let newest = held == Some(write.entry.version);
        if newest && self.retry.pause_after(attempt.made).is_some() {
            write.attempts.insert(follower, attempt);
            let attempt = attempt.made + 1;
            ctx.note(|| Note::Retries { to: follower, key, version, attempt });
            self.ask(call, follower, ctx);
        } else {
            let attempts = attempt.made;
            ctx.note(|| Note::GaveUp { to: follower, key, version, attempts });
        }
        self.proceed(call, ctx);
    }

    fn answer(&mut self, call: CallId, ctx: &mut Context<'_, Self>) {
        if let Some(write) = self.writes.get_mut(&call)
            && let Some(request) = write.client.take()
        {
            let version = write.entry.version;
            let (on, by, needed) = (write.matter(), write.acks.answered(), write.acks.needed());
            ctx.note(|| Note::Agreed { on, by, needed });
            ctx.reply(request, Answer::Written { version, previous: None });
        }
    }
}

impl Write {
    /// What followers are asked to agree on.
    fn matter(&self) -> Matter {
        Matter::Write { key: self.key.clone(), version: self.entry.version }
    }

    /// Whether there is nothing left to do about it.
    fn is_done(&self) -> bool {
        self.client.is_none() && self.acks.settled() && self.attempts.is_empty()
    }
}

fn contender(entry: Versioned) -> Contender {
    let stamp = WriteStamp::Counter(entry.version);
    Contender { value: Some(entry.value), stamp, request: None }
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Replicate { key, entry, .. } => {
                write!(f, "replicate {key}={} {}", entry.value, entry.version)
            }
            Self::Replicated { .. } => f.write_str("replicated"),
        }
    }
}

impl fmt::Display for Timer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Push(_) => f.write_str("push"),
            Self::Overdue(_, follower) => write!(f, "overdue {follower}"),
        }
    }
}
