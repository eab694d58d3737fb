//! How long nodes and clients are busy, and who has a core meanwhile.

use super::{
    Event, Served, World,
    cores::{Cores, Task, Worker},
    record::Origin,
    server::Work,
};
use crate::{
    latency::Sampler,
    name::Name,
    seed::{Stream, Streams},
};
use node::{Answer, ClientId, NodeId, RequestId, client::AttemptEnd};
use scenarios::{Latency, Scenario, ServiceKind};
use std::collections::BTreeMap;

/// How long nodes and clients are busy.
pub(super) struct Services {
    usual: Sampler,
    /// In the order of [`ServiceKind::ALL`].
    by_kind: [Sampler; ServiceKind::ALL.len()],
    wake_up: Option<Sampler>,
    client: Option<Sampler>,
    streams: Streams,
    /// Made when something is first drawn: constants need none.
    made: BTreeMap<Drawn, Stream>,
    /// What is shared; `None`: each has a core of its own.
    pub(super) cores: Option<Cores>,
}

/// What has a stream of its own.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Drawn {
    Service(NodeId),
    WakeUp(NodeId),
    Client(ClientId),
}

/// What a client does with its time.
#[derive(Clone)]
pub(super) enum Errand {
    /// It makes a request of its operation.
    Ask {
        /// The operation's place in the history.
        record: usize,
        /// Where the request goes.
        to: NodeId,
    },
    /// It reads an answer.
    Read {
        /// What was asked.
        request: RequestId,
        /// What was answered.
        answer: Answer,
        /// What brought it.
        origin: Option<Origin>,
    },
}

impl Services {
    pub(super) fn new(scenario: &Scenario, streams: &Streams) -> Self {
        let cluster = &scenario.cluster;
        let usual = sampler(&cluster.service_time);
        let of_kind = |kind| cluster.service.get(&kind).map_or_else(|| usual.clone(), sampler);
        let client = scenario.workload.as_ref().and_then(|load| load.client_time.as_ref());
        Self {
            by_kind: ServiceKind::ALL.map(of_kind),
            usual,
            wake_up: cluster.wake_up.as_ref().map(sampler),
            client: client.map(sampler),
            streams: streams.clone(),
            made: BTreeMap::new(),
            cores: cluster.cores.map(Cores::new),
        }
    }

    /// Draws from these streams from now on.
    pub(super) fn redraw(&mut self, streams: &Streams) {
        self.streams = streams.clone();
        self.made.clear();
    }

    /// How long a node is busy with an event, in nanoseconds.
    fn of_node(&mut self, node: NodeId, kind: Option<ServiceKind>) -> u64 {
        let service = kind.map_or(&self.usual, |kind| &self.by_kind[kind as usize]);
        draw(service, Drawn::Service(node), &self.streams, &mut self.made)
    }

    /// How long a node that had nothing to do takes to wake up, in nanoseconds; `None` if it costs nothing.
    fn wake_up_of(&mut self, node: NodeId) -> Option<u64> {
        let wake_up = self.wake_up.as_ref()?;
        Some(draw(wake_up, Drawn::WakeUp(node), &self.streams, &mut self.made))
    }

    fn of_client(&mut self, client: ClientId) -> u64 {
        let sampler = self.client.as_ref().expect("only a client that costs time has an errand");
        draw(sampler, Drawn::Client(client), &self.streams, &mut self.made)
    }
}

/// A distribution of times that may be nothing.
fn sampler(latency: &Latency) -> Sampler {
    match latency {
        Latency::Constant(constant) => Sampler::Constant(super::nanos(*constant)),
        drawn => Sampler::new(drawn),
    }
}

fn draw(
    sampler: &Sampler,
    drawn: Drawn,
    streams: &Streams,
    made: &mut BTreeMap<Drawn, Stream>,
) -> u64 {
    if let Sampler::Constant(nanos) = sampler {
        return *nanos;
    }
    let stream = made.entry(drawn).or_insert_with(|| streams.named(drawn.stream()));
    sampler.draw(stream)
}

impl Drawn {
    fn stream(self) -> Name {
        let name = Name::new("service/");
        match self {
            Self::Service(node) => name.node(node),
            Self::WakeUp(node) => name.node(node).text("/wake-up"),
            Self::Client(client) => name.client(client),
        }
    }
}

impl Work {
    /// As what its service is timed; `None`: as usual.
    fn service_kind(&self) -> Option<ServiceKind> {
        match self {
            Self::Message { .. } => Some(ServiceKind::Message),
            Self::Request { .. } => Some(ServiceKind::Request),
            Self::Timer { .. } => Some(ServiceKind::Timer),
            Self::Synced { .. } => Some(ServiceKind::Sync),
            Self::HealthCheck { .. } | Self::Membership { .. } => None,
        }
    }
}

impl World {
    /// Begins the next piece of work of a node that is busy already, or goes on after a pause.
    pub(super) fn start_work(&mut self, node: NodeId) {
        if self.outside.is_some() {
            return;
        }
        let server = &mut self.servers[node.index()];
        server.busy = true;
        let task = Task::Serve { incarnation: server.incarnation };
        match &mut self.services.cores {
            Some(cores) => {
                if let Some(task) = cores.take(self.now, Worker::Node(node), task) {
                    self.work(Worker::Node(node), task);
                }
            }
            None => self.serve(node),
        }
    }

    /// Puts an idle node to work, once it is awake: meanwhile it needs no core.
    pub(super) fn wake(&mut self, node: NodeId) {
        let Some(wake_up) = self.services.wake_up_of(node) else {
            return self.start_work(node);
        };
        let server = &mut self.servers[node.index()];
        server.busy = true;
        let (at, incarnation) = (self.now.saturating_add(wake_up), server.incarnation);
        self.queue.push(at, Event::Awake { node, incarnation });
    }

    /// A node is awake, if it still lives; one that stands still begins when it goes on.
    pub(super) fn is_awake(&mut self, node: NodeId, incarnation: u32) {
        if self.may_work(node, incarnation) {
            self.start_work(node);
        }
    }

    /// Whether a node can do what it was about to in this life. If it stands still, it does so when it goes on.
    fn may_work(&mut self, node: NodeId, incarnation: u32) -> bool {
        let server = &mut self.servers[node.index()];
        let lives = server.incarnation == incarnation;
        if lives && !server.pauses.is_empty() {
            server.interrupted = true;
            server.pauses.iter().for_each(|&fault| self.record.touch(fault));
        }
        lives && server.pauses.is_empty()
    }

    /// Begins what now has a core.
    fn work(&mut self, worker: Worker, task: Task) {
        let done = match (worker, task) {
            (Worker::Node(node), Task::Serve { incarnation }) => {
                if self.may_work(node, incarnation) {
                    return self.serve(node);
                }
                None
            }
            (Worker::Client(client), Task::Errand(errand)) => Some((client, errand)),
            (Worker::Node(_), Task::Errand(_)) | (Worker::Client(_), Task::Serve { .. }) => {
                unreachable!("nodes serve, and clients have errands")
            }
        };
        match done {
            Some((client, errand)) => self.run_errand(client, errand),
            None => self.give_core_back(),
        }
    }

    /// Begins a piece of work that nothing stands in the way of.
    fn serve(&mut self, node: NodeId) {
        let server = &mut self.servers[node.index()];
        let kind = server.inbox.front().and_then(Work::service_kind);
        let mut service_ns = self.services.of_node(node, kind);
        if !server.slow.is_empty() {
            service_ns = (service_ns as f64 * server.slowness()) as u64;
            server.slow.iter().for_each(|&(fault, _)| self.record.touch(fault));
        }
        let done = self.now.saturating_add(service_ns);
        server.served_at = Some(done);
        let incarnation = server.incarnation;
        // A service takes about as long everywhere, so that what begins later ends later.
        self.queue.push_in_order(done, Served { node, incarnation });
    }

    /// Gives a core back, to whoever has waited longest for one.
    pub(super) fn give_core_back(&mut self) {
        if let Some((worker, task)) = self.services.cores.as_mut().and_then(Cores::give_back) {
            self.work(worker, task);
        }
    }

    /// A node is about to die: what it had begun ends, and its core is another's.
    pub(super) fn leave_core(&mut self, node: NodeId) {
        if self.server(node).served_at.take().is_some() {
            self.give_core_back();
        }
    }

    /// A client goes about something: at once if its time costs nothing.
    pub(super) fn set_about(&mut self, position: usize, errand: Errand) {
        let client = self.clients[position].id();
        if self.services.client.is_none() || !self.clients[position].of_workload {
            return self.errand_is_done(client, errand);
        }
        match &mut self.services.cores {
            Some(cores) => {
                let task = cores.take(self.now, Worker::Client(client), Task::Errand(errand));
                if let Some(task) = task {
                    self.work(Worker::Client(client), task);
                }
            }
            None => self.run_errand(client, errand),
        }
    }

    fn run_errand(&mut self, client: ClientId, errand: Errand) {
        let done = self.now.saturating_add(self.services.of_client(client));
        self.queue.push(done, Event::Errand { client, errand: Box::new(errand) });
    }

    /// A client has taken its time.
    pub(super) fn errand_ends(&mut self, client: ClientId, errand: Errand) {
        self.give_core_back();
        if let Errand::Read { origin, .. } = &errand {
            self.record.resume(origin.clone());
        }
        self.errand_is_done(client, errand);
    }

    fn errand_is_done(&mut self, client: ClientId, errand: Errand) {
        match errand {
            Errand::Ask { record, to } => self.attempt(client.index(), record, to),
            Errand::Read { request, answer, .. } => {
                self.attempt_ends(request, AttemptEnd::Answered(answer));
            }
        }
    }
}
