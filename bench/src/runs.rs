//! How many runs of a scenario a core judges in a second.

use crate::{
    measure::{measure, median},
    reach::Figure,
    tables::{grouped, print},
};
use scenarios::Scenario;
use sim::{Detail, Gear};
use std::{num::NonZeroUsize, sync::Arc};

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
    let mut figures: Vec<Figure> = CASES.iter().map(figure).collect();
    figures.push(random(rounds, 400 / share));
    let rows = figures.iter().map(|figure| vec![figure.name.clone(), grouped(figure.is)]);
    print(
        "Runs, judged with every checker, nothing written, one core",
        &["", "runs/s"],
        rows.collect(),
    );
    figures
}

/// Random runs of a hunt: raft with five nodes and 200 operations, and of faults, links and workload
/// whatever a seed draws.
fn random(rounds: usize, runs: u64) -> Figure {
    let raft = node::systems::find("raft").expect("the registry has it");
    let scenarios: Vec<(u64, Scenario)> = (0..runs)
        .map(|seed| {
            let mut scenario = hunt::draw(raft, &[], seed).scenario;
            scenario.cluster.nodes = 5;
            if let Some(workload) = &mut scenario.workload {
                workload.operations = Some(200);
            }
            (seed, scenario)
        })
        .collect();
    let have = |(seed, scenario): &(u64, Scenario)| {
        hunt::look(scenario, "raft", *seed, &[]).expect("raft carries it out");
    };
    let all = || sim::in_parallel(&scenarios, NonZeroUsize::MIN, have, |_, ()| {});
    let speeds = (0..rounds).map(|_| runs as f64 / measure(all).1).collect();
    let name = "random run of a hunt, raft, five nodes, 200 operations, judged".to_owned();
    Figure { name, is: median(speeds), to_be: 1000.0, less: false, unit: "runs/s" }
}

/// Runs a second of CPU time, one after the other on a thread for runs, as in a hunt.
fn speed(case: &Case, runs: u64) -> f64 {
    let scenario = Arc::new(scenarios::find(case.scenario).expect("the library has it"));
    let seeds: Vec<u64> = (0..runs).collect();
    let have = |seed: &u64| {
        let run = sim::run(scenario.clone(), case.system, *seed, Detail::Verdicts, Gear::Advance);
        let run = run.expect("the scenario is meant for the system");
        assert!(run.as_expected(), "seed {seed} did not go as expected");
    };
    let all = || sim::in_parallel(&seeds, NonZeroUsize::MIN, have, |_, ()| {});
    runs as f64 / measure(all).1
}
