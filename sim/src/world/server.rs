//! One store node in the world: its state machine, its queue and its clock.

use super::{
    disk::{DiskUse, NodeDisk},
    outside::Afar,
};
use crate::{
    name::Name,
    seed::{Stream, Streams},
};
use judge::record::MessageId;
use node::{
    Config, HealthCheckId, Key, MembershipChange, NodeId, Request, Role, Said, SyncId, Time,
    TimerId, Uptake, Versioned, Waits,
    resident::{self, Boot, Booted, Lent, Purpose, Resident},
};
use scenarios::Clock;
use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

/// What a node's clock shows at the start of a run, so that a clock that is
/// behind still shows a moment after zero.
const CLOCK_START: Duration = Duration::from_secs(24 * 3600);

/// A store node.
pub(super) struct Server {
    boot: Boot,
    pub(super) config: Config,
    /// The state machine; `None` while the node is down, or if it lives outside.
    pub(super) node: Option<Box<dyn Resident>>,
    /// What is known of the node, if it lives outside.
    pub(super) afar: Option<Afar>,
    /// Counts the crashes, so that what belongs to an earlier life is told apart.
    pub(super) incarnation: u32,
    /// Events that have arrived and wait for their turn.
    pub(super) inbox: VecDeque<Work>,
    /// Whether the node is at work on the first of its inbox.
    pub(super) busy: bool,
    /// The faults by which it stands still.
    pub(super) pauses: Vec<usize>,
    /// When what it is at work on will be done, if nothing makes it faster or slower.
    pub(super) served_at: Option<u64>,
    /// Whether its work is done but for the platter.
    pub(super) waits_for_disk: bool,
    /// Whether the pause fell into a piece of work, which starts over afterwards.
    pub(super) interrupted: bool,
    /// The faults by which it is down.
    pub(super) crashes: Vec<usize>,
    /// When it will have started, if it is starting.
    pub(super) starting: Option<u64>,
    /// The fault by which it is about to go down with its power.
    pub(super) power_lost: Option<usize>,
    /// Whether it is there at all.
    pub(super) presence: Presence,
    /// The faults that slow it down, and how many times.
    pub(super) slow: Vec<(usize, f64)>,
    /// The part it played when it went down.
    pub(super) last_role: Role,
    /// The group it was of when it last booted.
    pub(super) group: u32,
    pub(super) disk: NodeDisk,
    pub(super) clock: NodeClock,
    /// What the node has announced that clients can read; kept only in detail.
    pub(super) announced: Option<BTreeMap<Key, Versioned>>,
    rng: Stream,
}

/// An event that waits for its node.
pub(super) enum Work {
    Message { from: NodeId, body: Said, transit: InTransit },
    Request { request: Request, transit: InTransit },
    HealthCheck { check: HealthCheckId, transit: InTransit },
    Timer { id: TimerId },
    Synced { sync: SyncId },
    Membership { change: MembershipChange },
}

impl Work {
    /// The message that brought it, if one did.
    pub(super) fn transit(&self) -> Option<InTransit> {
        match self {
            Self::Message { transit, .. }
            | Self::Request { transit, .. }
            | Self::HealthCheck { transit, .. } => Some(*transit),
            Self::Timer { .. } | Self::Synced { .. } | Self::Membership { .. } => None,
        }
    }
}

impl From<Work> for resident::Event {
    /// What the node gets to see of it.
    #[inline]
    fn from(work: Work) -> Self {
        match work {
            Work::Message { from, body, .. } => Self::Message { from, message: body },
            Work::Request { request, .. } => Self::Request(request),
            Work::HealthCheck { check, .. } => Self::HealthCheck(check),
            Work::Timer { id } => Self::Timer(id),
            Work::Synced { sync } => Self::Synced(sync),
            Work::Membership { change } => Self::Membership(change),
        }
    }
}

/// A message under way or waiting.
#[derive(Clone, Copy)]
pub(super) struct InTransit {
    pub(super) message: MessageId,
    pub(super) sent: u64,
    pub(super) arrived: u64,
}

/// A node's own clock.
pub(super) struct NodeClock {
    offset_ns: i64,
    drift_ppb: i64,
    initial: Clock,
    /// The faults that have moved it, and by how much.
    jumps: Vec<(usize, i64)>,
}

/// Whether a node is there, be it up or down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Presence {
    /// It is.
    There,
    /// It has not been started yet.
    NotYet,
    /// It has been started for the first time, and is about to boot.
    Coming,
    /// It has left for good.
    Gone,
}

impl NodeClock {
    pub(super) fn new(initial: Clock) -> Self {
        Self {
            offset_ns: initial.offset_ns,
            // One that stood still would never let a timer run out.
            drift_ppb: (libm::round(initial.drift_ppm * 1000.0) as i64).max(-999_999_999),
            initial,
            jumps: Vec::new(),
        }
    }

    /// What the clock shows.
    pub(super) fn shows(&self, now: u64) -> Time {
        // Asked for with every event, and numbers of 128 bits are not cheap.
        if self.drift_ppb == 0 && self.offset_ns == 0 {
            return Time::from_nanos((CLOCK_START.as_nanos() as u64).saturating_add(now));
        }
        let drift = match self.drift_ppb {
            0 => 0,
            ppb => i128::from(now) * i128::from(ppb) / 1_000_000_000,
        };
        let shown =
            CLOCK_START.as_nanos() as i128 + i128::from(now) + i128::from(self.offset_ns) + drift;
        Time::from_nanos(shown.clamp(0, i128::from(u64::MAX)) as u64)
    }

    /// How long the clock takes to go on by `shown`.
    pub(super) fn real(&self, shown: Duration) -> u64 {
        if self.drift_ppb == 0 {
            return u64::try_from(shown.as_nanos()).unwrap_or(u64::MAX);
        }
        let rate = 1_000_000_000 + i128::from(self.drift_ppb);
        let real = shown.as_nanos() as i128 * 1_000_000_000 / rate;
        u64::try_from(real).unwrap_or(u64::MAX)
    }

    /// How far it is off, in nanoseconds, and how much faster it runs, in billionths.
    pub(super) fn is_off(&self) -> (i64, i64) {
        (self.offset_ns, self.drift_ppb)
    }

    /// Moves the clock.
    pub(super) fn jump(&mut self, by_ns: i64, fault: usize) {
        self.jumps.push((fault, by_ns));
        self.set();
    }

    /// Takes a jump back, if it was one of this clock.
    pub(super) fn end(&mut self, fault: usize) {
        self.jumps.retain(|(jump, _)| *jump != fault);
        self.set();
    }

    /// The faults that have moved it.
    pub(super) fn faults(&self) -> impl Iterator<Item = usize> + '_ {
        self.jumps.iter().map(|(fault, _)| *fault)
    }

    /// The fault by which its timers run out too soon or too late, if it drifts. Jumps move none.
    pub(super) fn drift(&self) -> Option<usize> {
        // It has been off from the start, before anything moved it.
        self.jumps.first().filter(|_| self.drift_ppb != 0).map(|(fault, _)| *fault)
    }

    fn set(&mut self) {
        let jumps = self.jumps.iter().map(|(_, by_ns)| *by_ns);
        self.offset_ns = jumps.fold(self.initial.offset_ns, i64::saturating_add);
    }

    /// Sets it as at the start; the answer is the faults that are over by it.
    pub(super) fn heal(&mut self) -> Vec<usize> {
        let faults = self.faults().collect();
        self.jumps.clear();
        self.set();
        faults
    }
}

/// What handling an event, or booting, cost beside the service time.
pub(super) struct Handled {
    /// What was done with the disk, if anything was.
    pub(super) disk: Option<DiskUse>,
    /// Whether the node looked at its clock.
    pub(super) clock_read: bool,
    /// What it said to a change of the membership, if it was asked for one.
    pub(super) uptake: Option<(MembershipChange, Uptake)>,
}

impl Server {
    pub(super) fn new(
        boot: Boot,
        config: Config,
        clock: Clock,
        disk: &scenarios::Disk,
        streams: &Streams,
        detail: bool,
    ) -> Self {
        let disk = NodeDisk::new(config.id, disk, streams);
        let rng = streams.named(Name::new("node/").node(config.id));
        Self {
            boot,
            config,
            node: None,
            afar: None,
            incarnation: 0,
            inbox: VecDeque::new(),
            busy: false,
            pauses: Vec::new(),
            waits_for_disk: false,
            served_at: None,
            interrupted: false,
            crashes: Vec::new(),
            starting: None,
            last_role: Role::Peer,
            group: 0,
            disk,
            slow: Vec::new(),
            power_lost: None,
            presence: Presence::There,
            clock: NodeClock::new(clock),
            announced: detail.then(BTreeMap::new),
            rng,
        }
    }

    /// How many times as long as usual it takes for everything: what slows it down adds up as
    /// separate causes do.
    pub(super) fn slowness(&self) -> f64 {
        self.slow.iter().map(|(_, factor)| factor).product()
    }

    /// Draws from these streams from now on.
    pub(super) fn redraw(&mut self, streams: &Streams) {
        let id = self.id();
        self.rng = streams.named(format!("node/{id}"));
        self.disk.redraw(id, streams);
    }

    pub(super) fn id(&self) -> NodeId {
        self.config.id
    }

    pub(super) fn is_up(&self) -> bool {
        self.node.is_some() || self.afar.as_ref().is_some_and(|afar| afar.up)
    }

    /// The part the node plays, or played when it went down.
    pub(super) fn role(&self) -> Role {
        match &self.node {
            Some(node) => node.role(),
            None => self.afar.as_ref().and_then(Afar::role).unwrap_or(self.last_role),
        }
    }

    /// What the node waits for, if it is up.
    pub(super) fn waits(&self) -> Option<(NodeId, Waits)> {
        self.node.as_ref().map(|node| (self.id(), node.waits()))
    }

    /// Boots the state machine; its effects are left in the outbox.
    pub(super) fn boot(&mut self, now: u64) -> Handled {
        let detail = self.announced.is_some();
        let shows = self.clock.shows(now);
        let Self { config, rng, disk, .. } = self;
        let lent = Lent { config, shows, rng, disk: &disk.handle };
        let Booted { node, clock_read } = (self.boot)(lent, detail);
        if let Some(announced) = &mut self.announced {
            *announced = node.entries().into_iter().collect();
        }
        self.group = node.group();
        self.node = Some(node);
        Handled { disk: self.disk.take_use(), clock_read, uptake: None }
    }

    /// If the node is down, what it would find on its disk. A copy of it boots on a copy of
    /// the disk, and all that it does there is forgotten.
    pub(super) fn on_disk(&self, streams: &Streams) -> Option<Vec<(Key, Versioned)>> {
        if self.is_up() {
            return None;
        }
        if self.presence != Presence::There {
            return None;
        }
        let disk = self.disk.scratch();
        let mut rng = streams.named(format!("scratch/{}", self.id()));
        let shows = self.clock.shows(0);
        let lent = Lent { config: &self.config, shows, rng: &mut rng, disk: &disk };
        let Booted { node, .. } = (self.boot)(lent, false);
        node.serves().then(|| node.recoverable())
    }

    /// Hands an event to the state machine; its effects are left in the outbox.
    pub(super) fn handle(&mut self, now: u64, work: Work) -> Handled {
        let change = match work {
            Work::Membership { change } => Some(change),
            _ => None,
        };
        let shows = self.clock.shows(now);
        let Self { config, rng, disk, node, .. } = self;
        let node = node.as_mut().expect("only a node that is up is handed work");
        let lent = Lent { config, shows, rng, disk: &disk.handle };
        let resident::Handled { clock_read, uptake } = node.handle(work.into(), lent);
        Handled { disk: self.disk.take_use(), clock_read, uptake: change.zip(uptake) }
    }

    /// What a timer of the node is for, if it is running.
    pub(super) fn timer(&self, id: TimerId) -> Option<&dyn Purpose> {
        self.node.as_ref()?.timer(id)
    }

    /// Drops the state machine and all that was not on the disk; the answer is
    /// the messages that die with it.
    pub(super) fn crash(&mut self) -> Vec<MessageId> {
        self.last_role = self.role();
        self.node = None;
        if let Some(afar) = &mut self.afar {
            afar.crash();
        }
        // What belongs to this life, a timer or a piece of work, ends with it.
        self.incarnation += 1;
        self.busy = false;
        self.served_at = None;
        self.interrupted = false;
        self.waits_for_disk = false;
        if let Some(announced) = &mut self.announced {
            announced.clear();
        }
        self.inbox.drain(..).filter_map(|work| Some(work.transit()?.message)).collect()
    }

    /// Asserts that everything clients can read was announced.
    ///
    /// # Panics
    ///
    /// Panics, in detail runs, if the node changed its entries without a word.
    pub(super) fn assert_announced(&self) {
        // What a node does while it waits for its disk is announced when the platter has it.
        if self.waits_for_disk {
            return;
        }
        if let (Some(node), Some(announced)) = (&self.node, &self.announced) {
            let entries: BTreeMap<_, _> = node.entries().into_iter().collect();
            let id = self.id();
            assert!(
                entries == *announced,
                "{id} changed what clients can read without announcing it by Context::apply"
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clock(offset_ns: i64, drift_ppm: f64) -> NodeClock {
        NodeClock::new(Clock { offset_ns, drift_ppm })
    }

    #[test]
    fn a_clock_shows_its_offset_and_drift() {
        let right = clock(0, 0.0).shows(0);
        assert_eq!(clock(-5_000_000_000, 0.0).shows(0) + Duration::from_secs(5), right);
        let second = 1_000_000_000;
        let fast = clock(0, 100.0).shows(second).since(right);
        assert_eq!(fast, Duration::from_micros(1_000_100));
    }

    #[test]
    fn timers_run_by_the_nodes_own_clock() {
        assert_eq!(clock(77, 0.0).real(Duration::from_secs(1)), 1_000_000_000);
        // A clock twice as fast lets a second pass in half a second.
        assert_eq!(clock(0, 1_000_000.0).real(Duration::from_secs(1)), 500_000_000);
    }

    #[test]
    fn a_jump_that_ends_leaves_the_others() {
        let mut clock = clock(1000, 0.0);
        let before = clock.shows(0);
        clock.jump(-300, 4);
        clock.jump(700, 5);
        clock.end(4);
        assert_eq!(clock.shows(0), before + Duration::from_nanos(700));
        clock.end(4);
        clock.end(5);
        assert_eq!(clock.shows(0), before);
    }

    #[test]
    fn the_slowest_clock_still_runs() {
        assert!(clock(0, -999_999.999_999_9).real(Duration::from_nanos(1)) > 0);
    }

    #[test]
    fn healing_takes_jumps_back_and_leaves_the_offset_of_the_start() {
        let mut clock = clock(1000, 0.0);
        let before = clock.shows(0);
        clock.jump(-300, 4);
        assert_eq!(clock.shows(0) + Duration::from_nanos(300), before);
        assert_eq!(clock.heal(), [4]);
        assert_eq!(clock.shows(0), before);
    }
}
