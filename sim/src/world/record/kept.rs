//! About how many bytes a run keeps on record.

use judge::record::{Event, FactRecord, FaultRecord, OperationRecord, TraceEvent};
use node::{Answer, Carried, Change, Key, Operation, Value, Versioned, client::Outcome};
use std::mem::size_of;

/// About how many bytes a run keeps, by counting: the same everywhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::world) struct Kept {
    /// Of the trace.
    pub(in crate::world) trace: u64,
    /// Of operations, faults and what nodes said.
    pub(in crate::world) history: u64,
    /// Of what nodes applied, which they may hold in a log.
    pub(in crate::world) applied: u64,
}

/// What each event of a trace takes beside itself: that by which later ones go back to it, and what a
/// vector that grows has left over.
const BESIDE: usize = 96;

/// What each piece of text on the heap takes beside itself.
const ON_THE_HEAP: usize = 16;

impl Kept {
    pub(super) fn operation(&mut self, record: &OperationRecord) {
        let text = match &record.operation {
            Operation::Put { key, value } => of_key(key) + of_value(value),
            Operation::Get { key } | Operation::Delete { key } => of_key(key),
            Operation::ListKeys => 0,
            Operation::CompareAndSet { key, expected, new } => {
                of_key(key) + expected.as_ref().map_or(0, of_value) + of_value(new)
            }
        };
        self.history += (2 * size_of::<OperationRecord>() + text) as u64;
    }

    pub(super) fn outcome(&mut self, outcome: &Outcome) {
        if let Outcome::Ok(Answer::Keys(keys)) = outcome {
            let keys = keys.iter().map(|key| size_of::<Key>() + of_key(key)).sum::<usize>();
            self.history += keys as u64;
        }
    }

    pub(super) fn fact(&mut self) {
        self.history += size_of::<FactRecord>() as u64;
    }

    pub(super) fn fault(&mut self, label: &str) {
        self.history += (size_of::<FaultRecord>() + label.len() + ON_THE_HEAP) as u64;
    }

    pub(super) fn change(&mut self, change: &Change) {
        self.applied += of_change(change) as u64;
    }

    pub(super) fn event(&mut self, event: &Event) {
        let more = match event {
            Event::Send { text, carries, .. } => {
                text.len() + ON_THE_HEAP + carries.len() * size_of::<Carried>()
            }
            Event::Timer { text, .. } | Event::TimerArmed { text, .. } => text.len() + ON_THE_HEAP,
            Event::Apply { change, .. } => of_change(change),
            Event::Boot { holds, .. } => holds.len() * size_of::<(Key, Versioned)>(),
            _ => 0,
        };
        self.trace += (size_of::<TraceEvent>() + BESIDE + more) as u64;
    }
}

fn of_change(change: &Change) -> usize {
    let value = change.after.as_ref().map_or(0, |entry| of_value(&entry.value));
    ON_THE_HEAP + of_key(&change.key) + value
}

fn of_key(key: &Key) -> usize {
    key.as_str().len()
}

fn of_value(value: &Value) -> usize {
    value.as_str().len()
}
