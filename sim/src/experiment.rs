//! Runs side by side, results in order.

use crate::{Detail, Error, Gear};
use judge::Run;
use scenarios::experiment::Trial;
use std::{
    num::NonZero,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

/// Runs every trial, as many at a time as there are cores, and gives what `measure`
/// makes of each run, in the order of the trials. `finished` is called after each.
///
/// How many run at a time, and which is done first, has no part in the results.
///
/// # Errors
///
/// The error of the first trial, in order, that could not be run; [`crate::run()`] says which there are.
pub fn carry_out<T: Send>(
    trials: &[Trial],
    seed: u64,
    measure: impl Fn(&Trial, Run) -> T + Sync,
    finished: impl Fn() + Sync,
) -> Result<Vec<T>, Error> {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let next = AtomicUsize::new(0);
    let results = Mutex::new(Vec::with_capacity(trials.len()));
    let work = || {
        while let position = next.fetch_add(1, Ordering::Relaxed)
            && let Some(trial) = trials.get(position)
        {
            let seed = seed.wrapping_add(trial.seed_offset);
            let run =
                crate::run(&trial.scenario, trial.system, seed, Detail::Digest, Gear::Advance);
            let result = run.map(|run| measure(trial, run));
            results.lock().unwrap_or_else(PoisonError::into_inner).push((position, result));
            finished();
        }
    };
    // Each run has a thread of its own; these only wait for them.
    thread::scope(|scope| {
        for _ in 1..cores.min(trials.len()) {
            scope.spawn(work);
        }
        work();
    });
    let mut results = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    results.sort_unstable_by_key(|(position, _)| *position);
    results.into_iter().map(|(_, result)| result).collect()
}
