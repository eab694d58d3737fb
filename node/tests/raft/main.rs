//! `raft` under seeded faults, and what its planted flaws do there.

mod checks;
mod clients;
mod cluster;
mod medium;

use cluster::{Weather, run_seed};

fn holds(weather: Weather) {
    for seed in 0..200 {
        if let Err(why) = run_seed(weather, seed, &[]) {
            panic!("seed {seed}: {why}");
        }
    }
}

#[test]
fn it_holds_under_mixed_faults() {
    holds(Weather::Mixed);
}

#[test]
fn it_holds_while_nodes_restart() {
    holds(Weather::Restarts);
}

#[test]
fn it_holds_while_leaders_fall() {
    holds(Weather::LeaderFalls);
}

/// What the first seed that shows a flaw shows.
fn caught(flaw: &str, weather: Weather) -> String {
    let mut findings = (0..400).map(|seed| (seed, run_seed(weather, seed, &[flaw])));
    findings
        .find_map(|(seed, found)| Some(format!("seed {seed}: {}", found.err()?)))
        .expect("some seed shows the flaw")
}

macro_rules! flaws {
    ($($test:ident: $flaw:literal in $weather:ident shows $what:literal),* $(,)?) => {
        $(#[test]
        fn $test() {
            let found = caught($flaw, Weather::$weather);
            println!("{found}");
            assert!(found.contains($what), "{found}");
        })*
    };
}

flaws! {
    vote_twice_is_caught: "vote-twice" in Mixed shows "",
    no_fsync_is_caught: "no-fsync" in Mixed shows "",
    stale_read_is_caught: "stale-read" in Mixed shows "",
    commit_old_term_is_caught: "commit-old-term" in LeaderFalls shows "",
    forget_vote_is_caught: "forget-vote" in Restarts shows "",
    apply_before_commit_is_caught: "apply-before-commit" in Mixed shows "",
}

/// `cargo test -p seedbed-node --test raft -- --ignored`: some minutes.
#[test]
#[ignore = "a soak, for changes of the protocol"]
fn it_holds_for_thousands_of_seeds() {
    for weather in [Weather::Mixed, Weather::Restarts, Weather::LeaderFalls] {
        for seed in 0..3000 {
            if let Err(why) = run_seed(weather, seed, &[]) {
                panic!("{weather:?}, seed {seed}: {why}");
            }
        }
    }
}

#[test]
fn tmp_rot() {
    let found: Vec<_> = (0..3000)
        .filter_map(|seed| {
            run_seed(Weather::Rot, seed, &[])
                .err()
                .map(|w| format!("{seed}: {w}"))
        })
        .collect();
    println!("rot {} {found:#?}", found.len());
}
