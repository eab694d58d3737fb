//! Nodes at work: queues, service times, and what becomes of effects.

use super::{
    Event, Served, World,
    disk::{DiskUse, NewEnds, NodeDisk, PendingSync},
    server::{Handled, InTransit, Presence, Work},
};
use judge::record::{DropReason, Endpoint, MessageClass};
use node::{
    Answer, Change, Fact, HealthCheckId, NodeId, Note, Perform, Request, RequestId, Said, SyncId,
    TimerId, resident::Purpose,
};
use scenarios::DeadNode;
use std::time::Duration;

impl World {
    /// Whether a message that is due gets through to its node; if not, it is put on record.
    pub(super) fn arrives(&mut self, from: Endpoint, to: Endpoint, transit: InTransit) -> bool {
        let record = &mut self.record;
        let reason = if self.network.cut_under_way(transit.sent, self.now, from, to, record) {
            DropReason::Partition
        } else if let Endpoint::Node(node) = to
            && !self.servers[node.index()].is_up()
        {
            DropReason::NodeDown
        } else {
            return true;
        };
        self.record.drop_message(transit.message, reason);
        false
    }

    /// A request is due at a node.
    pub(super) fn request_arrives(&mut self, to: NodeId, request: Request, transit: InTransit) {
        let from = Endpoint::Client(request.id.client);
        let down = !self.servers[to.index()].is_up();
        if self.arrives(from, Endpoint::Node(to), transit) {
            self.enqueue(to, Work::Request { request, transit });
        } else if down && self.network.dead() == DeadNode::Refused {
            let back = (Endpoint::Node(to), from);
            let refusal = self.network.transmit(self.now, back.0, back.1, || 0, &mut self.record);
            if let Ok(arrival) = refusal.fate {
                self.queue.push(arrival, Event::Unreachable { request: request.id });
            }
        }
    }

    /// Puts work into a node's queue, and the node to work if it was idle.
    pub(super) fn enqueue(&mut self, node: NodeId, work: Work) {
        if self.outside.is_some() {
            return self.hand_outside(node, work);
        }
        let server = &mut self.servers[node.index()];
        server.inbox.push_back(work);
        if !server.pauses.is_empty() {
            server.pauses.iter().for_each(|&fault| self.record.touch(fault));
        } else if !server.busy {
            self.wake(node);
        }
    }

    /// Changes the faults that slow a node down. What it is at work on goes on as fast as the node
    /// is then: what a fault of a moment has slowed down does not outlast it.
    pub(super) fn change_pace<T>(
        &mut self,
        node: NodeId,
        change: impl FnOnce(&mut Vec<(usize, f64)>) -> T,
    ) -> T {
        let now = self.now;
        let server = &mut self.servers[node.index()];
        let before = server.slowness();
        let answer = change(&mut server.slow);
        let ratio = server.slowness() / before;
        if let Some(done) = server.served_at.filter(|&done| done > now && ratio != 1.0) {
            let left = ((done - now) as f64 * ratio) as u64;
            let done = now.saturating_add(left);
            server.served_at = Some(done);
            server.slow.iter().for_each(|&(fault, _)| self.record.touch(fault));
            let incarnation = server.incarnation;
            self.queue.push(done, Event::Served(Served { node, incarnation }));
        }
        answer
    }

    /// A piece of work was to end now. One that ends at another moment by now does not.
    pub(super) fn service_ends(&mut self, node: NodeId, incarnation: u32) {
        let server = &mut self.servers[node.index()];
        if server.served_at.take_if(|at| *at == self.now).is_some() {
            self.give_core_back();
            self.served(node, incarnation);
        }
    }

    /// A piece of work is done: the state changes and the effects leave.
    fn served(&mut self, node: NodeId, incarnation: u32) {
        let now = self.now;
        let server = &mut self.servers[node.index()];
        if server.incarnation != incarnation {
            return;
        }
        if !server.pauses.is_empty() {
            server.interrupted = true;
            server.pauses.iter().for_each(|&fault| self.record.touch(fault));
            return;
        }
        if server.waits_for_disk {
            server.waits_for_disk = false;
            server.disk.settle(now);
            self.release(node);
            return;
        }
        let work = server.inbox.pop_front().expect("a busy node has work");
        match &work {
            Work::Message { transit, .. }
            | Work::Request { transit, .. }
            | Work::HealthCheck { transit, .. } => {
                self.record.deliver(transit.message, transit.sent, transit.arrived);
            }
            Work::Timer { id } => {
                // A timer that was cancelled while it waited is no work at all.
                let Some(timer) = server.timer(*id) else {
                    self.go_on(node);
                    return;
                };
                self.record.timer(node, *id, timer);
            }
            Work::Synced { sync } => self.record.synced(node, sync.0),
            Work::Membership { change } => {
                let change = *change;
                if !self.is_wanted(change) {
                    self.go_on(node);
                    return;
                }
            }
        }
        let handled = self.servers[node.index()].handle(now, work);
        if let Some((change, uptake)) = handled.uptake {
            self.membership_answered(change, uptake);
        }
        if !self.waits_for_disk(node, handled) {
            self.release(node);
        }
    }

    /// Has a node wait for what it did with its disk; false if there is nothing to wait for. Its
    /// work is done only when the platter has it.
    fn waits_for_disk(&mut self, node: NodeId, handled: Handled) -> bool {
        let Some(done) = self.account(node, handled) else {
            return false;
        };
        if done == self.now {
            self.server(node).disk.settle(done);
            return false;
        }
        let server = self.server(node);
        server.busy = true;
        server.waits_for_disk = true;
        let incarnation = server.incarnation;
        self.queue.push(done, Event::DiskDone { node, incarnation });
        true
    }

    /// The disk has done what its node waits for, unless it has become faster or slower meanwhile:
    /// then another event says so at another moment.
    pub(super) fn disk_done(&mut self, node: NodeId, incarnation: u32) {
        let server = &self.servers[node.index()];
        if server.waits_for_disk && server.disk.work_ends(self.now) {
            self.served(node, incarnation);
        }
    }

    /// Changes something about a node's disk. What it is at work on goes on as fast as the disk is
    /// then; the answer's second part is how many things end at another moment by that.
    pub(super) fn change_disk<T>(
        &mut self,
        node: NodeId,
        change: impl FnOnce(&mut NodeDisk) -> T,
    ) -> (T, usize) {
        let now = self.now;
        let server = &mut self.servers[node.index()];
        let incarnation = server.incarnation;
        let (answer, NewEnds { work, syncs }) = server.disk.change(now, change);
        let moved = usize::from(work.is_some()) + syncs.len();
        if let Some(done) = work {
            self.queue.push(done, Event::DiskDone { node, incarnation });
        }
        for (sync, done) in syncs {
            self.queue.push(done, Event::Synced { node, incarnation, sync });
        }
        (answer, moved)
    }

    /// Counts the faults that a node met in an event; the answer is when its disk has done
    /// all that it asked, if it asked for anything.
    fn account(&mut self, node: NodeId, handled: Handled) -> Option<u64> {
        let server = &mut self.servers[node.index()];
        if handled.clock_read {
            server.clock.faults().for_each(|fault| self.record.touch(fault));
        }
        let DiskUse { asked, touched } = handled.disk?;
        touched.into_iter().for_each(|fault| self.record.touch(fault));
        if asked.is_empty() {
            return None;
        }
        let (done, slowed_by) = server.disk.begin_work(self.now, asked);
        slowed_by.into_iter().for_each(|fault| self.record.touch(fault));
        Some(done)
    }

    /// A sync is to reach the platter; one that fails is tried again.
    pub(super) fn sync_ends(&mut self, node: NodeId, sync: SyncId) {
        let now = self.now;
        let disk = &mut self.server(node).disk;
        // One that ends at another moment by now is no longer to end at this one.
        let Some(PendingSync { file, mark, .. }) = disk.end_sync(now, sync) else {
            return;
        };
        match disk.sync(&file, mark) {
            Ok(()) => self.enqueue(node, Work::Synced { sync }),
            Err(fault) => {
                self.record.touch(fault);
                self.record.sync_failed(node, sync.0, fault);
                self.begin_sync(node, sync, file, mark);
            }
        }
    }

    fn begin_sync(&mut self, node: NodeId, sync: SyncId, file: String, mark: u64) {
        let server = &mut self.servers[node.index()];
        let (done, slowed_by) = server.disk.begin_sync(self.now, sync, file, mark);
        slowed_by.into_iter().for_each(|fault| self.record.touch(fault));
        let incarnation = server.incarnation;
        self.queue.push(done, Event::Synced { node, incarnation, sync });
    }

    /// Boots a node; called when madsim has started it.
    pub(crate) fn boot(&mut self, node: NodeId) {
        if self.outside.is_some() {
            return self.begin_to_boot_outside(node);
        }
        let now = self.now;
        let server = &mut self.servers[node.index()];
        let comes_late = server.presence == Presence::Coming;
        match server.presence {
            Presence::There => {}
            Presence::Coming => server.presence = Presence::There,
            Presence::NotYet | Presence::Gone => return,
        }
        let on_disk = server.disk.holds_anything();
        let handled = server.boot(now);
        let entries = server.node.as_ref().map_or(0, |node| node.entries().len());
        let crashes = std::mem::take(&mut server.crashes);
        let is_first = server.incarnation == 0 && !comes_late;
        let holds = || server.node.as_ref().map_or_else(Vec::new, |node| node.entries());
        self.record.boot(node, entries, on_disk, holds);
        crashes.into_iter().for_each(|fault| self.record.end_fault(fault));
        if is_first {
            // Before the run begins, nodes start in no time, whatever they read and write.
            self.account(node, handled);
            self.server(node).disk.settle(u64::MAX);
            self.perform(node);
        } else if !self.waits_for_disk(node, handled) {
            self.perform(node);
        }
    }

    /// Drops a node's state machine; called when madsim has killed it.
    pub(crate) fn drop_node(&mut self, node: NodeId) {
        let now = self.now;
        let presence = self.server(node).presence;
        if matches!(presence, Presence::NotYet | Presence::Coming) {
            return;
        }
        self.kill_outside(node);
        self.leave_core(node);
        let server = &mut self.servers[node.index()];
        for message in server.crash() {
            self.record.drop_message(message, DropReason::Crash);
        }
        // A process that dies while it waits for a sync has not done what comes after it.
        server.disk.interrupt(now);
        let mut lost_bytes = 0;
        if let Some(fault) = server.power_lost.take() {
            lost_bytes = self.disk_loses_power(node);
            self.record.faults[fault].touched += lost_bytes;
        }
        self.record.died(node, lost_bytes);
    }

    /// Lets the effects of finished work leave, and turns to the next piece.
    fn release(&mut self, node: NodeId) {
        self.perform(node);
        self.go_on(node);
    }

    fn go_on(&mut self, node: NodeId) {
        if self.server(node).inbox.is_empty() {
            self.server(node).busy = false;
        } else {
            self.start_work(node);
        }
    }

    /// Carries out the effects in a node's outbox.
    fn perform(&mut self, node: NodeId) {
        self.record.go_on(node);
        // It is not here meanwhile, and nothing that it does asks for it.
        let Some(mut resident) = self.server(node).node.take() else { return };
        resident.perform(&mut Deeds { world: self, node });
        self.server(node).node = Some(resident);
    }
}

/// What a node does, carried out in its world.
pub(super) struct Deeds<'a> {
    pub(super) world: &'a mut World,
    pub(super) node: NodeId,
}

impl Perform<Said, &dyn Purpose> for Deeds<'_> {
    #[inline]
    fn send(&mut self, to: NodeId, body: Said) {
        let (world, from) = (&mut *self.world, self.node);
        let sent = world.now;
        world.record.about_to_carry(|| body.carries());
        let ends = (Endpoint::Node(from), Endpoint::Node(to));
        let arrivals = world.send(MessageClass::Peer, ends.0, ends.1, &body);
        world.schedule(arrivals, body, |body, message| Event::Message {
            from,
            to,
            body,
            message,
            sent,
        });
    }

    #[inline]
    fn reply(&mut self, request: RequestId, answer: Answer) {
        let (world, from) = (&mut *self.world, self.node);
        let sent = world.now;
        let to = Endpoint::Client(request.client);
        let before = world.record.present();
        world.record.serve(&[request]);
        let arrivals = world.send(MessageClass::Reply, Endpoint::Node(from), to, &answer);
        world.schedule(arrivals, answer, |answer, message| Event::Reply {
            from,
            request,
            answer,
            message,
            sent,
        });
        world.record.resume(before);
    }

    #[inline]
    fn healthy(&mut self, check: HealthCheckId) {
        self.world.answer_health_check(self.node, check);
    }

    #[inline]
    fn set_timer(&mut self, id: TimerId, after: Duration, timer: &dyn Purpose) {
        let (world, node) = (&mut *self.world, self.node);
        world.record.arm(node, id, after, timer);
        let server = &mut world.servers[node.index()];
        if after.is_zero() {
            world.enqueue(node, Work::Timer { id });
        } else {
            let at = world.now.saturating_add(server.clock.real(after));
            server.clock.drift().into_iter().for_each(|fault| world.record.touch(fault));
            let incarnation = server.incarnation;
            world.queue.push(at, Event::Timer { node, incarnation, id });
        }
    }

    #[inline]
    fn cancel_timer(&mut self, id: TimerId) {
        self.world.record.cancel(self.node, id);
    }

    #[inline]
    fn sync(&mut self, id: SyncId, file: String) {
        let mark = self.world.server(self.node).disk.mark();
        self.world.record.ask_sync(self.node, id.0, &file);
        self.world.begin_sync(self.node, id, file, mark);
    }

    #[inline]
    fn apply(&mut self, change: Change) {
        self.world.record.apply(self.node, &change);
        if let Some(announced) = &mut self.world.server(self.node).announced {
            match change.after {
                Some(entry) => announced.insert(change.key, entry),
                None => announced.remove(&change.key),
            };
        }
    }

    #[inline]
    fn announce(&mut self, fact: Fact) {
        self.world.record.announce(self.node, fact);
    }

    #[inline]
    fn note(&mut self, note: Note) {
        self.world.record.note_of(self.node, note);
    }

    #[inline]
    fn serve(&mut self, requests: Option<Vec<RequestId>>) {
        match requests {
            Some(requests) => self.world.record.serve(&requests),
            None => self.world.record.go_on(self.node),
        }
    }
}
