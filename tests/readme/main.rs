//! What the README and the pages under `docs` show is so: their tables are those of the
//! registries, the story is told, the scenario runs, the code is that of the example, and every
//! command is one.
//!
//! `UPDATE=1 cargo test --test readme the_generated` writes the generated parts anew.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail the test as tests do")]

mod commands;
mod gallery;
mod generated;

use node::systems::async_leader::AsyncLeader;
use scenarios::Scenario;
use sim::Simulation;
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

#[test]
fn the_scenario_runs_as_it_expects() {
    let page = read("docs/writing-scenarios.md");
    let text = fenced(&page, "toml");
    let scenario = Scenario::parse("cut-off.toml", text, node::systems::all()).unwrap();
    assert_eq!(scenario.expect.keys().collect::<Vec<_>>(), ["async-leader"]);
    for seed in 0..3 {
        let run = Simulation::<AsyncLeader>::new(scenario.clone()).seed(seed).run().unwrap();
        assert!(run.as_expected(), "seed {seed}: {:?} {:?}", run.judgements, run.defects);
    }
}

#[test]
fn the_plan_runs_as_it_expects_and_not_without_its_pin() {
    let page = read("docs/plans.md");
    let text = fenced(&page, "toml");
    let run = |text: &str| {
        let plan = Scenario::parse("plan.toml", text, node::systems::all()).unwrap();
        Simulation::<AsyncLeader>::new(plan).run().unwrap()
    };
    let pinned = run(text);
    assert!(pinned.as_expected(), "{:?} {:?}", pinned.judgements, pinned.defects);
    let pin = text.lines().find(|line| line.contains("fate")).unwrap();
    assert!(!run(&text.replace(pin, "")).as_expected());
}

#[test]
fn the_mistake_is_shown_as_it_is_printed() {
    let page = read("docs/writing-scenarios.md");
    let folder = tempfile::TempDir::new().unwrap();
    let mistaken = fenced(&page, "toml").replace("isolate", "isolte");
    fs::write(folder.path().join("cut-off.toml"), mistaken).unwrap();
    let said = seedbed(&["run", "cut-off.toml"], folder.path()).1;
    // Spaces at the ends of lines do not show.
    let said: Vec<_> = said.lines().map(str::trim_end).collect();
    assert!(page.contains(&said.join("\n")), "the page lacks:\n{}", said.join("\n"));
}

#[test]
fn the_code_is_that_of_the_example() {
    let page = read("docs/own-store.md");
    let main = read("cli/new/template/src/main.rs").replace("{{Type}}", "MyStore");
    let shown = fenced(&page, "rust").replace("std::process::ExitCode", "ExitCode");
    assert!(main.contains(&shown), "{main}");
}

#[test]
fn the_readme_fits_a_screen_and_a_bit() {
    let readme = read("README.md");
    let (lines, columns) = (readme.lines().count(), readme.lines().map(|it| it.chars().count()));
    assert!(lines <= 60 && columns.max() <= Some(140), "{lines} lines");
}

#[test]
fn every_link_leads_to_a_file() {
    for page in pages() {
        let text = read(&page);
        let folder = root().join(&page).parent().unwrap().to_owned();
        let links = text.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
        let own = links.map(|(link, _)| link).filter(|link| !link.starts_with("https://"));
        for link in own {
            let (file, heading) = link.split_once('#').unwrap_or((link, ""));
            let target = folder.join(file);
            assert!(target.exists(), "{page}: {link} leads nowhere");
            if !heading.is_empty() {
                let text = fs::read_to_string(target).unwrap().to_lowercase();
                let title = format!("\n## {}\n", heading.replace('-', " "));
                assert!(text.contains(&title), "{page}: {link} names no heading");
            }
        }
    }
}

#[test]
fn every_page_is_reached_from_the_readme() {
    let readme = read("README.md");
    let missing: Vec<_> =
        pages().into_iter().filter(|page| page != "README.md" && !readme.contains(page)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn the_pictures_are_there_and_small() {
    let mut pictures = 0;
    for page in pages() {
        let text = read(&page);
        let folder = root().join(&page).parent().unwrap().to_owned();
        let shown = text.split("](").filter_map(|rest| rest.split_once(')'));
        for (path, _) in shown.filter(|(path, _)| path.ends_with(".png")) {
            let bytes = fs::metadata(folder.join(path)).unwrap().len();
            assert!(bytes < 150_000, "{page}: {path} has {bytes} bytes");
            pictures += 1;
        }
    }
    assert!(pictures >= 2, "{pictures}");
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

/// The pages that people read, by their paths from the root.
fn pages() -> Vec<String> {
    let docs = fs::read_dir(root().join("docs")).unwrap().map(|entry| entry.unwrap().path());
    let pages = docs.filter(|path| path.extension().is_some_and(|it| it == "md"));
    let name = |path: PathBuf| format!("docs/{}", path.file_name().unwrap().to_str().unwrap());
    let mut pages: Vec<_> = pages.map(name).collect();
    pages.extend(["README.md", "CONTRIBUTING.md", "docs/cluster/README.md"].map(str::to_owned));
    pages.sort();
    pages
}

fn read(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap()
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn the_benchmark_that_is_started_is_that_of_a_package_that_is_there() {
    let started = read("benches/bench.rs");
    let package = started.split("\"--package\", \"").nth(1).unwrap().split('"').next().unwrap();
    assert!(read("bench/Cargo.toml").contains(&format!("name = \"{package}\"\n")), "{package}");
}
