//! Small random histories: calls on a map that takes each at one moment, some of whose
//! answers come from the past instead, or from nowhere.

use super::case::Draw;
use crate::consistency::{Action, Call, Calls, State, Swap};
use node::{Key, Value};
use std::collections::BTreeMap;

/// How histories are drawn.
#[derive(Clone, Copy)]
pub(super) struct Shape {
    pub(super) calls: u64,
    pub(super) sessions: u64,
    pub(super) keys: u64,
    /// How many different values there are; 0: each is written once.
    pub(super) values: u64,
    /// In percent: calls of unknown outcome, and answers from the past.
    pub(super) unknown: u64,
    pub(super) stale: u64,
    /// Whether there are only gets and puts.
    pub(super) is_plain: bool,
}

type Map = BTreeMap<Key, Value>;

/// Draws a history.
pub(super) fn draw(shape: Shape, seed: u64) -> Calls {
    let mut draw = Draw(seed);
    let calls = 2 + draw.below(shape.calls - 1);
    let mut free = vec![0; shape.sessions as usize];
    let mut drawn = Vec::new();
    for number in 0..calls {
        let session = draw.below(shape.sessions);
        let invoked = free[session as usize] + 100 * draw.below(4);
        let takes = 100 + 100 * draw.below(5);
        let action = action(shape, &mut draw, number);
        let is_open = action.is_write() && draw.percent(shape.unknown);
        let returned = (!is_open).then_some(invoked + takes);
        free[session as usize] = returned.unwrap_or(invoked + 100) + draw.below(2);
        drawn.push(Call { position: 0, session, action, invoked, returned });
    }
    drawn.sort_by_key(|call| call.invoked);
    for (position, call) in drawn.iter_mut().enumerate() {
        call.position = position;
    }
    answer(shape, &mut draw, &mut drawn);
    Calls { calls: drawn, initial: None }
}

fn action(shape: Shape, draw: &mut Draw, number: u64) -> Action {
    let key = Key::from(["x", "y", "z"][draw.below(shape.keys) as usize]);
    let value = |draw: &mut Draw, number: u64| match shape.values {
        0 => Value::from(format!("v{number}")),
        values => Value::from(["a", "b", "c", "d"][draw.below(values) as usize]),
    };
    let kind = if shape.is_plain { draw.below(12) } else { draw.below(20) };
    match kind {
        0..7 => Action::Read { key, found: None },
        7..12 => Action::Write { key, value: value(draw, number), previous: None },
        12..15 => Action::Delete { key, existed: None },
        15..19 => {
            let expected = draw.percent(75).then(|| {
                let other = draw.below(number + 1);
                value(draw, other)
            });
            let new = value(draw, number);
            Action::CompareAndSet { key, expected, new, outcome: None }
        }
        _ => Action::List { keys: None },
    }
}

/// Lets a map take each call at a moment of its own and tells the answers.
fn answer(shape: Shape, draw: &mut Draw, calls: &mut [Call]) {
    let mut moments: Vec<(u64, usize)> = Vec::new();
    for (place, call) in calls.iter().enumerate() {
        let longest = call.returned.map_or(1_500, |returned| returned - call.invoked);
        if call.returned.is_some() || draw.percent(60) {
            moments.push((call.invoked + 1 + draw.below(longest - 1), place));
        }
    }
    moments.sort_unstable();
    let mut pasts = vec![Map::new()];
    for (_, place) in moments {
        let now = pasts.last().cloned().unwrap_or_default();
        let is_stale = draw.percent(shape.stale);
        let told = if is_stale { &pasts[draw.below(pasts.len() as u64) as usize] } else { &now };
        let call = &mut calls[place];
        let is_answered = call.returned.is_some();
        let mut after = now.clone();
        tell(&mut call.action, told, &mut after, is_answered, draw);
        pasts.push(after);
    }
}

fn tell(action: &mut Action, told: &Map, after: &mut Map, is_answered: bool, draw: &mut Draw) {
    let state = |key: &Key| -> State { told.get(key).cloned() };
    match action {
        Action::Read { key, found } => *found = draw.percent(95).then(|| state(key)),
        Action::Write { key, value, previous } => {
            *previous = (is_answered && draw.percent(25)).then(|| state(key));
            after.insert(key.clone(), value.clone());
        }
        Action::Delete { key, existed } => {
            *existed = (is_answered && draw.percent(50)).then(|| told.contains_key(key));
            after.remove(key);
        }
        Action::CompareAndSet { key, expected, new, outcome } => {
            let held = state(key);
            let swaps = held == *expected;
            if swaps {
                after.insert(key.clone(), new.clone());
            }
            let actual = draw.percent(60).then_some(held);
            let told = if swaps { Swap::Swapped } else { Swap::Mismatch { actual } };
            *outcome = is_answered.then_some(told);
        }
        Action::Append { key, value } => {
            let held = after.get(key).map_or("", |held| held.as_str());
            after.insert(key.clone(), Value::from(format!("{held}{}", value.as_str())));
        }
        Action::List { keys } => *keys = Some(told.keys().cloned().collect()),
    }
}
