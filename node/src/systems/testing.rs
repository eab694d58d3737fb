//! A few nodes in one room, for the tests of systems: no chance, every message takes 1 ms.

use crate::{
    Answer, Change, Config, Disk, Effects, Host, Key, MemoryStore, Node, NodeId, Operation,
    Perform, Request, RequestId, Store, SyncId, Time, TimerId, Versioned,
};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

const LATENCY: Duration = Duration::from_millis(1);

/// Nodes, and the messages and timers between them.
pub(super) struct Cluster<N: Node> {
    config: Config,
    seats: BTreeMap<NodeId, Seat<N>>,
    now: Time,
    pending: BTreeMap<(Time, u64), Pending<N>>,
    events: u64,
    /// Directed links that carry nothing.
    cut: BTreeSet<(NodeId, NodeId)>,
    answers: BTreeMap<RequestId, Answer>,
    requests: u64,
    /// Every message that was sent, as `n1 > n2: text`.
    pub(super) sent: Vec<String>,
}

/// A node's place, whether it runs or not.
struct Seat<N: Node> {
    host: Option<Host<N, ChaCha8Rng>>,
    disk: Disk,
    incarnation: u64,
    /// What the node announced; must be what it says it holds.
    announced: MemoryStore,
    disarmed: BTreeSet<TimerId>,
}

enum Pending<N: Node> {
    Message { from: NodeId, to: NodeId, message: N::Message },
    Timer { node: NodeId, incarnation: u64, id: TimerId, timer: N::Timer },
}

/// The node of this number.
pub(super) fn n(number: u32) -> NodeId {
    NodeId::new(number)
}

impl<N: Node> Cluster<N> {
    /// Boots every member of a configuration.
    pub(super) fn boot(config: Config) -> Self {
        let mut cluster = Self {
            seats: BTreeMap::new(),
            now: Time::ZERO,
            pending: BTreeMap::new(),
            events: 0,
            cut: BTreeSet::new(),
            answers: BTreeMap::new(),
            requests: 0,
            sent: Vec::new(),
            config,
        };
        for &node in cluster.config.members.clone().iter() {
            let seat = Seat {
                host: None,
                disk: Disk::in_memory(),
                incarnation: 0,
                announced: MemoryStore::default(),
                disarmed: BTreeSet::new(),
            };
            cluster.seats.insert(node, seat);
            cluster.restart(node);
        }
        cluster
    }

    pub(super) fn crash(&mut self, node: NodeId) {
        let seat = self.seat(node);
        seat.host = None;
        seat.announced = MemoryStore::default();
        seat.disarmed.clear();
    }

    pub(super) fn restart(&mut self, node: NodeId) {
        let config = self.config.for_node(node);
        let seat = self.seat(node);
        seat.incarnation += 1;
        let rng = ChaCha8Rng::seed_from_u64(node.index() as u64 * 100 + seat.incarnation);
        let mut host = Host::boot_on(config, seat.disk.clone(), rng);
        let effects = host.take_effects();
        seat.host = Some(host);
        self.carry_out(node, effects);
    }

    pub(super) fn now(&self) -> Time {
        self.now
    }

    pub(super) fn is_up(&self, node: NodeId) -> bool {
        self.seats[&node].host.is_some()
    }

    /// The disk of a node, running or not.
    pub(super) fn disk(&mut self, node: NodeId) -> Disk {
        self.seat(node).disk.clone()
    }

    pub(super) fn cut(&mut self, from: NodeId, to: NodeId) {
        self.cut.insert((from, to));
    }

    /// Cuts a node off from every other, both ways.
    pub(super) fn isolate(&mut self, node: NodeId) {
        for peer in self.config.for_node(node).peers() {
            self.cut.extend([(node, peer), (peer, node)]);
        }
    }

    pub(super) fn heal(&mut self) {
        self.cut.clear();
    }

    /// Hands a message to a node now, as if `from` had sent it.
    pub(super) fn deliver(&mut self, from: NodeId, to: NodeId, message: N::Message) {
        self.event(to, |host| host.message(from, message));
    }

    /// Begins an operation.
    pub(super) fn ask(&mut self, node: NodeId, operation: Operation) -> RequestId {
        self.requests += 1;
        let mut request = Request::example(operation);
        request.id.sequence = self.requests;
        let id = request.id;
        self.event(node, |host| host.request(request));
        id
    }

    /// The answer to an operation, if it has come.
    pub(super) fn answer(&self, id: RequestId) -> Option<&Answer> {
        self.answers.get(&id)
    }

    /// Carries out an operation and gives the nodes 5 ms for it.
    pub(super) fn call(&mut self, node: NodeId, operation: Operation) -> String {
        let id = self.ask(node, operation);
        self.run_for(LATENCY * 5);
        self.answer(id).map_or_else(|| "(no answer)".to_owned(), ToString::to_string)
    }

    pub(super) fn put(&mut self, node: NodeId, key: &str, value: &str) -> String {
        self.call(node, Operation::put(key, value))
    }

    pub(super) fn get(&mut self, node: NodeId, key: &str) -> String {
        self.call(node, Operation::get(key))
    }

    pub(super) fn delete(&mut self, node: NodeId, key: &str) -> String {
        self.call(node, Operation::delete(key))
    }

    pub(super) fn entries(&self, node: NodeId) -> Vec<(Key, Versioned)> {
        self.node(node).entries()
    }

    /// What a node holds, as `a=1 b=2`.
    pub(super) fn held(&self, node: NodeId) -> String {
        let entries = self.entries(node);
        let texts: Vec<_> =
            entries.iter().map(|(key, entry)| format!("{key}={}", entry.value)).collect();
        texts.join(" ")
    }

    pub(super) fn node(&self, node: NodeId) -> &N {
        self.seats[&node].host.as_ref().expect("the node runs").node()
    }

    pub(super) fn run_for(&mut self, duration: Duration) {
        let end = self.now + duration;
        while let Some(entry) = self.pending.first_entry() {
            let (at, _) = *entry.key();
            if at > end {
                break;
            }
            let pending = entry.remove();
            self.now = at;
            match pending {
                Pending::Message { from, to, message } => {
                    if !self.cut.contains(&(from, to)) && self.seat(to).host.is_some() {
                        self.event(to, |host| host.message(from, message));
                    }
                }
                Pending::Timer { node, incarnation, id, timer } => {
                    let seat = self.seat(node);
                    let armed = seat.incarnation == incarnation && !seat.disarmed.remove(&id);
                    if armed && seat.host.is_some() {
                        self.event(node, |host| host.timer(timer));
                    }
                }
            }
        }
        self.now = end;
    }

    fn seat(&mut self, node: NodeId) -> &mut Seat<N> {
        self.seats.get_mut(&node).expect("the node is a member")
    }

    fn event(&mut self, node: NodeId, handle: impl FnOnce(&mut Host<N, ChaCha8Rng>) -> Effects<N>) {
        let now = self.now;
        let host = self.seat(node).host.as_mut().expect("the node runs");
        host.now = now;
        let effects = handle(host);
        self.carry_out(node, effects);
    }

    fn carry_out(&mut self, node: NodeId, effects: Effects<N>) {
        for effect in effects {
            self.events += 1;
            effect.perform(&mut At { cluster: self, node });
        }
        let seat = &self.seats[&node];
        assert_eq!(self.entries(node), seat.announced.entries());
    }
}

/// One of the nodes, whose effects are carried out.
struct At<'a, N: Node> {
    cluster: &'a mut Cluster<N>,
    node: NodeId,
}

impl<N: Node> Perform<N::Message, N::Timer> for At<'_, N> {
    fn send(&mut self, to: NodeId, message: N::Message) {
        let (from, cluster) = (self.node, &mut *self.cluster);
        cluster.sent.push(format!("{from} > {to}: {message}"));
        let soon = (cluster.now + LATENCY, cluster.events);
        cluster.pending.insert(soon, Pending::Message { from, to, message });
    }

    fn reply(&mut self, request: RequestId, answer: Answer) {
        self.cluster.answers.insert(request, answer);
    }

    fn set_timer(&mut self, id: TimerId, after: Duration, timer: N::Timer) {
        let incarnation = self.cluster.seat(self.node).incarnation;
        let pending = Pending::Timer { node: self.node, incarnation, id, timer };
        let at = (self.cluster.now + after, self.cluster.events);
        self.cluster.pending.insert(at, pending);
    }

    fn cancel_timer(&mut self, id: TimerId) {
        self.cluster.seat(self.node).disarmed.insert(id);
    }

    fn sync(&mut self, _id: SyncId, _file: String) {}

    fn apply(&mut self, change: Change) {
        let announced = &mut self.cluster.seat(self.node).announced;
        let before = match change.after {
            Some(entry) => announced.put(change.key, entry).before,
            None => announced.remove(&change.key, change.version).before,
        };
        assert_eq!(before, change.before, "an announced change skips a state");
    }
}
