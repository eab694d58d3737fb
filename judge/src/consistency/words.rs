//! Words for proofs: plain, short, and the same for every level.

use super::{Action, Call, Calls, Proof, State, Swap, index::INITIAL};
pub(super) use crate::text::{quote, state};
use node::Key;

/// More calls than this are not told one by one.
const LONGEST_PROOF: usize = 12;

/// Who asked: `c3`.
pub(super) fn session(call: &Call) -> String {
    format!("c{}", call.session)
}

/// What was asked, what was told, and where it stands in the history.
pub(super) fn deed(call: &Call) -> String {
    let (who, at) = (session(call), call.position);
    let open = if call.returned.is_none() { "; its outcome is not known" } else { "" };
    match &call.action {
        Action::Read { key, found } => {
            format!("{who} read key {}{} (operation {at})", key_text(key), told(" and got", found))
        }
        Action::Write { key, value, previous } => format!(
            "{who} put {} under key {}{}{open} (operation {at})",
            quote(value.as_str()),
            key_text(key),
            told(", acknowledged as overwriting", previous)
        ),
        Action::Delete { key, existed } => {
            let existed = match existed {
                Some(true) => ", which was told to be there",
                Some(false) => ", which was told to be absent",
                None => "",
            };
            format!("{who} deleted key {}{existed}{open} (operation {at})", key_text(key))
        }
        Action::CompareAndSet { key, expected, new, outcome } => {
            let (key, expected) = (key_text(key), state(expected.as_ref()));
            let new = quote(new.as_str());
            match outcome {
                Some(Swap::Mismatch { actual }) => format!(
                    "{who} would have changed key {key} from {expected} to {new}, which did not \
                     match{} (operation {at})",
                    told("; it was told of", actual)
                ),
                _ => {
                    format!(
                        "{who} changed key {key} from {expected} to {new}{open} (operation {at})"
                    )
                }
            }
        }
        Action::Append { key, value } => format!(
            "{who} added {} to key {}{open} (operation {at})",
            quote(value.as_str()),
            key_text(key)
        ),
        Action::List { keys } => match keys {
            Some(keys) => format!("{who} listed {} keys (operation {at})", keys.len()),
            None => format!("{who} listed the keys (operation {at})"),
        },
    }
}

/// A key in quotes.
pub(super) fn key_text(key: &Key) -> String {
    quote(key.as_str())
}

/// A proof that rests on these calls, by their places among the calls; each is told once.
pub(super) fn proof(calls: &Calls, summary: String, places: &[u32], keys: Vec<Key>) -> Proof {
    let mut places: Vec<u32> = places.iter().copied().filter(|place| *place != INITIAL).collect();
    places.sort_unstable();
    places.dedup();
    let told = places.iter().map(|place| &calls.calls[*place as usize]);
    let mut facts: Vec<(usize, String)> =
        told.clone().take(LONGEST_PROOF).map(|call| (call.position, deed(call))).collect();
    if let Some(more) = places.len().checked_sub(LONGEST_PROOF).filter(|more| *more > 0) {
        let last = facts.last().map_or(0, |(position, _)| *position);
        facts.push((last, format!("and {more} calls more")));
    }
    Proof { summary, facts, calls: told.map(|call| call.position).collect(), keys }
}

fn told(words: &str, told: &Option<State>) -> String {
    told.as_ref().map_or_else(String::new, |told| format!("{words} {}", state(told.as_ref())))
}
