//! What clients do at a moment.

use super::Do;
use crate::{
    Action,
    read::{operation, section::Section},
};
use node::{Key, OperationKind, Value};

impl Do<'_> {
    pub(super) fn put(&self) -> Option<Action> {
        self.scope.offers(OperationKind::Put, self.tagged.tag);
        let example = "{ key = \"999\", value = \"GhostData\", to = \"leader\" }";
        let section = self.section(example, &["key", "value", "to"])?;
        let (key, value) = (self.key(&section), self.value(&section, "value"));
        let to = self.target(&section, "to");
        Some(Action::Put { key: key?, value: value?, to: to? })
    }

    pub(super) fn get(&self) -> Option<Action> {
        self.scope.offers(OperationKind::Get, self.tagged.tag);
        let section = self.section("{ key = \"999\", from = \"n2\" }", &["key", "from"])?;
        let (key, from) = (self.key(&section), self.target(&section, "from"));
        Some(Action::Get { key: key?, from: from? })
    }

    pub(super) fn delete(&self) -> Option<Action> {
        self.scope.offers(OperationKind::Delete, self.tagged.tag);
        let section = self.section("{ key = \"999\", to = \"leader\" }", &["key", "to"])?;
        let (key, to) = (self.key(&section), self.target(&section, "to"));
        Some(Action::Delete { key: key?, to: to? })
    }

    pub(super) fn list_keys(&self) -> Option<Action> {
        self.scope.offers(OperationKind::ListKeys, self.tagged.tag);
        let section = self.section("{ from = \"n2\" }", &["from"])?;
        let from = self.target(&section, "from")?;
        Some(Action::ListKeys { from })
    }

    pub(super) fn compare_and_set(&self) -> Option<Action> {
        self.scope.offers(OperationKind::CompareAndSet, self.tagged.tag);
        let example = "{ key = \"999\", expected = \"old\", new = \"new\", to = \"leader\" }";
        let section = self.section(example, &["key", "expected", "new", "to"])?;
        let expected = operation::expected(&section);
        let (key, new) = (self.key(&section), self.value(&section, "new"));
        let to = self.target(&section, "to");
        Some(Action::CompareAndSet { key: key?, expected: expected?, new: new?, to: to? })
    }

    fn key(&self, section: &Section<'_>) -> Option<Key> {
        operation::key(section, self.scope)
    }

    fn value(&self, section: &Section<'_>, field: &'static str) -> Option<Value> {
        operation::value(section, field, self.scope)
    }
}
