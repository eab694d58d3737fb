//! Invariants that an author writes in Rust.

use crate::record::History;
use node::{Key, Value};
use std::{collections::BTreeMap, sync::OnceLock};

/// An invariant that is a function.
///
/// ```
/// use judge::property::{OwnInvariant, State};
///
/// fn nothing_is_negative(state: &State<'_>) -> Result<(), String> {
///     match state.numbers().find(|(_, number)| *number < 0) {
///         Some((key, number)) => Err(format!("{key} holds {number}")),
///         None => Ok(()),
///     }
/// }
///
/// let invariant = OwnInvariant { name: "no overdraft", check: nothing_is_negative };
/// # let _ = invariant;
/// ```
#[derive(Clone, Copy, Debug)]
pub struct OwnInvariant<'n> {
    /// What it is called, in a few words.
    pub name: &'n str,
    /// Says whether a state keeps it, and if not, why, in a clause such as `key1 holds -3`. It is a
    /// pure function: the same state gives the same answer.
    pub check: fn(&State<'_>) -> Result<(), String>,
}

/// What there was when the run was over: what a replica held that is asked, and what clients did.
///
/// Of replicas, those are asked that lead, or all if none does.
#[derive(Clone, Copy, Debug)]
pub struct State<'a> {
    entries: &'a BTreeMap<&'a Key, &'a Value>,
    /// Every operation of every client, in order of invocation.
    pub history: &'a History,
}

impl<'a> State<'a> {
    pub(super) fn new(entries: &'a BTreeMap<&'a Key, &'a Value>, history: &'a History) -> Self {
        Self { entries, history }
    }

    /// What is held under a key; `None`: nothing.
    pub fn get(&self, key: &str) -> Option<&'a str> {
        self.entries.get(&Key::from(key)).map(|value| value.as_str())
    }

    /// The number that is held under a key; `None`: nothing, or no whole number.
    pub fn number(&self, key: &str) -> Option<i64> {
        self.get(key)?.parse().ok()
    }

    /// Everything that is held, in order of the keys.
    pub fn entries(&self) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.entries.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// Everything that is held and is a whole number, in order of the keys.
    pub fn numbers(&self) -> impl Iterator<Item = (&'a str, i64)> {
        self.entries().filter_map(|(key, value)| Some((key, value.parse().ok()?)))
    }

    /// Everything that clients read: the key, and what they found.
    pub fn reads(&self) -> impl Iterator<Item = (&'a str, Option<&'a str>)> {
        let records = self.history.operations.iter();
        let reads = records.filter(|record| !record.operation.kind().is_write());
        reads.filter_map(|record| {
            let (key, found) = (record.operation.key()?, record.found()?);
            Some((key.as_str(), found.map(Value::as_str)))
        })
    }
}

static REGISTERED: OnceLock<Vec<OwnInvariant<'static>>> = OnceLock::new();

/// Registers checks, which scenarios then name in `check` of an `[[invariant]]`: once, before any run.
///
/// # Panics
///
/// Panics if it is called twice.
pub fn register(invariants: Vec<OwnInvariant<'static>>) {
    REGISTERED.set(invariants).expect("invariants are registered once");
}

/// The check that is registered under this name.
pub(super) fn registered(name: &str) -> Option<OwnInvariant<'static>> {
    REGISTERED.get().into_iter().flatten().find(|own| own.name == name).copied()
}
