//! Processes of stores, which end when they are measured, and with the command however that ends.
//!
//! Each is led by a pipe of which this process holds the other end; the operating system closes it when this
//! process is gone, be it killed. One of ours ends by itself then. One of others has a shell beside it that
//! waits for that, and kills the process that it has started.

use crate::failure::Failure;
use live::leash::leash;
use std::{
    env, fs,
    fs::File,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
};

/// Starts a program, and kills it when standard input has come to its end.
const LEAD: &str = r#""$@" </dev/null & own=$!; cat >/dev/null; kill -9 $own; wait $own"#;

/// So much of what a process said is told, in lines.
const LAST_WORDS: usize = 5;

/// A process; it is ended when this is dropped.
pub(super) struct Process {
    child: Child,
    lifeline: Option<ChildStdin>,
    log: PathBuf,
    /// Whether it is a process of this program.
    is_ours: bool,
}

impl Process {
    /// A process of this program. What it says goes to `log`.
    pub(super) fn ours(arguments: &[String], log: PathBuf) -> Result<Self, Failure> {
        let program = env::current_exe().map_err(|error| cannot_start("seedbed", &error))?;
        let mut command = Command::new(program);
        command.args(arguments);
        leash(&mut command);
        Self::start("seedbed", command, log, true)
    }

    /// A process of another program.
    pub(super) fn of(program: &Path, arguments: &[String], log: PathBuf) -> Result<Self, Failure> {
        let mut command = Command::new("sh");
        command.args(["-c", LEAD, "sh"]).arg(program).args(arguments).stdin(Stdio::piped());
        Self::start(&program.display().to_string(), command, log, false)
    }

    fn start(
        name: &str,
        mut command: Command,
        log: PathBuf,
        is_ours: bool,
    ) -> Result<Self, Failure> {
        let cannot = |error| cannot_start(name, &error);
        let words = File::create(&log).map_err(cannot)?;
        command.stdout(words.try_clone().map_err(cannot)?).stderr(words);
        // An interrupt is for this process, which ends the others when it has counted.
        command.process_group(0);
        let mut child = command.spawn().map_err(cannot)?;
        let lifeline = child.stdin.take();
        Ok(Self { child, lifeline, log, is_ours })
    }

    /// What it said last.
    pub(super) fn last_words(&self) -> String {
        let said = fs::read(&self.log).unwrap_or_default();
        let said = String::from_utf8_lossy(&said);
        let lines: Vec<&str> = said.lines().filter(|line| !line.trim().is_empty()).collect();
        lines[lines.len().saturating_sub(LAST_WORDS)..].join("\n")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.lifeline.take());
        if self.is_ours {
            // One that has ended already cannot be killed, and need not be.
            let _ = self.child.kill();
        }
        // The shell ends when what it leads has.
        let _ = self.child.wait();
    }
}

fn cannot_start(name: &str, error: &std::io::Error) -> Failure {
    Failure::harness(format!("`{name}` cannot be started: {error}"))
}
