//! `[[invariant]]`: what an author demands of the values themselves.

use super::{item::Item, scope::Scope, section::Section};
use crate::{Invariant, InvariantKeys, MAX_KEYS, Sum, Workload};
use node::systems::check_key;

const FIELDS: &[&str] = &["name", "keys", "absent", "sum", "at-least", "at-most", "check"];

/// The most keys whose numbers are summed up: each is looked for in every replica.
const MOST: u64 = 100_000;

pub(super) fn invariants(
    root: &Section<'_>,
    scope: &Scope<'_>,
    workload: Option<&Workload>,
) -> Vec<Invariant> {
    let sections = root.tables("invariant", "[[invariant]]", FIELDS);
    let mut names = Vec::new();
    let mut read = Vec::new();
    for section in &sections {
        let Some(invariant) = invariant(section, scope, workload) else { continue };
        let name = section.get("name").and_then(|item| item.text("\"total\""));
        names.extend(name.map(|name| (name, name.text.to_owned())));
        read.push(invariant);
    }
    // Which of two is meant is told by its name alone.
    scope.mistakes.distinct(names);
    read
}

fn invariant(
    section: &Section<'_>,
    scope: &Scope<'_>,
    workload: Option<&Workload>,
) -> Option<Invariant> {
    let name = section.required("name", "\"no money is lost\"").and_then(name);
    let keys = keys(section, scope, workload);
    let usual = workload.map_or(0, |workload| workload.updates.initial);
    let number = |field| section.get(field).map(|item: Item<'_>| item.whole());
    let absent = number("absent").map_or(Some(usual), |read| read);
    let sum = section.get("sum").map(sum);
    let (at_least, at_most) = (number("at-least"), number("at-most"));
    let check = section.get("check").map(|item| item.text("\"my-check\""));
    if sum.is_none() && at_least.is_none() && at_most.is_none() && check.is_none() {
        section.mistakes().add(
            section.span(),
            "the invariant demands nothing",
            "`sum`, `at-least`, `at-most` and `check` are missing",
            "add `sum = 300`, `sum = \"acknowledged\"` or `at-least = 0`",
        );
        return None;
    }
    if let (Some(Some(least)), Some(Some(most))) = (at_least, at_most)
        && least > most
    {
        section.get("at-most")?.mistake(
            "`at-most` must not be less than `at-least`",
            format!("less than {least}"),
            "exchange the two",
        );
    }
    Some(Invariant {
        name: name?,
        keys: keys?,
        absent: absent?,
        sum: flat(sum)?,
        at_least: flat(at_least)?,
        at_most: flat(at_most)?,
        check: flat(check)?.map(|word| word.text.to_owned()),
    })
}

/// `None`: it was mistaken. `Some(None)`: nothing is said.
fn flat<T>(read: Option<Option<T>>) -> Option<Option<T>> {
    match read {
        None => Some(None),
        Some(None) => None,
        Some(said) => Some(said),
    }
}

fn name(item: Item<'_>) -> Option<String> {
    let name = item.text("\"no money is lost\"")?.text;
    if !name.trim().is_empty() && !name.contains(['\n', '\r']) {
        return Some(name.to_owned());
    }
    item.mistake("a name is one line", "not one line", "say in a few words what is demanded");
    None
}

/// How many of the workload's keys, or the keys by name; without it, those of the workload.
fn keys(
    section: &Section<'_>,
    scope: &Scope<'_>,
    workload: Option<&Workload>,
) -> Option<InvariantKeys> {
    let Some(item) = section.get("keys") else {
        let drawn = workload.filter(|workload| workload.planned.is_none());
        let Some(count) = drawn.map(|workload| workload.keys.count).filter(|it| *it <= MOST) else {
            section.mistakes().add(
                section.span(),
                "the invariant does not say what it is about",
                "`keys` is missing",
                "add `keys = 10` for key1 to key10, or `keys = [\"a\", \"b\"]`",
            );
            return None;
        };
        return Some(InvariantKeys::First(count));
    };
    if item.is_count() {
        return item.count(1..=MOST.min(MAX_KEYS)).map(InvariantKeys::First);
    }
    let items = item.list("[\"a\", \"b\"]")?;
    if items.is_empty() {
        item.mistake("the invariant is about nothing", "an empty list", "name a key");
        return None;
    }
    let named = items.into_iter().filter_map(|item| {
        let text = item.text("\"a\"")?;
        let key = text.text.into();
        scope.accepts("key", text, |system| check_key(system, &key));
        Some((text, key))
    });
    Some(InvariantKeys::Named(scope.mistakes.distinct(named.collect())))
}

fn sum(item: Item<'_>) -> Option<Sum> {
    if item.is_text() {
        return item.word("sum", &[("acknowledged", Sum::Acknowledged)]);
    }
    item.whole().map(Sum::Exactly)
}
