//! Per-key order: does a key ever go back in time before one session's eyes?
//!
//! Monotonic reads and read-your-writes (Terry and others, *Session Guarantees for
//! Weakly Consistent Replicated Data*), judged a key at a time, in the order of time.

use super::{
    Evidence,
    checker::{Checker, Found, Need, Walked},
    facts::{Facts, answer, deed, ending},
    text::{count, number, quote, state},
};
use crate::{
    consistency::{GoneBack, PerKeyOrder, Subject, per_key_order, tell_something},
    record::{OperationRecord, Verdict, Witness, Words},
};
use node::{Answer, Key, Operation, client::Failure, client::Outcome};
use scenarios::Property;

/// Judges what sessions were told, key by key.
pub(super) struct Sessions;

impl<'a> Checker<'a> for Sessions {
    fn property(&self) -> Property {
        Property::PerKeyOrder
    }

    fn needs(&self) -> &'static [Need] {
        &[Need::Operations]
    }

    fn find(self: Box<Self>, walked: &Walked<'_, 'a>) -> Found {
        // What is linearizable keeps to this too. How many reads there were is for words.
        let holds = walked.linearizable == Some(true) && tell_something(walked.calls());
        if holds && walked.evidence.words != Words::Said {
            return Verdict::Holds(String::new()).into();
        }
        judge(walked.evidence, walked.subject()).into()
    }
}

fn judge(evidence: &Evidence<'_>, subject: &Subject<'_>) -> Verdict {
    let found = per_key_order(subject);
    let words = evidence.words;
    match found.violations.first() {
        None if found.reads == 0 => Verdict::Unknown("no read was answered".to_owned()),
        None => Verdict::Holds(words.put(|| {
            let reads = count(found.reads, "read", "reads");
            format!("in none of {reads} did a key go back before its session")
        })),
        Some(first) => Verdict::Violated(words.prove(|| witness(evidence, &found, first))),
    }
}

fn witness(evidence: &Evidence<'_>, found: &PerKeyOrder, first: &GoneBack) -> Witness {
    let operations = &evidence.history.operations;
    let (read, seen) = (&operations[first.read], &operations[first.seen_by]);
    let newer = match seen.leaves().filter(|_| seen.is_ok()) {
        Some(left) => format!("had itself written {}", state(left)),
        None => format!("had seen {}", seen_state(seen, &first.key)),
    };
    let mut facts = Facts::default();
    for (position, operation) in [(first.seen_by, seen), (first.read, read)] {
        let told = if operation.is_ok() {
            format!(" at {}{}", operation.node, answer(operation))
        } else {
            format!("; {}", ending(operation))
        };
        facts.add(operation.invoked, format!("{}{told} (operation {position})", deed(operation)));
    }
    Witness {
        summary: format!(
            "a key went back before its session in {} of {}: {} {newer} under key {} and \
             then {}",
            number(found.violations.len() as u64),
            count(found.reads, "read", "reads"),
            read.client,
            quote(first.key.as_str()),
            went_back(read, &first.key)
        ),
        facts: facts.lines(),
        operations: vec![first.seen_by, first.read],
        keys: vec![first.key.clone()],
        since: Some(read.invoked),
    }
}

/// What an operation showed of a key, where it did not write it.
fn seen_state(record: &OperationRecord, key: &Key) -> String {
    match &record.outcome {
        Outcome::Ok(Answer::Keys(keys)) if keys.contains(key) => "it listed".to_owned(),
        Outcome::Ok(Answer::Keys(_)) => "it not listed".to_owned(),
        Outcome::Fail(Failure::Mismatch { actual }) => state(actual.as_ref()),
        _ => state(record.found().flatten()),
    }
}

/// What an operation was told that its session knew to be over.
fn went_back(record: &OperationRecord, key: &Key) -> String {
    match (&record.operation, &record.outcome) {
        (Operation::Put { .. }, _) => format!("overwrote {}", state(record.found().flatten())),
        (Operation::CompareAndSet { expected, .. }, Outcome::Ok(_)) => {
            format!("replaced {}", state(expected.as_ref()))
        }
        (Operation::CompareAndSet { .. }, _) => {
            format!("was told of {}", seen_state(record, key))
        }
        (Operation::Delete { .. }, Outcome::Ok(Answer::Deleted { existed: false })) => {
            "deleted it and was told that nothing was there".to_owned()
        }
        (Operation::Delete { .. }, _) => {
            "deleted it and was told that something was there".to_owned()
        }
        (Operation::ListKeys, _) => format!("found {}", seen_state(record, key)),
        (Operation::Get { .. }, _) => format!("read {}", state(record.found().flatten())),
    }
}
