//! `quorum`: any node coordinates; W replicas take a write, R replicas answer a read.
//!
//! # Guarantees
//!
//! With R + W > N, no crash and clocks that agree: a read that begins after a write
//! was acknowledged finds that write or a later one. Reads and writes go on while
//! R and W replicas of a key can be reached. With vector clocks, a write gives way
//! only to one that knew of it, or that came later through the same coordinator.
//!
//! # Protocol
//!
//! A key has N replicas: the members from the one that its hash points at onwards.
//! The node that a client asks coordinates; it need not be a replica.
//!
//! - *Get*: the coordinator asks all N replicas (`fetch`, `fetched`), merges the
//!   first R answers, and replies. It goes on listening until the timeout, and sends
//!   each replica that answered what it lacks (`repair`), unless that is off.
//! - *Put* with last-writer-wins: the coordinator stamps the write by its own clock,
//!   sends it to all N replicas (`store`, `stored`), and replies when W have it.
//! - *Put* with vector clocks: the coordinator first reads, as for a get, what the
//!   key's writes know of; the new write knows of all that and of itself. Writes of
//!   which neither knows of the other stay side by side, and a get shows both.
//! - *Delete* writes a tombstone, after a read that tells whether there was anything.
//!
//! A write that W replicas do not acknowledge in time is answered "unknown": some
//! replicas may have it, and a later read may spread it. A read that R replicas do
//! not answer in time is refused, and so is a put or delete that could not read.
//!
//! With `hinted-handoff = "on"`, the coordinator keeps, for each replica that did not
//! acknowledge a write in time, the write itself, and offers it (`hint`,
//! `hint-taken`) until the replica takes it. Hints do not count towards W.
//!
//! # Fault model
//!
//! Nodes may crash and come back, links may lose, double and reorder messages, and
//! be cut. Everything is in memory: a node that comes back is empty and answers as
//! if it had never heard of anything.
//!
//! # Known anomalies
//!
//! - *Stale reads* when R + W <= N: the answers need not include a replica of the
//!   latest write.
//! - *Lost update under clock skew* with last-writer-wins: a coordinator whose clock
//!   is behind stamps its write older than what is there; W replicas acknowledge it
//!   and drop it.
//! - *Reads that go back in time* while a write is under way or has failed half-way: one
//!   read meets the replica that has it, the next does not.
//! - *Forgetful quorum*: replicas that restarted empty can outvote those that remember;
//!   acknowledged writes disappear with W crashes, or from some reads after fewer.
//! - *Replicas differ* under keys that nobody reads: there is repair by reads and by
//!   hints, and none in the background.
//! - *Deleted key comes back* with vector clocks, when a put did not know of the delete.
//!
//! # Caveats
//!
//! After Dynamo (DeCandia and others, 2007), which the future work of the FastAPI outline and of the sharded groups
//! points to. Clients carry no context from a get to the next put; the
//! coordinator's read stands for it, so a put replaces all siblings that the
//! coordinator found, seen by the client or not. Two puts through one coordinator
//! are ordered by it. Quorums are strict: a node that is not a replica does not
//! stand in for one. Tombstones are kept for ever. A version is the stamp in
//! nanoseconds, or the number of writes that a write knows of.

mod cell;
mod coordinator;
#[cfg(test)]
mod golden;
mod message;
mod placement;

pub use cell::{Actor, Cell, Mark, Write};
pub use message::{Message, Timer};

use crate::{
    Announces, Answer, Carried, Config, Context, Key, MemoryStore, Node, NodeId, Note, Operation,
    OperationKind, Refusal, Remedy, Request, Role, Setting, Store, SystemInfo, Versioned,
    replication::{CallId, Calls},
    systems::{SettingInfo, Settings},
};
use coordinator::{Pending, Purpose};
use message::HintFor;
use placement::Sizes;
use std::{collections::BTreeMap, time::Duration};

/// A node of the `quorum` system.
#[derive(Debug)]
pub struct Quorum {
    sizes: Sizes,
    options: Options,
    /// What this replica holds, tombstones among it.
    cells: BTreeMap<Key, Cell>,
    /// What clients can read of it; of siblings, the latest.
    visible: MemoryStore,
    /// The reads and writes that this node coordinates.
    pending: BTreeMap<CallId, Pending>,
    calls: Calls,
    /// Counts this coordinator's writes in vector clocks.
    actor: Actor,
    writes: u64,
    /// What replicas have missed, as far as this coordinator knows.
    hints: BTreeMap<HintFor, Cell>,
    handoff_armed: bool,
}

/// How the system is set, beside its sizes.
#[derive(Clone, Copy, Debug)]
struct Options {
    vector_clocks: bool,
    read_repair: bool,
    hinted_handoff: bool,
    timeout: Duration,
    handoff_interval: Duration,
}

impl Node for Quorum {
    type Message = Message;
    type Timer = Timer;

    const OWN_THREAD: bool = false;

    const INFO: SystemInfo = SystemInfo {
        name: "quorum",
        summary: "any node coordinates; W of N replicas take a write, R answer a read; read repair",
        source: "FastAPI outline and sharded groups (future work)",
        operations: &[OperationKind::Put, OperationKind::Get, OperationKind::Delete],
        flaws: &[],
        settings: SETTINGS,
        remedies: &[
            Remedy::CatchUp,
            Remedy::CompareVersions,
            Remedy::Tombstones,
            Remedy::AckByMajority,
            Remedy::ReadsMeetWrites,
            Remedy::AnyNodeServes,
            Remedy::VersionTravels,
        ],
        deduplicates: false,
        has_leader: false,
        announces: Announces::Nothing,
        membership: false,
        deals_keys: false,
        min_nodes: 1,
    };

    fn check_settings(nodes: usize, settings: &BTreeMap<String, Setting>) -> Result<(), String> {
        let settings = Settings::new(&Self::INFO, settings);
        settings.check_word("resolve", &["last-writer-wins", "vector-clocks"])?;
        settings.check_word("read-repair", &["on", "off"])?;
        settings.check_word("hinted-handoff", &["on", "off"])?;
        if settings.duration("handoff-interval").is_zero() {
            return Err("`handoff-interval` is 0; hints would be offered without end".to_owned());
        }
        Sizes::new(nodes, &settings).map(|_| ())
    }

    fn boot(config: &Config, ctx: &mut Context<'_, Self>) -> Self {
        let settings = Settings::new(&Self::INFO, &config.settings);
        let sizes = Sizes::new(config.members.len(), &settings);
        Self {
            sizes: sizes.expect("validation has checked the sizes"),
            options: Options {
                vector_clocks: settings.word("resolve") == "vector-clocks",
                read_repair: settings.word("read-repair") == "on",
                hinted_handoff: settings.word("hinted-handoff") == "on",
                timeout: settings.duration("timeout"),
                handoff_interval: settings.duration("handoff-interval"),
            },
            cells: BTreeMap::new(),
            visible: MemoryStore::default(),
            pending: BTreeMap::new(),
            calls: Calls::new(ctx.rng()),
            actor: Actor { node: config.id, incarnation: ctx.rng().next_u32() },
            writes: 0,
            hints: BTreeMap::new(),
            handoff_armed: false,
        }
    }

    fn on_request(&mut self, request: Request, ctx: &mut Context<'_, Self>) {
        let client = request.id;
        match request.operation {
            Operation::Get { key } => self.read(key, Purpose::Get { client }, ctx),
            Operation::Put { key, value } if self.options.vector_clocks => {
                let value = Some(value);
                self.read(key, Purpose::Write { client, value }, ctx);
            }
            Operation::Put { key, value } => {
                self.write(client, key, Some(value), &Cell::default(), ctx);
            }
            Operation::Delete { key } => {
                self.read(key, Purpose::Write { client, value: None }, ctx);
            }
            Operation::ListKeys | Operation::CompareAndSet { .. } => {
                ctx.reply(client, Answer::Refused(Refusal::Unsupported));
            }
        }
    }

    fn on_message(&mut self, from: NodeId, message: Message, ctx: &mut Context<'_, Self>) {
        match message {
            Message::Fetch { call, key } => {
                let cell = self.cell(&key);
                ctx.send(from, Message::Fetched { call, key: Some(key), cell });
            }
            Message::Store { call, key, cell } => {
                self.absorb(key, &cell, ctx);
                ctx.send(from, Message::Stored { call });
            }
            Message::Repair { key, cell } => self.absorb(key, &cell, ctx),
            Message::Hint { key, cell } => {
                self.absorb(key.clone(), &cell, ctx);
                ctx.send(from, Message::HintTaken { key, cell });
            }
            Message::Fetched { call, cell, .. } => self.fetched(call, from, cell, ctx),
            Message::Stored { call } => self.stored(call, from, ctx),
            Message::HintTaken { key, cell } => self.hint_taken(from, key, &cell, ctx),
        }
    }

    fn on_timer(&mut self, timer: Timer, ctx: &mut Context<'_, Self>) {
        match timer {
            Timer::Timeout(call) => self.timed_out(call, ctx),
            Timer::Handoff => self.hand_off(ctx),
        }
    }

    fn carries(message: &Message) -> Vec<Carried> {
        message.carries()
    }

    fn role(&self) -> Role {
        Role::Peer
    }
    fn state_text(&self) -> Option<String> {
        Some(format!("{self:?}"))
    }

    fn entries(&self) -> Vec<(Key, Versioned)> {
        self.visible.entries()
    }
}

/// The replica.
impl Quorum {
    fn cell(&self, key: &Key) -> Cell {
        self.cells.get(key).cloned().unwrap_or_default()
    }

    /// Takes in what another node holds under a key.
    fn absorb(&mut self, key: Key, other: &Cell, ctx: &mut Context<'_, Self>) {
        let cell = self.cells.entry(key.clone()).or_default();
        if ctx.explains() {
            let before = cell.clone();
            cell.merge(other);
            before.decisions(&key, other).into_iter().for_each(|note| ctx.note(|| note));
            if cell.writes().len() > 1 && *cell != before {
                let writes = cell.writes().iter().map(Write::contender).collect();
                ctx.note(|| Note::Siblings { key: key.clone(), writes });
            }
        } else {
            cell.merge(other);
        }
        let version = cell.version();
        let latest = cell.values().pop();
        if latest == self.visible.get(&key) {
            return;
        }
        ctx.apply(match latest {
            Some(entry) => self.visible.put(key, entry),
            None => self.visible.remove(&key, version),
        });
    }
}

const SETTINGS: &[SettingInfo] = &[
    SettingInfo {
        name: "n",
        summary: "replicas of a key, at most the number of nodes; 0: all nodes",
        default: || Setting::Count(0),
    },
    SettingInfo {
        name: "r",
        summary: "answers that a read needs, at most n; 0: a majority of the replicas",
        default: || Setting::Count(0),
    },
    SettingInfo {
        name: "w",
        summary: "acknowledgments that a write needs, at most n; 0: a majority of the replicas",
        default: || Setting::Count(0),
    },
    SettingInfo {
        name: "resolve",
        summary: "between writes to a key: `last-writer-wins` (by clock) or `vector-clocks` (with siblings)",
        default: || Setting::Word("last-writer-wins".to_owned()),
    },
    SettingInfo {
        name: "read-repair",
        summary: "whether a read sends replicas what they lack: `on` or `off`",
        default: || Setting::Word("on".to_owned()),
    },
    SettingInfo {
        name: "hinted-handoff",
        summary: "whether a coordinator keeps a write for replicas that missed it: `on` or `off`",
        default: || Setting::Word("off".to_owned()),
    },
    SettingInfo {
        name: "timeout",
        summary: "how long a coordinator waits for replicas",
        default: || Setting::Duration(Duration::from_millis(500)),
    },
    SettingInfo {
        name: "handoff-interval",
        summary: "how often a coordinator offers the hints that it keeps, above 0",
        default: || Setting::Duration(Duration::from_secs(1)),
    },
];
