//! `list`, `glossary`, `show`, `completions` and the help.

use crate::support::{Desk, EXPECTED};
use serde_json::Value;

/// The names of the scenarios that a listing shows, by its lines.
fn listed(text: &str) -> Vec<&'static str> {
    let first_words: Vec<_> =
        text.lines().filter_map(|line| line.split_whitespace().next()).collect();
    scenarios::library().map(|it| it.name).filter(|name| first_words.contains(name)).collect()
}

#[test]
fn the_summary_fits_a_terminal() {
    let summary = Desk::new().seedbed("list").succeeds();
    let columns = summary.lines().map(|line| line.chars().count()).max().unwrap();
    assert!(summary.lines().count() < 24 && columns <= 80, "{columns} columns:\n{summary}");
    for topic in scenarios::Topic::ALL {
        assert!(summary.contains(topic.name()), "{}:\n{summary}", topic.name());
    }
    for system in node::systems::all() {
        assert!(summary.contains(system.name), "{}:\n{summary}", system.name);
    }
    // Every scenario is counted under one topic.
    let count = |line: &str| line.split_whitespace().nth(1)?.parse::<usize>().ok();
    let counts = summary.lines().filter_map(count);
    assert_eq!(counts.sum::<usize>(), scenarios::library().count(), "{summary}");
}

#[test]
fn every_scenario_and_every_system_is_listed() {
    let list = Desk::new().seedbed("list --all").succeeds();
    assert_eq!(listed(&list), scenarios::library().map(|it| it.name).collect::<Vec<_>>());
    for system in node::systems::all() {
        assert!(
            list.contains(&format!(" {} ", system.name)),
            "{} is missing:\n{list}",
            system.name
        );
    }
}

#[test]
fn a_list_can_be_narrowed() {
    let desk = Desk::new();
    let list = |arguments: &str| desk.seedbed(&format!("list {arguments}")).succeeds();
    let on_raft = list("--system raft");
    assert!(on_raft.contains("consensus (on raft)"), "{on_raft}");
    let meant = scenarios::library().filter(|it| it.scenario().expect.contains_key("raft"));
    assert_eq!(listed(&on_raft), meant.map(|it| it.name).collect::<Vec<_>>());
    // What is told of a system is what is expected of it: there, ghost data does no harm.
    assert!(listed(&list("--system raft --tag survival")).contains(&"ghost-data"));
    let said = desk.seedbed("list --system raft --tag convergence").refused();
    assert!(said.contains("no scenario with the tag `convergence` on `raft`"), "{said}");
    assert!(listed(&list("--tag convergence")).contains(&"ghost-data"));
    let clocks = listed(&list("CLOCK"));
    assert!(clocks.contains(&"clock-jumps") && clocks.contains(&"siblings"), "{clocks:?}");
    assert!(clocks.len() < 20 && !clocks.contains(&"ghost-data"), "{clocks:?}");
    let both = listed(&list("clock vector"));
    assert!(both.contains(&"siblings") && !both.contains(&"clock-jumps"), "{both:?}");
}

#[test]
fn every_tag_can_be_asked_for_and_no_other() {
    let desk = Desk::new();
    for tag in scenarios::tags() {
        let ended = desk.seedbed(&format!("list --tag {tag}"));
        let empty = ended.code == Some(2) && ended.stderr.contains("no scenario with the tag");
        assert!(ended.code == Some(0) || empty, "{tag}: {}", ended.stderr);
    }
    let said = desk.seedbed("list --tag lost-write").refused();
    assert!(said.contains("no tag `lost-write`") && said.contains("`lost-writes`"), "{said}");
    let said = desk.seedbed("list --system rafft").refused();
    assert!(said.contains("did you mean `raft`?"), "{said}");
    let said = desk.seedbed("list clokc").refused();
    assert!(said.contains("speaks of \"clokc\"") && said.contains("`clock-jumps`"), "{said}");
}

#[test]
fn the_lists_are_json_on_demand() {
    let list = Desk::new().seedbed("list --format json").succeeds();
    let list: Value = serde_json::from_str(&list).unwrap();
    let names = |of: &str| -> Vec<String> {
        let entries = list[of].as_array().unwrap();
        entries.iter().map(|entry| entry["name"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names("scenarios"), scenarios::library().map(|e| e.name).collect::<Vec<_>>());
    assert_eq!(names("systems"), node::systems::all().iter().map(|s| s.name).collect::<Vec<_>>());
    let ghost_data = list["scenarios"].as_array().unwrap();
    let ghost_data = ghost_data.iter().find(|entry| entry["name"] == "ghost-data").unwrap();
    assert_eq!(ghost_data["topic"], "divergence");
    assert!(ghost_data["tags"].as_array().unwrap().contains(&"crash".into()), "{ghost_data}");
}

#[test]
fn every_scenario_can_be_shown() {
    let desk = Desk::new().with("mine.toml", EXPECTED);
    for embedded in scenarios::library() {
        let shown = desk.seedbed(&format!("show {}", embedded.name)).succeeds();
        assert!(shown.contains(&embedded.scenario().title), "{shown}");
        assert!(shown.contains("must be violated"), "{shown}");
    }
    let shown = desk.seedbed("show mine.toml").succeeds();
    assert!(shown.contains("put 999=GhostData at leader"), "{shown}");
}

#[test]
fn what_is_shown_says_how_to_run_it() {
    let desk = Desk::new().with("mine.toml", EXPECTED);
    let shown = desk.seedbed("show mine.toml").succeeds();
    assert!(shown.contains("seedbed run mine.toml\n"), "{shown}");
    let shown = desk.seedbed("show ghost-data").succeeds();
    assert!(shown.contains("seedbed run ghost-data\n"), "{shown}");
}

#[test]
fn completions_know_the_scenarios_and_the_systems() {
    let desk = Desk::new();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = desk.seedbed(&format!("completions {shell}")).succeeds();
        assert!(script.contains("audit"), "{shell}");
    }
    let script = desk.seedbed("completions bash").succeeds();
    for offered in ["flaky-network", "async-leader", "lost-writes", "tombstone"] {
        assert!(script.contains(offered), "{offered}");
    }
}

#[test]
fn no_help_lists_the_library() {
    let desk = Desk::new();
    for command in ["list", "show", "run", "trace", "audit", "matrix", "glossary"] {
        let help = desk.seedbed(&format!("{command} --help")).succeeds();
        let named = scenarios::library().filter(|it| help.contains(it.name)).count();
        assert!(named <= 3, "{command} --help names {named} scenarios:\n{help}");
    }
}

#[test]
fn a_word_is_explained() {
    let desk = Desk::new();
    let said = desk.seedbed("glossary tombstones").succeeds();
    assert!(said.starts_with("tombstone: a mark that a key was deleted"), "{said}");
    assert!(said.lines().count() <= 2, "{said}");
    let said = desk.seedbed("glossary Read-Repair").succeeds();
    assert_eq!(desk.seedbed("glossary read repair").succeeds(), said);
    let all = desk.seedbed("glossary").succeeds();
    let json = desk.seedbed("glossary --format json").succeeds();
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["terms"].as_array().unwrap().len(), reports::glossary::ALL.len());
    for term in reports::glossary::ALL {
        assert!(all.contains(&format!("{}: ", term.name)), "{}", term.name);
    }
    let said = desk.seedbed("glossary tombstne").refused();
    assert!(said.contains("has no word `tombstne`") && said.contains("`tombstone`"), "{said}");
}

#[test]
fn every_command_has_help_with_an_example() {
    let desk = Desk::new();
    let top = desk.seedbed("--help").succeeds();
    assert!(top.contains("Exit codes:"), "{top}");
    let commands = ["list", "glossary", "show", "run", "matrix", "audit", "judge", "experiment"];
    for command in commands.into_iter().chain(["play", "trace", "completions"]) {
        assert!(top.contains(command), "{command} is missing:\n{top}");
        let help = desk.seedbed(&format!("{command} --help")).succeeds();
        assert!(help.contains(&format!("  seedbed {command}")), "{help}");
    }
}

#[test]
fn each_system_is_shown_with_what_it_runs_with() {
    let desk = Desk::new();
    let shown = desk.seedbed("show deadlock").succeeds();
    // The flaw is stated for this system alone, and no other has workers.
    assert!(shown.contains("\nsettings  peer-to-peer: await-peers, workers = 10\n"), "{shown}");
    assert_eq!(shown.matches("\nsettings").count(), 1, "{shown}");
    let story = desk.seedbed("run deadlock --out report").succeeds();
    assert!(story.contains("Flaws on    await-peers\nSettings    workers = 10\n"), "{story}");
    let story = desk.seedbed("run deadlock --system quorum --out report").succeeds();
    assert!(!story.contains("Flaws on") && !story.contains("workers = 10"), "{story}");
}
