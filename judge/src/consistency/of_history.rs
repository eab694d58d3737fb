//! The operations of a run as calls.

use super::{Action, Call, Calls, Swap};
use crate::record::{History, OperationRecord};
use node::{
    Answer, Operation, Time, Value,
    client::{Failure, Outcome},
};

impl Calls {
    /// The calls of a history, of which those invoked before a moment are judged. A later
    /// write counts as one of unknown outcome, since a judged read that was still open may
    /// have seen it; what later operations were told is left out. Everything is judged
    /// with [`Time::MAX`].
    pub fn of(history: &History, until: Time) -> Self {
        let operations = history.operations.iter().enumerate();
        let mut calls: Vec<Call> = operations
            .filter_map(|(position, record)| call(position, record, record.invoked < until))
            .collect();
        // A history should be in this order already; the levels rest on it.
        calls.sort_by_key(|call| (call.invoked, call.position));
        Self { calls, initial: None }
    }
}

fn call(position: usize, record: &OperationRecord, is_judged: bool) -> Option<Call> {
    let (answer, mismatch) = match &record.outcome {
        Outcome::Ok(answer) if is_judged => (Some(answer), None),
        Outcome::Fail(Failure::Mismatch { actual }) if is_judged => (None, Some(actual)),
        Outcome::Fail(_) => return None,
        Outcome::Ok(_) | Outcome::Info(_) => (None, None),
    };
    let is_told = answer.is_some() || mismatch.is_some();
    if !is_told && !record.operation.kind().is_write() {
        return None;
    }
    Some(Call {
        position,
        session: record.client.index() as u64,
        action: action(&record.operation, answer, mismatch)?,
        invoked: record.invoked.as_nanos(),
        returned: is_told.then(|| record.completed.as_nanos()),
    })
}

/// `None` for a mismatch of what is no compare-and-set: it did nothing and tells nothing.
fn action(
    operation: &Operation,
    answer: Option<&Answer>,
    mismatch: Option<&Option<Value>>,
) -> Option<Action> {
    if mismatch.is_some() && !matches!(operation, Operation::CompareAndSet { .. }) {
        return None;
    }
    Some(match operation {
        Operation::Get { key } => {
            let found = match answer {
                Some(Answer::Value(found)) => Some(found.as_ref().map(|entry| entry.value.clone())),
                // Several values at once are no state of a map, so that they tell nothing.
                _ => None,
            };
            Action::Read { key: key.clone(), found }
        }
        Operation::Put { key, value } => {
            let previous = match answer {
                // Most systems do not tell what they overwrite, which looks like nothing.
                Some(Answer::Written { previous: Some(previous), .. }) => {
                    Some(Some(previous.clone()))
                }
                _ => None,
            };
            Action::Write { key: key.clone(), value: value.clone(), previous }
        }
        Operation::Delete { key } => {
            let existed = match answer {
                Some(Answer::Deleted { existed }) => Some(*existed),
                _ => None,
            };
            Action::Delete { key: key.clone(), existed }
        }
        Operation::CompareAndSet { key, expected, new } => {
            let outcome = match (answer, mismatch) {
                (Some(Answer::Written { .. }), _) => Some(Swap::Swapped),
                (_, Some(actual)) => Some(Swap::Mismatch { actual: Some(actual.clone()) }),
                _ => None,
            };
            Action::CompareAndSet {
                key: key.clone(),
                expected: expected.clone(),
                new: new.clone(),
                outcome,
            }
        }
        Operation::ListKeys => {
            let keys = match answer {
                Some(Answer::Keys(keys)) => Some(keys.clone()),
                _ => None,
            };
            Action::List { keys }
        }
    })
}
