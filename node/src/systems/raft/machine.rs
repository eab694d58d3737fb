//! The replicated state machine: the store, and the clients' sessions.

use super::{
    Command, Index, Position, Snapshot,
    sessions::{Known, Sessions},
};
use crate::{
    Answer, Change, ClientId, Key, MemoryStore, NodeId, Operation, Refusal, RequestId, Store,
    Value, Version, Versioned,
};
use std::{collections::BTreeMap, sync::Arc};

/// What the committed entries have built.
#[derive(Clone, Debug, Default)]
pub(super) struct Machine {
    store: MemoryStore,
    sessions: Sessions,
    /// The index of the last entry applied.
    pub(super) applied: Index,
}

impl Machine {
    /// Applies the command at an index, once: a command that was applied
    /// before gets its first answer again. Whoever has no session has each applied.
    pub(super) fn apply(&mut self, index: Index, command: &Command) -> (Answer, Option<Change>) {
        let Command { client, sequence, ref operation } = *command;
        if client.is_anonymous() {
            return self.execute(Version(index), operation);
        }
        if let Some(answer) = self.answered(client, sequence) {
            self.sessions.note(index, client, None);
            return (answer, None);
        }
        let (answer, change) = self.execute(Version(index), operation);
        self.sessions.note(index, client, Some((sequence, &answer)));
        (answer, change)
    }

    /// The answer that a write has had; [`Answer::Unknown`] for one that its
    /// client has given up, as a later one has come.
    fn answered(&self, client: ClientId, sequence: u64) -> Option<Answer> {
        match self.sessions.known(client, sequence) {
            Known::New => None,
            Known::Answered(answer) => Some(answer),
            Known::Expired => Some(Answer::unavailable(EXPIRED)),
            Known::GivenUp => Some(Answer::Unknown),
        }
    }

    /// What a leader that is asked for a write can say at once.
    pub(super) fn answer_at_once(&self, request: RequestId) -> Option<Answer> {
        let RequestId { client, attempt, sequence } = request;
        if client.is_anonymous() {
            return None;
        }
        let known = self.answered(client, sequence)?;
        let starts_over = attempt == 0 && !client.is_numbered();
        let refusal = || Answer::Refused(Refusal::Invalid(STARTED_OVER.into()));
        Some(if starts_over { refusal() } else { known })
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

/// Said to a client that tries a write again whose session has expired.
const EXPIRED: &str = "the write was carried out, and what came of it is known no longer: many other clients have written since";
/// Said to a client that asks for the first time what has been asked before in its name.
const STARTED_OVER: &str = "this or a later write was carried out in this client's name: whoever starts over takes a new name";

#[cfg(test)]
mod tests {
    use super::{super::sessions::ANSWERS, *};

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

    fn asks(machine: &Machine, client: ClientId, attempt: u32, sequence: u64) -> String {
        let answer = machine.answer_at_once(RequestId { client, attempt, sequence });
        answer.map_or_else(|| "new".to_owned(), |answer| answer.to_string())
    }

    #[test]
    fn whoever_has_no_session_has_each_write_applied() {
        // The same twice, and the same twice with a session.
        for (client, applied) in [(ClientId::ANONYMOUS, true), (ClientId::new(1), false)] {
            let mut machine = Machine::default();
            let put = Command { client, sequence: 7, operation: Operation::put("k", "v") };
            assert!(machine.apply(1, &put).1.is_some());
            assert_eq!(asks(&machine, client, 0, 7) == "new", applied);
            assert_eq!(machine.apply(2, &put).1.is_some(), applied);
            assert_eq!(machine.entries()[0].1.version, Version(if applied { 2 } else { 1 }));
            assert_eq!(machine.sessions.len(), usize::from(!applied));
        }
    }

    #[test]
    fn a_retry_of_whose_session_has_expired_is_refused_and_not_applied() {
        for (others, text) in [
            (ANSWERS as u64 - 1, "written v1, was absent".to_owned()),
            (ANSWERS as u64, format!("refused: {EXPIRED}")),
        ] {
            let mut machine = Machine::default();
            let put = command(7, 0, Operation::put("k", "v"));
            machine.apply(1, &put);
            for (index, client) in (2..).zip(1 << 40..(1 << 40) + others) {
                let client = ClientId::from_number(client);
                let operation = Operation::put("k", "w");
                machine.apply(index, &Command { client, sequence: 0, operation });
            }
            assert_eq!(asks(&machine, put.client, 1, 0), text);
            let (answer, change) = machine.apply(others + 2, &put);
            assert_eq!((answer.to_string(), change), (text, None));
        }
    }

    #[test]
    fn a_name_that_is_used_again_is_refused_and_never_answered_for_another_life() {
        let [drawn, dealt] = [ClientId::from_number(1 << 40), ClientId::new(1)];
        let mut machine = Machine::default();
        for (index, client) in [(1, drawn), (2, dealt)] {
            let put = Command { client, sequence: 3, operation: Operation::put("k", "v") };
            machine.apply(index, &put);
        }
        // A second life counts from 0 again, and a retry goes on with the first.
        for sequence in 0..=3 {
            assert_eq!(asks(&machine, drawn, 0, sequence), format!("refused: {STARTED_OVER}"));
        }
        assert_eq!(asks(&machine, drawn, 1, 3), "written v1, was absent");
        assert_eq!(asks(&machine, drawn, 1, 2), "outcome unknown");
        assert_eq!(asks(&machine, drawn, 0, 4), "new");
        assert_eq!(asks(&machine, ClientId::from_number(1 << 41), 0, 0), "new");
        // Where names are dealt, the network doubles requests, and the copy is answered like the first.
        assert_eq!(asks(&machine, dealt, 0, 3), "written v2, was v");
        assert_eq!(asks(&machine, dealt, 0, 2), "outcome unknown");
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
