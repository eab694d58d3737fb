//! How busy all cores are with many runs at once.

use crate::{
    measure::{measure, median},
    reach::Figure,
    tables::print,
};
use sim::{Detail, Gear};
use std::{num::NonZeroUsize, sync::Arc, thread, time::Instant};

/// Scenarios of short and of long runs, as `matrix` and `audit` have them one after the other.
const MIX: [(&str, &str, u64); 3] = [
    ("ghost-data", "async-leader", 2000),
    ("chaos-five", "raft", 100),
    ("flaky-network", "raft", 400),
];

/// Measures which share of its time each core works.
pub(crate) fn report(quick: bool) -> Vec<Figure> {
    let cores = thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    let (rounds, share) = if quick { (3, 5) } else { (5, 1) };
    let scenarios =
        MIX.map(|(name, ..)| Arc::new(scenarios::find(name).expect("the library has it")));
    let jobs: Vec<(usize, u64)> = MIX
        .iter()
        .enumerate()
        .flat_map(|(place, (.., seeds))| (0..seeds / share).map(move |seed| (place, seed)))
        .collect();
    let have = |(place, seed): &(usize, u64)| {
        let run = sim::run(
            scenarios[*place].clone(),
            MIX[*place].1,
            *seed,
            Detail::Verdicts,
            Gear::Advance,
        );
        run.expect("the scenario is meant for the system").counters.events
    };
    let all = || sim::in_parallel(&jobs, cores, have, |_, _| {});
    let busy = |_| {
        #[expect(clippy::disallowed_methods, reason = "real time is what is measured")]
        let start = Instant::now();
        let (_, cpu_s) = measure(all);
        cpu_s / (start.elapsed().as_secs_f64() * cores.get() as f64)
    };
    let busy = median((0..rounds).map(busy).collect());
    print(
        "All cores at once: runs of three scenarios, judged, nothing written",
        &["cores", "runs", "share of the time that each is busy"],
        vec![vec![cores.to_string(), jobs.len().to_string(), format!("{busy:.2}")]],
    );
    vec![Figure::ratio("busy share of all cores with many runs", busy, 0.9)]
}
