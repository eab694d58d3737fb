//! `seedbed hunt` and `seedbed corpus`.

use crate::support::Desk;
use serde_json::Value;
use std::fs;

#[test]
fn what_breaks_is_kept_and_shows_it_again() {
    let desk = Desk::new();
    let found = desk.seedbed(
        "hunt random --system async-leader --seeds 0..12 --property convergence --save corpus",
    );
    assert_eq!(found.code, Some(1), "{}", found.stderr);
    assert!(found.stdout.contains("convergence in "), "{}", found.stdout);
    assert!(found.stdout.contains("drawn: nodes: "), "{}", found.stdout);
    let files = desk.files();
    let mut plans = files.keys().filter(|path| path.extension().is_some_and(|it| it == "toml"));
    let plan = plans.next().expect("a plan was kept").to_str().unwrap().to_owned();
    assert!(found.stdout.contains(&plan), "{}", found.stdout);
    let told = desk.seedbed(&format!("run {plan}")).succeeds();
    assert!(told.contains("WHY CONVERGENCE IS VIOLATED"), "{told}");
    let replayed = desk.seedbed("corpus replay corpus");
    assert_eq!(replayed.code, Some(0), "{}", replayed.stderr);
    assert!(replayed.stdout.contains("  shows it"), "{}", replayed.stdout);
    // What no longer fails is told, and pruned.
    let text = fs::read_to_string(desk.path(&plan)).unwrap();
    let tame = text.lines().filter(|line| !line.trim_start().starts_with("{ at = "));
    fs::write(desk.path(&plan), tame.collect::<Vec<_>>().join("\n")).unwrap();
    let replayed = desk.seedbed("corpus replay corpus");
    assert_eq!(replayed.code, Some(1));
    assert!(replayed.stdout.contains("  NO LONGER"), "{}", replayed.stdout);
    assert_eq!(desk.seedbed("corpus prune corpus").code, Some(0));
    assert!(!desk.path(&plan).exists());
}

#[test]
fn nothing_found_is_told_with_what_was_covered() {
    let desk = Desk::new();
    let found = desk.seedbed("hunt random --system raft --seeds 0..20 --format json");
    assert_eq!(found.code, Some(0), "{}", found.stderr);
    let told: Value = serde_json::from_str(&found.stdout).unwrap();
    assert_eq!((&told["seeds"], &told["failed"]), (&20.into(), &0.into()));
    assert!(told["coverage"]["states"]["elected"].as_u64() > Some(0), "{told}");
}

#[test]
fn a_scenario_is_hunted_with_seed_after_seed() {
    let desk = Desk::new();
    let found = desk.seedbed(
        "hunt two-leaders-in-one-term --system raft --seeds 0..30 --stop-after 1 --property convergence \
         --property state-machine",
    );
    // What the scenario expects counts where it is asked for by name.
    assert_eq!(found.code, Some(1), "{}", found.stdout);
    let again = "seedbed run two-leaders-in-one-term --system raft --seed ";
    assert!(found.stdout.contains(again), "{}", found.stdout);
}

#[test]
fn bad_input_is_told_and_nothing_is_written() {
    let desk = Desk::new().with("papers/thesis.pdf", "");
    for (arguments, help) in [
        ("random", "name one"),
        ("random --system raft --seeds 9..3", "the first must be the smaller"),
        ("random --system raft --flaw no-fsnc", "did you mean `no-fsync`?"),
        ("random --system raft --property durablity", "did you mean `durability`?"),
        ("random --system raft --for soon", "such as `30s`"),
        ("random --system raft --save papers", "is no file of a corpus"),
    ] {
        let told = desk.seedbed(&format!("hunt {arguments}")).refused();
        let words: Vec<_> = told.split_whitespace().filter(|word| *word != "│").collect();
        assert!(words.join(" ").contains(help), "{arguments}: {told}");
    }
    assert!(desk.seedbed("corpus list nowhere").refused().contains("there is no folder"));
    assert_eq!(desk.files().len(), 1);
}
