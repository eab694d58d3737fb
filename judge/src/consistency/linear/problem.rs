//! Calls made ready for the engines: operations and states by number, events in order.

use super::{
    memo::FixedMap,
    model::{Interned, Model},
    spec::{self, Map, MapOp, MapRet, Register, RegisterOp, RegisterRet},
    values::Values,
};
use crate::consistency::{Action, Call, State};
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
