//! The limit: a heap of events around the same state machines, and nothing else.
//!
//! The same clients ask the same things of the same nodes by the same routes, and as many events
//! pass through the heap as in a run: each message arrives, waits in its node's queue, and is done
//! when its service ends. Left out are madsim, history, digest, checkers and all counters but one,
//! faults, timeouts, links with a latency and an order of their own, and all random streams but one.

use crate::steady::{KEYS, PUTS, READS, Size, WRITES};
use node::{
    Answer, ClientId, Config, Context, Disk, Key, Node, NodeId, Operation, Outbox, Perform,
    Request, RequestId, SyncId, Time, TimerId, Value, Work,
    client::{AttemptEnd, Directory, Next, Retry, Session},
    systems::async_leader::{AsyncLeader, Message, Timer},
};
use sim::seed::{Stream, Streams, draw_below, draw_unit};
use smol_str::format_smolstr;
use std::{
    cmp::Ordering,
    collections::{BinaryHeap, VecDeque},
    time::Duration,
};

/// How long each message takes.
const LATENCY_NS: u64 = 500_000;

/// How long a node works on one.
const SERVICE_NS: u64 = 50_000;

enum Event {
    Served { node: NodeId },
    Message { from: NodeId, to: NodeId, body: Message },
    Request { to: NodeId, request: Request },
    Reply { request: RequestId, answer: Answer },
    Timer { node: NodeId, timer: Timer },
}

/// An event in the heap; the earliest is the greatest.
struct Pending {
    at: u64,
    turn: u64,
    event: Event,
}

struct Server {
    config: Config,
    node: AsyncLeader,
    outbox: Outbox<Message, Timer>,
    disk: Disk,
    inbox: VecDeque<Work<AsyncLeader>>,
    busy: bool,
}

struct Client {
    session: Session,
    sequence: u64,
    operation: Option<Operation>,
}

struct Loop {
    now: u64,
    turn: u64,
    heap: BinaryHeap<Pending>,
    servers: Vec<Server>,
    clients: Vec<Client>,
    directory: Directory,
    rng: Stream,
    /// Operations that may still be begun.
    left: u64,
    delivered: u64,
}

/// Runs to the end; the answer is how many messages were delivered.
pub(crate) fn run(size: Size) -> u64 {
    let mut bare = Loop::new(size);
    for client in 0..size.clients {
        bare.begin(client);
    }
    while let Some(Pending { at, event, .. }) = bare.heap.pop() {
        bare.now = at;
        bare.handle(event);
    }
    assert!(bare.left == 0 && bare.clients.iter().all(|client| client.operation.is_none()));
    bare.delivered
}

impl Loop {
    fn new(size: Size) -> Self {
        let mut rng = Streams::new(1).named("bare");
        let server = |id: NodeId, rng: &mut Stream| {
            let (config, disk) = (Config::new(id, size.nodes), Disk::in_memory());
            let mut outbox = Outbox::default();
            let mut ctx = Context::new(&config, Time::ZERO, rng, &disk, &mut outbox);
            let node = AsyncLeader::boot(&config, &mut ctx);
            Server { config, node, outbox, disk, inbox: VecDeque::new(), busy: false }
        };
        let servers = (0..size.nodes).map(|index| server(NodeId::from_index(index), &mut rng));
        let servers = servers.collect();
        let client = |_| Client {
            session: Session::new(NodeId::new(1), READS, WRITES, Retry::default()),
            sequence: 0,
            operation: None,
        };
        Self {
            now: 0,
            turn: 0,
            heap: BinaryHeap::new(),
            servers,
            clients: (0..size.clients).map(client).collect(),
            directory: Directory::new(size.nodes),
            rng,
            left: size.operations,
            delivered: 0,
        }
    }

    fn push(&mut self, after: u64, event: Event) {
        self.heap.push(Pending { at: self.now + after, turn: self.turn, event });
        self.turn += 1;
    }

    fn handle(&mut self, event: Event) {
        match event {
            Event::Message { from, to, body } => {
                self.delivered += 1;
                self.enqueue(to, Work::Message { from, message: body });
            }
            Event::Request { to, request } => {
                self.delivered += 1;
                self.enqueue(to, Work::Request(request));
            }
            Event::Reply { request, answer } => {
                self.delivered += 1;
                self.end(request.client.index(), answer);
            }
            Event::Timer { node, timer } => self.enqueue(node, Work::Timer(timer)),
            Event::Served { node } => self.served(node),
        }
    }

    fn enqueue(&mut self, node: NodeId, work: Work<AsyncLeader>) {
        let server = &mut self.servers[node.index()];
        server.inbox.push_back(work);
        if !server.busy {
            server.busy = true;
            self.push(SERVICE_NS, Event::Served { node });
        }
    }

    fn served(&mut self, id: NodeId) {
        let work = self.servers[id.index()].inbox.pop_front().expect("a busy node has work");
        self.visit(id, work);
        let server = &mut self.servers[id.index()];
        server.busy = !server.inbox.is_empty();
        if server.busy {
            self.push(SERVICE_NS, Event::Served { node: id });
        }
    }

    /// Hands a node an event and carries out what it causes.
    fn visit(&mut self, id: NodeId, work: Work<AsyncLeader>) {
        let now = Time::from_nanos(self.now);
        let Server { config, node, outbox, disk, .. } = &mut self.servers[id.index()];
        work.hand_to(node, &mut Context::new(config, now, &mut self.rng, disk, outbox));
        let mut effects = std::mem::take(&mut outbox.effects);
        let mut deeds = Deeds { bare: self, node: id };
        effects.drain(..).for_each(|effect| effect.perform(&mut deeds));
        self.servers[id.index()].outbox.effects = effects;
    }

    /// A client begins its next operation, if one is left.
    fn begin(&mut self, position: usize) {
        if self.left == 0 {
            return;
        }
        self.left -= 1;
        let client = &mut self.clients[position];
        let id = ClientId::new(position as u32 + 1);
        let is_put = draw_unit(&mut self.rng) < PUTS;
        let key = Key::from(format_smolstr!("key{}", draw_below(KEYS, &mut self.rng) + 1));
        let operation = if is_put {
            let value = Value::from(format_smolstr!("{id}-{}", client.sequence));
            Operation::Put { key, value }
        } else {
            Operation::Get { key }
        };
        let to = client.session.begin(&operation, &mut self.directory, &mut self.rng);
        let id = RequestId {
            client: ClientId::new(position as u32),
            attempt: 0,
            sequence: client.sequence,
        };
        client.sequence += 1;
        client.operation = Some(operation.clone());
        self.push(LATENCY_NS, Event::Request { to, request: Request { id, operation } });
    }

    fn end(&mut self, position: usize, answer: Answer) {
        let client = &mut self.clients[position];
        let operation = client.operation.take().expect("an answer has its operation");
        let end = AttemptEnd::Answered(answer);
        let next = client.session.after(&operation, end, &mut self.directory, &mut self.rng);
        assert!(matches!(next, Next::Finish(_)), "nothing fails here");
        self.begin(position);
    }
}

/// What a node does, carried out.
struct Deeds<'a> {
    bare: &'a mut Loop,
    node: NodeId,
}

impl Perform<Message, Timer> for Deeds<'_> {
    #[inline]
    fn send(&mut self, to: NodeId, body: Message) {
        self.bare.push(LATENCY_NS, Event::Message { from: self.node, to, body });
    }

    #[inline]
    fn reply(&mut self, request: RequestId, answer: Answer) {
        self.bare.push(LATENCY_NS, Event::Reply { request, answer });
    }

    #[inline]
    fn set_timer(&mut self, _id: TimerId, after: Duration, timer: Timer) {
        self.bare.push(after.as_nanos() as u64, Event::Timer { node: self.node, timer });
    }

    fn cancel_timer(&mut self, _id: TimerId) {}

    fn sync(&mut self, _id: SyncId, _file: String) {}
}

impl Ord for Pending {
    fn cmp(&self, other: &Self) -> Ordering {
        (other.at, other.turn).cmp(&(self.at, self.turn))
    }
}

impl PartialOrd for Pending {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Pending {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Pending {}
