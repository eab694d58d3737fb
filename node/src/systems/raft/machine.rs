//! The replicated state machine: the store, and the sessions that make a retried write one write.

use super::{Command, Index, Position, Snapshot};
use crate::{
    Answer, Change, ClientId, Key, MemoryStore, NodeId, Operation, Store, Value, Version, Versioned,
};
use std::{collections::BTreeMap, sync::Arc};

/// How many answers are kept for the scenario's script, whose steps may overlap.
/// Any other client has one operation under way at a time, so its last answer is enough.
const SCRIPT_ANSWERS: usize = 64;

/// What the committed entries have built.
#[derive(Clone, Debug, Default)]
pub(super) struct Machine {
    store: MemoryStore,
    sessions: Sessions,
    /// The index of the last entry applied.
    pub(super) applied: Index,
}

/// The last answers to each client's writes, by sequence number.
pub(super) type Sessions = BTreeMap<ClientId, BTreeMap<u64, Answer>>;

impl Machine {
    /// Applies the command at an index, once: a command that was applied
    /// before gets its first answer again.
    pub(super) fn apply(&mut self, index: Index, command: &Command) -> (Answer, Option<Change>) {
        if let Some(answer) = self.answered(command.client, command.sequence) {
            return (answer, None);
        }
        let (answer, change) = self.execute(Version(index), &command.operation);
        let session = self.sessions.entry(command.client).or_default();
        session.insert(command.sequence, answer.clone());
        if session.len() > answers_kept(command.client) {
            session.pop_first();
        }
        (answer, change)
    }

    /// The answer that a write has had; [`Answer::Unknown`] for one that its
    /// client has given up, as a later one has come.
    pub(super) fn answered(&self, client: ClientId, sequence: u64) -> Option<Answer> {
        let session = self.sessions.get(&client)?;
        let (&oldest, _) = session.first_key_value()?;
        let is_given_up = session.len() == answers_kept(client) && sequence < oldest;
        match session.get(&sequence) {
            None if is_given_up => Some(Answer::Unknown),
            answer => answer.cloned(),
        }
    }

    /// Answers a read from memory.
    pub(super) fn read(&self, operation: &Operation) -> Answer {
        match operation {
            Operation::Get { key } => Answer::Value(self.store.get(key)),
            _ => Answer::Keys(self.store.keys()),
        }
    }

    pub(super) fn entries(&self) -> Vec<(Key, Versioned)> {
        self.store.entries()
    }

    /// Copies the state out. `position` is that of the last entry applied.
    pub(super) fn snapshot(&self, position: Position, voters: Arc<[NodeId]>) -> Snapshot {
        assert_eq!(position.index, self.applied);
        Snapshot {
            position,
            voters,
            entries: self.store.entries(),
            sessions: self.sessions.clone(),
        }
    }

    /// Replaces the state by a snapshot's; returns each difference.
    pub(super) fn restore(&mut self, snapshot: &Snapshot) -> Vec<Change> {
        let mut gone: BTreeMap<_, _> = self.store.entries().into_iter().collect();
        let mut changes = Vec::new();
        for (key, entry) in &snapshot.entries {
            if gone.remove(key).as_ref() != Some(entry) {
                changes.push(self.store.put(key.clone(), entry.clone()));
            }
        }
        let version = Version(snapshot.position.index);
        changes.extend(gone.keys().map(|key| self.store.remove(key, version)));
        self.sessions.clone_from(&snapshot.sessions);
        self.applied = snapshot.position.index;
        changes
    }

    fn execute(&mut self, version: Version, operation: &Operation) -> (Answer, Option<Change>) {
        match operation {
            Operation::Put { key, value } => self.write(version, key, value),
            Operation::Delete { key } => {
                let existed = self.store.get(key).is_some();
                let change = existed.then(|| self.store.remove(key, version));
                (Answer::Deleted { existed }, change)
            }
            Operation::CompareAndSet { key, expected, new } => {
                let actual = self.store.get(key).map(|held| held.value);
                if actual == *expected {
                    self.write(version, key, new)
                } else {
                    (Answer::Mismatch { actual }, None)
                }
            }
            Operation::Get { .. } | Operation::ListKeys => (self.read(operation), None),
        }
    }

    fn write(&mut self, version: Version, key: &Key, value: &Value) -> (Answer, Option<Change>) {
        let value = value.clone();
        let change = self.store.put(key.clone(), Versioned { value, version });
        let previous = change.before.as_ref().map(|held| held.value.clone());
        (Answer::Written { version, previous: Some(previous) }, Some(change))
    }
}

fn answers_kept(client: ClientId) -> usize {
    if client == ClientId::SCRIPT { SCRIPT_ANSWERS } else { 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn command(client: u32, sequence: u64, operation: Operation) -> Command {
        Command { client: ClientId::new(client), sequence, operation }
    }

    fn set(expected: Option<&str>, new: &str) -> Operation {
        Operation::CompareAndSet {
            key: "k".into(),
            expected: expected.map(Value::from),
            new: new.into(),
        }
    }

    #[test]
    fn a_retried_write_is_applied_once_and_gets_its_first_answer() {
        let mut machine = Machine::default();
        let first = command(1, 0, set(None, "a"));
        let (answer, change) = machine.apply(1, &first);
        assert_eq!(answer.to_string(), "written v1, was absent");
        assert!(change.is_some());
        machine.apply(2, &command(2, 0, Operation::put("k", "b")));
        assert_eq!(machine.apply(3, &first), (answer, None));
        assert_eq!(machine.entries()[0].1.value, "b".into());
    }

    #[test]
    fn a_write_that_its_client_has_given_up_is_not_applied_late() {
        let mut machine = Machine::default();
        machine.apply(1, &command(1, 5, Operation::put("k", "new")));
        let late = command(1, 4, Operation::put("k", "old"));
        assert_eq!(machine.apply(2, &late), (Answer::Unknown, None));
        let script = |sequence, value| command(0, sequence, Operation::put("k", value));
        machine.apply(3, &script(5, "x"));
        assert!(machine.apply(4, &script(4, "y")).1.is_some());
    }

    #[test]
    fn deletes_and_failed_compare_and_sets_tell_what_they_found() {
        let mut machine = Machine::default();
        let delete = Operation::Delete { key: "k".into() };
        let answers: Vec<_> = [
            delete.clone(),
            Operation::put("k", "a"),
            set(Some("b"), "c"),
            delete,
            set(Some("a"), "c"),
        ]
        .into_iter()
        .zip(1..)
        .map(|(operation, index)| {
            let command = command(1, index, operation);
            machine.apply(index, &command).0.to_string()
        })
        .collect();
        let expected = [
            "nothing to delete",
            "written v2, was absent",
            "mismatch, holds a",
            "deleted",
            "mismatch, absent",
        ];
        assert_eq!(answers, expected);
    }

    #[test]
    fn a_restored_machine_tells_each_difference() {
        let mut source = Machine::default();
        for (index, key) in (1..).zip(["same", "new"]) {
            source.apply(index, &command(1, index, Operation::put(key, "v")));
            source.applied = index;
        }
        let mut target = Machine::default();
        target.apply(1, &command(1, 1, Operation::put("same", "v")));
        target.apply(2, &command(1, 2, Operation::put("old", "v")));
        let position = Position { index: 2, term: 1 };
        let snapshot = source.snapshot(position, Arc::new([]));
        let changes: Vec<_> = target.restore(&snapshot).iter().map(Change::to_string).collect();
        assert_eq!(changes, ["new=v v2", "old removed v2"]);
        assert_eq!(target.entries(), source.entries());
        assert_eq!(target.applied, 2);
    }
}
