//! Reports made once more.

use crate::support::Desk;
use std::fs;

#[test]
fn a_report_comes_again_from_its_folder_and_from_its_record() {
    let desk = Desk::new();
    desk.seedbed("run ghost-data --seed 3 --plan full --quiet --out first --record run.jsonl")
        .succeeds();
    let plan = fs::read_to_string(desk.path("first/plan.toml")).unwrap();
    let page = |folder: &str| fs::read_to_string(desk.path(folder).join("report.html")).unwrap();
    let first = page("first");
    fs::remove_file(desk.path("first/report.html")).unwrap();
    let told = desk.seedbed("report first").succeeds();
    assert!(told.trim_end().ends_with("report.html"), "{told}");
    assert_eq!(
        fs::read_to_string(desk.path("first/plan.toml")).unwrap(),
        plan,
        "with all operations"
    );
    // It is the plan that was carried out: the command says so, and all else is the same.
    let data = |page: &str| page.split_once("\"messages\":").unwrap().1.to_owned();
    assert_eq!(data(&page("first")), data(&first));
    desk.seedbed("report run.jsonl --out second --quiet").succeeds();
    assert_eq!(data(&page("second")), data(&first));
}

#[test]
fn what_holds_no_run_is_refused() {
    let desk = Desk::new().with("empty/notes.txt", "mine").with("bad.jsonl", "{}\n");
    for (from, why) in
        [("empty", "summary.json"), ("bad.jsonl", "holds no run"), ("missing", "holds no run")]
    {
        let told = desk.seedbed(&format!("report {from} --out new")).refused();
        assert!(told.contains(why), "{from}: {told}");
    }
    assert!(!desk.path("new").exists());
}

#[test]
fn a_folder_of_another_version_is_refused_and_left_as_it_was() {
    let desk = Desk::new();
    desk.seedbed("run ghost-data --quiet --out kept").succeeds();
    let file = desk.path("kept/summary.json");
    let summary = fs::read_to_string(&file).unwrap();
    let (before, digest) = summary.split_once("\"digest\": \"").unwrap();
    fs::write(&file, format!("{before}\"digest\": \"0{}", &digest[1..])).unwrap();
    let there = desk.files();
    let told = desk.seedbed("report kept").refused();
    assert!(told.contains("another version wrote it"), "{told}");
    assert_eq!(desk.files(), there);
}
