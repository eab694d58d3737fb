//! The values of one key by number, those alone that some answer tells apart.

use super::{
    memo::FixedMap,
    spec::{RegisterOp, Token},
};
use crate::consistency::{Action, Call, State, Swap};
use node::Value;

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
    pub(super) fn start(&mut self, calls: impl Iterator<Item = &'c Call>) {
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

    pub(super) fn token(&self, value: &Value) -> Token {
        let number = self.numbers.get(value).copied().unwrap_or(OTHER);
        Token::new(number).expect("values are numbered from one")
    }

    /// Whether an operation of unknown outcome cannot explain anything: nothing asks for
    /// what it leaves, or it leaves what it found.
    pub(super) fn is_idle(&self, op: &RegisterOp<Token>) -> bool {
        match op {
            RegisterOp::Write(value) => !self.vague && value.get() == OTHER,
            RegisterOp::CompareAndSet { expected, new } => {
                *expected == Some(*new) || !self.vague && new.get() == OTHER
            }
            _ => false,
        }
    }
}
