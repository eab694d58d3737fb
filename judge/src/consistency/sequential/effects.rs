//! What calls ask of a place, and what they make of it.

use super::{
    super::{Action, Swap},
    place::Place,
};
use node::{Key, Value};
use std::collections::BTreeSet;

impl Place<'_, '_> {
    fn held(&self, key: usize) -> &Option<Value> {
        &self.states.all[self.map[key] as usize].value
    }

    /// Whether what a call was told is what the map holds.
    pub(super) fn fits(&self, call: u32) -> bool {
        let under = || self.held(self.index.key[call as usize] as usize);
        match &self.index.call(call).action {
            Action::Read { found, .. } => found.as_ref().is_none_or(|found| found == under()),
            Action::Write { previous, .. } => {
                previous.as_ref().is_none_or(|previous| previous == under())
            }
            Action::Delete { existed, .. } => {
                existed.is_none_or(|existed| existed == under().is_some())
            }
            Action::CompareAndSet { expected, outcome, .. } => {
                let held = under();
                match outcome {
                    Some(Swap::Swapped) => held == expected,
                    Some(Swap::Mismatch { actual }) => {
                        held != expected && actual.as_ref().is_none_or(|actual| actual == held)
                    }
                    None => true,
                }
            }
            Action::Append { .. } => true,
            Action::List { keys } => keys.as_ref().is_none_or(|keys| {
                let listed: BTreeSet<&Key> = keys.iter().collect();
                let held = self.index.keys.iter().enumerate();
                let held = held.filter(|(key, _)| self.held(*key).is_some());
                held.map(|(_, key)| *key).eq(listed)
            }),
        }
    }

    /// Whether a call would change the map.
    pub(super) fn changes(&self, call: u32) -> bool {
        self.after(call).is_some_and(|(key, after)| *self.held(key) != after)
    }

    /// What a call leaves under its key; `None`: it changes nothing.
    pub(super) fn after(&self, call: u32) -> Option<(usize, Option<Value>)> {
        let action = &self.index.call(call).action;
        if !action.is_write() {
            return None;
        }
        let key = self.index.key[call as usize] as usize;
        let held = self.held(key);
        let after = match action {
            Action::Write { value, .. } => Some(value.clone()),
            Action::CompareAndSet { expected, new, .. } if held == expected => Some(new.clone()),
            Action::Append { value, .. } => Some(match held {
                Some(held) => Value::from(format!("{}{}", held.as_str(), value.as_str())),
                None => value.clone(),
            }),
            Action::Delete { .. } => None,
            _ => return None,
        };
        Some((key, after))
    }
}
