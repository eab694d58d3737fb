//! What a store does when it does one thing at a time.

use crate::consistency::{Action, Call, Swap};
use node::{Key, Value};
use std::{collections::BTreeMap, num::NonZeroU32};

/// An object that does one operation after the other.
///
/// The shape is Stateright's: the object itself is the state, and changes as it answers.
pub trait SequentialSpec {
    /// What can be asked.
    type Op;
    /// What is answered.
    type Ret: PartialEq;

    /// Carries out an operation and answers.
    fn invoke(&mut self, op: &Self::Op) -> Self::Ret;

    /// Carries out an operation and says whether this answer fits. What is left of the
    /// object where it does not is of no use.
    fn is_valid_step(&mut self, op: &Self::Op, ret: &Self::Ret) -> bool {
        self.invoke(op) == *ret
    }
}

/// What a register can hold.
pub trait Content: Clone + PartialEq {
    /// This, with more at its end.
    fn followed_by(&self, more: &Self) -> Self;
}

impl Content for Value {
    fn followed_by(&self, more: &Self) -> Self {
        Self::from(format!("{self}{more}"))
    }
}

/// A value by its number. States that are numbers are cheap to copy and to compare.
pub(super) type Token = NonZeroU32;

impl Content for Token {
    fn followed_by(&self, _: &Self) -> Self {
        unreachable!(
            "what is appended to is a text, since a number does not say what it is made of"
        )
    }
}

/// What is under one key: a compare-and-set register that may be empty.
///
/// A history without compare-and-sets uses it as a plain register.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Register<V>(pub Option<V>);

/// What a register can be asked.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum RegisterOp<V> {
    /// What is there?
    Read,
    /// Store this.
    Write(V),
    /// Remove what is there.
    Delete,
    /// Store `new` if `expected` is there.
    CompareAndSet {
        /// What must be there.
        expected: Option<V>,
        /// What is stored.
        new: V,
    },
    /// Add this at the end; on nothing, store it.
    Append(V),
}

/// What a register answers, or as much of it as was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RegisterRet<V> {
    /// What is there, or, for a write, what was there before.
    Holds(Option<V>),
    /// Whether something was there.
    Existed(bool),
    /// The expected value was there, and the new one is.
    Swapped,
    /// It was not. What was there, if that was told.
    Mismatch(Option<Option<V>>),
    /// Nothing was told.
    Untold,
}

impl<V: PartialEq> RegisterRet<V> {
    /// Whether what was told is part of this whole answer.
    fn tells(&self, told: &Self) -> bool {
        match (self, told) {
            (_, Self::Untold) | (Self::Mismatch(_), Self::Mismatch(None)) => true,
            (answer, told) => answer == told,
        }
    }
}

impl<V: Content> SequentialSpec for Register<V> {
    type Op = RegisterOp<V>;
    type Ret = RegisterRet<V>;

    fn invoke(&mut self, op: &Self::Op) -> Self::Ret {
        match op {
            RegisterOp::Read => RegisterRet::Holds(self.0.clone()),
            RegisterOp::Write(value) => RegisterRet::Holds(self.0.replace(value.clone())),
            RegisterOp::Delete => RegisterRet::Existed(self.0.take().is_some()),
            RegisterOp::CompareAndSet { expected, new } if self.0 == *expected => {
                self.0 = Some(new.clone());
                RegisterRet::Swapped
            }
            RegisterOp::CompareAndSet { .. } => RegisterRet::Mismatch(Some(self.0.clone())),
            RegisterOp::Append(more) => {
                let whole = match &self.0 {
                    Some(start) => start.followed_by(more),
                    None => more.clone(),
                };
                self.0 = Some(whole);
                RegisterRet::Untold
            }
        }
    }

    fn is_valid_step(&mut self, op: &Self::Op, ret: &Self::Ret) -> bool {
        self.invoke(op).tells(ret)
    }
}

/// A register a key, and a list of the keys that hold something.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Map(pub BTreeMap<Key, Value>);

/// What a map can be asked.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum MapOp {
    /// Something about one key.
    On(Key, RegisterOp<Value>),
    /// Which keys hold something?
    List,
}

/// What a map answers, or as much of it as was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MapRet {
    /// What the key's register answers.
    Of(RegisterRet<Value>),
    /// These, in ascending order.
    Keys(Vec<Key>),
}

impl SequentialSpec for Map {
    type Op = MapOp;
    type Ret = MapRet;

    fn invoke(&mut self, op: &MapOp) -> MapRet {
        match op {
            MapOp::List => MapRet::Keys(self.0.keys().cloned().collect()),
            MapOp::On(key, op) => {
                let mut register = Register(self.0.remove(key));
                let answer = register.invoke(op);
                if let Some(value) = register.0 {
                    self.0.insert(key.clone(), value);
                }
                MapRet::Of(answer)
            }
        }
    }

    fn is_valid_step(&mut self, op: &MapOp, ret: &MapRet) -> bool {
        match (self.invoke(op), ret) {
            (MapRet::Of(answer), MapRet::Of(told)) => answer.tells(told),
            (answer, told) => answer == *told,
        }
    }
}

/// Whether a call may take effect at any time since its invocation, or never.
pub(super) fn is_open(call: &Call) -> bool {
    let unknown = matches!(call.action, Action::CompareAndSet { outcome: None, .. });
    call.returned.is_none() || unknown
}

/// A call as one of a map's operations, with what its answer told. `None`: a call that fits
/// everywhere and changes nothing.
pub(super) fn of_map(call: &Call) -> Option<(MapOp, MapRet)> {
    match &call.action {
        Action::List { keys } => {
            let keys = keys.clone().filter(|_| call.returned.is_some())?;
            Some((MapOp::List, MapRet::Keys(keys)))
        }
        other => {
            let (op, ret) = of_register(call, Value::clone)?;
            Some((MapOp::On(other.key()?.clone(), op), MapRet::Of(ret)))
        }
    }
}

/// A call as one of a register's operations, likewise. Values are taken as `content` says.
pub(super) fn of_register<V>(
    call: &Call,
    mut content: impl FnMut(&Value) -> V,
) -> Option<(RegisterOp<V>, RegisterRet<V>)> {
    let open = is_open(call);
    let mut holds = |state: &Option<Value>| state.as_ref().map(&mut content);
    let op_and_told = match &call.action {
        Action::List { .. } => return None,
        Action::Read { found, .. } => {
            let found = found.as_ref().filter(|_| !open)?;
            return Some((RegisterOp::Read, RegisterRet::Holds(holds(found))));
        }
        Action::Write { value, previous, .. } => {
            let told = previous.as_ref().map(|state| RegisterRet::Holds(holds(state)));
            (RegisterOp::Write(content(value)), told)
        }
        Action::Delete { existed, .. } => (RegisterOp::Delete, existed.map(RegisterRet::Existed)),
        Action::CompareAndSet { expected, new, outcome, .. } => {
            let told = outcome.as_ref().map(|outcome| match outcome {
                Swap::Swapped => RegisterRet::Swapped,
                Swap::Mismatch { actual } => RegisterRet::Mismatch(actual.as_ref().map(&mut holds)),
            });
            let expected = holds(expected);
            (RegisterOp::CompareAndSet { expected, new: content(new) }, told)
        }
        Action::Append { value, .. } => (RegisterOp::Append(content(value)), None),
    };
    let (op, told) = op_and_told;
    Some((op, told.filter(|_| !open).unwrap_or(RegisterRet::Untold)))
}
