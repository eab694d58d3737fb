//! Calls made ready for the engines: operations and states by number, events in order.

use super::{
    memo::FixedMap,
    spec::{self, Map, MapOp, MapRet, Register, RegisterOp, RegisterRet, SequentialSpec, Token},
};
use crate::consistency::{Action, Call, State, Swap};
use node::{Key, Value};
use std::hash::Hash;

/// The operations of one key, or of a whole map, and what they do to states.
#[derive(Debug)]
pub(super) struct Problem<'c> {
    pub(super) calls: &'c [Call],
    /// Which key; `None`: a whole map.
    pub(super) key: Option<&'c Key>,
    pub(super) initial_value: &'c State,
    /// In order of invocation.
    pub(super) ops: Vec<Op>,
    /// In order; at one moment, invocations come before answers.
    pub(super) events: Vec<Event>,
    /// Operations of unknown outcome that ask for the same, by class, in order of invocation.
    pub(super) classes: Vec<Vec<u32>>,
    pub(super) model: Model,
    /// The number of the state at first.
    pub(super) initial: u32,
}

/// What the engines need to know of an operation before they carry it out.
#[derive(Clone, Copy, Debug)]
pub(super) struct Op {
    /// Its place among the calls.
    pub(super) call: u32,
    /// Its key's number; lists have none.
    pub(super) key: u32,
    /// Which class of identical operations of unknown outcome it is of.
    pub(super) class: Option<u32>,
    /// It fits every state, and what it leaves does not depend on what was there.
    pub(super) blind: bool,
    /// It changes nothing.
    pub(super) pure: bool,
}

/// The key number of lists.
pub(super) const NO_KEY: u32 = u32::MAX;

/// An operation was invoked, or returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Event {
    Invoke(u32),
    Return(u32),
}

/// What operations do to states, all by number.
#[derive(Debug)]
pub(super) enum Model {
    /// A register whose state is the number of a value; 0 is nothing.
    Tokens(Vec<(RegisterOp<Token>, RegisterRet<Token>)>),
    /// A register that is appended to.
    Text(Interned<Register<Value>>),
    /// A map with lists.
    Map(Interned<Map>),
}

impl Model {
    /// The state after an operation; `None`: its answer does not fit.
    #[inline]
    pub(super) fn step(&mut self, state: u32, op: u32) -> Option<u32> {
        match self {
            Self::Tokens(ops) => {
                let (op, ret) = &ops[op as usize];
                let mut register = Register(Token::new(state));
                register.is_valid_step(op, ret).then(|| register.0.map_or(0, Token::get))
            }
            Self::Text(interned) => interned.step(state, op),
            Self::Map(interned) => interned.step(state, op),
        }
    }
}

/// States that are numbered as they are met.
#[derive(Debug)]
pub(super) struct Interned<S: SequentialSpec> {
    ops: Vec<(S::Op, S::Ret)>,
    states: Vec<S>,
    numbers: FixedMap<S, u32>,
    known: FixedMap<(u32, u32), Option<u32>>,
}

impl<S: SequentialSpec + Clone + Eq + Hash> Interned<S> {
    fn new(ops: Vec<(S::Op, S::Ret)>, initial: S) -> Self {
        let mut interned = Self {
            ops,
            states: Vec::new(),
            numbers: FixedMap::default(),
            known: FixedMap::default(),
        };
        interned.number(initial);
        interned
    }

    fn number(&mut self, state: S) -> u32 {
        let next = self.states.len() as u32;
        let number = *self.numbers.entry(state.clone()).or_insert(next);
        if number == next {
            self.states.push(state);
        }
        number
    }

    fn step(&mut self, state: u32, op: u32) -> Option<u32> {
        if let Some(known) = self.known.get(&(state, op)) {
            return *known;
        }
        let mut after = self.states[state as usize].clone();
        let (asked, told) = &self.ops[op as usize];
        let number = after.is_valid_step(asked, told).then(|| self.number(after));
        self.known.insert((state, op), number);
        number
    }
}

impl<'c> Problem<'c> {
    /// One key's operations: those of these calls, given by their places.
    pub(super) fn of_key(
        calls: &'c [Call],
        places: &[u32],
        key: &'c Key,
        initial: &'c State,
        values: &mut Values<'c>,
    ) -> Self {
        let mut problem = Self::empty(calls, Some(key), initial);
        let mut here = places.iter().map(|place| &calls[*place as usize]);
        if here.any(|call| matches!(call.action, Action::Append { .. })) {
            problem.add_texts(places);
        } else {
            problem.add_tokens(places, values);
        }
        problem.order_events();
        problem
    }

    fn add_texts(&mut self, places: &[u32]) {
        let mut classes = FixedMap::default();
        let mut ops = Vec::with_capacity(places.len());
        for &place in places {
            let call = &self.calls[place as usize];
            if let Some((op, ret)) = spec::of_register(call, Value::clone) {
                let class = self.class(call, &op, 0, &mut classes);
                self.add(place, 0, class, kind(&op, &ret));
                ops.push((op, ret));
            }
        }
        self.model = Model::Text(Interned::new(ops, Register(self.initial_value.clone())));
    }

    fn add_tokens(&mut self, places: &[u32], values: &mut Values<'c>) {
        let calls = self.calls;
        values.start(places.iter().map(|place| &calls[*place as usize]));
        let mut classes = FixedMap::default();
        let mut ops = Vec::with_capacity(places.len());
        for &place in places {
            let call = &calls[place as usize];
            let Some((op, ret)) = spec::of_register(call, |value| values.token(value)) else {
                continue;
            };
            if spec::is_open(call) && values.is_idle(&op) {
                continue;
            }
            let class = self.class(call, &op, 0, &mut classes);
            self.add(place, 0, class, kind(&op, &ret));
            ops.push((op, ret));
        }
        self.initial = self.initial_value.as_ref().map_or(0, |value| values.token(value).get());
        self.model = Model::Tokens(ops);
    }

    /// A whole map's operations.
    pub(super) fn of_map(calls: &'c [Call], initial: &'c State) -> Self {
        let mut problem = Self::empty(calls, None, initial);
        let mut classes = FixedMap::default();
        let mut keys: FixedMap<&Key, u32> = FixedMap::default();
        let mut at_first = Map::default();
        let mut ops = Vec::new();
        for (place, call) in calls.iter().enumerate() {
            let listed = match &call.action {
                Action::List { keys: Some(keys) } => keys.as_slice(),
                _ => &[],
            };
            for key in call.action.key().into_iter().chain(listed) {
                if let Some(value) = initial {
                    at_first.0.insert(key.clone(), value.clone());
                }
            }
            let Some((op, ret)) = spec::of_map(call) else { continue };
            let count = keys.len() as u32;
            let number = |key| *keys.entry(key).or_insert(count);
            let key = call.action.key().map_or(NO_KEY, number);
            let (class, kind) = match (&op, &ret) {
                (MapOp::On(_, op), MapRet::Of(ret)) => {
                    (problem.class(call, op, key, &mut classes), kind(op, ret))
                }
                _ => (None, Kind { blind: false, pure: true }),
            };
            problem.add(place as u32, key, class, kind);
            ops.push((op, ret));
        }
        problem.model = Model::Map(Interned::new(ops, at_first));
        problem.order_events();
        problem
    }

    fn empty(calls: &'c [Call], key: Option<&'c Key>, initial_value: &'c State) -> Self {
        Self {
            calls,
            key,
            initial_value,
            ops: Vec::new(),
            events: Vec::new(),
            classes: Vec::new(),
            model: Model::Tokens(Vec::new()),
            initial: 0,
        }
    }

    /// The class of an operation of unknown outcome that is about to be added.
    fn class<V: Clone + Eq + Hash>(
        &mut self,
        call: &Call,
        op: &RegisterOp<V>,
        key: u32,
        classes: &mut FixedMap<(u32, RegisterOp<V>), u32>,
    ) -> Option<u32> {
        if !spec::is_open(call) {
            return None;
        }
        let next = self.classes.len() as u32;
        let class = *classes.entry((key, op.clone())).or_insert(next);
        if class == next {
            self.classes.push(Vec::new());
        }
        self.classes[class as usize].push(self.ops.len() as u32);
        Some(class)
    }

    fn add(&mut self, call: u32, key: u32, class: Option<u32>, kind: Kind) {
        self.ops.push(Op { call, key, class, blind: kind.blind, pure: kind.pure });
    }

    /// Puts invocations and answers in order, which calls in order of invocation nearly are.
    fn order_events(&mut self) {
        let mut events = Vec::with_capacity(2 * self.ops.len());
        for (number, op) in self.ops.iter().enumerate() {
            let call = &self.calls[op.call as usize];
            events.push((call.invoked, false, number as u32));
            if op.class.is_none() {
                // An answer cannot come before the question, whatever was recorded.
                let returned = call.returned.map_or(u64::MAX, |at| at.max(call.invoked));
                events.push((returned, true, number as u32));
            }
        }
        events.sort_unstable();
        let event =
            |(_, returned, op)| if returned { Event::Return(op) } else { Event::Invoke(op) };
        self.events = events.into_iter().map(event).collect();
    }

    /// The call that an operation is.
    pub(super) fn call(&self, op: u32) -> &'c Call {
        &self.calls[self.ops[op as usize].call as usize]
    }
}

struct Kind {
    blind: bool,
    pure: bool,
}

fn kind<V>(op: &RegisterOp<V>, told: &RegisterRet<V>) -> Kind {
    let untold = matches!(told, RegisterRet::Untold);
    match op {
        RegisterOp::Read => Kind { blind: false, pure: true },
        RegisterOp::Write(_) | RegisterOp::Delete => Kind { blind: untold, pure: false },
        RegisterOp::CompareAndSet { .. } => {
            Kind { blind: false, pure: matches!(told, RegisterRet::Mismatch(_)) }
        }
        RegisterOp::Append(_) => Kind { blind: false, pure: false },
    }
}

/// The values of one key by number.
///
/// Only values that some answer names, or some compare-and-set expects, are told apart:
/// nothing in the history distinguishes the others, so that they share a number.
#[derive(Debug, Default)]
pub(super) struct Values<'c> {
    numbers: FixedMap<&'c Value, u32>,
    /// Whether some answer says only what is not there, or that something is.
    vague: bool,
}

/// The number of all values that nothing tells apart.
const OTHER: u32 = 1;

impl<'c> Values<'c> {
    /// Forgets the last key's, and numbers those that these calls observe.
    fn start(&mut self, calls: impl Iterator<Item = &'c Call>) {
        self.numbers.clear();
        self.vague = false;
        for call in calls {
            match &call.action {
                Action::Read { found: Some(state), .. }
                | Action::Write { previous: Some(state), .. } => self.observe(state),
                Action::CompareAndSet { expected, outcome, .. } => {
                    self.observe(expected);
                    match outcome {
                        Some(Swap::Mismatch { actual: Some(actual) }) => self.observe(actual),
                        Some(Swap::Mismatch { actual: None }) => self.vague = true,
                        Some(Swap::Swapped) | None => {}
                    }
                }
                Action::Delete { existed: Some(_), .. } => self.vague = true,
                _ => {}
            }
        }
    }

    fn observe(&mut self, state: &'c State) {
        if let Some(value) = state {
            let next = self.numbers.len() as u32 + OTHER + 1;
            self.numbers.entry(value).or_insert(next);
        }
    }

    fn token(&self, value: &Value) -> Token {
        let number = self.numbers.get(value).copied().unwrap_or(OTHER);
        Token::new(number).expect("values are numbered from one")
    }

    /// Whether an operation of unknown outcome cannot explain anything: nothing asks for
    /// what it leaves, or it leaves what it found.
    fn is_idle(&self, op: &RegisterOp<Token>) -> bool {
        match op {
            RegisterOp::Write(value) => !self.vague && value.get() == OTHER,
            RegisterOp::CompareAndSet { expected, new } => {
                *expected == Some(*new) || !self.vague && new.get() == OTHER
            }
            _ => false,
        }
    }
}
