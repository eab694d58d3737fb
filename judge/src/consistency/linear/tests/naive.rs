//! The naive twin: every order, one after the other, on a map of texts.

use crate::consistency::{Action, Call, Calls, Swap};
use node::{Key, Value};
use std::collections::BTreeMap;

pub(super) type Store = BTreeMap<Key, Value>;

/// What each key named in the calls holds at first.
pub(super) fn at_first(calls: &Calls) -> Store {
    let mut store = Store::new();
    if let Some(value) = &calls.initial {
        for call in &calls.calls {
            if let Action::List { keys: Some(keys) } = &call.action {
                store.extend(keys.iter().map(|key| (key.clone(), value.clone())));
            }
            store.extend(call.action.key().map(|key| (key.clone(), value.clone())));
        }
    }
    store
}

/// Whether a call may take effect at any time from its invocation on, or never.
pub(super) fn is_open(call: &Call) -> bool {
    call.returned.is_none() || matches!(call.action, Action::CompareAndSet { outcome: None, .. })
}

/// Carries a call out. `None`: its answer does not fit.
pub(super) fn carry_out(store: &Store, call: &Call) -> Option<Store> {
    let open = is_open(call);
    let held = call.action.key().and_then(|key| store.get(key)).cloned();
    let (fits, left) = match &call.action {
        Action::Read { found, .. } => (found.as_ref().is_none_or(|found| *found == held), held),
        Action::Write { value, previous, .. } => {
            (previous.as_ref().is_none_or(|previous| *previous == held), Some(value.clone()))
        }
        Action::Delete { existed, .. } => {
            (existed.is_none_or(|existed| existed == held.is_some()), None)
        }
        Action::CompareAndSet { expected, new, outcome, .. } => {
            let swaps = *expected == held;
            let fits = match outcome {
                None => true,
                Some(Swap::Swapped) => swaps,
                Some(Swap::Mismatch { actual }) => {
                    !swaps && actual.as_ref().is_none_or(|actual| *actual == held)
                }
            };
            (fits, if swaps { Some(new.clone()) } else { held })
        }
        Action::Append { value, .. } => {
            let start = held.as_ref().map_or("", Value::as_str);
            (true, Some(Value::from(format!("{start}{value}"))))
        }
        Action::List { keys } => {
            let fits = keys.as_ref().is_none_or(|keys| keys.iter().eq(store.keys()));
            return (open || fits).then(|| store.clone());
        }
    };
    let mut after = store.clone();
    if let Some(key) = call.action.key() {
        match left {
            Some(value) => after.insert(key.clone(), value),
            None => after.remove(key),
        };
    }
    (open || fits).then_some(after)
}

/// Whether some order of the calls is legal.
pub(super) fn is_linearizable(calls: &Calls) -> bool {
    extends(&calls.calls, &mut vec![false; calls.calls.len()], &at_first(calls))
}

fn extends(calls: &[Call], taken: &mut Vec<bool>, store: &Store) -> bool {
    if (0..calls.len()).all(|call| taken[call] || is_open(&calls[call])) {
        return true;
    }
    for next in 0..calls.len() {
        let too_early = |other: usize| !taken[other] && precedes(&calls[other], &calls[next]);
        if taken[next] || (0..calls.len()).any(too_early) {
            continue;
        }
        if let Some(after) = carry_out(store, &calls[next]) {
            taken[next] = true;
            if extends(calls, taken, &after) {
                return true;
            }
            taken[next] = false;
        }
    }
    false
}

/// Whether a call returned before another began.
pub(super) fn precedes(one: &Call, other: &Call) -> bool {
    !is_open(one) && one.returned.is_some_and(|returned| returned < other.invoked)
}
