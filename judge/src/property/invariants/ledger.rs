//! What clients were told that they have changed.
//!
//! A change is what a client wrote less what it had read, or expected: of a compare-and-set that is in the
//! operation, of a put it is what its session has last read of the key.

use super::{Broken, is_of};
use crate::{
    property::{Evidence, text::quote},
    record::OperationRecord,
};
use node::{ClientId, Key, Operation, Value, client::Outcome};
use scenarios::Invariant;
use std::{cmp::Reverse, collections::BTreeMap};

/// The changes of all keys of an invariant.
pub(super) struct Ledger {
    by_key: BTreeMap<Key, Changes>,
}

/// The changes of one key.
#[derive(Default)]
struct Changes {
    /// The sum of those that were acknowledged.
    acknowledged: i128,
    /// What those may add and take of which the client does not know whether they took effect.
    may_add: i128,
    may_take: i128,
    /// Those that were acknowledged: the operation, and what it went out from.
    writes: Vec<(usize, i64)>,
}

/// A witness names at most so many keys.
const SHOWN: usize = 3;

impl Ledger {
    /// Adds up what clients were told.
    ///
    /// # Errors
    ///
    /// Why that cannot be said.
    pub(super) fn of(evidence: &Evidence<'_>, invariant: &Invariant) -> Result<Self, String> {
        let mut by_key: BTreeMap<Key, Changes> = BTreeMap::new();
        let mut read: BTreeMap<(ClientId, &Key), i64> = BTreeMap::new();
        for (position, record) in evidence.history.operations.iter().enumerate() {
            let Some(key) = record.operation.key().filter(|key| is_of(&invariant.keys, key)) else {
                continue;
            };
            let session = (record.client, key);
            let number = |value: Option<&Value>| match value {
                Some(value) => value.as_str().parse::<i64>().ok(),
                None => Some(invariant.absent),
            };
            let (from, to) = match &record.operation {
                Operation::Get { .. } => {
                    if let Some(found) = record.found() {
                        match number(found) {
                            Some(found) => read.insert(session, found),
                            None => read.remove(&session),
                        };
                    }
                    continue;
                }
                Operation::CompareAndSet { expected, new, .. } => {
                    (number(expected.as_ref()), number(Some(new)))
                }
                Operation::Put { value, .. } => (read.get(&session).copied(), number(Some(value))),
                Operation::Delete { .. } | Operation::ListKeys => (None, None),
            };
            if matches!(record.outcome, Outcome::Fail(_)) {
                continue;
            }
            let (Some(from), Some(to)) = (from, to) else {
                return Err(format!(
                    "what operation {position} changed of key {} is not known: its client had read no number",
                    quote(key.as_str())
                ));
            };
            let change = i128::from(to) - i128::from(from);
            let changes = by_key.entry(key.clone()).or_default();
            if record.is_ok() {
                changes.acknowledged += change;
                changes.writes.push((position, from));
                // A session that goes on without reading goes out from what it has written.
                read.insert(session, to);
            } else {
                changes.may_add += change.max(0);
                changes.may_take += change.min(0);
            }
        }
        Ok(Self { by_key })
    }

    /// Whether a sum can be what came of it.
    pub(super) fn check(
        &self,
        evidence: &Evidence<'_>,
        invariant: &Invariant,
        found: i128,
        number: impl Fn(&Key) -> Option<i64>,
    ) -> Result<(), Broken> {
        let start = i128::from(invariant.absent) * i128::from(invariant.keys.count());
        let sum = |part: fn(&Changes) -> i128| self.by_key.values().map(part).sum::<i128>();
        let told = start + sum(|it| it.acknowledged);
        let (least, most) = (told + sum(|it| it.may_take), told + sum(|it| it.may_add));
        if (least..=most).contains(&found) {
            return Ok(());
        }
        let expected = match least == most {
            true => format!("by what clients were told it is {told}"),
            false => format!("by what clients were told it is {least} to {most}"),
        };
        let mut broken = Broken::new(format!("the sum is {found}, and {expected}"));
        let off = self.by_key.iter().filter_map(|(key, changes)| {
            let told = i128::from(invariant.absent) + changes.acknowledged;
            let (least, most) = (told + changes.may_take, told + changes.may_add);
            let holds = i128::from(number(key)?);
            (!(least..=most).contains(&holds)).then_some((key, changes, told, holds))
        });
        let mut off: Vec<_> = off.collect();
        off.sort_by_key(|(_, _, told, holds)| Reverse((told - holds).abs()));
        for (key, changes, told, holds) in off.into_iter().take(SHOWN) {
            if broken.operations.is_empty() {
                let pair = overwritten(changes, &evidence.history.operations);
                pair.iter().for_each(|it| broken.facts.add_write(evidence.history, *it));
                broken.operations.extend(pair);
            }
            let name = quote(key.as_str());
            let text = format!("key {name} holds {holds}, and clients were told {told}");
            broken.facts.add(evidence.ended, text);
            broken.keys.push(key.clone());
        }
        Err(broken)
    }
}

/// Two acknowledged writes of different clients that went out from the same number, the first such pair.
fn overwritten(changes: &Changes, records: &[OperationRecord]) -> Vec<usize> {
    let mut latest: BTreeMap<i64, usize> = BTreeMap::new();
    for &(position, from) in &changes.writes {
        if let Some(before) = latest.insert(from, position)
            && records[before].client != records[position].client
        {
            return vec![before, position];
        }
    }
    Vec::new()
}
