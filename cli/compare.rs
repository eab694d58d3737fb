//! `seedbed compare`: two runs on one page.

use crate::{args::Format, failure::Failure, interrupt, kept, limits, output, progress, run};
use clap::{Args as ClapArgs, ValueHint};
use judge::text::program;
use reports::{
    StoryOptions,
    compare::{self, Comparison, Side},
};
use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

#[derive(ClapArgs)]
#[command(after_help = "Examples:\n  \
    seedbed run ghost-data\n  \
    seedbed run ghost-data --system raft\n  \
    seedbed compare out/ghost-data-async-leader-0 out/ghost-data-raft-0 --open\n  \
    seedbed run chaos --seed 3 --record three.jsonl\n  \
    seedbed run chaos --seed 4 --record four.jsonl\n  \
    seedbed compare three.jsonl four.jsonl --format json | jq '.differences[].sentence'\n\n\
    A folder's plan is carried out again, and must give the digest that its summary names. The page,\n\
    compare.html, has both runs on one time axis and marks where they first differ.\n\
    Exit codes: 0 written, 2 bad input, 3 the harness failed.")]
pub(crate) struct CompareArgs {
    /// The first run: its folder, or a record of it.
    #[arg(value_name = "FIRST", value_hint = ValueHint::AnyPath)]
    first: PathBuf,
    /// The second run.
    #[arg(value_name = "SECOND", value_hint = ValueHint::AnyPath)]
    second: PathBuf,
    /// Where the page goes; by default `out/compare-<first>-<second>`.
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    out: Option<PathBuf>,
    /// What to print: where the runs differ in words, or as JSON.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Open the page, `compare.html`, in the browser.
    #[arg(long)]
    open: bool,
    /// Print nothing; the exit code tells.
    #[arg(long, short)]
    quiet: bool,
    #[command(flatten)]
    pub(crate) limits: limits::Limits,
}

/// Compares two runs and writes their page.
pub(crate) fn compare(args: &CompareArgs) -> Result<ExitCode, Failure> {
    let target = args.out.clone().unwrap_or_else(|| default_folder(&args.first, &args.second));
    // Known before the runs, so that nobody waits for nothing.
    compare::check_target(&target)?;
    let spinner = progress::spinner(args.quiet, format!("reading {}", args.first.display()));
    let first = kept::read(&args.first)?.run;
    spinner.set_message(format!("reading {}", args.second.display()));
    let second = kept::read(&args.second)?.run;
    if compare::is_same_run(&first, &second) {
        return Err(Failure::input(
            format!(
                "{} and {} are the same run: {} on {}, seed {}",
                args.first.display(),
                args.second.display(),
                first.scenario.name,
                first.system.name,
                first.seed
            ),
            "name two runs that differ in their system, seed, flaws or plan",
        ));
    }
    spinner.set_message("trying what would have helped");
    let sides = [side(first, &args.first)?, side(second, &args.second)?];
    spinner.set_message("comparing");
    let both = Comparison::of(&sides);
    {
        let _whole_or_not_at_all = interrupt::while_writing();
        compare::write(&both, &target)?;
    }
    spinner.finish_and_clear();
    let page = target.join("compare.html");
    if !args.quiet {
        output::print(&match args.format {
            Format::Text => {
                let told = both.text(output::width(), output::stdout_has_colour());
                format!("{told}\n{}\n", page.display())
            }
            Format::Json => both.json(),
        })?;
    }
    if args.open {
        run::open(&page)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// A run, and how it is told. A record has no plan beside it, so that the command is the one that reads it.
fn side(run: sim::Run, from: &Path) -> Result<Side, Failure> {
    if run.trace.is_none() {
        return Err(Failure::input(
            format!("{} has no events, so nothing can be drawn of it", from.display()),
            "record the run again with `seedbed run --record`",
        ));
    }
    let is_folder = from.is_dir();
    let told = StoryOptions {
        scenario: is_folder.then(|| from.join("plan.toml").display().to_string()),
        proofs: sim::prove(&run),
        ..StoryOptions::default()
    };
    let again = (!is_folder).then(|| format!("{} report {} --open", program(), from.display()));
    Ok(Side { run, told, again })
}

/// Where the page goes that was told no other place.
fn default_folder(first: &Path, second: &Path) -> PathBuf {
    let name = |path: &Path| {
        let name = if path.is_dir() { path.file_name() } else { path.file_stem() };
        name.map_or_else(|| "run".to_owned(), |name| name.to_string_lossy().into_owned())
    };
    PathBuf::from("out").join(format!("compare-{}-{}", name(first), name(second)))
}
