//! `seedbed matrix`.

use crate::support::{Desk, EXPECTED, files};
use reports::matrix::COLUMNS;
use serde_json::Value;
use std::{fs, path::PathBuf};

/// Two scenarios on two systems, which have nothing but messages and are over at once.
const SMALL: &str = "matrix --scenarios ghost-data,mine.toml --systems async-leader,raft --seeds 1";

/// The files of a matrix, in order.
const FILES: [&str; 5] = ["matrix.csv", "matrix.json", "matrix.md", "matrix.png", "matrix.svg"];

fn desk() -> Desk {
    Desk::new().with("mine.toml", EXPECTED)
}

#[test]
fn the_table_is_printed_and_the_folder_is_whole() {
    let desk = desk();
    let said = desk.seedbed(SMALL).succeeds();
    assert!(said.contains("2 scenarios on 2 systems: 4 cells, 1 seed, all as expected"), "{said}");
    assert!(said.contains("out/matrix"), "{said}");
    let mut expected: Vec<PathBuf> =
        FILES.map(|name| PathBuf::from("out/matrix").join(name)).into();
    expected.insert(0, "mine.toml".into());
    assert_eq!(desk.files().into_keys().collect::<Vec<_>>(), expected);
}

#[test]
fn each_format_is_what_the_file_holds() {
    let desk = desk();
    let has = |format: &str, file: &str| {
        let printed = desk.seedbed(&format!("{SMALL} --format {format}")).succeeds();
        let written = fs::read_to_string(desk.path("out/matrix").join(file)).unwrap();
        assert_eq!(printed, written, "{format}");
        printed
    };
    let json: Value = serde_json::from_str(&has("json", "matrix.json")).unwrap();
    assert_eq!(json["as_expected"], true, "{json}");
    let csv = has("csv", "matrix.csv");
    assert_eq!(csv.lines().next(), Some(COLUMNS.join(",").as_str()));
    assert!(csv.contains("\nghost-data,async-leader,,convergence,violated,violated,true,1,0,"));
    let markdown = has("markdown", "matrix.md");
    let table: Vec<&str> = markdown.lines().filter(|line| line.starts_with('|')).collect();
    let [head, rule, first, second] = table[..] else { panic!("{markdown}") };
    assert_eq!((head, rule), ("| scenario | async-leader | raft |", "| :-- |:-- |:-- |"));
    assert!(first.starts_with("| ghost-data | `"), "{first}");
    // What is named is run, be it that nothing is expected there.
    assert!(second.starts_with("| mine.toml | `") && second.ends_with("` |"), "{second}");
}

#[test]
fn quiet_prints_nothing_and_writes_all_the_same() {
    let desk = desk();
    assert_eq!(desk.seedbed(&format!("{SMALL} --quiet --out one")).succeeds(), "");
    desk.seedbed(&format!("{SMALL} --out other")).succeeds();
    assert_eq!(files(&desk.path("one")).len(), FILES.len());
    assert!(files(&desk.path("one")) == files(&desk.path("other")));
}

#[test]
fn the_number_of_jobs_changes_no_byte() {
    let desk = desk();
    let with = |jobs: u32| {
        let arguments = "--scenarios ghost-data,siblings,mine.toml --seeds 2 --out matrix";
        let said = desk.seedbed(&format!("matrix {arguments} --jobs {jobs}"));
        (said.succeeds(), files(&desk.path("matrix")))
    };
    assert!(with(1) == with(4));
}

#[test]
fn a_cell_that_is_not_as_expected_gives_1() {
    let hopes = EXPECTED.replace("violated", "holds");
    let desk = Desk::new().with("hopes.toml", hopes);
    let ended = desk.seedbed("matrix --scenarios hopes.toml --seeds 1");
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(1), ""));
    let again = "seedbed run hopes.toml --system async-leader --seed 0";
    assert!(ended.stdout.contains(again), "{}", ended.stdout);
    assert_eq!(desk.seedbed("matrix --scenarios hopes.toml --seeds 1 --quiet").code, Some(1));
}

#[test]
fn seeds_are_counted_from_that_of_the_file() {
    let hopes = EXPECTED.replace("violated", "holds");
    let desk = Desk::new().with("hopes.toml", format!("seed = 7\n{hopes}"));
    let told = desk.seedbed("matrix --scenarios hopes.toml --seeds 2").stdout;
    assert!(told.contains("seedbed run hopes.toml --system async-leader --seed 7"), "{told}");
    let audited = desk.seedbed("audit hopes.toml --seeds 2 --digests").succeeds();
    let seeds: Vec<_> = audited.lines().filter_map(|line| line.split(' ').nth(2)).collect();
    assert_eq!(seeds, ["7", "8"]);
    // What `run` has by default is the first of them.
    let story = desk.seedbed("run hopes.toml").stdout;
    assert!(story.contains("async-leader, seed 7"), "{story}");
}

#[test]
fn what_cannot_be_run_is_refused_and_leaves_nothing() {
    let desk = desk();
    for (arguments, mend) in [
        ("--scenarios ghst-data", "did you mean `ghost-data`?"),
        ("--scenarios ghost-data,none.toml", "there is no file none.toml"),
        ("--systems asink-leader", "did you mean `async-leader`?"),
        ("--scenarios members-come-and-go --systems quorum", "its nodes are the same"),
        ("--scenarios ghost-data --systems raft --flaw comit-old-term", "did you mean `commit-old"),
        ("--scenarios ghost-data --systems quorum --flaw commit-old-term", "It is a flaw of raft"),
        ("--scenarios ghost-data --flaw nonesuch", "The flaws of `raft` are"),
        ("--scenarios ghost-data --seeds 0", "--help"),
        ("--scenarios ghost-data --jobs 0", "--help"),
        ("--scenarios ghost-data --format yaml", "--help"),
    ] {
        let said = desk.seedbed(&format!("matrix {arguments}")).refused();
        assert!(said.contains(mend), "{arguments}: {said}");
        assert_eq!(desk.files().len(), 1, "{arguments}");
    }
    assert!(!desk.path("out").exists());
}

#[test]
fn a_folder_that_holds_something_else_is_left_alone() {
    let desk = desk().with("notes/notes.txt", "mine");
    desk.seedbed("run mine.toml --quiet --out report").succeeds();
    desk.seedbed(&format!("{SMALL} --quiet --out matrix")).succeeds();
    let desk = desk.with("matrix/notes.txt", "mine");
    let before = desk.files();
    for alien in ["notes", "report", "matrix", "mine.toml"] {
        let said = desk.seedbed(&format!("{SMALL} --out {alien}")).refused();
        assert!(said.contains(&format!("`{alien}`")), "{said}");
        assert!(desk.files() == before, "{alien}");
    }
}

#[test]
fn an_earlier_matrix_is_replaced() {
    let desk = desk();
    desk.seedbed("matrix --scenarios mine.toml --seeds 1 --quiet --out matrix").succeeds();
    let before = files(&desk.path("matrix"));
    desk.seedbed(&format!("{SMALL} --quiet --out matrix")).succeeds();
    let after = files(&desk.path("matrix"));
    assert_eq!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>());
    assert!(before.iter().all(|(name, content)| after[name] != *content));
}

#[test]
fn a_flaw_by_hand_is_set_where_it_is_known_and_nothing_is_judged() {
    let desk = desk();
    let matrix = |systems: &str| {
        let arguments = format!("--scenarios log-left-behind,mine.toml --seeds 1 {systems}");
        let flaw = "--flaw skip-log-check --format json --out matrix";
        let said = desk.seedbed(&format!("matrix {arguments} {flaw}")).succeeds();
        serde_json::from_str::<Value>(&said).unwrap()
    };
    let json = matrix("");
    assert_eq!(json["systems"], serde_json::json!(["raft"]), "only raft has it");
    let command = json["cells"][0]["commands"][0].as_str().unwrap();
    assert!(command.ends_with("--flaw skip-log-check"), "{command}");
    let beside = matrix("--systems raft,quorum");
    let flaws = |cell: usize| beside["cells"][cell]["flaws"].as_array().unwrap().len();
    assert_eq!((flaws(2), flaws(3)), (1, 0));
    for cell in beside["cells"].as_array().unwrap() {
        let unstated = |it: &Value| it["expected"] == "unstated";
        assert!(cell["properties"].as_array().unwrap().iter().all(unstated), "{cell}");
    }
}

#[test]
fn a_file_that_expects_nothing_has_a_cell_wherever_it_can_be_carried_out() {
    let nothing = EXPECTED.split("[expect").next().unwrap();
    let desk = Desk::new().with("mine.toml", nothing);
    let said = desk.seedbed("matrix --scenarios mine.toml --seeds 1").succeeds();
    let systems = node::systems::all().len();
    let sum = format!("1 scenario on {systems} systems: {systems} cells, 1 seed, of which nothing");
    assert!(said.contains(&sum), "{said}");
}
