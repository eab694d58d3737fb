//! What can be said to `seedbed check`.

use crate::{
    args::{Jobs, SystemName},
    limits::Limits,
    shard::Share,
};
use clap::{Args, ValueEnum, ValueHint};
use std::path::PathBuf;

#[derive(Args)]
#[command(after_help = "Examples:\n  \
    seedbed check                          every scenario of the library, as it was\n  \
    seedbed check corpus                   every plan of a folder, such as that of a hunt\n  \
    seedbed check corpus --update          accept what is, and look at corpus/check.json\n  \
    seedbed check --junit junit.xml --format github\n  \
    seedbed check --shard 1/8 --results parts/1.json    a part of it; then `seedbed merge parts`\n  \
    seedbed check labs/3 --system raft     a lab of `seedbed new`: what must hold, with many seeds\n\n\
    Each scenario of the library runs once on each system that it states, with its seed; each plan of a \
    folder, with its seed, on its system. The verdicts, the counters and the digest are compared with \
    what is stored: for a folder in its check.json, for the library in tests/check/library.json or, where \
    that is not, in the program. What a plan `shows` and is `fixed-in` a version must hold.\n\
    A folder with a grade.toml is graded: every scenario in it, with each of so many seeds, must keep what that \
    file names, and nothing is stored.\n\n\
    Exit codes: 0 all is as stored and as expected, 1 not, or nothing was stored of a run; 2 bad input, \
    3 the harness failed.")]
pub(crate) struct CheckArgs {
    /// A folder of plans; without one, the library.
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub(crate) folder: Option<String>,
    /// The system that a folder with a grade.toml grades; by default the program's own.
    #[arg(long, value_name = "NAME", value_parser = SystemName)]
    pub(crate) system: Option<String>,
    /// Store what is, in place of what was.
    #[arg(long, conflicts_with_all = ["shard", "results"])]
    pub(crate) update: bool,
    /// Write what was found as JUnit, too, a test case for each run.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) junit: Option<PathBuf>,
    /// How to print what was found.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: CheckFormat,
    /// Print nothing; the exit code tells.
    #[arg(long, short)]
    pub(crate) quiet: bool,
    #[command(flatten)]
    pub(crate) jobs: Jobs,
    #[command(flatten)]
    pub(crate) share: Share,
    #[command(flatten)]
    pub(crate) limits: Limits,
}

impl CheckArgs {
    /// The command without what differs from part to part.
    pub(crate) fn arguments(&self) -> Vec<String> {
        let mut words = vec!["check".to_owned()];
        if let Some(folder) = &self.folder {
            words.extend(["--".to_owned(), folder.clone()]);
        }
        words
    }
}

/// How to print what a check found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum CheckFormat {
    /// For people.
    #[default]
    Text,
    /// As annotations of files, for GitHub's workflows.
    Github,
    /// For programs.
    Json,
}
