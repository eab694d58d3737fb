//! A small simulated cluster: seeded latencies, losses, doubles, crashes, power failures and partitions.

use crate::{
    checks::{Checks, Finding},
    clients::Client,
    medium::TestMedium,
};
use node::{
    Answer, Config, Disk, Effect, Effects, Host, Node, NodeId, Request, RequestId, Setting, SyncId,
    TimerId,
    systems::raft::{MembershipChange, Message, Raft, Timer},
};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
};

pub(crate) const MS: u64 = 1_000_000;

/// Which faults strike.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Weather {
    /// Every kind.
    Mixed,
    /// Nodes restart, over and over, on a slow network.
    Restarts,
    /// Whoever leads is cut off or restarts, and clients write seldom.
    LeaderFalls,
    /// Every kind, and the disk of one node rots.
    Rot,
}

/// What a run is like.
#[derive(Clone, Debug)]
pub(crate) struct Knobs {
    pub(crate) weather: Weather,
    pub(crate) nodes: usize,
    pub(crate) think_ms: u64,
    pub(crate) clients: u32,
    pub(crate) flaws: Vec<String>,
    pub(crate) snapshot_after: u64,
    pub(crate) loss: f64,
    pub(crate) doubling: f64,
    pub(crate) delay_spikes: f64,
    pub(crate) fsync_ms: u64,
    pub(crate) latency_ms: u64,
    pub(crate) changes_membership: bool,
    /// The longest pause between two faults.
    pub(crate) fault_pause_ms: u64,
    pub(crate) stormy_ms: u64,
}

impl Knobs {
    pub(crate) fn drawn(weather: Weather, rng: &mut ChaCha8Rng) -> Self {
        let mixed = Self {
            weather,
            nodes: if rng.r#gen() { 3 } else { 5 },
            think_ms: 20,
            clients: 3,
            flaws: Vec::new(),
            snapshot_after: [8, 40, 1000][rng.gen_range(0..3)],
            loss: [0.0, 0.02, 0.1][rng.gen_range(0..3)],
            doubling: [0.0, 0.05][rng.gen_range(0..2)],
            delay_spikes: [0.0, 0.05][rng.gen_range(0..2)],
            fsync_ms: [1, 5, 20][rng.gen_range(0..3)],
            latency_ms: 8,
            changes_membership: rng.gen_bool(0.3),
            fault_pause_ms: [30, 200, 400, 800][rng.gen_range(0..4)],
            stormy_ms: 4_000,
        };
        match weather {
            Weather::Mixed => mixed,
            // A damaged node is out for good: a change that counts on it could end all.
            Weather::Rot => Self {
                changes_membership: false,
                ..mixed
            },
            Weather::Restarts => Self {
                latency_ms: 70,
                fault_pause_ms: 150,
                ..mixed
            },
            Weather::LeaderFalls => Self {
                think_ms: 500,
                fault_pause_ms: 400,
                latency_ms: 30,
                ..mixed
            },
        }
    }
}

#[derive(Debug)]
pub(crate) enum Event {
    Deliver {
        from: NodeId,
        to: NodeId,
        message: Message,
    },
    Timer {
        node: NodeId,
        incarnation: u64,
        id: TimerId,
        timer: Timer,
    },
    Synced {
        node: NodeId,
        incarnation: u64,
        id: SyncId,
        file: String,
        write: u64,
    },
    Ask {
        to: NodeId,
        request: Request,
    },
    Answer {
        request: RequestId,
        answer: Answer,
    },
    ClientWakes {
        client: u32,
        turn: u64,
    },
    Fault,
}

pub(crate) struct Slot {
    pub(crate) host: Option<Host<Raft, ChaCha8Rng>>,
    pub(crate) medium: Arc<Mutex<TestMedium>>,
    incarnation: u64,
    disarmed: BTreeSet<TimerId>,
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
    cut: BTreeSet<(NodeId, NodeId)>,
    pub(crate) is_healed: bool,
    pub(crate) clients_rest: bool,
    config: Config,
}

impl Cluster {
    pub(crate) fn new(knobs: Knobs, seed: u64) -> Self {
        let setting = Setting::Count(knobs.snapshot_after);
        let config = Config {
            flaws: knobs.flaws.clone().into(),
            settings: Arc::new(BTreeMap::from([("snapshot-after".to_owned(), setting)])),
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
            slot.host
                .as_ref()
                .map(|host| (NodeId::from_index(at), host.node()))
        })
    }

    pub(crate) fn after(&mut self, nanos: u64, event: Event) {
        self.scheduled += 1;
        self.events
            .insert((self.now + nanos, self.scheduled), event);
    }

    /// Starts every node, runs until the storm is over, heals, and runs until all is calm.
    pub(crate) fn run(&mut self) -> Finding {
        for id in self.ids() {
            self.boot(id)?;
        }
        self.run_until(self.knobs.stormy_ms * MS)?;
        self.heal()?;
        self.run_until(self.now + 3_000 * MS)?;
        self.clients_rest = true;
        self.run_until(self.now + 1_000 * MS)?;
        self.compare_all()?;
        self.checks.reads_are_linearizable()?;
        self.refused_writes_are_nowhere()?;
        self.checks.have_converged(self.nodes())?;
        match self
            .clients
            .iter()
            .find(|client| client.done_when_healed == 0)
        {
            Some(client) => Err(format!("c{} got no answer after healing", client.number)),
            None => Ok(()),
        }
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
                self.step(to, is_snapshot, |host| host.message(from, message))
            }
            Event::Ask { to, request } => self.step(to, false, |host| host.request(request)),
            Event::Timer {
                node,
                incarnation,
                id,
                timer,
            } => {
                let slot = &mut self.slots[node.index()];
                if slot.incarnation != incarnation || slot.disarmed.remove(&id) {
                    return Ok(());
                }
                self.step(node, false, |host| host.timer(timer))
            }
            Event::Synced {
                node,
                incarnation,
                id,
                file,
                write,
            } => {
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
        for effect in effects {
            match effect {
                Effect::Send { to, message } => self.send(from, to, message),
                Effect::Reply { request, answer } => {
                    let latency = self.latency();
                    self.after(latency, Event::Answer { request, answer });
                }
                Effect::SetTimer { id, after, timer } => {
                    let incarnation = self.slots[from.index()].incarnation;
                    let nanos = u64::try_from(after.as_nanos()).expect("timers are short");
                    self.after(
                        nanos,
                        Event::Timer {
                            node: from,
                            incarnation,
                            id,
                            timer,
                        },
                    );
                }
                Effect::CancelTimer { id } => {
                    self.slots[from.index()].disarmed.insert(id);
                }
                Effect::Sync { id, file } => self.start_sync(from, id, file),
                Effect::Apply(change) => self.checks.on_apply(from, change, is_snapshot)?,
            }
        }
        Ok(())
    }

    fn start_sync(&mut self, node: NodeId, id: SyncId, file: String) {
        let slot = &self.slots[node.index()];
        let (incarnation, write) = (slot.incarnation, slot.medium.lock().unwrap().last_write());
        let most = self.knobs.fsync_ms * MS;
        let takes = self.rng.gen_range(most / 10..=most);
        self.after(
            takes,
            Event::Synced {
                node,
                incarnation,
                id,
                file,
                write,
            },
        );
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
        let host = self.slots[id.index()]
            .host
            .as_ref()
            .expect("it just started");
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
        self.nodes()
            .filter(|(_, node)| node.role() == node::Role::Leader)
            .map(|(id, _)| id)
            .last()
    }

    fn strike(&mut self) -> Finding {
        if self.is_healed {
            return Ok(());
        }
        let pause = self.rng.gen_range(10..self.knobs.fault_pause_ms);
        self.after(pause * MS, Event::Fault);
        let victim = NodeId::from_index(self.rng.gen_range(0..self.slots.len()));
        let victim = match self.leader() {
            Some(leader)
                if self.knobs.weather == Weather::LeaderFalls || self.rng.gen_bool(0.4) =>
            {
                leader
            }
            _ => victim,
        };
        let kind = match self.knobs.weather {
            Weather::Mixed | Weather::Rot => self.rng.gen_range(0..13),
            Weather::Restarts => 4,
            Weather::LeaderFalls => {
                self.cut.clear();
                [0, 4, 6, 6, 6, 8][self.rng.gen_range(0..6)]
            }
        };
        match kind {
            0..=2 => return self.toggle(victim),
            3 => {
                let cluster_dies: bool = self.rng.gen_bool(0.3);
                for id in self.ids().filter(|&id| cluster_dies || id == victim) {
                    self.crash(id, true);
                    self.boot(id)?;
                }
            }
            4 | 5 => {
                let loses_power = self.rng.r#gen();
                self.crash(victim, loses_power);
                return self.boot(victim);
            }
            6 | 7 => self.isolate(victim),
            8 => self.split(),
            9 => {
                let other = NodeId::from_index(self.rng.gen_range(0..self.slots.len()));
                self.cut.insert((victim, other));
            }
            10 => self.cut.clear(),
            11 => self.toggle_disk(victim),
            _ => self.change_membership(victim),
        }
        Ok(())
    }

    /// Stops a running node, or starts a stopped one.
    fn toggle(&mut self, id: NodeId) -> Finding {
        if self.slots[id.index()].host.is_none() {
            return self.boot(id);
        }
        let loses_power = self.rng.r#gen();
        self.crash(id, loses_power);
        Ok(())
    }

    fn isolate(&mut self, victim: NodeId) {
        for other in self.ids() {
            self.cut.insert((victim, other));
            self.cut.insert((other, victim));
        }
    }

    fn split(&mut self) {
        self.cut.clear();
        let sides: Vec<bool> = self.ids().map(|_| self.rng.r#gen()).collect();
        for from in self.ids() {
            for to in self
                .ids()
                .filter(|to| sides[to.index()] != sides[from.index()])
            {
                self.cut.insert((from, to));
            }
        }
    }

    fn toggle_disk(&mut self, id: NodeId) {
        let mut medium = self.slots[id.index()].medium.lock().unwrap();
        medium.is_failing = !medium.is_failing;
    }

    fn change_membership(&mut self, node: NodeId) {
        if !self.knobs.changes_membership {
            return;
        }
        let change = match self.rng.r#gen() {
            true => MembershipChange::Add(node),
            false => MembershipChange::Remove(node),
        };
        for to in self.ids() {
            let message = Message::ChangeMembership(change);
            self.after(
                MS,
                Event::Deliver {
                    from: node,
                    to,
                    message,
                },
            );
        }
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
                for to in self.ids() {
                    let message = Message::ChangeMembership(MembershipChange::Add(node));
                    let deliver = Event::Deliver {
                        from: node,
                        to,
                        message,
                    };
                    let spread = u64::try_from(node.index()).expect("few nodes") * 50;
                    self.after((round * 300 + spread) * MS, deliver);
                }
            }
        }
        Ok(())
    }
}

/// Runs one seed with these flaws.
pub(crate) fn run_seed(weather: Weather, seed: u64, flaws: &[&str]) -> Finding {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut knobs = Knobs::drawn(weather, &mut rng);
    knobs.flaws = flaws.iter().map(|&flaw| flaw.to_owned()).collect();
    Cluster::new(knobs, seed).run()
}
