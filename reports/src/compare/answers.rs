//! The first operation whose answer or outcome is not the same in both runs.
//!
//! An operation's counterpart is that of the same client at the same place among the client's operations, if it asks
//! the same. Answers are compared by what they say of the key: versions are each system's own numbers.

use super::{Difference, Found, Kind, LETTERS};
use crate::text;
use judge::{Run, record::OperationRecord};
use node::{
    Answer, ClientId, Key, Value,
    client::{Failure, Outcome},
};
use std::collections::BTreeMap;

pub(super) fn first(a: &Run, b: &Run) -> Found {
    let pairs = pairs(a, b);
    let seen_at = |pair: &Pair<'_>| pair.1.completed.min(pair.2.completed);
    let differing = pairs.iter().filter(|(_, one, other)| heard(one) != heard(other));
    let Some((place, one, other)) = differing.min_by_key(|pair| seen_at(pair)) else {
        return Err(none(a, b, pairs.len()));
    };
    let what = text::shorten(&one.operation.to_string(), 40);
    let said = [one, other].map(|record| text::shorten(&in_words(record), 40));
    let client = one.client;
    Ok(Difference {
        kind: Kind::Answer,
        label: format!("{client} {what}: A {}, B {}", said[0], said[1]),
        sentence: format!(
            "The first operation that came out differently: `{what}`, number {} of {client}: {} at {}: {}; {} at {}: {}.",
            place + 1,
            LETTERS[0],
            one.completed,
            said[0],
            LETTERS[1],
            other.completed,
            said[1]
        ),
        at: [one.completed, other.completed],
        key: one.operation.key().cloned(),
    })
}

/// The place among its client's operations, and the operation in either run.
type Pair<'a> = (usize, &'a OperationRecord, &'a OperationRecord);

fn pairs<'a>(a: &'a Run, b: &'a Run) -> Vec<Pair<'a>> {
    let (one, other) = (by_client(a), by_client(b));
    let clients = one.into_iter().filter_map(|(client, mine)| Some((mine, other.get(&client)?)));
    let pairs = clients.flat_map(|(mine, theirs)| {
        let pairs = mine.into_iter().zip(theirs.iter().copied()).enumerate();
        pairs.map(|(place, (one, other))| (place, one, other))
    });
    pairs.filter(|(_, one, other)| one.operation == other.operation).collect()
}

fn by_client(run: &Run) -> BTreeMap<ClientId, Vec<&OperationRecord>> {
    let mut clients: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for record in run.operations() {
        clients.entry(record.client).or_default().push(record);
    }
    clients
}

/// That none differs, and how many were compared at all.
fn none(a: &Run, b: &Run, pairs: usize) -> String {
    let number = |count: usize| text::number(count as u64);
    let [one, other] = [a, b].map(|run| run.operations().len());
    if pairs == one && pairs == other {
        return format!("All {} operations came out the same in both.", number(pairs));
    }
    format!(
        "Of {} operations of {} and {} of {}, {} have a counterpart that asks the same; those came out the same.",
        number(one),
        LETTERS[0],
        number(other),
        LETTERS[1],
        number(pairs)
    )
}

/// What a client learned, without what only its system can read.
#[derive(PartialEq)]
enum Heard<'a> {
    Written,
    Values(Vec<&'a Value>),
    Deleted(bool),
    Keys(&'a [Key]),
    Mismatch(Option<&'a Value>),
    Failed,
    Unknown,
}

fn heard(record: &OperationRecord) -> Heard<'_> {
    match &record.outcome {
        Outcome::Ok(Answer::Written { .. }) => Heard::Written,
        Outcome::Ok(Answer::Value(found)) => {
            Heard::Values(found.iter().map(|entry| &entry.value).collect())
        }
        Outcome::Ok(Answer::Siblings(found)) => {
            let mut values: Vec<_> = found.iter().map(|entry| &entry.value).collect();
            values.sort_unstable_by_key(|value| value.as_str());
            Heard::Values(values)
        }
        Outcome::Ok(Answer::Deleted { existed }) => Heard::Deleted(*existed),
        Outcome::Ok(Answer::Keys(keys)) => Heard::Keys(keys),
        Outcome::Ok(Answer::Mismatch { actual }) | Outcome::Fail(Failure::Mismatch { actual }) => {
            Heard::Mismatch(actual.as_ref())
        }
        Outcome::Ok(Answer::Refused(_)) | Outcome::Fail(_) => Heard::Failed,
        Outcome::Ok(Answer::Unknown) | Outcome::Info(_) => Heard::Unknown,
    }
}

/// What came of an operation, in the words of the page.
fn in_words(record: &OperationRecord) -> String {
    match (&record.outcome, heard(record)) {
        (_, Heard::Written) => "written".to_owned(),
        (_, Heard::Failed) => format!("failed, {}", text::answer(record)),
        (_, Heard::Unknown) => format!("unknown, {}", text::answer(record)),
        _ => text::answer(record),
    }
}
