//! `operations.csv`

use super::Table;
use crate::text;
use judge::Run;
use node::{Operation, Value};

/// The columns of `operations.csv`:
///
/// - `operation`: its position in the history, from 0
/// - `client`: the session; `c0` is the scenario's script
/// - `kind`: `put`, `get`, `delete`, `list-keys` or `compare-and-set`
/// - `key`, `value`: what it names and what it would leave
/// - `node`: the node of the last attempt
/// - `invoked_ms`, `completed_ms`, `latency_ms`: when it began, ended, and the difference
/// - `outcome`: `ok`, `fail` or `info`
/// - `answer`: what the client was told, or why there was no answer
/// - `attempts`: how many were made
pub const OPERATION_COLUMNS: [&str; 12] = [
    "operation",
    "client",
    "kind",
    "key",
    "value",
    "node",
    "invoked_ms",
    "completed_ms",
    "latency_ms",
    "outcome",
    "answer",
    "attempts",
];

/// A row for each operation, in order of invocation.
pub fn operations(run: &Run) -> String {
    let mut table = Table::new(OPERATION_COLUMNS);
    for (position, record) in run.history.operations.iter().enumerate() {
        let value = match &record.operation {
            Operation::Put { value, .. } | Operation::CompareAndSet { new: value, .. } => {
                Some(value)
            }
            Operation::Get { .. } | Operation::Delete { .. } | Operation::ListKeys => None,
        };
        table.row([
            position.to_string(),
            record.client.to_string(),
            record.operation.kind().to_string(),
            record.operation.key().map(ToString::to_string).unwrap_or_default(),
            value.map(Value::to_string).unwrap_or_default(),
            record.node.to_string(),
            text::time_ms(record.invoked),
            text::time_ms(record.completed),
            text::exact_ms(record.completed.since(record.invoked).as_nanos()),
            record.outcome_word().to_owned(),
            text::answer(record),
            record.attempts.to_string(),
        ]);
    }
    table.finish()
}
