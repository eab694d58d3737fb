//! Whether a key must be there, cannot be, or may be either, while an operation is under way.

use super::index::Index;
use crate::record::OperationRecord;
use node::{Key, Operation, Time};
use std::collections::BTreeSet;

/// What is known of a key's being there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Presence {
    /// A write was acknowledged before, and no delete can have come after that write.
    Must,
    /// All that may have put it there was deleted before.
    Cannot,
    /// Neither is certain.
    May,
}

/// The writes to each key, made ready to be asked; made for keys that need it.
pub(super) struct Presences<'a, 'i> {
    index: &'i Index<'a>,
    by_key: Vec<Option<OfKey>>,
    names: Vec<(&'a Key, usize)>,
}

/// For questions of the form "of all that happened by a moment, what came last?": pairs in
/// order of the first, each second the latest up to there.
#[derive(Default)]
struct Latest(Vec<(Time, Time)>);

impl Latest {
    fn new(mut pairs: Vec<(Time, Time)>) -> Self {
        pairs.sort_unstable();
        let mut latest = Time::ZERO;
        for (_, second) in &mut pairs {
            latest = latest.max(*second);
            *second = latest;
        }
        Self(pairs)
    }

    /// The latest second of the pairs whose first is before a moment.
    fn before(&self, moment: Time) -> Option<Time> {
        let end = self.0.partition_point(|(first, _)| *first < moment);
        self.0[..end].last().map(|(_, latest)| *latest)
    }

    /// The latest second of the pairs whose first is at a moment or before.
    fn until(&self, moment: Time) -> Option<Time> {
        let end = self.0.partition_point(|(first, _)| *first <= moment);
        self.0[..end].last().map(|(_, latest)| *latest)
    }
}

/// The writes to one key; a delete that asks leaves itself out.
struct OfKey {
    /// Acknowledged writes of a value: completion, invocation.
    stored: Latest,
    /// Writes of a value that took effect or may have: invocation, completion.
    may_store: Latest,
    /// Acknowledged deletes: completion, invocation.
    removed: Latest,
    /// Deletes that took effect or may have: invocation, completion, and the position.
    may_remove: Vec<(Time, Time, usize)>,
    /// The latest completion among the deletes up to each place of `may_remove`, and among
    /// the others up to there if that one is left out.
    latest_two: Vec<[(Time, usize); 2]>,
}

impl<'a, 'i> Presences<'a, 'i> {
    pub(super) fn new(index: &'i Index<'a>) -> Self {
        Self { index, by_key: Vec::new(), names: Vec::new() }
    }

    /// Whether a key is there while an operation is under way, apart from what the
    /// operation itself does.
    pub(super) fn of(&mut self, key: &Key, record: &OperationRecord) -> Presence {
        match self.index.key(key) {
            Some(key) => self.of_number(key, record),
            None => Presence::Cannot,
        }
    }

    /// The first key of which a list says what cannot be, and whether the list names it.
    pub(super) fn misplaced(
        &mut self,
        told: &[Key],
        record: &OperationRecord,
    ) -> Option<(Key, bool)> {
        if let Some(key) = told.iter().find(|key| self.of(key, record) == Presence::Cannot) {
            return Some((key.clone(), true));
        }
        if self.names.is_empty() {
            self.names = self.index.written_keys();
        }
        let names = std::mem::take(&mut self.names);
        let told: BTreeSet<&Key> = told.iter().collect();
        let missing = names.iter().find(|(name, key)| {
            self.of_number(*key, record) == Presence::Must && !told.contains(*name)
        });
        let missing = missing.map(|(name, _)| ((*name).clone(), false));
        self.names = names;
        missing
    }

    fn of_number(&mut self, key: usize, record: &OperationRecord) -> Presence {
        self.by_key.resize_with(self.index.keys(), || None);
        let index = self.index;
        let of_key = self.by_key[key].get_or_insert_with(|| OfKey::new(index, key));
        of_key.presence(index, record)
    }
}

impl OfKey {
    fn new(index: &Index<'_>, key: usize) -> Self {
        let writes = || index.writes_to(key).iter();
        let stores = || writes().filter(|write| index.left_by(write).is_some());
        let removes = || writes().filter(|write| index.left_by(write).is_none());
        let mut may_remove: Vec<_> =
            removes().map(|write| (write.invoked, write.completed, write.position())).collect();
        may_remove.sort_unstable();
        let mut two = [(Time::ZERO, usize::MAX); 2];
        let latest_two = may_remove.iter().map(|(_, completed, position)| {
            let [first, second] = &mut two;
            if *completed > first.0 || first.1 == usize::MAX {
                *second = std::mem::replace(first, (*completed, *position));
            } else if *completed > second.0 || second.1 == usize::MAX {
                *second = (*completed, *position);
            }
            two
        });
        let latest_two = latest_two.collect();
        Self {
            stored: Latest::new(
                stores()
                    .filter(|write| write.is_acknowledged())
                    .map(|write| (write.completed, write.invoked))
                    .collect(),
            ),
            may_store: Latest::new(
                stores().map(|write| (write.invoked, write.completed)).collect(),
            ),
            removed: Latest::new(
                removes()
                    .filter(|write| write.is_acknowledged())
                    .map(|write| (write.completed, write.invoked))
                    .collect(),
            ),
            may_remove,
            latest_two,
        }
    }

    fn presence(&self, index: &Index<'_>, record: &OperationRecord) -> Presence {
        if let Some(stored) = self.stored.before(record.invoked) {
            let removed = self.last_removal(index, record);
            if removed.is_none_or(|removed| removed < stored) {
                return Presence::Must;
            }
        }
        let may_store = self.may_store.until(record.completed);
        let removed = self.removed.before(record.invoked);
        match (may_store, removed) {
            (None, _) => Presence::Cannot,
            (Some(stored), Some(removed)) if stored < removed => Presence::Cannot,
            _ => Presence::May,
        }
    }

    /// The latest completion of another delete that was begun before the operation ended.
    fn last_removal(&self, index: &Index<'_>, record: &OperationRecord) -> Option<Time> {
        let end = self.may_remove.partition_point(|(invoked, ..)| *invoked <= record.completed);
        let two = self.latest_two[..end].last()?;
        let is_itself = |position: usize| {
            matches!(record.operation, Operation::Delete { .. })
                && std::ptr::eq(index.at(position), record)
        };
        let others = two.iter().filter(|(_, position)| *position != usize::MAX);
        others.filter(|(_, position)| !is_itself(*position)).map(|(completed, _)| *completed).max()
    }
}
