//! Random histories: small, crowded, and mostly nearly right.

use super::naive::{self, Store};
use crate::consistency::{Action, Call, Calls, State, Swap};
use node::{Key, Value};

/// A tiny generator of numbers (Steele, Lea and Flood's SplitMix).
pub(crate) struct Numbers(pub(crate) u64);

impl Numbers {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = self.0;
        word = (word ^ word >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ word >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ word >> 31
    }

    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    pub(crate) fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }
}

/// What a history is made of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Taste {
    pub(crate) calls: u64,
    pub(crate) sessions: u64,
    pub(crate) keys: u64,
    pub(crate) values: u64,
    /// The kinds of operations: how often a read, a write, a delete, a compare-and-set, an
    /// append, a list.
    pub(crate) kinds: [u64; 6],
    /// In percent: how often an answer never comes, is partly untold, and is wrong.
    pub(crate) unknown: u64,
    pub(crate) untold: u64,
    pub(crate) wrong: u64,
    /// How long calls take, at most.
    pub(crate) longest: u64,
    pub(crate) initial: bool,
}

impl Taste {
    /// A taste for small histories.
    pub(crate) fn small(numbers: &mut Numbers) -> Self {
        let mut kinds = [3, 3, 0, 0, 0, 0];
        for kind in &mut kinds[2..5] {
            *kind = if numbers.chance(40) { 1 + numbers.below(3) } else { 0 };
        }
        kinds[4] = if numbers.chance(25) { kinds[4] } else { 0 };
        kinds[5] = u64::from(numbers.chance(25));
        Self {
            calls: 2 + numbers.below(6),
            sessions: 1 + numbers.below(4),
            keys: 1 + numbers.below(2),
            values: 1 + numbers.below(3),
            kinds,
            unknown: [0, 15, 40][numbers.below(3) as usize],
            untold: [0, 50, 100][numbers.below(3) as usize],
            wrong: [0, 10, 25, 100][numbers.below(4) as usize],
            longest: 1 + numbers.below(12),
            initial: numbers.chance(30),
        }
    }
}

/// A history. Without wrong answers it is linearizable, since it was made by one store.
pub(crate) fn history(taste: Taste, numbers: &mut Numbers) -> Calls {
    let mut calls = spans(taste, numbers);
    let initial = taste.initial.then(|| value(taste, numbers));
    for (_, call) in &mut calls {
        call.action = question(taste, numbers);
    }
    // The store takes the calls in the order of the moments drawn within their spans.
    let mut order: Vec<usize> = (0..calls.len()).collect();
    order.sort_by_key(|call| calls[*call].0);
    let first = Calls { calls: calls.iter().map(|(_, call)| call.clone()).collect(), initial };
    let mut store = naive::at_first(&first);
    for place in order {
        let call = &mut calls[place].1;
        let open = call.returned.is_none();
        if !open || numbers.chance(50) {
            answer(call, &store, taste, numbers);
            let told = Call { action: bare(&call.action), ..call.clone() };
            if let Some(after) = naive::carry_out(&store, &told) {
                store = after;
            }
        }
        if open {
            call.action = bare(&call.action);
        }
    }
    let mut calls: Vec<Call> = calls.into_iter().map(|(_, call)| call).collect();
    calls.sort_by_key(|call| call.invoked);
    for (position, call) in calls.iter_mut().enumerate() {
        call.position = 2 * position + 1;
    }
    Calls { calls, ..first }
}

/// When each call is asked, takes effect and is answered, session by session.
fn spans(taste: Taste, numbers: &mut Numbers) -> Vec<(u64, Call)> {
    let mut free_at = vec![0; taste.sessions as usize];
    let mut calls = Vec::new();
    for _ in 0..taste.calls {
        let session = numbers.below(taste.sessions);
        let invoked = free_at[session as usize] + numbers.below(1 + taste.longest / 2);
        let took = numbers.below(taste.longest);
        let at = invoked + numbers.below(took + 1);
        let returned = (!numbers.chance(taste.unknown)).then_some(invoked + took);
        free_at[session as usize] = invoked + took + 1;
        let action = Action::List { keys: None };
        calls.push((at, Call { position: 0, session, action, invoked, returned }));
    }
    calls
}

fn value(taste: Taste, numbers: &mut Numbers) -> Value {
    Value::from(format!("{}", numbers.below(taste.values)))
}

fn state(taste: Taste, numbers: &mut Numbers) -> State {
    (!numbers.chance(20)).then(|| value(taste, numbers))
}

fn question(taste: Taste, numbers: &mut Numbers) -> Action {
    let key = Key::from(format!("k{}", numbers.below(taste.keys)));
    let mut draw = numbers.below(taste.kinds.iter().sum());
    let kind = taste.kinds.iter().position(|weight| {
        let here = draw < *weight;
        draw = draw.saturating_sub(*weight);
        here
    });
    match kind {
        Some(0) => Action::Read { key, found: None },
        Some(1) => Action::Write { key, value: value(taste, numbers), previous: None },
        Some(2) => Action::Delete { key, existed: None },
        Some(3) => Action::CompareAndSet {
            key,
            expected: state(taste, numbers),
            new: value(taste, numbers),
            outcome: None,
        },
        Some(4) => Action::Append { key, value: value(taste, numbers) },
        _ => Action::List { keys: None },
    }
}

/// An action as if nothing had been told.
fn bare(action: &Action) -> Action {
    let mut bare = action.clone();
    match &mut bare {
        Action::Read { found, .. } => *found = None,
        Action::Write { previous, .. } => *previous = None,
        Action::Delete { existed, .. } => *existed = None,
        Action::CompareAndSet { outcome, .. } => *outcome = None,
        Action::Append { .. } => {}
        Action::List { keys } => *keys = None,
    }
    bare
}

/// Writes down what a store answers, or something else.
fn answer(call: &mut Call, store: &Store, taste: Taste, numbers: &mut Numbers) {
    let held = call.action.key().and_then(|key| store.get(key)).cloned();
    let wrong = numbers.chance(taste.wrong);
    let untold = numbers.chance(taste.untold);
    let seen = if wrong { state(taste, numbers) } else { held.clone() };
    match &mut call.action {
        Action::Read { found, .. } => *found = (!numbers.chance(5)).then_some(seen),
        Action::Write { previous, .. } => *previous = (!untold).then_some(seen),
        Action::Delete { existed, .. } => *existed = (!untold).then_some(seen.is_some()),
        Action::CompareAndSet { expected, outcome, .. } => {
            *outcome = if numbers.chance(10) {
                None
            } else if (held == *expected) != (wrong && numbers.chance(50)) {
                Some(Swap::Swapped)
            } else {
                Some(Swap::Mismatch { actual: (!untold).then_some(seen) })
            };
        }
        Action::Append { .. } => {}
        Action::List { keys } => {
            let mut told: Vec<Key> = store.keys().cloned().collect();
            if wrong {
                let key = Key::from(format!("k{}", numbers.below(taste.keys)));
                match told.binary_search(&key) {
                    Ok(place) => drop(told.remove(place)),
                    Err(place) => told.insert(place, key),
                }
            }
            *keys = (!numbers.chance(5)).then_some(told);
        }
    }
}
