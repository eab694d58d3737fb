//! `seedbed check labs/3`: does a system keep what a folder of scenarios asks of it?
//!
//! A folder with a `grade.toml` is graded and not compared: of each scenario in it, with each of so many seeds,
//! every property must hold that the file names. Nothing is stored.

mod read;
mod tell;

use super::args::{CheckArgs, CheckFormat};
use crate::{
    choose::{self, Chosen},
    failure::Failure,
    output, progress,
    shard::files,
};
use judge::record::Verdict;
use node::{SystemInfo, systems};
use read::Asked;
use scenarios::Expectation;
use sim::{Detail, Gear};
use std::{path::Path, process::ExitCode, sync::Arc};

pub(super) use read::is_graded;

/// What came of a scenario.
pub(super) struct Graded {
    /// The scenario's name, that of its file.
    name: String,
    path: String,
    seeds: u64,
    /// How many seeds failed.
    failed: u64,
    /// The first of them, and what it showed.
    first: Option<(u64, String)>,
}

/// Has every run and says which scenarios are passed.
pub(super) fn grade(args: &CheckArgs, folder: &str) -> Result<ExitCode, Failure> {
    refuse_what_is_for_comparing(args, folder)?;
    let asked = Asked::read(Path::new(folder))?;
    let system = system(args, folder)?;
    let mut jobs = Vec::new();
    for path in &asked.scenarios {
        let mut scenario = choose::scenario(path)?;
        let obstacles = scenario.obstacles(system);
        if !obstacles.is_empty() {
            return Err(choose::cannot_carry_out(&scenario, system, &obstacles));
        }
        let expected = Expectation { holds: asked.holds.clone(), ..Expectation::default() };
        scenario.expect = [(system.name.to_owned(), expected)].into();
        let scenario = Arc::new(scenario);
        let first = scenario.seed.unwrap_or(0);
        for seed in (0..asked.seeds).map(|more| first.wrapping_add(more)) {
            jobs.push(Chosen::new(path.clone(), scenario.clone(), system, seed));
        }
    }
    let bar = progress::bar(args.quiet, jobs.len());
    let told = sim::in_parallel(&jobs, args.jobs.count(), wrong, |job, _| {
        progress::step(&bar, || format!("{} on {}", job.name(), system.name));
    });
    bar.finish_and_clear();
    let told = told.into_iter().collect::<Result<Vec<_>, _>>()?;
    let graded: Vec<_> = jobs
        .chunks(asked.seeds as usize)
        .zip(told.chunks(asked.seeds as usize))
        .map(|(jobs, told)| Graded::of(jobs, told))
        .collect();
    if let Some(file) = &args.junit {
        files::put(file, &tell::junit(&asked, system, &graded)?)?;
    }
    if !args.quiet {
        output::print(&match args.format {
            CheckFormat::Text => tell::text(&asked, system, &graded),
            CheckFormat::Github => tell::annotations(system, &graded),
            CheckFormat::Json => tell::json(&asked, system, &graded),
        })?;
    }
    let is_passed = graded.iter().all(|it| it.failed == 0);
    Ok(if is_passed { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn refuse_what_is_for_comparing(args: &CheckArgs, folder: &str) -> Result<(), Failure> {
    let given = [
        (args.update, "--update"),
        (args.share.shard.is_some(), "--shard"),
        (args.share.results.is_some(), "--results"),
    ];
    match given.into_iter().find(|(is_given, _)| *is_given) {
        None => Ok(()),
        Some((_, option)) => Err(Failure::input(
            format!(
                "`{option}` is for what is compared, and {folder} is graded: it has a grade.toml"
            ),
            "nothing is stored of it, and it is short: leave the option out",
        )),
    }
}

/// The one that is named, or else the program's own.
fn system(args: &CheckArgs, folder: &str) -> Result<&'static SystemInfo, Failure> {
    match (&args.system, systems::registered()) {
        (Some(name), _) => choose::system_named(name),
        (None, [own]) => Ok(choose::system_named(own.name)?),
        (None, own) => {
            let names: Vec<_> = match own.is_empty() {
                true => systems::all().iter().map(|it| it.name).collect(),
                false => own.iter().map(|it| it.name).collect(),
            };
            Err(Failure::input(
                format!("which system is {folder} to grade?"),
                format!("name it: --system {}", names.join(", or ")),
            ))
        }
    }
}

/// What is not as asked, in a sentence.
fn wrong(job: &Chosen) -> Result<Option<String>, Failure> {
    let had =
        sim::run(job.scenario.clone(), job.system.name, job.seed, Detail::Digest, Gear::Advance);
    let run = match had {
        Ok(run) => run,
        Err(sim::Error::Panicked { message, .. }) => {
            return Ok(Some(format!("a node panicked: {message}")));
        }
        Err(error) => return Err(job.failure(error)),
    };
    let expected = job.scenario.expect.values().flat_map(|expected| &expected.holds);
    // What was not judged does not hold.
    let broken = expected.into_iter().find_map(|property| {
        let name = property.name();
        match run.judgement(*property).map(|judgement| &judgement.verdict) {
            None => Some(format!("{name} is not judged here")),
            Some(Verdict::Holds(_)) => None,
            Some(verdict) => Some(format!("{name} is {}: {}", verdict.word(), verdict.sentence())),
        }
    });
    Ok(broken.or_else(|| run.defects.first().cloned()))
}

impl Graded {
    fn of(jobs: &[Chosen], told: &[Option<String>]) -> Self {
        let path = jobs[0].name().to_owned();
        let stem = Path::new(&path).file_stem().and_then(|stem| stem.to_str());
        let mut wrong =
            jobs.iter().zip(told).filter_map(|(job, told)| Some((job.seed, told.clone()?)));
        let first = wrong.next();
        Self {
            name: stem.unwrap_or(&path).to_owned(),
            seeds: jobs.len() as u64,
            failed: u64::from(first.is_some()) + wrong.count() as u64,
            first,
            path,
        }
    }
}
