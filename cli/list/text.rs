//! The lists for people.

use super::Chosen;
use crate::output;
use comfy_table::{ColumnConstraint, ContentArrangement, Table, presets};
use judge::text::program;
use node::SystemInfo;
use scenarios::{Scenario, Topic};
use std::fmt::Write as _;
use textwrap::{Options, WordSplitter};

/// How to see more: commands, and what each shows.
const MORE: [(&str, &str); 5] = [
    ("list --tag stale-reads", "a line of these; or a fault, a property, `flaw`"),
    ("list --system raft", "what is meant for it, by what it shows there"),
    ("list clock", "what speaks of a word"),
    ("list --all", "every scenario and every system"),
    ("show ghost-data", "what one does; `run` in place of `show` runs it"),
];

/// A longer name would leave the screen.
const LONGEST_EXAMPLE: usize = 24;

/// One screen: topics, systems, and how to see more.
pub(super) fn summary(chosen: &Chosen) -> String {
    let count = chosen.scenarios.len();
    let mut text = format!("{count} scenarios, by what they show on the system they come from\n\n");
    for (topic, scenarios) in by_topic(chosen) {
        let (name, about) = (topic.name(), topic.summary());
        let example = scenarios.iter().find(|it| it.name.len() <= LONGEST_EXAMPLE);
        let example = example.map_or("", |scenario| &scenario.name);
        let count = scenarios.len();
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{name:<13} {count:>3}  {about:<34}  {example}");
    }
    let names: Vec<_> = chosen.systems.iter().map(|system| system.name).collect();
    let systems = format!("{} systems: {}", names.len(), names.join(", "));
    let _ = writeln!(
        text,
        "\n{}\n",
        textwrap::fill(&systems, Options::new(80).word_splitter(WordSplitter::NoHyphenation))
    );
    for (command, shows) in MORE {
        let _ = writeln!(text, "{} {command:<24} {shows}", program());
    }
    text.truncate(text.trim_end().len());
    text + "\n"
}

/// The scenarios under their topics, with their titles, and the systems.
pub(super) fn chosen(chosen: &Chosen) -> String {
    let mut text = String::new();
    for (topic, scenarios) in by_topic(chosen) {
        let on = chosen.on.map_or_else(String::new, |system| format!(" (on {})", system.name));
        let _ = writeln!(text, "{}{on}: {}", topic.name(), topic.summary());
        let longest = scenarios.iter().map(|scenario| scenario.name.len()).max().unwrap_or(0);
        for scenario in scenarios {
            text.push_str(&entry(scenario, longest));
        }
        text.push('\n');
    }
    if !chosen.systems.is_empty() && chosen.on.is_none() {
        let _ = writeln!(text, "Systems (--system <system>)\n{}\n", systems(&chosen.systems));
    }
    text.truncate(text.trim_end().len());
    text + "\n"
}

/// A name and its title, beside each other.
fn entry(scenario: &Scenario, longest: usize) -> String {
    let first = format!("  {:<longest$}  ", scenario.name);
    let next = " ".repeat(first.len());
    let options = Options::new(output::width()).initial_indent(&first).subsequent_indent(&next);
    textwrap::fill(&scenario.title, options) + "\n"
}

/// The scenarios by what they show: on the system that was named, or on their own.
fn by_topic(chosen: &Chosen) -> impl Iterator<Item = (Topic, Vec<&Scenario>)> {
    let topic_of = |scenario: &Scenario| {
        let system = chosen.on.or_else(|| scenario.default_system());
        system.and_then(|system| scenario.topic_on(system))
    };
    Topic::ALL.into_iter().filter_map(move |topic| {
        let scenarios = chosen.scenarios.iter().filter(|it| topic_of(it) == Some(topic));
        let scenarios: Vec<_> = scenarios.collect();
        (!scenarios.is_empty()).then_some((topic, scenarios))
    })
}

fn systems(systems: &[&SystemInfo]) -> Table {
    let mut rows = table(["system", "what it is", "flaws that can be switched on"]);
    for system in systems {
        let flaws: Vec<_> = system.flaws.iter().map(|flaw| flaw.name).collect();
        rows.add_row([system.name, system.summary, &flaws.join(", ")]);
    }
    rows
}

/// An empty table with these heads, as wide as the terminal.
pub(crate) fn table<const N: usize>(heads: [&str; N]) -> Table {
    let mut table = Table::new();
    table
        .load_preset(presets::UTF8_HORIZONTAL_ONLY)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(u16::try_from(output::width()).unwrap_or(u16::MAX))
        .set_header(heads);
    // The first column holds names, which are to be copied whole.
    if let Some(names) = table.column_mut(0) {
        names.set_constraint(ColumnConstraint::ContentWidth);
    }
    table
}
