//! Sequential consistency and linearizability by trying every order, or by going through one.

use crate::consistency::{Action, Calls, State, Swap};
use node::{Key, Value};
use std::collections::BTreeMap;

type Map = BTreeMap<Key, Value>;

/// Whether some order of the calls explains every answer: one that keeps the order of each
/// session and, if asked for, the order in time.
pub(super) fn some_order(calls: &Calls, in_time: bool) -> bool {
    extend(calls, in_time, &mut vec![false; calls.calls.len()], &at_first(calls))
}

fn at_first(calls: &Calls) -> Map {
    let keys = calls.calls.iter().filter_map(|call| call.action.key());
    match &calls.initial {
        Some(initial) => keys.map(|key| (key.clone(), initial.clone())).collect(),
        None => Map::new(),
    }
}

/// Whether an order of calls, by their places, has every answered call once and the others at most
/// once, keeps the order of each session and explains every answer.
pub(super) fn is_order(calls: &Calls, order: &[u32]) -> bool {
    let all = &calls.calls;
    let mut done = vec![false; all.len()];
    let mut map = at_first(calls);
    for place in order.iter().map(|place| *place as usize) {
        let is_early = (0..place).any(|other| {
            let is_own = all[other].session == all[place].session;
            is_own && all[other].returned.is_some() && !done[other]
        });
        match step(&all[place].action, &map) {
            Some(after) if !is_early && !done[place] => map = after,
            _ => return false,
        }
        done[place] = true;
    }
    all.iter().zip(done).all(|(call, done)| done || call.returned.is_none())
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
