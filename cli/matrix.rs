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

/// A scenario as it was named, and how it is run on each system of the columns.
struct Named {
    name: String,
    /// In the order of the columns; `None`: there is no cell.
    cells: Vec<Option<Scenario>>,
}

/// A system, and its flaws that were switched on by hand.
struct Column {
    system: &'static SystemInfo,
    flaws: Vec<String>,
}

/// One run to be had.
struct Job<'a> {
    name: &'a str,
    scenario: &'a Scenario,
    column: &'a Column,
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
        return Err(nothing_to_run(&rows, &columns));
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
fn choose_axes(args: &MatrixArgs) -> Result<(Vec<Named>, Vec<Column>), Failure> {
    let all = || scenarios::library().map(|embedded| embedded.name.to_owned()).collect();
    let mut scenarios = Vec::new();
    for name in if args.scenarios.is_empty() { all() } else { distinct(&args.scenarios) } {
        scenarios.push((choose::scenario(&name)?, name));
    }
    let all_named = !args.scenarios.is_empty() && !args.systems.is_empty();
    let has_cell = |scenario: &Scenario, system: &SystemInfo| has_cell(scenario, system, all_named);
    let mut systems = Vec::new();
    for name in distinct(&args.systems) {
        systems.push(choose::system_named(&name)?);
    }
    let of_flaws = distinct(&args.flaws);
    if args.systems.is_empty() {
        choose::check_flaws(&node::systems::ALL.iter().collect::<Vec<_>>(), &of_flaws)?;
        let is_used = |system: &&SystemInfo| scenarios.iter().any(|(it, _)| has_cell(it, system));
        let has_flaws = |system: &&SystemInfo| of_flaws.len() == flaws_of(system, &of_flaws).len();
        systems.extend(node::systems::ALL.iter().filter(is_used).filter(has_flaws));
    }
    choose::check_flaws(&systems, &of_flaws)?;
    let columns: Vec<_> = systems
        .into_iter()
        .map(|system| Column { system, flaws: flaws_of(system, &of_flaws) })
        .collect();
    let cell = |scenario: &Scenario, column: &Column| {
        has_cell(scenario, column.system).then(|| match of_flaws.is_empty() {
            true => scenario.clone(),
            // One that has none of the flaws stands beside the others, and is not judged either.
            false => scenario.with_flaws(column.system, &column.flaws),
        })
    };
    let row = |(scenario, name): (Scenario, String)| Named {
        cells: columns.iter().map(|column| cell(&scenario, column)).collect(),
        name,
    };
    let mut rows: Vec<_> = scenarios.into_iter().map(row).collect();
    if args.scenarios.is_empty() {
        rows.retain(|row| row.cells.iter().any(Option::is_some));
    }
    Ok((rows, columns))
}

/// Those of the flaws that the system has.
fn flaws_of(system: &SystemInfo, flaws: &[String]) -> Vec<String> {
    let has = |name: &&String| system.flaws.iter().any(|flaw| flaw.name == **name);
    flaws.iter().filter(has).cloned().collect()
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

/// Whether there is a cell: where the scenario states an expectation, and where it states none at
/// all, or all was named, wherever it can be carried out.
fn has_cell(scenario: &Scenario, system: &SystemInfo, all_named: bool) -> bool {
    scenario.expect.contains_key(system.name)
        || (all_named || scenario.expect.is_empty()) && scenario.obstacles(system).is_empty()
}

/// The runs, row by row, cell by cell, seed by seed.
fn jobs<'a>(rows: &'a [Named], columns: &'a [Column], seeds: u64) -> Vec<Job<'a>> {
    let mut jobs = Vec::new();
    for row in rows {
        for (scenario, column) in row.cells.iter().zip(columns) {
            let job = |seed| {
                let scenario = scenario.as_ref()?;
                Some(Job { name: &row.name, scenario, column, seed })
            };
            jobs.extend((0..seeds).filter_map(job));
        }
    }
    jobs
}

fn nothing_to_run(rows: &[Named], columns: &[Column]) -> Failure {
    if let ([row], [column]) = (rows, columns)
        && let Ok(scenario) = choose::scenario(&row.name)
    {
        let obstacles = scenario.obstacles(column.system);
        return choose::cannot_carry_out(&scenario, column.system, &obstacles);
    }
    let names: Vec<_> = columns.iter().map(|column| column.system.name).collect();
    Failure::input(
        "none of these scenarios can be carried out by any of these systems",
        if names.is_empty() {
            "name systems with `--systems`: none has all of these flaws".to_owned()
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
        let Job { name, column, seed, .. } = job;
        progress::step(&bar, || format!("{name} on {}, seed {seed}", column.system.name));
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
    let Job { scenario, column, seed, .. } = job;
    match sim::run(scenario, column.system.name, *seed, detail, Gear::Advance) {
        Ok(run) => Ok(Seen::of(run)),
        Err(sim::Error::Panicked { message, .. }) => Ok(Seen::Panicked(message)),
        Err(error) => Err(error),
    }
}

/// Puts what was seen, in the order of the jobs, into its cells.
fn assemble(rows: &[Named], columns: &[Column], seeds: u64, seen: Vec<Seen>) -> Matrix {
    let systems = columns.iter().map(|column| column.system.name.to_owned()).collect();
    let mut matrix = Matrix::new(systems, seeds);
    matrix.flaws = columns.iter().map(|column| column.flaws.clone()).collect();
    let mut seen = seen.into_iter();
    for row in rows {
        let cells = row.cells.iter().map(|scenario| {
            let cell = || Cell::of(&(0..seeds).zip(&mut seen).collect::<Vec<_>>());
            scenario.is_some().then(cell)
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
