//! `seedbed play` where nobody watches: plain lines.

use crate::support::{Desk, EXPECTED};

/// The first lines, and the last.
fn ends(text: &str, first: usize, last: usize) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let end = lines.len().saturating_sub(last);
    format!("{}\n...\n{}", lines[..first].join("\n"), lines[end..].join("\n"))
}

#[test]
fn a_run_is_told_in_plain_lines() {
    let told = Desk::new().seedbed("play ghost-data").succeeds();
    insta::assert_snapshot!(ends(&told, 40, 30));
}

#[test]
fn raft_keeps_its_promises_in_plain_lines() {
    let told = Desk::new().seedbed("play ghost-data --system raft").succeeds();
    insta::assert_snapshot!(ends(&told, 30, 12));
    assert!(told.contains("heartbeat messages"), "what goes on all the time is counted");
}

#[test]
fn the_same_run_is_told_alike_to_the_byte() {
    let desk = Desk::new();
    let first = desk.seedbed("play chaos-five --system raft").succeeds();
    assert_eq!(first, desk.seedbed("play chaos-five --system raft --plain --speed 3").succeeds());
    assert_ne!(first, desk.seedbed("play chaos-five --system raft --seed 1").succeeds());
    assert!(!first.contains('\u{1b}'), "nothing steers a terminal");
    assert!(desk.files().is_empty(), "nothing is written");
}

#[test]
fn every_system_can_be_played() {
    let desk = Desk::new();
    for system in node::systems::all() {
        let told = desk.seedbed(&format!("play ghost-data --system {}", system.name));
        assert!(told.stdout.contains("FAULT: n2 crashed"), "{}: {}", system.name, told.stderr);
        assert!(told.stdout.contains("VERDICTS"), "{}", system.name);
    }
}

#[test]
fn it_begins_where_it_is_told_to() {
    let desk = Desk::new();
    let told = desk.seedbed("play ghost-data --from 2500ms").succeeds();
    assert!(!told.contains("FAULT: n2 crashed") && told.contains("n2 boots again"), "{told}");
}

#[test]
fn what_cannot_be_played_is_refused() {
    let desk = Desk::new();
    for (arguments, why) in [
        ("ghost-data --from 1h", "after the end of the run"),
        ("ghost-data --from soon", "2.5s"),
        ("ghost-data --speed 0", "from 0.1 to 20"),
        ("ghost-data --speed NaN", "from 0.1 to 20"),
        ("ghost-dat", "ghost-data"),
        ("ghost-data --system rat", "raft"),
    ] {
        let told = desk.seedbed(&format!("play {arguments}")).refused();
        assert!(told.contains(why), "{arguments}: {told}");
    }
}

#[test]
fn an_expectation_that_is_not_met_gives_1() {
    let hopes = EXPECTED.replace("violated", "holds");
    let desk = Desk::new().with("mine.toml", EXPECTED).with("hopes.toml", hopes);
    desk.seedbed("play mine.toml").succeeds();
    assert_eq!(desk.seedbed("play hopes.toml").code, Some(1));
}
