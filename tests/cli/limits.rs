//! What runs and commands may take: beyond that exit code 2, with words that mend it.

use crate::support::{Desk, EXPECTED, Ended};

const IDLE: &str = "name = \"idle\"\ntitle = \"A year of nothing\"\non = \"raft\"\n\
    [phases]\nrun = \"365days\"\n";

/// Every command that has runs, of a year in which nothing happens.
const COMMANDS: [&str; 12] = [
    "run idle.toml",
    "play idle.toml",
    "trace idle.toml",
    "matrix --scenarios idle.toml --systems raft --seeds 1",
    "audit idle.toml",
    "audit idle.toml --digests",
    "hunt idle.toml --seeds 0..4",
    "shrink idle.toml",
    "pinpoint idle.toml",
    "check plans",
    "bench idle.toml",
    "corpus replay kept",
];

fn desk() -> Desk {
    Desk::new().with("idle.toml", IDLE).with("plans/idle.toml", IDLE)
}

fn flat(ended: &Ended) -> String {
    ended.stderr.split_whitespace().filter(|word| *word != "│").collect::<Vec<_>>().join(" ")
}

#[test]
fn every_command_has_the_limits_and_blames_nobody() {
    let desk = desk();
    for command in COMMANDS.iter().filter(|command| !command.starts_with("corpus")) {
        for (limit, said, more) in [
            ("--max-events 5000", "took more than 5,000 events", "--max-events 20000"),
            ("--max-memory 64KiB --max-events 60000", "took more than", "`--max-"),
        ] {
            let ended = desk.seedbed(&format!("{command} {limit}"));
            let words = flat(&ended);
            assert_eq!(ended.code, Some(2), "{command} {limit}: {words}");
            assert!(words.contains("`idle` on `raft` with seed 0"), "{command} {limit}: {words}");
            assert!(words.contains(said) && words.contains(more), "{command} {limit}: {words}");
            assert!(words.contains("timers of nodes"), "{command} {limit}: {words}");
            assert!(!words.contains("panicked"), "{command} {limit}: {words}");
        }
    }
    assert_eq!(desk.files().len(), 2, "nothing was written");
}

#[test]
fn what_fits_is_had() {
    let desk = Desk::new().with("mine.toml", EXPECTED);
    let free = desk.seedbed("run mine.toml --format json --out a").succeeds();
    let tight = "--max-events 100000 --max-memory 16MiB --run-timeout 10m --timeout 10m";
    let held = desk.seedbed(&format!("run mine.toml --format json --out b {tight}")).succeeds();
    assert_eq!(free, held);
}

#[test]
fn a_hunt_tells_what_it_has_found_before_a_run_took_too_much() {
    let desk = Desk::new();
    let hunt = "hunt random --system async-leader --seeds 0..100 --format json";
    let ended = desk.seedbed(&format!("{hunt} --max-events 1500"));
    let said: serde_json::Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!(ended.code, Some(2), "{}", ended.stderr);
    let had = said["seeds"].as_u64().unwrap();
    assert!(said["error"]["message"].as_str().unwrap().contains("1,500 events"), "{said}");
    // The same is found by a hunt that ends there, and a panic would have been found, not told.
    let all =
        desk.seedbed(&format!("hunt random --system async-leader --seeds 0..{had} --format json"));
    let all: serde_json::Value = serde_json::from_str(&all.stdout).unwrap();
    assert_eq!((&all["groups"], &all["error"]), (&said["groups"], &serde_json::Value::Null));
}

#[test]
fn the_time_of_a_command_ends_it_with_nothing_half_written() {
    let desk = desk();
    for command in COMMANDS.iter().filter(|command| !command.starts_with("corpus")) {
        let polite = ["hunt", "shrink", "pinpoint"].iter().any(|it| command.starts_with(it));
        let run =
            if polite { "--run-timeout 1s" } else { "--max-events 1000000000 --max-memory 64GiB" };
        let ended = desk.seedbed(&format!("{command} --timeout 300ms {run}"));
        let words = flat(&ended);
        assert_eq!(ended.code, Some(2), "{command}: {words}");
        assert!(words.contains("300ms"), "{command}: {words}");
    }
    assert_eq!(desk.files().len(), 2, "nothing was written");
}

#[test]
fn a_hunt_ends_with_what_it_has_when_its_time_is_over() {
    let desk = Desk::new();
    let hunt = "hunt random --system raft --seeds 0..18446744073709551615 --timeout 500ms";
    let ended = desk.seedbed(&format!("{hunt} --format json"));
    let said: serde_json::Value = serde_json::from_str(&ended.stdout).unwrap();
    assert!(said["seeds"].as_u64().unwrap() > 0, "{said}");
    // Nothing was found, and not all was looked at.
    let code = if said["failed"] == 0 { 2 } else { 1 };
    assert_eq!(ended.code, Some(code), "{}", ended.stderr);
    assert!(flat(&ended).contains("500ms are over: ending with what there is"), "{}", ended.stderr);
}

#[test]
fn any_number_of_seeds_is_had_or_refused() {
    let desk = Desk::new().with("mine.toml", EXPECTED);
    let most = u64::MAX;
    for command in ["matrix --scenarios mine.toml --systems async-leader", "audit mine.toml"] {
        for seeds in [100_000_000, most] {
            let said = desk.seedbed(&format!("{command} --seeds {seeds}")).refused();
            assert!(said.contains("more runs than"), "{said}");
        }
        desk.seedbed(&format!("{command} --seeds {most}0")).refused();
    }
    for (first, last) in [(most - 1, most), (most - 3, most)] {
        let hunt = format!("hunt mine.toml --seeds {first}..{last} --format json");
        let said: serde_json::Value = serde_json::from_str(&desk.seedbed(&hunt).stdout).unwrap();
        assert_eq!(said["seeds"], last - first);
    }
    for seeds in [format!("{most}..{most}"), format!("0..{most}0"), "1..".into(), "-1..2".into()] {
        desk.seedbed(&format!("hunt mine.toml --seeds {seeds}")).refused();
    }
    let runs = format!("--seed {most}");
    for command in ["run mine.toml", "trace mine.toml", "pinpoint mine.toml --futures 2"] {
        desk.seedbed(&format!("{command} {runs}")).succeeds();
    }
    desk.seedbed(&format!("bench mine.toml --runs 2 {runs}")).succeeds();
    // The seeds of a file go on from its own, and beyond the last come the first.
    let own = EXPECTED.replacen('\n', &format!("\nseed = \"{most}\"\n"), 1);
    let desk = desk.with("last.toml", own);
    let digests = desk.seedbed("audit last.toml --seeds 2 --digests").succeeds();
    let seeds: Vec<_> = digests.lines().map(|line| line.split(' ').nth(2).unwrap()).collect();
    assert_eq!(seeds, [most.to_string().as_str(), "0"]);
    desk.seedbed("hunt mine.toml --seeds 0..2 --jobs 18446744073709551615").refused();
}

#[test]
fn what_is_ended_before_there_is_anything_to_tell_says_so() {
    let desk = Desk::new();
    let said = desk.seedbed("pinpoint ghost-data --futures 2 --timeout 1ns").refused();
    assert!(said.contains("1ns"), "{said}");
    assert!(desk.files().is_empty(), "nothing was written");
}
