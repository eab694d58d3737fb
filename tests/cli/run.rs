//! `seedbed run`, as it should go.

use crate::support::{Desk, EXPECTED};
use serde_json::Value;
use std::{fs, path::Path};

#[test]
fn a_run_tells_its_story_and_writes_its_files() {
    let desk = Desk::new();
    let story = desk.seedbed("run ghost-data").succeeds();
    assert!(story.contains("convergence      VIOLATED  as expected"), "{story}");
    assert!(story.contains("out/ghost-data-async-leader-0"), "{story}");
    let names: Vec<_> = desk.files().into_keys().collect();
    let report = Path::new("out/ghost-data-async-leader-0");
    for name in [
        "story.txt",
        "summary.json",
        "plan.toml",
        "operations.csv",
        "latency.csv",
        "messages.csv",
        "report.html",
        "faults.csv",
        "replicas.csv",
        "charts/latency.png",
        "charts/latency.svg",
    ] {
        assert!(names.contains(&report.join(name)), "{name} is missing from {names:?}");
    }
    assert!(names.iter().all(|name| name.starts_with(report)), "{names:?}");
}

#[test]
fn the_summary_is_json_and_the_same_as_in_the_file() {
    let desk = Desk::new();
    let printed = desk.seedbed("run ghost-data --seed 7 --format json --out report").succeeds();
    let printed: Value = serde_json::from_str(&printed).unwrap();
    let written = fs::read(desk.path("report/summary.json")).unwrap();
    assert_eq!(printed, serde_json::from_slice::<Value>(&written).unwrap());
    assert_eq!(printed["seed"], 7);
    assert_eq!(printed["as_expected"], true);
}

#[test]
fn the_story_in_the_folder_is_the_one_that_was_told() {
    let desk = Desk::new();
    for options in ["", " --verbose --explain"] {
        let told = desk.seedbed(&format!("run ghost-data --out report{options}")).succeeds();
        let written = fs::read_to_string(desk.path("report/story.txt")).unwrap();
        assert!(written.contains("Proved by the same plan"), "{written}");
        let told: Vec<&str> =
            told.lines().filter(|line| !line.contains("Tables and charts are in")).collect();
        assert_eq!(written.lines().collect::<Vec<_>>(), told);
    }
}

#[test]
fn quiet_prints_nothing_and_writes_all_the_same() {
    let desk = Desk::new();
    assert_eq!(desk.seedbed("run ghost-data --quiet --out report").succeeds(), "");
    assert!(desk.path("report/story.txt").is_file());
}

#[test]
fn an_expectation_that_is_met_gives_0_and_one_that_is_not_gives_1() {
    let hopes = EXPECTED.replace("violated", "holds");
    let desk = Desk::new().with("mine.toml", EXPECTED).with("hopes.toml", hopes);
    desk.seedbed("run mine.toml").succeeds();
    let ended = desk.seedbed("run hopes.toml");
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(1), ""));
    assert!(ended.stdout.contains("NOT AS EXPECTED"), "{}", ended.stdout);
    assert_eq!(desk.seedbed("run hopes.toml --quiet").code, Some(1));
}

#[test]
fn a_fault_that_touches_nothing_gives_1() {
    // Nobody sends anything while the link is slow.
    let toothless = "[[step]]\nat = \"100ms\"\n\
        do = { slow-link = { from = \"n1\", to = \"n2\", delay = \"1s\", lasts = \"1s\" } }\n\n[expect";
    let desk = Desk::new().with("mine.toml", EXPECTED.replace("[expect", toothless));
    let ended = desk.seedbed("run mine.toml --format json");
    assert_eq!(ended.code, Some(1), "{}", ended.stderr);
    let summary: Value = serde_json::from_str(&ended.stdout).unwrap();
    let defect = summary["defects"][0].as_str().unwrap();
    assert!(defect.contains("touched nothing"), "{defect}");
}

#[test]
fn a_system_can_be_named() {
    let desk = Desk::new();
    let named = desk.seedbed("run ghost-data --system async-leader --out named").succeeds();
    assert!(named.contains("ghost-data on async-leader, seed 0"), "{named}");
}

#[test]
fn a_line_break_in_a_value_breaks_no_line() {
    let desk = Desk::new();
    let escaped = r"put note=hi|1\nREPLICATE|admin|Mallor";
    let story = desk.seedbed("run forged-message --out report").succeeds();
    assert!(story.contains(escaped), "{story}");
    assert!(story.contains(r"│ note  ┆ hi|1\nREPLICATE|admin... v1"), "{story}");
    assert!(desk.seedbed("show forged-message").succeeds().contains(escaped));
    let trace = desk.seedbed("trace forged-message").succeeds();
    assert!(trace.contains(escaped), "{trace}");
    assert!(trace.lines().all(|line| line.contains(" ns  ")), "{trace}");
}

#[test]
fn a_file_that_expects_nothing_says_what_holds_and_what_does_not() {
    let nothing = EXPECTED.split("[expect").next().unwrap();
    let desk = Desk::new().with("mine.toml", nothing).with("hopes.toml", EXPECTED);
    for (arguments, violated) in [
        ("mine.toml", false),
        ("mine.toml --system async-leader", true),
        ("mine.toml --system raft", false),
        // Nor need a system be named by the file.
        ("hopes.toml --system raft", false),
        ("ghost-data --system sharded-groups", false),
    ] {
        let story = desk.seedbed(&format!("run {arguments}")).succeeds();
        assert!(story.contains("Nothing was expected here: of the properties "), "{story}");
        assert!(story.contains("holds     not stated"), "{story}");
        let mut lines = story.lines();
        let is_told = |line: &str| line.starts_with("  convergence") && line.contains("VIOLATED");
        assert_eq!(lines.any(is_told), violated, "{story}");
    }
}

#[test]
fn a_flaw_can_be_switched_on_by_hand() {
    let desk = Desk::new();
    let story = desk.seedbed("run log-left-behind --flaw no-fsync").succeeds();
    assert!(story.contains("Flaws on    skip-log-check, no-fsync"), "{story}");
    assert!(story.contains("--system raft --seed 0 --flaw no-fsync\n"), "{story}");
    assert!(story.contains("Nothing was expected here"), "{story}");
    let plan = "out/log-left-behind-raft-no-fsync-0/plan.toml";
    let digest = |said: &str| {
        let at = said.find("digest ").unwrap();
        said[at..].lines().next().unwrap().to_owned()
    };
    let again = desk.seedbed(&format!("run {plan} --system raft --out again")).succeeds();
    assert_eq!(digest(&story), digest(&again));
    let without = desk.seedbed("run log-left-behind --out without").succeeds();
    assert_ne!(digest(&story), digest(&without));
}
