//! The coordinator's half of `quorum`: reads and writes under way.

use super::{
    Quorum,
    cell::{Cell, Mark, Write},
    message::{Message, Timer},
    placement,
};
use crate::{
    Answer, Context, Dropped, Fact, Key, Matter, NodeId, Note, Refusal, RequestId, Then, TimerId,
    Value,
    replication::{Acks, CallId, Stamp},
};
use std::collections::BTreeMap;

/// An operation that this node coordinates.
#[derive(Debug)]
pub(super) enum Pending {
    Read(PendingRead),
    Write(PendingWrite),
}

/// A read that waits for replicas.
#[derive(Debug)]
pub(super) struct PendingRead {
    key: Key,
    /// What the read is for; `None`: that is done, and the read goes on for repair only.
    purpose: Option<Purpose>,
    acks: Acks,
    /// What the replicas that answered hold.
    cells: BTreeMap<NodeId, Cell>,
    timer: TimerId,
}

/// What a read is for.
#[derive(Debug)]
pub(super) enum Purpose {
    /// A client wants to see it.
    Get { client: RequestId },
    /// A client writes (`None`: deletes), and the write must know what is there.
    Write { client: RequestId, value: Option<Value> },
}

/// A write that waits for replicas.
#[derive(Debug)]
pub(super) struct PendingWrite {
    key: Key,
    cell: Cell,
    /// Who is told what when enough replicas have it; `None`: they have been told.
    client: Option<(RequestId, Answer)>,
    acks: Acks,
    timer: TimerId,
}

/// Reads.
impl Quorum {
    /// Asks every replica of a key.
    pub(super) fn read(&mut self, key: Key, purpose: Purpose, ctx: &mut Context<'_, Self>) {
        let replicas = self.replicas_of(&key, ctx);
        let call = self.calls.next_id();
        let me = ctx.id();
        for &replica in replicas.iter().filter(|&&replica| replica != me) {
            let key = key.clone();
            ctx.send(replica, Message::Fetch { call, key });
        }
        let is_replica = replicas.contains(&me);
        let own = is_replica.then(|| self.cell(&key));
        let read = PendingRead {
            key,
            purpose: Some(purpose),
            acks: Acks::new(replicas, self.sizes.read),
            cells: BTreeMap::new(),
            timer: ctx.set_timer(self.options.timeout, Timer::Timeout(call)),
        };
        self.pending.insert(call, Pending::Read(read));
        if let Some(cell) = own {
            self.fetched(call, me, cell, ctx);
        }
    }

    /// A replica has answered.
    pub(super) fn fetched(
        &mut self,
        call: CallId,
        from: NodeId,
        cell: Cell,
        ctx: &mut Context<'_, Self>,
    ) {
        let Some(Pending::Read(read)) = self.pending.get_mut(&call) else {
            return;
        };
        if !read.acks.ack(from) {
            return;
        }
        read.cells.insert(from, cell);
        if !read.acks.reached() {
            return;
        }
        let purpose = read.purpose.take();
        let writes_next = matches!(purpose, Some(Purpose::Write { .. }));
        let over = writes_next || read.acks.settled() || !self.options.read_repair;
        let (key, merged) = (read.key.clone(), read.merged());
        if let Some(purpose) = purpose {
            let (by, needed) = (read.acks.answered(), read.acks.needed());
            ctx.note(|| Note::Agreed { on: Matter::Read { key: key.clone() }, by, needed });
            self.fulfil(purpose, key, &merged, ctx);
        }
        if self.options.read_repair && !writes_next {
            self.repair(call, &merged, ctx);
            ctx.serve_event();
        }
        if over {
            self.forget(call, ctx);
        }
    }

    /// Does what a read was for.
    fn fulfil(&mut self, purpose: Purpose, key: Key, found: &Cell, ctx: &mut Context<'_, Self>) {
        match purpose {
            Purpose::Write { client, value } => self.write(client, key, value, found, ctx),
            Purpose::Get { client } => {
                let mut values = found.values();
                let answer = match values.len() {
                    0 | 1 => Answer::Value(values.pop()),
                    _ => Answer::Siblings(values),
                };
                ctx.reply(client, answer);
            }
        }
    }

    /// Sends each replica that answered what it lacks of what all of them hold.
    fn repair(&mut self, call: CallId, merged: &Cell, ctx: &mut Context<'_, Self>) {
        let Some(Pending::Read(read)) = self.pending.get_mut(&call) else {
            return;
        };
        let key = read.key.clone();
        let mut mends_itself = false;
        ctx.serve(merged.origins());
        for (&replica, cell) in read.cells.iter_mut().filter(|(_, cell)| *cell != merged) {
            *cell = merged.clone();
            let version = merged.version();
            ctx.note(|| Note::Repairs { replica, key: key.clone(), version });
            if replica == ctx.id() {
                mends_itself = true;
            } else {
                let (key, cell) = (key.clone(), merged.clone());
                ctx.send(replica, Message::Repair { key, cell });
            }
        }
        if mends_itself {
            self.absorb(key, merged, ctx);
        }
    }
}

impl PendingWrite {
    /// What replicas are asked to agree on.
    fn matter(&self) -> Matter {
        Matter::Write { key: self.key.clone(), version: self.cell.version() }
    }
}

impl PendingRead {
    /// What the replicas that answered hold between them.
    fn merged(&self) -> Cell {
        let mut merged = Cell::default();
        for cell in self.cells.values() {
            merged.merge(cell);
        }
        merged
    }
}

/// Writes.
impl Quorum {
    /// Sends a write to every replica of a key. It replaces what was `found` there.
    pub(super) fn write(
        &mut self,
        client: RequestId,
        key: Key,
        value: Option<Value>,
        found: &Cell,
        ctx: &mut Context<'_, Self>,
    ) {
        let is_delete = value.is_none();
        let mark = self.mark(found, ctx);
        let cell = Cell::from(Write { mark, value, origin: client.into() });
        let answer = if is_delete {
            let existed = !found.values().is_empty();
            Answer::Deleted { existed }
        } else {
            Answer::Written { version: cell.version(), previous: None }
        };
        let replicas = self.replicas_of(&key, ctx);
        let call = self.calls.next_id();
        let me = ctx.id();
        for &replica in replicas.iter().filter(|&&replica| replica != me) {
            let (key, cell) = (key.clone(), cell.clone());
            ctx.send(replica, Message::Store { call, key, cell });
        }
        let is_replica = replicas.contains(&me);
        if is_replica {
            self.absorb(key.clone(), &cell, ctx);
        }
        let write = PendingWrite {
            key,
            cell,
            client: Some((client, answer)),
            acks: Acks::new(replicas, self.sizes.write),
            timer: ctx.set_timer(self.options.timeout, Timer::Timeout(call)),
        };
        self.pending.insert(call, Pending::Write(write));
        if is_replica {
            self.stored(call, me, ctx);
        }
    }

    /// What decides between a new write and others.
    fn mark(&mut self, found: &Cell, ctx: &mut Context<'_, Self>) -> Mark {
        if !self.options.vector_clocks {
            let (at, by) = (ctx.now(), ctx.id());
            return Mark::Stamp(Stamp { at, by });
        }
        self.writes += 1;
        let mut clock = found.context();
        clock.observe(self.actor, self.writes);
        Mark::Clock(clock)
    }

    /// A replica has taken a write in.
    pub(super) fn stored(&mut self, call: CallId, from: NodeId, ctx: &mut Context<'_, Self>) {
        let Some(Pending::Write(write)) = self.pending.get_mut(&call) else {
            return;
        };
        write.acks.ack(from);
        if write.acks.reached()
            && let Some((client, answer)) = write.client.take()
        {
            let (on, by, needed) = (write.matter(), write.acks.answered(), write.acks.needed());
            ctx.note(|| Note::Agreed { on, by, needed });
            ctx.reply(client, answer);
        }
        if write.acks.settled() {
            self.forget(call, ctx);
        }
    }
}

/// Timeouts and hints.
impl Quorum {
    /// Replicas have had their time: who still waits is told, who missed a write gets a hint.
    pub(super) fn timed_out(&mut self, call: CallId, ctx: &mut Context<'_, Self>) {
        match self.pending.remove(&call) {
            Some(Pending::Read(read)) => {
                if let Some(Purpose::Get { client } | Purpose::Write { client, .. }) = read.purpose
                {
                    ctx.serve([client]);
                    let on = Matter::Read { key: read.key };
                    let missing = read.acks.outstanding().collect();
                    ctx.note(|| Note::WentOnWithout { on, missing, then: Then::Refused });
                    let refusal = Refusal::Unavailable("too few replicas answered".into());
                    ctx.reply(client, Answer::Refused(refusal));
                }
            }
            Some(Pending::Write(write)) => {
                ctx.serve(write.cell.origins());
                let missing = write.acks.outstanding().collect();
                let then = if write.client.is_some() { Then::Unknown } else { Then::Told };
                ctx.note(|| Note::WentOnWithout { on: write.matter(), missing, then });
                if let Some((client, _)) = write.client {
                    ctx.reply(client, Answer::Unknown);
                }
                if self.options.hinted_handoff {
                    self.keep_hints(write.acks.outstanding(), &write.key, &write.cell, ctx);
                } else {
                    let count = write.acks.outstanding().count() as u64;
                    ctx.announce(Fact::Dropped { what: Dropped::MissedCopies, count });
                }
            }
            None => {}
        }
    }

    fn keep_hints(
        &mut self,
        missed: impl Iterator<Item = NodeId>,
        key: &Key,
        cell: &Cell,
        ctx: &mut Context<'_, Self>,
    ) {
        for replica in missed {
            let hint = self.hints.entry((replica, key.clone())).or_default();
            hint.merge(cell);
            let (key, version) = (key.clone(), cell.version());
            ctx.note(|| Note::KeptHint { replica, key, version });
        }
        self.arm_handoff(ctx);
    }

    fn arm_handoff(&mut self, ctx: &mut Context<'_, Self>) {
        if !self.handoff_armed && !self.hints.is_empty() {
            self.handoff_armed = true;
            ctx.set_timer(self.options.handoff_interval, Timer::Handoff);
        }
    }

    /// Offers every hint again, until it is taken.
    pub(super) fn hand_off(&mut self, ctx: &mut Context<'_, Self>) {
        for ((replica, key), cell) in &self.hints {
            let (key, cell) = (key.clone(), cell.clone());
            ctx.serve(cell.origins());
            let (replica, version) = (*replica, cell.version());
            ctx.note(|| Note::HandedHint { replica, key: key.clone(), version });
            ctx.send(replica, Message::Hint { key, cell });
        }
        ctx.serve_event();
        self.handoff_armed = false;
        self.arm_handoff(ctx);
    }

    /// Lets a hint go, unless more was added to it since it was offered.
    pub(super) fn hint_taken(
        &mut self,
        from: NodeId,
        key: Key,
        cell: &Cell,
        ctx: &mut Context<'_, Self>,
    ) {
        let hint = (from, key);
        if self.hints.get(&hint) == Some(cell) {
            self.hints.remove(&hint);
            let ((replica, key), version) = (hint, cell.version());
            ctx.note(|| Note::HintTaken { replica, key, version });
            ctx.announce(Fact::Dropped { what: Dropped::Hints, count: 1 });
        }
    }

    fn replicas_of(&self, key: &Key, ctx: &Context<'_, Self>) -> Vec<NodeId> {
        placement::replicas_of(key, &ctx.config().members, self.sizes.replicas)
    }

    /// Ends an operation before its timeout.
    fn forget(&mut self, call: CallId, ctx: &mut Context<'_, Self>) {
        if let Some(pending) = self.pending.remove(&call) {
            ctx.cancel_timer(match pending {
                Pending::Read(read) => read.timer,
                Pending::Write(write) => write.timer,
            });
        }
    }
}
