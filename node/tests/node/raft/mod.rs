//! `raft`: event by event, in a small cluster, under seeded faults, and with its flaws.

mod checks;
mod clients;
mod cluster;
mod faults;
mod medium;
mod scenes;
mod scripts;

use cluster::{Tally, run_seed};
use faults::Weather;

/// Runs these seeds without a flaw; returns what they touched in all.
fn holds(weather: Weather, seeds: u64) -> Tally {
    let mut total = Tally::default();
    for seed in 0..seeds {
        match run_seed(weather, seed, &[]) {
            Ok(tally) => total.add(&tally),
            Err(why) => panic!("{weather:?}, seed {seed}: {why}"),
        }
    }
    total
}

#[test]
fn it_holds_under_mixed_faults() {
    let tally = holds(Weather::Mixed, 200);
    assert!(tally.answers > 20_000, "{tally:?}");
    assert!(tally.elections > 400, "{tally:?}");
    assert!(tally.snapshots_sent > 100, "{tally:?}");
    assert!(tally.voters_changed > 30, "{tally:?}");
    assert!(tally.bytes_lost > 10_000, "{tally:?}");
    assert_eq!(tally.nodes_damaged, 0, "a power failure damages nothing");
}

#[test]
fn it_holds_while_nodes_restart() {
    assert!(holds(Weather::Restarts, 200).elections > 400);
}

#[test]
fn it_holds_while_leaders_fall() {
    assert!(holds(Weather::LeaderFalls, 200).elections > 1000);
}

#[test]
fn it_holds_while_a_disk_rots() {
    assert!(holds(Weather::Rot, 200).nodes_damaged > 50);
}

/// `cargo test -p seedbed-node --test node raft -- --ignored` takes some minutes.
#[test]
#[ignore = "a soak, for changes of the protocol"]
fn it_holds_for_thousands_of_seeds() {
    for weather in [Weather::Mixed, Weather::Restarts, Weather::LeaderFalls, Weather::Rot] {
        println!("{weather:?}: {:?}", holds(weather, 5000));
    }
}

macro_rules! flaws {
    ($($test:ident: $flaw:literal in $weather:ident shows $what:literal),* $(,)?) => {
        $(#[test]
        fn $test() {
            let finding = |seed| run_seed(Weather::$weather, seed, &[$flaw]).err();
            let caught = (0..400).filter_map(finding).any(|found| found.contains($what));
            assert!(caught, "no seed shows the flaw");
        })*
    };
}

flaws! {
    vote_twice_is_caught: "vote-twice" in Mixed shows "has two leaders",
    no_fsync_is_caught: "no-fsync" in Mixed shows "without committed",
    stale_read_is_caught: "stale-read" in Mixed shows "a stale or invented read",
    commit_old_term_is_caught: "commit-old-term" in LeaderFalls shows "without committed",
    forget_vote_is_caught: "forget-vote" in Restarts shows "has two leaders",
    apply_before_commit_is_caught: "apply-before-commit" in Mixed shows "applied",
}
