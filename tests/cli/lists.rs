//! `list`, `show`, `completions` and the help.

use crate::support::{Desk, EXPECTED};
use serde_json::Value;

#[test]
fn every_scenario_and_every_system_is_listed() {
    let list = Desk::new().seedbed("list").succeeds();
    for embedded in scenarios::library() {
        assert!(list.contains(embedded.name), "{} is missing:\n{list}", embedded.name);
    }
    for system in node::systems::ALL {
        assert!(list.contains(system.name), "{} is missing:\n{list}", system.name);
    }
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
    assert_eq!(names("systems"), node::systems::ALL.iter().map(|s| s.name).collect::<Vec<_>>());
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
    assert!(script.contains("flaky-network") && script.contains("async-leader"), "{script}");
}

#[test]
fn every_command_has_help_with_an_example() {
    let desk = Desk::new();
    let top = desk.seedbed("--help").succeeds();
    assert!(top.contains("Exit codes:"), "{top}");
    for command in ["list", "show", "run", "matrix", "audit", "experiment", "trace", "completions"]
    {
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
