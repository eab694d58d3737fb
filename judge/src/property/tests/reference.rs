//! Compares the fast checkers with the definitions, written out as plainly as can be.

use super::case::{Case, entry, written};
use crate::{
    property::{
        answers::Answers,
        checker::{Checker, Step},
        durability::lost_keys,
        index::{Index, Write},
        overwrites::{Question, count_by_sweep},
        reads::{Scan, measure},
        survival::Survival,
    },
    record::{OperationRecord, Replica},
};
use node::{
    Answer, Operation, Time, Value, Version,
    client::{Failure, Outcome},
};
use proptest::prelude::*;

/// When a write may have taken effect at the latest.
fn end(write: &OperationRecord) -> Time {
    if write.is_ok() { write.completed } else { Time::MAX }
}

fn writes_to<'a>(
    case: &'a Case,
    record: &'a OperationRecord,
) -> impl Iterator<Item = &'a OperationRecord> + Clone {
    let same_key = |write: &&OperationRecord| write.operation.key() == record.operation.key();
    let operations = case.history.operations.iter();
    operations.filter(|write| write.may_have_written()).filter(same_key)
}

#[derive(Debug, Default, PartialEq)]
struct Staleness {
    /// Operation, versions behind, nanoseconds behind.
    stale: Vec<(usize, u64, u128)>,
    unwritten: Vec<usize>,
}

fn naive_staleness(case: &Case) -> Staleness {
    let mut found = Staleness::default();
    for (position, read) in case.history.operations.iter().enumerate() {
        let Some(state) = read.found().filter(|_| read.invoked < case.run_ended) else {
            continue;
        };
        let sources = writes_to(case, read)
            .filter(|write| write.leaves() == Some(state) && write.invoked <= read.completed)
            .map(|write| Some(end(write)));
        let initially = state.is_none().then_some(None);
        // What each explanation leaves unexplained; the one that leaves least is taken.
        let ages = sources.chain(initially).map(|since| {
            let newer = writes_to(case, read).filter(|write| {
                write.is_ok()
                    && since.is_none_or(|since| write.invoked > since)
                    && write.completed < read.invoked
            });
            let first = newer.clone().map(|write| write.completed).min();
            let behind = first.map_or(0, |first| read.invoked.since(first).as_nanos());
            (newer.count() as u64, behind)
        });
        match ages.min() {
            None => found.unwritten.push(position),
            Some((0, _)) => {}
            Some((versions, nanos)) => found.stale.push((position, versions, nanos)),
        }
    }
    found
}

/// Lost to everybody, or to those who ask the leader: no replica explains the write, or none
/// of those that lead does.
fn naive_lost(case: &Case) -> Vec<usize> {
    let is_explained = |write: &OperationRecord, state: Option<&Value>| {
        writes_to(case, write)
            .any(|other| other.leaves() == Some(state) && end(other) >= write.invoked)
    };
    let explains = |replica: &Replica, write: &OperationRecord| {
        let entries = replica.entries.as_ref().or(replica.on_disk.as_ref());
        entries.is_some_and(|entries| {
            let key = write.operation.key().unwrap();
            let entry = entries.iter().find(|(other, _)| other == key);
            is_explained(write, entry.map(|(_, entry)| &entry.value))
        })
    };
    let leaders: Vec<&Replica> = case.replicas.iter().filter(|replica| replica.leads).collect();
    let is_lost = |write: &OperationRecord| {
        !case.replicas.iter().any(|replica| explains(replica, write))
            || !leaders.is_empty() && !leaders.iter().any(|replica| explains(replica, write))
    };
    let operations = case.history.operations.iter().enumerate();
    operations
        .filter(|(_, record)| record.may_have_written() && record.is_ok())
        .filter(|(_, record)| record.invoked < case.run_ended && is_lost(record))
        .map(|(position, _)| position)
        .collect()
}

const KEYS: [&str; 2] = ["j", "k"];
const VALUES: [&str; 4] = ["a", "b", "c", "d"];

fn value() -> impl Strategy<Value = &'static str> {
    proptest::sample::select(&VALUES[..])
}

/// An answer that names what was overwritten, if anything is named.
fn overwriting(previous: Option<&str>) -> Outcome {
    let previous = previous.map(|previous| Some(Value::from(previous)));
    Outcome::Ok(Answer::Written { version: Version(1), previous })
}

/// An operation on one of two keys, with one of four values, so that values come twice.
fn operation() -> impl Strategy<Value = (u64, u64, Operation, Outcome)> {
    let times = (0_u64..60, 0_u64..15);
    let kind = prop_oneof![
        3 => Just('p'), 2 => Just('d'), 1 => Just('s'), 5 => Just('g'), 2 => Just('l')
    ];
    let outcome = prop_oneof![6 => Just('o'), 1 => Just('f'), 2 => Just('i')];
    let found = proptest::option::weighted(0.8, value());
    let key = proptest::sample::select(&KEYS[..]);
    (times, kind, outcome, key, value(), found).prop_map(
        |((start, length), kind, outcome, key, value, found)| {
            let (operation, ok) = match kind {
                'p' => (Operation::put(key, value), overwriting(found)),
                'd' => {
                    let existed = found.is_some();
                    (Operation::delete(key), Outcome::Ok(Answer::Deleted { existed }))
                }
                'l' => {
                    let keys = if found.is_some() { &KEYS[..] } else { &KEYS[..1] };
                    let keys = keys.iter().map(|key| (*key).into()).collect();
                    (Operation::ListKeys, Outcome::Ok(Answer::Keys(keys)))
                }
                's' => (
                    Operation::CompareAndSet { key: key.into(), expected: None, new: value.into() },
                    written(),
                ),
                _ => (Operation::get(key), Outcome::Ok(Answer::Value(found.map(entry)))),
            };
            let outcome = match outcome {
                'o' => ok,
                'i' if operation.kind().is_write() => Outcome::Info(Failure::Timeout),
                _ => Outcome::Fail(Failure::Timeout),
            };
            (start, start + length, operation, outcome)
        },
    )
}

/// What a node holds under each key, and whether it follows, leads, or is down with it on disk.
fn replica() -> impl Strategy<Value = (Vec<Option<&'static str>>, char)> {
    let values = proptest::collection::vec(proptest::option::weighted(0.8, value()), KEYS.len());
    (values, prop_oneof![5 => Just('f'), 2 => Just('l'), 1 => Just('d')])
}

prop_compose! {
    fn case()(
        mut operations in proptest::collection::vec(operation(), 0..40),
        replicas in proptest::collection::vec(replica(), 1..4),
        sorted in proptest::bool::weighted(0.9),
    ) -> Case {
        if sorted {
            operations.sort_by_key(|(start, ..)| *start);
        }
        let mut case = Case::new();
        for (start, end, operation, outcome) in operations {
            case = case.operation(start..end, operation, outcome);
        }
        case.run_ended = super::case::ms(50);
        for (position, (values, state)) in replicas.iter().enumerate() {
            let entries = KEYS.into_iter().zip(values);
            let entries: Vec<_> = entries.filter_map(|(key, value)| Some((key, (*value)?))).collect();
            case = case.replica(&format!("n{}", position + 1), &entries);
            let replica = case.replicas.last_mut().unwrap();
            replica.leads = *state == 'l';
            if *state == 'd' {
                replica.on_disk = replica.entries.take();
            }
        }
        case
    }
}

fn show(case: &Case) -> String {
    let lines = case.history.operations.iter().map(|record| {
        let (start, end) = (record.invoked, record.completed);
        format!("{start}..{end} {} -> {:?}", record.operation, record.outcome)
    });
    lines.collect::<Vec<_>>().join("\n")
}

impl std::fmt::Debug for Case {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}\n{:?}", show(self), self.replicas)
    }
}

fn indexed(case: &Case) -> (Index<'_>, Scan) {
    let mut index = Index::new(&case.evidence());
    let mut scan = Scan::default();
    for (position, record) in case.history.operations.iter().enumerate() {
        if let Some(read) = index.add(position, record).read {
            scan.see_read(&index, read, record);
        }
    }
    (index, scan)
}

/// What lists and deletes say of a key's being there, by the definition.
fn naive_presence(case: &Case, key: &str, record: &OperationRecord) -> (bool, bool) {
    let others = || {
        let operations = case.history.operations.iter();
        operations.filter(|other| {
            other.may_have_written()
                && other.operation.key() == Some(&key.into())
                && !std::ptr::eq(*other, record)
        })
    };
    let stores = || others().filter(|other| other.leaves().flatten().is_some());
    let removes = || others().filter(|other| other.leaves() == Some(None));
    let must = stores().filter(|put| put.is_ok() && put.completed < record.invoked).any(|put| {
        !removes().any(|delete| end(delete) >= put.invoked && delete.invoked <= record.completed)
    });
    let may = stores().filter(|put| put.invoked <= record.completed).any(|put| {
        !removes().any(|delete| {
            delete.is_ok() && delete.invoked > end(put) && delete.completed < record.invoked
        })
    });
    (must, may)
}

fn naive_wrong(case: &Case) -> Vec<usize> {
    let is_wrong = |record: &OperationRecord| match &record.outcome {
        Outcome::Ok(Answer::Keys(told)) => KEYS.into_iter().any(|key| {
            let (must, may) = naive_presence(case, key, record);
            let is_told = told.contains(&key.into());
            must && !is_told || is_told && !may
        }),
        Outcome::Ok(Answer::Deleted { existed }) => {
            let key = record.operation.key().unwrap();
            let (must, may) = naive_presence(case, key.as_str(), record);
            must && !existed || *existed && !may
        }
        _ => record.found().flatten().is_some_and(|value| {
            !writes_to(case, record).any(|write| {
                write.leaves() == Some(Some(value))
                    && write.invoked <= record.completed
                    && (record.attempts > 1 || !std::ptr::eq(write, record))
            })
        }),
    };
    let operations = case.history.operations.iter().enumerate();
    operations
        .filter(|(_, record)| record.is_answered() && is_wrong(record))
        .map(|(position, _)| position)
        .collect()
}

/// Walks a checker over a case.
fn wrong(case: &Case) -> Vec<usize> {
    let mut answers = Answers::default();
    let mut index = Index::new(&case.evidence());
    for (position, record) in case.history.operations.iter().enumerate() {
        let added = index.add(position, record);
        let explained_by = added.read.and_then(|read| index.explains(read, record));
        answers.see(&Step { position, record, index: &index, added, explained_by });
    }
    answers.wrong(&case.evidence(), &index).iter().map(|wrong| wrong.operation).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn staleness_is_as_defined(case in case()) {
        let (index, scan) = indexed(&case);
        let reads = measure(&case.evidence(), &index, scan);
        let stale = reads.report.stale.iter().map(|read| {
            (read.operation, read.versions_behind, read.time_behind.as_nanos())
        });
        let fast = Staleness { stale: stale.collect(), unwritten: reads.unwritten };
        prop_assert_eq!(fast, naive_staleness(&case));
    }

    #[test]
    fn the_sweep_counts_as_one_would_by_hand(case in case(), moments in proptest::collection::vec(0_u64..80, 20)) {
        let index = indexed(&case).0;
        let mut questions = Vec::new();
        for (place, moment) in moments.into_iter().enumerate() {
            let length = index.writes().len();
            let start = (place * 7) % (length + 1);
            questions.push(Question { writes: start..length, invoked: super::case::ms(moment) });
        }
        let by_hand = questions.iter().map(|question| {
            let asked = index.writes()[question.writes.clone()].iter();
            asked.filter(|write| write.completed < question.invoked).count() as u64
        });
        prop_assert_eq!(count_by_sweep(&index, &questions), by_hand.collect::<Vec<_>>());
    }

    #[test]
    fn answers_are_as_defined(case in case()) {
        prop_assert_eq!(wrong(&case), naive_wrong(&case));
    }

    #[test]
    fn durability_is_as_defined(case in case()) {
        let index = indexed(&case).0;
        let lost = lost_keys(&Survival::new(&case.evidence(), &index), &index);
        let mut fast: Vec<_> =
            lost.iter().flat_map(|key| &key.writes).map(Write::position).collect();
        fast.sort_unstable();
        prop_assert_eq!(fast, naive_lost(&case));
    }
}
