//! `seedbed matrix`: scenarios against systems, each with several seeds, run in parallel.

mod parts;
mod processes;

pub(crate) use parts::merged;

use crate::{
    args::{MatrixArgs, MatrixFormat},
    choose::{self, is_own},
    failure::Failure,
    interrupt, output,
    processes::On,
    progress,
    shard::{Part, files},
};
use judge::text::program;
use node::SystemInfo;
use reports::{
    Matrix, StoryOptions,
    matrix::{self, Cell, Row, Seen},
};
use scenarios::Scenario;
use sim::{Detail, Gear};
use std::{collections::BTreeSet, fmt, path::PathBuf, process::ExitCode, sync::Arc};

/// So many runs one matrix has at most.
const MOST_RUNS: u64 = 2_000_000;

/// A scenario as it was named, and how it is run on each system of the columns.
struct Named {
    name: String,
    /// In the order of the columns; `None`: there is no cell.
    cells: Vec<Option<Arc<Scenario>>>,
}

/// A system, and its flaws that were switched on by hand.
struct Column {
    system: &'static SystemInfo,
    flaws: Vec<String>,
}

/// One run to be had.
struct Job<'a> {
    name: &'a str,
    scenario: &'a Arc<Scenario>,
    column: &'a Column,
    seed: u64,
}

/// Runs scenarios on systems and shows which hold what.
pub(crate) fn matrix(args: &MatrixArgs) -> Result<ExitCode, Failure> {
    // Known before the runs, so that nobody waits for nothing.
    matrix::check_target(&args.out)?;
    args.share.check()?;
    let (rows, columns) = choose_axes(args)?;
    let jobs = jobs(&rows, &columns, args.seeds)?;
    if jobs.is_empty() {
        return Err(nothing_to_run(&rows, &columns));
    }
    if args.on == On::Processes {
        return processes::matrix(&jobs, &rows, &columns, args);
    }
    let seen = have(&jobs, args)?;
    let parts = jobs
        .iter()
        .zip(&seen)
        .filter_map(|(job, seen)| seen.as_ref().map(|seen| Part::new(job.to_string(), seen)));
    let files: Vec<_> =
        rows.iter().map(|row| row.name.clone()).filter(|it| files::is_path(it)).collect();
    args.share.write(args.arguments(), &files, None, parts.collect::<Vec<_>>())?;
    // What stands in the folder is of all runs.
    let is_whole = !args.share.shard().is_part();
    say(args, &assemble(&rows, &columns, args.seeds, seen), is_whole)
}

fn say(args: &MatrixArgs, matrix: &Matrix, is_whole: bool) -> Result<ExitCode, Failure> {
    if is_whole {
        let _whole_or_not_at_all = interrupt::while_writing();
        matrix::write(matrix, &args.out)?;
    }
    if !args.quiet {
        output::print(&match args.format {
            MatrixFormat::Text => text(matrix, Some(&args.out).filter(|_| is_whole)),
            MatrixFormat::Json => matrix.to_json(),
            MatrixFormat::Csv => matrix.csv(),
            MatrixFormat::Markdown => matrix.markdown(),
        })?;
    }
    Ok(if matrix.as_expected() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

impl fmt::Display for Job<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} on {}, seed {}", self.name, self.column.system.name, self.seed)
    }
}

/// The scenarios and systems that were named; where none were, all between which there is a cell.
fn choose_axes(args: &MatrixArgs) -> Result<(Vec<Named>, Vec<Column>), Failure> {
    let all = || scenarios::library().map(|embedded| embedded.name.to_owned()).collect();
    let mut scenarios = Vec::new();
    let usual = || match args.on {
        On::Simulator => all(),
        On::Processes => processes::PART.map(str::to_owned).to_vec(),
    };
    for name in if args.scenarios.is_empty() { usual() } else { distinct(&args.scenarios) } {
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
        choose::check_flaws(&node::systems::all().iter().collect::<Vec<_>>(), &of_flaws)?;
        let is_used = |system: &&SystemInfo| scenarios.iter().any(|(it, _)| has_cell(it, system));
        let has_own = !node::systems::registered().is_empty();
        let is_used = |system: &&SystemInfo| is_used(system) && (!has_own || is_own(system));
        let has_flaws = |system: &&SystemInfo| of_flaws.len() == flaws_of(system, &of_flaws).len();
        systems.extend(node::systems::all().iter().filter(is_used).filter(has_flaws));
    }
    choose::check_flaws(&systems, &of_flaws)?;
    let columns: Vec<_> = systems
        .into_iter()
        .map(|system| Column { system, flaws: flaws_of(system, &of_flaws) })
        .collect();
    let cell = |scenario: &Arc<Scenario>, column: &Column| {
        has_cell(scenario, column.system).then(|| match of_flaws.is_empty() {
            true => scenario.clone(),
            // One that has none of the flaws stands beside the others, and is not judged either.
            false => Arc::new(scenario.with_flaws(column.system, &column.flaws)),
        })
    };
    let row = |(scenario, name): (Scenario, String)| {
        let scenario = Arc::new(scenario);
        Named { cells: columns.iter().map(|column| cell(&scenario, column)).collect(), name }
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
        || (is_own(system) || all_named || scenario.expect.is_empty())
            && scenario.obstacles(system).is_empty()
}

/// The runs, row by row, cell by cell, seed by seed.
fn jobs<'a>(rows: &'a [Named], columns: &'a [Column], seeds: u64) -> Result<Vec<Job<'a>>, Failure> {
    let cells = rows.iter().flat_map(|row| &row.cells).flatten().count();
    choose::check_runs(cells, seeds, MOST_RUNS)?;
    let mut jobs = Vec::new();
    for row in rows {
        for (scenario, column) in row.cells.iter().zip(columns) {
            let Some(scenario) = scenario else { continue };
            let job = |seed| Job { name: &row.name, scenario, column, seed };
            jobs.extend(scenario.seeds(seeds).map(job));
        }
    }
    Ok(jobs)
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

/// Has every run of this part, on as many threads as are to be used.
fn have(jobs: &[Job<'_>], args: &MatrixArgs) -> Result<Vec<Option<Seen>>, Failure> {
    let own = parts::own(jobs, args.share.shard(), args.seeds);
    let bar = progress::bar(args.quiet, own.iter().map(Vec::len).sum());
    let threads = args.jobs.count();
    let firsts: BTreeSet<usize> = own.iter().map(|cell| cell[0]).collect();
    let places: Vec<usize> = own.iter().flatten().copied().collect();
    // Of most runs nobody reads a word.
    let see_briefly = |place: &usize| match firsts.contains(place) {
        true => see(&jobs[*place], Detail::Digest),
        false => see(&jobs[*place], Detail::Verdicts),
    };
    let seen = sim::in_parallel(&places, threads, see_briefly, |place, _| {
        progress::step(&bar, || jobs[*place].to_string());
    });
    let mut seen = all_well(seen)?;
    let mut in_words = Vec::new();
    let mut from = 0;
    for cell in &own {
        let shown = matrix::shown(&seen[from..from + cell.len()]);
        in_words.extend(shown.into_iter().filter(|run| *run > 0).map(|run| from + run));
        from += cell.len();
    }
    let see_in_words = |run: &usize| see(&jobs[places[*run]], Detail::Digest);
    let said = sim::in_parallel(&in_words, threads, see_in_words, |_, _| {});
    bar.finish_and_clear();
    for (run, said) in in_words.into_iter().zip(all_well(said)?) {
        seen[run] = said;
    }
    let mut slots: Vec<Option<Seen>> = jobs.iter().map(|_| None).collect();
    for (place, seen) in places.into_iter().zip(seen) {
        slots[place] = Some(seen);
    }
    Ok(slots)
}

fn all_well(seen: Vec<Result<Seen, Failure>>) -> Result<Vec<Seen>, Failure> {
    seen.into_iter().collect()
}

fn see(job: &Job<'_>, detail: Detail) -> Result<Seen, Failure> {
    let Job { scenario, column, seed, .. } = job;
    match sim::run(Arc::clone(scenario), column.system.name, *seed, detail, Gear::Advance) {
        Ok(run) => Ok(Seen::of(run)),
        Err(sim::Error::Panicked { message, .. }) => Ok(Seen::Panicked(message)),
        Err(error) => {
            let flaws = reports::flaw_options(&column.flaws);
            let (name, system) = (job.name, column.system.name);
            let again = format!("{} run {name} --system {system} --seed {seed}{flaws}", program());
            Err(Failure::of_run(error, &again))
        }
    }
}

/// Puts what was seen, in the order of the jobs, into its cells.
fn assemble(rows: &[Named], columns: &[Column], seeds: u64, seen: Vec<Option<Seen>>) -> Matrix {
    let systems = columns.iter().map(|column| column.system.name.to_owned()).collect();
    let mut matrix = Matrix::new(systems, seeds);
    matrix.flaws = columns.iter().map(|column| column.flaws.clone()).collect();
    let mut seen = seen.into_iter();
    for row in rows {
        let cells = row.cells.iter().map(|scenario| {
            let seeds = scenario.as_ref()?.seeds(seeds);
            let had = seeds.zip(&mut seen).filter_map(|(seed, seen)| Some((seed, seen?)));
            let had: Vec<_> = had.collect();
            // In a part there may be none of this cell.
            (!had.is_empty()).then(|| Cell::of(&had))
        });
        matrix.add(Row { scenario: row.name.clone(), cells: cells.collect() });
    }
    matrix
}

fn text(matrix: &Matrix, folder: Option<&PathBuf>) -> String {
    let options = StoryOptions {
        width: output::width(),
        colour: output::stdout_has_colour(),
        folder: folder.map(|folder| folder.display().to_string()),
        ..StoryOptions::default()
    };
    matrix::text(matrix, &options)
}
