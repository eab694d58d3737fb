//! `seedbed report`: the report of a run once more, from what was kept of it.

use crate::{choose::Chosen, failure::Failure, interrupt, limits, output, progress, run};
use clap::{Args as ClapArgs, ValueHint};
use judge::record::lines;
use miette::Report;
use node::systems;
use reports::{StoryOptions, Summary};
use scenarios::Scenario;
use serde::Deserialize;
use sim::{Detail, Run};
use std::{
    fs::{self, File},
    io::BufReader,
    path::{Path, PathBuf},
    process::ExitCode,
};

#[derive(ClapArgs)]
#[command(after_help = "Examples:\n  \
    seedbed report out/ghost-data-async-leader-0 --open    carries out its plan again, into the same folder\n  \
    seedbed run ghost-data --record run.jsonl\n  \
    seedbed report run.jsonl --out kept                    from the record alone: nothing is run\n\n\
    A folder's plan is carried out again, and must give the digest that its summary names; where it does not,\n\
    another version wrote it, and nothing is touched. A record holds the whole run.\n\
    Exit codes: 0 written, 2 bad input, 3 the harness failed.")]
pub(crate) struct ReportArgs {
    /// The folder of a run, or a record of one.
    #[arg(value_name = "FOLDER|RECORD", value_hint = ValueHint::AnyPath)]
    from: PathBuf,
    /// Where the files go; by default the folder itself, or of a record `out/<scenario>-<system>-<seed>`.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    out: Option<PathBuf>,
    /// Open the page of the run, `report.html`, in the browser.
    #[arg(long)]
    open: bool,
    /// Print nothing; the exit code tells.
    #[arg(long, short)]
    quiet: bool,
    #[command(flatten)]
    pub(crate) limits: limits::Limits,
}

/// Writes the report.
pub(crate) fn report(args: &ReportArgs) -> Result<ExitCode, Failure> {
    let is_folder = args.from.is_dir();
    let spinner = progress::spinner(args.quiet, format!("reading {}", args.from.display()));
    let (run, plan) = if is_folder { again(&args.from)? } else { recorded(&args.from)? };
    let target = args.out.clone().unwrap_or_else(|| match is_folder {
        true => args.from.clone(),
        false => run::folder_of(&run.scenario.name, run.system.name, run.seed, &[]),
    });
    reports::check_target(&target)?;
    let told = StoryOptions {
        // The scenario itself may be gone; its plan stands beside the story.
        scenario: Some(target.join("plan.toml").display().to_string()),
        proofs: sim::prove(&run),
        ..StoryOptions::default()
    };
    {
        let _whole_or_not_at_all = interrupt::while_writing();
        reports::write_all(&run, &plan, &told, &target)?;
    }
    spinner.finish_and_clear();
    if !args.quiet {
        output::print(&format!("{}\n", target.join("report.html").display()))?;
    }
    if args.open {
        run::open(&target.join("report.html"))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The run that a record holds, and its plan.
fn recorded(file: &Path) -> Result<(Run, String), Failure> {
    let cannot = |why: String| {
        Failure::input(
            format!("{} holds no run: {why}", file.display()),
            "name the folder of a run, or what `seedbed run --record` has written",
        )
    };
    let opened = File::open(file).map_err(|error| cannot(error.to_string()))?;
    let run = lines::read(BufReader::new(opened), systems::all())
        .map_err(|error| cannot(error.to_string()))?;
    let plan = run.plan.to_toml();
    Ok((run, plan))
}

/// What a summary says of the run that it is of.
#[derive(Deserialize)]
struct Kept {
    schema: String,
    system: String,
    seed: u64,
    digest: String,
}

/// The run of a folder, carried out again by its plan, and that plan as it stands there.
fn again(folder: &Path) -> Result<(Run, String), Failure> {
    let no_report = |why: String| {
        Failure::input(
            format!("{} is not the folder of a run: {why}", folder.display()),
            "name a folder that `seedbed run` has written, with its summary.json and plan.toml",
        )
    };
    let summary = fs::read_to_string(folder.join("summary.json"));
    let summary = summary.map_err(|error| no_report(format!("summary.json: {error}")))?;
    let kept: Kept = serde_json::from_str(&summary)
        .map_err(|error| no_report(format!("summary.json: {error}")))?;
    if kept.schema != reports::SCHEMA {
        return Err(no_report(format!("summary.json is of `{}`", kept.schema)));
    }
    let plan = folder.join("plan.toml");
    let text =
        fs::read_to_string(&plan).map_err(|error| no_report(format!("plan.toml: {error}")))?;
    let scenario = Scenario::load(&plan, systems::all())
        .map_err(|error| Failure::Input(Report::new(error)))?;
    let system = crate::choose::system_named(&kept.system)?;
    let name = plan.display().to_string();
    let run = Chosen::new(name, scenario, system, kept.seed).run(Detail::Full)?;
    let digest = Summary::of(&run).digest.to_string();
    if digest != kept.digest {
        return Err(Failure::input(
            format!(
                "{}: the plan gives digest {digest} here, and its summary names {}: another version wrote it",
                folder.display(),
                kept.digest
            ),
            "with that version it can be had again; or run its plan as a new run",
        ));
    }
    Ok((run, text))
}
