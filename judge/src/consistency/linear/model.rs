//! What operations do to states: each state a number, so that engines compare numbers.

use super::{
    memo::FixedMap,
    spec::{Map, Register, RegisterOp, RegisterRet, SequentialSpec, Token},
};
use node::Value;
use std::hash::Hash;

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
    pub(super) fn new(ops: Vec<(S::Op, S::Ret)>, initial: S) -> Self {
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
