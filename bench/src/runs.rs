//! How many runs of a scenario a core judges in a second.

use crate::{
    measure::{measure, median},
    reach::Figure,
    tables::{grouped, print},
};
use sim::{Detail, Gear};
use std::num::NonZeroUsize;

/// A scenario on a system.
struct Case {
    scenario: &'static str,
    system: &'static str,
    /// Runs a second that are wanted.
    target: f64,
    /// Runs a round, so that it takes a fraction of a second.
    runs: u64,
}

const CASES: [Case; 2] = [
    Case { scenario: "ghost-data", system: "async-leader", target: 20_000.0, runs: 2000 },
    Case { scenario: "chaos-five", system: "raft", target: 500.0, runs: 100 },
];

/// Measures runs with a seed each, judged, nothing written.
pub(crate) fn report(quick: bool) -> Vec<Figure> {
    let (rounds, share) = if quick { (3, 5) } else { (7, 1) };
    let figure = |case: &Case| {
        let speeds = (0..rounds).map(|_| speed(case, case.runs / share)).collect();
        let name = format!("{} on {}, judged", case.scenario, case.system);
        Figure { name, is: median(speeds), to_be: case.target, less: false, unit: "runs/s" }
    };
    let figures: Vec<Figure> = CASES.iter().map(figure).collect();
    let rows = figures.iter().map(|figure| vec![figure.name.clone(), grouped(figure.is)]);
    print(
        "Runs, judged with every checker, nothing written, one core",
        &["", "runs/s"],
        rows.collect(),
    );
    figures
}

/// Runs a second of CPU time, one after the other on a thread for runs, as in a hunt.
fn speed(case: &Case, runs: u64) -> f64 {
    let scenario = scenarios::find(case.scenario).expect("the library has it");
    let seeds: Vec<u64> = (0..runs).collect();
    let have = |seed: &u64| {
        let run = sim::run(&scenario, case.system, *seed, Detail::Verdicts, Gear::Advance);
        let run = run.expect("the scenario is meant for the system");
        assert!(run.as_expected(), "seed {seed} did not go as expected");
    };
    let all = || sim::in_parallel(&seeds, NonZeroUsize::MIN, have, |_, ()| {});
    runs as f64 / measure(all).1
}
