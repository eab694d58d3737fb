//! The world of one run: nodes, links, clients and faults, driven by one event queue.
//!
//! It knows nothing of madsim. The pump takes it from event to event, and does
//! for it what only madsim can do: kill a node, and boot one.

mod balancer;
mod budget;
mod clients;
mod cores;
mod disk;
mod event;
mod network;
mod outside;
mod pacing;
mod planned;
mod probe;
mod queue;
mod record;
mod redraw;
mod serve;
mod server;
mod service;
mod strike;

use crate::{
    Detail, Fork, Hold, Limits,
    nemesis::PlannedStep,
    seed::{Stream, Streams},
};
use balancer::HealthChecks;
use budget::Budget;
use clients::Client;
use event::{Event, Served};
use judge::{
    Stage,
    record::{Endpoint, MessageClass, MessageId, Probe, Replica},
};
use network::Network;
use node::{
    Canonical, ClientId, Config, NodeId, Operation, Time, Waits,
    client::{Directory, Outcome},
    outside::Outside,
    resident::Kind,
};
use pacing::Pacing;
use planned::Planned;
use probe::{Probing, Stock};
use queue::Queue;
use record::{Recorder, Records, Sending};
use scenarios::{Action, Scenario, Step, SystemSettings};
use server::{InTransit, Server, Work};
use service::{Errand, Services};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Display,
    sync::Arc,
    time::Duration,
};
use tokio::sync::oneshot;

/// The world of one run.
pub(crate) struct World {
    kind: Kind,
    now: u64,
    queue: Queue<Event, Served>,
    servers: Vec<Server>,
    versions: Versions,
    network: Network,
    clients: Vec<Client>,
    /// What the clients share to find nodes.
    directory: Directory,
    /// The health checks, once somebody is routed by the balancer.
    health_checks: Option<HealthChecks>,
    /// The sessions that carry out the scenario's own operations.
    scripts: Vec<usize>,
    pacing: Option<Pacing>,
    /// The operations that the plan lists, if it lists any.
    planned: Option<Box<Planned>>,
    /// The nodes, if they live elsewhere.
    outside: Option<Box<dyn Outside + Send>>,
    record: Recorder,
    budget: Budget,
    /// Draws what roles stand for.
    nemesis: Stream,
    /// The nodes in an order drawn by the seed, by which majorities are made.
    ranking: Vec<NodeId>,
    streams: Streams,
    scenario: Arc<Scenario>,
    steps: Vec<PlannedStep>,
    /// The steps as they were carried out, with names instead of roles.
    carried_out: Vec<Step>,
    /// Whether chance drew the step at hand.
    random: bool,
    /// How often a test's own body has asked for a fault or a repair.
    acts_of_body: usize,
    /// The power losses of nodes that kept nothing on their disks, as stores in memory do: such a
    /// node loses all the same, though no byte of a disk.
    nothing_to_lose: BTreeSet<usize>,
    defects: Vec<String>,
    services: Services,
    /// When healing began.
    healed_at: Option<u64>,
    /// What the nodes waited for then.
    waits: BTreeMap<NodeId, Waits>,
    /// What was there when the cluster had settled, once it has.
    stock: Option<Stock>,
    /// The probes, once they are under way.
    probing: Option<Probing>,
    /// Who is to join and to leave.
    wishes: strike::Wishes,
}

/// What a test's own body asks of the world.
pub(crate) enum Command {
    /// To be woken.
    Wake(oneshot::Sender<()>),
    /// A fault, a repair.
    Act(Action, oneshot::Sender<()>),
    /// A client's operation.
    Operate(ClientId, Operation, oneshot::Sender<Outcome>),
}

/// The message and its copy, each with the moment of its arrival if it arrives.
type Arrivals = [Option<(MessageId, u64)>; 2];

/// How nodes are set: at first, and once they have been upgraded.
struct Versions {
    first: Config,
    next: Option<Config>,
}

/// How a run is to go otherwise than its scenario and its seed have it.
#[derive(Clone, Copy)]
pub(crate) struct Course {
    pub(crate) fork: Option<Fork>,
    pub(crate) hold: Option<Hold>,
    /// What it may take at most.
    pub(crate) limits: Limits,
}

/// What only madsim can do.
pub(crate) enum Control {
    /// Kill these nodes.
    Kill(Vec<NodeId>),
    /// Boot these nodes.
    Boot(Vec<NodeId>),
    /// The run is over.
    End,
}

/// A control, and whom to tell when it is done.
pub(crate) struct Order {
    pub(crate) control: Control,
    pub(crate) done: Option<oneshot::Sender<()>>,
}

/// What is left when a run is over.
pub(crate) struct Remains {
    pub(crate) records: Records,
    pub(crate) probes: Vec<Probe>,
    pub(crate) replicas: Vec<Replica>,
    pub(crate) waits: BTreeMap<NodeId, Waits>,
    pub(crate) steps: Vec<Step>,
    pub(crate) defects: Vec<String>,
    pub(crate) stage: Stage,
    pub(crate) run_ended_ns: u64,
    pub(crate) ended_ns: u64,
}

fn set_by(config: &Config, set: SystemSettings) -> Config {
    Config { flaws: set.flaws.into(), settings: set.settings.into(), ..config.clone() }
}

impl World {
    /// The world at time zero, with no node booted. With `timed` the phases of the
    /// scenario end the run; otherwise [`World::begin_to_heal`] must be called.
    pub(crate) fn new(
        kind: Kind,
        scenario: &Arc<Scenario>,
        steps: Vec<PlannedStep>,
        seed: u64,
        Course { fork, hold, limits }: Course,
        detail: Detail,
        timed: bool,
    ) -> Self {
        let anew = fork.filter(|fork| fork.from == Time::ZERO);
        let streams = Streams::new(anew.map_or(seed, |fork| fork.seed));
        let detail = detail == Detail::Full;
        let nodes = scenario.cluster.nodes;
        let mut config = Config::new(NodeId::new(1), nodes);
        config.late = scenario.cluster.late.as_slice().into();
        let mut set = scenario.for_system(&kind.info);
        config.mixed = set.next.is_some();
        let next = set.next.take().map(|next| set_by(&config, *next));
        let config = set_by(&config, set);
        let server = |id: NodeId| {
            let clock = scenario.cluster.clocks.get(&id).copied().unwrap_or_default();
            Server::new(kind.boot, config.for_node(id), clock, &scenario.disk, &streams, detail)
        };
        let mut world = Self {
            kind,
            now: 0,
            queue: Queue::default(),
            servers: (0..nodes).map(NodeId::from_index).map(server).collect(),
            versions: Versions { first: config, next },
            network: Network::new(scenario, hold, &streams),
            clients: Vec::new(),
            directory: Directory::new(nodes),
            health_checks: None,
            scripts: Vec::new(),
            pacing: None,
            planned: Planned::of(scenario),
            outside: None,
            record: Recorder::new(detail),
            budget: Budget::new(limits),
            nemesis: streams.named("nemesis/roles"),
            ranking: strike::draw_ranking(nodes, &mut streams.named("nemesis/ranking")),
            services: Services::new(scenario, &streams),
            streams,
            scenario: scenario.clone(),
            steps,
            carried_out: Vec::new(),
            random: false,
            acts_of_body: 0,
            nothing_to_lose: BTreeSet::new(),
            defects: Vec::new(),
            healed_at: None,
            waits: BTreeMap::new(),
            stock: None,
            probing: None,
            wishes: strike::Wishes::default(),
        };
        for late in &scenario.cluster.late {
            world.servers[late.index()].presence = server::Presence::NotYet;
        }
        if let Some(fork) = fork.filter(|fork| fork.from > Time::ZERO) {
            // The first of its moment, since nothing is in the queue yet.
            world.queue.push(fork.from.as_nanos(), Event::Redraw { seed: fork.seed });
        }
        world.put_background_on_record();
        world.add_clients();
        for position in 0..world.steps.len() {
            world.queue.push(nanos(world.steps[position].step.at), Event::Step(position));
        }
        if timed {
            world.queue.push(nanos(scenario.phases.run), Event::Heal);
        }
        world
    }

    /// When the next event is due.
    pub(crate) fn next_at(&self) -> Option<u64> {
        self.queue.next_at()
    }

    /// What the world is made by.
    pub(crate) fn scenario(&self) -> &Arc<Scenario> {
        &self.scenario
    }

    /// The present moment in nanoseconds.
    pub(crate) fn now(&self) -> u64 {
        self.now
    }

    /// Takes one event. What only madsim can do comes back as an order.
    pub(crate) fn step(&mut self) -> Option<Order> {
        let order = self.take_event();
        if self.outside.is_some() {
            self.tell_shapes();
        }
        order
    }

    fn take_event(&mut self) -> Option<Order> {
        let (at, event) = self.queue.pop()?;
        // Nodes outside do not wait: what is due may be late.
        let at = at.max(self.now);
        self.spend(event.kind());
        self.now = at;
        self.record.at(at);
        match event {
            Event::Message { from, to, body, message, sent } => {
                let transit = InTransit { message, sent, arrived: at };
                if self.arrives(Endpoint::Node(from), Endpoint::Node(to), transit) {
                    self.enqueue(to, Work::Message { from, body, transit });
                }
            }
            Event::Request { to, request, message, sent } => {
                let transit = InTransit { message, sent, arrived: at };
                self.request_arrives(to, request, transit);
            }
            Event::Reply { from, request, answer, message, sent } => {
                let transit = InTransit { message, sent, arrived: at };
                self.reply_arrives(from, request, answer, transit);
            }
            Event::Unreachable { request } => self.unreachable(request),
            Event::Health(event) => self.health(event),
            Event::Started { node } => return self.started(node),
            Event::Awake { node, incarnation } => self.is_awake(node, incarnation),
            Event::Served(Served { node, incarnation }) => self.service_ends(node, incarnation),
            Event::Timer { node, incarnation, id } => {
                let server = &self.servers[node.index()];
                // One that was cancelled is no work at all.
                if server.incarnation == incarnation && server.timer(id).is_some() {
                    self.enqueue(node, Work::Timer { id });
                }
            }
            Event::DiskDone { node, incarnation } => self.disk_done(node, incarnation),
            Event::Synced { node, incarnation, sync } => {
                if self.servers[node.index()].incarnation == incarnation {
                    self.sync_ends(node, sync);
                }
            }
            Event::Begin { client } => self.begin_next(client),
            Event::Due => self.due(),
            Event::Alarm { client } => self.alarm(client),
            Event::Retry { client, record, to } => {
                self.set_about(client, Errand::Ask { record, to });
            }
            Event::Errand { client, errand } => self.errand_ends(client, *errand),
            Event::Wish { node, number } => self.ask_for_membership(node, number),
            Event::Gone { node, fault } => return self.is_gone(node, fault),
            Event::Step(position) => return self.carry_out(position),
            Event::WindowEnd { fault } => return self.window_ends(fault),
            Event::Command(command) => return self.command(*command),
            Event::Redraw { seed } => self.redraw(seed),
            Event::Heal => return self.heal(),
            Event::Probe => self.begin_probes(),
            Event::End => {
                return Some(Order { control: Control::End, done: None });
            }
        }
        None
    }

    /// Adds a command of a test's own body, to be carried out at `at` or now if that is later.
    pub(crate) fn push_command(&mut self, at: u64, command: Command) {
        self.queue.push(at.max(self.now), Event::Command(Box::new(command)));
    }

    /// Ends the steps now; the run goes on to heal and settle.
    pub(crate) fn begin_to_heal(&mut self) {
        self.queue.push(self.now, Event::Heal);
    }

    /// Takes stock when the run is over.
    ///
    /// # Panics
    ///
    /// Panics if a node has changed what clients can read without announcing it.
    pub(crate) fn finish(mut self) -> Remains {
        let stock = self.stock.take();
        let Stock { replicas, counters, ended_ns } = stock.unwrap_or_else(|| self.take_stock());
        self.servers.iter().for_each(Server::assert_announced);
        let mut records = self.record.finish();
        records.counters = counters;
        let stage = match self.outside {
            Some(_) => Stage::Processes,
            None => Stage::Simulator,
        };
        Remains {
            stage,
            records,
            probes: self.probing.map(|probing| probing.probes).unwrap_or_default(),
            replicas,
            waits: self.waits,
            steps: self.carried_out,
            defects: self.defects,
            run_ended_ns: self.healed_at.unwrap_or(self.now),
            ended_ns,
        }
    }

    fn command(&mut self, command: Command) -> Option<Order> {
        match command {
            Command::Wake(wake) => {
                // The body may have dropped the future that waits for this.
                let _ = wake.send(());
                None
            }
            Command::Act(action, done) => self.act_for_body(action, done),
            Command::Operate(client, operation, told) => {
                self.operate(client, operation, Some(told));
                None
            }
        }
    }

    /// Puts what arrives into the queue. The body is copied only if the network doubled it.
    fn schedule<B: Clone>(
        &mut self,
        [original, copy]: Arrivals,
        body: B,
        event: impl Fn(B, MessageId) -> Event,
    ) {
        match (original, copy) {
            (Some((message, at)), Some((second, later))) => {
                self.queue.push(at, event(body.clone(), message));
                self.queue.push(later, event(body, second));
            }
            (Some((message, at)), None) | (None, Some((message, at))) => {
                self.queue.push(at, event(body, message));
            }
            (None, None) => {}
        }
    }

    /// Sends a body off; the answer is each arrival, the copy's last.
    fn send<B: Canonical + Display>(
        &mut self,
        class: MessageClass,
        from: Endpoint,
        to: Endpoint,
        body: &B,
    ) -> Arrivals {
        let sending = Sending { class, from, to, body, copy_of: None };
        let message = self.record.send(&sending);
        let size = || body.to_string().len();
        let transit = self.network.transmit(self.now, from, to, size, &mut self.record);
        let original = match transit.fate {
            Ok(arrival) => Some((message, arrival)),
            Err(reason) => {
                self.record.drop_message(message, reason);
                None
            }
        };
        let copy = transit.copy.map(|arrival| {
            let copy_of = Some(message);
            (self.record.send(&Sending { copy_of, ..sending }), arrival)
        });
        [original, copy]
    }

    fn server(&mut self, node: NodeId) -> &mut Server {
        &mut self.servers[node.index()]
    }
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
