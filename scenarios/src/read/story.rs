//! `[[story]]`: the texts for a run that came out so.

use super::{
    expect::{Expected, properties},
    item::Item,
    section::Section,
    title,
};
use crate::StoryText;

const FIELDS: &[&str] = &["on", "violated", "holds", "title", "watch"];

pub(super) fn stories(root: &Section<'_>, expected: &Expected<'_>) -> Vec<StoryText> {
    let sections = root.tables("story", "[[story]]", FIELDS);
    sections.iter().filter_map(|section| story(section, expected)).collect()
}

fn story(section: &Section<'_>, expected: &Expected<'_>) -> Option<StoryText> {
    let mistakes = section.mistakes();
    let names: Vec<_> = expected.known.iter().map(|system| system.name).collect();
    let on = section.list("on", "[\"raft\"]").into_iter().filter_map(|item| {
        let name = item.text("\"raft\"")?;
        let known = expected.is_complete() && !names.contains(&name.text);
        if known {
            mistakes.unknown("expected system", name, &names);
        }
        (!known).then(|| (name, name.text.to_owned()))
    });
    let on = mistakes.distinct(on.collect());
    let only = match on.as_slice() {
        [name] => expected.known.iter().find(|system| system.name == name).copied(),
        _ => None,
    };
    let holds = mistakes.distinct(properties(section, "holds", only));
    let violated = properties(section, "violated", only);
    for (name, _) in violated.iter().filter(|(_, property)| holds.contains(property)) {
        mistakes.add(
            name.span(),
            format!("no run violates `{}` while it holds", name.text),
            "listed in `holds` too",
            "remove it from one of the two lists",
        );
    }
    let violated = mistakes.distinct(violated);
    let is_left_out = |field| {
        let items = section.get(field).filter(Item::is_list).and_then(|item| item.list("[]"));
        section.get(field).is_none() || items.is_some_and(|items| items.is_empty())
    };
    if is_left_out("holds") && is_left_out("violated") {
        mistakes.add(
            section.span(),
            "[[story]] says of no property what must have come of it",
            "`violated` and `holds` are missing",
            "add `violated = [\"durability\"]`, or `holds`; what is true of every run is the \
             scenario's own `title` and `watch`",
        );
    }
    let title = section.required("title", "\"What the run shows\"").and_then(title);
    let watch = section.required("watch", "\"What to watch for.\"");
    let watch = watch.and_then(|item| item.text("\"What to watch for.\""))?.text.to_owned();
    Some(StoryText { on, violated, holds, title: title?, watch })
}
