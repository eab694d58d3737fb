//! Regression runs: stored, compared, accepted, and refused.

use crate::support::{Desk, EXPECTED, Ended};
use serde_json::Value;
use std::fs;

/// A plan that shows a violation and expects nothing.
fn plan(head: &str) -> String {
    let rest = EXPECTED.split("[expect").next().unwrap();
    format!("on = \"async-leader\"\nseed = 3\nshows = [\"convergence\"]\n{head}{rest}")
}

fn desk() -> Desk {
    Desk::new().with("plans/one.toml", plan("")).with("plans/two.toml", EXPECTED)
}

/// Standard output of a command that found something.
#[track_caller]
fn found(ended: Ended) -> String {
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(1), ""), "{}", ended.stdout);
    ended.stdout
}

#[test]
fn what_is_new_is_named_and_accepted_and_then_as_it_was() {
    let desk = desk();
    let told = found(desk.seedbed("check plans"));
    assert!(told.contains("FAILED: 2 runs: 0 as stored, 2 new"), "{told}");
    assert!(told.contains("one on async-leader, seed 3: new"), "{told}");
    assert!(told.contains("seedbed run plans/one.toml"), "{told}");
    assert!(!desk.path("plans/check.json").exists(), "nothing is written unasked");
    desk.seedbed("check plans --update").succeeds();
    let stored = fs::read_to_string(desk.path("plans/check.json")).unwrap();
    let violated = stored.lines().find(|line| line.contains("\"violated\": ")).unwrap();
    assert!(violated.contains("\"convergence\""), "{stored}");
    assert_eq!(desk.seedbed("check plans").succeeds(), "2 runs: 2 as stored\n");
    // Nothing to accept is nothing written, not even the same.
    let before = fs::metadata(desk.path("plans/check.json")).unwrap().modified().unwrap();
    desk.seedbed("check plans --update").succeeds();
    let after = fs::metadata(desk.path("plans/check.json")).unwrap().modified().unwrap();
    assert_eq!(before, after);
}

#[test]
fn what_changed_is_said_property_by_property() {
    let desk = desk();
    desk.seedbed("check plans --update").succeeds();
    // The follower no longer crashes, so that nothing diverges.
    let mended = plan("").replace("{ crash = \"n2\" }", "{ get = { key = \"a\", from = \"n2\" } }");
    let desk = desk.with("plans/one.toml", mended);
    let told = found(desk.seedbed("check plans"));
    assert!(told.contains("FAILED: 2 runs: 1 as stored, 1 changed"), "{told}");
    assert!(told.contains("\n  convergence: holds, was violated\n"), "{told}");
    assert!(told.contains("\n  counter faults: 0, was 1\n"), "{told}");
    assert!(told.contains("\n  digest: ") && told.contains("check plans --update"), "{told}");
    assert!(!told.contains("two on"), "what is as it was is not told: {told}");
    // What is gone is named as well.
    fs::remove_file(desk.path("plans/two.toml")).unwrap();
    let told = found(desk.seedbed("check plans"));
    assert!(told.contains("two on async-leader: stored, and there is no such run"), "{told}");
    assert!(desk.seedbed("check plans --update").succeeds().contains("Accepted"));
    assert_eq!(desk.seedbed("check plans").succeeds(), "1 run: 1 as stored\n");
}

#[test]
fn what_was_fixed_must_not_come_back_even_if_it_is_stored() {
    let desk = desk().with("plans/one.toml", plan("fixed-in = \"0.2.0\"\n"));
    for command in ["check plans --update", "check plans"] {
        let told = found(desk.seedbed(command));
        assert!(told.contains("1 not as expected"), "{told}");
        assert!(told.contains("convergence was to hold, and was fixed in 0.2.0, and is violated"));
    }
    // On a system in which it is mended.
    let mended = plan("fixed-in = \"0.2.0\"\n").replace("async-leader", "raft");
    let desk = desk.with("plans/one.toml", mended);
    desk.seedbed("check plans --update").succeeds();
    desk.seedbed("check plans").succeeds();
}

#[test]
fn programs_read_json_and_junit_and_github_its_annotations() {
    let desk = desk();
    desk.seedbed("check plans --update --quiet").succeeds();
    let desk = desk.with("plans/one.toml", plan("").replace("seed = 3", "seed = 4"));
    let json = found(desk.seedbed("check plans --format json --junit junit.xml"));
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["as_stored"], false);
    assert_eq!(json["as_expected"], true);
    assert_eq!(json["runs"][0]["differences"][0]["what"], "seed");
    assert_eq!(json["runs"][1]["differences"].as_array().unwrap().len(), 0);
    let junit = fs::read_to_string(desk.path("junit.xml")).unwrap();
    assert!(junit.contains("tests=\"2\"") && junit.contains("failures=\"1\""), "{junit}");
    assert!(junit.contains("message=\"seed: 4, was 3\""), "{junit}");
    let told = found(desk.seedbed("check plans --format github"));
    let line = "::error file=plans/one.toml,title=one on async-leader::seed: 4, was 3%0A";
    assert!(told.starts_with(line), "{told}");
    assert_eq!(told.lines().count(), 2, "one run, and the sum: {told}");
}

#[test]
fn a_corpus_of_a_hunt_is_such_a_folder() {
    let desk = Desk::new();
    let hunt = "hunt random --system async-leader --seeds 5..22 --save corpus";
    assert_eq!(desk.seedbed(&format!("{hunt} --quiet")).code, Some(1));
    desk.seedbed("check corpus --update").succeeds();
    let told = desk.seedbed("check corpus").succeeds();
    assert!(told.contains("as stored"), "{told}");
    // And it is still a corpus.
    assert_eq!(desk.seedbed(&format!("{hunt} --quiet")).code, Some(1));
}

#[test]
fn a_folder_that_holds_something_else_is_refused() {
    let one = || Desk::new().with("plans/one.toml", EXPECTED);
    for (desk, why) in [
        (one().with("plans/notes.md", ""), "notes.md` is no plan"),
        (one().with("plans/other.json", "{}"), "other.json` is no plan"),
        (one().with("plans/inner/x.toml", EXPECTED), "inner` is no plan"),
        (one().with("plans/check.json", "{}"), "is not what a check stores"),
        (one().with("plans/check.json", "{"), "cannot be read"),
        (one().with("plans/check.json", "{\"schema_version\": 2}"), "of schema 2"),
        (one().with("plans/two.toml", "x"), "this is not TOML"),
        (Desk::new().with("plans/one.part", ""), "there is no plan in plans"),
        (Desk::new(), "could not read the folder plans"),
    ] {
        let before = desk.files();
        let said = desk.seedbed("check plans --update --junit junit.xml").refused();
        let said = said.split_whitespace().collect::<Vec<_>>().join(" ").replace("│ ", "");
        assert!(said.contains(why), "{why}: {said}");
        assert_eq!(desk.files(), before, "nothing is written");
    }
    one().seedbed("check plans --junit nowhere/junit.xml").refused();
    assert!(Desk::new().seedbed("check --update").refused().contains("are not here"));
}

#[test]
fn the_library_is_as_it_was_when_this_was_built() {
    // A part of it, since the whole takes long where nothing is optimised.
    let desk = Desk::new();
    let told = desk.seedbed("check --shard 3/60").succeeds();
    assert!(told.contains("as stored"), "{told}");
}

/// A folder that is graded: what it asks, and a scenario in which a follower misses a write.
fn graded(holds: &str) -> Desk {
    let scenario = EXPECTED.split("[expect").next().unwrap();
    let grade = format!("title = \"Lab\"\nseeds = 3\nholds = [{holds}]\n");
    Desk::new().with("labs/1/grade.toml", grade).with("labs/1/mine.toml", scenario)
}

#[test]
fn a_lab_is_passed_by_what_holds_with_every_seed_and_by_nothing_else() {
    let desk = graded("\"convergence\"");
    let passed = desk.seedbed("check labs/1 --system raft --junit junit.xml").succeeds();
    assert!(passed.contains("3 of 3 seeds") && passed.ends_with("1 of 1 scenario passed.\n"));
    let junit = || fs::read_to_string(desk.path("junit.xml")).unwrap();
    assert!(!junit().contains("<failure"), "{}", junit());
    let failed = desk.seedbed("check labs/1 --system async-leader --junit junit.xml");
    assert_eq!(failed.code, Some(1), "{}", failed.stderr);
    for words in ["FAILED  mine", "0 of 3 seeds", "n2 lacks key \"999\"", "0 of 1 scenario passed"]
    {
        assert!(failed.stdout.contains(words), "{words}: {}", failed.stdout);
    }
    assert!(junit().contains("<failure"), "{}", junit());
    let command = failed.stdout.lines().find_map(|line| line.trim().strip_prefix("seedbed run "));
    let story = desk.seedbed(&format!("run {} --out told", command.unwrap())).succeeds();
    assert!(story.contains("convergence  VIOLATED"), "{story}");
    let json = desk.seedbed("check labs/1 --system async-leader --format json").stdout;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!((&json["passed"], &json["scenarios"][0]["failed"]), (&false.into(), &3.into()));
    // What was not looked at does not hold.
    let vacuous = graded("\"no-resurrection\"").seedbed("check labs/1 --system raft");
    assert_eq!(vacuous.code, Some(1), "{}", vacuous.stdout);
    assert!(vacuous.stdout.contains("no-resurrection is unknown"), "{}", vacuous.stdout);
}

#[test]
fn a_lab_that_cannot_be_graded_is_refused() {
    for (holds, arguments, why) in [
        ("\"convergence\"", "", "which system is labs/1 to grade?"),
        ("\"convergence\"", "--system raft --update", "`--update` is for what is compared"),
        ("\"convergance\"", "--system raft", "did you mean `convergence`?"),
        ("", "--system raft", "`holds` names no property"),
        ("1", "--system raft", "grade.toml"),
    ] {
        let told = graded(holds).seedbed(&format!("check labs/1 {arguments}")).refused();
        assert!(told.replace("\n  │ ", " ").contains(why), "{arguments}: {told}");
    }
    let told = Desk::new().seedbed("check --system raft").refused();
    assert!(told.contains("for a folder that is graded"), "{told}");
}
