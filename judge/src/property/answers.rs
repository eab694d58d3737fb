//! Answers: does an answer say something that cannot be?
//!
//! An answer must be of the kind that was asked for, and what it names must have been
//! written under that key by then: the value that a read found, the value that a put
//! overwrote, the value that made a compare-and-set succeed or fail. A write is no explanation of
//! what it says was there before it, unless it may have been carried out twice. What an answer says
//! of a key's being there or not, a list by naming it or a delete by `existed`, must be
//! possible between its invocation and its completion: a key must be there if a write was
//! acknowledged before and no delete can have come after that write; it cannot be there
//! if whatever may have put it there was deleted before.

use super::{
    Evidence,
    checker::{Checker, Found, Need, Step, Walked},
    facts::{Facts, deed},
    index::{Index, TextMap},
    presence::{Presence, Presences},
    text::{count, number, quote, state},
};
use crate::record::{FaultKind, FaultRecord, OperationRecord, Verdict, Witness};
use node::{
    Answer, Key, Operation, Time, Value,
    client::{Failure, Outcome},
};
use scenarios::Property;

/// A witness tells of at most this many answers.
const SHOWN: usize = 5;

/// Gathers what is to be judged.
#[derive(Default)]
pub(super) struct Answers {
    judged: u64,
    /// Answers that name a value which none of the latest writes explains.
    open: Vec<usize>,
    /// Lists, and deletes that say whether the key was there.
    presences: Vec<usize>,
    wrong: Vec<Wrong>,
}

/// An answer that cannot be.
#[derive(Debug, PartialEq)]
pub(super) struct Wrong {
    /// The operation.
    pub(super) operation: usize,
    /// What cannot be, to follow what the client did.
    pub(super) why: String,
    /// The key that it says too much of, if it names one itself.
    key: Option<Key>,
}

impl<'a> Checker<'a> for Answers {
    fn property(&self) -> Property {
        Property::Answers
    }

    fn needs(&self) -> &'static [Need] {
        &[Need::Operations]
    }

    fn walks(&self) -> bool {
        true
    }

    fn see(&mut self, step: &Step<'_, 'a>) {
        let Step { position, record, explained_by, .. } = *step;
        if !record.is_answered() {
            return;
        }
        self.judged += 1;
        if let Some(why) = wrong_kind(record) {
            self.wrong.push(Wrong { operation: position, why, key: None });
            return;
        }
        match &record.outcome {
            Outcome::Ok(Answer::Keys(_) | Answer::Deleted { .. }) => self.presences.push(position),
            Outcome::Ok(Answer::Siblings(_)) => self.open.push(position),
            // A write is no explanation of what it found before itself, or not without more ado.
            _ if explained_by.is_none_or(|write| write.position() == position)
                && record.found().flatten().is_some() =>
            {
                self.open.push(position);
            }
            _ => {}
        }
    }

    fn find(self: Box<Self>, walked: &Walked<'_, 'a>) -> Found {
        let judged = self.judged;
        let wrong = self.wrong(walked.evidence, walked.index);
        match (judged, wrong.is_empty()) {
            (0, _) => Verdict::Unknown("no operation was answered".to_owned()),
            (1, true) => Verdict::Holds("the one answer says nothing that cannot be".to_owned()),
            (all, true) => {
                Verdict::Holds(format!("none of {} answers says what cannot be", number(all)))
            }
            (all, false) => {
                let tell = || witness(walked.evidence, &wrong, all);
                Verdict::Violated(walked.evidence.words.prove(tell))
            }
        }
        .into()
    }
}

impl Answers {
    /// All that cannot be, in the order of the history.
    pub(super) fn wrong<'a>(self, evidence: &Evidence<'a>, index: &Index<'a>) -> Vec<Wrong> {
        let Self { open, presences, mut wrong, .. } = self;
        let operations = &evidence.history.operations;
        let mut written = Written { index, by_key: Vec::new() };
        for operation in open {
            let record = &operations[operation];
            let but = finds_no_trace_of_itself(evidence, record).then_some(operation);
            wrong.extend(unwritten(&mut written, record, but).map(|value| Wrong {
                operation,
                why: format!("told of {}, which nobody had written there", quote(value.as_str())),
                key: None,
            }));
        }
        let mut known = Presences::new(index);
        for operation in presences {
            let misplaced = misplaced(&mut known, &operations[operation]);
            wrong.extend(misplaced.map(|(key, why)| Wrong { operation, why, key }));
        }
        wrong.sort_by_key(|wrong| wrong.operation);
        wrong
    }
}

/// Whether an operation cannot have found what it wrote itself. One that was tried again, or whose
/// request was doubled, may have been carried out twice, unless the system sees to that.
fn finds_no_trace_of_itself(evidence: &Evidence<'_>, record: &OperationRecord) -> bool {
    let is_doubled = |fault: &FaultRecord| fault.kind == FaultKind::Duplicate && fault.touched > 0;
    evidence.system.is_some_and(|system| system.deduplicates) && !record.client.is_anonymous()
        || record.attempts <= 1 && !evidence.faults.iter().any(is_doubled)
}

/// What is wrong with the kind of an answer, or with what it says of itself.
fn wrong_kind(record: &OperationRecord) -> Option<String> {
    let answer = match &record.outcome {
        Outcome::Ok(answer) => answer,
        Outcome::Fail(Failure::Mismatch { actual }) => {
            return match &record.operation {
                Operation::CompareAndSet { expected, .. } if expected == actual => Some(format!(
                    "told that it did not match, since it holds {}",
                    state(actual.as_ref())
                )),
                Operation::CompareAndSet { .. } => None,
                _ => Some("told that something did not match".to_owned()),
            };
        }
        _ => return None,
    };
    let fits = matches!(
        (&record.operation, answer),
        (Operation::Put { .. } | Operation::CompareAndSet { .. }, Answer::Written { .. })
            | (Operation::Get { .. }, Answer::Value(_) | Answer::Siblings(_))
            | (Operation::Delete { .. }, Answer::Deleted { .. })
            | (Operation::ListKeys, Answer::Keys(_))
    );
    (!fits).then(|| format!("told \"{answer}\", which is no answer to that"))
}

/// What was written under each key, and when first; made for keys that need it.
struct Written<'a, 'i> {
    index: &'i Index<'a>,
    by_key: Vec<Option<TextMap<&'a Value, First>>>,
}

/// When a value was written first, and when next.
struct First {
    position: usize,
    at: Time,
    next_at: Option<Time>,
}

impl<'a> Written<'a, '_> {
    /// Whether a write was begun by then that leaves the value, `but` one.
    fn is_written(&mut self, key: &Key, value: &Value, by: Time, but: Option<usize>) -> bool {
        let Some(key) = self.index.key(key) else {
            return false;
        };
        self.by_key.resize_with(self.index.keys(), || None);
        let index = self.index;
        let first = self.by_key[key].get_or_insert_with(|| {
            let mut first = TextMap::default();
            for write in index.writes_to(key) {
                if let Some(value) = index.left_by(write) {
                    let (position, at) = (write.position(), write.invoked);
                    first
                        .entry(value)
                        .and_modify(|first: &mut First| {
                            first.next_at.get_or_insert(at);
                        })
                        .or_insert(First { position, at, next_at: None });
                }
            }
            first
        });
        first.get(value).is_some_and(|first| match but {
            Some(but) if but == first.position => first.next_at.is_some_and(|at| at <= by),
            _ => first.at <= by,
        })
    }
}

/// A value that an answer names and nobody had written by then.
fn unwritten<'r>(
    written: &mut Written<'_, '_>,
    record: &'r OperationRecord,
    but: Option<usize>,
) -> Option<&'r Value> {
    let key = record.operation.key()?;
    let mut is_unwritten = |value: &&Value| !written.is_written(key, value, record.completed, but);
    match &record.outcome {
        Outcome::Ok(Answer::Siblings(siblings)) => {
            siblings.iter().map(|sibling| &sibling.value).find(is_unwritten)
        }
        _ => record.found().flatten().filter(|value| is_unwritten(value)),
    }
}

/// What a list or a delete says of a key's being there, if that cannot be.
fn misplaced(
    known: &mut Presences<'_, '_>,
    record: &OperationRecord,
) -> Option<(Option<Key>, String)> {
    match (&record.outcome, record.operation.key()) {
        (Outcome::Ok(Answer::Deleted { existed }), Some(key)) => {
            // The delete itself takes the key away: what it says is of the moment before.
            let why = match (known.of(key, record), existed) {
                (Presence::Must, false) => "told that nothing was there, where something must be",
                (Presence::Cannot, true) => "told that something was there, where nothing can be",
                _ => return None,
            };
            Some((None, why.to_owned()))
        }
        (Outcome::Ok(Answer::Keys(keys)), _) => {
            known.misplaced(keys, record).map(|(key, is_told)| {
                let name = quote(key.as_str());
                let why = if is_told {
                    format!("told of key {name}, which cannot be there")
                } else {
                    format!("not told of key {name}, which must be there")
                };
                (Some(key), why)
            })
        }
        _ => None,
    }
}

fn witness(evidence: &Evidence<'_>, wrong: &[Wrong], judged: u64) -> Witness {
    let operations = &evidence.history.operations;
    let shown = &wrong[..wrong.len().min(SHOWN)];
    let mut facts = Facts::default();
    let mut keys: Vec<Key> = Vec::new();
    for Wrong { operation, why, key } in shown {
        let record = &operations[*operation];
        facts.add(
            record.invoked,
            format!("{} at {} and was {why} (operation {operation})", deed(record), record.node),
        );
        let named = key.as_ref().or(record.operation.key());
        keys.extend(named.filter(|key| !keys.contains(key)).cloned());
    }
    let first = &operations[shown[0].operation];
    Witness {
        summary: format!(
            "{} of {} said what cannot be: {} and was {}",
            number(wrong.len() as u64),
            count(judged, "answer", "answers"),
            deed(first),
            shown[0].why
        ),
        facts: facts.lines(),
        operations: shown.iter().map(|wrong| wrong.operation).collect(),
        keys,
        since: Some(first.invoked),
    }
}
