//! Histories of clients that wait for each answer before they ask again.

use ::judge::consistency::{Action, Call, Calls, State, Swap};
use node::{Key, Value};
use std::collections::BTreeMap;

/// What a history is made of.
#[derive(Clone, Copy)]
pub(super) struct Shape {
    pub(super) clients: u64,
    pub(super) operations: u64,
    pub(super) keys: u64,
    /// How many different values are written; 0: every write writes its own.
    pub(super) values: u64,
    /// Of a thousand answers, how many never come.
    pub(super) unknown: u64,
    /// Whether the last read but a hundred finds what it should not.
    pub(super) wrong: bool,
}

/// A few random-looking bits after others (Steele, Lea and Flood's SplitMix).
fn draw(state: &mut u64, limit: u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut word = *state;
    word = (word ^ word >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    word = (word ^ word >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    (word ^ word >> 31) % limit
}

/// A history: half reads, the rest writes and compare-and-sets, made by one store.
pub(super) fn history(shape: Shape) -> Calls {
    let mut seed = 7;
    let mut free_at = vec![0; shape.clients as usize];
    let mut calls: Vec<(u64, Call)> = (0..shape.operations)
        .map(|number| {
            let client = number % shape.clients;
            let invoked = free_at[client as usize] + draw(&mut seed, 20);
            let took = 1 + draw(&mut seed, 100);
            let returned = (draw(&mut seed, 1000) >= shape.unknown).then_some(invoked + took);
            free_at[client as usize] = invoked + took + 1;
            let action = question(shape, number, &mut seed);
            let call = Call { position: 0, session: client, action, invoked, returned };
            (invoked + draw(&mut seed, took), call)
        })
        .collect();
    calls.sort_by_key(|(effect, _)| *effect);
    let mut store: BTreeMap<Key, Value> = BTreeMap::new();
    for (_, call) in &mut calls {
        answer(call, &mut store);
    }
    let mut calls: Vec<Call> = calls.into_iter().map(|(_, call)| call).collect();
    calls.sort_by_key(|call| call.invoked);
    for (position, call) in calls.iter_mut().enumerate() {
        call.position = position;
    }
    if shape.wrong {
        let mut reads = calls.iter_mut().rev().filter_map(|call| match &mut call.action {
            Action::Read { found: Some(found), .. } => Some(found),
            _ => None,
        });
        if let Some(found) = reads.nth(100) {
            *found = Some(Value::from("never written"));
        }
    }
    Calls { calls, initial: None }
}

fn question(shape: Shape, number: u64, seed: &mut u64) -> Action {
    let key = Key::from(format!("key{}", draw(seed, shape.keys)));
    let value = match shape.values {
        0 => Value::from(format!("value{number}")),
        values => Value::from(format!("{}", draw(seed, values))),
    };
    match draw(seed, 10) {
        0..5 => Action::Read { key, found: None },
        5..8 => Action::Write { key, value, previous: None },
        _ => {
            let expected: State = Some(Value::from(format!("{}", draw(seed, 5))));
            Action::CompareAndSet { key, expected, new: value, outcome: None }
        }
    }
}

/// Carries a call out and writes down the answer, if it came.
fn answer(call: &mut Call, store: &mut BTreeMap<Key, Value>) {
    let came = call.returned.is_some();
    match &mut call.action {
        Action::Read { key, found } => *found = came.then(|| store.get(key).cloned()),
        Action::Write { key, value, .. } => {
            store.insert(key.clone(), value.clone());
        }
        Action::CompareAndSet { key, expected, new, outcome } => {
            let swaps = store.get(key) == expected.as_ref();
            if swaps {
                store.insert(key.clone(), new.clone());
            }
            let told = if swaps { Swap::Swapped } else { Swap::Mismatch { actual: None } };
            *outcome = came.then_some(told);
        }
        Action::Delete { .. } | Action::Append { .. } | Action::List { .. } => {}
    }
}
