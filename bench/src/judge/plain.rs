//! A plain memoized search after Wing and Gong with Lowe's improvements, one key at a time.
//!
//! It stands for what others use (porcupine is of this kind): a list of calls and answers, a
//! set of what is linearized in full, a cache of sets and states, and nothing else.

use ::judge::consistency::{Action, Call, Calls, State, Swap};
use node::{Key, Value};
use std::{
    collections::{BTreeMap, HashSet},
    hash::Hash,
};

/// Where there is no entry.
const NONE: usize = usize::MAX;

struct Entry<'a> {
    call: &'a Call,
    number: usize,
    /// Where its answer is; `NONE` for an answer.
    answer: usize,
    previous: usize,
    next: usize,
}

/// Whether the history is linearizable: that of every key, or, where keys are listed, that of all of
/// them together.
pub(super) fn is_linearizable(calls: &Calls) -> bool {
    if calls.calls.iter().any(|call| call.action.key().is_none()) {
        let all: Vec<_> = calls.calls.iter().collect();
        let keys = calls.calls.iter().filter_map(|call| call.action.key().cloned());
        let initial: Map = keys.map(|key| (key, calls.initial.clone())).collect();
        return search(&all, &initial, step_of_map);
    }
    let mut keys: BTreeMap<_, Vec<&Call>> = BTreeMap::new();
    for call in &calls.calls {
        keys.entry(call.action.key()).or_default().push(call);
    }
    keys.values().all(|calls_of_key| search(calls_of_key, &calls.initial, step))
}

/// What every key holds.
type Map = BTreeMap<Key, State>;

/// The state of all keys after a call; `None`: its answer does not fit.
fn step_of_map(map: &Map, call: &Call) -> Option<Map> {
    match &call.action {
        Action::List { keys } => {
            let held = map.iter().filter(|(_, state)| state.is_some()).map(|(key, _)| key);
            let fits = keys.as_ref().is_none_or(|told| told.iter().eq(held));
            fits.then(|| map.clone())
        }
        action => {
            let key = action.key().expect("all but lists name a key");
            let after = step(&map[key], call)?;
            let mut map = map.clone();
            map.insert(key.clone(), after);
            Some(map)
        }
    }
}

/// The state of a key after a call; `None`: its answer does not fit.
fn step(state: &State, call: &Call) -> Option<State> {
    let untold = call.returned.is_none();
    match &call.action {
        Action::Read { found, .. } => {
            let fits = untold || found.as_ref().is_none_or(|found| found == state);
            fits.then(|| state.clone())
        }
        Action::Write { value, previous, .. } => {
            let fits = untold || previous.as_ref().is_none_or(|previous| previous == state);
            fits.then(|| Some(value.clone()))
        }
        Action::Delete { existed, .. } => {
            let fits = untold || existed.is_none_or(|existed| existed == state.is_some());
            fits.then_some(None)
        }
        Action::Append { value, .. } => {
            let start = state.as_ref().map_or("", Value::as_str);
            Some(Some(Value::from(format!("{start}{value}"))))
        }
        Action::CompareAndSet { expected, new, outcome, .. } => {
            let swaps = expected == state;
            let fits = match outcome {
                Some(Swap::Swapped) => swaps,
                Some(Swap::Mismatch { .. }) => !swaps,
                None => true,
            };
            let after = if swaps { Some(new.clone()) } else { state.clone() };
            (fits || untold).then_some(after)
        }
        Action::List { .. } => unreachable!("a list names no key"),
    }
}

fn search<S: Clone + Eq + Hash>(
    calls: &[&Call],
    initial: &S,
    step: impl Fn(&S, &Call) -> Option<S>,
) -> bool {
    let mut list = entries(calls);
    let (head, mut state) = (list.len() - 1, initial.clone());
    let mut linearized = vec![0_u64; calls.len().div_ceil(64)];
    let mut met: HashSet<(Vec<u64>, S)> = HashSet::new();
    let mut stack: Vec<(usize, S)> = Vec::new();
    let mut at = list[head].next;
    while list[head].next != NONE {
        let answer = list[at].answer;
        if answer == NONE {
            let Some((last, before)) = stack.pop() else { return false };
            linearized[list[last].number / 64] &= !(1 << (list[last].number % 64));
            state = before;
            let answer = list[last].answer;
            relink(&mut list, answer);
            relink(&mut list, last);
            at = list[last].next;
            continue;
        }
        if let Some(after) = step(&state, list[at].call) {
            linearized[list[at].number / 64] |= 1 << (list[at].number % 64);
            if met.insert((linearized.clone(), after.clone())) {
                stack.push((at, std::mem::replace(&mut state, after)));
                unlink(&mut list, at);
                unlink(&mut list, answer);
                at = list[head].next;
                continue;
            }
            linearized[list[at].number / 64] &= !(1 << (list[at].number % 64));
        }
        at = list[at].next;
    }
    true
}

/// The list in order of time, and its head at the end.
fn entries<'a>(calls: &[&'a Call]) -> Vec<Entry<'a>> {
    let mut events: Vec<_> = (0..calls.len())
        .flat_map(|number| {
            let call = calls[number];
            let returned = call.returned.unwrap_or(u64::MAX);
            [(call.invoked, false, number), (returned, true, number)]
        })
        .collect();
    events.sort_unstable();
    let mut answers = vec![NONE; calls.len()];
    for (at, (_, returned, number)) in events.iter().enumerate() {
        if *returned {
            answers[*number] = at;
        }
    }
    let head = events.len();
    let mut list: Vec<_> = events
        .iter()
        .enumerate()
        .map(|(at, (_, returned, number))| Entry {
            call: calls[*number],
            number: *number,
            answer: if *returned { NONE } else { answers[*number] },
            previous: if at == 0 { head } else { at - 1 },
            next: if at + 1 == head { NONE } else { at + 1 },
        })
        .collect();
    list.push(Entry { call: calls[0], number: 0, answer: NONE, previous: NONE, next: 0 });
    list
}

fn unlink(list: &mut [Entry<'_>], at: usize) {
    let (previous, next) = (list[at].previous, list[at].next);
    list[previous].next = next;
    if next != NONE {
        list[next].previous = previous;
    }
}

fn relink(list: &mut [Entry<'_>], at: usize) {
    let (previous, next) = (list[at].previous, list[at].next);
    list[previous].next = at;
    if next != NONE {
        list[next].previous = at;
    }
}
