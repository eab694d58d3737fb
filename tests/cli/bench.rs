//! `seedbed bench --on`: processes are started, asked, and ended.

use crate::support::{Desk, SEEDBED};
use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
    thread,
    time::Duration,
};

/// So often it is looked whether something is so.
const LOOKS: usize = 600;
const BETWEEN: Duration = Duration::from_millis(50);

const SHORT: &str = "bench --on async-leader --clients 4 --for 1s --warm-up 0s --beside none";

/// How many processes work in this folder.
fn at_work(folder: &Path) -> usize {
    let folder = folder.canonicalize().unwrap();
    let processes = fs::read_dir("/proc").unwrap().flatten();
    let is_there = |process: &fs::DirEntry| {
        process.file_name().to_string_lossy().parse::<u32>().is_ok()
            && fs::read_link(process.path().join("cwd")).is_ok_and(|cwd| cwd == folder)
    };
    processes.filter(is_there).count()
}

fn until(what: &str, is_so: impl Fn() -> bool) {
    for _ in 0..LOOKS {
        if is_so() {
            return;
        }
        thread::sleep(BETWEEN);
    }
    panic!("waited in vain: {what}");
}

#[test]
fn a_system_is_measured_and_no_process_stays() {
    let desk = Desk::new();
    let ended = desk.seedbed(SHORT);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    for said in ["async-leader", "put", "p99.9 ms", "a second", "8 files in"] {
        assert!(ended.stdout.contains(said), "no `{said}` in\n{}", ended.stdout);
    }
    assert_eq!(at_work(&desk.path(".")), 0);
    let files: Vec<_> = desk.files().into_keys().collect();
    let has = |name: &str| files.iter().any(|file| file.ends_with(name));
    for name in ["summary.json", "bench.csv", "quantiles.csv", "report.txt", "throughput.png"] {
        assert!(has(name), "no {name} in {files:?}");
    }
    assert_eq!(files.len(), 8, "{files:?}");
}

#[test]
fn processes_end_with_the_command_even_if_it_is_killed() {
    let desk = Desk::new();
    let folder = desk.path(".");
    let mut command = Command::new(SEEDBED);
    let long = SHORT.replace("--for 1s", "--for 60s");
    command.args(long.split_whitespace());
    command.args(["--keys", "10"]).current_dir(&folder);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    // The control: there are the command itself and three nodes.
    until("the nodes", || at_work(&folder) == 4);
    child.kill().unwrap();
    child.wait().unwrap();
    until("the end of the nodes", || at_work(&folder) == 0);
}

#[test]
fn what_cannot_be_measured_is_named() {
    let desk = Desk::new();
    for (arguments, named) in [
        ("bench --on raff", "`raff`"),
        ("bench --on raft --system raft", "names a system already"),
        ("bench --on 127.0.0.1:1", "--system"),
        ("bench --on 127.0.0.1:x --system raft", "`127.0.0.1:x`"),
        ("bench --on 127.0.0.1:1 --system raft --flaw no-fsync", "`--flaw`"),
        ("bench --on raft --flaw nonsense", "nonsense"),
        ("bench --on raft --setting heartbeet=1ms", "`heartbeet`"),
        ("bench --on raft --setting voters=5", "`voters` is 5"),
        ("bench --on async-leader --mix delete=1", "delete"),
        ("bench --on raft --mix take=1", "`take`"),
        ("bench --on raft --rate 0", "--rate"),
        ("bench --on raft --beside none,etcd", "`none`"),
        ("bench --on raft --data nowhere --beside none", "`nowhere`"),
        ("bench --on durable-eventual --value-bytes 5000", "2,048"),
        ("bench", "SCENARIO"),
        ("bench ghost-data --on raft", "--on"),
        ("bench ghost-data --clients 4", "--on"),
    ] {
        let ended = desk.seedbed(arguments);
        assert_eq!(ended.code, Some(2), "{arguments}: {}", ended.stdout);
        assert!(ended.stderr.contains(named), "{arguments}: {}", ended.stderr);
    }
    let mut alone = desk.command("bench --on raft --beside redis");
    let ended = alone.env("PATH", "/nowhere").output().unwrap();
    assert_eq!(ended.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&ended.stderr).contains("redis is not installed"));
    assert!(desk.files().is_empty());
}
