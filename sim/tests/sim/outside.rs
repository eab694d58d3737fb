//! Nodes outside the world: driven by hand in a time of their own, they do what nodes within do.

use judge::record::{Event, FaultRecord, Verdict};
use node::{
    Config, Disk, Effect, Effects, Host, Key, Node, NodeId, Said, Time, TimerId, Versioned,
    outside::{self, Deed, Handed, Happened, Met, Outside, Shape, Status, What},
    systems::{
        anti_entropy::AntiEntropy, async_leader::AsyncLeader, durable_eventual::DurableEventual,
        raft::Raft,
    },
};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use scenarios::{FaultKind, Links, Nemesis, Property, RandomFault};
use sim::{Detail, Error, Run, Simulation};
use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

/// How long a puppet's sync takes.
const SYNC: Duration = Duration::from_millis(1);

/// Nodes outside that stand in for processes: state machines under a clock that goes as far as it is waited for.
struct Puppets<N: Node> {
    now: Time,
    nodes: BTreeMap<NodeId, Puppet<N>>,
    disks: BTreeMap<NodeId, Disk>,
    pending: VecDeque<Happened>,
    /// One that ends by itself when it is handed something.
    mortal: Option<NodeId>,
    /// How long a puppet takes to boot.
    boots: Duration,
    /// By the moment at which they have booted.
    coming: BTreeMap<(Time, NodeId), Config>,
}

struct Puppet<N: Node> {
    host: Host<N, ChaCha8Rng>,
    shape: Shape,
    /// By the moment at which they run out.
    timers: BTreeMap<(Time, TimerId), N::Timer>,
    syncs: BTreeMap<(Time, u64), ()>,
    /// What waits until it is no longer paused.
    inbox: VecDeque<(u64, Handed)>,
}

impl<N: Node> Puppets<N> {
    fn new() -> Self {
        let (nodes, disks) = (BTreeMap::new(), BTreeMap::new());
        let (pending, coming) = (VecDeque::new(), BTreeMap::new());
        let boots = Duration::ZERO;
        Self { now: Time::ZERO, nodes, disks, pending, mortal: None, boots, coming }
    }

    fn has_booted(&mut self, config: &Config) {
        let node = config.id;
        let disk = self.disks.entry(node).or_insert_with(Disk::in_memory).clone();
        let rng = ChaCha8Rng::seed_from_u64(node.index() as u64 + self.now.as_nanos());
        let mut host = Host::<N, _>::boot_on(config.clone(), disk, rng);
        let (group, entries) = (host.node().group(), host.node().entries());
        let effects = host.take_effects();
        let what = What::Booted { group, on_disk: !entries.is_empty(), entries };
        self.pending.push_back(Happened { at: self.now, node, what });
        let (timers, syncs) = (BTreeMap::new(), BTreeMap::new());
        let shape = Shape::default();
        let puppet = Puppet { host, shape, timers, syncs, inbox: VecDeque::new() };
        self.nodes.insert(node, puppet);
        self.did(node, outside::Event::Boot, effects);
    }

    fn did(&mut self, node: NodeId, event: outside::Event, effects: Effects<N>) {
        let now = self.now;
        let puppet = self.nodes.get_mut(&node).unwrap();
        let mut deeds = Vec::new();
        for effect in effects {
            deeds.push(match effect {
                Effect::Send { to, message } => {
                    Deed::Send { to, message: Some(Said::of::<N>(message)) }
                }
                Effect::Reply { request, answer } => Deed::Reply { request, answer: Some(answer) },
                Effect::Healthy(check) => Deed::Healthy(check),
                Effect::SetTimer { id, after, timer } => {
                    let text = timer.to_string();
                    puppet.timers.insert((now + after, id), timer);
                    Deed::SetTimer { id: id.0, after, text }
                }
                Effect::CancelTimer { id } => {
                    puppet.timers.retain(|(_, timer), _| *timer != id);
                    Deed::CancelTimer(id.0)
                }
                Effect::Sync { id, file } => {
                    puppet.syncs.insert((now + SYNC, id.0), ());
                    Deed::Sync { id: id.0, file }
                }
                Effect::Apply(change) => Deed::Apply(change),
                Effect::Announce(fact) => Deed::Announce(fact),
                Effect::Note(note) => Deed::Note(note),
                Effect::Serve(requests) => Deed::Serve(requests),
            });
        }
        let role = puppet.host.node().role();
        let met = Met { clock: true, ..Met::default() };
        let what = What::Did { event, role, deeds, met };
        self.pending.push_back(Happened { at: now, node, what });
    }

    fn handle(&mut self, node: NodeId, number: u64, handed: Handed) {
        let puppet = self.nodes.get_mut(&node).unwrap();
        puppet.host.now = self.now + Duration::from_secs(1000);
        let effects = match handed {
            Handed::Message { from, message } => {
                puppet.host.message(from, message.into_message::<N>())
            }
            Handed::Request(request) => puppet.host.request(request),
            Handed::HealthCheck(check) => puppet.host.health_check(check),
            Handed::Membership(_) => unreachable!("no scenario of these tests wants that"),
        };
        self.did(node, outside::Event::Handed(number), effects);
    }

    /// The first timer or sync that ends, of those that are not paused.
    fn first(&self) -> Option<(Time, NodeId)> {
        let going = self.nodes.iter().filter(|(_, puppet)| !puppet.shape.paused);
        let due = going.filter_map(|(node, puppet)| {
            let timer = puppet.timers.keys().next().map(|(at, _)| *at);
            let sync = puppet.syncs.keys().next().map(|(at, _)| *at);
            Some((timer.into_iter().chain(sync).min()?, *node))
        });
        due.chain(self.coming.keys().copied()).min()
    }

    /// Lets the first timer or sync of a node end.
    fn end_first(&mut self, node: NodeId) {
        if let Some(config) = self.coming.remove(&(self.now, node)) {
            return self.has_booted(&config);
        }
        let puppet = self.nodes.get_mut(&node).unwrap();
        puppet.host.now = self.now + Duration::from_secs(1000);
        let timer = puppet.timers.keys().next().copied();
        let sync = puppet.syncs.keys().next().copied();
        match (timer, sync) {
            (Some(timer), sync) if sync.is_none_or(|sync| timer.0 <= sync.0) => {
                let what = puppet.timers.remove(&timer).unwrap();
                let effects = puppet.host.timer(what);
                self.did(node, outside::Event::Timer(timer.1.0), effects);
            }
            (_, Some(sync)) => {
                puppet.syncs.remove(&sync);
                let effects = puppet.host.synced(node::SyncId(sync.1));
                self.did(node, outside::Event::Synced(sync.1), effects);
            }
            _ => unreachable!("something is due"),
        }
    }
}

impl<N: Node> Outside for Puppets<N> {
    fn boot(&mut self, config: &Config) {
        if self.boots.is_zero() {
            return self.has_booted(config);
        }
        self.coming.insert((self.now + self.boots, config.id), config.clone());
    }

    fn kill(&mut self, node: NodeId) -> Vec<Happened> {
        self.nodes.remove(&node);
        self.coming.retain(|(_, coming), _| *coming != node);
        let (of_node, others): (Vec<_>, Vec<_>) =
            self.pending.drain(..).partition(|it| it.node == node);
        self.pending = others.into();
        of_node
    }

    fn hand(&mut self, to: NodeId, number: u64, handed: Handed) {
        if self.mortal == Some(to) {
            let what = What::Ended { why: "it was mortal".to_owned() };
            self.pending.push_back(Happened { at: self.now, node: to, what });
            return;
        }
        match self.nodes.get_mut(&to) {
            Some(puppet) if puppet.shape.paused => puppet.inbox.push_back((number, handed)),
            Some(_) => self.handle(to, number, handed),
            None => {}
        }
    }

    fn shape(&mut self, node: NodeId, shape: Shape) {
        let puppet = self.nodes.get_mut(&node).unwrap();
        puppet.shape = shape;
        if !shape.paused {
            for (number, handed) in std::mem::take(&mut puppet.inbox) {
                self.handle(node, number, handed);
            }
        }
    }

    fn lose_power(&mut self, node: NodeId, _seed: u64) -> u64 {
        self.disks.remove(&node).map_or(0, |_| 1)
    }

    fn rot(&mut self, node: NodeId, _seed: u64) -> u64 {
        u64::from(self.disks.contains_key(&node))
    }

    fn status(&mut self, node: NodeId) -> Option<Status> {
        let node = self.nodes.get(&node).filter(|it| !it.shape.paused)?.host.node();
        let (role, serves, waits) = (node.role(), node.serves(), node.waits());
        Some(Status { role, serves, waits, entries: node.entries() })
    }

    fn found_on_disk(&mut self, config: &Config) -> Option<Vec<(Key, Versioned)>> {
        let disk = self.disks.get(&config.id).cloned().unwrap_or_else(Disk::in_memory);
        let host = Host::<N, _>::boot_on(config.clone(), disk, ChaCha8Rng::seed_from_u64(0));
        host.node().serves().then(|| host.node().recoverable())
    }

    fn holds_anything(&mut self, node: NodeId) -> bool {
        self.disks.contains_key(&node)
    }

    fn begin(&mut self) {}

    fn next(&mut self, until: Option<Time>) -> Option<Happened> {
        loop {
            if let Some(first) = self.pending.pop_front() {
                return Some(first);
            }
            match (self.first(), until) {
                (Some((at, node)), until) if until.is_none_or(|until| at < until) => {
                    self.now = at.max(self.now);
                    self.end_first(node);
                }
                (_, Some(until)) => {
                    self.now = until.max(self.now);
                    return None;
                }
                (_, None) => panic!("nothing will ever happen"),
            }
        }
    }
}

fn outside<N: Node>(scenario: &str, flaws: &[&str]) -> Run {
    let mut scenario = scenarios::find(scenario).unwrap();
    scenario.system.flaws.extend(flaws.iter().map(|flaw| (*flaw).to_owned()));
    let simulation = Simulation::<N>::new(scenario).detail(Detail::Full);
    simulation.run_outside(Box::new(Puppets::<N>::new())).unwrap()
}

fn is_violated(run: &Run, property: Property) -> bool {
    matches!(run.judgement(property).unwrap().verdict, Verdict::Violated(_))
}

#[test]
fn ghost_data_is_seen_outside_as_it_is_within() {
    let naive = outside::<AsyncLeader>("ghost-data", &[]);
    naive.assert_as_expected();
    assert!(is_violated(&naive, Property::Convergence));
    let mended = outside::<AntiEntropy>("ghost-data", &[]);
    mended.assert_as_expected();
    assert!(!is_violated(&mended, Property::Convergence));
    outside::<Raft>("ghost-data", &[]).assert_as_expected();
}

#[test]
fn what_nodes_outside_did_goes_back_to_what_caused_it() {
    let run = outside::<AsyncLeader>("ghost-data", &[]);
    let trace = run.trace.as_ref().unwrap();
    let applies = trace.events.iter().filter(|it| matches!(it.event, Event::Apply { .. }));
    let mut of_messages = 0;
    for apply in applies {
        let cause = trace.get(apply.cause.unwrap()).unwrap();
        assert!(matches!(cause.event, Event::Deliver { .. }), "{apply}: {cause}");
        of_messages += 1;
    }
    assert!(of_messages > 2, "{of_messages} applies");
}

#[test]
fn faults_strike_nodes_outside_and_count_what_they_touch() {
    for scenario in ["leader-crash", "leader-isolated", "paused-follower", "clock-jumps", "chaos"] {
        let run = outside::<Raft>(scenario, &[]);
        assert_eq!(run.defects, [""; 0], "{scenario}");
        assert!(run.counters.faults_that_bit > 0, "{scenario}");
        assert!(!is_violated(&run, Property::Linearizability), "{scenario}");
    }
}

#[test]
fn a_power_loss_outside_takes_what_the_disk_held() {
    // A puppet's disk forgets everything, as no disk of a store that syncs may.
    let run = outside::<DurableEventual>("power-loss-torn-write", &[]);
    assert!(is_violated(&run, Property::Durability), "{:?}", run.judgements);
}

#[test]
fn a_node_that_ends_by_itself_ends_the_run() {
    let mut puppets = Puppets::<AsyncLeader>::new();
    puppets.mortal = Some(NodeId::new(1));
    let scenario = scenarios::find("ghost-data").unwrap();
    let run = Simulation::<AsyncLeader>::new(scenario).run_outside(Box::new(puppets));
    let Err(Error::Outage { outage, .. }) = run else { panic!("{run:?}") };
    assert_eq!((outage.node, outage.why.as_str()), (NodeId::new(1), "it was mortal"));
}

#[test]
fn a_crash_that_strikes_while_a_node_boots_outside_ends_like_any_other() {
    let mut scenario = scenarios::find("leader-crash").unwrap();
    scenario.steps.clear();
    let (shortest, longest) = (Duration::from_millis(20), Duration::from_millis(200));
    let crashes = RandomFault {
        kind: FaultKind::Crash,
        per_minute: 600.0,
        lasts: (shortest, longest),
        links: Links::default(),
        reads: false,
    };
    let stop = scenario.phases.run;
    scenario.nemesis = Some(Nemesis { start: Duration::ZERO, stop, faults: vec![crashes] });
    let mut puppets = Puppets::<Raft>::new();
    puppets.boots = Duration::from_millis(60);
    let simulation = Simulation::<Raft>::new(scenario).detail(Detail::Full);
    let run = simulation.run_outside(Box::new(puppets)).unwrap();
    let lasted = |fault: &FaultRecord| fault.end.unwrap_or(Time::MAX).since(fault.start);
    let (count, most) = (run.faults.len(), run.faults.iter().map(lasted).max().unwrap());
    assert!(run.counters.faults_overlapped > 0 && count > 20, "{count} faults");
    // Others may strike before it is up, each for so long.
    assert!(most < 5 * longest, "one lasted {most:?}");
}
