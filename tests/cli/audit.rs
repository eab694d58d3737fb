//! `seedbed audit`.

use crate::support::{Desk, EXPECTED};
use serde_json::Value;

#[test]
fn runs_repeat_on_threads_and_in_a_second_process() {
    let desk = Desk::new().with("mine.toml", EXPECTED);
    let said = desk.seedbed("audit writes-at-a-follower mine.toml --seeds 3").succeeds();
    assert_eq!(said, "6 runs, each had on two threads and in a second process: no mismatch\n");
    let said = desk.seedbed("audit writes-at-a-follower --format json").succeeds();
    let said: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(said, serde_json::json!({ "runs": 1, "mismatches": [] }));
    assert_eq!(desk.seedbed("audit writes-at-a-follower --quiet").succeeds(), "");
}

#[test]
fn digests_are_those_of_the_runs() {
    let desk = Desk::new();
    let digests =
        desk.seedbed("audit writes-at-a-follower never-repaired --seeds 2 --digests").succeeds();
    let lines: Vec<Vec<&str>> =
        digests.lines().map(|line| line.split(' ').collect::<Vec<_>>()).collect();
    let [first, .., last] = &lines[..] else { panic!("{digests}") };
    assert_eq!(lines.len(), 4);
    assert_eq!(last[..3], ["never-repaired", "durable-eventual", "1"]);
    let summary = desk.seedbed("run writes-at-a-follower --format json").succeeds();
    let summary: Value = serde_json::from_str(&summary).unwrap();
    assert_eq!(summary["digest"], first[3]);
}
