//! Every order of events in a small scope, as the command tells it.

use crate::support::Desk;
use serde_json::Value;

fn json(arguments: &str) -> Value {
    let told = Desk::new().seedbed(&format!("explore {arguments} --format json")).succeeds();
    serde_json::from_str(&told).unwrap()
}

#[test]
fn ghost_data_is_found_in_its_shortest_trace() {
    let report = json("ghost-data");
    let found = report["found"].as_array().unwrap();
    let ghost = found.iter().find(|found| found["property"] == "convergence").unwrap();
    let steps: Vec<_> = ghost["steps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| step["what"].as_str().unwrap())
        .collect();
    let expected = [
        "n2 crashes",
        "c1 asks n1: put 999=GhostData",
        "the timer `push` runs out at n1",
        "vanishes, as n2 is down: n1 to n2: replicate 999=GhostData v1",
        "n2 boots",
        "arrives from n1 to n3: replicate 999=GhostData v1",
    ];
    assert_eq!(steps, expected);
    let text = Desk::new().seedbed("explore ghost-data").succeeds();
    assert!(text.contains("convergence is violated: n2 lacks key \"999\""), "{text}");
    assert!(text.contains("\n   6. arrives from n1 to n3: replicate"), "{text}");
    // No shorter one: with a step less there is none, and that is not as expected.
    let shallow = Desk::new().seedbed("explore ghost-data --depth 5");
    assert_eq!(shallow.code, Some(1), "{}", shallow.stdout);
    assert!(!shallow.stdout.contains("convergence is violated"), "{}", shallow.stdout);
}

/// The control: a follower that asks for what it missed, in the same scope.
#[test]
fn with_the_remedy_the_same_scope_is_exhausted_and_nothing_is_violated() {
    let report = json("ghost-data --system anti-entropy");
    assert_eq!((&report["exhausted"], &report["ended"]), (&true.into(), &"exhausted".into()));
    let judged = report["judged"].as_array().unwrap();
    let convergence = judged.iter().find(|it| it["property"] == "convergence").unwrap();
    assert_eq!((&convergence["violated"], &convergence["unknown"]), (&false.into(), &false.into()));
    assert!(judged.iter().all(|it| it["violated"] == false), "{report}");
    assert_eq!(report["found"].as_array().unwrap().len(), 0);
    // And it was the same scope: the same operations, and the same crash.
    assert_eq!(report["scope"], json("ghost-data")["scope"]);
}

#[test]
fn a_scope_that_is_not_exhausted_proves_nothing() {
    let desk = Desk::new();
    let told = desk.seedbed("explore ghost-data --system anti-entropy --states 500").stdout;
    assert!(told.contains("NOT EXHAUSTED"), "{told}");
    assert!(told.contains("convergence: no violation was found as far as it was looked"), "{told}");
    assert!(!told.contains("holds in the whole scope"), "{told}");
    for (arguments, help) in [
        ("ghst-data", "ghost-data"),
        ("ghost-data --system raft --flaw vote-twce", "vote-twice"),
        ("ghost-data --states 0", "--help"),
    ] {
        let told = desk.seedbed(&format!("explore {arguments}")).refused();
        assert!(told.contains(help), "{arguments}: {told}");
    }
}
