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
//! arrives. Anyone answers reads from memory. A follower refuses writes and
//! says who leads.
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
//!
//! # Caveats
//!
//! After seed 2 (Java, gRPC). The original keeps its keys in a B+ tree of order
//! 128 and has no versions; ours are kept to tell replicas apart, and no
//! decision is taken by them.

use crate::{
    Answer, Config, Context, Key, MemoryStore, Node, NodeId, Operation, OperationKind, Refusal,
    Request, Role, Store, SystemInfo, Version, Versioned,
};
use std::{fmt, time::Duration};

/// A node of the `async-leader` system.
#[derive(Debug)]
pub struct AsyncLeader {
    leader: NodeId,
    role: Role,
    store: MemoryStore,
    /// Applied and answered, not yet pushed.
    unpushed: Vec<Replicate>,
}

/// Tells a follower of one write.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Replicate {
    key: Key,
    entry: Versioned,
}

/// The leader's next push.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Push;

impl Node for AsyncLeader {
    type Message = Replicate;
    type Timer = Push;

    const INFO: SystemInfo = SystemInfo {
        name: "async-leader",
        summary: "one leader answers writes at once and pushes them to followers; no log, no catch-up, no election",
        source: "seed 2",
        operations: &[OperationKind::Put, OperationKind::Get],
        flaws: &[],
        settings: &[],
        has_leader: true,
        min_nodes: 1,
    };

    fn boot(config: &Config, _ctx: &mut Context<'_, Self>) -> Self {
        let role = if config.id == config.leader { Role::Leader } else { Role::Follower };
        Self { leader: config.leader, role, store: MemoryStore::default(), unpushed: Vec::new() }
    }

    fn on_request(&mut self, request: Request, ctx: &mut Context<'_, Self>) {
        let answer = match request.operation {
            Operation::Get { key } => Answer::Value(self.store.get(&key)),
            Operation::Put { key, value } if self.role == Role::Leader => {
                let version = self.store.get(&key).map_or(Version(1), |held| held.version.next());
                let entry = Versioned { value, version };
                ctx.apply(self.store.put(key.clone(), entry.clone()));
                self.push_soon(Replicate { key, entry }, ctx);
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

    fn on_message(&mut self, _from: NodeId, write: Replicate, ctx: &mut Context<'_, Self>) {
        ctx.apply(self.store.put(write.key, write.entry));
    }

    fn on_timer(&mut self, Push: Push, ctx: &mut Context<'_, Self>) {
        for write in self.unpushed.drain(..) {
            ctx.broadcast(write);
        }
    }

    fn role(&self) -> Role {
        self.role
    }

    fn entries(&self) -> Vec<(Key, Versioned)> {
        self.store.entries()
    }
}

impl AsyncLeader {
    /// Leaves the push to a timer that is due at once, so that it queues behind
    /// the requests already waiting: an answer never waits for a follower.
    fn push_soon(&mut self, write: Replicate, ctx: &mut Context<'_, Self>) {
        if self.unpushed.is_empty() {
            ctx.set_timer(Duration::ZERO, Push);
        }
        self.unpushed.push(write);
    }
}

impl fmt::Display for Replicate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "replicate {}={} {}", self.key, self.entry.value, self.entry.version)
    }
}

impl fmt::Display for Push {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("push")
    }
}
