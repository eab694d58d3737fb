//! `seedbed check`: is everything as it was?
//!
//! A folder that is to be graded goes to [`grade`]. Otherwise [`jobs`] says what is run, [`stored`] reads and writes what was, [`compare`] says what is not
//! the same, and [`tell`] and [`junit`] say so to people and to programs.

mod args;
mod compare;
mod grade;
mod jobs;
mod junit;
mod stored;
mod tell;

pub(crate) use args::CheckArgs;

use crate::{
    failure::Failure,
    output, progress,
    shard::{Part, Results, files},
};
use args::CheckFormat;
use compare::Comparison;
use jobs::{Jobs, Told};
use std::process::ExitCode;
use stored::Stored;

/// Runs everything and compares it with what is stored.
pub(crate) fn check(args: &CheckArgs) -> Result<ExitCode, Failure> {
    // Known before the runs, so that nobody waits for nothing.
    args.junit.as_deref().map_or(Ok(()), files::check_target)?;
    args.share.check()?;
    if let Some(folder) = args.folder.as_deref().filter(|folder| grade::is_graded(folder)) {
        return grade::grade(args, folder);
    }
    if args.system.is_some() {
        return Err(Failure::input(
            "`--system` is for a folder that is graded, with a grade.toml in it",
            "what is compared runs on the systems that its scenarios name",
        ));
    }
    let jobs = Jobs::of(args)?;
    let stored = Stored::read(&jobs.stored_in, jobs.built_in)?;
    let told = have(&jobs, args)?;
    if args.share.results.is_some() {
        let named = jobs.names.iter().zip(&told);
        let parts = named
            .filter_map(|(name, told)| told.as_ref().map(|told| Part::new(name.clone(), told)));
        args.share.write(args.arguments(), &jobs.files(), None, parts.collect::<Vec<_>>())?;
    }
    let comparison = Comparison::of(&jobs, &stored, told);
    if args.update {
        stored::update(&jobs, &stored, &comparison)?;
    }
    say(args, &jobs, &comparison, true)
}

/// Goes on where all parts are there.
pub(crate) fn merged(
    args: &CheckArgs,
    parts: &[Results],
    is_whole: bool,
) -> Result<ExitCode, Failure> {
    let jobs = Jobs::of(args)?;
    let stored = Stored::read(&jobs.stored_in, jobs.built_in)?;
    let told = Results::in_order(parts, &jobs.names)?;
    say(args, &jobs, &Comparison::of(&jobs, &stored, told), is_whole)
}

/// Has every run of this part.
fn have(jobs: &Jobs, args: &CheckArgs) -> Result<Vec<Option<Told>>, Failure> {
    let shard = args.share.shard();
    let own = shard.of(&jobs.all);
    let bar = progress::bar(args.quiet, own.len());
    let told = sim::in_parallel(
        &own,
        args.jobs.count(),
        |job| Told::of(job),
        |job, _| {
            progress::step(&bar, || format!("{} on {}", job.name(), job.system.name));
        },
    );
    bar.finish_and_clear();
    let mut told = told.into_iter();
    let mut slots = Vec::new();
    for place in 0..jobs.all.len() {
        let slot = if shard.takes(place) { told.next().transpose()? } else { None };
        slots.push(slot);
    }
    Ok(slots)
}

fn say(
    args: &CheckArgs,
    jobs: &Jobs,
    comparison: &Comparison,
    writes: bool,
) -> Result<ExitCode, Failure> {
    if let Some(target) = args.junit.as_deref().filter(|_| writes) {
        files::put(target, &junit::text(jobs, comparison)?)?;
    }
    if !args.quiet {
        output::print(&match args.format {
            CheckFormat::Text => tell::text(jobs, comparison, args.update),
            CheckFormat::Github => tell::annotations(jobs, comparison, args.update),
            CheckFormat::Json => tell::json(jobs, comparison, args.update),
        })?;
    }
    let is_fine = match args.update {
        true => comparison.is_as_expected(),
        false => comparison.is_fine(),
    };
    Ok(if is_fine { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
