//! What clippy cannot enforce: the sources name nothing that would make runs differ, and
//! the crates name only those below them.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail the test as tests do")]

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Words that must not stand in the code of some sources.
struct Rule {
    /// Why.
    because: &'static str,
    words: &'static [&'static str],
    folders: &'static [&'static str],
    /// Files that may all the same, each with the reason.
    but: &'static [(&'static str, &'static str)],
}

const SIMULATED: &[&str] =
    &["node/src", "scenarios/src", "judge/src", "sim/src", "hunt/src", "reports/src"];

const RULES: &[Rule] = &[
    Rule {
        because: "the order of a hash map differs from run to run; use a BTreeMap",
        words: &["HashMap", "HashSet"],
        folders: SIMULATED,
        but: &[
            ("judge/src/property/index.rs", "its hasher is fixed, and it is never walked through"),
            ("judge/src/consistency/linear/memo.rs", "likewise"),
        ],
    },
    Rule {
        because: "time comes from the world, or from a node's Context",
        words: &["Instant::now", "SystemTime", "UNIX_EPOCH", "chrono", "Utc::now"],
        folders: SIMULATED,
        but: &[("sim/src/world/budget.rs", "a run may be given up after some real time, if asked")],
    },
    Rule {
        because: "every draw comes from the seed",
        words: &["thread_rng", "rand::random", "from_entropy", "OsRng", "RandomState", "getrandom"],
        folders: SIMULATED,
        but: &[],
    },
    Rule {
        because: "a run reads and writes no files, variables or sockets",
        words: &["fs::", "File::", "std::env", "env::var", "std::net", "TcpStream", "UdpSocket"],
        folders: SIMULATED,
        but: &[
            ("scenarios/src/read/mod.rs", "it loads scenario files"),
            ("hunt/src/corpus.rs", "it keeps what hunts have found in a folder"),
            ("sim/src/sweep.rs", "it keeps the seeds of runs that failed, once they are over"),
            ("reports/src/folder.rs", "it writes a finished run's folder"),
        ],
    },
    Rule {
        because: "a run owns one thread, which Simulation starts",
        words: &["thread::spawn", "thread::Builder", "thread_local!", "rayon"],
        folders: SIMULATED,
        but: &[
            ("sim/src/simulation/plainly.rs", "it starts that thread"),
            ("sim/src/simulation/by_madsim.rs", "likewise, for a run in a runtime"),
            ("sim/src/parallel.rs", "it starts threads for many runs"),
        ],
    },
    Rule {
        because: "a node knows of no runtime: any host can drive it",
        words: &["madsim", "tokio", "async fn", ".await"],
        folders: &["node/src", "node/Cargo.toml"],
        but: &[],
    },
    Rule {
        because: "a scenario is data, and does not know who carries it out",
        words: &["sim::", "sim.workspace", "madsim", "tokio", "rand::", "rand.workspace"],
        folders: &["scenarios/src", "scenarios/Cargo.toml"],
        but: &[],
    },
    Rule {
        because: "a record comes from any world, and the judge knows none",
        words: &["sim::", "sim.workspace", "rand::", "rand.workspace", "madsim", "tokio"],
        folders: &["judge/src", "judge/Cargo.toml"],
        but: &[],
    },
    Rule {
        because: "a report is a pure function of its run, wherever that came from",
        words: &["sim::", "rand::", "rand.workspace", "rand =", "madsim", "tokio"],
        folders: &["reports/src", "reports/Cargo.toml"],
        but: &[],
    },
];

#[test]
fn the_sources_name_nothing_that_makes_runs_differ() {
    let mut breaches = Vec::new();
    for rule in RULES {
        for file in rule.folders.iter().flat_map(|folder| sources(folder)) {
            let name = file.display().to_string();
            if rule.but.iter().any(|(allowed, _)| *allowed == name) {
                continue;
            }
            for (line, word) in found(&read(&file), rule.words) {
                breaches.push(format!("{name}:{line}: `{word}`: {}", rule.because));
            }
        }
    }
    assert!(breaches.is_empty(), "\n{}\n", breaches.join("\n"));
}

#[test]
fn a_sum_that_wraps_panics_in_release_builds_too() {
    let manifest = read(Path::new("Cargo.toml"));
    let profile = manifest.split("[profile.release]").nth(1).unwrap();
    let profile = profile.split("\n[").next().unwrap();
    assert!(profile.contains("\noverflow-checks = true\n"), "{profile}");
}

#[test]
fn every_exception_is_still_needed() {
    for rule in RULES {
        for (file, reason) in rule.but {
            let needed = !found(&read(Path::new(file)), rule.words).is_empty();
            assert!(needed, "{file} ({reason}) names none of {:?} any more", rule.words);
        }
    }
}

#[test]
fn every_select_is_biased() {
    let everywhere = ["node/src", "sim", "scenarios", "reports", "cli", "examples", "tests"];
    for file in everywhere.iter().flat_map(|folder| sources(folder)) {
        if let Some(line) = unbiased_select(&read(&file)) {
            panic!("{}:{line}: `select!` without `biased;` draws its order", file.display());
        }
    }
}

#[test]
fn a_breach_would_be_found() {
    let planted = "use std::collections::HashMap; // a BTreeMap would do\n// HashSet\nlet x = 1;\n";
    assert_eq!(found(planted, &["HashMap", "HashSet"]), [(1, "HashMap")]);
    assert_eq!(found("let random = Sim::new(); operand::x();", &["sim::", "rand::"]), []);
    let select = ["tokio::select", "! {\n  a = b => {}\n}"].concat();
    assert_eq!(unbiased_select(&format!("\n{select}")), Some(2));
    assert_eq!(unbiased_select(&select.replace("{\n", "{\n  biased;\n")), None);
}

/// Where whole words stand in the code, by line; comments do not count.
fn found<'a>(text: &str, words: &[&'a str]) -> Vec<(usize, &'a str)> {
    let mut found = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let code = line.split("//").next().unwrap_or_default();
        let stands = |word: &&&str| {
            code.match_indices(**word).any(|(at, _)| {
                let before = code[..at].chars().next_back();
                !before.is_some_and(|c| c.is_alphanumeric() || c == '_')
            })
        };
        found.extend(words.iter().filter(stands).map(|word| (number + 1, *word)));
    }
    found
}

/// The line of the first `select!` whose first word is not `biased`.
fn unbiased_select(text: &str) -> Option<usize> {
    let macro_name = ["select", "!"].concat();
    text.match_indices(&macro_name).find_map(|(at, _)| {
        let body = text[at + macro_name.len()..].trim_start();
        let is_call = body.starts_with(['{', '(']);
        let is_biased = is_call && body[1..].trim_start().starts_with("biased;");
        (is_call && !is_biased).then(|| text[..at].lines().count().max(1))
    })
}

fn read(file: &Path) -> String {
    fs::read_to_string(root().join(file))
        .unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// The Rust sources of a folder, or the file itself, by paths from the root.
fn sources(path: &str) -> Vec<PathBuf> {
    let mut sources = Vec::new();
    let mut left = vec![PathBuf::from(path)];
    while let Some(next) = left.pop() {
        if root().join(&next).is_file() {
            if next.extension().is_some_and(|extension| extension == "rs" || extension == "toml") {
                sources.push(next);
            }
            continue;
        }
        let entries = fs::read_dir(root().join(&next)).unwrap();
        left.extend(entries.map(|entry| next.join(entry.unwrap().file_name())));
    }
    sources.sort();
    assert!(!sources.is_empty(), "{path} holds no sources");
    sources
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
