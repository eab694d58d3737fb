//! A matrix of runs on processes, beside the same runs in the simulator.

use super::{Column, Job, Named, all_well, assemble, say, see};
use crate::{args::MatrixArgs, choose::Chosen, failure::Failure, processes, progress};
use judge::{Stage, record::Judgement};
use reports::matrix::{Beside, Seen};
use sim::Detail;
use std::{num::NonZeroUsize, process::ExitCode};

/// What is run where no scenarios are named: what the documents tell of, and what tells a store that keeps its
/// word from one that does not. A run takes as long as it says, so that it is not the whole library.
pub(super) const PART: [&str; 12] = [
    "ghost-data",
    "amnesia",
    "acknowledged-then-lost",
    "split-brain",
    "split-brain-by-failover",
    "stale-reads-in-quorums",
    "stale-leader-reads",
    "forged-message",
    "deadlock",
    "paused-follower",
    "power-loss-no-fsync",
    "power-loss-torn-write",
];

/// So many runs at once, where nobody says how many: most of the time processes wait.
const AT_ONCE: NonZeroUsize = NonZeroUsize::new(3).expect("3 is not 0");

/// Has every run on processes and in the simulator, and shows what differs.
pub(super) fn matrix(
    jobs: &[Job<'_>],
    rows: &[Named],
    columns: &[Column],
    args: &MatrixArgs,
) -> Result<ExitCode, Failure> {
    if args.share.shard().is_part() {
        return Err(Failure::input(
            "runs on processes are not had in parts",
            "leave --shard out, or name fewer scenarios with --scenarios",
        ));
    }
    let bar = progress::bar(args.quiet, jobs.len());
    let at_once = args.jobs.stated().unwrap_or(AT_ONCE);
    let run = |job: &Job<'_>| on_processes(job);
    let seen = sim::in_parallel(jobs, at_once, run, |job, _| {
        progress::step(&bar, || job.to_string());
    });
    bar.finish_and_clear();
    let seen = all_well(seen)?;
    let simulated = jobs.iter().map(|job| see(job, Detail::Verdicts));
    let simulated: Vec<Seen> = simulated.collect::<Result<_, _>>()?;
    let beside = jobs.iter().zip(&simulated).zip(&seen).flat_map(|((job, simulated), live)| {
        let (name, system) = (job.name, job.column.system.name);
        Beside::of(name, system, job.seed, judgements(simulated), judgements(live))
    });
    let beside = beside.collect();
    let mut matrix = assemble(rows, columns, args.seeds, seen.into_iter().map(Some).collect());
    matrix.stage = Stage::Processes;
    matrix.beside = beside;
    say(args, &matrix, true)
}

fn judgements(seen: &Seen) -> &[Judgement] {
    match seen {
        Seen::Judged { judgements, .. } => judgements,
        Seen::Panicked(_) => &[],
    }
}

fn on_processes(job: &Job<'_>) -> Result<Seen, Failure> {
    let Job { name, scenario, column, seed } = *job;
    let folder = processes::temporary()?;
    let flaws = column.flaws.clone();
    let chosen = Chosen::new(name.to_owned(), scenario.clone(), column.system, seed);
    let chosen = Chosen { flaws, ..chosen };
    match processes::have(&chosen, Detail::Full, folder.path())? {
        Ok(run) => Ok(Seen::of(run)),
        // One that nothing asked for is a finding of its own, and ends no other run.
        Err(sim::Error::Outage { outage, .. }) => {
            Ok(Seen::Panicked(format!("{} ended by itself: {}", outage.node, outage.why)))
        }
        Err(sim::Error::Panicked { message, .. }) => Ok(Seen::Panicked(message)),
        Err(error) => Err(chosen.failure(error)),
    }
}
