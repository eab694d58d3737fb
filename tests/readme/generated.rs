//! The parts of pages that are written from the registries and from a run.

use crate::{gallery, read, root, seedbed};
use node::{SystemInfo, systems::FlawInfo};
use scenarios::{Scenario, Topic};
use std::{fmt::Write as _, fs};

/// A part's page, its name there, and what it must be.
type Part = (&'static str, &'static str, fn() -> String);

const PARTS: [Part; 6] = [
    ("docs/reports.md", "story", story),
    ("docs/scenarios.md", "scenarios", scenarios),
    ("docs/systems.md", "systems", systems),
    ("docs/systems.md", "flaws", flaws),
    ("docs/glossary.md", "glossary", glossary),
    ("docs/gallery.md", "gallery", gallery::text),
];

#[test]
fn the_generated_parts_are_fresh() {
    for (page, name, content) in PARTS {
        let stands = read(page);
        let fresh = with_section(&stands, name, &content());
        if std::env::var_os("UPDATE").is_some() {
            fs::write(root().join(page), fresh).unwrap();
        } else {
            let update = "UPDATE=1 cargo test --test readme the_generated";
            assert!(fresh == stands, "{page} is stale: run `{update}`");
        }
    }
}

#[test]
fn every_entry_of_the_registries_is_on_its_page() {
    let on = |page: &str, name: &str| read(page).contains(&format!("| `{name}` |"));
    for embedded in scenarios::library() {
        assert!(on("docs/scenarios.md", embedded.name), "{}", embedded.name);
    }
    for system in node::systems::all() {
        assert!(on("docs/systems.md", system.name), "{}", system.name);
        let lacking = system.flaws.iter().find(|flaw| !on("docs/systems.md", flaw.name));
        assert!(lacking.is_none(), "{lacking:?}");
    }
    assert!(!on("docs/scenarios.md", "no-such-scenario"));
    let glossary = read("docs/glossary.md");
    for term in reports::glossary::ALL {
        assert!(glossary.contains(&format!("**{}**: ", term.name)), "{}", term.name);
    }
}

#[test]
fn a_section_is_replaced_and_all_else_is_kept() {
    let text = "a\n<!-- x: generated -->\nold\n<!-- /x -->\nb\n";
    let fresh = "a\n<!-- x: generated -->\nnew\n<!-- /x -->\nb\n";
    assert_eq!(with_section(text, "x", "new\n"), fresh);
}

/// The text with what stands between a section's marks replaced.
#[track_caller]
fn with_section(text: &str, name: &str, content: &str) -> String {
    let (opening, closing) =
        (format!("<!-- {name}: generated -->\n"), format!("<!-- /{name} -->\n"));
    let (before, rest) = text.split_once(&opening).expect("the section's first mark");
    let (_old, after) = rest.split_once(&closing).expect("the section's last mark");
    [before, &opening, content, &closing, after].concat()
}

fn scenarios() -> String {
    let all: Vec<_> = scenarios::library().map(scenarios::Embedded::scenario).collect();
    let mut text = String::new();
    for topic in Topic::ALL {
        write!(
            text,
            "## {}: {}\n\n| scenario | what it shows | runs on | something breaks on | nothing need \
             break on | from |\n|---|---|---|---|---|---|\n",
            topic.name(),
            topic.summary()
        )
        .unwrap();
        let own = |it: &Scenario| it.default_system().unwrap();
        for scenario in all.iter().filter(|it| it.topic_on(own(it)) == Some(topic)) {
            let systems = |breaks: bool| {
                let chosen = scenario.expect.iter();
                let chosen = chosen.filter(|(_, it)| it.violated.is_empty() != breaks);
                chosen.map(|(system, _)| system.as_str()).collect::<Vec<_>>().join(", ")
            };
            let Scenario { name, title, source, .. } = scenario;
            let (own, broken, fine) = (own(scenario).name, systems(true), systems(false));
            let source = source.as_deref().unwrap_or_default();
            writeln!(text, "| `{name}` | {title} | {own} | {broken} | {fine} | {source} |")
                .unwrap();
        }
        text.push('\n');
    }
    text.truncate(text.trim_end().len());
    text + "\n"
}

fn systems() -> String {
    let mut table =
        "| system | what it is | from | operations | flaws |\n|---|---|---|---|---|\n".to_owned();
    for system in node::systems::all() {
        let SystemInfo { name, summary, source, .. } = system;
        let operations: Vec<_> = system.operations.iter().map(ToString::to_string).collect();
        let operations = operations.join(", ");
        let flaws = system.flaws.len();
        writeln!(table, "| `{name}` | {summary} | {source} | {operations} | {flaws} |").unwrap();
    }
    table
}

fn flaws() -> String {
    let all: Vec<_> = scenarios::library().map(scenarios::Embedded::scenario).collect();
    let mut table = "| flaw | of | what it does | shown by |\n|---|---|---|---|\n".to_owned();
    for system in node::systems::all() {
        for FlawInfo { name, summary, .. } in system.flaws {
            let shows = |it: &&Scenario| {
                let violates = it.expect.get(system.name).is_some_and(|it| !it.violated.is_empty());
                violates && it.for_system(system).flaws.iter().any(|flaw| flaw == name)
            };
            let shown: Vec<_> =
                all.iter().filter(shows).map(|it| format!("`{}`", it.name)).collect();
            let (of, does, shown) = (system.name, summary.replace('|', "\\|"), shown.join(", "));
            writeln!(table, "| `{name}` | {of} | {does} | {shown} |").unwrap();
        }
    }
    table
}

fn glossary() -> String {
    let mut list = String::new();
    for term in reports::glossary::ALL {
        let also = match term.also {
            [] => String::new(),
            also => format!(" (also: {})", also.join(", ")),
        };
        writeln!(list, "- **{}**: {}{also}", term.name, term.meaning).unwrap();
    }
    list
}

/// The parts of a story that tell most in the fewest lines.
fn story() -> String {
    let folder = tempfile::TempDir::new().unwrap();
    let story = seedbed(&["run", "ghost-data"], folder.path()).0;
    let parts: Vec<&str> = story.split("\n\n").collect();
    let part = |heading: &str| {
        let found = parts.iter().find(|part| part.starts_with(heading));
        *found.unwrap_or_else(|| panic!("the story has no {heading}"))
    };
    let chosen = [
        parts[0],
        part("WHAT HAPPENED"),
        part("VERDICTS"),
        "...",
        part("THE REPLICAS AT THE END"),
        "...",
        parts[parts.len() - 1].trim_end(),
    ];
    format!("```\n{}\n```\n", chosen.join("\n\n"))
}
