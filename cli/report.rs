//! `seedbed report`: the report of a run once more, from what was kept of it.

use crate::{
    failure::Failure,
    interrupt,
    kept::{self, Kept},
    limits, output, progress, run,
};
use clap::{Args as ClapArgs, ValueHint};
use reports::StoryOptions;
use std::{path::PathBuf, process::ExitCode};

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
    let Kept { run, plan } = kept::read(&args.from)?;
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
