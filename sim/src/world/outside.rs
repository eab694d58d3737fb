//! Nodes that live outside: what the world does to them, and what it hears of them.
//!
//! Links, clients, faults and the record are the same as for nodes that live here. What differs is
//! who handles what reaches a node, and that the world learns of it afterwards: a message lies in the inbox
//! from when it was handed on until the node says that it has handled it, and dies there with its node.

use super::{
    World,
    serve::Deeds,
    server::{Presence, Server, Work},
};
use crate::{Outage, limits::EventKind};
use node::{
    Key, NodeId, Perform, Role, Time, TimerId, Versioned, Waits,
    outside::{Deed, Event, Handed, Happened, Met, Outside, Shape, Status, What},
};
use rand::RngCore;
use std::{collections::BTreeMap, fmt::Display};

/// What the world knows of a node that lives outside.
#[derive(Default)]
pub(super) struct Afar {
    /// Whether it has booted and has not died since.
    pub(super) up: bool,
    /// The part it plays, as it last said.
    role: Option<Role>,
    /// What it was last told to be.
    shape: Shape,
    /// What its armed timers are for.
    timers: BTreeMap<u64, String>,
}

/// A node that is booting has no moment at which it will have: it says when.
const UNTIL_IT_SAYS: u64 = u64::MAX;

impl Afar {
    /// The part it plays, if it is up and has said.
    pub(super) fn role(&self) -> Option<Role> {
        self.role.filter(|_| self.up)
    }

    /// Forgets what died with its process.
    pub(super) fn crash(&mut self) {
        *self = Self::default();
    }
}

impl World {
    /// Has every node live outside, before any has booted.
    pub(crate) fn put_outside(&mut self, outside: Box<dyn Outside + Send>) {
        self.outside = Some(outside);
        for server in &mut self.servers {
            server.afar = Some(Afar::default());
        }
    }

    /// Boots all nodes that are there, and lets the clock begin.
    pub(crate) fn boot_outside(&mut self) {
        for node in self.servers.iter().map(Server::id).collect::<Vec<_>>() {
            self.boot(node);
        }
        let mut early = Vec::new();
        while self.servers.iter().any(|server| server.starting.is_some()) {
            match self.outside().next(None) {
                Some(happened) if matches!(happened.what, What::Did { .. }) => early.push(happened),
                Some(happened) => self.happens(happened),
                None => unreachable!("what has no end in time waits until something happens"),
            }
        }
        self.outside().begin();
        early.into_iter().for_each(|happened| self.happens(happened));
    }

    /// Waits until something happens outside, or until the next event of the world is due.
    pub(crate) fn hear(&mut self) -> Option<Happened> {
        let until = self.queue.next_at().map(Time::from_nanos);
        self.outside().next(until)
    }

    fn outside(&mut self) -> &mut (dyn Outside + Send) {
        &mut **self.outside.as_mut().expect("the nodes live outside")
    }

    /// Begins to boot a node. Its crashes are over with that: one that strikes before it is up is another, and is not to
    /// wait for those.
    pub(super) fn begin_to_boot_outside(&mut self, node: NodeId) {
        let server = &mut self.servers[node.index()];
        let is_booting = server.starting == Some(UNTIL_IT_SAYS);
        if matches!(server.presence, Presence::NotYet | Presence::Gone) || is_booting {
            return;
        }
        server.starting = Some(UNTIL_IT_SAYS);
        let config = server.config.clone();
        let crashes = std::mem::take(&mut server.crashes);
        crashes.into_iter().for_each(|fault| self.record.end_fault(fault));
        self.outside().boot(&config);
    }

    /// A node that is booting dies before it has.
    pub(super) fn end_boot_outside(&mut self, node: NodeId) {
        if let Some(outside) = &mut self.outside {
            // What it has done it did in no life that the world has heard of.
            outside.kill(node);
        }
    }

    /// Something has happened to a node.
    pub(crate) fn happens(&mut self, Happened { at, node, what }: Happened) {
        self.now = at.as_nanos().max(self.now);
        self.spend(EventKind::Work);
        self.record.at(self.now);
        match what {
            What::Booted { group, entries, on_disk } => self.booted(node, group, entries, on_disk),
            What::Did { event, role, deeds, met } => {
                let afar = self.servers[node.index()].afar.as_mut();
                afar.expect("it lives outside").role = Some(role);
                self.meets(node, met);
                self.handled(node, event);
                self.record.go_on(node);
                deeds.into_iter().for_each(|deed| self.done(node, deed));
            }
            What::Ended { why } => Outage { node, why }.raise(),
        }
        self.tell_shapes();
    }

    fn booted(&mut self, node: NodeId, group: u32, entries: Vec<(Key, Versioned)>, on_disk: bool) {
        let server = &mut self.servers[node.index()];
        server.starting = None;
        server.presence = Presence::There;
        server.group = group;
        let afar = server.afar.as_mut().expect("it lives outside");
        afar.up = true;
        if let Some(announced) = &mut server.announced {
            *announced = entries.iter().cloned().collect();
        }
        self.record.boot(node, entries.len(), on_disk, || entries);
    }

    /// Counts the faults that a node met in an event.
    fn meets(&mut self, node: NodeId, met: Met) {
        let server = &self.servers[node.index()];
        let mut touched: Vec<usize> = server.slow.iter().map(|(fault, _)| *fault).collect();
        if met.clock {
            touched.extend(server.clock.faults());
        }
        let (slow, full, errors) = server.disk.faults();
        for (times, faults) in
            [(met.slow_disk, slow), (met.full_disk, full), (met.disk_errors, errors)]
        {
            (0..times).for_each(|_| touched.extend(&faults));
        }
        touched.into_iter().for_each(|fault| self.record.touch(fault));
    }

    /// A node has handled an event.
    fn handled(&mut self, node: NodeId, event: Event) {
        let server = &mut self.servers[node.index()];
        match event {
            Event::Boot => {}
            Event::Handed(number) => {
                let place = server.inbox.iter().position(|work| work.number() == Some(number));
                let transit = place.and_then(|place| server.inbox.remove(place)?.transit());
                if let Some(transit) = transit {
                    self.record.deliver(transit.message, transit.sent, transit.arrived);
                }
            }
            Event::Membership(_, uptake) => {
                let is_wish = |work: &Work| matches!(work, Work::Membership { .. });
                let place = server.inbox.iter().position(is_wish);
                let wish = place.and_then(|place| server.inbox.remove(place));
                if let Some(Work::Membership { change }) = wish
                    && self.is_wanted(change)
                {
                    self.membership_answered(change, uptake);
                }
            }
            Event::Timer(id) => {
                let afar = server.afar.as_mut().expect("it lives outside");
                let text = afar.timers.remove(&id).unwrap_or_default();
                self.record.timer(node, TimerId(id), &text);
            }
            Event::Synced(id) => self.record.synced(node, id),
        }
    }

    /// A node has done something.
    fn done(&mut self, node: NodeId, deed: Deed) {
        match deed {
            Deed::SetTimer { id, after, text } => {
                let server = &mut self.servers[node.index()];
                server.clock.drift().into_iter().for_each(|fault| self.record.touch(fault));
                self.record.arm(node, TimerId(id), after, &text);
                server.afar.as_mut().expect("it lives outside").timers.insert(id, text);
            }
            Deed::CancelTimer(id) => {
                let server = &mut self.servers[node.index()];
                server.afar.as_mut().expect("it lives outside").timers.remove(&id);
                self.record.cancel(node, TimerId(id));
            }
            Deed::Sync { id, file } => self.record.ask_sync(node, id, &file),
            // It left the node, and nobody knows what it said.
            Deed::Send { message: None, .. } | Deed::Reply { answer: None, .. } => {}
            // All else is as if it had been done within.
            Deed::Send { to, message: Some(message) } => self.deeds(node).send(to, message),
            Deed::Reply { request, answer: Some(answer) } => {
                self.deeds(node).reply(request, answer);
            }
            Deed::Healthy(check) => self.deeds(node).healthy(check),
            Deed::Apply(change) => self.deeds(node).apply(change),
            Deed::Announce(fact) => self.deeds(node).announce(fact),
            Deed::Note(note) => self.deeds(node).note(*note),
            Deed::Serve(requests) => self.deeds(node).serve(requests),
        }
    }

    fn deeds(&mut self, node: NodeId) -> Deeds<'_> {
        Deeds { world: self, node }
    }

    /// Hands a node what has reached it.
    pub(super) fn hand_outside(&mut self, node: NodeId, work: Work) {
        let number = work.number().unwrap_or(0);
        let handed = match &work {
            Work::Message { from, body, .. } => {
                Handed::Message { from: *from, message: body.clone() }
            }
            Work::Request { request, .. } => Handed::Request(request.clone()),
            Work::HealthCheck { check, .. } => Handed::HealthCheck(*check),
            Work::Membership { change } => Handed::Membership(*change),
            Work::Timer { .. } | Work::Synced { .. } => {
                unreachable!("timers and syncs of a node outside are its own")
            }
        };
        let server = &mut self.servers[node.index()];
        server.inbox.push_back(work);
        server.pauses.iter().for_each(|&fault| self.record.touch(fault));
        self.outside().hand(node, number, handed);
    }

    /// Tells nodes how they are to be, if that has changed.
    pub(super) fn tell_shapes(&mut self) {
        let Some(outside) = &mut self.outside else { return };
        for server in &mut self.servers {
            let (id, shape) = (server.id(), server.shape());
            let afar = server.afar.as_mut().expect("it lives outside");
            if afar.up && afar.shape != shape {
                afar.shape = shape;
                outside.shape(id, shape);
            }
        }
    }

    /// Ends a node's process; what it had done before is heard first.
    pub(super) fn kill_outside(&mut self, node: NodeId) {
        if self.outside.is_some() {
            self.outside().kill(node).into_iter().for_each(|happened| self.happens(happened));
        }
    }

    /// What each node waits for.
    pub(super) fn waits_outside(&mut self) -> BTreeMap<NodeId, Waits> {
        let nodes: Vec<_> = self.servers.iter().map(Server::id).collect();
        let waits = |node| Some((node, self.status(node)?.waits));
        nodes.into_iter().filter_map(waits).collect()
    }

    /// How a node outside is, if it is up and says so.
    pub(super) fn status(&mut self, node: NodeId) -> Option<Status> {
        let is_up = self.servers[node.index()].is_up();
        is_up.then(|| self.outside().status(node)).flatten()
    }

    /// What a node that is down would find on its disk.
    pub(super) fn found_outside(&mut self, node: NodeId) -> Option<Vec<(Key, Versioned)>> {
        let server = &self.servers[node.index()];
        if server.is_up() || server.presence != Presence::There {
            return None;
        }
        let config = server.config.clone();
        self.outside().found_on_disk(&config)
    }

    /// Whether a node's disk holds anything, wherever the node lives.
    pub(super) fn disk_holds_anything(&mut self, node: NodeId) -> bool {
        match &mut self.outside {
            Some(outside) => outside.holds_anything(node),
            None => self.servers[node.index()].disk.holds_anything(),
        }
    }

    /// Leaves of what a node that is down had not synced what the seed has it; the answer is how many
    /// bytes were lost.
    pub(super) fn disk_loses_power(&mut self, node: NodeId) -> u64 {
        let seed = self.seed_outside("power", node);
        match &mut self.outside {
            Some(outside) => outside.lose_power(node, seed),
            None => self.servers[node.index()].disk.lose_power(),
        }
    }

    /// Flips bits on a node's platter; the answer is how many.
    pub(super) fn disk_rots(&mut self, node: NodeId) -> u64 {
        let seed = self.seed_outside("rot", node);
        match &mut self.outside {
            Some(outside) => outside.rot(node, seed),
            None => self.servers[node.index()].disk.rot(),
        }
    }

    /// A seed for what is drawn outside.
    fn seed_outside(&self, what: impl Display, node: NodeId) -> u64 {
        let (now, drawn) = (self.now, &self.streams);
        drawn.named(format!("outside/{what}/{node}@{now}")).next_u64()
    }
}

impl Work {
    /// By which number a node names it that lives outside; 0 is nobody's.
    fn number(&self) -> Option<u64> {
        self.transit().map(|transit| transit.message.0 + 1)
    }
}

impl Server {
    /// How the node is to be.
    fn shape(&self) -> Shape {
        let (clock_offset_ns, clock_drift_ppb) = self.clock.is_off();
        Shape {
            paused: !self.pauses.is_empty(),
            slowness: self.slowness(),
            disk: self.disk.trouble(),
            clock_offset_ns,
            clock_drift_ppb,
        }
    }
}
