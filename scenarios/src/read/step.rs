//! `[[step]]`: what happens when.

use super::{
    item::{Item, Tagged, Zero},
    number,
    scope::Scope,
    section::Section,
};
use crate::{Action, Party, Step, Target, words::Words};
use node::{Key, OperationKind, Value};
use std::time::Duration;

/// Reads what an action's tag carries.
type Reader = fn(&Do<'_>) -> Option<Action>;

const ACTIONS: &Words<Reader> = &[
    ("crash", |it| it.at_target(Action::Crash)),
    ("restart", |it| it.at_target(Action::Restart)),
    ("pause", |it| it.at_target(Action::Pause)),
    ("resume", |it| it.at_target(Action::Resume)),
    ("partition", |it| it.partition()),
    ("isolate", |it| it.isolate()),
    ("one-way", |it| it.one_way()),
    ("heal-network", |it| it.tagged.alone().map(|()| Action::HealNetwork)),
    ("slow-link", |it| it.slow_link()),
    ("loss", |it| it.everywhere(|share, lasts| Action::Loss { share, lasts })),
    ("duplicate", |it| it.everywhere(|share, lasts| Action::Duplicate { share, lasts })),
    ("clock-jump", |it| it.clock_jump()),
    ("put", |it| it.put()),
    ("get", |it| it.get()),
    ("delete", |it| it.delete()),
    ("list-keys", |it| it.list_keys()),
    ("compare-and-set", |it| it.compare_and_set()),
];

/// Reads all steps, in order of time; those of one moment keep their order.
pub(super) fn steps(root: &Section<'_>, scope: &Scope<'_>) -> Vec<Step> {
    let sections = root.tables("step", "[[step]]", &["at", "do"]);
    let mut steps: Vec<_> = sections.iter().filter_map(|section| step(section, scope)).collect();
    steps.sort_by_key(|step| step.at);
    steps
}

fn step(section: &Section<'_>, scope: &Scope<'_>) -> Option<Step> {
    let at = section.required("at", "\"2s\"").and_then(|item| scope.moment(item));
    let example = "{ crash = \"n2\" }";
    let action = section.required("do", example).and_then(|item| {
        let tagged = item.tagged("action", example, ACTIONS)?;
        (tagged.meaning)(&Do { tagged, scope })
    });
    Some(Step { at: at?, action: action? })
}

/// One `do`, and what it must agree with.
struct Do<'a> {
    tagged: Tagged<'a, Reader>,
    scope: &'a Scope<'a>,
}

impl<'a> Do<'a> {
    fn section(&self, example: &str, fields: &'static [&'static str]) -> Option<Section<'a>> {
        let heading = format!("`{}`", self.tagged.tag.text);
        Some(self.tagged.payload(example)?.section(&heading, fields))
    }

    fn at_target(&self, action: fn(Target) -> Action) -> Option<Action> {
        let payload = self.tagged.payload("\"n2\"")?;
        self.scope.target(payload).map(action)
    }

    fn target(&self, section: &Section<'_>, field: &'static str) -> Option<Target> {
        section.required(field, "\"n2\"").and_then(|item| self.scope.target(item))
    }

    fn isolate(&self) -> Option<Action> {
        self.scope.needs_two_nodes(self.tagged.tag)?;
        self.at_target(Action::Isolate)
    }

    fn partition(&self) -> Option<Action> {
        let example = "[[\"n1\", \"clients\"], [\"n2\", \"n3\"]]";
        let payload = self.tagged.payload(example)?;
        let lists = payload.list(example)?;
        let mut named = Vec::new();
        let sides: Vec<_> =
            lists.iter().map(|list| self.side(*list, &mut named)).collect::<Option<_>>()?;
        if sides.len() < 2 {
            payload.mistake(
                "a partition needs at least two sides",
                format!("this is {}", sides.len()),
                format!("write it as in `partition = {example}`"),
            );
            return None;
        }
        if !named.contains(&Party::Clients) {
            self.scope.needs_two_nodes(self.tagged.tag)?;
        }
        Some(Action::Partition(sides))
    }

    /// One side; `named` holds every party of the sides so far.
    fn side(&self, list: Item<'_>, named: &mut Vec<Party>) -> Option<Vec<Party>> {
        let items = list.list("[\"n2\", \"n3\"]")?;
        if items.is_empty() {
            list.mistake("a side of a partition is empty", "nobody is here", "remove this side");
        }
        let mut side = Vec::new();
        for item in items {
            let Some(party) = self.scope.party(item) else {
                continue;
            };
            let all = Party::Node(Target::All);
            let is_node = |party: &Party| *party != Party::Clients;
            let named_before = named.contains(&party)
                || is_node(&party) && named.contains(&all)
                || party == all && named.iter().any(is_node);
            if named_before {
                let name = item.text("\"n2\"")?;
                let help = "let each stand on one side, once; `all` is every node";
                self.scope.mistakes.twice(name, help);
            } else {
                named.push(party);
                side.push(party);
            }
        }
        Some(side)
    }

    /// A pair of different nodes.
    fn link(&self, section: &Section<'_>) -> Option<(Target, Target)> {
        let (from, to) = (self.target(section, "from"), self.target(section, "to"));
        self.scope.needs_two_nodes(self.tagged.tag)?;
        let (from, to) = (from?, to?);
        if from == to && matches!(from, Target::Node(_) | Target::Leader) {
            section.get("to")?.mistake(
                format!("`from` and `to` are both `{to}`"),
                "the same node",
                "a node always reaches itself: name another",
            );
            return None;
        }
        Some((from, to))
    }

    fn one_way(&self) -> Option<Action> {
        let section = self.section("{ from = \"n1\", to = \"n2\" }", &["from", "to"])?;
        let (from, to) = self.link(&section)?;
        Some(Action::OneWay { from, to })
    }

    fn slow_link(&self) -> Option<Action> {
        let example = "{ from = \"n1\", to = \"n3\", delay = \"200ms\", lasts = \"3s\" }";
        let section = self.section(example, &["from", "to", "delay", "lasts"])?;
        let link = self.link(&section);
        let delay = time(&section, "delay", "\"200ms\"");
        let lasts = time(&section, "lasts", "\"3s\"");
        let (from, to) = link?;
        Some(Action::SlowLink { from, to, delay: delay?, lasts: lasts? })
    }

    fn everywhere(&self, action: fn(f64, Duration) -> Action) -> Option<Action> {
        let section = self.section("{ share = 0.2, lasts = \"2s\" }", &["share", "lasts"])?;
        let share = section.required("share", "0.2").and_then(|item| item.number(&number::SHARE));
        let lasts = time(&section, "lasts", "\"2s\"");
        self.scope.needs_two_nodes(self.tagged.tag)?;
        Some(action(share?, lasts?))
    }

    fn clock_jump(&self) -> Option<Action> {
        let section = self.section("{ node = \"n2\", by = \"-10s\" }", &["node", "by"])?;
        let node = self.target(&section, "node");
        let by = section.required("by", "\"-10s\"");
        let by_ns = by.and_then(|item| item.signed_ns());
        if by_ns == Some(0) {
            by?.mistake(
                "a jump by nothing moves no clock",
                "no jump",
                "write a time, as in `by = \"-10s\"`",
            );
        }
        Some(Action::ClockJump { node: node?, by_ns: by_ns? })
    }

    fn put(&self) -> Option<Action> {
        self.scope.offers(OperationKind::Put, self.tagged.tag);
        let example = "{ key = \"999\", value = \"GhostData\", to = \"leader\" }";
        let section = self.section(example, &["key", "value", "to"])?;
        let (key, value) = (key(&section), value(&section, "value"));
        let to = self.target(&section, "to");
        Some(Action::Put { key: key?, value: value?, to: to? })
    }

    fn get(&self) -> Option<Action> {
        self.scope.offers(OperationKind::Get, self.tagged.tag);
        let section = self.section("{ key = \"999\", from = \"n2\" }", &["key", "from"])?;
        let (key, from) = (key(&section), self.target(&section, "from"));
        Some(Action::Get { key: key?, from: from? })
    }

    fn delete(&self) -> Option<Action> {
        self.scope.offers(OperationKind::Delete, self.tagged.tag);
        let section = self.section("{ key = \"999\", to = \"leader\" }", &["key", "to"])?;
        let (key, to) = (key(&section), self.target(&section, "to"));
        Some(Action::Delete { key: key?, to: to? })
    }

    fn list_keys(&self) -> Option<Action> {
        self.scope.offers(OperationKind::ListKeys, self.tagged.tag);
        let section = self.section("{ from = \"n2\" }", &["from"])?;
        let from = self.target(&section, "from")?;
        Some(Action::ListKeys { from })
    }

    fn compare_and_set(&self) -> Option<Action> {
        self.scope.offers(OperationKind::CompareAndSet, self.tagged.tag);
        let example = "{ key = \"999\", expected = \"old\", new = \"new\", to = \"leader\" }";
        let section = self.section(example, &["key", "expected", "new", "to"])?;
        let expected = section.get("expected").map(|item| item.text("\"old\""));
        let (key, new) = (key(&section), value(&section, "new"));
        let to = self.target(&section, "to");
        Some(Action::CompareAndSet {
            key: key?,
            expected: match expected {
                Some(read) => Some(read?.text.into()),
                None => None,
            },
            new: new?,
            to: to?,
        })
    }
}

fn key(section: &Section<'_>) -> Option<Key> {
    section.required("key", "\"999\"")?.text("\"999\"").map(|key| key.text.into())
}

fn value(section: &Section<'_>, field: &'static str) -> Option<Value> {
    section.required(field, "\"GhostData\"")?.text("\"GhostData\"").map(|value| value.text.into())
}

fn time(section: &Section<'_>, field: &'static str, example: &str) -> Option<Duration> {
    section.required(field, example)?.duration(Zero::Meaningless)
}
