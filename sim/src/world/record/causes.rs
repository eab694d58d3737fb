//! Why things happen: which event each later one goes back to, and which operation it serves.

use judge::record::{
    DropReason, Endpoint, Event, EventId, FaultKind, MessageId, Trace, TraceEvent,
};
use node::{ClientId, NodeId, RequestId, Time};
use std::collections::BTreeMap;

/// What an event goes back to.
#[derive(Clone, Default)]
pub(in crate::world) struct Origin {
    pub(super) cause: Option<EventId>,
    /// In order, each once.
    pub(super) operations: Vec<usize>,
}

/// The trace as it is written, and what is under way in it. Kept only in detail.
#[derive(Default)]
pub(super) struct Causes {
    pub(super) trace: Trace,
    /// What is being handled now: what happens meanwhile goes back to it.
    now: Origin,
    /// By node, what it handles or handled last; its effects may leave later.
    handling: BTreeMap<NodeId, Origin>,
    /// By message, its send and its receiver.
    sends: Vec<(Origin, Endpoint)>,
    /// The armed timers.
    timers: BTreeMap<(NodeId, u64), EventId>,
    /// The syncs under way.
    syncs: BTreeMap<(NodeId, u64), Origin>,
    /// By fault, its start.
    faults: Vec<EventId>,
    /// When healing began, which boots all that is down.
    healed: Option<EventId>,
    /// The fault by which a node is down.
    down: BTreeMap<NodeId, usize>,
    /// By operation, the last thing that happened to it at its client.
    operations: Vec<EventId>,
    /// Which operation a request is for, by client and sequence.
    requests: BTreeMap<(ClientId, u64), usize>,
    /// By client, the end of its last operation.
    ended: BTreeMap<ClientId, EventId>,
}

impl Causes {
    /// A new moment: nothing is being handled yet.
    pub(super) fn begin(&mut self) {
        self.now = Origin::default();
    }

    /// Goes on with what a node handled last.
    pub(super) fn go_on(&mut self, node: NodeId) {
        self.now = self.handling.get(&node).cloned().unwrap_or_default();
    }

    /// Goes on from the end of a client's last operation.
    pub(super) fn follow_up(&mut self, client: ClientId) {
        self.now = Origin { cause: self.ended.get(&client).copied(), operations: Vec::new() };
    }

    /// What follows serves these requests. One that nobody has made, as a forged one,
    /// is left out.
    pub(super) fn serve(&mut self, requests: &[RequestId]) {
        let operation =
            |request: &RequestId| self.requests.get(&(request.client, request.sequence)).copied();
        let mut operations: Vec<_> = requests.iter().filter_map(operation).collect();
        operations.sort_unstable();
        operations.dedup();
        self.now.operations = operations;
    }

    /// What follows goes back to this.
    pub(super) fn resume(&mut self, origin: Origin) {
        self.now = origin;
    }

    /// What happens now goes back to this.
    pub(super) fn present(&self) -> Origin {
        self.now.clone()
    }

    /// Which operation a request is for.
    pub(super) fn request(&mut self, operation: usize, request: RequestId) {
        self.requests.insert((request.client, request.sequence), operation);
    }

    /// Writes an event into the trace, with its origin, and notes what may go back to it.
    pub(super) fn write(&mut self, at: Time, event: Event, touched: Option<usize>) {
        let id = EventId(self.trace.events.len() as u64);
        let origin = self.origin(&event);
        let event = self.with_fault(event, touched);
        self.note(id, &origin, &event);
        let Origin { cause, operations } = origin;
        self.trace.events.push(TraceEvent { at, cause, operations, event });
    }

    fn origin(&self, event: &Event) -> Origin {
        let now = self.now.clone();
        match event {
            Event::Invoke { operation } => Origin { operations: vec![*operation], ..now },
            Event::Attempt { operation, .. }
            | Event::TimedOut { operation, .. }
            | Event::Unreachable { operation, .. } => Origin {
                cause: self.operations.get(*operation).copied(),
                operations: vec![*operation],
            },
            // One that the end of the run cuts off is caused by nothing that happened.
            Event::Complete { operation } => Origin { operations: vec![*operation], ..now },
            Event::Send { copy_of: Some(original), .. } => self.send(*original),
            Event::Deliver { message, .. } => self.send(*message),
            Event::Drop { message, reason, .. } => self.origin_of_drop(*message, *reason),
            Event::Timer { .. } | Event::Synced { .. } => now,
            Event::SyncFailed { node, sync, .. } => {
                self.syncs.get(&(*node, *sync)).cloned().unwrap_or_default()
            }
            Event::FaultEnd { fault } => {
                Origin { cause: self.faults.get(*fault).copied(), operations: Vec::new() }
            }
            Event::Boot { node, .. } | Event::Died { node, .. } => {
                let fault = self.down.get(node).map(|fault| self.faults[*fault]);
                Origin { cause: self.healed.or(fault), operations: Vec::new() }
            }
            Event::FaultStart { .. } | Event::Heal | Event::Balance { .. } => {
                Origin { operations: Vec::new(), ..now }
            }
            _ => now,
        }
    }

    /// What dies with its receiver goes back to the fault; what is lost on its way, to its send.
    fn origin_of_drop(&self, message: MessageId, reason: DropReason) -> Origin {
        let send = self.send(message);
        let fault = match (reason, self.receiver(message)) {
            (DropReason::Crash, Some(node)) => self.down.get(&node),
            _ => None,
        };
        Origin { cause: fault.map(|fault| self.faults[*fault]).or(send.cause), ..send }
    }

    /// A message that is lost names the fault that did it: the one that was touched just now,
    /// or the one by which its receiver is down.
    fn with_fault(&self, event: Event, touched: Option<usize>) -> Event {
        let Event::Drop { message, reason, .. } = event else {
            return event;
        };
        let fault = match reason {
            DropReason::Loss | DropReason::Partition => touched,
            DropReason::NodeDown | DropReason::Crash => {
                self.receiver(message).and_then(|node| self.down.get(&node).copied())
            }
        };
        Event::Drop { message, reason, fault }
    }

    fn note(&mut self, id: EventId, origin: &Origin, event: &Event) {
        let this = Origin { cause: Some(id), operations: origin.operations.clone() };
        match event {
            Event::Invoke { .. } => {
                self.operations.push(id);
                self.now = this;
            }
            Event::Attempt { operation, .. }
            | Event::TimedOut { operation, .. }
            | Event::Unreachable { operation, .. } => {
                self.operations[*operation] = id;
                self.now = this;
            }
            Event::Complete { .. } => self.now = this,
            Event::Send { to, .. } => self.sends.push((this, *to)),
            Event::Deliver { message, .. } => {
                self.now = this.clone();
                match self.receiver(*message) {
                    Some(node) => {
                        self.handling.insert(node, this);
                    }
                    // An answer serves the one operation that it answers.
                    None => this.operations.iter().for_each(|&it| self.operations[it] = id),
                }
            }
            Event::Drop { message, .. } => self.note_refused(id, *message),
            Event::TimerArmed { node, timer, .. } => {
                self.timers.insert((*node, *timer), id);
            }
            Event::SyncAsked { node, sync, .. } => {
                self.syncs.insert((*node, *sync), this);
            }
            Event::Timer { node, .. } | Event::Synced { node, .. } => {
                self.now = this.clone();
                self.handling.insert(*node, this);
            }
            Event::Boot { node, .. } => {
                self.down.remove(node);
                self.now = this.clone();
                self.handling.insert(*node, this);
            }
            Event::FaultStart { .. } => self.faults.push(id),
            Event::Heal => self.healed = Some(id),
            _ => {}
        }
    }

    /// A client may learn from a lost request that nobody listens.
    fn note_refused(&mut self, id: EventId, message: MessageId) {
        let send = self.send(message);
        let sent_by = send.cause.and_then(|send| self.trace.get(send)?.cause);
        if let [operation] = send.operations[..]
            && sent_by == self.operations.get(operation).copied()
        {
            self.operations[operation] = id;
        }
    }

    /// A timer runs out, or a sync is done: what follows goes back to what asked for it.
    pub(super) fn timer_runs_out(&mut self, node: NodeId, timer: u64) {
        self.now = Origin { cause: self.timers.remove(&(node, timer)), operations: Vec::new() };
    }

    /// A sync is done.
    pub(super) fn sync_is_done(&mut self, node: NodeId, sync: u64) {
        self.now = self.syncs.remove(&(node, sync)).unwrap_or_default();
    }

    /// Forgets an armed timer; says whether there was one.
    pub(super) fn cancel(&mut self, node: NodeId, timer: u64) -> bool {
        self.timers.remove(&(node, timer)).is_some()
    }

    /// Notes by which fault a node is down, if it is.
    pub(super) fn struck(&mut self, fault: usize, kind: FaultKind, nodes: &[NodeId]) {
        if kind.takes_down() {
            nodes.iter().for_each(|node| {
                self.down.entry(*node).or_insert(fault);
            });
        }
    }

    /// A node's process is gone; the answer is what died with it, for the trace.
    pub(super) fn died(&mut self, node: NodeId, lost_bytes: u64) -> Event {
        let (timers, syncs) = (self.timers.len(), self.syncs.len());
        self.timers.retain(|(owner, _), _| *owner != node);
        self.syncs.retain(|(owner, _), _| *owner != node);
        self.handling.remove(&node);
        let (timers, syncs) = (timers - self.timers.len(), syncs - self.syncs.len());
        Event::Died { node, timers, syncs, lost_bytes }
    }

    /// Notes the end of a client's operation.
    pub(super) fn ended(&mut self, client: ClientId) {
        self.now.cause.into_iter().for_each(|end| {
            self.ended.insert(client, end);
        });
    }

    /// What a message tells of, as its send says.
    pub(super) fn carried_by(&self, message: MessageId) -> Vec<node::Carried> {
        let send = self.send(message).cause.and_then(|send| self.trace.get(send));
        match send.map(|send| &send.event) {
            Some(Event::Send { carries, .. }) => carries.clone(),
            _ => Vec::new(),
        }
    }

    fn send(&self, message: MessageId) -> Origin {
        self.sends.get(message.0 as usize).map_or_else(Origin::default, |(send, _)| send.clone())
    }

    fn receiver(&self, message: MessageId) -> Option<NodeId> {
        match self.sends.get(message.0 as usize)? {
            (_, Endpoint::Node(node)) => Some(*node),
            _ => None,
        }
    }
}
