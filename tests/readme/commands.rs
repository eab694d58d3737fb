//! Every command that a page shows is one: its options exist, and so do the scenarios,
//! experiments, systems and words that it names.

use crate::{pages, read, seedbed};
use std::path::Path;

#[test]
fn every_command_on_a_page_is_one() {
    let mut count = 0;
    for page in pages() {
        for command in commands(&read(&page)) {
            let wrong = wrong_with(&command);
            assert!(wrong.is_none(), "{page}: `{command}`: {}", wrong.unwrap_or_default());
            count += 1;
        }
    }
    assert!(count > 50, "only {count} commands were found");
}

#[test]
fn commands_that_are_none_are_noticed() {
    for wrong in [
        "rn ghost-data",
        "run ghost-data --sed 7",
        "run ghst-data",
        "run ghost-data --seed seven",
        "matrix --scenarios ghost-data,ghst-data",
        "matrix --systems rft",
        "experiment laddr",
        "glossary tombstne",
        "list no-such-word-anywhere",
    ] {
        assert!(wrong_with(wrong).is_some(), "{wrong}");
    }
    assert_eq!(wrong_with("run ghost-data --seed 7"), None);
}

#[test]
fn commands_are_found_in_blocks_and_in_lines() {
    let page = "Try `seedbed list`, `seedbed run <scenario>` or `cargo test`:\n\n```\n\
                seedbed run ghost-data   # it\ncargo run --release -- list | less\n```\n\
                    cargo run --release -- audit > all\n";
    assert_eq!(commands(page), ["list", "run ghost-data", "list", "audit"]);
}

/// The commands on a page without the program's name, what follows them left off. Those with a
/// placeholder stand for many, and are left out.
fn commands(page: &str) -> Vec<String> {
    let lines = page.lines().map(str::trim_start).filter(|line| !line.starts_with('|'));
    let inline = page.lines().flat_map(|line| line.split('`').skip(1).step_by(2));
    let without_name = |text: &str| {
        let rest =
            ["seedbed ", "cargo run --release -- "].iter().find_map(|it| text.strip_prefix(it))?;
        let end = ["  ", " #", " |", " >", ";"].iter().filter_map(|it| rest.find(it)).min();
        Some(rest[..end.unwrap_or(rest.len())].trim().to_owned())
    };
    let found = inline.chain(lines).filter_map(without_name);
    let is_prose = |command: &str| {
        command.contains(['<', '[', '"', '`', ','].as_slice()) && !command.contains("--")
    };
    found.filter(|command| !command.contains(['<', '`', '[']) && !is_prose(command)).collect()
}

/// Why this is no command.
fn wrong_with(command: &str) -> Option<String> {
    let words: Vec<_> = command.split_whitespace().collect();
    // Arguments are read before the help is printed, and nothing is run.
    let (help, refusal) = seedbed(&[&words[..], &["--help"]].concat(), Path::new("."));
    if help.is_empty() {
        return Some(refusal);
    }
    let (verb, arguments) = words.split_first()?;
    let plain = |word: &&&str| !word.starts_with('-');
    let after = |option: &str| {
        let at = arguments.iter().position(|word| *word == option);
        at.and_then(|at| arguments.get(at + 1)).into_iter().flat_map(|names| names.split(','))
    };
    let first = arguments.first().filter(plain).copied();
    let named: Vec<&str> = match *verb {
        "run" | "play" | "show" | "trace" | "audit" | "explore" => {
            first.into_iter().chain(after("--scenarios")).collect()
        }
        _ => after("--scenarios").collect(),
    };
    let is_file = |name: &str| name.ends_with(".toml");
    let unknown =
        |name: &&str| !is_file(name) && !placeholder(name) && scenarios::find(name).is_err();
    if let Some(name) = named.into_iter().find(unknown) {
        return Some(format!("no scenario is called {name}"));
    }
    let systems = after("--system").chain(after("--systems"));
    let unknown = |name: &&str| !placeholder(name) && node::systems::find(name).is_none();
    if let Some(name) = systems.into_iter().find(unknown) {
        return Some(format!("no system is called {name}"));
    }
    // These are done at once, so that they can simply be tried.
    let is_quick = matches!(*verb, "list" | "glossary");
    let experiment = first.filter(|_| *verb == "experiment");
    if experiment.is_some_and(|name| scenarios::experiment::find(name).is_none()) {
        return Some(format!("no experiment is called {}", experiment?));
    }
    if is_quick && seedbed(&words, Path::new(".")).0.is_empty() {
        return Some("it is refused".to_owned());
    }
    None
}

/// Whether a name stands for any other.
fn placeholder(name: &str) -> bool {
    name.chars().all(|letter| letter.is_ascii_uppercase())
}
