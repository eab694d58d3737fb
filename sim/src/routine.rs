//! What a client does that is made of several operations: it reads, and writes what follows from it.

use node::{
    Answer, Key, Operation, Value,
    client::{Failure, Outcome},
};
use scenarios::WriteBack;

/// How often a number is written back by compare-and-set before the client gives up.
const TRIES: u32 = 20;

/// The rest of what a client has begun.
pub(crate) enum Routine {
    /// A number is to be changed, and then another one.
    Numbers {
        /// The one at hand.
        change: Change,
        /// The one after it, once that is done.
        next: Option<Change>,
        /// How it is written back.
        by: WriteBack,
        /// What an absent key counts as.
        initial: i64,
    },
    /// A key is to be overwritten once it has been read.
    Overwrite {
        /// Which.
        key: Key,
        /// With what.
        value: Value,
    },
}

/// A number that is to be changed.
pub(crate) struct Change {
    pub(crate) key: Key,
    pub(crate) by: i64,
    /// The least that may be left; with less, nothing is changed.
    pub(crate) floor: Option<i64>,
    /// How often a compare-and-set may still be tried.
    tries: u32,
}

impl Change {
    pub(crate) fn new(key: Key, by: i64, floor: Option<i64>) -> Self {
        Self { key, by, floor, tries: TRIES }
    }
}

impl Routine {
    /// What the client asks first.
    pub(crate) fn first(&self) -> Operation {
        let (Self::Numbers { change: Change { key, .. }, .. } | Self::Overwrite { key, .. }) = self;
        Operation::Get { key: key.clone() }
    }

    /// What the client asks now that an operation of it has ended so, with what is left to do after
    /// that. Nothing if all is done, or if it cannot go on.
    pub(crate) fn after(
        self,
        operation: &Operation,
        outcome: &Outcome,
    ) -> Option<(Operation, Option<Self>)> {
        match self {
            Self::Overwrite { key, value } => {
                let is_read = matches!(outcome, Outcome::Ok(_));
                is_read.then_some((Operation::Put { key, value }, None))
            }
            Self::Numbers { change, next, by, initial } => match (operation, outcome) {
                (Operation::Get { .. }, Outcome::Ok(Answer::Value(found))) => {
                    let found = found.as_ref().map(|entry| entry.value.clone());
                    Self::write(change, next, by, initial, found)
                }
                // Another was faster, and the store says what it wrote.
                (_, Outcome::Fail(Failure::Mismatch { actual })) if change.tries > 0 => {
                    Self::write(change, next, by, initial, actual.clone())
                }
                (Operation::Get { .. }, _) => None,
                (_, Outcome::Ok(_)) => {
                    let rest = Self::Numbers { change: next?, next: None, by, initial };
                    Some((rest.first(), Some(rest)))
                }
                _ => None,
            },
        }
    }

    /// Writes what follows from what a key holds.
    fn write(
        mut change: Change,
        next: Option<Change>,
        by: WriteBack,
        initial: i64,
        found: Option<Value>,
    ) -> Option<(Operation, Option<Self>)> {
        let number = match &found {
            Some(value) => value.as_str().parse::<i64>().ok()?,
            None => initial,
        };
        let new = number.checked_add(change.by)?;
        if change.floor.is_some_and(|floor| new < floor) {
            return None;
        }
        let (key, value) = (change.key.clone(), Value::from(new.to_string()));
        let operation = match by {
            WriteBack::CompareAndSet => {
                Operation::CompareAndSet { key, expected: found, new: value }
            }
            WriteBack::Put => Operation::Put { key, value },
        };
        change.tries -= 1;
        Some((operation, Some(Self::Numbers { change, next, by, initial })))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use node::{Refusal, Version, Versioned};

    fn holds(number: &str) -> Outcome {
        let entry = Versioned { value: number.into(), version: Version(1) };
        Outcome::Ok(Answer::Value(Some(entry)))
    }

    fn written() -> Outcome {
        Outcome::Ok(Answer::Written { version: Version(2), previous: None })
    }

    fn transfer(by: WriteBack) -> Routine {
        let change = Change::new("a".into(), -7, Some(0));
        Routine::Numbers { change, next: Some(Change::new("b".into(), 7, None)), by, initial: 100 }
    }

    /// Every operation of a routine whose operations end so.
    fn asked(routine: Routine, ends: &[Outcome]) -> Vec<String> {
        let (mut operation, mut rest) = (routine.first(), Some(routine));
        let mut asked = vec![operation.to_string()];
        for outcome in ends {
            let Some(next) = rest.take().and_then(|rest| rest.after(&operation, outcome)) else {
                break;
            };
            (operation, rest) = next;
            asked.push(operation.to_string());
        }
        asked
    }

    #[test]
    fn a_transfer_reads_and_writes_one_key_and_then_the_other() {
        let absent = Outcome::Ok(Answer::Value(None));
        let ends = [holds("10"), written(), absent, written()];
        let by_put = asked(transfer(WriteBack::Put), &ends);
        assert_eq!(by_put, ["get a", "put a=3", "get b", "put b=107"]);
        // Another was faster: what the store says goes before what was read.
        let faster = Outcome::Fail(Failure::Mismatch { actual: Some("9".into()) });
        let by_set = asked(transfer(WriteBack::CompareAndSet), &[holds("10"), faster, written()]);
        assert_eq!(by_set.len(), 4);
        assert!(by_set[2].contains("9->2"), "{by_set:?}");
    }

    #[test]
    fn who_has_too_little_or_no_number_or_no_answer_writes_nothing() {
        let refused = Outcome::Fail(Failure::Refused(Refusal::NotLeader { leader: None }));
        let unknown = Outcome::Info(Failure::Timeout);
        for end in [holds("6"), holds("c1-4"), refused, unknown.clone()] {
            assert_eq!(asked(transfer(WriteBack::Put), &[end, written()]), ["get a"]);
        }
        // Half of it may have been done, and the client does not know.
        assert_eq!(asked(transfer(WriteBack::Put), &[holds("8"), unknown]).len(), 2);
    }
}
