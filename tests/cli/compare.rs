//! Two runs on one page.

use crate::support::Desk;
use serde_json::Value;
use std::fs;

const BOTH: &str = "compare out/ghost-data-async-leader-0 out/ghost-data-raft-0";
const PAGE: &str = "out/compare-ghost-data-async-leader-0-ghost-data-raft-0/compare.html";

/// A desk with both runs on it.
fn desk() -> Desk {
    let desk = Desk::new();
    desk.seedbed("run ghost-data --quiet").succeeds();
    desk.seedbed("run ghost-data --system raft --quiet").succeeds();
    desk
}

#[test]
fn two_folders_are_told_side_by_side_and_have_a_page() {
    let desk = desk();
    let told = desk.seedbed(BOTH).succeeds();
    for line in [
        "A  ghost-data on async-leader, seed 0",
        "B  ghost-data on raft, seed 0",
        "The same 1 fault struck both: n2 crashed (1.000s to 3.000s).",
        "`get 999`, number 3 of c0: A at 4.502s: (absent);",
        "Events were not compared: the systems differ.",
        PAGE,
    ] {
        assert!(told.contains(line), "{line}: {told}");
    }
    let row = |name: &str| told.lines().find(|line| line.trim_start().starts_with(name)).unwrap();
    let words =
        |name: &str| row(name).split_whitespace().map(ToOwned::to_owned).collect::<Vec<_>>();
    assert_eq!(words("convergence"), ["convergence", "≠", "violated", "holds"]);
    assert_eq!(words("durability"), ["durability", "holds", "holds"], "which is the control");
    let page = fs::read_to_string(desk.path(PAGE)).unwrap();
    assert!(page.starts_with("<!doctype html>") && page.contains("\"runs\":["));
    // The same again is the same to the byte, and takes the place of the first.
    assert_eq!(desk.seedbed(&format!("{BOTH} --quiet")).succeeds(), "");
    assert_eq!(fs::read_to_string(desk.path(PAGE)).unwrap(), page);
}

#[test]
fn records_and_folders_compare_alike_and_json_says_the_same() {
    let desk = desk();
    desk.seedbed("run ghost-data --quiet --out first --record a.jsonl").succeeds();
    let json = |command: &str| -> Value {
        serde_json::from_str(&desk.seedbed(&format!("{command} --format json")).succeeds()).unwrap()
    };
    let folders = json(BOTH);
    let mixed = json("compare a.jsonl out/ghost-data-raft-0 --out mixed");
    assert_eq!(folders, mixed);
    let file = fs::read_to_string(desk.path("mixed/compare.json")).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&file).unwrap(), mixed);
    assert_eq!(folders["schema"], "seedbed-compare-1");
    assert_eq!(folders["faults"]["same"], true);
    let kinds: Vec<_> =
        folders["differences"].as_array().unwrap().iter().map(|it| &it["kind"]).collect();
    assert_eq!(kinds, ["answer", "lasting"]);
    let differing = |document: &Value| {
        let verdicts = document["verdicts"].as_array().unwrap();
        verdicts.iter().filter(|it| it["differs"] == true).count()
    };
    assert!(differing(&folders) > 0);
    // Another seed: one system, so that events are compared too.
    desk.seedbed("run ghost-data --seed 7 --quiet").succeeds();
    let seeds = json("compare a.jsonl out/ghost-data-async-leader-7");
    assert_eq!(seeds["differences"][0]["kind"], "event");
    assert_eq!(seeds["runs"][1]["name"], "async-leader, seed 7");
    assert_eq!(differing(&seeds), 0, "both lose the write");
    assert!(desk.path("out/compare-a-ghost-data-async-leader-7/compare.html").is_file());
    // How the record comes again, since there is no plan beside it.
    let page = fs::read_to_string(desk.path("mixed/compare.html")).unwrap();
    assert!(page.contains("seedbed report a.jsonl --open"));
}

#[test]
fn what_cannot_be_compared_is_refused_and_nothing_is_written() {
    let desk = desk()
        .with("empty/notes.txt", "mine")
        .with("mine/compare.html", "mine")
        .with("bad.jsonl", "{}\n");
    desk.seedbed("run ghost-data --quiet --out twin").succeeds();
    let before = desk.files();
    for (sides, why) in [
        (
            "out/ghost-data-raft-0 out/ghost-data-raft-0",
            "are the same run: ghost-data on raft, seed 0",
        ),
        ("out/ghost-data-async-leader-0 twin", "are the same run"),
        ("out/ghost-data-raft-0 empty", "is not the folder of a run: summary.json"),
        ("bad.jsonl out/ghost-data-raft-0", "holds no run"),
        ("out/ghost-data-raft-0 missing", "missing holds no run"),
        (
            "out/ghost-data-async-leader-0 out/ghost-data-raft-0 --out mine",
            "`mine` already holds something",
        ),
        (
            "out/ghost-data-async-leader-0 out/ghost-data-raft-0 --out twin",
            "`twin` already holds something",
        ),
        ("out/ghost-data-async-leader-0 out/ghost-data-raft-0 --out bad.jsonl", "is not a folder"),
    ] {
        let told = desk.seedbed(&format!("compare {sides}")).refused();
        let told = told.split_whitespace().collect::<Vec<_>>().join(" ").replace("│ ", "");
        assert!(told.contains(why), "{sides}: {told}");
        assert_eq!(desk.files(), before, "{sides}");
    }
    let ended = desk.seedbed("compare missing out/ghost-data-raft-0 --format json");
    let said: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!((ended.code, &said["exit_code"]), (Some(2), &2.into()));
    // The control: the same desk can be compared.
    desk.seedbed(&format!("{BOTH} --quiet")).succeeds();
    assert!(desk.path(PAGE).is_file());
}
