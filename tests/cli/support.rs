//! What the tests of the command share.

use assert_cmd::Command;
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Output,
};
use tempfile::TempDir;

/// The path of the command under test.
pub(crate) const SEEDBED: &str = env!("CARGO_BIN_EXE_seedbed");

/// A scenario that does what it says it expects.
pub(crate) const EXPECTED: &str = r#"
name = "mine"
title = "A follower misses a write"

[phases]
run = "4s"

[[step]]
at = "1s"
do = { crash = "n2" }

[[step]]
at = "2s"
do = { put = { key = "999", value = "GhostData", to = "leader" } }

[expect.async-leader]
violated = ["convergence"]
"#;

/// An empty folder to work in, and what was done there.
pub(crate) struct Desk(TempDir);

/// What a command said and how it ended.
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Desk {
    pub(crate) fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// A file of this name and content.
    pub(crate) fn with(self, name: &str, content: impl AsRef<[u8]>) -> Self {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
        self
    }

    /// The command, about to be started here.
    pub(crate) fn command(&self, arguments: &str) -> Command {
        let mut command = Command::new(SEEDBED);
        command.current_dir(self.0.path()).args(arguments.split_whitespace());
        command.env_remove("NO_COLOR");
        command
    }

    /// Runs the command here.
    pub(crate) fn seedbed(&self, arguments: &str) -> Ended {
        self.command(arguments).output().unwrap().into()
    }

    /// Every file here by its path, and what it holds.
    pub(crate) fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        files(self.0.path())
    }
}

/// Every file in a folder by its path, and what it holds.
pub(crate) fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_owned();
                found.insert(name, fs::read(path).unwrap());
            }
        }
    }
    found
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Ended {
    /// Asserts that the command did as it was asked, and gives what it printed.
    #[track_caller]
    pub(crate) fn succeeds(self) -> String {
        assert_eq!((self.code, self.stderr.as_str()), (Some(0), ""));
        self.stdout
    }

    /// Asserts that the input was refused in a few lines of plain words, and gives them.
    #[track_caller]
    pub(crate) fn refused(self) -> String {
        let Self { code, stdout, stderr } = self;
        assert_eq!(code, Some(2), "{stderr}");
        assert_eq!(stdout, "", "a refusal goes to standard error");
        for noise in ["panicked", "backtrace", "RUST_", "src/", "Os {", "\u{1b}"] {
            assert!(!stderr.contains(noise), "{noise:?} in {stderr}");
        }
        stderr
    }
}
