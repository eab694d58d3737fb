//! How fast histories are judged, beside a plain memoized search.

mod generate;
mod plain;

use crate::{
    measure::{measure, median},
    reach::Figure,
    tables::{grouped, print},
};
use ::judge::{
    consistency::{
        Calls,
        linear::{Budget, Outcome, linearizability},
    },
    foreign::{self, Asked, Limits},
};
use generate::Shape;
use std::{
    env, fs,
    path::{Path, PathBuf},
};

/// Measures recorded histories, and made ones.
pub(crate) fn report(quick: bool) -> Vec<Figure> {
    recorded(quick);
    made(quick);
    Vec::new()
}

/// Real histories of one register, as Jepsen recorded them: the sum of medians of each.
fn recorded(quick: bool) {
    let folder = folder().join("etcd");
    let histories = read_all(&folder);
    if histories.is_empty() {
        println!("\nRecorded histories: skipped, since there are none in {}", folder.display());
        return;
    }
    let rounds = if quick { 3 } else { 9 };
    let (mut ours_s, mut plain_s, mut operations) = (0.0, 0.0, 0);
    let mut disagree = 0;
    for calls in &histories {
        let (mut ours, mut plain) = (Vec::new(), Vec::new());
        for _ in 0..rounds {
            let (verdict, cpu_s) = measure(|| linearizability(calls, Budget::DEFAULT));
            ours.push(cpu_s);
            let (fits, cpu_s) = measure(|| plain::is_linearizable(calls));
            plain.push(cpu_s);
            disagree += u32::from((verdict == Outcome::Linearizable) != fits);
        }
        ours_s += median(ours);
        plain_s += median(plain);
        operations += calls.calls.len();
    }
    print(
        "Recorded histories of one register (etcd by Jepsen), sums of medians",
        &["files", "operations", "ours (ms)", "plain search (ms)", "ratio", "disagree"],
        vec![vec![
            histories.len().to_string(),
            grouped(operations as f64),
            format!("{:.2}", ours_s * 1e3),
            format!("{:.1}", plain_s * 1e3),
            format!("1/{:.0}", plain_s / ours_s),
            disagree.to_string(),
        ]],
    );
}

/// Where recorded histories are kept, beside the project unless a variable names the place.
fn folder() -> PathBuf {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data/histories");
    env::var_os("SEEDBED_HISTORIES").map_or_else(|| beside.into(), PathBuf::from)
}

/// The histories in a folder; none if there is no such folder.
fn read_all(folder: &Path) -> Vec<Calls> {
    let Ok(files) = fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<_> = files.filter_map(Result::ok).map(|file| file.path()).collect();
    paths.sort();
    let read = |path: &PathBuf| {
        let file = fs::File::open(path).expect("a listed file can be opened");
        let history = foreign::read(file, &Asked::default(), Limits::default());
        history.unwrap_or_else(|mistake| panic!("{}: {mistake}", path.display())).calls
    };
    paths.iter().map(read).collect()
}

/// Histories of a size that is asked for.
fn made(quick: bool) {
    let base =
        Shape { clients: 10, operations: 100_000, keys: 1, values: 5, unknown: 0, wrong: false };
    let shapes = [
        ("one key, few values", base),
        ("one key, own values", Shape { values: 0, ..base }),
        ("one key, some unknown", Shape { unknown: 1, ..base }),
        ("one key, refuted late", Shape { values: 0, wrong: true, ..base }),
        ("one key, thirty clients", Shape { clients: 30, operations: 2_000, ..base }),
        ("the same, own values", Shape { clients: 30, operations: 2_000, values: 0, ..base }),
        ("the same, some unknown", Shape { clients: 30, operations: 2_000, unknown: 10, ..base }),
        (
            "the same, unknown and refuted",
            Shape { clients: 30, operations: 2_000, unknown: 10, wrong: true, ..base },
        ),
        ("the same, refuted late", Shape { clients: 30, operations: 2_000, wrong: true, ..base }),
        ("a thousand keys", Shape { keys: 1_000, values: 0, ..base }),
        ("as in a hunt", Shape { keys: 10, operations: 1_000, values: 0, unknown: 10, ..base }),
    ];
    let rounds = if quick { 1 } else { 5 };
    let rows = shapes.into_iter().map(|(name, shape)| {
        let calls = generate::history(shape);
        let mut times = Vec::new();
        let mut word = "";
        for _ in 0..rounds {
            let (outcome, cpu_s) = measure(|| linearizability(&calls, Budget::DEFAULT));
            times.push(cpu_s);
            word = match outcome {
                Outcome::Linearizable => "yes",
                Outcome::NotLinearizable(_) => "no",
                Outcome::Undecided(_) => "undecided",
            };
        }
        let seconds = median(times);
        let operations = shape.operations as f64;
        vec![
            name.to_owned(),
            grouped(shape.clients as f64),
            grouped(operations),
            format!("{:.2}", seconds * 1e3),
            grouped(seconds * 1e9 / operations),
            grouped(operations / seconds),
            word.to_owned(),
        ]
    });
    print(
        "Made histories of clients that wait for each answer",
        &["history", "clients", "operations", "time (ms)", "ns/op", "op/s", "linearizable"],
        rows.collect(),
    );
}
