//! Sequential consistency and linearizability by trying every order.

use crate::consistency::{Action, Calls, State, Swap};
use node::{Key, Value};
use std::collections::BTreeMap;

type Map = BTreeMap<Key, Value>;

/// Whether some order of the calls explains every answer: one that keeps the order of each
/// session and, if asked for, the order in time.
pub(super) fn some_order(calls: &Calls, in_time: bool) -> bool {
    let keys = calls.calls.iter().filter_map(|call| call.action.key());
    let map = match &calls.initial {
        Some(initial) => keys.map(|key| (key.clone(), initial.clone())).collect(),
        None => Map::new(),
    };
    extend(calls, in_time, &mut vec![false; calls.calls.len()], &map)
}

fn extend(calls: &Calls, in_time: bool, done: &mut Vec<bool>, map: &Map) -> bool {
    let all = &calls.calls;
    if all.iter().zip(done.iter()).all(|(call, done)| *done || call.returned.is_none()) {
        return true;
    }
    for place in 0..all.len() {
        let must_wait = |other: usize| {
            let own = all[other].session == all[place].session && other < place;
            let earlier = all[other].returned.is_some_and(|over| over < all[place].invoked);
            !done[other] && all[other].returned.is_some() && (own || in_time && earlier)
        };
        if done[place] || (0..all.len()).any(|other| other != place && must_wait(other)) {
            continue;
        }
        if let Some(after) = step(&all[place].action, map) {
            done[place] = true;
            if extend(calls, in_time, done, &after) {
                return true;
            }
            done[place] = false;
        }
    }
    false
}

/// The map after a call; `None`: its answer does not fit.
fn step(action: &Action, map: &Map) -> Option<Map> {
    let held = |key: &Key| -> State { map.get(key).cloned() };
    let mut after = map.clone();
    let fits = match action {
        Action::Read { key, found } => found.as_ref().is_none_or(|found| *found == held(key)),
        Action::Write { key, value, previous } => {
            after.insert(key.clone(), value.clone());
            previous.as_ref().is_none_or(|previous| *previous == held(key))
        }
        Action::Delete { key, existed } => {
            after.remove(key);
            existed.is_none_or(|existed| existed == held(key).is_some())
        }
        Action::CompareAndSet { key, expected, new, outcome } => {
            let swaps = held(key) == *expected;
            if swaps {
                after.insert(key.clone(), new.clone());
            }
            match outcome {
                None => true,
                Some(Swap::Swapped) => swaps,
                Some(Swap::Mismatch { actual }) => {
                    !swaps && actual.as_ref().is_none_or(|actual| *actual == held(key))
                }
            }
        }
        Action::Append { key, value } => {
            let text = format!("{}{}", map.get(key).map_or("", |v| v.as_str()), value.as_str());
            after.insert(key.clone(), text.into());
            true
        }
        Action::List { keys } => keys.as_ref().is_none_or(|keys| keys.iter().eq(map.keys())),
    };
    fits.then_some(after)
}
