//! How many runs of a scenario a core judges in a second.

use crate::{
    measure::{measure, median},
    tables::{grouped, print},
};
use sim::{Detail, Gear};

/// Runs a second that are wanted.
const TARGET: f64 = 2000.0;

/// Measures runs of `ghost-data`, each with its own seed, judged, nothing written.
pub(crate) fn report(quick: bool) {
    let scenario = scenarios::find("ghost-data").expect("the library has ghost-data");
    let (rounds, runs) = if quick { (3, 300) } else { (7, 2000) };
    let round = |_| {
        let seeds = || {
            for seed in 0..runs {
                let run = sim::run(&scenario, "async-leader", seed, Detail::Digest, Gear::Advance);
                let run = run.expect("the scenario is meant for the system");
                assert!(run.as_expected(), "seed {seed} did not go as expected");
            }
        };
        runs as f64 / measure(seeds).1.cpu_s
    };
    let speed = median((0..rounds).map(round).collect());
    let met = if speed >= TARGET { "yes" } else { "no" };
    print(
        "ghost-data on async-leader, judged, nothing written, one core",
        &["", "runs/s", "target", "met"],
        vec![vec!["ghost-data".to_owned(), grouped(speed), grouped(TARGET), met.to_owned()]],
    );
}
