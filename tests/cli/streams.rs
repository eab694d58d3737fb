//! Readers that go away, disks that are full, and colours.

use crate::support::{Desk, SEEDBED};
use std::process::{Command, Stdio};

#[test]
fn a_reader_that_has_gone_is_no_failure() {
    let desk = Desk::new();
    // The trace is far longer than a pipe holds, so that it meets the closed end for sure.
    for arguments in ["list", "trace flaky-network", "completions bash", "run ghost-data"] {
        let mut command = Command::new(SEEDBED);
        command.args(arguments.split(' ')).current_dir(desk.path(""));
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let ended = child.wait_with_output().unwrap();
        assert_eq!(ended.status.code(), Some(0), "{arguments}: {ended:?}");
        assert_eq!(String::from_utf8_lossy(&ended.stderr), "", "{arguments}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_a_failure_in_plain_words() {
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let ended = Command::new(SEEDBED).arg("list").stdout(full).output().unwrap();
    assert_eq!(ended.status.code(), Some(3));
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert!(said.contains("could not write the output"), "{said}");
    assert!(!said.contains("panicked"), "{said}");
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
