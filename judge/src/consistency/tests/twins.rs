//! Each level as its definition says it, by trying every explanation of every answer.

use crate::consistency::{
    Action, Calls, Swap,
    index::{INITIAL, Index, Observation, Told},
    rules::Rule,
};

/// Histories of more explanations than this are left out.
const MOST_EXPLANATIONS: usize = 3_000;

/// One explanation of all answers: a source for each observation that has any.
type Explanation = Vec<Option<u32>>;

/// Every explanation; `None`: they are too many.
fn explanations(index: &Index<'_>, calls: &Calls) -> Option<Vec<Explanation>> {
    let sources: Vec<Vec<u32>> = index.seen.iter().map(|seen| sources(seen, calls)).collect();
    let product = sources.iter().map(|of_one| of_one.len().max(1)).product::<usize>();
    if product > MOST_EXPLANATIONS {
        return None;
    }
    let all = (0..product).map(|mut choice| {
        let pick = |of_one: &Vec<u32>| {
            let picked = of_one.get(choice % of_one.len().max(1)).copied();
            choice /= of_one.len().max(1);
            picked
        };
        sources.iter().map(pick).collect()
    });
    Some(all.collect())
}

/// The writes that leave what was seen, but for later ones of the same session.
fn sources(seen: &Observation<'_>, calls: &Calls) -> Vec<u32> {
    let reader = &calls.calls[seen.call as usize];
    let key = |place: usize| calls.calls[place].action.key();
    let fits = |state: Option<&node::Value>| match seen.told {
        Told::Is(told) => told == state,
        Told::Present => state.is_some(),
        Told::Not(other) => other != state,
    };
    let own_key = match reader.action.key() {
        Some(key) => key.clone(),
        None => key_of_list(seen, calls),
    };
    let mut sources: Vec<u32> = Vec::new();
    if fits(calls.initial.as_ref()) {
        sources.push(INITIAL);
    }
    for (place, call) in calls.calls.iter().enumerate() {
        let is_later = call.session == reader.session && place >= seen.call as usize;
        let leaves = match &call.action {
            Action::Write { value, .. } => Some(Some(value)),
            Action::Delete { .. } => Some(None),
            Action::CompareAndSet { new, outcome, .. } => {
                (!matches!(outcome, Some(Swap::Mismatch { .. }))).then_some(Some(new))
            }
            _ => None,
        };
        if key(place) == Some(&own_key) && !is_later && leaves.is_some_and(fits) {
            sources.push(place as u32);
        }
    }
    sources
}

/// The key of an observation by a list: keys are numbered in their order.
fn key_of_list(seen: &Observation<'_>, calls: &Calls) -> node::Key {
    let mut keys: Vec<node::Key> = Vec::new();
    for call in &calls.calls {
        keys.extend(call.action.key().cloned());
        if let Action::List { keys: Some(listed) } = &call.action {
            keys.extend(listed.iter().cloned());
        }
    }
    keys.sort();
    keys.dedup();
    keys[seen.key as usize].clone()
}

/// Which call comes causally before which, as a table; `None`: in a circle.
fn causal_order(index: &Index<'_>, explanation: &Explanation) -> Option<Vec<Vec<bool>>> {
    let calls = &index.all.calls;
    let mut before = vec![vec![false; calls.len()]; calls.len()];
    for (early, call) in calls.iter().enumerate() {
        for late in early + 1..calls.len() {
            before[early][late] |= call.session == calls[late].session && call.returned.is_some();
        }
    }
    for (seen, source) in index.seen.iter().zip(explanation) {
        if let Some(source) = source.filter(|source| *source != INITIAL) {
            before[source as usize][seen.call as usize] = true;
        }
    }
    for middle in 0..calls.len() {
        for early in 0..calls.len() {
            for late in 0..calls.len() {
                before[early][late] |= before[early][middle] && before[middle][late];
            }
        }
    }
    (0..calls.len()).all(|call| !before[call][call]).then_some(before)
}

/// Whether a history keeps a rule under some explanation. `None`: there are too many, or
/// those that break it not all have a causal order.
pub(super) fn keeps(calls: &Calls, rule: Rule) -> Option<bool> {
    let index = Index::new(calls);
    let mut all_ordered = true;
    for explanation in explanations(&index, calls)? {
        let Some(before) = causal_order(&index, &explanation) else {
            all_ordered &= rule == Rule::Causal;
            continue;
        };
        let keeps = match rule {
            Rule::Causal => converges(&index, &explanation, &before),
            rule => !breaks(&index, &explanation, &before, rule),
        };
        if keeps {
            return Some(true);
        }
    }
    all_ordered.then_some(false)
}

/// Whether one order of the writes makes each observation that of the last write in its past.
fn converges(index: &Index<'_>, explanation: &Explanation, before: &[Vec<bool>]) -> bool {
    if explanation.contains(&None) {
        return false;
    }
    let writes: Vec<u32> = (0..index.all.calls.len() as u32)
        .filter(|call| index.is_certain(*call) || explanation.contains(&Some(*call)))
        .filter(|call| index.call(*call).action.is_write())
        .collect();
    arrange(index, explanation, before, &writes, &mut Vec::new())
}

fn arrange(
    index: &Index<'_>,
    explanation: &Explanation,
    before: &[Vec<bool>],
    writes: &[u32],
    order: &mut Vec<u32>,
) -> bool {
    if order.len() == writes.len() {
        return index.seen.iter().zip(explanation).all(|(seen, source)| {
            let key = Some(index.keys[seen.key as usize]);
            let in_past = order.iter().rev().find(|write| {
                index.call(**write).action.key() == key
                    && before[**write as usize][seen.call as usize]
            });
            in_past.copied().unwrap_or(INITIAL) == source.unwrap_or(INITIAL)
        });
    }
    for write in writes {
        let is_next = !order.contains(write)
            && writes
                .iter()
                .all(|other| order.contains(other) || !before[*other as usize][*write as usize]);
        if is_next {
            order.push(*write);
            if arrange(index, explanation, before, writes, order) {
                return true;
            }
            order.pop();
        }
    }
    false
}

/// Whether some observation goes back, by the words of a session guarantee.
fn breaks(index: &Index<'_>, seen: &Explanation, before: &[Vec<bool>], rule: Rule) -> bool {
    let calls = &index.all.calls;
    let count = calls.len() as u32;
    let session = |call: u32| calls[call as usize].session;
    let is_of =
        |write: u32, key: u32| index.call(write).action.key() == Some(index.keys[key as usize]);
    let older = |old: u32, new: u32| {
        new != INITIAL && old != new && (old == INITIAL || before[old as usize][new as usize])
    };
    let observations = || {
        let all = index.seen.iter().zip(seen);
        all.filter_map(|(seen, source)| source.map(|source| (seen.call, seen.key, source)))
    };
    let certain = |write: &u32| index.is_certain(*write);
    observations().any(|(call, key, found)| {
        let known = || {
            observations()
                .filter(|(earlier, ..)| session(*earlier) == session(call) && *earlier < call)
                .filter(|(.., write)| *write != INITIAL)
        };
        match rule {
            Rule::Causal => false,
            Rule::ReadYourWrites => (0..call)
                .filter(certain)
                .any(|own| session(own) == session(call) && is_of(own, key) && older(found, own)),
            Rule::MonotonicReads => known().any(|(_, of, write)| of == key && older(found, write)),
            Rule::MonotonicWrites => known().any(|(.., second)| {
                let precedes = |first: u32| {
                    first < second && session(first) == session(second) && index.is_certain(first)
                };
                (0..count).any(|first| precedes(first) && is_of(first, key) && older(found, first))
                    || is_of(second, key) && found != INITIAL && precedes(found)
            }),
            Rule::WritesFollowReads => known().any(|(.., second)| {
                observations().any(|(reader, of, first)| {
                    session(reader) == session(second)
                        && reader <= second
                        && of == key
                        && first != INITIAL
                        && (older(found, first)
                            || is_of(second, key) && first == found && second != found)
                })
            }),
        }
    })
}

/// Whether a deleted key came back.
pub(super) fn resurrects(calls: &Calls) -> bool {
    let index = Index::new(calls);
    index.seen.iter().any(|seen| {
        let call = index.call(seen.call);
        let tells = matches!(seen.told, Told::Is(Some(_)) | Told::Present);
        let sources = possible(&index, calls, seen);
        tells
            && !sources.is_empty()
            && calls.calls.iter().enumerate().any(|(place, delete)| {
                matches!(delete.action, Action::Delete { .. })
                    && delete.action.key() == Some(index.keys[seen.key as usize])
                    && index.is_certain(place as u32)
                    && delete.returned.is_some_and(|over| over < call.invoked)
                    && sources.iter().all(|source| is_over(&index, *source, delete.invoked))
            })
    })
}

/// Whether an update was lost.
pub(super) fn loses_update(calls: &Calls) -> bool {
    let index = Index::new(calls);
    let updates: Vec<_> = index
        .seen
        .iter()
        .filter(|seen| {
            let action = &index.call(seen.call).action;
            index.is_certain(seen.call) && !matches!(action, Action::Delete { .. })
        })
        .filter_map(|seen| match seen.told {
            Told::Is(state) => Some((seen, state)),
            _ => None,
        })
        .collect();
    let changes = |call: u32, state| index.left_by(call) != Some(state);
    let twice = updates.iter().any(|(seen, state)| {
        let alike = |(other, from): &&(&Observation<'_>, Option<&node::Value>)| {
            other.key == seen.key && from == state && changes(other.call, *state)
        };
        let consumed = updates.iter().filter(alike).count();
        let keeps_it = |write: &u32| match &index.call(*write).action {
            Action::Delete { existed, .. } => *existed == Some(false),
            Action::CompareAndSet { expected, new, .. } => expected.as_ref() == Some(new),
            Action::Write { value, previous, .. } => *previous == Some(Some(value.clone())),
            _ => false,
        };
        let writes = (0..calls.calls.len() as u32).filter(|write| {
            index.call(*write).action.is_write()
                && index.call(*write).action.key() == Some(index.keys[seen.key as usize])
                && index.left_by(*write) == Some(*state)
                && !keeps_it(write)
        });
        let starts = writes.count() + usize::from(calls.initial.as_ref() == *state);
        consumed >= 2 && consumed > starts
    });
    let late = updates.iter().any(|(seen, _)| {
        let call = index.call(seen.call);
        let sources = possible(&index, calls, seen);
        matches!(call.action, Action::CompareAndSet { .. })
            && !sources.is_empty()
            && (0..calls.calls.len() as u32).any(|other| {
                index.is_certain(other)
                    && index.call(other).action.key() == call.action.key()
                    && index.call(other).returned.is_some_and(|over| over < call.invoked)
                    && sources
                        .iter()
                        .all(|source| is_over(&index, *source, index.call(other).invoked))
            })
    });
    twice || late
}

/// The writes that leave what was seen, of those begun by the time at which it was told.
fn possible(index: &Index<'_>, calls: &Calls, seen: &Observation<'_>) -> Vec<u32> {
    let by = index.call(seen.call).returned.unwrap_or(u64::MAX);
    let mut sources = sources(seen, calls);
    sources.retain(|source| *source == INITIAL || index.call(*source).invoked <= by);
    sources
}

fn is_over(index: &Index<'_>, write: u32, before: u64) -> bool {
    write == INITIAL
        || index.is_certain(write) && index.call(write).returned.is_some_and(|over| over < before)
}

/// Whether some session saw a key go back in time under every explanation.
pub(super) fn goes_back(calls: &Calls) -> Option<bool> {
    let index = Index::new(calls);
    let mut choices: Vec<Vec<u32>> = Vec::new();
    for seen in &index.seen {
        let told_much = !matches!(seen.told, Told::Not(_));
        choices.push(if told_much { possible(&index, calls, seen) } else { Vec::new() });
    }
    if choices.iter().map(|of_one| of_one.len().max(1)).product::<usize>() > MOST_EXPLANATIONS {
        return None;
    }
    let mut stack: Vec<Explanation> = vec![Vec::new()];
    while let Some(chosen) = stack.pop() {
        if chosen.len() == choices.len() {
            return Some(false);
        }
        let seen = &index.seen[chosen.len()];
        let options = match choices[chosen.len()].as_slice() {
            [] => vec![None],
            some => some.iter().copied().map(Some).collect(),
        };
        for option in options {
            let session = calls.calls[seen.call as usize].session;
            let key = Some(index.keys[seen.key as usize]);
            let own = (0..seen.call).filter(|own| {
                index.is_certain(*own)
                    && index.call(*own).session == session
                    && index.call(*own).action.key() == key
            });
            let read = index.seen.iter().zip(&chosen).filter_map(|(other, source)| {
                let is_own = index.call(other.call).session == session && other.key == seen.key;
                source.filter(|source| is_own && *source != INITIAL)
            });
            let mut known = own.chain(read);
            let is_back = option.is_some_and(|found| {
                known.any(|newer| {
                    found != newer && is_over(&index, found, index.call(newer).invoked)
                })
            });
            if !is_back {
                let mut longer = chosen.clone();
                longer.push(option);
                stack.push(longer);
            }
        }
    }
    Some(true)
}
