//! The one place through which everything that happens is put on record.

mod causes;
mod kept;

use causes::Causes;
pub(super) use causes::Origin;
use judge::record::{
    Counters, Digest, DigestWriter, DropReason, Endpoint, Event, FactRecord, FaultKind,
    FaultOrigin, FaultRecord, History, MessageClass, MessageId, OperationRecord, Trace,
};
use kept::Kept;
use node::{
    Canonical, Carried, Change, ClientId, Fact, Key, NodeId, Note, RequestId, Time, TimerId,
    Versioned, client::Outcome,
};
use std::{fmt::Display, time::Duration};

/// Keeps history, faults and counters, feeds the digest, and writes the trace if it is wanted.
///
/// Every method feeds the same bytes to the digest whether or not there is a trace.
pub(super) struct Recorder {
    pub(super) history: History,
    pub(super) faults: Vec<FaultRecord>,
    pub(super) facts: Vec<FactRecord>,
    pub(super) counters: Counters,
    /// About how many bytes all this takes.
    pub(super) kept: Kept,
    /// The trace and why things happen in it; kept only in detail.
    causes: Option<Causes>,
    /// What the next message tells of; kept only in detail.
    carries: Vec<Carried>,
    /// The fault that was touched last in this event.
    touched: Option<usize>,
    digest: DigestWriter,
    now: u64,
}

/// All that was put on record in a run.
pub(crate) struct Records {
    pub(crate) history: History,
    pub(crate) trace: Option<Trace>,
    pub(crate) faults: Vec<FaultRecord>,
    pub(crate) facts: Vec<FactRecord>,
    pub(crate) counters: Counters,
    pub(crate) digest: Digest,
}

/// Says which kind of event the bytes that follow in the digest belong to.
#[derive(Clone, Copy)]
#[repr(u8)]
enum Tag {
    Invoke = 1,
    Complete,
    Send,
    Deliver,
    Drop,
    Timer,
    Synced,
    Boot,
    Apply,
    FaultStart,
    FaultEnd,
    Heal,
    Replica,
    Announce,
    Balance,
}

/// A message about to be put on record.
pub(super) struct Sending<'a, B> {
    pub(super) class: MessageClass,
    pub(super) from: Endpoint,
    pub(super) to: Endpoint,
    pub(super) body: &'a B,
    pub(super) copy_of: Option<MessageId>,
}

impl Recorder {
    pub(super) fn new(detail: bool) -> Self {
        Self {
            history: History::default(),
            faults: Vec::new(),
            facts: Vec::new(),
            counters: Counters::default(),
            kept: Kept::default(),
            causes: detail.then(Causes::default),
            carries: Vec::new(),
            touched: None,
            digest: DigestWriter::default(),
            now: 0,
        }
    }

    /// Sets the moment of what is recorded next.
    pub(super) fn at(&mut self, now: u64) {
        assert!(now >= self.now, "simulated time goes forward");
        self.now = now;
        self.counters.events += 1;
        self.touched = None;
        self.in_detail(Causes::begin);
    }

    pub(super) fn invoke(&mut self, record: OperationRecord) -> usize {
        let operation = self.history.operations.len();
        self.begin(Tag::Invoke, operation as u64);
        self.digest.add(&record.invoked.as_nanos());
        self.digest.add(&record.client);
        self.digest.add(&record.operation);
        self.end(|| Event::Invoke { operation });
        self.kept.operation(&record);
        self.history.operations.push(record);
        self.counters.operations += 1;
        operation
    }

    pub(super) fn complete(&mut self, operation: usize, outcome: Outcome) {
        self.begin(Tag::Complete, operation as u64);
        self.digest.add(&outcome);
        self.end(|| Event::Complete { operation });
        let client = self.history.operations[operation].client;
        self.in_detail(|causes| causes.ended(client));
        let begun = self.history.operations.len();
        let record = &mut self.history.operations[operation];
        self.kept.outcome(&outcome);
        record.begun_by_then = u32::try_from(begun).unwrap_or(u32::MAX);
        record.completed = Time::from_nanos(self.now);
        record.outcome = outcome;
    }

    pub(super) fn send<B: Canonical + Display>(&mut self, sending: &Sending<'_, B>) -> MessageId {
        let message = MessageId(self.counters.sent);
        self.counters.sent += 1;
        self.begin(Tag::Send, message.0);
        self.digest.add(&code(sending.from));
        self.digest.add(&code(sending.to));
        match sending.copy_of {
            Some(original) => self.digest.add(&original.0),
            None => self.digest.add(sending.body),
        }
        self.digest.end_event();
        self.counters.duplicated += u64::from(sending.copy_of.is_some());
        if self.causes.is_some() {
            self.note_sending(message, sending);
        }
        message
    }

    /// Writes into the trace that a message leaves.
    fn note_sending<B: Display>(&mut self, message: MessageId, sending: &Sending<'_, B>) {
        let Sending { class, from, to, body, copy_of } = *sending;
        let mut carries = std::mem::take(&mut self.carries);
        if let (Some(causes), Some(original)) = (&self.causes, copy_of) {
            carries = causes.carried_by(original);
        }
        let text = body.to_string();
        self.note(|| Event::Send { message, class, from, to, text, copy_of, carries });
    }

    pub(super) fn deliver(&mut self, message: MessageId, sent: u64, arrived: u64) {
        self.counters.delivered += 1;
        self.begin(Tag::Deliver, message.0);
        let (sent, arrived) = (Time::from_nanos(sent), Time::from_nanos(arrived));
        self.end(|| Event::Deliver { message, sent, arrived });
    }

    pub(super) fn drop_message(&mut self, message: MessageId, reason: DropReason) {
        self.counters.dropped += 1;
        self.begin(Tag::Drop, message.0);
        self.digest.raw(&[reason as u8]);
        self.end(|| Event::Drop { message, reason, fault: None });
    }

    pub(super) fn timer(
        &mut self,
        node: NodeId,
        id: TimerId,
        timer: &(impl Canonical + Display + ?Sized),
    ) {
        self.counters.timers += 1;
        self.in_detail(|causes| causes.timer_runs_out(node, id.0));
        self.begin(Tag::Timer, node.index() as u64);
        self.digest.add(timer);
        self.end(|| Event::Timer { node, text: timer.to_string() });
    }

    pub(super) fn synced(&mut self, node: NodeId, sync: u64) {
        self.in_detail(|causes| causes.sync_is_done(node, sync));
        self.begin(Tag::Synced, node.index() as u64);
        self.digest.add(&sync);
        self.end(|| Event::Synced { node, sync });
    }

    /// A node boots; in detail, `holds` lists what it holds from the start.
    pub(super) fn boot(
        &mut self,
        node: NodeId,
        entries: usize,
        on_disk: bool,
        holds: impl FnOnce() -> Vec<(Key, Versioned)>,
    ) {
        self.begin(Tag::Boot, node.index() as u64);
        self.digest.add(&entries);
        self.end(|| Event::Boot { node, entries, on_disk, holds: holds() });
    }

    pub(super) fn apply(&mut self, node: NodeId, change: &Change) {
        self.counters.applied += 1;
        self.begin(Tag::Apply, node.index() as u64);
        self.digest.add(&change.key);
        self.digest.add(&change.version);
        self.digest.add(&change.after.as_ref().map(|entry| &entry.value));
        self.kept.change(change);
        self.end(|| Event::Apply { node, change: change.clone() });
    }

    pub(super) fn announce(&mut self, node: NodeId, fact: Fact) {
        self.begin(Tag::Announce, node.index() as u64);
        self.digest.add(&fact);
        self.end(|| Event::Announce { node, fact });
        self.kept.fact();
        self.facts.push(FactRecord { at: Time::from_nanos(self.now), node, fact });
    }

    pub(super) fn balance(&mut self, node: NodeId, healthy: bool) {
        self.begin(Tag::Balance, node.index() as u64);
        self.digest.add(&healthy);
        self.end(|| Event::Balance { node, healthy });
    }

    /// Puts a fault on record; the answer is its position.
    pub(super) fn fault(
        &mut self,
        kind: FaultKind,
        label: String,
        origin: FaultOrigin,
        nodes: Vec<NodeId>,
    ) -> usize {
        let fault = self.faults.len();
        self.begin(Tag::FaultStart, fault as u64);
        self.digest.add(&label);
        self.end(|| Event::FaultStart { fault });
        let start = Time::from_nanos(self.now);
        self.in_detail(|causes| causes.struck(fault, kind, &nodes));
        self.kept.fault(&label);
        self.faults.push(FaultRecord { kind, label, origin, nodes, start, end: None, touched: 0 });
        fault
    }

    /// Ends a fault, unless it has ended already.
    pub(super) fn end_fault(&mut self, fault: usize) {
        if self.faults[fault].end.is_none() {
            self.faults[fault].end = Some(Time::from_nanos(self.now));
            self.begin(Tag::FaultEnd, fault as u64);
            self.end(|| Event::FaultEnd { fault });
        }
    }

    /// Counts one more thing that a fault touched.
    pub(super) fn touch(&mut self, fault: usize) {
        self.faults[fault].touched += 1;
        self.touched = Some(fault);
    }

    /// A client tries an operation at a node.
    pub(super) fn attempt(&mut self, operation: usize, request: RequestId, to: NodeId) {
        self.in_detail(|causes| causes.request(operation, request));
        self.note(|| Event::Attempt { operation, attempt: request.attempt, to });
    }

    /// A client waits no longer for an attempt.
    pub(super) fn timed_out(&mut self, operation: usize, attempt: u32) {
        self.note(|| Event::TimedOut { operation, attempt });
    }

    /// A client learns that nobody listens where it called.
    pub(super) fn unreachable(&mut self, operation: usize, attempt: u32) {
        self.note(|| Event::Unreachable { operation, attempt });
    }

    /// A node arms a timer.
    pub(super) fn arm(
        &mut self,
        node: NodeId,
        id: TimerId,
        after: Duration,
        timer: &(impl Display + ?Sized),
    ) {
        self.note(|| Event::TimerArmed { node, timer: id.0, after, text: timer.to_string() });
    }

    /// A node disarms a timer. One that has run out already is no event.
    pub(super) fn cancel(&mut self, node: NodeId, id: TimerId) {
        if self.causes.as_mut().is_some_and(|causes| causes.cancel(node, id.0)) {
            self.note(|| Event::TimerCancelled { node, timer: id.0 });
        }
    }

    /// A node asks that a file reach the platter.
    pub(super) fn ask_sync(&mut self, node: NodeId, sync: u64, file: &str) {
        self.note(|| Event::SyncAsked { node, sync, file: file.to_owned() });
    }

    /// A node says why it does something.
    pub(super) fn note_of(&mut self, node: NodeId, note: Note) {
        self.note(|| Event::Note { node, note });
    }

    /// A sync has failed and is tried again.
    pub(super) fn sync_failed(&mut self, node: NodeId, sync: u64, fault: usize) {
        self.note(|| Event::SyncFailed { node, sync, fault });
    }

    /// A node's process is gone, and so much of what its disk had not synced.
    pub(super) fn died(&mut self, node: NodeId, lost_bytes: u64) {
        if let Some(event) = self.causes.as_mut().map(|causes| causes.died(node, lost_bytes)) {
            self.note(|| event);
        }
    }

    /// What follows goes back to nothing that happened before.
    pub(super) fn outside(&mut self) {
        self.in_detail(Causes::begin);
    }

    /// What follows goes back to what this node handled last.
    pub(super) fn go_on(&mut self, node: NodeId) {
        self.in_detail(|causes| causes.go_on(node));
    }

    /// What follows goes back to the end of the client's last operation.
    pub(super) fn follow_up(&mut self, client: ClientId) {
        self.in_detail(|causes| causes.follow_up(client));
    }

    /// What follows serves these requests.
    pub(super) fn serve(&mut self, requests: &[RequestId]) {
        self.in_detail(|causes| causes.serve(requests));
    }

    /// What happens now goes back to this; kept only in detail.
    pub(super) fn present(&self) -> Option<Origin> {
        self.causes.as_ref().map(Causes::present)
    }

    /// What follows goes back to what was present then.
    pub(super) fn resume(&mut self, origin: Option<Origin>) {
        if let Some(origin) = origin {
            self.in_detail(|causes| causes.resume(origin));
        }
    }

    /// What the next message tells of.
    pub(super) fn about_to_carry(&mut self, carries: impl FnOnce() -> Vec<Carried>) {
        if self.causes.is_some() {
            self.carries = carries();
        }
    }

    pub(super) fn heal(&mut self) {
        self.begin(Tag::Heal, 0);
        self.end(|| Event::Heal);
    }

    /// Feeds a replica's final state to the digest.
    pub(super) fn replica(&mut self, replica: &judge::record::Replica) {
        self.begin(Tag::Replica, replica.node.index() as u64);
        self.digest.add(&replica.entries);
        self.digest.end_event();
    }

    /// The sums over all that was put on record so far.
    pub(super) fn sums(&self) -> Counters {
        let bit = self.faults.iter().filter(|fault| fault.touched > 0).count();
        Counters {
            simulated_ns: self.now,
            faults: self.faults.len() as u64,
            faults_that_bit: bit as u64,
            ..self.counters
        }
    }

    pub(super) fn finish(self) -> Records {
        Records {
            history: self.history,
            trace: self.causes.map(|causes| causes.trace),
            faults: self.faults,
            facts: self.facts,
            counters: self.counters,
            digest: self.digest.digest(),
        }
    }

    fn begin(&mut self, tag: Tag, subject: u64) {
        let mut head = [0; 17];
        head[0] = tag as u8;
        head[1..9].copy_from_slice(&self.now.to_le_bytes());
        head[9..].copy_from_slice(&subject.to_le_bytes());
        self.digest.raw(&head);
    }

    fn end(&mut self, event: impl FnOnce() -> Event) {
        self.digest.end_event();
        self.note(event);
    }

    /// Writes an event into the trace alone.
    fn note(&mut self, event: impl FnOnce() -> Event) {
        if let Some(causes) = &mut self.causes {
            let event = event();
            self.kept.event(&event);
            causes.write(Time::from_nanos(self.now), event, self.touched.take());
        }
    }

    fn in_detail(&mut self, change: impl FnOnce(&mut Causes)) {
        if let Some(causes) = &mut self.causes {
            change(causes);
        }
    }
}

/// A number that no two endpoints share.
fn code(endpoint: Endpoint) -> u32 {
    match endpoint {
        Endpoint::Node(node) => node.index() as u32,
        Endpoint::Client(client) => 1 << 31 | client.index() as u32,
        Endpoint::Balancer => u32::MAX,
    }
}
