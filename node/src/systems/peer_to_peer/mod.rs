//! `peer-to-peer`: every node takes writes, tells the others, and waits for nobody.
//!
//! # Guarantees
//!
//! While nothing fails and no two nodes take writes to the same key at about the
//! same time: every node holds every write a little after it was acknowledged.
//! Otherwise: none, and replicas that differ stay different.
//!
//! # Protocol
//!
//! A node that is asked to put or delete does so in its own memory, answers, and
//! then sends the change to every peer (`replicate`), as work of its own. A peer
//! applies what arrives, in the order in which it arrives, and does not forward
//! it. Reads are answered from memory. Deleting an absent key is answered "nothing
//! to delete", and replicated all the same.
//!
//! With `resolve = "last-writer-wins"`, which the gRPC peers name as future work, a change
//! carries a stamp from the clock of the node that took it, and a node keeps the
//! change with the greatest stamp for each key, deletes among them.
//!
//! With the flaw `await-peers`, a request holds one of a few workers while it asks
//! every peer in turn and waits for each answer (`replicated`), with no deadline.
//! What peers ask needs a worker too. A node that boots tells its peers that their
//! connections are gone (`reset`), which ends the wait for it with an error.
//!
//! # Fault model
//!
//! Described for nodes and links that do not fail. There is no log, no
//! acknowledgment, no catch-up, no leader, and nothing on the disk.
//!
//! # Known anomalies
//!
//! - *Diverged replicas*: two nodes take a write to one key at about the same time;
//!   each applies the other's after its own, and they differ for ever.
//! - *Ghost data*: a node that was down, or cut off, lacks what it missed for ever.
//! - *Deleted key comes back*: a delete that overtakes a put, or does not reach a
//!   node, leaves the key on it; behind a load balancer it comes and goes.
//! - *No read of one's own write*, and *reads that go back in time*: behind a load
//!   balancer the next request goes to another node.
//! - *Acknowledged write lost* with the node that took it, before it was sent.
//! - *Later writes discarded*: with last-writer-wins, a clock that is 10 s ahead
//!   wins for 10 s; writes that other nodes acknowledge meanwhile vanish.
//! - *Deadlock*, with `await-peers`: when all workers of two nodes wait for each
//!   other, no answer can come, and nothing is served again, reads included. Forty
//!   concurrent puts to each of three nodes do it.
//!
//! # Caveats
//!
//! After the gRPC peers (Python, gRPC). The load balancer is the clients' routing policy.
//! There is no message for its health check: a probe is a request like any other,
//! and waits for a worker as a get does. Versions are counted by each node for
//! itself and never sent, so replicas that hold the same value may count
//! differently; a key that was deleted counts from 1 again. Jobs that waited for a
//! worker and need no peer are done as soon as one is free, within one event.

mod await_peers;
#[cfg(test)]
mod golden;
mod pool;

use super::Settings;
use crate::{
    Announces, Answer, Carried, Config, Contender, Context, HealthCheckId, Key, MemoryStore, Node,
    NodeId, Note, Operation, OperationKind, Origin, Refusal, Remedy, Request, RequestId, Role,
    Setting, Store, SystemInfo, Value, Version, Versioned, Waits,
    replication::{CallId, Stamp},
    systems::{FlawInfo, SettingInfo},
};
use await_peers::{Job, Workers};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fmt, time::Duration};

/// A node of the `peer-to-peer` system.
#[derive(Debug)]
pub struct PeerToPeer {
    store: MemoryStore,
    /// The stamp of the last change to each key, deleted ones too; `None`: last arrival wins.
    stamps: Option<BTreeMap<Key, Stamp>>,
    /// Applied and answered, not yet sent.
    unsent: Vec<Write>,
    /// With `await-peers`.
    workers: Option<Workers>,
}

/// A change of one key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Write {
    key: Key,
    /// `None`: a delete.
    value: Option<Value>,
    /// Sent with last-writer-wins only.
    stamp: Option<Stamp>,
    /// Who asked for it.
    #[serde(skip)]
    origin: Origin,
}

/// What peers say to each other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Message {
    /// A change to be applied and not forwarded.
    Replicate {
        /// Comes back with the answer; `None`: no answer is wanted.
        call: Option<CallId>,
        /// The change.
        write: Write,
    },
    /// The change was applied.
    Replicated {
        /// Which.
        call: CallId,
        /// False for a delete that found nothing to delete.
        success: bool,
    },
    /// The sender has booted; whatever it was asked before gets no answer.
    Reset,
}

impl Message {
    /// The entries that it tells of.
    fn carries(&self) -> Vec<Carried> {
        match self {
            Self::Replicate { write, .. } => {
                let carried = Carried::entry(&write.key, write.value.as_ref());
                vec![match write.stamp {
                    Some(stamp) => carried.under(stamp.version()),
                    None => carried,
                }]
            }
            Self::Replicated { .. } | Self::Reset => Vec::new(),
        }
    }
}

/// A node's turn to send what it has applied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Push;

impl Node for PeerToPeer {
    type Message = Message;
    type Timer = Push;

    const OWN_THREAD: bool = false;

    const INFO: SystemInfo = SystemInfo {
        name: "peer-to-peer",
        summary: "every node takes writes and sends them to all others; waits for nobody, resolves nothing",
        source: "gRPC peers",
        operations: &[OperationKind::Put, OperationKind::Get, OperationKind::Delete],
        flaws: &[
            FlawInfo {
                name: "await-peers",
                summary: "each request holds a worker while it waits for every peer in turn, with no deadline",
                builds_on: None,
            },
            FlawInfo {
                name: "swallow-errors",
                summary: "with await-peers: the client is told of success although a peer failed",
                builds_on: Some("await-peers"),
            },
        ],
        settings: &[
            SettingInfo {
                name: "resolve",
                summary: "which of two writes to a key stays: `none` (the last to arrive) or `last-writer-wins` (by clock)",
                default: || Setting::Word("none".to_owned()),
            },
            SettingInfo {
                name: "workers",
                summary: "with await-peers: how many requests a node works on at a time, at least 1",
                default: || Setting::Count(10),
            },
        ],
        remedies: &[Remedy::AnyNodeServes, Remedy::AgreedPlacement],
        deduplicates: false,
        has_leader: false,
        announces: Announces::Nothing,
        membership: false,
        deals_keys: false,
        min_nodes: 1,
    };

    fn check_settings(_nodes: usize, settings: &BTreeMap<String, Setting>) -> Result<(), String> {
        let settings = Settings::new(&Self::INFO, settings);
        settings.check_word("resolve", &["none", "last-writer-wins"])?;
        match settings.count("workers") {
            0 => Err("`workers` is 0; a node needs a worker to answer anything".to_owned()),
            _ => Ok(()),
        }
    }

    fn boot(config: &Config, ctx: &mut Context<'_, Self>) -> Self {
        let settings = Settings::new(&Self::INFO, &config.settings);
        let last_writer_wins = settings.word("resolve") == "last-writer-wins";
        let await_peers = config.has_flaw("await-peers");
        if await_peers {
            ctx.broadcast(Message::Reset);
        }
        Self {
            store: MemoryStore::default(),
            stamps: last_writer_wins.then(BTreeMap::new),
            unsent: Vec::new(),
            workers: await_peers.then(|| {
                let swallow_errors = config.has_flaw("swallow-errors");
                Workers::new(settings.count("workers"), swallow_errors, ctx.rng())
            }),
        }
    }

    fn on_request(&mut self, request: Request, ctx: &mut Context<'_, Self>) {
        if self.workers.is_some() {
            return self.employ(Job::Request(request), ctx);
        }
        let (answer, write) = self.serve(request.id, request.operation, ctx);
        ctx.reply(request.id, answer);
        if let Some(write) = write {
            self.push_soon(write, ctx);
        }
    }

    fn on_message(&mut self, from: NodeId, message: Message, ctx: &mut Context<'_, Self>) {
        match message {
            Message::Replicate { call: None, write } => {
                self.apply(write, ctx);
            }
            Message::Replicate { call: Some(call), write } => {
                self.employ(Job::Replicate { from, call, write }, ctx);
            }
            Message::Replicated { call, success } => self.peer_done(call, success, ctx),
            Message::Reset => self.peer_reset(from, ctx),
        }
    }

    fn on_health_check(&mut self, check: HealthCheckId, ctx: &mut Context<'_, Self>) {
        if self.workers.is_some() {
            self.employ(Job::HealthCheck(check), ctx);
        } else {
            ctx.answer_health_check(check);
        }
    }

    fn on_timer(&mut self, Push: Push, ctx: &mut Context<'_, Self>) {
        for write in self.unsent.drain(..) {
            ctx.serve([write.origin]);
            ctx.broadcast(Message::Replicate { call: None, write });
        }
    }

    fn carries(message: &Message) -> Vec<Carried> {
        message.carries()
    }

    fn role(&self) -> Role {
        Role::Peer
    }

    fn waits(&self) -> Waits {
        self.workers.as_ref().map(Workers::waits).unwrap_or_default()
    }
    fn state_text(&self) -> Option<String> {
        Some(format!("{self:?}"))
    }

    fn entries(&self) -> Vec<(Key, Versioned)> {
        self.store.entries()
    }
}

impl PeerToPeer {
    /// Does what a client asks in this node's memory: the answer, and what peers must be told.
    fn serve(
        &mut self,
        request: RequestId,
        operation: Operation,
        ctx: &mut Context<'_, Self>,
    ) -> (Answer, Option<Write>) {
        let (key, value) = match operation {
            Operation::Get { key } => return (Answer::Value(self.store.get(&key)), None),
            Operation::Put { key, value } => (key, Some(value)),
            Operation::Delete { key } => (key, None),
            Operation::ListKeys | Operation::CompareAndSet { .. } => {
                return (Answer::Refused(Refusal::Unsupported), None);
            }
        };
        let stamp = self.stamps.is_some().then(|| Stamp { at: ctx.now(), by: ctx.id() });
        let answer = match &value {
            Some(_) => Answer::Written { version: self.version_of(&key, stamp), previous: None },
            None => Answer::Deleted { existed: self.store.get(&key).is_some() },
        };
        let write = Write { key, value, stamp, origin: request.into() };
        self.apply(write.clone(), ctx);
        (answer, Some(write))
    }

    /// Applies a change, unless last-writer-wins decides against it; whether a
    /// delete found something to delete.
    fn apply(&mut self, write: Write, ctx: &mut Context<'_, Self>) -> bool {
        let held = self.store.get(&write.key);
        let existed = held.is_some();
        if let (Some(stamps), Some(stamp)) = (&mut self.stamps, write.stamp) {
            let last = stamps.get(&write.key).copied();
            let held_value = held.map(|held| held.value);
            // Of two changes with one stamp the greater value stays, so that all decide alike.
            let stays = (&last, &held_value) >= (&Some(stamp), &write.value);
            if let Some(last) = last
                && last != stamp
            {
                let held = contender(held_value, last, Origin::default());
                let new = contender(write.value.clone(), stamp, write.origin);
                let (key, newcomer_stays) = (write.key.clone(), !stays);
                let (stays, goes) = if stays { (held, new) } else { (new, held) };
                ctx.note(|| Note::Decided { key, stays, goes, newcomer_stays });
            }
            if stays {
                return existed;
            }
            stamps.insert(write.key.clone(), stamp);
        } else if write.value.is_none() {
            ctx.note(|| Note::ForgotDelete { key: write.key.clone(), existed });
        }
        let version = self.version_of(&write.key, write.stamp);
        match write.value {
            Some(value) => ctx.apply(self.store.put(write.key, Versioned { value, version })),
            None if existed => ctx.apply(self.store.remove(&write.key, version)),
            None => {}
        }
        existed
    }

    fn version_of(&self, key: &Key, stamp: Option<Stamp>) -> Version {
        let held = self.store.get(key).map(|held| held.version);
        stamp.map_or(held.unwrap_or_default().next(), Stamp::version)
    }

    /// Leaves the sending to a timer that is due at once, so that it queues behind
    /// the requests already waiting: an answer never waits for a peer.
    fn push_soon(&mut self, write: Write, ctx: &mut Context<'_, Self>) {
        if self.unsent.is_empty() {
            ctx.set_timer(Duration::ZERO, Push);
        }
        self.unsent.push(write);
    }
}

fn contender(value: Option<Value>, stamp: Stamp, origin: Origin) -> Contender {
    Contender { value, stamp: stamp.into(), request: origin.request() }
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Replicate { write, .. } => write!(f, "replicate {write}"),
            Self::Replicated { success: true, .. } => f.write_str("replicated"),
            Self::Replicated { success: false, .. } => f.write_str("replicated nothing"),
            Self::Reset => f.write_str("reset"),
        }
    }
}

impl fmt::Display for Write {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.value {
            Some(value) => write!(f, "{}={value}", self.key)?,
            None => write!(f, "{} deleted", self.key)?,
        }
        self.stamp.map_or(Ok(()), |stamp| write!(f, " {stamp}"))
    }
}

impl fmt::Display for Push {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("push")
    }
}
