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

/// The processes that another has started, where that can be seen.
#[cfg(target_os = "linux")]
fn children_of(parent: u32) -> Vec<u32> {
    let read = |pid: &str| std::fs::read_to_string(format!("/proc/{pid}/stat")).ok();
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let pids = processes.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    pids.filter(|pid| {
        let stat = read(&pid.to_string()).unwrap_or_default();
        // What follows the name, which may hold anything.
        let rest = stat.rsplit(')').next().unwrap_or_default();
        let mut fields = rest.split_whitespace();
        fields.next().is_some_and(|state| state != "Z")
            && fields.next() == Some(parent.to_string().as_str())
    })
    .collect()
}

#[cfg(target_os = "linux")]
#[test]
fn the_second_process_ends_with_the_first_however_that_ends() {
    use std::{
        process::{Command, Stdio},
        thread::sleep,
        time::Duration,
    };
    /// So often is looked, some milliseconds apart, before it counts as never.
    const LOOKS: usize = 6000;
    let is_there = |pid: u32| {
        let status = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        !status.is_empty() && !status.contains(") Z ")
    };
    // Months of clients that never rest.
    let workload = "[workload]\nclients = 4\nmix = { put = 1.0 }\n";
    let endless = format!("{}{workload}", EXPECTED.replace("run = \"4s\"", "run = \"300 days\""));
    let desk = Desk::new().with("endless.toml", endless);
    for signal in ["-TERM", "-KILL", "-INT"] {
        let mut first = Command::new(crate::support::SEEDBED);
        first.args([
            "audit",
            "endless.toml",
            "--max-events",
            "1000000000000",
            "--max-memory",
            "16 GiB",
        ]);
        first.current_dir(desk.path("")).stdout(Stdio::null()).stderr(Stdio::null());
        let mut first = first.spawn().unwrap();
        let seen = (0..LOOKS).find_map(|_| {
            sleep(Duration::from_millis(5));
            children_of(first.id()).first().copied()
        });
        let second = seen.expect("there is a second process");
        assert!(is_there(second), "it is at work");
        let pid = first.id().to_string();
        assert!(Command::new("kill").args([signal, &pid]).status().unwrap().success());
        first.wait().unwrap();
        let is_gone = (0..LOOKS).any(|_| {
            sleep(Duration::from_millis(5));
            !is_there(second)
        });
        assert!(is_gone, "{signal}: the second process is left behind");
    }
}
