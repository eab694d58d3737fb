//! `sharded-groups`: keys dealt to groups by a hash ring; a leader and followers in each group.
//!
//! # Guarantees
//!
//! While nothing fails and every node has heard of every other: a key lives in
//! one group, all writes to it go through that group's leader in one order, and
//! the group's followers hold them a little later. A replica never goes back to
//! an older version of a key. When something fails: none. All is in memory.
//!
//! # Protocol
//!
//! *Discovery.* Node i of n is in group (i - 1) mod `groups`; the first node of
//! each group leads it. At its start and every 5 s a node broadcasts
//! `ANNOUNCE|nodeID|host|port|groupID|isLeader`. Nobody answers. Every 10 s a node
//! drops the members that it has not heard for 30 s. A group is on a node's
//! ring from its first announcement until its last member is dropped.
//!
//! *Routing.* A request for a key of another group, by the ring of the node that
//! was asked, is forwarded: a write to that group's leader, a read to one of its
//! members. The receiver carries it out whatever its own ring says, so that no request
//! goes in circles. Listing keys is local to the node that is asked.
//!
//! *Replication.* The leader applies a write under the key's next version,
//! answers, and sends `REPLICATE|key|value|version` (or `DELETE|key|version`) to each
//! follower it knows of. There is one connection for each message and no acknowledgment.
//! A follower takes what has a higher version than the last it saw of that key. `%`, `|` and
//! newline are written `%25`, `%7C` and `%0A` within keys and values.
//!
//! # Fault model
//!
//! Described for nodes that stop and are replaced by fresh ones. There is no
//! election, no log, no catch-up and nothing on the disk.
//!
//! # Known anomalies
//!
//! - *Ghost data*: what was written before a follower's first announcement, or
//!   while it was down or cut off, never reaches it.
//! - *Rings disagree*: until all have heard of each other, and whenever
//!   announcements are lost for 30 s, two nodes send one key to two groups. It then lives
//!   in both, and what a read finds depends on who is asked. Data never moves when the ring changes.
//! - *Amnesia and deaf followers*: a leader that restarts is empty and counts
//!   from 1, so that its followers take its writes for old ones and ignore them.
//! - *No leader*: when a group's leader is down its keys cannot be written.
//! - *Split brain*: with `leaders_per_group` above 1 each leader takes writes and
//!   tells no other leader.
//! - *Clock jump*: a clock that jumps ahead by 30 s empties a node's view at the
//!   next sweep, until the announcements come in again.
//! - Flaw `deletes-not-replicated`: followers keep what was deleted.
//! - Flaw `no-version-check`: a follower takes what arrives; a message that was
//!   overtaken overwrites the newer value.
//! - Flaw `delimiter-injection`: texts are built and parsed without escapes. A `|` or
//!   newline in a value breaks the message, and `x|1\nREPLICATE|k|forged|9` writes
//!   to key `k` of every follower.
//! - Flaw `new-id-on-restart`: a node calls itself something new each time it starts. Its
//!   old entry lingers for up to 40 s, and each write is sent to it twice.
//!
//! # Caveats
//!
//! After the sharded groups (Go, UDP, TCP, HTTP). That messages overtake each other is a
//! matter of the links: give them `order = "free"`. How requests are routed across
//! groups is left open there; forwarding, and giving up after `forward_timeout`, are our
//! reading. Its replication carries no deletes at all; `DELETE` is our addition, and so are
//! the escapes.

#[cfg(test)]
mod golden;
mod membership;
mod message;
mod wire;

pub use message::{Message, Timer};

use super::Settings;
use crate::{
    Announces, Answer, Carried, Config, Contender, Context, FlawInfo, Key, MemoryStore, Node,
    NodeId, Note, Operation, OperationKind, Refusal, Request, RequestId, Role, Setting,
    SettingInfo, Store, SystemInfo, TimerId, Value, Version, Versioned, WriteStamp, ring::GroupId,
};
use membership::Membership;
use rand::Rng;
use std::{collections::BTreeMap, time::Duration};
use wire::{Announce, Quoting, Replicate};

/// A node of the `sharded-groups` system.
#[derive(Debug)]
pub struct ShardedGroups {
    own: Announce,
    membership: Membership,
    store: MemoryStore,
    /// The last version of every key seen, deleted ones among them.
    versions: BTreeMap<Key, Version>,
    /// Requests that wait for another group, and their deadlines.
    forwarded: BTreeMap<RequestId, TimerId>,
    intervals: Intervals,
    flaws: Flaws,
}

#[derive(Clone, Copy, Debug)]
struct Intervals {
    announce: Duration,
    sweep: Duration,
    silence_timeout: Duration,
    forward_timeout: Duration,
}

#[derive(Clone, Copy, Debug)]
struct Flaws {
    deletes_not_replicated: bool,
    no_version_check: bool,
    quoting: Quoting,
}

impl Node for ShardedGroups {
    type Message = Message;
    type Timer = Timer;

    const OWN_THREAD: bool = false;

    const INFO: SystemInfo = SystemInfo {
        name: "sharded-groups",
        summary: "keys dealt to groups by a hash ring, nodes found by broadcast, a leader and followers in each group",
        source: "sharded groups",
        operations: &[
            OperationKind::Put,
            OperationKind::Get,
            OperationKind::Delete,
            OperationKind::ListKeys,
        ],
        flaws: &[
            FlawInfo {
                name: "deletes-not-replicated",
                summary: "a delete stays with the leader; followers keep the key",
                builds_on: None,
            },
            FlawInfo {
                name: "no-version-check",
                summary: "a message that was overtaken overwrites the newer value",
                builds_on: None,
            },
            FlawInfo {
                name: "delimiter-injection",
                summary: "a | or newline in a value breaks a replication message, or forges one",
                builds_on: None,
            },
            FlawInfo {
                name: "new-id-on-restart",
                summary: "a restarted node has a new name, and until the old one is dropped every write is sent to it twice",
                builds_on: None,
            },
        ],
        settings: &[
            SettingInfo {
                name: "groups",
                summary: "how many groups there are, at least 1 and at most one a node",
                default: || Setting::Count(2),
            },
            SettingInfo {
                name: "leaders_per_group",
                summary: "how many nodes of each group lead it, at least 1; more than 1 splits the brain",
                default: || Setting::Count(1),
            },
            SettingInfo {
                name: "announce_interval",
                summary: "how often a node announces itself, more than 0",
                default: || Setting::Duration(Duration::from_secs(5)),
            },
            SettingInfo {
                name: "sweep_interval",
                summary: "how often silent members are dropped, more than 0",
                default: || Setting::Duration(Duration::from_secs(10)),
            },
            SettingInfo {
                name: "silence_timeout",
                summary: "how long a member may be silent",
                default: || Setting::Duration(Duration::from_secs(30)),
            },
            SettingInfo {
                name: "forward_timeout",
                summary: "how long another group has to answer a forwarded request",
                default: || Setting::Duration(Duration::from_secs(2)),
            },
        ],
        remedies: &[],
        deduplicates: false,
        has_leader: true,
        announces: Announces::Nothing,
        membership: false,
        deals_keys: true,
        min_nodes: 1,
    };

    fn check_settings(nodes: usize, settings: &BTreeMap<String, Setting>) -> Result<(), String> {
        let settings = Settings::new(&Self::INFO, settings);
        let groups = settings.count("groups");
        if groups == 0 {
            return Err("`groups` is 0; a ring needs a group to own the keys".to_owned());
        }
        if groups > nodes as u64 {
            return Err(format!("`groups` is {groups}; the cluster has nodes for only {nodes}"));
        }
        if settings.count("leaders_per_group") == 0 {
            let why = "`leaders_per_group` is 0; a group needs a leader to take writes";
            return Err(why.to_owned());
        }
        settings.check_not_zero("announce_interval", "a node would announce itself without end")?;
        settings.check_not_zero("sweep_interval", "a node would sweep without end")
    }

    fn check_key(key: &Key) -> Result<(), &'static str> {
        if key.as_str().is_empty() {
            return Err("a key must not be empty");
        }
        Ok(())
    }

    fn boot(config: &Config, ctx: &mut Context<'_, Self>) -> Self {
        let own = introduce(config, ctx);
        let duration = |name| Settings::new(&Self::INFO, &config.settings).duration(name);
        let node = Self {
            membership: Membership::new(&own, ctx),
            own,
            store: MemoryStore::default(),
            versions: BTreeMap::new(),
            forwarded: BTreeMap::new(),
            intervals: Intervals {
                announce: duration("announce_interval"),
                sweep: duration("sweep_interval"),
                silence_timeout: duration("silence_timeout"),
                forward_timeout: duration("forward_timeout"),
            },
            flaws: Flaws {
                deletes_not_replicated: config.has_flaw("deletes-not-replicated"),
                no_version_check: config.has_flaw("no-version-check"),
                quoting: if config.has_flaw("delimiter-injection") {
                    Quoting::Naive
                } else {
                    Quoting::Escaped
                },
            },
        };
        node.announce(ctx);
        ctx.set_timer(node.intervals.sweep, Timer::Sweep);
        node
    }

    fn on_request(&mut self, request: Request, ctx: &mut Context<'_, Self>) {
        if let Err(why) = Self::check_operation(&request.operation) {
            return ctx.reply(request.id, Answer::Refused(Refusal::Invalid(why.into())));
        }
        let key = request.operation.key();
        let group = key.map_or(self.own.group, |key| self.membership.owner(key));
        if group == self.own.group {
            if let Some(key) = key {
                ctx.note(|| Note::Owns { key: key.clone(), group, ring: self.membership.groups() });
            }
            let answer = self.carry_out(request.operation, ctx);
            ctx.reply(request.id, answer);
        } else {
            self.forward(request, group, ctx);
        }
    }

    fn on_message(&mut self, from: NodeId, message: Message, ctx: &mut Context<'_, Self>) {
        match message {
            Message::Announce(text) => {
                if let Some(announce) = Announce::parse(&text) {
                    self.membership.hear(announce, ctx);
                }
            }
            // A leader does not listen for replication.
            Message::Replicate(_) if self.own.is_leader => {}
            Message::Replicate(text) => {
                let writes = Replicate::parse_all(&text, self.flaws.quoting);
                if writes.len() != 1 {
                    let count = u32::try_from(writes.len()).unwrap_or(u32::MAX);
                    ctx.note(|| Note::ReadAs { from, writes: count });
                }
                for write in writes {
                    self.follow(write, ctx);
                }
            }
            Message::Forward { request, operation } => {
                let key = operation.key().cloned();
                let answer = self.carry_out(operation, ctx);
                ctx.send(from, Message::Forwarded { request, key, answer });
            }
            Message::Forwarded { request, answer, .. } => {
                if let Some(deadline) = self.forwarded.remove(&request) {
                    ctx.cancel_timer(deadline);
                    ctx.reply(request, answer);
                }
            }
        }
    }

    fn on_timer(&mut self, timer: Timer, ctx: &mut Context<'_, Self>) {
        match timer {
            Timer::Announce => self.announce(ctx),
            Timer::Sweep => {
                self.membership.sweep(self.intervals.silence_timeout, ctx);
                ctx.set_timer(self.intervals.sweep, Timer::Sweep);
            }
            Timer::ForwardDeadline { request, is_write } => {
                if self.forwarded.remove(&request).is_some() {
                    let answer = if is_write {
                        Answer::Unknown
                    } else {
                        Answer::unavailable("the key's group does not answer")
                    };
                    ctx.reply(request, answer);
                }
            }
        }
    }

    fn carries(message: &Message) -> Vec<Carried> {
        message.carries()
    }

    fn role(&self) -> Role {
        if self.own.is_leader { Role::Leader } else { Role::Follower }
    }

    fn group(&self) -> u32 {
        self.own.group
    }
    fn state_text(&self) -> Option<String> {
        Some(format!("{self:?}"))
    }

    fn entries(&self) -> Vec<(Key, Versioned)> {
        self.store.entries()
    }
}

/// What a node says of itself.
fn introduce(config: &Config, ctx: &mut Context<'_, ShardedGroups>) -> Announce {
    let groups = Settings::new(&ShardedGroups::INFO, &config.settings).count("groups");
    let leaders = Settings::new(&ShardedGroups::INFO, &config.settings).count("leaders_per_group");
    let index = config.id.index() as u64;
    Announce {
        id: if config.has_flaw("new-id-on-restart") {
            format!("{:08x}", ctx.rng().r#gen::<u32>())
        } else {
            config.id.to_string()
        },
        address: config.id,
        group: GroupId::try_from(index % groups).expect("node numbers are 32 bits"),
        is_leader: index / groups < leaders,
    }
}

impl ShardedGroups {
    fn announce(&self, ctx: &mut Context<'_, Self>) {
        ctx.broadcast(Message::Announce(self.own.to_text()));
        ctx.set_timer(self.intervals.announce, Timer::Announce);
    }

    /// Hands a request to the group that owns its key.
    fn forward(&mut self, request: Request, group: GroupId, ctx: &mut Context<'_, Self>) {
        let Request { id, operation } = request;
        let is_write = operation.kind().is_write();
        let to = if is_write {
            self.membership.leader(group, ctx)
        } else {
            self.membership.member(group, ctx)
        };
        if let Some(key) = operation.key() {
            let ring = || self.membership.groups();
            ctx.note(|| Note::Routed { key: key.clone(), group, ring: ring(), to });
        }
        let Some(to) = to else {
            return ctx.reply(id, Answer::unavailable("the key's group has no leader"));
        };
        let request = id;
        ctx.send(to, Message::Forward { request, operation });
        let deadline = Timer::ForwardDeadline { request, is_write };
        let timer = ctx.set_timer(self.intervals.forward_timeout, deadline);
        self.forwarded.insert(id, timer);
    }

    /// Carries an operation out here, whoever owns its key.
    fn carry_out(&mut self, operation: Operation, ctx: &mut Context<'_, Self>) -> Answer {
        match operation {
            Operation::Get { key } => Answer::Value(self.store.get(&key)),
            Operation::ListKeys => Answer::Keys(self.store.keys()),
            Operation::CompareAndSet { .. } => Answer::Refused(Refusal::Unsupported),
            Operation::Put { .. } | Operation::Delete { .. } if !self.own.is_leader => {
                let leader = self.membership.leader(self.own.group, ctx);
                Answer::Refused(Refusal::NotLeader { leader })
            }
            Operation::Put { key, value } => {
                let version = self.lead(key, Some(value), ctx);
                Answer::Written { version, previous: None }
            }
            Operation::Delete { key } => {
                let existed = self.store.get(&key).is_some();
                self.lead(key, None, ctx);
                Answer::Deleted { existed }
            }
        }
    }

    /// Applies a client's write under the key's next version and sends it to the followers.
    fn lead(&mut self, key: Key, value: Option<Value>, ctx: &mut Context<'_, Self>) -> Version {
        let version = self.versions.get(&key).map_or(Version(1), |v| v.next());
        let write = Replicate { key, value, version };
        self.apply(write.clone(), ctx);
        if write.value.is_some() || !self.flaws.deletes_not_replicated {
            let text = write.to_text(self.flaws.quoting);
            if ctx.explains() && Replicate::parse_all(&text, self.flaws.quoting) != [write.clone()]
            {
                ctx.note(|| Note::Unescaped { key: write.key.clone() });
            }
            for follower in self.membership.followers(self.own.group) {
                ctx.send(follower, Message::Replicate(text.clone()));
            }
        }
        version
    }

    /// Applies what a leader sent, unless something later has come before it.
    fn follow(&mut self, write: Replicate, ctx: &mut Context<'_, Self>) {
        let seen = self.versions.get(&write.key);
        let is_newer = seen.is_none_or(|&seen| seen < write.version);
        if let Some(&seen) = seen.filter(|&&seen| seen > write.version) {
            let held = Contender {
                value: self.store.get(&write.key).map(|held| held.value),
                stamp: WriteStamp::Counter(seen),
                request: None,
            };
            let new = Contender {
                value: write.value.clone(),
                stamp: WriteStamp::Counter(write.version),
                request: None,
            };
            let (key, newcomer_stays) = (write.key.clone(), self.flaws.no_version_check);
            let (stays, goes) = if newcomer_stays { (new, held) } else { (held, new) };
            ctx.note(|| Note::Decided { key, stays, goes, newcomer_stays });
        }
        if self.flaws.no_version_check || is_newer {
            self.apply(write, ctx);
        }
    }

    fn apply(&mut self, write: Replicate, ctx: &mut Context<'_, Self>) {
        let Replicate { key, value, version } = write;
        self.versions.insert(key.clone(), version);
        let change = match value {
            Some(value) => self.store.put(key, Versioned { value, version }),
            None => self.store.remove(&key, version),
        };
        ctx.apply(change);
    }

    /// How many members this node knows of, itself among them.
    pub fn known_members(&self) -> usize {
        self.membership.len()
    }
}

#[cfg(test)]
mod tests;
