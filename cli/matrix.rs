//! `seedbed matrix`: scenarios against systems, each with several seeds, run in parallel.

use crate::{
    args::{MatrixArgs, MatrixFormat},
    choose,
    failure::Failure,
    interrupt, output, progress,
};
use node::SystemInfo;
use reports::{
    Matrix, StoryOptions,
    matrix::{self, Cell, Row, Seen},
};
use scenarios::Scenario;
use sim::{Detail, Gear};
use std::{path::Path, process::ExitCode};

/// A scenario as it was named.
struct Named {
    name: String,
    scenario: Scenario,
}

/// One run to be had.
struct Job<'a> {
    scenario: &'a Named,
    system: &'static SystemInfo,
    seed: u64,
}

/// Runs scenarios on systems and shows which hold what.
pub(crate) fn matrix(args: &MatrixArgs) -> Result<ExitCode, Failure> {
    let target = &args.out;
    // Known before the runs, so that nobody waits for nothing.
    matrix::check_target(target)?;
    let (rows, columns) = choose_axes(args)?;
    let jobs = jobs(&rows, &columns, args.seeds);
    if jobs.is_empty() {
        return Err(nothing_to_run(&columns));
    }
    let seen = have(&jobs, args)?;
    let matrix = assemble(&rows, &columns, args.seeds, seen);
    {
        let _whole_or_not_at_all = interrupt::while_writing();
        matrix::write(&matrix, target)?;
    }
    if !args.quiet {
        output::print(&match args.format {
            MatrixFormat::Text => text(&matrix, target),
            MatrixFormat::Json => matrix.to_json(),
            MatrixFormat::Csv => matrix.csv(),
            MatrixFormat::Markdown => matrix.markdown(),
        })?;
    }
    Ok(if matrix.as_expected() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The scenarios and systems that were named; where none were, all between which there is a cell.
fn choose_axes(args: &MatrixArgs) -> Result<(Vec<Named>, Vec<&'static SystemInfo>), Failure> {
    let all = || scenarios::library().map(|embedded| embedded.name.to_owned()).collect();
    let mut rows = Vec::new();
    for name in if args.scenarios.is_empty() { all() } else { distinct(&args.scenarios) } {
        rows.push(Named { scenario: choose::scenario(&name)?, name });
    }
    let mut columns = Vec::new();
    for name in distinct(&args.systems) {
        columns.push(choose::system_named(&name)?);
    }
    if args.systems.is_empty() {
        let is_used = |system: &&SystemInfo| rows.iter().any(|row| has_cell(row, system));
        columns.extend(node::systems::ALL.iter().filter(is_used));
    }
    if args.scenarios.is_empty() {
        rows.retain(|row| columns.iter().any(|system| has_cell(row, system)));
    }
    Ok((rows, columns))
}

/// The names in their order, each once.
fn distinct(names: &[String]) -> Vec<String> {
    let mut distinct: Vec<String> = Vec::new();
    for name in names {
        if !distinct.contains(name) {
            distinct.push(name.clone());
        }
    }
    distinct
}

fn has_cell(row: &Named, system: &SystemInfo) -> bool {
    row.scenario.expect.contains_key(system.name)
}

/// The runs, row by row, cell by cell, seed by seed.
fn jobs<'a>(rows: &'a [Named], columns: &[&'static SystemInfo], seeds: u64) -> Vec<Job<'a>> {
    let mut jobs = Vec::new();
    for scenario in rows {
        for &system in columns.iter().filter(|system| has_cell(scenario, system)) {
            jobs.extend((0..seeds).map(|seed| Job { scenario, system, seed }));
        }
    }
    jobs
}

fn nothing_to_run(columns: &[&'static SystemInfo]) -> Failure {
    let names: Vec<_> = columns.iter().map(|system| system.name).collect();
    Failure::input(
        "none of these scenarios states an expectation for any of these systems",
        if names.is_empty() {
            "add a section such as [expect.async-leader]".to_owned()
        } else {
            format!(
                "`seedbed list --system {}` shows what is meant for it",
                names.join("` or `--system ")
            )
        },
    )
}

/// Has every run, on as many threads as are to be used.
fn have(jobs: &[Job<'_>], args: &MatrixArgs) -> Result<Vec<Seen>, Failure> {
    let bar = progress::bar(args.quiet, jobs.len());
    let threads = args.jobs.count();
    // Of most runs nobody reads a word.
    let see_briefly = |job: &Job<'_>| match job.seed {
        0 => see(job, Detail::Digest),
        _ => see(job, Detail::Verdicts),
    };
    let seen = sim::in_parallel(jobs, threads, see_briefly, |job, _| {
        let Job { scenario, system, seed } = job;
        progress::step(&bar, || format!("{} on {}, seed {seed}", scenario.name, system.name));
    });
    let mut seen = all_well(seen)?;
    let cells = seen.chunks(args.seeds as usize).enumerate();
    let shown = cells.flat_map(|(cell, seen)| {
        let seeds = matrix::shown(seen).into_iter().filter(|seed| *seed > 0);
        seeds.map(move |seed| cell * args.seeds as usize + seed)
    });
    let shown: Vec<usize> = shown.collect();
    let see_in_words = |place: &usize| see(&jobs[*place], Detail::Digest);
    let in_words = sim::in_parallel(&shown, threads, see_in_words, |_, _| {});
    bar.finish_and_clear();
    for (place, in_words) in shown.into_iter().zip(all_well(in_words)?) {
        seen[place] = in_words;
    }
    Ok(seen)
}

fn all_well(seen: Vec<Result<Seen, sim::Error>>) -> Result<Vec<Seen>, Failure> {
    let seen: Result<_, _> = seen.into_iter().collect();
    seen.map_err(|error| Failure::of_run(error, "seedbed matrix"))
}

fn see(job: &Job<'_>, detail: Detail) -> Result<Seen, sim::Error> {
    let Job { scenario, system, seed } = job;
    match sim::run(&scenario.scenario, system.name, *seed, detail, Gear::Advance) {
        Ok(run) => Ok(Seen::of(run)),
        Err(sim::Error::Panicked { message, .. }) => Ok(Seen::Panicked(message)),
        Err(error) => Err(error),
    }
}

/// Puts what was seen, in the order of the jobs, into its cells.
fn assemble(
    rows: &[Named],
    columns: &[&'static SystemInfo],
    seeds: u64,
    seen: Vec<Seen>,
) -> Matrix {
    let systems = columns.iter().map(|system| system.name.to_owned()).collect();
    let mut matrix = Matrix::new(systems, seeds);
    let mut seen = seen.into_iter();
    for row in rows {
        let cells = columns.iter().map(|system| {
            has_cell(row, system).then(|| Cell::of(&(0..seeds).zip(&mut seen).collect::<Vec<_>>()))
        });
        matrix.rows.push(Row { scenario: row.name.clone(), cells: cells.collect() });
    }
    matrix
}

fn text(matrix: &Matrix, folder: &Path) -> String {
    let options = StoryOptions {
        width: output::width(),
        colour: output::stdout_has_colour(),
        folder: Some(folder.display().to_string()),
        ..StoryOptions::default()
    };
    matrix::text(matrix, &options)
}
