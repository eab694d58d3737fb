//! `seedbed experiment`.

use crate::support::{Desk, files};
use serde_json::Value;
use std::{fs, path::PathBuf};

/// The quickest experiment: two curves and one chart.
const QUICK: &str = "experiment tail-latency";
const CHART: &str = "tail_latency_with_and_without_replication";

#[test]
fn the_tables_are_printed_and_the_folder_is_whole() {
    let desk = Desk::new();
    let said = desk.seedbed(QUICK).succeeds();
    assert!(said.contains("waits for followers") && said.contains("answers first"), "{said}");
    assert!(said.contains("5 files in out/experiment-tail-latency"), "{said}");
    let names = [
        format!("charts/{CHART}.png"),
        format!("charts/{CHART}.svg"),
        "data.csv".to_owned(),
        "report.txt".to_owned(),
        "summary.json".to_owned(),
    ];
    let folder = PathBuf::from("out/experiment-tail-latency");
    let expected: Vec<PathBuf> = names.iter().map(|name| folder.join(name)).collect();
    assert_eq!(desk.files().into_keys().collect::<Vec<_>>(), expected);
}

#[test]
fn the_summary_is_json_and_the_same_as_in_the_file() {
    let desk = Desk::new();
    let printed = desk.seedbed(&format!("{QUICK} --seed 3 --format json --out x")).succeeds();
    let printed: Value = serde_json::from_str(&printed).unwrap();
    let written = fs::read(desk.path("x/summary.json")).unwrap();
    assert_eq!(printed, serde_json::from_slice::<Value>(&written).unwrap());
    assert_eq!(printed["seed"], 3);
}

#[test]
fn the_same_seed_gives_the_same_files_and_quiet_prints_nothing() {
    let desk = Desk::new();
    assert_eq!(desk.seedbed(&format!("{QUICK} --quiet --out one")).succeeds(), "");
    desk.seedbed(&format!("{QUICK} --out again")).succeeds();
    desk.seedbed(&format!("{QUICK} --seed 1 --quiet --out other")).succeeds();
    let [one, again, other] = ["one", "again", "other"].map(|name| files(&desk.path(name)));
    assert!(one == again);
    assert!(one != other);
}

#[test]
fn every_experiment_is_listed() {
    let desk = Desk::new();
    let list = desk.seedbed("experiment --list").succeeds();
    let json = desk.seedbed("experiment --list --format json").succeeds();
    let json: Value = serde_json::from_str(&json).unwrap();
    let entries = json["experiments"].as_array().unwrap();
    let names: Vec<_> = entries.iter().map(|entry| entry["name"].as_str().unwrap()).collect();
    let all: Vec<_> = scenarios::experiment::ALL.iter().map(|experiment| experiment.name).collect();
    assert_eq!(names, all);
    assert!(all.iter().all(|name| list.contains(name)), "{list}");
    assert_eq!(desk.seedbed("experiment").succeeds(), list);
    assert!(desk.files().is_empty());
}

#[test]
fn what_cannot_be_carried_out_is_refused_and_leaves_nothing() {
    let desk = Desk::new();
    for (arguments, mend) in [
        ("ladde", "did you mean `ladder`?"),
        ("xyz", "the experiments are throughput-by-mode,"),
        ("tail-latency --seed seven", "--help"),
        ("tail-latency --format csv", "--help"),
        ("tail-latency --list", "--help"),
    ] {
        let said = desk.seedbed(&format!("experiment {arguments}")).refused();
        assert!(said.contains(mend), "{arguments}: {said}");
    }
    assert!(desk.files().is_empty() && !desk.path("out").exists());
}

#[test]
fn a_folder_that_holds_something_else_is_left_alone() {
    let desk = Desk::new().with("notes/notes.txt", "mine").with("file", "mine");
    desk.seedbed("run ghost-data --quiet --out report").succeeds();
    desk.seedbed(&format!("{QUICK} --quiet --out experiment")).succeeds();
    let desk = desk.with("experiment/charts/notes.txt", "mine");
    let before = desk.files();
    for alien in ["notes", "report", "experiment", "file"] {
        let said = desk.seedbed(&format!("{QUICK} --seed 1 --out {alien}")).refused();
        assert!(said.contains(&format!("`{alien}`")), "{said}");
        assert!(desk.files() == before, "{alien}");
    }
}

#[test]
fn an_earlier_experiment_is_replaced() {
    let desk = Desk::new();
    desk.seedbed("experiment read-vs-write --quiet --out x").succeeds();
    desk.seedbed(&format!("{QUICK} --quiet --out x")).succeeds();
    let charts: Vec<_> = files(&desk.path("x/charts")).into_keys().collect();
    assert_eq!(charts, [format!("{CHART}.png"), format!("{CHART}.svg")].map(PathBuf::from));
}
