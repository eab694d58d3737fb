//! What the README shows is so: its tables are those of the registries, its story is told,
//! its scenario runs and its code is that of the example.
//!
//! `UPDATE=1 cargo test --test readme` writes the generated parts anew.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail the test as tests do")]

use node::systems::async_leader::AsyncLeader;
use scenarios::Scenario;
use sim::Simulation;
use std::{fmt::Write as _, fs, path::Path, process::Command};

#[test]
fn the_generated_parts_are_fresh() {
    let readme = read("README.md");
    let mut fresh = readme.clone();
    for (name, content) in [("story", story()), ("scenarios", scenarios()), ("systems", systems())]
    {
        fresh = with_section(&fresh, name, &content);
    }
    if std::env::var_os("UPDATE").is_some() {
        fs::write(root().join("README.md"), fresh).unwrap();
        return;
    }
    assert!(fresh == readme, "README.md is stale: run `UPDATE=1 cargo test --test readme`");
}

#[test]
fn the_scenario_runs_as_it_expects() {
    let readme = read("README.md");
    let text = fenced(&readme, "toml");
    let scenario = Scenario::parse("README.md", text, node::systems::ALL).unwrap();
    assert_eq!(scenario.expect.keys().collect::<Vec<_>>(), ["async-leader"]);
    for seed in 0..3 {
        let run = Simulation::<AsyncLeader>::new(scenario.clone()).seed(seed).run().unwrap();
        assert!(run.as_expected(), "seed {seed}: {:?} {:?}", run.judgements, run.defects);
    }
}

#[test]
fn the_mistake_is_shown_as_it_is_printed() {
    let readme = read("README.md");
    let folder = tempfile::TempDir::new().unwrap();
    let mistaken = fenced(&readme, "toml").replace("isolate", "isolte");
    fs::write(folder.path().join("cut-off.toml"), mistaken).unwrap();
    let said = seedbed(&["run", "cut-off.toml"], folder.path()).1;
    // Spaces at the ends of lines do not show.
    let said: Vec<_> = said.lines().map(str::trim_end).collect();
    assert!(readme.contains(&said.join("\n")), "README.md lacks:\n{}", said.join("\n"));
}

#[test]
fn the_code_is_that_of_the_example() {
    assert!(read("examples/own_node.rs").contains(fenced(&read("README.md"), "rust")));
}

#[test]
fn the_pictures_are_there_and_small() {
    let readme = read("README.md");
    let shown: Vec<_> = readme.split("](").filter_map(|rest| rest.split_once(')')).collect();
    let pictures = shown.iter().filter(|(path, _)| path.ends_with(".png"));
    let sizes = pictures.map(|(path, _)| fs::metadata(root().join(path)).unwrap().len());
    let sizes: Vec<_> = sizes.collect();
    assert!(!sizes.is_empty() && sizes.iter().all(|&bytes| bytes < 150_000), "{sizes:?} bytes");
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
    let mut table =
        "| scenario | what it shows | nothing breaks on | something breaks on |\n|---|---|---|---|\n"
            .to_owned();
    for embedded in scenarios::library() {
        let scenario = embedded.scenario();
        let systems = |breaks: bool| {
            let chosen = scenario.expect.iter().filter(|(_, it)| it.violated.is_empty() != breaks);
            chosen.map(|(system, _)| system.as_str()).collect::<Vec<_>>().join(", ")
        };
        let (holds, violated) = (systems(false), systems(true));
        writeln!(table, "| `{}` | {} | {holds} | {violated} |", scenario.name, scenario.title)
            .unwrap();
    }
    table
}

fn systems() -> String {
    let mut table =
        "| system | what it is | from | operations | flaws |\n|---|---|---|---|---|\n".to_owned();
    for system in node::systems::ALL {
        let operations: Vec<_> = system.operations.iter().map(ToString::to_string).collect();
        let flaws: Vec<_> = system.flaws.iter().map(|flaw| format!("`{}`", flaw.name)).collect();
        let flaws = if flaws.is_empty() { "none".to_owned() } else { flaws.join(", ") };
        writeln!(
            table,
            "| `{}` | {} | {} | {} | {flaws} |",
            system.name,
            system.summary,
            system.source,
            operations.join(", ")
        )
        .unwrap();
    }
    table
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

/// What the command prints to standard output and to standard error.
fn seedbed(arguments: &[&str], folder: &Path) -> (String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_seedbed"));
    let output = command.args(arguments).current_dir(folder).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (text(output.stdout), text(output.stderr))
}

/// What stands in the first block of code of a language.
fn fenced<'a>(text: &'a str, language: &str) -> &'a str {
    let (_, rest) = text.split_once(&format!("```{language}\n")).expect("the block's beginning");
    rest.split_once("```\n").expect("the block's end").0
}

fn read(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
