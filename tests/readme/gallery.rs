//! The gallery: what chosen runs show, with a chart of each. Runs, words and pictures are had anew and compared, to the
//! byte, so that nothing in it can be out of date.

use crate::root;
use reports::{Chart, Charts, StoryOptions, story};
use sim::{Detail, Gear, Run};
use std::{collections::BTreeMap, fmt::Write as _, fs, path::PathBuf, sync::OnceLock};

/// In the order of the labs: a scenario, a system, and the chart that says most.
const SHOWN: &[(&str, &str, Chart)] = &[
    ("ghost-data", "async-leader", Chart::Replication),
    ("ghost-data", "raft", Chart::Replication),
    ("slow-follower", "async-leader", Chart::Replication),
    ("diverged-for-ever", "peer-to-peer", Chart::Replication),
    ("leader-crash", "async-leader", Chart::Latency),
    ("leader-crash", "raft", Chart::Latency),
    ("lost-updates-under-clock-skew", "peer-to-peer", Chart::Latency),
    ("split-brain", "peer-to-peer", Chart::Replication),
    ("stale-reads-in-quorums", "quorum", Chart::Replication),
    ("power-loss-no-fsync", "raft", Chart::Latency),
    ("figure-8", "raft", Chart::Replication),
    ("gray-failure", "async-leader", Chart::Latency),
];

const FOLDER: &str = "docs/pictures/gallery";

/// The page's part, and each picture by its name, had once for all tests.
fn made() -> &'static (String, BTreeMap<String, Vec<u8>>) {
    static MADE: OnceLock<(String, BTreeMap<String, Vec<u8>>)> = OnceLock::new();
    MADE.get_or_init(make)
}

fn make() -> (String, BTreeMap<String, Vec<u8>>) {
    let (mut text, mut pictures) = (String::new(), BTreeMap::new());
    for (name, system, chart) in SHOWN {
        let scenario = scenarios::find(name).unwrap();
        let seed = scenario.seed.unwrap_or(0);
        let run = sim::run(&scenario, system, seed, Detail::Full, Gear::Advance).unwrap();
        let charts = Charts::of(&run);
        assert!(charts.shown().contains(chart), "{name} on {system}: {chart:?}");
        let picture = format!("{name}-{system}.png");
        pictures.insert(picture.clone(), charts.png(*chart).unwrap());
        let told = story(&run, &StoryOptions::default());
        let heading = told.lines().next().unwrap();
        writeln!(
            text,
            "## {heading}\n\n`seedbed run {name} --system {system}`: {}\n\n![{heading}: {} over time]\
             (pictures/gallery/{picture})\n\nDigest `{}`.\n",
            shows(&run, &told),
            chart.name(),
            run.digest
        )
        .unwrap();
    }
    text.truncate(text.trim_end().len());
    (text + "\n", pictures)
}

/// What the story says in short of the first violation, or that nothing is violated.
fn shows(run: &Run, told: &str) -> String {
    let flat = |lines: &str| lines.split_whitespace().collect::<Vec<_>>().join(" ");
    let short = told.split_once("In short:");
    let short = short.and_then(|(_, rest)| Some(flat(rest.split_once("How it came about")?.0)));
    let violated = run.judgements.iter().find(|it| it.verdict.word() == "violated");
    match (short, violated) {
        (Some(short), Some(_)) => short,
        (None, Some(violated)) => flat(violated.verdict.sentence()) + ".",
        (_, None) => "nothing that was judged is violated.".to_owned(),
    }
}

pub(crate) fn text() -> String {
    made().0.clone()
}

#[test]
fn the_pictures_of_the_gallery_are_those_of_the_runs() {
    let folder = root().join(FOLDER);
    let is_update = std::env::var_os("UPDATE").is_some();
    let (_, pictures) = made();
    fs::create_dir_all(&folder).unwrap();
    for (name, bytes) in pictures {
        let file = folder.join(name);
        match is_update {
            true => fs::write(file, bytes).unwrap(),
            false => {
                let is_fresh = fs::read(&file).is_ok_and(|stands| stands == *bytes);
                assert!(
                    is_fresh,
                    "{name} is stale: run `UPDATE=1 cargo test --test readme gallery`"
                );
            }
        }
    }
    let there: Vec<PathBuf> =
        fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    let is_of_a_run = |path: &&PathBuf| {
        path.file_name().is_some_and(|name| pictures.contains_key(&*name.to_string_lossy()))
    };
    let left: Vec<_> = there.iter().filter(|path| !is_of_a_run(path)).collect();
    if is_update {
        left.iter().for_each(|path| fs::remove_file(path).unwrap());
        return;
    }
    assert!(left.is_empty(), "each is of a run that is shown: {left:?}");
    // The control: another seed is another picture.
    let scenario = scenarios::find("ghost-data").unwrap();
    let other = sim::run(&scenario, "async-leader", 1, Detail::Full, Gear::Advance).unwrap();
    let other = Charts::of(&other).png(Chart::Replication).unwrap();
    assert_ne!(other, pictures["ghost-data-async-leader.png"]);
}
