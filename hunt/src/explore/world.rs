//! The whole cluster in one state, what may happen next, and what comes of it.

use super::{
    intern::{Interner, numbers, put},
    live::{Hosting, LocalEvent},
    locals::{LocalId, Locals, Step},
    scope::{At, Scope},
};
use node::{
    Answer, Canonical, ClientId, Encoder, Fact, NodeId, Request, RequestId, Role,
    client::{Failure, Outcome},
    resident::Boot,
};

/// Something that may happen next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Choice {
    /// A client begins its operation at a node, and the request arrives there.
    Begin { operation: u8, node: NodeId },
    /// A message arrives; at a node that is down it vanishes.
    Arrive(u32),
    /// A message is lost.
    Lose(u32),
    /// A message arrives, and will arrive once more.
    Double(u32),
    /// A timer runs out.
    Timer { node: NodeId, place: u8 },
    /// A sync reaches the platter.
    Synced(NodeId),
    /// A node's process ends.
    Crash(NodeId),
    /// A node loses its power.
    PowerLoss(NodeId),
    /// A node boots.
    Restart(NodeId),
}

/// How often each kind of fault has struck, and timers have run out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Used {
    pub(super) crashes: u8,
    pub(super) power_losses: u8,
    pub(super) losses: u8,
    pub(super) doubles: u8,
    pub(super) timers: u8,
}

/// The cluster in one state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct State {
    pub(super) locals: Vec<LocalId>,
    /// What is under way, each link's messages in the order in which they were sent.
    pub(super) net: Vec<u32>,
    /// What clients asked and were told.
    pub(super) history: u32,
    /// What nodes have announced of their logs.
    pub(super) facts: u32,
    pub(super) used: Used,
}

/// An operation's beginning or end.
#[derive(Clone, Debug)]
pub(super) enum Moment {
    Begin { operation: usize, node: NodeId },
    End { operation: usize, outcome: Outcome },
}

const END: u32 = 1 << 31;
const LOW: u32 = 0xFF;

/// Everything that states are made of.
pub(super) struct World {
    pub(super) scope: Scope,
    pub(super) locals: Locals,
    nets: Interner,
    histories: Interner,
    fact_sets: Interner,
    fact_keys: Interner,
    facts: Vec<(NodeId, Fact)>,
    outcome_keys: Interner,
    outcomes: Vec<Outcome>,
}

impl World {
    pub(super) fn new(boot: Boot, scope: Scope, clocks: bool) -> Self {
        let hosting = Hosting { slow_syncs: scope.power_losses > 0, clocks };
        let mut locals = Locals::new(boot, scope.config.clone(), hosting);
        if !scope.compare {
            locals.compare_by_events();
        }
        Self {
            scope,
            locals,
            nets: Interner::default(),
            histories: Interner::default(),
            fact_sets: Interner::default(),
            fact_keys: Interner::default(),
            facts: Vec::new(),
            outcome_keys: Interner::default(),
            outcomes: Vec::new(),
        }
    }

    /// Before anything has been up.
    pub(super) fn nothing(&mut self) -> State {
        let members = self.scope.config.members.clone();
        State {
            locals: members.iter().map(|member| Locals::unborn(*member)).collect(),
            net: Vec::new(),
            history: self.histories.intern(&[]).0,
            facts: self.fact_sets.intern(&[]).0,
            used: Used::default(),
        }
    }

    /// The bytes that name a state.
    pub(super) fn encode(&mut self, state: &State, key: &mut Vec<u8>) {
        key.clear();
        state.net.iter().for_each(|&message| put(key, message));
        let net = self.nets.intern(key).0;
        key.clear();
        state.locals.iter().for_each(|&local| put(key, local));
        let Used { crashes, power_losses, losses, doubles, timers } = state.used;
        let used = u32::from_le_bytes([crashes, power_losses, losses, doubles]);
        for number in [net, state.history, state.facts, used, u32::from(timers)] {
            put(key, number);
        }
    }

    /// The state that has this name.
    pub(super) fn decode(&self, key: &[u8]) -> State {
        let mut numbers_of_key = numbers(key);
        let mut next = || numbers_of_key.next().expect("a state's name is whole");
        let locals = (0..self.scope.nodes()).map(|_| next()).collect();
        let net = numbers(self.nets.get(next())).collect();
        let (history, facts) = (next(), next());
        let [crashes, power_losses, losses, doubles] = next().to_le_bytes();
        let timers = next() as u8;
        let used = Used { crashes, power_losses, losses, doubles, timers };
        State { locals, net, history, facts, used }
    }

    fn is_up(&self, state: &State, node: NodeId) -> bool {
        self.locals.summary(state.locals[node.index()]).is_up
    }

    /// The messages that may arrive next, each once.
    fn heads(&self, state: &State) -> Vec<u32> {
        let mut heads: Vec<u32> = Vec::new();
        let link = |message: u32| {
            let sent = &self.locals.messages[message as usize];
            (sent.from, sent.to)
        };
        for &message in &state.net {
            let is_behind = heads.last().is_some_and(|&head| match self.scope.overtaking {
                true => head == message,
                false => link(head) == link(message),
            });
            if !is_behind {
                heads.push(message);
            }
        }
        heads
    }

    /// Everything that may happen next, in a fixed order.
    pub(super) fn choices(&self, state: &State, choices: &mut Vec<Choice>) {
        choices.clear();
        // Of ways of one length the first is told: that in which faults come early is the plainer.
        for member in self.scope.config.members.iter().copied() {
            self.faults_of_node(state, member, choices);
        }
        self.beginnings(state, choices);
        for member in self.scope.config.members.iter().copied() {
            self.choices_of_node(state, member, choices);
        }
        for message in self.heads(state) {
            choices.push(Choice::Arrive(message));
            if self.is_up(state, self.locals.messages[message as usize].to) {
                if state.used.losses < self.scope.losses {
                    choices.push(Choice::Lose(message));
                }
                if state.used.doubles < self.scope.doubles {
                    choices.push(Choice::Double(message));
                }
            }
        }
    }

    fn faults_of_node(&self, state: &State, node: NodeId, choices: &mut Vec<Choice>) {
        if self.is_up(state, node) && self.scope.mortal.contains(&node) {
            if state.used.crashes < self.scope.crashes {
                choices.push(Choice::Crash(node));
            }
            if state.used.power_losses < self.scope.power_losses {
                choices.push(Choice::PowerLoss(node));
            }
        }
    }

    fn choices_of_node(&self, state: &State, node: NodeId, choices: &mut Vec<Choice>) {
        let summary = self.locals.summary(state.locals[node.index()]);
        if !summary.is_up {
            return choices.push(Choice::Restart(node));
        }
        let at_once = summary.timers.iter().position(|running| running.after.is_zero());
        if let Some(place) = at_once {
            choices.push(Choice::Timer { node, place: place as u8 });
        } else if state.used.timers < self.scope.timers {
            // Of two timers of one node, that which was armed first and is shorter runs out first.
            let mut shortest = None;
            for (place, running) in summary.timers.iter().enumerate() {
                if shortest.is_none_or(|shortest| running.after < shortest) {
                    choices.push(Choice::Timer { node, place: place as u8 });
                    shortest = Some(running.after);
                }
            }
        }
        if summary.is_syncing {
            choices.push(Choice::Synced(node));
        }
    }

    /// The operations that may begin, and where.
    fn beginnings(&self, state: &State, choices: &mut Vec<Choice>) {
        let begun = self.begun(state.history);
        for (place, planned) in self.scope.operations.iter().enumerate() {
            let is_due = planned.after.iter().all(|before| begun & (1 << before) > 0);
            if begun & (1 << place) > 0 || !is_due {
                continue;
            }
            for node in self.scope.config.members.iter().copied() {
                let summary = self.locals.summary(state.locals[node.index()]);
                let fits = match planned.at {
                    At::Node(named) => named == node,
                    At::Leader => matches!(summary.role, Role::Leader | Role::Peer),
                    At::Any => true,
                };
                if fits && summary.is_up {
                    choices.push(Choice::Begin { operation: place as u8, node });
                }
            }
        }
    }

    fn begun(&self, history: u32) -> u32 {
        let begun = numbers(self.histories.get(history)).filter(|record| record & END == 0);
        begun.fold(0, |begun, record| begun | 1 << (record & LOW))
    }

    /// The beginnings and ends of a history, in their order.
    pub(super) fn moments(&self, history: u32) -> Vec<Moment> {
        let moments = numbers(self.histories.get(history)).map(|record| {
            let operation = (record & LOW) as usize;
            let what = ((record & !END) >> 8) as usize;
            match record & END {
                0 => Moment::Begin { operation, node: NodeId::from_index(what) },
                _ => Moment::End { operation, outcome: self.outcomes[what].clone() },
            }
        });
        moments.collect()
    }

    /// The facts of a set.
    pub(super) fn facts(&self, facts: u32) -> Vec<(NodeId, Fact)> {
        numbers(self.fact_sets.get(facts)).map(|fact| self.facts[fact as usize]).collect()
    }

    /// What comes of a choice: the state after it, and what the node did whom it concerned.
    pub(super) fn go(&mut self, state: &State, choice: Choice) -> (State, Option<(NodeId, u32)>) {
        let mut next = state.clone();
        let (node, event) = match choice {
            Choice::Begin { operation, node } => {
                let record = u32::from(operation) | (node.index() as u32) << 8;
                next.history = self.extend_history(next.history, record);
                (node, LocalEvent::Request(self.request(operation)))
            }
            Choice::Arrive(message) | Choice::Double(message) => {
                match choice {
                    Choice::Double(_) => next.used.doubles += 1,
                    _ => take_out(&mut next.net, message),
                }
                let sent = self.locals.messages[message as usize].clone();
                if !self.is_up(state, sent.to) {
                    return (next, None);
                }
                (sent.to, LocalEvent::Message { from: sent.from, message: sent.message })
            }
            Choice::Lose(message) => {
                take_out(&mut next.net, message);
                next.used.losses += 1;
                return (next, None);
            }
            Choice::Timer { node, place } => {
                let running = &self.locals.summary(state.locals[node.index()]).timers;
                let is_counted = !running[usize::from(place)].after.is_zero();
                next.used.timers += u8::from(is_counted);
                (node, LocalEvent::Timer { place, on: is_counted })
            }
            Choice::Synced(node) => (node, LocalEvent::Synced),
            Choice::Crash(node) => {
                next.used.crashes += 1;
                (node, LocalEvent::Crash)
            }
            Choice::PowerLoss(node) => {
                next.used.power_losses += 1;
                (node, LocalEvent::PowerLoss)
            }
            Choice::Restart(node) => (node, LocalEvent::Boot),
        };
        let step = self.act(&mut next, node, event);
        (next, Some((node, step)))
    }

    /// Lets something happen to a node, and takes what it does into the state.
    pub(super) fn act(&mut self, state: &mut State, node: NodeId, event: LocalEvent) -> u32 {
        let event = self.locals.event(event);
        let step = self.locals.step(state.locals[node.index()], event);
        let Step { next, sends, replies, facts, .. } = self.locals.done(step).clone();
        state.locals[node.index()] = next;
        if !sends.is_empty() {
            state.net.extend(sends);
            let messages = &self.locals.messages;
            let link = |message: &u32| {
                let sent = &messages[*message as usize];
                (sent.from, sent.to)
            };
            match self.scope.overtaking {
                true => state.net.sort_unstable(),
                false => state.net.sort_by_key(link),
            }
        }
        for (request, answer) in replies {
            self.answer(state, request, answer);
        }
        for fact in facts.into_iter().filter(Fact::is_of_log) {
            state.facts = self.extend_facts(state.facts, node, fact);
        }
        step
    }

    fn request(&self, operation: u8) -> Request {
        let client = ClientId::new(u32::from(operation) + 1);
        let id = RequestId { client, attempt: 0, sequence: 0 };
        let operation = self.scope.operations[usize::from(operation)].operation.clone();
        Request { id, operation }
    }

    /// A client gets its answer, at once; a second one is not listened to.
    fn answer(&mut self, state: &mut State, request: RequestId, answer: Answer) {
        let operation = request.client.index() as u32 - 1;
        let is_over = |record: u32| record & END > 0 && record & LOW == operation;
        if numbers(self.histories.get(state.history)).any(is_over) {
            return;
        }
        let is_write = self.scope.operations[operation as usize].operation.kind().is_write();
        let outcome = outcome(answer, is_write);
        let mut key = Encoder::default();
        outcome.encode(&mut key);
        let (number, is_new) = self.outcome_keys.intern(key.bytes());
        if is_new {
            self.outcomes.push(outcome);
        }
        state.history = self.extend_history(state.history, END | number << 8 | operation);
    }

    /// Puts a record at the end. Of beginnings in a row, and of ends, it makes no difference which
    /// came first.
    fn extend_history(&mut self, history: u32, record: u32) -> u32 {
        let mut records: Vec<u32> = numbers(self.histories.get(history)).collect();
        let alike = records.iter().rev().take_while(|it| *it & END == record & END).count();
        records.push(record);
        let start = records.len() - 1 - alike;
        records[start..].sort_unstable();
        let mut key = Vec::with_capacity(records.len() * 4);
        records.into_iter().for_each(|record| put(&mut key, record));
        self.histories.intern(&key).0
    }

    /// Adds a fact to a set. Who said it matters of leaders alone.
    fn extend_facts(&mut self, facts: u32, node: NodeId, fact: Fact) -> u32 {
        let node = if matches!(fact, Fact::Leads { .. }) { node } else { NodeId::new(1) };
        let mut key = Encoder::default();
        (node, fact).encode(&mut key);
        let (number, is_new) = self.fact_keys.intern(key.bytes());
        if is_new {
            self.facts.push((node, fact));
        }
        let mut set: Vec<u32> = numbers(self.fact_sets.get(facts)).collect();
        let Err(place) = set.binary_search(&number) else {
            return facts;
        };
        set.insert(place, number);
        let mut key = Vec::with_capacity(set.len() * 4);
        set.into_iter().for_each(|fact| put(&mut key, fact));
        self.fact_sets.intern(&key).0
    }

    /// Whether nothing is under way and every node is up, so that only timers are left.
    pub(super) fn is_quiet(&self, state: &State) -> bool {
        let at_rest = |local: &LocalId| {
            let summary = self.locals.summary(*local);
            let due = summary.timers.iter().any(|running| running.after.is_zero());
            summary.is_up && !summary.is_syncing && !due
        };
        state.net.is_empty() && state.locals.iter().all(at_rest)
    }
}

fn take_out(net: &mut Vec<u32>, message: u32) {
    let place = net.iter().position(|it| *it == message);
    net.remove(place.expect("only what is under way arrives or is lost"));
}

/// What an answer is to a client that asks once.
fn outcome(answer: Answer, is_write: bool) -> Outcome {
    match answer {
        Answer::Refused(refusal) => Outcome::Fail(Failure::Refused(refusal)),
        Answer::Mismatch { actual } => Outcome::Fail(Failure::Mismatch { actual }),
        Answer::Unknown if is_write => Outcome::Info(Failure::Unknown),
        Answer::Unknown => Outcome::Fail(Failure::Unknown),
        answer => Outcome::Ok(answer),
    }
}
