//! `durable-eventual`: every node takes writes, keeps them on its disk and tells the others.
//!
//! # Guarantees
//!
//! An acknowledged write is on the platter of the node that took it: crashes and
//! power losses do not undo it. While a client stays with one node it reads its
//! own writes. Once all nodes are up, can talk and get no more writes, they come
//! to hold the same (eventual consistency), by the last writer's stamp. A node
//! that finds its store damaged refuses everything until it is mended.
//!
//! # Protocol
//!
//! A node stamps a write, commits it to its store (redb, one transaction with an
//! fsync), answers, and sends it to all peers at once. A stamp is the microsecond
//! of the node's own clock, or one more than the stamp it overwrites if that is
//! later; equal ones are ordered by the writer's name. A delete leaves a
//! tombstone, which is never cleared away. A receiver commits what has a later stamp
//! than what it holds, acknowledges, and never passes it on. A key has 1 to 128 bytes, a
//! value at most 2,048.
//!
//! A peer has 3 s to acknowledge. There are 3 attempts, 1 s and then 2 s apart;
//! an acknowledgment that comes while none is under way is not listened to. After
//! the third the peer counts as *away*. A node that boots counts all its peers as
//! away, since it cannot know what it missed. Each second a node pings the
//! peers that are away; one that answers gets a summary (every key and stamp), sends
//! what the asker lacks, and is sent what it lacks itself.
//!
//! # Fault model
//!
//! Nodes crash, lose power and come back with what was synced; links lose, double
//! and delay messages, and are cut and healed. Clocks should agree to within the
//! time between two writes to a key. Disks may fail and rot, which is noticed.
//!
//! # Known anomalies
//!
//! - *Lost update*: of two writes to a key taken at two nodes before either heard
//!   of the other, the one with the earlier stamp vanishes, though it was acknowledged.
//!   A clock that is ahead wins against later writes of others.
//! - *Stale reads*, as old as replication is late, or as the peer is away.
//! - *Failover without a session*: a client that moves to another node may not
//!   find its own write there. Requests carry no token of what the client has
//!   seen, so no node can tell: the routes `failover`, `round-robin` and `any` of a
//!   workload show this, `sticky` does not.
//! - *Acknowledged write unreachable*: it is on one disk until a peer has it.
//! - Flaw `no-catch-up`: a node that was down for longer than the attempts last
//!   never gets what it missed.
//! - Flaw `unlabelled-retry`: a receiver does not look at stamps and takes what
//!   arrives for new. An attempt that timed out although it was applied is
//!   applied again, and an old value replaces the newer one that came between.
//! - Flaw `shared-result-queue`: 4 workers put their results on one queue, and
//!   whoever has waited longest takes the next: with requests under way
//!   together, `get a` returns the value of `b`. Results of one kind share a queue,
//!   since a result of another kind would not even parse.
//! - Flaw `map-full`: a write for which the store has no room is acknowledged,
//!   and passed on, without being stored.
//!
//! # Caveats
//!
//! After the durable store (Python, gRPC, LMDB). The original resolves conflicts by order of
//! arrival and says only that a node synchronises when it reconnects; stamps and
//! summaries are our reading of it. Its `Backup` has no place in the vocabulary
//! of clients. A summary names every key in one message. `capacity_bytes` counts the
//! bytes of keys and values, where LMDB's map size counts its pages. redb reads a
//! page once in a node's life and keeps it: rot is noticed at the next boot, and only
//! where the last commit needs it. A node whose store is damaged is not mended by its
//! peers: they cannot know what it alone had acknowledged.

mod catch_up;
mod delivery;
#[cfg(test)]
mod golden;
mod message;
mod record;
mod replica;

pub use message::{DeliveryId, Message, Timer};
pub use record::{Record, Stamp};

use super::Settings;
use crate::{
    Announces, Answer, Carried, Config, Context, FlawInfo, Key, Node, NodeId, Note, Operation,
    OperationKind, Refusal, Remedy, Request, RequestId, Role, Setting, SettingInfo, SystemInfo,
    Value, Version, Versioned,
};
use catch_up::Away;
use delivery::Deliveries;
use rand::Rng;
use replica::{NotKept, Replica};
use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

/// The longest key, in bytes.
const MAX_KEY_BYTES: usize = 128;
/// The longest value, in bytes.
const MAX_VALUE_BYTES: usize = 2048;
/// How many requests are worked on at once with `shared-result-queue`.
const WORKERS: usize = 4;

/// A node of the `durable-eventual` system.
#[derive(Debug)]
pub struct DurableEventual {
    id: NodeId,
    replica: Replica,
    deliveries: Deliveries,
    away: Away,
    workers: Workers,
    flaws: Flaws,
}

#[derive(Clone, Copy, Debug)]
struct Flaws {
    no_catch_up: bool,
    unlabelled_retry: bool,
    shared_result_queue: bool,
    map_full: bool,
}

/// The pool of the flaw `shared-result-queue`.
#[derive(Debug, Default)]
struct Workers {
    busy: usize,
    queue: VecDeque<Request>,
    /// Who waits for a result of each kind, longest first.
    waiting: BTreeMap<OperationKind, VecDeque<RequestId>>,
}

impl Node for DurableEventual {
    type Message = Message;
    type Timer = Timer;

    const INFO: SystemInfo = SystemInfo {
        name: "durable-eventual",
        summary: "every node takes writes, keeps them on disk and tells the others; nodes that were away catch up; the last writer wins",
        source: "durable store",
        operations: &[
            OperationKind::Put,
            OperationKind::Get,
            OperationKind::Delete,
            OperationKind::ListKeys,
        ],
        flaws: &[
            FlawInfo {
                name: "no-catch-up",
                summary: "a node that was away for longer than the attempts last never gets what it missed",
                builds_on: None,
            },
            FlawInfo {
                name: "unlabelled-retry",
                summary: "a repeated replication is taken for a new write, so an old value can win",
                builds_on: None,
            },
            FlawInfo {
                name: "shared-result-queue",
                summary: "4 workers share one queue of results, and a client may get another's",
                builds_on: None,
            },
            FlawInfo {
                name: "map-full",
                summary: "a write that does not fit into the store is acknowledged all the same",
                builds_on: None,
            },
        ],
        settings: &[
            SettingInfo {
                name: "attempts",
                summary: "how often a write is sent to a peer, at least 1",
                default: || Setting::Count(3),
            },
            SettingInfo {
                name: "timeout",
                summary: "how long a peer has to acknowledge a write",
                default: || Setting::Duration(Duration::from_secs(3)),
            },
            SettingInfo {
                name: "backoff",
                summary: "the pause before the second attempt; each later one is twice as long",
                default: || Setting::Duration(Duration::from_secs(1)),
            },
            SettingInfo {
                name: "probe_interval",
                summary: "how often peers that are away are pinged, more than 0",
                default: || Setting::Duration(Duration::from_secs(1)),
            },
            SettingInfo {
                name: "capacity_bytes",
                summary: "how many bytes of keys and values the store takes",
                default: || Setting::Count(10 << 20),
            },
        ],
        remedies: &[
            Remedy::CatchUp,
            Remedy::CompareVersions,
            Remedy::StampAfterSeen,
            Remedy::Tombstones,
            Remedy::SyncFirst,
            Remedy::RequestIds,
            Remedy::AnyNodeServes,
        ],
        deduplicates: false,
        has_leader: false,
        announces: Announces::Nothing,
        membership: false,
        deals_keys: false,
        min_nodes: 1,
    };

    fn check_settings(_nodes: usize, settings: &BTreeMap<String, Setting>) -> Result<(), String> {
        let settings = Settings::new(&Self::INFO, settings);
        if settings.count("attempts") == 0 {
            return Err("`attempts` is 0; no write would reach a peer".to_owned());
        }
        settings.check_not_zero("probe_interval", "a node would ping its peers without end")
    }

    fn check_key(key: &Key) -> Result<(), &'static str> {
        match key.as_str().len() {
            0 => Err("a key must not be empty"),
            1..=MAX_KEY_BYTES => Ok(()),
            _ => Err("a key has at most 128 bytes"),
        }
    }

    fn check_value(value: &Value) -> Result<(), &'static str> {
        if value.as_str().len() > MAX_VALUE_BYTES {
            return Err("a value has at most 2,048 bytes");
        }
        Ok(())
    }

    fn boot(config: &Config, ctx: &mut Context<'_, Self>) -> Self {
        let capacity_bytes = Settings::new(&Self::INFO, &config.settings).count("capacity_bytes");
        let mut node = Self {
            id: config.id,
            replica: Replica::open(capacity_bytes, ctx),
            deliveries: Deliveries::new(config),
            away: Away::new(config, ctx.rng()),
            workers: Workers::default(),
            flaws: Flaws {
                no_catch_up: config.has_flaw("no-catch-up"),
                unlabelled_retry: config.has_flaw("unlabelled-retry"),
                shared_result_queue: config.has_flaw("shared-result-queue"),
                map_full: config.has_flaw("map-full"),
            },
        };
        if node.replica.is_sound() {
            for peer in config.peers() {
                node.miss(peer, ctx);
            }
            node.away.ping(ctx);
        }
        node
    }

    fn on_request(&mut self, request: Request, ctx: &mut Context<'_, Self>) {
        if self.flaws.shared_result_queue {
            let kind = request.operation.kind();
            let waiting = self.workers.waiting.entry(kind).or_default();
            waiting.push_back(request.id);
            self.workers.queue.push_back(request);
            self.workers.start(ctx);
        } else {
            let answer = self.carry_out(request.id, request.operation, ctx);
            ctx.reply(request.id, answer);
        }
    }

    fn on_message(&mut self, from: NodeId, message: Message, ctx: &mut Context<'_, Self>) {
        // A node without a store is as good as dead to its peers.
        if self.replica.is_sound() {
            match message {
                Message::Replicate { key, record } => self.on_replicate(from, key, record, ctx),
                Message::Applied { key, stamp } => {
                    self.deliveries.on_applied(from, key, stamp, ctx);
                }
                other => self.on_catch_up(from, other, ctx),
            }
        }
    }

    fn on_timer(&mut self, timer: Timer, ctx: &mut Context<'_, Self>) {
        match timer {
            Timer::Deadline(delivery) => {
                if self.deliveries.on_deadline(&delivery, ctx) {
                    self.miss(delivery.peer, ctx);
                }
            }
            Timer::Retry(delivery) => self.deliveries.on_retry(delivery, ctx),
            Timer::Probe => self.away.on_probe(ctx),
            Timer::Worker(request) => {
                let kind = request.operation.kind();
                ctx.serve([request.id]);
                let answer = self.carry_out(request.id, request.operation, ctx);
                self.workers.busy -= 1;
                let waiting = self.workers.waiting.get_mut(&kind);
                let longest = waiting.and_then(VecDeque::pop_front);
                let longest = longest.expect("each job has one who waits");
                if longest != request.id {
                    let (answered, answer_of) = (longest, request.id);
                    ctx.note(|| Note::Crossed { answered, answer_of });
                }
                ctx.reply(longest, answer);
                ctx.serve_event();
                self.workers.start(ctx);
            }
        }
    }

    fn carries(message: &Message) -> Vec<Carried> {
        message.carries()
    }

    fn role(&self) -> Role {
        Role::Peer
    }

    fn serves(&self) -> bool {
        self.replica.is_sound()
    }

    fn entries(&self) -> Vec<(Key, Versioned)> {
        self.replica.entries()
    }
}

impl DurableEventual {
    fn carry_out(
        &mut self,
        request: RequestId,
        operation: Operation,
        ctx: &mut Context<'_, Self>,
    ) -> Answer {
        if let Err(why) = Self::check_operation(&operation) {
            return Answer::Refused(Refusal::Invalid(why.into()));
        }
        let answer = match operation {
            Operation::Get { key } => self
                .replica
                .read(&key, ctx)
                .map(|held| Answer::Value(held.as_ref().and_then(Record::entry))),
            Operation::ListKeys => self.replica.records(ctx).map(|records| {
                let live = records.into_iter().filter(|(_, held)| held.value.is_some());
                Answer::Keys(live.map(|(key, _)| key).collect())
            }),
            Operation::Put { key, value } => self.write(request, key, Some(value), ctx),
            Operation::Delete { key } => self.write(request, key, None, ctx),
            Operation::CompareAndSet { .. } => Ok(Answer::Refused(Refusal::Unsupported)),
        };
        answer.unwrap_or(Answer::unavailable("the node's store is damaged or its disk failed"))
    }

    /// Takes a client's write: commits it and sends it to everyone.
    fn write(
        &mut self,
        request: RequestId,
        key: Key,
        value: Option<Value>,
        ctx: &mut Context<'_, Self>,
    ) -> Result<Answer, crate::StoreError> {
        let held = self.replica.read(&key, ctx)?;
        let stamp = self.next_stamp(held.as_ref(), ctx);
        let record = Record { stamp, value, origin: request.into() };
        match self.replica.keep(&key, &record, held.as_ref(), ctx) {
            Ok(()) => {}
            Err(NotKept::Full) if self.flaws.map_full => {
                ctx.note(|| Note::NotKept { key: key.clone() });
            }
            Err(NotKept::Full) => return Ok(Answer::unavailable("the store is full")),
            Err(NotKept::Disk) => return Ok(Answer::unavailable("the node's disk failed")),
            Err(NotKept::Lost) => return Ok(Answer::Unknown),
        }
        let previous = held.and_then(|held| held.value);
        let answer = if record.value.is_some() {
            Answer::Written { version: record.stamp.version, previous: Some(previous) }
        } else {
            Answer::Deleted { existed: previous.is_some() }
        };
        self.deliveries.send_to_all(&key, &record, ctx);
        Ok(answer)
    }

    /// A stamp later than the record it replaces, whatever the clock shows.
    fn next_stamp(&self, held: Option<&Record>, ctx: &mut Context<'_, Self>) -> Stamp {
        let after_held = held.map_or(Version(1), |held| held.stamp.version.next());
        let by_clock = Version(ctx.now().as_nanos() / 1000);
        Stamp { version: by_clock.max(after_held), writer: self.id }
    }

    fn on_replicate(
        &mut self,
        from: NodeId,
        key: Key,
        record: Record,
        ctx: &mut Context<'_, Self>,
    ) {
        let stamp = record.stamp;
        let kept = if self.flaws.unlabelled_retry {
            self.take_for_new(&key, record, ctx)
        } else {
            self.merge(&key, &record, ctx)
        };
        if kept {
            ctx.send(from, Message::Applied { key, stamp });
        }
    }

    /// Keeps a record unless a later one is held; false if the store did not take it.
    fn merge(&mut self, key: &Key, record: &Record, ctx: &mut Context<'_, Self>) -> bool {
        let Ok(held) = self.replica.read(key, ctx) else {
            return false;
        };
        if let Some(held) = held.as_ref().filter(|held| held.stamp >= record.stamp) {
            if held.stamp > record.stamp {
                decided(key, held, record, false, ctx);
            }
            return true;
        }
        let kept = self.replica.keep(key, record, held.as_ref(), ctx);
        if let (Ok(()), Some(held)) = (kept, &held) {
            decided(key, record, held, true, ctx);
        }
        if self.flaws.map_full && kept == Err(NotKept::Full) {
            ctx.note(|| Note::NotKept { key: key.clone() });
            return true;
        }
        kept.is_ok()
    }

    /// The flaw `unlabelled-retry`: nothing tells a repetition from a new write.
    fn take_for_new(&mut self, key: &Key, record: Record, ctx: &mut Context<'_, Self>) -> bool {
        let Ok(held) = self.replica.read(key, ctx) else {
            return false;
        };
        let stamp = self.next_stamp(held.as_ref(), ctx);
        let (from, to) = (record.stamp.into(), stamp.into());
        ctx.note(|| Note::Restamped { key: key.clone(), from, to });
        self.merge(key, &Record { stamp, ..record }, ctx)
    }
}

/// Says which of two records of a key stays.
fn decided(
    key: &Key,
    stays: &Record,
    goes: &Record,
    newcomer_stays: bool,
    ctx: &mut Context<'_, DurableEventual>,
) {
    ctx.note(|| {
        let (stays, goes) = (stays.contender(), goes.contender());
        Note::Decided { key: key.clone(), stays, goes, newcomer_stays }
    });
}

impl Workers {
    /// Gives idle workers what is queued; how long they take varies, which is
    /// how results come to overtake each other.
    fn start(&mut self, ctx: &mut Context<'_, DurableEventual>) {
        while self.busy < WORKERS {
            let Some(request) = self.queue.pop_front() else {
                break;
            };
            self.busy += 1;
            let takes = Duration::from_micros(ctx.rng().gen_range(50..=1000));
            ctx.set_timer(takes, Timer::Worker(request));
        }
    }
}

#[cfg(test)]
mod tests;
