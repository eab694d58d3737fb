//! Processes that a command starts, and that end when it does, however it ends.
//!
//! A child holds the reading end of a pipe of which the command holds the other. The operating system closes
//! that when the command is gone, be it killed, and the child ends with it.

use crate::{failure::Failure, output};
use std::{
    env,
    ffi::OsStr,
    io::{self, Read as _},
    process::{self, ChildStdin, Command, ExitStatus, Stdio},
    thread,
};

/// Says to a process of this program that it is a child.
const IS_CHILD: &str = "SEEDBED_ENDS_WITH_PARENT";

/// A process of this same program. It is ended when this is dropped.
pub(crate) struct Child {
    process: process::Child,
    /// Closed when this process ends.
    lifeline: Option<ChildStdin>,
}

impl Child {
    /// Starts this program with these arguments; what it prints is kept.
    pub(crate) fn start(
        arguments: impl IntoIterator<Item = impl AsRef<OsStr>>,
    ) -> Result<Self, Failure> {
        let mut command = Command::new(env::current_exe().map_err(cannot_start)?);
        command.args(arguments).stdout(Stdio::piped());
        leash(&mut command);
        let mut process = command.spawn().map_err(cannot_start)?;
        let lifeline = process.stdin.take();
        Ok(Self { process, lifeline })
    }

    /// Waits for its end; what it printed, and how it ended.
    pub(crate) fn output(mut self) -> Result<(String, ExitStatus), Failure> {
        let mut printed = Vec::new();
        if let Some(mut stdout) = self.process.stdout.take() {
            stdout.read_to_end(&mut printed).map_err(cannot_start)?;
        }
        let status = self.process.wait().map_err(cannot_start)?;
        Ok((String::from_utf8_lossy(&printed).into_owned(), status))
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        drop(self.lifeline.take());
        // One that has ended already cannot be killed, and need not be.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Has a process of this program, which is about to be started, end with this one: it does once the standard
/// input that it is given here is closed.
pub(crate) fn leash(command: &mut Command) {
    command.env(IS_CHILD, "1").stdin(Stdio::piped());
}

/// If this process is a child, lets it end when its parent does.
pub(crate) fn end_with_parent() {
    if env::var_os(IS_CHILD).is_none() {
        return;
    }
    let wait = || {
        // Nobody writes anything: it comes to an end when the parent is gone.
        let _ = io::copy(&mut io::stdin().lock(), &mut io::sink());
        process::exit(2);
    };
    let started = thread::Builder::new().name("seedbed-parent".to_owned()).spawn(wait);
    if let Err(error) = started {
        output::tell(&format!("warning: this process does not see its parent end: {error}"));
    }
}

fn cannot_start(error: io::Error) -> Failure {
    Failure::harness(format!("the second process could not be started: {error}"))
}
