//! Readers that go away, disks that are full, and colours.

use crate::support::{Desk, SEEDBED};
use std::process::{Command, Stdio};

#[test]
fn a_reader_that_has_gone_is_no_failure() {
    let desk = Desk::new();
    // The trace is far longer than a pipe holds, so that it meets the closed end for sure.
    for arguments in ["list", "--help", "trace flaky-network", "completions bash", "run ghost-data"]
    {
        let mut command = Command::new(SEEDBED);
        command.args(arguments.split(' ')).current_dir(desk.path(""));
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let ended = child.wait_with_output().unwrap();
        assert_eq!(ended.status.code(), Some(0), "{arguments}: {ended:?}");
        assert_eq!(String::from_utf8_lossy(&ended.stderr), "", "{arguments}");
    }
}

/// Every command, and what each prints.
const COMMANDS: [&str; 24] = [
    "list",
    "list --format json",
    "--help",
    "run --help",
    "--version",
    "glossary quorum",
    "show ghost-data",
    "run ghost-data",
    "run ghost-data --format json",
    "trace ghost-data",
    "matrix --scenarios ghost-data --seeds 1",
    "audit ghost-data",
    "audit ghost-data --digests",
    "hunt ghost-data --seeds 0..2",
    "corpus list corpus",
    "shrink ghost-data --for 1ms",
    "pinpoint ghost-data --futures 2",
    "check plans",
    "check plans --format json",
    "bench ghost-data --runs 1",
    "explore ghost-data --depth 1",
    "experiment --list",
    "judge history.edn",
    "completions bash",
];

fn desk() -> Desk {
    let ghost_data = scenarios::library().find(|it| it.name == "ghost-data").unwrap();
    let desk = Desk::new().with("plans/ghost-data.toml", ghost_data.text);
    desk.seedbed("hunt ghost-data --seeds 0..2 --property convergence --save corpus");
    let history = "{:process 0, :type :invoke, :f :write, :value 1}\n\
                   {:process 0, :type :ok, :f :write, :value 1}\n";
    desk.with("history.edn", history)
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told_in_plain_words_by_every_command() {
    let desk = desk();
    for arguments in COMMANDS {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let mut command = Command::new(SEEDBED);
        command.args(arguments.split(' ')).current_dir(desk.path("")).stdout(full);
        let ended = command.output().unwrap();
        let said = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert_eq!(ended.status.code(), Some(2), "{arguments}: {said}");
        assert!(said.contains("could not write the output: No space left"), "{arguments}: {said}");
        assert!(!said.contains("panicked"), "{arguments}: {said}");
        // And with nobody to tell: still no panic.
        let full = || std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let mut command = Command::new(SEEDBED);
        command.args(arguments.split(' ')).current_dir(desk.path("")).stdout(full());
        assert_eq!(command.stderr(full()).status().unwrap().code(), Some(2), "{arguments}");
    }
}

#[test]
fn every_command_prints_where_there_is_room() {
    let desk = desk();
    for arguments in COMMANDS {
        let ended = desk.seedbed(arguments);
        assert!(!ended.stdout.is_empty(), "{arguments}: {}", ended.stderr);
        assert!(!ended.stderr.contains("could not write"), "{arguments}: {}", ended.stderr);
    }
}

#[test]
fn there_are_no_colours_in_a_pipe() {
    let desk = Desk::new();
    assert!(!desk.seedbed("run ghost-data").succeeds().contains('\u{1b}'));
    assert!(!desk.seedbed("run no-such-thing").refused().contains('\u{1b}'));
}

/// In a terminal, which the command `script` plays where there is one.
#[cfg(target_os = "linux")]
#[test]
fn colours_are_for_terminals_and_not_for_whoever_forbids_them() {
    let desk = Desk::new();
    let in_terminal = |no_color: &str| {
        let mut script = Command::new("script");
        // The spinner moves the cursor on standard error; it is not what is looked at.
        let line = format!("'{SEEDBED}' run ghost-data 2>/dev/null");
        script.args(["-qec", &line, "/dev/null"]).current_dir(desk.path(""));
        script.env("NO_COLOR", no_color).env("TERM", "xterm").stdin(Stdio::null());
        script.output().map(|output| String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let Ok(coloured) = in_terminal("") else {
        eprintln!("skipped: there is no `script` command to play a terminal");
        return;
    };
    assert!(coloured.contains("\u{1b}["), "{coloured}");
    assert!(!in_terminal("1").unwrap().contains('\u{1b}'));
}
