//! `seedbed run`: one run, its story and its files.

use crate::{
    args::{Format, Plan, RunArgs},
    choose::Chosen,
    failure::Failure,
    interrupt, output, progress,
};
use judge::record::lines;
use reports::{StoryOptions, Summary};
use scenarios::Scenario;
use sim::{Detail, Run};
use std::{
    fs::File,
    io::BufWriter,
    path::{Path, PathBuf},
    process::ExitCode,
};

/// Runs a scenario and tells of it.
pub(crate) fn run(args: &RunArgs) -> Result<ExitCode, Failure> {
    let chosen = Chosen::by(&args.which)?;
    let target = args.out.clone().unwrap_or_else(|| default_folder(&chosen));
    // Known before the run, so that nobody waits for nothing.
    reports::check_target(&target)?;
    let spinner = progress::spinner(args.quiet, format!("running {}", chosen.scenario.name));
    let run = args.place.run(&chosen, Detail::Full)?;
    spinner.set_message("trying what would have helped");
    let told = options(&run, &chosen, &target, args);
    spinner.set_message("writing tables and charts");
    {
        let _whole_or_not_at_all = interrupt::while_writing();
        reports::write_all(&run, &plan(&run, args.plan).to_toml(), &told, &target)?;
        if let Some(file) = &args.record {
            record(&run, file)?;
        }
    }
    let told = (!args.quiet).then(|| match args.format {
        Format::Text => reports::story(&run, &told),
        Format::Json => Summary::of(&run).to_json() + "\n",
    });
    spinner.finish_and_clear();
    if let Some(told) = told {
        output::print(&told)?;
    }
    if args.open {
        open(&target.join("report.html"))?;
    }
    // A file may be there to look at what happens, and state nothing.
    let is_fine = run.as_expected() || run.expects_nothing();
    Ok(if is_fine { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The plan of a run, with as much in it as is asked for.
fn plan(run: &Run, plan: Plan) -> Scenario {
    match plan {
        Plan::Faults => run.plan(),
        Plan::Full => run.full_plan().expect("the run has a trace"),
    }
}

/// Shows a page in whatever shows pages here.
pub(crate) fn open(page: &Path) -> Result<(), Failure> {
    open::that_detached(page).map_err(|error| {
        let page = page.display();
        Failure::input(
            format!("no browser was found to open {page}: {error}"),
            "open the file by hand; it needs no network",
        )
    })
}

/// Writes the whole run as lines of JSON.
fn record(run: &Run, file: &Path) -> Result<(), Failure> {
    let written = File::create(file).and_then(|out| lines::write(run, BufWriter::new(out)));
    written.map_err(|error| {
        let file = file.display();
        Failure::input(
            format!("could not write the record {file}: {error}"),
            "name a file in a folder that is there and may be written to",
        )
    })
}

fn default_folder(chosen: &Chosen) -> PathBuf {
    let Chosen { scenario, system, seed, flaws, .. } = chosen;
    folder_of(&scenario.name, system.name, *seed, flaws)
}

/// Where the files of a run go that was told no other place.
pub(crate) fn folder_of(scenario: &str, system: &str, seed: u64, flaws: &[String]) -> PathBuf {
    let flawed: String = flaws.iter().map(|flaw| format!("-{flaw}")).collect();
    PathBuf::from("out").join(format!("{scenario}-{system}{flawed}-{seed}"))
}

/// How the story is told, with what was shown to help against the violations: the plan is carried
/// out once more for each thing that may.
fn options(run: &Run, chosen: &Chosen, folder: &Path, args: &RunArgs) -> StoryOptions {
    StoryOptions {
        width: output::width(),
        colour: output::stdout_has_colour(),
        folder: Some(folder.display().to_string()),
        scenario: Some(chosen.name.clone()),
        verbose: args.verbose,
        explain: args.explain,
        proofs: sim::prove(run),
        flaws: chosen.flaws.clone(),
    }
}
