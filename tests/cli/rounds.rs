//! Two hundred kills and power losses at moments that nobody chose, of processes that clients write to.
//!
//! It takes some two minutes: `cargo test --release --test cli rounds -- --ignored`.

use crate::{
    processes::{summary, verdict},
    support::Desk,
};
use serde_json::Value;
use std::thread;

const ROUNDS: &str = include_str!("../../examples/two-hundred-rounds.toml");

/// Has the rounds on processes.
fn rounds(desk: &Desk, arguments: &str, name: &str) -> Value {
    let command =
        format!("run rounds.toml --system {arguments} --on processes --format json --out {name}");
    summary(&desk.seedbed(&command).succeeds())
}

/// Of how many faults of this kind it is known that they took something.
fn bit(summary: &Value, kind: &str) -> usize {
    let faults = summary["faults"].as_array().unwrap().iter();
    faults.filter(|it| it["kind"] == kind && it["touched"].as_u64().unwrap() > 0).count()
}

#[test]
#[ignore = "takes two minutes"]
fn nothing_that_was_acknowledged_is_lost_in_two_hundred_rounds() {
    let desk = &Desk::new().with("rounds.toml", ROUNDS);
    let [raft, eventual, unsynced, naive] = thread::scope(|scope| {
        let begin = |arguments, name| scope.spawn(move || rounds(desk, arguments, name));
        [
            begin("raft", "raft"),
            begin("durable-eventual", "eventual"),
            // The controls: a raft that never waits for the platter, and a store that keeps everything in memory.
            begin("raft --flaw no-fsync", "unsynced"),
            begin("async-leader", "naive"),
        ]
        .map(|run| run.join().unwrap())
    });
    for sound in [&raft, &eventual] {
        assert_eq!(verdict(sound, "durability"), "holds");
        assert!(sound["faults"].as_array().unwrap().len() >= 200);
        assert!(bit(sound, "crash") > 50, "nodes were killed");
        assert!(bit(sound, "power-loss") > 5, "and writes were discarded");
        assert!(sound["operations"]["ok"].as_u64().unwrap() > 5000, "under load");
    }
    assert_eq!(verdict(&raft, "linearizability"), "holds");
    assert_ne!(
        verdict(&unsynced, "durability"),
        "holds",
        "as nobody is left who knows, or as it is gone"
    );
    assert_eq!(verdict(&naive, "durability"), "violated");
}
