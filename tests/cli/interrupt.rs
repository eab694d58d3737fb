//! Ctrl-C.
#![cfg(unix)]

use crate::support::{Desk, EXPECTED, SEEDBED};
use std::{
    fs,
    process::{Child, Command, Output, Stdio},
    thread::sleep,
    time::Duration,
};

/// Clients that keep the cluster busy for longer than anybody waits.
const ENDLESS: &str = "[workload]\nclients = 8\n\n[phases]\nrun = \"300 days\"";

#[test]
fn an_interrupt_ends_a_run_and_leaves_nothing() {
    let desk = desk();
    let ended = interrupt("run endless.toml --out new/report", &desk);
    assert_eq!(ended.status.code(), Some(130), "{ended:?}");
    assert_eq!(String::from_utf8_lossy(&ended.stderr), "interrupted\n");
    assert_eq!(String::from_utf8_lossy(&ended.stdout), "");
    assert!(!desk.path("new").exists());
}

#[test]
fn an_interrupt_leaves_an_earlier_report_as_it_was() {
    let desk = desk();
    desk.seedbed("run ghost-data --out report").succeeds();
    let before = desk.files();
    let ended = interrupt("run endless.toml --out report", &desk);
    assert_eq!(ended.status.code(), Some(130), "{ended:?}");
    assert!(desk.files() == before);
}

#[test]
fn an_interrupt_ends_a_matrix_and_leaves_nothing() {
    let desk = desk();
    let ended = interrupt("matrix --scenarios ghost-data,endless.toml --out new/matrix", &desk);
    assert_eq!(ended.status.code(), Some(130), "{ended:?}");
    assert_eq!(String::from_utf8_lossy(&ended.stderr), "interrupted\n");
    assert_eq!(String::from_utf8_lossy(&ended.stdout), "");
    assert!(!desk.path("new").exists());
}

fn desk() -> Desk {
    Desk::new().with("endless.toml", EXPECTED.replace("[phases]\nrun = \"4s\"", ENDLESS))
}

/// Starts the command, and interrupts it once its run has begun.
fn interrupt(arguments: &str, desk: &Desk) -> Output {
    let mut command = Command::new(SEEDBED);
    command.args(arguments.split(' ')).current_dir(desk.path(""));
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    await_run(&mut child);
    let pid = child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    child.wait_with_output().unwrap()
}

/// Waits until the run has begun: where threads can be seen, until its thread is there.
fn await_run(child: &mut Child) {
    let tasks = format!("/proc/{}/task", child.id());
    if fs::metadata(&tasks).is_err() {
        sleep(Duration::from_secs(3));
        return;
    }
    let runs = || {
        let names = fs::read_dir(&tasks).into_iter().flatten().flatten();
        names
            .filter_map(|task| fs::read_to_string(task.path().join("comm")).ok())
            .any(|name| name.trim() == sim::RUN_THREAD)
    };
    while !runs() {
        let ended = child.try_wait().unwrap();
        assert!(ended.is_none(), "the run ended before it could be interrupted: {ended:?}");
        sleep(Duration::from_millis(10));
    }
}
