//! Processes that a command starts, and that end when it does, however it ends.

use crate::{failure::Failure, output};
use live::leash;
use std::{
    env,
    ffi::OsStr,
    io::{self, Read as _},
    process::{self, ChildStdin, Command, ExitStatus, Stdio},
};

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
        leash::leash(&mut command);
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

/// If this process is a child, lets it end when its parent does.
pub(crate) fn end_with_parent() {
    if let Err(error) = leash::end_with_parent() {
        output::tell(&format!("warning: this process does not see its parent end: {error}"));
    }
}

fn cannot_start(error: io::Error) -> Failure {
    Failure::harness(format!("the second process could not be started: {error}"))
}
