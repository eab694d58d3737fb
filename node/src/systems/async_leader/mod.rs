//! `async-leader`: naive leader-follower replication by push.
//!
//! # Guarantees
//!
//! While nothing fails: a follower holds every write a little after the leader
//! does. When something fails: none. An acknowledged write is in one memory.
//!
//! # Protocol
//!
//! The leader is configured. It applies a write, answers at once, and then
//! pushes the write to every follower as work of its own, behind whatever else
//! is waiting. A follower applies what arrives, in the order in which it
//! arrives. Anyone answers reads from memory, where the keys are in a B+ tree of
//! order 128. A follower refuses writes and says who leads.
//!
//! # Fault model
//!
//! Described for nodes and links that do not fail. There is no log, no
//! acknowledgment, no catch-up, no election, and nothing on the disk.
//!
//! # Known anomalies
//!
//! - *Ghost data*: a follower that was down, or cut off, or whose message was
//!   lost, lacks what it missed for ever. It has no way to ask "what did I miss?".
//! - *Acknowledged write lost*: what the leader had not pushed dies with it.
//! - *Amnesia*: a node that restarts is empty. A leader that restarts is an
//!   empty leader, and counts its versions from 1 again.
//! - *Stale reads* from followers, as old as the push is late.
//! - *Old over new*: on links that reorder, the last arrival wins.
//! - Flaw `await-followers`: the leader tells one follower of a write, waits for its
//!   answer with no deadline, then tells the next, and answers when all have it. Every
//!   other request, reads too, waits meanwhile: a follower that swallows what it is sent
//!   *hangs the leader*, until that follower boots again.
//! - Flaw `follower-accepts-writes`: a follower applies a client's write and says ok.
//!   Nobody else learns of it: *diverged replicas*, and the next push to that key
//!   *overwrites* an acknowledged write.
//! - Flaw `naive-failover`: n1 sends a heartbeat every 500 ms, and a follower that has
//!   heard none for 2 s leads from then on. All followers do, and n1 may be alive, or
//!   come back: *split brain*. Each leader takes writes and pushes them to all others.
//!
//! # Caveats
//!
//! After the ghost-data report (Java, gRPC). The original has no versions; ours are kept to tell
//! replicas apart, and no decision is taken by them. With `await-followers` a message
//! that a link loses is not sent again, as TCP would: the wait outlives the cut that
//! caused it. How often heartbeats are sent, and that nobody steps down, is our reading
//! of the failover that the original leaves to its followers.

mod flaws;
#[cfg(test)]
mod golden;
mod message;

pub use message::{Message, Replicate, Timer};

use crate::{
    Announces, Answer, BPlusStore, Carried, Config, Contender, Context, Key, Node, NodeId, Note,
    Operation, OperationKind, Refusal, Remedy, Request, RequestId, Role, Store, SystemInfo, Value,
    Version, Versioned, Waits, WriteStamp, systems::FlawInfo,
};
use flaws::Flaws;
use std::time::Duration;

/// A node of the `async-leader` system.
#[derive(Debug)]
pub struct AsyncLeader {
    leader: NodeId,
    role: Role,
    store: BPlusStore,
    /// Applied and answered, not yet pushed.
    unpushed: Vec<Replicate>,
    flaws: Flaws,
}

impl Node for AsyncLeader {
    type Message = Message;
    type Timer = Timer;

    const OWN_THREAD: bool = false;

    const INFO: SystemInfo = SystemInfo {
        name: "async-leader",
        summary: "one leader answers writes at once and pushes them to followers; no log, no catch-up, no election",
        source: "ghost-data report",
        operations: &[OperationKind::Put, OperationKind::Get],
        flaws: &[
            FlawInfo {
                name: "await-followers",
                summary: "the leader waits for one follower after the other, with no deadline, and for nothing else meanwhile",
                builds_on: None,
            },
            FlawInfo {
                name: "follower-accepts-writes",
                summary: "a follower applies a client's write, says ok, and tells nobody",
                builds_on: None,
            },
            FlawInfo {
                name: "naive-failover",
                summary: "every follower that hears nothing of the leader for 2 s leads, whoever else does",
                builds_on: None,
            },
        ],
        settings: &[],
        remedies: &[Remedy::VersionTravels, Remedy::AgreedPlacement],
        deduplicates: false,
        has_leader: true,
        announces: Announces::WithFlaw("naive-failover"),
        membership: false,
        deals_keys: false,
        min_nodes: 1,
    };

    fn boot(config: &Config, ctx: &mut Context<'_, Self>) -> Self {
        let mut node = Self {
            leader: config.leader,
            role: if config.id == config.leader { Role::Leader } else { Role::Follower },
            store: BPlusStore::default(),
            unpushed: Vec::new(),
            flaws: Flaws::of(config, ctx),
        };
        node.boot_with_flaws(ctx);
        node
    }

    fn on_request(&mut self, request: Request, ctx: &mut Context<'_, Self>) {
        if let Some(request) = self.flaws.admit(request) {
            self.serve(request, ctx);
        }
    }

    fn on_message(&mut self, from: NodeId, message: Message, ctx: &mut Context<'_, Self>) {
        match message {
            Message::Replicate(write) => self.follow(write, ctx),
            Message::Ask { call, write } => {
                self.follow(write, ctx);
                ctx.send(from, Message::Replicated { call });
            }
            Message::Replicated { call } => self.follower_done(call, ctx),
            Message::Reset => self.follower_reset(from, ctx),
            Message::Heartbeat => self.watch(ctx),
        }
    }

    fn on_timer(&mut self, timer: Timer, ctx: &mut Context<'_, Self>) {
        match timer {
            Timer::Push => self.push(ctx),
            Timer::Heartbeat => Self::beat(ctx),
            Timer::Silence => self.promote(ctx),
        }
    }

    fn carries(message: &Message) -> Vec<Carried> {
        message.carries()
    }

    fn role(&self) -> Role {
        self.role
    }

    fn waits(&self) -> Waits {
        self.flaws.waits()
    }
    fn state_text(&self) -> Option<String> {
        Some(format!("{self:?}"))
    }

    fn entries(&self) -> Vec<(Key, Versioned)> {
        self.store.entries()
    }
}

impl AsyncLeader {
    fn serve(&mut self, request: Request, ctx: &mut Context<'_, Self>) {
        let answer = match request.operation {
            Operation::Get { key } => Answer::Value(self.store.get(&key)),
            Operation::Put { key, value } if self.role == Role::Leader => {
                let write = self.take(request.id, key, value, ctx);
                if self.flaws.await_followers() {
                    return self.tell_in_turn(request.id, write, ctx);
                }
                let version = write.entry.version;
                self.push_soon(write, ctx);
                Answer::Written { version, previous: None }
            }
            Operation::Put { key, value } if self.flaws.follower_accepts_writes => {
                let version = self.take(request.id, key, value, ctx).entry.version;
                Answer::Written { version, previous: None }
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

    /// Applies a client's write under the key's next version.
    fn take(
        &mut self,
        request: RequestId,
        key: Key,
        value: Value,
        ctx: &mut Context<'_, Self>,
    ) -> Replicate {
        let change = self.store.update(key, |held| {
            let version = held.map_or(Version(1), |held| held.version.next());
            Versioned { value, version }
        });
        let entry = change.after.clone().expect("a write leaves an entry");
        let write = Replicate { key: change.key.clone(), entry, origin: request.into() };
        ctx.apply(change);
        write
    }

    /// Applies a write, whatever was there.
    fn follow(&mut self, write: Replicate, ctx: &mut Context<'_, Self>) {
        let change = self.store.put(write.key, write.entry);
        // Nothing keeps a write that was overtaken from taking the place of a later one.
        if let (Some(held), Some(new)) = (&change.before, &change.after)
            && held.version > new.version
        {
            let contender = |entry: &Versioned, request| Contender {
                value: Some(entry.value.clone()),
                stamp: WriteStamp::Arrival,
                request,
            };
            ctx.note(|| Note::Decided {
                key: change.key.clone(),
                stays: contender(new, write.origin.request()),
                goes: contender(held, None),
                newcomer_stays: true,
            });
        }
        ctx.apply(change);
    }

    /// Leaves the push to a timer that is due at once, so that it queues behind
    /// the requests already waiting: an answer never waits for a follower.
    fn push_soon(&mut self, write: Replicate, ctx: &mut Context<'_, Self>) {
        if self.unpushed.is_empty() {
            ctx.set_timer(Duration::ZERO, Timer::Push);
        }
        self.unpushed.push(write);
    }

    fn push(&mut self, ctx: &mut Context<'_, Self>) {
        for write in self.unpushed.drain(..) {
            ctx.serve([write.origin]);
            ctx.broadcast(Message::Replicate(write));
        }
    }
}
