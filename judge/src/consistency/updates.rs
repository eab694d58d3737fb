//! No lost update: an acknowledged update is not overwritten by one that did not see it.
//!
//! An update is a call that says what it replaced: a compare-and-set that succeeded, or a
//! put whose answer names the value it overwrote. It consumes what it replaced. Two things
//! prove that an update was lost:
//!
//! - More updates consumed a state of a key than ever brought it about: the writes of that
//!   state, those of unknown outcome included, and what was there at first. With values
//!   written once, that is two updates which both consumed the same write, so that one of
//!   them overwrote the other unseen. This proof needs no time, and it breaks sequential
//!   consistency too. (Adya, *Weak Consistency*, 1999, calls it P4 for transactions; here each
//!   update is a transaction of one key.)
//! - A compare-and-set succeeded although what it expected had been replaced: each write that
//!   may have brought it about was over before an acknowledged write of the key was begun
//!   that was itself over before the compare-and-set was begun. That write was overwritten by
//!   an update that did not see it. This proof rests on time, and breaks linearizability.
//!
//! That an acknowledged blind put vanishes, as when the last writer wins, is a matter of
//! durability and staleness: nobody said of it that it saw anything.

use super::{
    Action, Budget, Call, Finding, Known, Proof, Subject, Swap,
    ages::{Ages, Replacements},
    index::{Index, Observation, Told},
    words,
};
use crate::text::count;
use node::Value;
use std::collections::BTreeMap;

/// Judges it.
pub(super) fn judge(subject: &Subject<'_>, _: Known, _: Budget) -> Finding {
    // Most histories hold no such update, and are not looked at key by key for it.
    if !subject.calls().calls.iter().any(tells_what_it_replaced) {
        return Finding::Unknown(NONE.to_owned());
    }
    let index = subject.index();
    let consumed = consumed(index);
    let updates: usize = consumed.values().map(Vec::len).sum();
    if let Some(proof) = twice(index, &consumed).or_else(|| too_late(index)) {
        return Finding::Violated(proof);
    }
    let unclear = consumed.keys().any(|(key, _)| index.appended[*key as usize]);
    match updates {
        0 => Finding::Unknown(NONE.to_owned()),
        _ if unclear => {
            Finding::Unknown("not every replaced value can be traced to a write".to_owned())
        }
        updates => Finding::Holds(format!(
            "{} replaced what no other had replaced",
            count(updates as u64, "update", "updates")
        )),
    }
}

const NONE: &str = "no update told what it replaced";

fn tells_what_it_replaced(call: &Call) -> bool {
    call.returned.is_some()
        && match &call.action {
            Action::Write { previous, .. } => previous.is_some(),
            Action::CompareAndSet { outcome, .. } => *outcome == Some(Swap::Swapped),
            _ => false,
        }
}

/// Proof that some state was consumed more often than it came about, whatever the times.
pub(super) fn consumed_twice(index: &Index<'_>) -> Option<Proof> {
    twice(index, &consumed(index))
}

type Consumed<'a> = BTreeMap<(u32, Option<&'a Value>), Vec<u32>>;

/// The updates that consumed each state of each key.
fn consumed<'a>(index: &Index<'a>) -> Consumed<'a> {
    let mut consumed = Consumed::new();
    for seen in &index.seen {
        if let Told::Is(state) = seen.told
            && index.is_certain(seen.call)
            && matches!(
                index.call(seen.call).action,
                Action::Write { .. } | Action::CompareAndSet { .. }
            )
            && index.left_by(seen.call) != Some(state)
        {
            consumed.entry((seen.key, state)).or_default().push(seen.call);
        }
    }
    consumed
}

fn twice(index: &Index<'_>, consumed: &Consumed<'_>) -> Option<Proof> {
    for ((key, state), updates) in consumed {
        let from_start = usize::from(index.all.initial.as_ref() == *state);
        let writers = index.writers(*key, *state).iter().copied();
        let writers: Vec<u32> = writers.filter(|write| brings_about(index, *write)).collect();
        let is_proved = updates.len() >= 2 && updates.len() > writers.len() + from_start;
        if !is_proved || index.appended[*key as usize] {
            continue;
        }
        let summary = format!(
            "an update was lost: {} of key {} each replaced {}, which came about {}",
            count(updates.len() as u64, "update", "updates"),
            words::key_text(index.keys[*key as usize]),
            words::state(*state),
            match writers.len() + from_start {
                0 => "never".to_owned(),
                1 => "only once".to_owned(),
                times => format!("only {times} times"),
            }
        );
        let places: Vec<u32> = updates.iter().copied().chain(writers).collect();
        let key = index.keys[*key as usize].clone();
        return Some(words::proof(index.all, summary, &places, vec![key]));
    }
    None
}

/// Whether a write may bring its state about where another was: not if it says that the
/// same was there before.
fn brings_about(index: &Index<'_>, write: u32) -> bool {
    let leaves = index.left_by(write).flatten();
    match &index.call(write).action {
        Action::Write { previous: Some(previous), .. } => previous.as_ref() != leaves,
        Action::Delete { existed, .. } => *existed != Some(false),
        Action::CompareAndSet { expected, .. } => expected.as_ref() != leaves,
        _ => true,
    }
}

/// Proof that a compare-and-set succeeded on what had been replaced before it began.
fn too_late(index: &Index<'_>) -> Option<Proof> {
    let swapped = |seen: &Observation<'_>| {
        let action = &index.call(seen.call).action;
        matches!(action, Action::CompareAndSet { outcome: Some(Swap::Swapped), .. })
    };
    if !index.seen.iter().any(swapped) {
        return None;
    }
    let mut ages = Ages::new(index);
    let certain: Vec<Replacements> = index
        .writes
        .iter()
        .map(|writes| {
            let certain = writes.iter().copied().filter(|write| index.is_certain(*write));
            Replacements::new(index, certain)
        })
        .collect();
    for seen in &index.seen {
        let Told::Is(expected) = seen.told else { continue };
        if !swapped(seen) || index.appended[seen.key as usize] {
            continue;
        }
        let latest = ages.sources(seen).and_then(|sources| sources.latest());
        if latest.is_none() && index.all.initial.as_ref() != expected {
            continue;
        }
        let after = latest.map(|write| write.completed);
        let begun = index.call(seen.call).invoked;
        let Some(replaced) = certain[seen.key as usize].between(after, begun) else { continue };
        let key = index.keys[seen.key as usize];
        let summary = format!(
            "an update was lost: {} replaced {} under key {}, which {} had replaced before, so \
             that what it wrote was overwritten unseen",
            words::session(index.call(seen.call)),
            words::state(expected),
            words::key_text(key),
            words::session(index.call(replaced))
        );
        let mut places = vec![seen.call, replaced];
        places.extend(latest.map(|write| write.call));
        return Some(words::proof(index.all, summary, &places, vec![key.clone()]));
    }
    None
}
