//! Clients at work: sessions, timeouts and retries.

use super::{Event, World, nanos, pacing::Pacing, server::InTransit, service::Errand};
use crate::{name::Name, routine::Routine, seed::Stream, workload::Generator};
use judge::record::{Endpoint, MessageClass, OperationRecord};
use node::{
    Answer, Carried, ClientId, Key, NodeId, Operation, Request, RequestId, Time, Value,
    client::{AttemptEnd, Failure, Next, Outcome, Retry, Route, Session},
};
use std::collections::{BTreeMap, VecDeque};
use tokio::sync::oneshot;

/// A client session in the world.
pub(super) struct Client {
    id: ClientId,
    session: Session,
    rng: Stream,
    /// How many operations it has begun.
    sequence: u64,
    current: Option<Current>,
    /// Operations that are due and wait for the current one to end.
    waiting: VecDeque<usize>,
    /// When its pending alarm goes off, if one is pending.
    alarm_at: Option<u64>,
    /// Whether it is one of a closed loop.
    pub(super) looped: bool,
    /// Whether it is one of the workload, whose time may cost something.
    pub(super) of_workload: bool,
    /// What it goes on to do when the operation under way has ended.
    routine: Option<Routine>,
    /// What it last learned of each key; kept only where compare-and-set needs it.
    seen: BTreeMap<Key, Value>,
    /// Who waits for the operation under way.
    told: VecDeque<(usize, oneshot::Sender<Outcome>)>,
}

/// The operation under way.
struct Current {
    record: usize,
    attempt: u32,
    deadline: u64,
}

impl World {
    /// Makes the script's session and those of the workload, and sets them off.
    pub(super) fn add_clients(&mut self) {
        let script = self.add_client(Route::Leader, Route::Leader, Retry::default());
        self.scripts.push(script);
        self.add_sessions_of_workload();
        // Sessions that steps name; an operation of a step that names none finds others.
        let named = self.scenario.steps.iter().filter_map(|step| step.client);
        let named = named.map(ClientId::index).max().unwrap_or(0);
        while self.clients.len() <= named {
            self.add_client(Route::Leader, Route::Leader, Retry::default());
        }
    }

    /// Adds a session for a test's own body.
    pub(crate) fn add_body_client(
        &mut self,
        reads: Route,
        writes: Route,
        retry: Retry,
    ) -> ClientId {
        let client = self.add_client(reads, writes, retry);
        self.clients[client].id
    }

    pub(super) fn add_client(&mut self, reads: Route, writes: Route, retry: Retry) -> usize {
        if [reads, writes].contains(&Route::Balanced) {
            self.begin_health_checks();
        }
        let position = self.clients.len();
        let id = ClientId::new(u32::try_from(position).expect("fewer than 2^32 clients"));
        self.clients.push(Client {
            id,
            session: Session::new(NodeId::new(1), reads, writes, retry)
                .deduplicated(self.kind.info.deduplicates)
                .near(self.scenario.zones.nearest(id, self.servers.len())),
            rng: self.streams.named(Name::new("workload/").client(id)),
            sequence: 0,
            current: None,
            waiting: VecDeque::new(),
            alarm_at: None,
            looped: false,
            of_workload: false,
            routine: None,
            seen: BTreeMap::new(),
            told: VecDeque::new(),
        });
        position
    }

    /// Carries out an operation of the scenario's own script at this node, in a
    /// session that is idle.
    pub(super) fn operate_script(&mut self, operation: Operation, at: NodeId) {
        let idle = self.scripts.iter().copied().find(|&script| self.clients[script].is_idle());
        let script = idle.unwrap_or_else(|| {
            let script = self.add_client(Route::Leader, Route::Leader, Retry::default());
            self.scripts.push(script);
            script
        });
        let route = Route::Node(at);
        self.clients[script].session = Session::new(at, route, route, Retry::default())
            .deduplicated(self.kind.info.deduplicates);
        self.invoke(script, operation);
    }

    /// Carries out an operation of a test's own body.
    pub(super) fn operate(
        &mut self,
        client: ClientId,
        operation: Operation,
        told: Option<oneshot::Sender<Outcome>>,
    ) {
        let record = self.history_len();
        if let Some(told) = told {
            self.clients[client.index()].told.push_back((record, told));
        }
        self.invoke(client.index(), operation);
    }

    /// A client tries its operation at a node.
    pub(super) fn attempt(&mut self, client: usize, record: usize, to: NodeId) {
        let now = self.now;
        let client = &mut self.clients[client];
        let Some(current) = client.current.as_mut().filter(|current| current.record == record)
        else {
            return;
        };
        current.deadline = now.saturating_add(nanos(client.session.timeout()));
        let id = RequestId {
            client: client.id,
            attempt: current.attempt,
            sequence: client.sequence - 1,
        };
        let (position, deadline) = (client.id.index(), current.deadline);
        let in_history = &mut self.record.history.operations[record];
        in_history.node = to;
        in_history.attempts += 1;
        let request = Request { id, operation: in_history.operation.clone() };
        self.set_alarm(position, deadline);
        self.record.attempt(record, id, to);
        self.record.about_to_carry(|| Carried::of_operation(&request.operation));
        let (from, end) = (Endpoint::Client(id.client), Endpoint::Node(to));
        let arrivals = self.send(MessageClass::Request, from, end, &request.operation);
        if arrivals[1].is_some() {
            self.clients[position].session.was_doubled();
        }
        self.schedule(arrivals, request, |request, message| Event::Request {
            to,
            request,
            message,
            sent: now,
        });
    }

    /// An answer is due at a client.
    pub(super) fn reply_arrives(
        &mut self,
        from: NodeId,
        request: RequestId,
        answer: Answer,
        transit: InTransit,
    ) {
        let ends = (Endpoint::Node(from), Endpoint::Client(request.client));
        if self.arrives(ends.0, ends.1, transit) {
            self.record.deliver(transit.message, transit.sent, transit.arrived);
            let origin = self.record.present();
            let read = Errand::Read { request, answer, origin };
            self.set_about(request.client.index(), read);
        }
    }

    /// A client learns that nobody listens where it called.
    pub(super) fn unreachable(&mut self, request: RequestId) {
        if let Some(current) = self.current(request) {
            self.record.unreachable(current, request.attempt);
        }
        self.attempt_ends(request, AttemptEnd::Unreachable);
    }

    /// A client looks whether its attempt has taken too long.
    pub(super) fn alarm(&mut self, position: usize) {
        let client = &mut self.clients[position];
        client.alarm_at = None;
        let Some(current) = &client.current else {
            return;
        };
        if current.deadline > self.now {
            let deadline = current.deadline;
            // Between two attempts there is nothing to wait for.
            if deadline != u64::MAX {
                self.set_alarm(position, deadline);
            }
            return;
        }
        let request = RequestId {
            client: client.id,
            attempt: current.attempt,
            sequence: client.sequence - 1,
        };
        if let Some(current) = self.current(request) {
            self.record.timed_out(current, request.attempt);
        }
        self.attempt_ends(request, AttemptEnd::TimedOut);
    }

    /// Ends what is still under way when the run is over.
    pub(super) fn abandon_unfinished(&mut self) {
        for client in 0..self.clients.len() {
            let current = self.clients[client].current.take().map(|current| current.record);
            let waiting: Vec<_> = self.clients[client].waiting.drain(..).collect();
            for record in current.into_iter().chain(waiting.iter().copied()) {
                let operation = &self.record.history.operations[record];
                let begun = !waiting.contains(&record);
                let outcome = if begun && operation.operation.kind().is_write() {
                    Outcome::Info(Failure::Unfinished)
                } else {
                    Outcome::Fail(Failure::Unfinished)
                };
                self.record.outside();
                self.record.complete(record, outcome);
            }
        }
    }

    /// Puts an operation on record as begun, and begins it if its session is idle.
    pub(super) fn invoke(&mut self, position: usize, operation: Operation) {
        let now = Time::from_nanos(self.now);
        let record = self.record.invoke(OperationRecord {
            client: self.clients[position].id,
            operation,
            invoked: now,
            completed: Time::MAX,
            outcome: Outcome::Info(Failure::Unfinished),
            node: NodeId::new(1),
            attempts: 0,
            begun_by_then: 0,
        });
        if self.clients[position].is_idle() {
            self.begin(position, record);
        } else {
            self.clients[position].waiting.push_back(record);
        }
    }

    fn begin(&mut self, position: usize, record: usize) {
        self.ready_session(position, record);
        let stated = self.stated_node(record, 0);
        let client = &mut self.clients[position];
        client.sequence += 1;
        client.current = Some(Current { record, attempt: 0, deadline: u64::MAX });
        let operation = &self.record.history.operations[record].operation;
        let mut to = client.session.begin(operation, &mut self.directory, &mut client.rng);
        if let Some(node) = stated {
            client.session.is_sent_to(operation, node);
            to = node;
        }
        self.set_about(position, Errand::Ask { record, to });
    }

    /// The operation under way whose present attempt this request is.
    fn current(&self, request: RequestId) -> Option<usize> {
        let client = &self.clients[request.client.index()];
        let current = client.current.as_ref()?;
        let is_current = client.sequence == request.sequence + 1
            && current.attempt == request.attempt
            && current.deadline != u64::MAX;
        is_current.then_some(current.record)
    }

    pub(super) fn attempt_ends(&mut self, request: RequestId, end: AttemptEnd) {
        let position = request.client.index();
        let client = &mut self.clients[position];
        let is_current = client.sequence == request.sequence + 1;
        let Some(current) = client.current.as_mut() else {
            return;
        };
        // An answer to an attempt that was given up comes too late.
        if !is_current || current.attempt != request.attempt || current.deadline == u64::MAX {
            return;
        }
        let record = current.record;
        let operation = &self.record.history.operations[record].operation;
        match client.session.after(operation, end, &mut self.directory, &mut client.rng) {
            Next::Retry { to, after } => {
                current.attempt += 1;
                current.deadline = u64::MAX;
                let attempt = current.attempt;
                let to = self.stated_node(record, attempt).unwrap_or(to);
                let retry = Event::Retry { client: position, record, to };
                self.queue.push(self.now.saturating_add(nanos(after)), retry);
            }
            Next::Finish(outcome) => self.complete(position, record, outcome),
        }
    }

    fn complete(&mut self, position: usize, record: usize, outcome: Outcome) {
        let client = &mut self.clients[position];
        client.current = None;
        if self.pacing.as_ref().is_some_and(Pacing::compares) {
            client.learn(&self.record.history.operations[record].operation, &outcome);
        }
        if client.told.front().is_some_and(|(waited, _)| *waited == record)
            && let Some((_, told)) = client.told.pop_front()
        {
            // The body may have dropped the future that waits for this.
            let _ = told.send(outcome.clone());
        }
        let looped = client.looped;
        let operation = &self.record.history.operations[record].operation;
        let routine = client.routine.take().filter(|_| self.healed_at.is_none());
        if let Some((next, rest)) = routine.and_then(|it| it.after(operation, &outcome)) {
            client.routine = rest;
            let client = client.id;
            self.record.complete(record, outcome);
            self.record.follow_up(client);
            return self.invoke(position, next);
        }
        let waiting = client.waiting.pop_front();
        self.record.complete(record, outcome);
        if let Some(next) = waiting {
            self.begin(position, next);
        } else if looped {
            self.pause_to_think(position);
        } else {
            self.probe_goes_on(position, record);
        }
    }

    /// Sees to it that an alarm is pending at or before the deadline. One alarm a
    /// client is enough, since it looks again when it goes off too early.
    fn set_alarm(&mut self, client: usize, deadline: u64) {
        let alarm_at = &mut self.clients[client].alarm_at;
        if alarm_at.is_none_or(|at| at > deadline) {
            *alarm_at = Some(deadline);
            self.queue.push(deadline, Event::Alarm { client });
        }
    }

    pub(super) fn history_len(&self) -> usize {
        self.record.history.operations.len()
    }
}

impl Client {
    pub(super) fn id(&self) -> ClientId {
        self.id
    }

    /// How the operations from now on are routed and tried.
    pub(super) fn set_policy(&mut self, reads: Route, writes: Route, retry: Retry) {
        self.session.set_policy(reads, writes, retry);
    }

    /// What the session's draws come from, from now on.
    pub(super) fn set_stream(&mut self, stream: Stream) {
        self.rng = stream;
    }

    /// Forgets what the session has learned, and routes it so.
    pub(super) fn renew_session(&mut self, route: Route, deduplicated: bool) {
        self.session =
            Session::new(NodeId::new(1), route, route, Retry::default()).deduplicated(deduplicated);
    }

    /// Draws what comes after all that it has begun or is to begin.
    pub(super) fn draw(&mut self, generator: &mut Generator) -> Operation {
        let drawn = self.sequence + self.waiting.len() as u64;
        let (operation, routine) = generator.draw(self.id, drawn, &self.seen, &mut self.rng);
        self.routine = routine;
        operation
    }

    fn is_idle(&self) -> bool {
        self.current.is_none()
    }

    /// Remembers what an outcome tells of a key.
    fn learn(&mut self, operation: &Operation, outcome: &Outcome) {
        let Outcome::Ok(answer) = outcome else { return };
        let holds = match (operation, answer) {
            (Operation::Put { value, .. } | Operation::CompareAndSet { new: value, .. }, _) => {
                Some(value.clone())
            }
            (Operation::Get { .. }, Answer::Value(found)) => {
                found.as_ref().map(|entry| entry.value.clone())
            }
            _ => None,
        };
        match (operation.key(), holds) {
            (Some(key), Some(value)) => self.seen.insert(key.clone(), value),
            (Some(key), None) => self.seen.remove(key),
            (None, _) => None,
        };
    }
}
