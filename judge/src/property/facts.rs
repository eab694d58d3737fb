//! The lines of a witness, gathered in any order and told in order of time.

use super::text::{quote, state};
use crate::record::{FaultRecord, History, OperationRecord};
use node::{Operation, Time, client::Outcome};

/// Facts on their way into a witness.
#[derive(Debug, Default)]
pub(super) struct Facts {
    lines: Vec<(Time, String)>,
}

impl Facts {
    /// Adds what happened at a moment; facts of one moment stay in the order in which they came.
    pub(super) fn add(&mut self, at: Time, text: impl Into<String>) {
        self.lines.push((at, text.into()));
    }

    /// Adds what a write did and how it ended.
    pub(super) fn add_write(&mut self, history: &History, position: usize) {
        let record = &history.operations[position];
        let text = format!("{}; {} (operation {position})", deed(record), ending(record));
        self.add(record.invoked, text);
    }

    /// Adds a fault and when it was over.
    pub(super) fn add_fault(&mut self, fault: &FaultRecord) {
        let text = match fault.end {
            Some(end) => format!("{} (over at {end})", fault.label),
            None => format!("{} (for the rest of the run)", fault.label),
        };
        self.add(fault.start, text);
    }

    /// The facts in order of time, each with its moment in front.
    pub(super) fn lines(mut self) -> Vec<String> {
        self.lines.sort_by_key(|(at, _)| *at);
        self.lines.into_iter().map(|(at, text)| format!("{at}: {text}")).collect()
    }
}

/// What a client did, in a few words.
pub(super) fn deed(record: &OperationRecord) -> String {
    let client = record.client;
    match &record.operation {
        Operation::Put { key, value } => {
            format!("{client} put {} under key {}", quote(value.as_str()), quote(key.as_str()))
        }
        Operation::Get { key } => format!("{client} read key {}", quote(key.as_str())),
        Operation::Delete { key } => format!("{client} deleted key {}", quote(key.as_str())),
        Operation::ListKeys => format!("{client} listed the keys"),
        Operation::CompareAndSet { key, expected, new } => format!(
            "{client} changed key {} from {} to {}",
            quote(key.as_str()),
            state(expected.as_ref()),
            quote(new.as_str())
        ),
    }
}

/// What the answer to an operation told of its key, to follow what the client did.
pub(super) fn answer(record: &OperationRecord) -> String {
    match (record.operation.kind().is_write(), record.found()) {
        (false, Some(found)) => format!(" and got {}", state(found)),
        (true, Some(found)) if record.is_ok() => match record.operation {
            Operation::Put { .. } => format!(", acknowledged as overwriting {}", state(found)),
            _ => ", acknowledged".to_owned(),
        },
        (true, Some(found)) => format!(" and was told that it holds {}", state(found)),
        (_, None) => ", acknowledged".to_owned(),
    }
}

/// How an operation ended, in a few words.
pub(super) fn ending(record: &OperationRecord) -> String {
    match &record.outcome {
        Outcome::Ok(_) => format!("{} acknowledged it at {}", record.node, record.completed),
        Outcome::Fail(why) => format!("it failed at {}: {why}", record.completed),
        Outcome::Info(why) => {
            format!("whether it took effect was not known by {}: {why}", record.completed)
        }
    }
}
