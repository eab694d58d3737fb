//! `seedbed matrix` as its users meet it.

use assert_cmd::Command;
use std::{
    fs,
    path::{Path, PathBuf},
};

/// A scenario of which one expectation comes true and the other does not.
const MISSED: &str = r#"
name = "mine"
title = "Nothing happens"

[phases]
run = "1s"

[[step]]
at = "100ms"
do = { put = { key = "a", value = "1", to = "leader" } }

[expect.async-leader]
holds = ["durability"]
violated = ["convergence"]
"#;

/// A fresh folder to work in.
fn desk(name: &str) -> PathBuf {
    let desk = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("matrix-{name}"));
    if desk.exists() {
        fs::remove_dir_all(&desk).expect("it is ours");
    }
    fs::create_dir_all(&desk).expect("the place for temporary files can be written");
    desk
}

/// The exit code, standard output and standard error of a command.
fn seedbed(desk: &Path, arguments: &str) -> (Option<i32>, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_seedbed"));
    let output = command.current_dir(desk).args(arguments.split_whitespace()).output();
    let output = output.expect("the command starts");
    let text = |bytes| String::from_utf8(bytes).expect("the command prints UTF-8");
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn two_scenarios_give_the_same_table_and_files_on_one_thread_and_on_many() {
    let desk = desk("two");
    let run = |jobs, out: &str| {
        let which = "matrix --scenarios healthy,ghost-data --systems async-leader --seeds 2";
        let (code, told, errors) = seedbed(&desk, &format!("{which} --jobs {jobs} --out {out}"));
        assert_eq!((code, errors.as_str()), (Some(0), ""), "{told}");
        told.replace(out, "")
    };
    let told = run(1, "single-thread");
    assert_eq!(told, run(4, "four-threads"));
    assert!(
        told.contains("2 scenarios on 1 system: 2 cells, 2 seeds each, all as expected"),
        "{told}"
    );
    let healthy = told.find(" healthy ").expect("a row a scenario");
    assert!(
        healthy < told.find(" ghost-data ").expect("a row a scenario"),
        "in the order of asking"
    );
    for name in ["matrix.csv", "matrix.md", "matrix.json", "matrix.png", "matrix.svg"] {
        let content = |out: &str| fs::read(desk.join(out).join(name)).unwrap();
        assert_eq!(content("single-thread"), content("four-threads"), "{name}");
    }
    let csv = fs::read_to_string(desk.join("single-thread/matrix.csv")).unwrap();
    assert!(
        csv.contains("\nghost-data,async-leader,,convergence,violated,violated,true,2,0,"),
        "{csv}"
    );
}

#[test]
fn what_is_not_as_expected_is_told_with_its_command_and_exit_code_1() {
    let desk = desk("missed");
    fs::write(desk.join("mine.toml"), MISSED).unwrap();
    let (code, told, _) = seedbed(&desk, "matrix --scenarios mine.toml,healthy");
    assert_eq!(code, Some(1), "{told}");
    assert!(told.contains("NOT AS EXPECTED"), "{told}");
    assert!(told.contains("seedbed run mine.toml --system async-leader --seed 0"), "{told}");
    assert!(desk.join("out/matrix/matrix.png").is_file());
    let (code, _, _) = seedbed(&desk, "run mine.toml --system async-leader --seed 0 --quiet");
    assert_eq!(code, Some(1), "the command shows it");
    let (code, told, _) = seedbed(&desk, "matrix --scenarios mine.toml --format csv");
    assert_eq!(code, Some(1));
    assert_eq!(told, fs::read_to_string(desk.join("out/matrix/matrix.csv")).unwrap());
    let (code, told, _) = seedbed(&desk, "matrix --scenarios mine.toml --quiet");
    assert_eq!((code, told.as_str()), (Some(1), ""));
}

#[test]
fn unknown_names_and_places_are_refused_before_anything_is_run() {
    let desk = desk("refused");
    fs::create_dir_all(desk.join("mine")).unwrap();
    fs::write(desk.join("mine/notes.txt"), "mine").unwrap();
    let cases = [
        ("matrix --scenarios ghost-dta", "ghost-data"),
        ("matrix --systems rft", "did you mean `raft`?"),
        ("matrix --systems nonsense", "the systems are"),
        ("matrix --scenarios ghost-data --out mine", "notes.txt"),
        ("matrix --seeds 0", "--seeds"),
        ("matrix --jobs 0", "--jobs"),
    ];
    for (arguments, says) in cases {
        let (code, told, errors) = seedbed(&desk, arguments);
        assert_eq!((code, told.as_str()), (Some(2), ""), "{arguments}");
        assert!(errors.contains(says), "{arguments}: {errors}");
    }
    assert!(!desk.join("out").exists());
}

#[test]
fn systems_for_which_nothing_is_meant_leave_nothing_to_run() {
    let desk = desk("nothing");
    // Only one system has the flaw, and can carry it out.
    let flawed = format!("{MISSED}\n[system]\nflaws = [\"naive-failover\"]\n");
    fs::write(desk.join("mine.toml"), flawed).unwrap();
    let (code, _, errors) = seedbed(&desk, "matrix --scenarios mine.toml --systems raft,quorum");
    assert_eq!(code, Some(2));
    assert!(errors.contains("--system raft") && errors.contains("--system quorum"), "{errors}");
    // Beside a system with a cell, one without is an empty column.
    let (_, told, _) = seedbed(&desk, "matrix --scenarios mine.toml --systems raft,async-leader");
    assert!(told.contains("1 scenario on 2 systems: 1 cell, 3 seeds each"), "{told}");
}

#[test]
fn the_help_has_examples_and_says_when_a_cell_is_as_expected() {
    let (code, help, _) = seedbed(&desk("help"), "matrix --help");
    assert_eq!(code, Some(0));
    for part in ["  seedbed matrix", "need show with one", "Exit codes:", "matrix.svg"] {
        assert!(help.contains(part), "{part}: {help}");
    }
}
