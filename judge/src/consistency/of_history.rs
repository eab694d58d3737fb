//! The operations of a run as calls.

use super::{Action, Call, Calls, Swap};
use crate::record::{History, OperationRecord};
use node::{
    Answer, ClientId, Operation, Time, Value,
    client::{Failure, Outcome},
};
use std::collections::BTreeMap;

impl Calls {
    /// The calls of a history, of which those invoked before a moment are judged. A later
    /// write counts as one of unknown outcome, since a judged read that was still open may
    /// have seen it; what later operations were told is left out. Everything is judged
    /// with [`Time::MAX`].
    ///
    /// The moments of the calls are places in the order of events, not nanoseconds: what ended
    /// and what began at one nanosecond did so in an order, and a session that asks again at the
    /// moment of its last answer asks after it.
    pub fn of(history: &History, until: Time) -> Self {
        let mut order = Order::of(history);
        let operations = history.operations.iter().enumerate();
        let mut calls: Vec<Call> = operations
            .filter_map(|(position, record)| {
                let span = order.span(position, record);
                call(position, record, record.invoked < until, span)
            })
            .collect();
        // A session may have had to wait before it could ask what was due.
        calls.sort_by_key(|call| (call.invoked, call.position));
        Self { calls, initial: None }
    }
}

/// The places of beginnings and ends in the order of events: an operation begins at an odd
/// place, and what ended before the next one began is at the even place between.
struct Order<'a> {
    operations: &'a [OperationRecord],
    /// Where the last operation of each session ended.
    ended: BTreeMap<ClientId, u64>,
}

impl<'a> Order<'a> {
    fn of(history: &'a History) -> Self {
        Self { operations: &history.operations, ended: BTreeMap::new() }
    }

    /// Where an operation begins and ends. It is asked of each in the order of the history.
    fn span(&mut self, position: usize, record: &OperationRecord) -> (u64, u64) {
        let begun_by_then = match record.begun_by_then {
            // Without the order of events, what touches overlaps.
            0 => self.operations.partition_point(|other| other.invoked <= record.completed),
            begun => begun as usize,
        };
        let end = 2 * begun_by_then.max(position + 1) as u64;
        let before = self.ended.insert(record.client, end).unwrap_or(0);
        // A session does one thing at a time, whenever the next was due.
        ((2 * position as u64 + 1).max(before + 1), end)
    }
}

fn call(
    position: usize,
    record: &OperationRecord,
    is_judged: bool,
    (invoked, ended): (u64, u64),
) -> Option<Call> {
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
        session: record.client.number(),
        action: action(&record.operation, answer, mismatch)?,
        invoked,
        returned: is_told.then_some(ended.max(invoked)),
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
                Some(Answer::Written { previous, .. }) => previous.clone(),
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
