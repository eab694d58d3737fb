//! `seedbed audit`: the same run on two threads and in a second process, compared.

use crate::{
    args::{AuditArgs, Format},
    choose::{self, Chosen},
    failure::Failure,
    output, progress, trace,
};
use judge::record::Digest;
use serde_json::json;
use sim::{Detail, Difference, DifferingEvent};
use std::{
    fmt::Write as _,
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
        return print_digests(&jobs, args);
    }
    // It works beside this one, and what it prints waits in the pipe.
    let second = spawn_second_process(args)?;
    let audited = audit_here(&jobs, args);
    let theirs = digests_of(second)?;
    let mut theirs = theirs.lines();
    let mut mismatches = Vec::new();
    for (job, audited) in jobs.iter().zip(audited) {
        let line = theirs.next().unwrap_or_default();
        match audited.map_err(|error| job.failure(error))? {
            Ok(digest) if line == digest_line(job, digest) => {}
            Ok(digest) => mismatches.push(differs_in_second_process(job, digest, line)?),
            Err(difference) => {
                let digests = [difference.one, difference.other].map(|d| d.to_string());
                mismatches.push(mismatch(job, "two threads", digests, difference.event));
            }
        }
    }
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

/// Has every run twice in this process.
fn audit_here(
    jobs: &[Chosen],
    args: &AuditArgs,
) -> Vec<Result<Result<Digest, Difference>, sim::Error>> {
    let bar = progress::bar(args.quiet, jobs.len());
    let audit = |job: &Chosen| sim::audit(&job.scenario, job.system.name, job.seed);
    let audited = sim::in_parallel(jobs, args.jobs.count(), audit, |job, _| {
        let message = || format!("{} on {}, seed {}", job.name(), job.system.name, job.seed);
        progress::step(&bar, message);
    });
    bar.finish_and_clear();
    audited
}

fn print_digests(jobs: &[Chosen], args: &AuditArgs) -> Result<ExitCode, Failure> {
    let digest = |job: &Chosen| job.digest();
    let digests = sim::in_parallel(jobs, args.jobs.count(), digest, |_, _| {});
    for (job, digest) in jobs.iter().zip(digests) {
        output::print(&(digest_line(job, digest?) + "\n"))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn digest_line(job: &Chosen, digest: Digest) -> String {
    format!("{} {} {} {digest}", job.name(), job.system.name, job.seed)
}

fn spawn_second_process(args: &AuditArgs) -> Result<Child, Failure> {
    let mut command = this_program()?;
    let (seeds, jobs) = (args.seeds.to_string(), args.jobs.count().to_string());
    command.args(["audit", "--digests", "--seeds", &seeds, "--jobs", &jobs, "--"]);
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

/// What the second process printed.
fn digests_of(process: Child) -> Result<String, Failure> {
    let output = process.wait_with_output().map_err(cannot_start)?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(Failure::harness(format!("the second process failed: {}", output.status)))
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
