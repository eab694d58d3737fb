//! `raft` under seeded faults, and what its planted flaws do there.

mod checks;
mod clients;
mod cluster;
mod medium;

use cluster::run_seed;

#[test]
fn it_holds_in_every_storm() {
    for seed in 0..300 {
        if let Err(why) = run_seed(seed, &[]) {
            panic!("seed {seed}: {why}");
        }
    }
}

/// The first seed that shows a flaw.
fn caught(flaw: &str) -> Option<(u64, String)> {
    (0..400).find_map(|seed| run_seed(seed, &[flaw]).err().map(|why| (seed, why)))
}

macro_rules! flaws {
    ($($test:ident: $flaw:literal),* $(,)?) => {
        $(#[test]
        fn $test() {
            let (seed, why) = caught($flaw).expect("some seed shows the flaw");
            println!("seed {seed}: {why}");
        })*
    };
}

flaws! {
    vote_twice_is_caught: "vote-twice",
    no_fsync_is_caught: "no-fsync",
    stale_read_is_caught: "stale-read",
    commit_old_term_is_caught: "commit-old-term",
    forget_vote_is_caught: "forget-vote",
    apply_before_commit_is_caught: "apply-before-commit",
}
