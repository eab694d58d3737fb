//! A write whose way is followed.

use crate::record::{History, OperationRecord};
use node::{Key, Value};

/// A write of one key, and what it leaves there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Write<'a> {
    /// Its position in the history.
    pub(super) operation: usize,
    pub(super) record: &'a OperationRecord,
    pub(super) key: &'a Key,
    /// What it leaves; `None`: nothing, as a delete does.
    pub(super) state: Option<&'a Value>,
}

impl<'a> Write<'a> {
    /// The write at a place of the history, if that is one that took effect or may have.
    pub(super) fn at(history: &'a History, operation: usize) -> Option<Self> {
        let record = history.operations.get(operation)?;
        if !record.may_have_written() {
            return None;
        }
        Some(Self { operation, record, key: record.operation.key()?, state: record.leaves()? })
    }

    /// Every write of a key, in order of invocation.
    pub(super) fn of_key(history: &'a History, key: &'a Key) -> Vec<Self> {
        let writes = (0..history.operations.len()).filter_map(|it| Self::at(history, it));
        writes.filter(|write| write.key == key).collect()
    }

    /// Whether it was acknowledged before the other was begun.
    pub(super) fn is_before(&self, other: &Self) -> bool {
        self.record.is_ok() && self.record.completed < other.record.invoked
    }
}
