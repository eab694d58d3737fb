//! `[expect.<system>]`: what must come of the scenario.

use super::{item::Item, mistakes::Word, section::Section, system::flaws};
use crate::{Expectation, Property, words};
use node::SystemInfo;
use std::collections::BTreeMap;

/// The systems that the scenario is meant for.
#[derive(Debug, Default)]
pub(super) struct Expected<'s> {
    /// Those that exist.
    pub(super) known: Vec<&'s SystemInfo>,
    /// Whether it names one that does not exist.
    some_unknown: bool,
    /// The one that the text names first.
    pub(super) first: Option<String>,
}

impl<'s> Expected<'s> {
    /// The systems that a flaw or a setting can belong to. Once a system's name
    /// is wrong it may be anyone's, and a second complaint would mislead.
    pub(super) fn candidates(&self, systems: &'s [SystemInfo]) -> Vec<&'s SystemInfo> {
        if self.some_unknown || self.known.is_empty() {
            systems.iter().collect()
        } else {
            self.known.clone()
        }
    }

    /// Whether every system that is named exists.
    pub(super) fn is_complete(&self) -> bool {
        !self.some_unknown
    }
}

pub(super) fn expectations<'s>(
    root: &Section<'_>,
    systems: &'s [SystemInfo],
) -> (BTreeMap<String, Expectation>, Expected<'s>) {
    let mistakes = root.mistakes();
    let names: Vec<_> = systems.iter().map(|system| system.name).collect();
    let entries = root.get("expect").and_then(|item| item.entries("[expect]"));
    let mut expect = BTreeMap::new();
    let mut expected = Expected::default();
    let mut entries = entries.unwrap_or_default();
    entries.sort_by_key(|(name, _)| name.span().start);
    expected.first = entries.first().map(|(name, _)| name.text.to_owned());
    for (name, item) in entries {
        let system = systems.iter().find(|system| system.name == name.text);
        if system.is_none() {
            mistakes.unknown("system", name, &names);
            expected.some_unknown = true;
        }
        expected.known.extend(system);
        expect.insert(name.text.to_owned(), expectation(name.text, item, system));
    }
    (expect, expected)
}

/// Reads what is expected of a system; of one that does not exist, no flaw can be checked.
fn expectation(name: &str, item: Item<'_>, system: Option<&SystemInfo>) -> Expectation {
    let mistakes = item.mistakes();
    let section = item.section(&format!("[expect.{name}]"), &["holds", "violated", "flaws"]);
    let flaws = section.get("flaws").zip(system).map(|(item, system)| flaws(item, &[system]));
    let holds = mistakes.distinct(properties(&section, "holds", system));
    let mut violated = properties(&section, "violated", system);
    violated.retain(|(name, property)| {
        let both = holds.contains(property);
        if both {
            mistakes.add(
                name.span(),
                format!("`{}` cannot both hold and be violated", name.text),
                "listed in `holds` too",
                "remove it from one of the two lists, or from both if either may happen",
            );
        }
        !both
    });
    Expectation { holds, violated: mistakes.distinct(violated), flaws: flaws.unwrap_or_default() }
}

/// Reads a list of properties; one that does not apply to the system is a mistake, since it
/// could neither hold nor be violated.
pub(super) fn properties<'a>(
    section: &Section<'a>,
    field: &'static str,
    system: Option<&SystemInfo>,
) -> Vec<(Word<'a>, Property)> {
    let items = section.list(field, "[\"durability\"]");
    let property = |item: Item<'a>| {
        let name = item.text("\"durability\"")?;
        let property = item.word("property", &words::properties())?;
        if let Some((system, Err(why))) = system.map(|it| (it, property.applies_to(it))) {
            item.mistakes().add(
                name.span(),
                format!("`{}` does not apply to `{}`", name.text, system.name),
                why,
                "remove it: what does not apply neither holds nor is violated",
            );
            return None;
        }
        Some((name, property))
    };
    items.into_iter().filter_map(property).collect()
}
