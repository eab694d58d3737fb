//! A small simulated cluster: seeded latencies, losses, doubles, crashes, power failures and partitions.

use super::{
    checks::{Checks, Finding},
    clients::Client,
    faults::{Knobs, Weather},
    medium::TestMedium,
};
use node::{
    Answer, Change, Config, Disk, Effects, Host, Node, NodeId, Perform, Request, RequestId,
    Setting, SyncId, TimerId,
    systems::raft::{Entry, MembershipChange, Message, Payload, Raft, Timer},
};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
    time::Duration,
};

pub(crate) const MS: u64 = 1_000_000;

#[derive(Debug)]
pub(crate) enum Event {
    Deliver { from: NodeId, to: NodeId, message: Message },
    Timer { node: NodeId, incarnation: u64, id: TimerId, timer: Timer },
    Synced { node: NodeId, incarnation: u64, id: SyncId, file: String, write: u64 },
    Ask { to: NodeId, request: Request },
    Answer { request: RequestId, answer: Answer },
    ClientWakes { client: u32, turn: u64 },
    Fault,
}

pub(crate) struct Slot {
    pub(crate) host: Option<Host<Raft, ChaCha8Rng>>,
    pub(crate) medium: Arc<Mutex<TestMedium>>,
    incarnation: u64,
    disarmed: BTreeSet<TimerId>,
}

/// What a run has touched, to see that storms bite.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) answers: u64,
    pub(crate) elections: u64,
    pub(crate) snapshots_sent: u64,
    pub(crate) voters_changed: u64,
    pub(crate) bytes_lost: usize,
    pub(crate) nodes_damaged: usize,
}

impl Tally {
    pub(crate) fn add(&mut self, other: &Self) {
        self.answers += other.answers;
        self.elections += other.elections;
        self.snapshots_sent += other.snapshots_sent;
        self.voters_changed += other.voters_changed;
        self.bytes_lost += other.bytes_lost;
        self.nodes_damaged += other.nodes_damaged;
    }
}

pub(crate) struct Cluster {
    pub(crate) knobs: Knobs,
    pub(crate) rng: ChaCha8Rng,
    pub(crate) now: u64,
    events: BTreeMap<(u64, u64), Event>,
    scheduled: u64,
    handled: u64,
    pub(crate) slots: Vec<Slot>,
    pub(crate) clients: Vec<Client>,
    pub(crate) checks: Checks,
    pub(crate) tally: Tally,
    pub(crate) cut: BTreeSet<(NodeId, NodeId)>,
    pub(crate) is_healed: bool,
    pub(crate) clients_rest: bool,
    config: Config,
}

impl Cluster {
    pub(crate) fn new(knobs: Knobs, seed: u64) -> Self {
        let settings = [("snapshot-after", knobs.snapshot_after), ("voters", knobs.voters)]
            .map(|(name, count)| (name.to_owned(), Setting::Count(count)));
        let config = Config {
            flaws: knobs.flaws.clone().into(),
            settings: Arc::new(BTreeMap::from(settings)),
            ..Config::new(NodeId::new(1), knobs.nodes)
        };
        let slot = |_| Slot {
            host: None,
            medium: Arc::default(),
            incarnation: 0,
            disarmed: BTreeSet::new(),
        };
        let mut cluster = Self {
            rng: ChaCha8Rng::seed_from_u64(seed),
            now: 0,
            events: BTreeMap::new(),
            scheduled: 0,
            handled: 0,
            slots: (0..knobs.nodes).map(slot).collect(),
            clients: (1..=knobs.clients).map(Client::new).collect(),
            checks: Checks::default(),
            tally: Tally::default(),
            cut: BTreeSet::new(),
            is_healed: false,
            clients_rest: false,
            config,
            knobs,
        };
        for client in 1..=cluster.knobs.clients {
            cluster.after(MS, Event::ClientWakes { client, turn: 0 });
        }
        cluster.after(MS, Event::Fault);
        cluster
    }

    pub(crate) fn ids(&self) -> impl Iterator<Item = NodeId> + use<> {
        (0..self.slots.len()).map(NodeId::from_index)
    }

    pub(crate) fn nodes(&self) -> impl Iterator<Item = (NodeId, &Raft)> + Clone {
        self.slots.iter().enumerate().filter_map(|(at, slot)| {
            slot.host.as_ref().map(|host| (NodeId::from_index(at), host.node()))
        })
    }

    pub(crate) fn after(&mut self, nanos: u64, event: Event) {
        self.scheduled += 1;
        self.events.insert((self.now + nanos, self.scheduled), event);
    }

    pub(crate) fn boot_all(&mut self) -> Finding {
        self.ids().try_for_each(|id| self.boot(id))
    }

    /// Starts every node, runs until the storm is over, heals, and runs until all is calm.
    pub(crate) fn run(&mut self) -> Finding {
        self.boot_all()?;
        self.run_until(self.knobs.stormy_ms * MS)?;
        self.heal()?;
        self.run_until(self.now + 3_000 * MS)?;
        self.clients_rest = true;
        self.run_until(self.now + 1_000 * MS)?;
        self.compare_all()?;
        self.checks.reads_are_linearizable()?;
        self.refused_writes_are_nowhere()?;
        self.checks.have_converged(self.nodes())?;
        self.take_tally();
        match self.clients.iter().find(|client| client.done_when_healed == 0) {
            Some(client) => Err(format!("c{} got no answer after healing", client.number)),
            None => Ok(()),
        }
    }

    fn take_tally(&mut self) {
        let damaged = self.nodes().filter(|(_, node)| node.probe().is_none()).count();
        let lost = self.slots.iter().map(|slot| slot.medium.lock().unwrap().bytes_lost).sum();
        self.tally.nodes_damaged = damaged;
        self.tally.bytes_lost = lost;
        self.tally.answers = self.clients.iter().map(|client| client.done).sum();
        self.tally.elections = self.checks.elections();
    }

    pub(crate) fn run_until(&mut self, end: u64) -> Finding {
        while let Some(entry) = self.events.first_entry()
            && entry.key().0 <= end
        {
            self.now = entry.key().0;
            let event = entry.remove();
            self.handle(event)?;
            self.handled += 1;
            if self.handled.is_multiple_of(200) {
                self.compare_all()?;
            }
        }
        self.now = end;
        Ok(())
    }

    pub(crate) fn compare_all(&mut self) -> Finding {
        let mut checks = std::mem::take(&mut self.checks);
        let found = checks.compare_all(self.nodes());
        self.checks = checks;
        found
    }

    fn handle(&mut self, event: Event) -> Finding {
        match event {
            Event::Deliver { from, to, message } => {
                let is_snapshot = matches!(message, Message::InstallSnapshot { .. });
                self.tally.snapshots_sent += u64::from(is_snapshot);
                self.tally.voters_changed += u64::from(changes_voters(&message));
                self.step(to, is_snapshot, |host| host.message(from, message))
            }
            Event::Ask { to, request } => self.step(to, false, |host| host.request(request)),
            Event::Timer { node, incarnation, id, timer } => {
                let slot = &mut self.slots[node.index()];
                if slot.incarnation != incarnation || slot.disarmed.remove(&id) {
                    return Ok(());
                }
                self.step(node, false, |host| host.timer(timer))
            }
            Event::Synced { node, incarnation, id, file, write } => {
                let slot = &mut self.slots[node.index()];
                if slot.incarnation != incarnation || slot.host.is_none() {
                    return Ok(());
                }
                slot.medium.lock().unwrap().sync_up_to(&file, write);
                self.step(node, false, |host| host.synced(id))
            }
            Event::Answer { request, answer } => self.on_answer(request, answer),
            Event::ClientWakes { client, turn } => self.on_client_wakes(client, turn),
            Event::Fault => self.strike(),
        }
    }

    /// Lets a node handle an event, carries out the effects, and checks.
    fn step(
        &mut self,
        id: NodeId,
        is_snapshot: bool,
        event: impl FnOnce(&mut Host<Raft, ChaCha8Rng>) -> Effects<Raft>,
    ) -> Finding {
        let Some(host) = &mut self.slots[id.index()].host else {
            return Ok(());
        };
        let effects = event(host);
        self.carry_out(id, is_snapshot, effects)?;
        let host = self.slots[id.index()].host.as_ref().expect("it just ran");
        self.checks.after_event(id, host.node())
    }

    fn carry_out(&mut self, from: NodeId, is_snapshot: bool, effects: Effects<Raft>) -> Finding {
        let mut at = At { cluster: self, node: from, is_snapshot, found: Ok(()) };
        effects.into_iter().for_each(|effect| effect.perform(&mut at));
        at.found
    }

    fn start_sync(&mut self, node: NodeId, id: SyncId, file: String) {
        let slot = &self.slots[node.index()];
        let (incarnation, write) = (slot.incarnation, slot.medium.lock().unwrap().last_write());
        let most = self.knobs.fsync_ms * MS;
        let takes = self.rng.gen_range(most / 10..=most);
        self.after(takes, Event::Synced { node, incarnation, id, file, write });
    }

    fn send(&mut self, from: NodeId, to: NodeId, message: Message) {
        if self.cut.contains(&(from, to)) {
            return;
        }
        if !self.is_healed && self.rng.gen_bool(self.knobs.doubling) {
            let latency = self.latency();
            let message = message.clone();
            self.after(latency, Event::Deliver { from, to, message });
        }
        if self.is_healed || !self.rng.gen_bool(self.knobs.loss) {
            let latency = self.latency();
            self.after(latency, Event::Deliver { from, to, message });
        }
    }

    pub(crate) fn latency(&mut self) -> u64 {
        let spike = !self.is_healed && self.rng.gen_bool(self.knobs.delay_spikes);
        let most = match (self.is_healed, spike) {
            (true, _) => 8,
            (false, false) => self.knobs.latency_ms,
            (false, true) => 300,
        };
        self.rng.gen_range(MS / 5..most * MS)
    }

    pub(crate) fn boot(&mut self, id: NodeId) -> Finding {
        let slot = &mut self.slots[id.index()];
        slot.incarnation += 1;
        slot.disarmed.clear();
        let disk = Disk::new(slot.medium.clone());
        let rng = ChaCha8Rng::seed_from_u64(self.rng.r#gen());
        let mut host = Host::boot_on(self.config.for_node(id), disk, rng);
        let effects = host.take_effects();
        self.checks.on_boot(id, host.node());
        slot.host = Some(host);
        self.carry_out(id, false, effects)?;
        let host = self.slots[id.index()].host.as_ref().expect("it just started");
        self.checks.after_event(id, host.node())
    }

    pub(crate) fn crash(&mut self, id: NodeId, loses_power: bool) {
        let slot = &mut self.slots[id.index()];
        slot.host = None;
        if loses_power {
            slot.medium.lock().unwrap().lose_power(&mut self.rng);
        }
        let rots = self.knobs.weather == Weather::Rot && id == NodeId::new(1);
        if rots && !self.is_healed && self.rng.gen_bool(0.2) {
            slot.medium.lock().unwrap().rot(&mut self.rng);
        }
    }

    pub(crate) fn leader(&self) -> Option<NodeId> {
        self.nodes().filter(|(_, node)| node.role() == node::Role::Leader).map(|(id, _)| id).last()
    }

    /// Ends every fault, and makes every node a voter again.
    fn heal(&mut self) -> Finding {
        self.is_healed = true;
        self.cut.clear();
        for id in self.ids() {
            let slot = &self.slots[id.index()];
            slot.medium.lock().unwrap().is_failing = false;
            if slot.host.is_none() {
                self.boot(id)?;
            }
        }
        for round in 1..=6 {
            for node in self.ids() {
                let spread = u64::try_from(node.index()).expect("few nodes") * 50;
                self.ask_to_change(MembershipChange::Add(node), round * 300 + spread);
            }
        }
        Ok(())
    }

    /// An administrator asks everyone, so that the leader hears it.
    pub(crate) fn ask_to_change(&mut self, change: MembershipChange, after_ms: u64) {
        for to in self.ids() {
            let message = Message::ChangeMembership(change);
            self.after(after_ms * MS, Event::Deliver { from: to, to, message });
        }
    }
}

/// One of the nodes, whose effects are carried out.
struct At<'a> {
    cluster: &'a mut Cluster,
    node: NodeId,
    /// Whether they come of a snapshot.
    is_snapshot: bool,
    /// The first that was wrong with them.
    found: Finding,
}

impl Perform<Message, Timer> for At<'_> {
    fn send(&mut self, to: NodeId, message: Message) {
        self.cluster.send(self.node, to, message);
    }

    fn reply(&mut self, request: RequestId, answer: Answer) {
        let latency = self.cluster.latency();
        self.cluster.after(latency, Event::Answer { request, answer });
    }

    fn set_timer(&mut self, id: TimerId, after: Duration, timer: Timer) {
        let node = self.node;
        let incarnation = self.cluster.slots[node.index()].incarnation;
        let nanos = u64::try_from(after.as_nanos()).expect("timers are short");
        self.cluster.after(nanos, Event::Timer { node, incarnation, id, timer });
    }

    fn cancel_timer(&mut self, id: TimerId) {
        self.cluster.slots[self.node.index()].disarmed.insert(id);
    }

    fn sync(&mut self, id: SyncId, file: String) {
        self.cluster.start_sync(self.node, id, file);
    }

    fn apply(&mut self, change: Change) {
        if self.found.is_ok() {
            self.found = self.cluster.checks.on_apply(self.node, change, self.is_snapshot);
        }
    }
}

/// Whether a message brings a follower a membership change.
fn changes_voters(message: &Message) -> bool {
    let is_change = |entry: &Entry| matches!(entry.payload, Payload::Voters(_));
    matches!(message, Message::Append { entries, .. } if entries.iter().any(is_change))
}

/// Runs one seed with these flaws.
pub(crate) fn run_seed(weather: Weather, seed: u64, flaws: &[&str]) -> Result<Tally, String> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut knobs = Knobs::drawn(weather, &mut rng);
    knobs.flaws = flaws.iter().map(|&flaw| flaw.to_owned()).collect();
    let mut cluster = Cluster::new(knobs, seed);
    cluster.run()?;
    Ok(cluster.tally)
}
