//! `seedbed audit`: the same run on two threads and in a second process, compared.

use crate::{
    args::{AuditArgs, Format},
    choose::{self, Chosen},
    failure::Failure,
    output, trace,
};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use sim::{Detail, DifferingEvent, run::Digest};
use std::{
    fmt::Write as _,
    io::{BufRead, BufReader},
    process::{Child, Command, ExitCode, Stdio},
};

/// Runs that should be one run and are not.
struct Mismatch {
    scenario: String,
    system: &'static str,
    seed: u64,
    between: &'static str,
    digests: [String; 2],
    event: Option<DifferingEvent>,
}

/// Has every run three times and compares.
pub(crate) fn audit(args: &AuditArgs) -> Result<ExitCode, Failure> {
    let jobs = jobs(args)?;
    if args.digests {
        return print_digests(&jobs);
    }
    let mut child = spawn_second_process(args)?;
    let stdout = child.stdout.take().expect("the child's output was asked for");
    let mut theirs = BufReader::new(stdout).lines();
    let bar = progress(args.quiet, jobs.len());
    let mut mismatches = Vec::new();
    for job in &jobs {
        bar.set_message(format!("{} on {}, seed {}", job.name(), job.system.name, job.seed));
        let audited = sim::audit(&job.scenario, job.system.name, job.seed);
        match audited.map_err(|error| job.failure(error))? {
            Ok(digest) => {
                let line = theirs.next().transpose()?.unwrap_or_default();
                if line != digest_line(job, digest) {
                    mismatches.push(differs_in_second_process(job, digest, &line)?);
                }
            }
            Err(difference) => {
                let digests = [difference.one, difference.other].map(|d| d.to_string());
                mismatches.push(mismatch(job, "two threads", digests, difference.event));
                theirs.next().transpose()?;
            }
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    reap(&mut child)?;
    if !args.quiet {
        output::print(&match args.format {
            Format::Text => text(&jobs, &mismatches),
            Format::Json => json(&jobs, &mismatches),
        })?;
    }
    Ok(if mismatches.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn jobs(args: &AuditArgs) -> Result<Vec<Chosen>, Failure> {
    let names: Vec<String> = if args.scenarios.is_empty() {
        scenarios::library().map(|embedded| embedded.name.to_owned()).collect()
    } else {
        args.scenarios.clone()
    };
    let mut jobs = Vec::new();
    for name in names {
        let scenario = choose::scenario(&name)?;
        for system in choose::systems_of(&scenario) {
            let chosen = |seed| Chosen::new(name.clone(), scenario.clone(), system, seed);
            jobs.extend((0..args.seeds).map(chosen));
        }
    }
    Ok(jobs)
}

fn print_digests(jobs: &[Chosen]) -> Result<ExitCode, Failure> {
    for job in jobs {
        let digest = job.run(Detail::Digest)?.digest;
        output::print(&(digest_line(job, digest) + "\n"))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn digest_line(job: &Chosen, digest: Digest) -> String {
    format!("{} {} {} {digest}", job.name(), job.system.name, job.seed)
}

fn spawn_second_process(args: &AuditArgs) -> Result<Child, Failure> {
    let mut command = this_program()?;
    command.args(["audit", "--digests", "--seeds", &args.seeds.to_string(), "--"]);
    command.args(&args.scenarios).stdout(Stdio::piped());
    command.spawn().map_err(cannot_start)
}

/// What the second process traced, beside a trace of our own.
fn differs_in_second_process(
    job: &Chosen,
    ours: Digest,
    their_line: &str,
) -> Result<Mismatch, Failure> {
    let mut command = this_program()?;
    let seed = job.seed.to_string();
    command.args(["trace", job.name(), "--system", job.system.name, "--seed", &seed]);
    let theirs = command.output().map_err(cannot_start)?;
    let theirs = String::from_utf8_lossy(&theirs.stdout).into_owned();
    let run = job.run(Detail::Full)?;
    let event = DifferingEvent::find(trace::lines(&run), theirs.lines().map(ToOwned::to_owned));
    let their_digest = their_line.rsplit(' ').next().unwrap_or_default().to_owned();
    Ok(mismatch(job, "two processes", [ours.to_string(), their_digest], event))
}

fn this_program() -> Result<Command, Failure> {
    std::env::current_exe().map(Command::new).map_err(cannot_start)
}

fn cannot_start(error: std::io::Error) -> Failure {
    Failure::harness(format!("the second process could not be started: {error}"))
}

fn reap(child: &mut Child) -> Result<(), Failure> {
    let status = child.wait().map_err(cannot_start)?;
    if status.success() {
        Ok(())
    } else {
        Err(Failure::harness(format!("the second process failed: {status}")))
    }
}

fn mismatch(
    job: &Chosen,
    between: &'static str,
    digests: [String; 2],
    event: Option<DifferingEvent>,
) -> Mismatch {
    let (scenario, system, seed) = (job.name().to_owned(), job.system.name, job.seed);
    Mismatch { scenario, system, seed, between, digests, event }
}

fn text(jobs: &[Chosen], mismatches: &[Mismatch]) -> String {
    let mut text = String::new();
    for mismatch in mismatches {
        let Mismatch { scenario, system, seed, between, digests: [one, other], event } = mismatch;
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "{scenario} on {system}, seed {seed}: {between} differ: {one} | {other}"
        );
        let _ = match event {
            Some(event) => writeln!(text, "  first difference: {event}"),
            None => writeln!(text, "  had again with a full trace, they do not differ"),
        };
    }
    let runs = jobs.len();
    let _ = match mismatches.len() {
        0 => writeln!(
            text,
            "{runs} runs, each had on two threads and in a second process: no mismatch"
        ),
        count => writeln!(text, "{count} of {runs} runs do not repeat"),
    };
    text
}

fn json(jobs: &[Chosen], mismatches: &[Mismatch]) -> String {
    let mismatches: Vec<_> = mismatches
        .iter()
        .map(|mismatch| {
            json!({
                "scenario": mismatch.scenario,
                "system": mismatch.system,
                "seed": mismatch.seed,
                "between": mismatch.between,
                "digests": mismatch.digests,
                "first_difference": mismatch.event.as_ref().map(ToString::to_string),
            })
        })
        .collect();
    format!("{:#}\n", json!({ "runs": jobs.len(), "mismatches": mismatches }))
}

fn progress(quiet: bool, runs: usize) -> ProgressBar {
    if quiet {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(runs as u64).with_style(style)
}
