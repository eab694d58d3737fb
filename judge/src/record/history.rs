//! What clients asked and what they were told.

use node::{
    Answer, ClientId, NodeId, Operation, Time, Value, Version,
    client::{Failure, Outcome},
};
use serde::{Deserialize, Serialize};

/// Every operation of every client, in order of invocation.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    /// The operations; an operation's id is its position.
    pub operations: Vec<OperationRecord>,
}

/// One operation from `invoke` to `ok`, `fail` or `info`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OperationRecord {
    /// Who asked.
    pub client: ClientId,
    /// What.
    pub operation: Operation,
    /// When the client began, or in an open loop was due to begin.
    pub invoked: Time,
    /// When it learned the outcome, gave up, or the run ended.
    pub completed: Time,
    /// What came of it.
    pub outcome: Outcome,
    /// The node of the last attempt.
    pub node: NodeId,
    /// How many attempts were made.
    pub attempts: u32,
    /// How many operations of the history had begun when it ended, itself among them: what
    /// came first where moments are equal. 0: not told, and then only moments count.
    #[serde(default)]
    pub begun_by_then: u32,
}

impl OperationRecord {
    /// Whether the client was told that it took effect.
    pub fn is_ok(&self) -> bool {
        matches!(self.outcome, Outcome::Ok(_))
    }

    /// Whether it was answered with a result, be it "did not match".
    pub fn is_answered(&self) -> bool {
        matches!(self.outcome, Outcome::Ok(_) | Outcome::Fail(Failure::Mismatch { .. }))
    }

    /// Whether it is a write that took effect or may have.
    pub fn may_have_written(&self) -> bool {
        self.operation.kind().is_write() && !matches!(self.outcome, Outcome::Fail(_))
    }

    /// For a write, what it leaves under its key if it takes effect: a value, or `None` for absence.
    pub fn leaves(&self) -> Option<Option<&Value>> {
        match &self.operation {
            Operation::Put { value, .. } | Operation::CompareAndSet { new: value, .. } => {
                Some(Some(value))
            }
            Operation::Delete { .. } => Some(None),
            Operation::Get { .. } | Operation::ListKeys => None,
        }
    }

    /// What the answer tells of what the key held: a get's value, or `None` for absence;
    /// what a put says it overwrote, if it says so; what a compare-and-set expected if it
    /// succeeded, and what it was told instead if it did not.
    pub fn found(&self) -> Option<Option<&Value>> {
        match (&self.outcome, &self.operation) {
            (Outcome::Ok(Answer::Written { .. }), Operation::CompareAndSet { expected, .. }) => {
                Some(expected.as_ref())
            }
            (Outcome::Ok(Answer::Written { previous, .. }), _) => {
                previous.as_ref().map(Option::as_ref)
            }
            (Outcome::Fail(Failure::Mismatch { actual }), Operation::CompareAndSet { .. }) => {
                Some(actual.as_ref())
            }
            (Outcome::Ok(answer), _) => answer.found().map(|found| found.map(|entry| &entry.value)),
            _ => None,
        }
    }

    /// The version that the answer names: of the value that a get found, or of what was written.
    pub fn version(&self) -> Option<Version> {
        match &self.outcome {
            Outcome::Ok(Answer::Written { version, .. }) => Some(*version),
            Outcome::Ok(answer) => answer.found().flatten().map(|entry| entry.version),
            _ => None,
        }
    }

    /// The outcome in one word: `ok`, `fail` or `info`.
    pub const fn outcome_word(&self) -> &'static str {
        match self.outcome {
            Outcome::Ok(_) => "ok",
            Outcome::Fail(_) => "fail",
            Outcome::Info(_) => "info",
        }
    }

    /// How long it took, in milliseconds.
    pub fn latency_ms(&self) -> f64 {
        self.completed.since(self.invoked).as_nanos() as f64 / 1e6
    }
}
