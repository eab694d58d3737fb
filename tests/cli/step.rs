//! Runs by hand, over lines of text as in a pipe.

use crate::support::{Desk, Ended};
use std::fs;

fn steps(desk: &Desk, arguments: &str, choices: &str) -> Ended {
    let mut command = desk.command(&format!("step {arguments}"));
    command.write_stdin(choices).output().unwrap().into()
}

/// A write, of which the push to `n3` is lost or arrives.
fn with_a_push_that(comes: &str) -> String {
    format!("skip\nput k v\nnext\n\n# the pushes have left\nnext\n{comes} 2\n1\ndone\n")
}

#[test]
fn what_is_chosen_is_told_and_its_plan_does_the_same_again() {
    for (comes, violated) in [("lose", true), ("arrive", false)] {
        let desk = Desk::new();
        let ended = steps(&desk, "ghost-data --out made", &with_a_push_that(comes));
        let told = ended.succeeds();
        assert!(told.contains("> put k v\n"), "{told}");
        assert!(told.contains("   2  n1 -> n3   replicate k=v v1\n"), "{told}");
        assert_eq!(told.contains("  lost: n1 -> n3 replicate k=v v1\n"), violated, "{told}");
        assert_eq!(told.contains("n3 now holds \"k\" = \"v\""), !violated, "{told}");
        assert_eq!(told.contains("convergence  VIOLATED"), violated, "{told}");
        assert!(!told.contains('\x1b'), "no colours in a pipe");
        let digest = |file: &str| {
            let summary = fs::read_to_string(desk.path(file)).unwrap();
            let summary: serde_json::Value = serde_json::from_str(&summary).unwrap();
            summary["digest"].clone()
        };
        desk.seedbed("run made/plan.toml --out again --quiet").succeeds();
        assert_eq!(digest("again/summary.json"), digest("made/summary.json"));
        assert!(desk.path("made/report.html").exists());
    }
}

#[test]
fn the_choices_that_the_help_shows_are_some() {
    let desk = Desk::new();
    let help = desk.seedbed("step --help").succeeds();
    let (_, shown) = help.split_once("printf '").unwrap();
    let (choices, _) = shown.split_once('\'').unwrap();
    steps(&desk, "ghost-data --out made", &choices.replace("\\n", "\n")).succeeds();
    assert!(desk.path("made/plan.toml").exists());
}

#[test]
fn the_same_choices_are_told_in_the_same_bytes() {
    let told = || {
        let desk = Desk::new();
        let told = steps(&desk, "ghost-data --out made", &with_a_push_that("lose")).succeeds();
        (told, desk.files())
    };
    assert_eq!(told(), told());
}

#[test]
fn what_is_taken_back_is_not_in_the_plan() {
    let desk = Desk::new();
    let choices = "skip\ncrash n3\nundo\npartition n1 n2 | n3\nput k v\nnext\nnext\nheal\ndone\n";
    steps(&desk, "ghost-data --out made", choices).succeeds();
    let plan = fs::read_to_string(desk.path("made/plan.toml")).unwrap();
    assert!(!plan.contains("crash = \"n3\""), "{plan}");
    assert!(plan.contains("partition = [") && plan.contains("heal-network"), "{plan}");
}

#[test]
fn a_line_that_is_no_choice_is_named_and_nothing_is_written() {
    for (line, why) in [
        ("lsoe 1", "did you mean `lose`?"),
        ("lose 7", "nothing waits"),
        ("crash n9", "n9"),
        ("wait soon", "`soon` is no time"),
        ("put k", "is not whole"),
        ("do { crash = 7 }", "crash"),
        ("wait 99s", "the run is over at 6.000s"),
        ("undo", "nothing was chosen yet"),
    ] {
        let desk = Desk::new();
        let told =
            steps(&desk, "ghost-data --quiet", &format!("# first\n{line}\ndone\n")).refused();
        assert!(told.contains("choice in line 2"), "{line}: {told}");
        assert!(told.replace("\n  │ ", " ").contains(why), "{line}: {told}");
        assert!(desk.files().is_empty(), "{line}");
    }
    let desk = Desk::new();
    let told = steps(&desk, "ghost-data --from 6s", "done\n").refused();
    assert!(told.contains("nothing is left to choose"), "{told}");
    steps(&desk, "ghost-data", "put k v\nquit\n").succeeds();
    assert!(desk.files().is_empty(), "who leaves writes nothing");
}

#[test]
fn what_a_value_holds_steers_no_terminal() {
    let long = "x".repeat(2_000);
    let scenario = format!(
        "name = \"odd\"\ntitle = \"Odd values\"\n[phases]\nrun = \"2s\"\n[[step]]\nat = \"1s\"\n\
         do = {{ put = {{ key = \"k\\u001b[2J\", value = \"\\n\\u001b[31m😀 אב {long}\", to = \"n1\" }} }}\n"
    );
    let desk = Desk::new().with("odd.toml", scenario);
    let told = steps(
        &desk,
        "odd.toml --system async-leader",
        "next\nnext\nnext\nput a\x1b[2J b\nall\ndone\n",
    );
    let told = told.succeeds();
    assert!(told.contains("😀 אב"), "{told}");
    assert!(!told.contains('\x1b'), "{told}");
    let longest = told.lines().map(|line| line.chars().count()).max().unwrap();
    assert!(longest < 300, "{longest}");
}

#[test]
fn a_client_can_ask_beside_a_workload() {
    let desk = Desk::new();
    for scenario in ["healthy", "flaky-network", "concurrent-writes"] {
        let choices = "put k v\nwait 20ms\nshow\nquit\n";
        let told = steps(&desk, scenario, choices).succeeds();
        assert!(told.contains("c0 asks for put k=v"), "{scenario}: {told}");
    }
}
