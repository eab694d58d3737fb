//! `seedbed shrink`: a run that fails, made small.

use crate::{
    args::{Jobs, Which},
    choose::Chosen,
    failure::Failure,
    hunt::property,
    interrupt,
    limits::{Limits, span},
    output, progress,
    shard::files,
};
use clap::{Args, ValueHint};
use hunt::{Shrink, ShrinkError, Shrunk, What, steps_of};
use judge::text::{count, number, program};
use scenarios::{Property, Scenario};
use std::{
    path::{Path, PathBuf},
    process::ExitCode,
    time::{Duration, Instant},
};

#[derive(Args)]
#[command(after_help = "Examples:\n  \
    seedbed shrink corpus/async-leader-convergence-1.toml\n  \
    seedbed shrink leader-crash --system async-leader --out small.toml\n  \
    seedbed shrink chaos-five --system raft --flaw skip-log-check --seed 0 --property staleness\n  \
    seedbed run small.toml                                 tells the story of what is left\n\n\
    What is left violates the same property, with a witness of the same shape, and is a scenario like\n\
    any other: its steps, its seed, its system, and what it expects. Whatever may be taken away is\n\
    taken away: faults, operations, sessions, keys, nodes, settings, chance. The same plan gives the same\n\
    file, however many candidates are tried at once, unless the time is over first. The best so\n\
    far is always in the file; Ctrl-C ends with that.\n\
    Exit codes: 0 it was made small, 2 bad input, such as a run in which nothing fails, 3 the harness\n\
    failed.")]
pub(crate) struct ShrinkArgs {
    #[command(flatten)]
    which: Which,
    /// The property that must stay violated; by default one that the file `shows`, or the first.
    #[arg(long, value_name = "NAME", value_parser = property)]
    property: Option<Property>,
    /// Let the witness be of another shape, as long as the property is violated.
    #[arg(long)]
    any_shape: bool,
    /// Keep to what comes of the flaws: without them the same plan must not show the same.
    #[arg(long)]
    needs_flaw: bool,
    /// For how long at most, such as `30s` or `10m`.
    #[arg(long = "for", value_name = "TIME", value_parser = span, default_value = "30s")]
    time: Duration,
    /// Where the result goes; by default NAME-small.toml, beside a file and here for a scenario.
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    out: Option<PathBuf>,
    /// Print nothing; the file is written all the same.
    #[arg(long, short)]
    quiet: bool,
    #[command(flatten)]
    jobs: Jobs,
    #[command(flatten)]
    pub(crate) limits: Limits,
}

/// Shrinks, and says what is left.
pub(crate) fn shrink(args: &ShrinkArgs) -> Result<ExitCode, Failure> {
    let chosen = Chosen::by(&args.which)?;
    let out = args.out.clone().unwrap_or_else(|| default_file(&chosen.name));
    check(&out)?;
    let of = Shrink {
        scenario: Scenario::clone(&chosen.scenario),
        system: chosen.system,
        seed: chosen.seed,
        property: args.property,
        any_shape: args.any_shape,
        needs_flaws: args.needs_flaw,
        jobs: args.jobs.count(),
    };
    #[expect(clippy::disallowed_methods, reason = "how long it may take is real time")]
    let begun = Instant::now();
    let shrunk = go(&of, args, &chosen, &out, begun)?;
    let took = begun.elapsed();
    files::put(&out, &file(&shrunk.plan, &shrunk.sentence, &chosen))?;
    if !args.quiet {
        output::print(&text(&shrunk, took, &out))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn go(
    of: &Shrink,
    args: &ShrinkArgs,
    chosen: &Chosen,
    out: &Path,
    begun: Instant,
) -> Result<Shrunk, Failure> {
    let spinner = progress::spinner(args.quiet, format!("running {}", chosen.scenario.name));
    interrupt::ask_politely();
    let mut unwritten = None;
    let shrunk = hunt::shrink(of, &mut |so_far: &hunt::Progress<'_>| {
        let real = begun.elapsed();
        if !spinner.is_hidden() {
            let speed = so_far.tries as f64 / real.as_secs_f64().max(1e-9);
            let left = count(steps_of(so_far.plan) as u64, "step", "steps");
            let tries = count(so_far.tries, "try", "tries");
            spinner.set_message(format!("{left} left, {tries}, {speed:.0} a second"));
        }
        if so_far.is_better {
            let best = file(&so_far.told(of.system), so_far.sentence, chosen);
            unwritten = files::put(out, &best).err();
        }
        unwritten.is_none() && !interrupt::was_asked() && real < args.time
    });
    spinner.finish_and_clear();
    match unwritten {
        Some(failure) => Err(failure),
        None => shrunk.map_err(|error| failure(error, chosen)),
    }
}

fn failure(error: ShrinkError, chosen: &Chosen) -> Failure {
    match error {
        ShrinkError::Run(error) => chosen.failure(error),
        holds @ ShrinkError::Holds { .. } => Failure::input(
            holds.to_string(),
            "only what fails can be made small: name a seed with which it fails, as \
             `seedbed hunt` finds them, or another property",
        ),
    }
}

/// Beside a file, and here for a scenario of the library.
fn default_file(name: &str) -> PathBuf {
    let path = Path::new(name);
    let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or(name);
    path.with_file_name(format!("{stem}-small.toml"))
}

/// Nobody is to wait for a file that cannot be written.
fn check(out: &Path) -> Result<(), Failure> {
    let folder = out.parent().filter(|folder| !folder.as_os_str().is_empty());
    if out.is_dir() {
        return Err(Failure::input(
            format!("`{}` is a folder", out.display()),
            "name a file, as in `--out small.toml`",
        ));
    }
    match folder {
        Some(folder) if !folder.is_dir() => Err(Failure::input(
            format!("there is no folder `{}`", folder.display()),
            "make it first, or name another with `--out`",
        )),
        _ => Ok(()),
    }
}

/// The scenario with a comment that says what it shows and where it comes from.
fn file(plan: &Scenario, sentence: &str, chosen: &Chosen) -> String {
    let mut shown = String::new();
    for line in sentence.lines() {
        shown += &format!("# {line}\n");
    }
    let flaws = reports::flaw_options(&chosen.flaws);
    format!(
        "{shown}#\n# Made small by seedbed {}:\n#   seedbed shrink {} --system {} --seed {}{flaws}\n\n{}",
        env!("CARGO_PKG_VERSION"),
        chosen.name(),
        chosen.system.name,
        chosen.seed,
        plan.to_toml()
    )
}

fn text(shrunk: &Shrunk, took: Duration, out: &Path) -> String {
    let Shrunk { what, sentence, before, after, tries, is_smallest, plan } = shrunk;
    let first = sentence.lines().next().unwrap_or_default();
    let how = match what {
        What::Panic => "panics".to_owned(),
        What::Violated(property) => format!("violates {}", property.name()),
    };
    let end = match is_smallest {
        true => "nothing more can go",
        false => "not finished: there was no more time",
    };
    format!(
        "{} of {}, {} in {:.1} s: {end}\n\n  {} {how}\n    {first}\n\n  {} run {}\n",
        count(*after as u64, "step", "steps"),
        number(*before as u64),
        count(*tries, "try", "tries"),
        took.as_secs_f64(),
        plan.on.as_deref().unwrap_or_default(),
        program(),
        out.display(),
    )
}
