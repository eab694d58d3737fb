//! Command lines, in a process of their own each.

use crate::{
    extremes,
    rounds::{Came, Rounds, check},
};
use proptest::{prelude::*, sample::Index, test_runner::TestCaseError};
use std::{
    process::{Command, Stdio},
    time::Duration,
};
use tempfile::TempDir;

/// Every command with words that mean something to it; `%` stands for a value.
const COMMANDS: [(&str, &[&str]); 18] = [
    ("list", &["--all", "--system=%", "--tag=%", "--format=%", "clock"]),
    ("glossary", &["quorum", "--format=%"]),
    ("show ghost-data", &["--toml"]),
    (
        "run ghost-data",
        &["--seed=%", "--system=%", "--flaw=%", "--format=%", "--out=%", "--plan=%", "--quiet"],
    ),
    (
        "matrix --scenarios ghost-data",
        &["--systems=%", "--seeds=%", "--flaw=%", "--shard=%", "--jobs=%"],
    ),
    ("audit ghost-data", &["--seeds=%", "--jobs=%", "--shard=%", "--digests", "--results=%"]),
    (
        "hunt random --for 300ms",
        &["--system=%", "--seeds=%", "--stop-after=%", "--property=%", "--save=%"],
    ),
    (
        "hunt ghost-data --for 300ms",
        &["--seeds=%", "--shard=%", "--results=%", "--jobs=%", "--format=%"],
    ),
    ("corpus list", &["%", "--format=%"]),
    (
        "shrink ghost-data --for 300ms",
        &["--seed=%", "--property=%", "--out=%", "--any-shape", "--jobs=%"],
    ),
    ("pinpoint ghost-data --futures 2", &["--seed=%", "--later=%", "--property=%", "--jobs=%"]),
    ("check plans", &["%", "--junit=%", "--shard=%", "--format=%"]),
    ("merge", &["%", "--format=%", "--junit=%"]),
    ("bench ghost-data --runs 1", &["--seed=%", "--system=%", "--format=%"]),
    (
        "explore ghost-data --states 500",
        &["--depth=%", "--crashes=%", "--writes=%", "--keys=%", "--timers=%"],
    ),
    ("judge", &["%", "--steps=%", "--property=%", "--format=%"]),
    ("trace ghost-data", &["--seed=%", "--system=%", "--flaw=%"]),
    ("experiment", &["--list", "%", "--seed=%", "--format=%"]),
];

/// Values, beside those that are extreme in general.
const VALUES: [&str; 28] = [
    "0",
    "1",
    "2",
    "3",
    "18446744073709551615",
    "18446744073709551616",
    "100000000",
    "-1",
    "1e9",
    "0..1",
    "0..3",
    "18446744073709551614..18446744073709551615",
    "5..5",
    "9..1",
    "..",
    "1/2",
    "2/2",
    "3/2",
    "0/0",
    "json",
    "text",
    "raft",
    "async-leader",
    "quorum",
    "convergence",
    "calm",
    "out",
    ".",
];

/// Limits within which a case is over in seconds. What is given twice is refused.
const LIMITS: [&str; 8] = [
    "--max-events=20000",
    "--max-events=0",
    "--max-memory=8MiB",
    "--max-memory=1",
    "--run-timeout=10s",
    "--timeout=5s",
    "--timeout=1ms",
    "--max-events=99999999999999999999",
];

/// A command line's words.
fn words() -> impl Strategy<Value = Vec<String>> {
    let word = (any::<Index>(), any::<Index>(), any::<bool>());
    let words = prop::collection::vec(word, 0..4);
    (any::<Index>(), words, prop::option::of(any::<Index>())).prop_map(|(which, picks, limit)| {
        let (command, options) = COMMANDS[which.index(COMMANDS.len())];
        let mut words: Vec<String> = command.split(' ').map(str::to_owned).collect();
        for (option, value, is_extreme) in picks {
            let value = match is_extreme && value.index(3) == 0 {
                true => extremes::TEXTS[value.index(extremes::TEXTS.len())].replace('\0', ""),
                false => VALUES[value.index(VALUES.len())].to_owned(),
            };
            words.push(options[option.index(options.len())].replace('%', &value));
        }
        words.extend(limit.map(|limit| LIMITS[limit.index(LIMITS.len())].to_owned()));
        words
    })
}

/// Has the command, at a desk with one plan.
fn put_in(words: &[String]) -> Result<Came, TestCaseError> {
    let desk = TempDir::new().unwrap();
    let plan = scenarios::library().find(|it| it.name == "ghost-data").unwrap().text;
    std::fs::create_dir(desk.path().join("plans")).unwrap();
    std::fs::write(desk.path().join("plans/ghost-data.toml"), plan).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_seedbed"));
    command.args(words).current_dir(desk.path()).stdin(Stdio::null());
    let ended = command.output().unwrap();
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    let code = ended.status.code();
    check(matches!(code, Some(0..=2)), || format!("exit code {code:?}: {said}"))?;
    check(!said.contains("panicked"), || said.clone())?;
    let is_told = !said.is_empty() || !ended.stdout.is_empty();
    check(code != Some(2) || is_told, || "it says nothing".to_owned())?;
    Ok(if code == Some(2) { Came::Refused } else { Came::Accepted })
}

#[test]
fn command_lines_of_all_kinds_do_no_harm() {
    let rounds = Rounds { of: "command lines", cases: 80, longest: Duration::from_secs(40) };
    rounds.go(&words(), |words| put_in(words));
}
