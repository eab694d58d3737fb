//! Clients that write values nobody else writes, and try again until they are answered.

use super::{
    checks::{Finding, Read},
    cluster::{Cluster, Event, MS},
};
use node::{
    Answer, ClientId, Key, NodeId, Operation, OperationKind, Refusal, Request, RequestId, Value,
};
use rand::Rng;

const ATTEMPTS: u32 = 5;
const TIMEOUT_MS: u64 = 200;

/// One client; it has one operation under way at a time.
#[derive(Debug)]
pub(crate) struct Client {
    pub(crate) number: u32,
    sequence: u64,
    attempt: u32,
    /// Counts what the client waits for, so that it does not wake up twice.
    turn: u64,
    target: NodeId,
    under_way: Option<Operation>,
    floor: u64,
    /// Whether every attempt so far was refused.
    all_refused: bool,
    /// Values that were refused for good.
    refused: Vec<Value>,
    pub(crate) done: u64,
    pub(crate) done_when_healed: u64,
}

impl Client {
    pub(crate) fn new(number: u32) -> Self {
        Self {
            number,
            sequence: 0,
            attempt: 0,
            turn: 0,
            target: NodeId::new(1),
            under_way: None,
            floor: 0,
            all_refused: true,
            refused: Vec::new(),
            done: 0,
            done_when_healed: 0,
        }
    }
}

impl Cluster {
    fn client(&mut self, number: u32) -> &mut Client {
        &mut self.clients[number as usize - 1]
    }

    /// A client's timeout or pause is over.
    pub(crate) fn on_client_wakes(&mut self, number: u32, turn: u64) -> Finding {
        if self.client(number).turn != turn {
            return Ok(());
        }
        if self.client(number).under_way.is_some() {
            self.client(number).all_refused = false;
            let any = self.any_node();
            self.try_again(number, any, 0);
        } else if !self.clients_rest {
            self.begin(number);
        }
        Ok(())
    }

    fn begin(&mut self, number: u32) {
        let operation = self.draw_operation(number);
        let floor = self.checks.floor;
        let client = self.client(number);
        client.sequence += 1;
        client.attempt = 0;
        client.all_refused = true;
        client.floor = floor;
        client.under_way = Some(operation);
        self.ask(number, 0);
    }

    fn draw_operation(&mut self, number: u32) -> Operation {
        let sequence = self.client(number).sequence;
        let key: Key = ["x", "y"][self.rng.gen_range(0..2)].into();
        let value = format!("c{number}-{sequence}");
        match self.rng.gen_range(0..100) {
            0..40 => Operation::put(key, value),
            40..80 => Operation::Get { key },
            80..85 => Operation::Delete { key },
            _ => {
                let held = self.checks.applied.values().rev().find(|(at, _)| *at == key);
                let expected = held.and_then(|(_, value)| value.clone());
                let new = value.into();
                Operation::CompareAndSet { key, expected, new }
            }
        }
    }

    fn ask(&mut self, number: u32, pause: u64) {
        let latency = pause + self.latency();
        let client = self.client(number);
        client.turn += 1;
        let turn = client.turn;
        let id =
            RequestId { client: name(number), attempt: client.attempt, sequence: client.sequence };
        let operation = client.under_way.clone().expect("an operation is under way");
        let to = client.target;
        self.after(latency, Event::Ask { to, request: Request { id, operation } });
        let timeout = pause + TIMEOUT_MS * MS;
        self.after(timeout, Event::ClientWakes { client: number, turn });
    }

    fn try_again(&mut self, number: u32, target: NodeId, pause: u64) {
        let client = self.client(number);
        client.target = target;
        client.attempt += 1;
        if client.attempt < ATTEMPTS {
            return self.ask(number, pause);
        }
        let given_up = client.under_way.take();
        if let (true, Some(operation)) = (client.all_refused, given_up) {
            client.refused.extend(written_value(&operation).cloned());
        }
        self.rest(number);
    }

    fn rest(&mut self, number: u32) {
        let pause = self.rng.gen_range(0..self.knobs.think_ms * MS);
        let client = self.client(number);
        client.turn += 1;
        let turn = client.turn;
        self.after(pause, Event::ClientWakes { client: number, turn });
    }

    pub(crate) fn on_answer(&mut self, request: RequestId, answer: Answer) -> Finding {
        let number = number_of(request.client);
        let is_healed = self.is_healed;
        let any = self.any_node();
        let client = self.client(number);
        let is_awaited = request.sequence == client.sequence && request.attempt == client.attempt;
        let (true, Some(operation)) = (is_awaited, client.under_way.clone()) else {
            return Ok(());
        };
        let next = match &answer {
            Answer::Refused(Refusal::NotLeader { leader: Some(leader) }) => Some(*leader),
            // Nobody starts over, and few enough ask that no session expires.
            Answer::Refused(Refusal::Invalid(why)) => return Err(format!("{request}: {why}")),
            Answer::Refused(_) => Some(any),
            Answer::Unknown => {
                client.all_refused = false;
                Some(any)
            }
            _ => None,
        };
        if let Some(target) = next {
            self.try_again(number, target, 30 * MS);
            return Ok(());
        }
        client.under_way = None;
        client.done += 1;
        client.done_when_healed += u64::from(is_healed);
        let floor = client.floor;
        self.rest(number);
        self.check_answer(&operation, answer, floor)
    }

    fn check_answer(&mut self, operation: &Operation, answer: Answer, floor: u64) -> Finding {
        let key = operation.key().cloned().expect("every operation drawn has a key");
        match answer {
            Answer::Written { version, .. } => {
                let value = written_value(operation).expect("it was a write");
                self.checks.on_written(value, version.0, floor)
            }
            Answer::Value(found) => {
                self.checks.on_read(Read { key, found, floor });
                Ok(())
            }
            Answer::Mismatch { .. } if operation.kind() == OperationKind::CompareAndSet => Ok(()),
            Answer::Deleted { .. } if operation.kind() == OperationKind::Delete => Ok(()),
            other => Err(format!("`{operation}` was answered with `{other}`")),
        }
    }

    /// A write that every node refused never happens.
    pub(crate) fn refused_writes_are_nowhere(&self) -> Finding {
        let refused = |value| self.clients.iter().any(|client| client.refused.contains(value));
        let happened = self.checks.applied.values().filter_map(|(_, value)| value.as_ref());
        match happened.into_iter().find(|&value| refused(value)) {
            Some(value) => Err(format!("{value} was refused and then applied")),
            None => Ok(()),
        }
    }

    fn any_node(&mut self) -> NodeId {
        NodeId::from_index(self.rng.gen_range(0..self.slots.len()))
    }
}

/// What a client calls itself: every other has drawn its name.
fn name(number: u32) -> ClientId {
    let dealt = ClientId::new(number);
    if number.is_multiple_of(2) { dealt } else { ClientId::from_number(DRAWN | dealt.number()) }
}

/// The client of this name.
fn number_of(name: ClientId) -> u32 {
    u32::try_from(name.number() & !DRAWN).expect("few clients")
}

const DRAWN: u64 = 1 << 40;

fn written_value(operation: &Operation) -> Option<&Value> {
    match operation {
        Operation::Put { value, .. } | Operation::CompareAndSet { new: value, .. } => Some(value),
        _ => None,
    }
}
