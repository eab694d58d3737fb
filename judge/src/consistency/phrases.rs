//! What is said of a rule that was kept or broken.

use super::{
    Proof,
    explain::{Broken, left, told},
    index::{INITIAL, Index},
    rules::{Offence, Rule},
    words,
};
use crate::text::count;

/// What was looked at.
pub(super) fn holds(index: &Index<'_>, rule: Rule, open: usize) -> String {
    let reads = count(index.seen.len() as u64, "read", "reads");
    let sessions = count(index.sessions as u64, "session", "sessions");
    let kept = match rule {
        Rule::Causal => "one causal order explains",
        Rule::ReadYourWrites => "no session missed a write of its own in",
        Rule::MonotonicReads => "no session went back in",
        Rule::MonotonicWrites => "no session's writes were seen out of order in",
        Rule::WritesFollowReads => "no write was seen without what its session had read, in",
    };
    let open = match open {
        0 => String::new(),
        open => format!("; {} fit several writes", count(open as u64, "of them", "of them")),
    };
    format!("{kept} {reads} of {sessions}{open}")
}

/// An observation of what nobody wrote.
pub(super) fn unwritten(index: &Index<'_>, number: usize) -> Proof {
    let seen = &index.seen[number];
    let key = index.keys[seen.key as usize];
    let who = words::session(index.call(seen.call));
    let summary = format!(
        "what was read can come from no write: {who} {} under key {}, which nobody had written \
         before",
        told(index, number),
        words::key_text(key)
    );
    let mut calls = vec![seen.call];
    if let super::index::Told::Is(state) = seen.told {
        calls.extend(index.writers(seen.key, state).first());
    }
    words::proof(index.all, summary, &calls, vec![key.clone()])
}

/// The proof that a rule was broken.
pub(super) fn proof(index: &Index<'_>, rule: Rule, broken: &Broken) -> Proof {
    match broken {
        Broken::Offence { number, source, offence } => {
            let seen = &index.seen[*number];
            let summary = offence_summary(index, rule, *number, offence);
            let mut calls = vec![seen.call, offence.newer, *source];
            calls.extend(&offence.via);
            let key = index.keys[seen.key as usize].clone();
            words::proof(index.all, summary, &calls, vec![key])
        }
        Broken::Circle(circle) => {
            let summary = format!(
                "no order of the writes explains what was read: {} must each come before the \
                 next, and the last before the first",
                count(circle.len() as u64, "operation", "operations")
            );
            words::proof(index.all, summary, circle, keys_of(index, circle))
        }
    }
}

/// The proof that calls have no order, though their writes may have one.
pub(super) fn circle(index: &Index<'_>, circle: &[u32]) -> Proof {
    let summary = format!(
        "no order of {} explains every answer: {} must each come before the next, and the last \
         before the first",
        count(index.all.calls.len() as u64, "operation", "operations"),
        count(circle.len() as u64, "operation", "operations")
    );
    words::proof(index.all, summary, circle, keys_of(index, circle))
}

/// The proof that in every order of the calls, nothing is left that explains an observation.
pub(super) fn unexplained(index: &Index<'_>, number: usize) -> Proof {
    let seen = &index.seen[number];
    let key = index.keys[seen.key as usize];
    let sources: Vec<u32> = index.sources(seen).collect();
    let summary = format!(
        "no order of {} explains every answer: {} {} under key {}, and in each of them that was \
         overwritten by then or not yet written",
        count(index.all.calls.len() as u64, "operation", "operations"),
        words::session(index.call(seen.call)),
        told(index, number),
        words::key_text(key)
    );
    let calls: Vec<u32> = sources.into_iter().chain([seen.call]).collect();
    words::proof(index.all, summary, &calls, vec![key.clone()])
}

/// The keys that calls name, at most a few.
fn keys_of(index: &Index<'_>, calls: &[u32]) -> Vec<node::Key> {
    let named = calls.iter().filter_map(|call| index.call(*call).action.key().cloned());
    let keys: std::collections::BTreeSet<_> = named.collect();
    keys.into_iter().take(4).collect()
}

fn offence_summary(index: &Index<'_>, rule: Rule, number: usize, offence: &Offence) -> String {
    let seen = &index.seen[number];
    let who = words::session(index.call(seen.call));
    let key = words::key_text(index.keys[seen.key as usize]);
    let then = told(index, number);
    let newer = left(index, offence.newer);
    let writer = |write: u32| match write {
        INITIAL => "nobody".to_owned(),
        write => words::session(index.call(write)),
    };
    match rule {
        Rule::Causal => format!(
            "a read missed what it depends on: {who} depended on {newer} under key {key}, put by \
             {}, and yet {then}",
            writer(offence.newer)
        ),
        Rule::ReadYourWrites => format!(
            "a session missed its own write: {who} had itself written {newer} under key {key} \
             and then {then}"
        ),
        Rule::MonotonicReads => format!(
            "a key went back before its session: {who} had seen {newer} under key {key} and then \
             {then}"
        ),
        Rule::MonotonicWrites => match offence.via.as_slice() {
            [known, _] => format!(
                "writes of one session were seen out of order: {} left {newer} under key {key} \
                 before it left {} under key {}, which {who} had seen and then {then} under key \
                 {key}",
                writer(offence.newer),
                left(index, *known),
                key_of(index, *known)
            ),
            _ => format!(
                "writes of one session were seen out of order: {who} had seen {newer} under key \
                 {key}, and then {then}, which {} had written before",
                writer(offence.newer)
            ),
        },
        Rule::WritesFollowReads => match offence.via.as_slice() {
            [_, known, _] => format!(
                "a write was seen without what its session had read: {} had seen {newer} under \
                 key {key} before it left {} under key {}, which {who} had seen and then {then} \
                 under key {key}",
                writer(*known),
                left(index, *known),
                key_of(index, *known)
            ),
            _ => format!(
                "a write was seen without what its session had read: {who} had seen {newer} \
                 under key {key}, and then {then}, which {} had read before it wrote",
                writer(offence.newer)
            ),
        },
    }
}

fn key_of(index: &Index<'_>, write: u32) -> String {
    index.call(write).action.key().map_or_else(String::new, words::key_text)
}
