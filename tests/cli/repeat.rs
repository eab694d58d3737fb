//! The same again, to the byte.

use crate::support::{Desk, files};
use serde_json::Value;

#[test]
fn the_same_seed_gives_the_same_files_byte_by_byte() {
    let desk = Desk::new();
    for (scenario, seed) in [("ghost-data", 3), ("flaky-network", 4)] {
        desk.seedbed(&format!("run {scenario} --seed {seed} --out one")).succeeds();
        desk.seedbed(&format!("run {scenario} --seed {seed} --out other")).succeeds();
        let (one, other) = (files(&desk.path("one")), files(&desk.path("other")));
        assert_eq!(one.keys().collect::<Vec<_>>(), other.keys().collect::<Vec<_>>());
        for (name, content) in &one {
            assert!(other[name] == *content, "{} differs", name.display());
        }
    }
}

#[test]
fn another_seed_gives_another_digest() {
    let desk = Desk::new();
    assert_ne!(digest(&desk, "ghost-data --seed 3"), digest(&desk, "ghost-data --seed 4"));
}

#[test]
fn the_plan_of_a_run_gives_the_same_digest() {
    let desk = Desk::new();
    for scenario in ["ghost-data", "leader-crash"] {
        let first = digest(&desk, &format!("{scenario} --seed 7 --out first"));
        let second = digest(&desk, "first/plan.toml --seed 7 --out second");
        assert_eq!(first, second, "{scenario}");
    }
}

#[test]
fn a_scenario_written_out_is_the_same_scenario() {
    let desk = Desk::new();
    let toml = desk.seedbed("show healthy --toml").succeeds();
    let desk = desk.with("mine.toml", toml);
    assert_eq!(digest(&desk, "healthy --seed 2"), digest(&desk, "mine.toml --seed 2"));
}

#[test]
fn a_trace_is_the_same_twice_and_names_the_fault_at_work() {
    let desk = Desk::new();
    let trace = desk.seedbed("trace ghost-data --seed 7").succeeds();
    assert_eq!(trace, desk.seedbed("trace ghost-data --seed 7").succeeds());
    assert!(
        trace.contains("invoke operation 0 [for operation 0]: c0 put 999=GhostData"),
        "{trace}"
    );
    assert!(trace.contains("drop message 2: receiver down (fault 0)"), "{trace}");
    assert_ne!(trace, desk.seedbed("trace ghost-data --seed 8").succeeds());
}

fn digest(desk: &Desk, which: &str) -> String {
    let summary = desk.seedbed(&format!("run {which} --format json")).succeeds();
    let summary: Value = serde_json::from_str(&summary).unwrap();
    summary["digest"].as_str().unwrap().to_owned()
}
