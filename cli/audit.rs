//! `seedbed audit`: the same run on two threads and in a second process, compared.

use crate::{
    args::{AuditArgs, Format},
    child::Child,
    choose::{self, Chosen},
    failure::Failure,
    output, progress,
    shard::{Part, Results, files},
    trace,
};
use judge::record::Digest;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sim::{Detail, Difference, DifferingEvent};
use std::{fmt::Write as _, process::ExitCode, sync::Arc};

/// So many runs one audit has at most.
const MOST_RUNS: u64 = 200_000;

/// What came of having a run again.
#[derive(Clone, Debug, Serialize, Deserialize)]
enum Audited {
    /// It gave this digest each time.
    Repeats(String),
    /// It did not.
    Differs(Mismatch),
}

/// Runs that should be one run and are not.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Mismatch {
    scenario: String,
    system: String,
    seed: u64,
    between: String,
    digests: [String; 2],
    event: Option<String>,
}

/// Has every run three times and compares.
pub(crate) fn audit(args: &AuditArgs) -> Result<ExitCode, Failure> {
    args.share.check()?;
    let all = jobs(args)?;
    let mut files: Vec<_> = all.iter().map(|job| job.name().to_owned()).collect();
    files.retain(|name| files::is_path(name));
    let jobs = args.share.shard().of(all);
    let audited = if args.digests { digests(&jobs, args)? } else { compare(&jobs, args)? };
    let parts = jobs.iter().zip(&audited).map(|(job, audited)| Part::new(name(job), audited));
    args.share.write(args.arguments(), &files, None, parts.collect::<Vec<_>>())?;
    say(args, &jobs, &audited)
}

/// Goes on where all parts are there.
pub(crate) fn merged(args: &AuditArgs, parts: &[Results]) -> Result<ExitCode, Failure> {
    let jobs = jobs(args)?;
    let names: Vec<_> = jobs.iter().map(name).collect();
    let audited = Results::in_order(parts, &names)?;
    let (jobs, audited): (Vec<_>, Vec<_>) =
        jobs.into_iter().zip(audited).filter_map(|(job, audited)| Some((job, audited?))).unzip();
    say(args, &jobs, &audited)
}

/// Has every run twice here and once in a second process.
fn compare(jobs: &[Chosen], args: &AuditArgs) -> Result<Vec<Audited>, Failure> {
    // It works beside this one, and what it prints waits in the pipe.
    let second = start_second_process(args)?;
    let here = jobs.iter().zip(audit_here(jobs, args));
    // What cannot be had here cannot be had there, and here it is known why.
    let here: Result<Vec<_>, _> =
        here.map(|(job, here)| here.map_err(|error| job.failure(error))).collect();
    let here = here?;
    let theirs = digests_of(second)?;
    let mut theirs = theirs.lines();
    let mut audited = Vec::new();
    for (job, here) in jobs.iter().zip(here) {
        let line = theirs.next().unwrap_or_default();
        audited.push(match here {
            Ok(digest) if line == digest_line(job, &digest.to_string()) => {
                Audited::Repeats(digest.to_string())
            }
            Ok(digest) => Audited::Differs(differs_in_second_process(job, digest, line)?),
            Err(difference) => {
                let digests = [difference.one, difference.other].map(|d| d.to_string());
                Audited::Differs(mismatch(job, "two threads", digests, difference.event))
            }
        });
    }
    Ok(audited)
}

fn say(args: &AuditArgs, jobs: &[Chosen], audited: &[Audited]) -> Result<ExitCode, Failure> {
    if args.digests {
        for (job, audited) in jobs.iter().zip(audited) {
            if let Audited::Repeats(digest) = audited {
                output::print(&(digest_line(job, digest) + "\n"))?;
            }
        }
        return Ok(ExitCode::SUCCESS);
    }
    let differs = |audited: &Audited| match audited {
        Audited::Repeats(_) => None,
        Audited::Differs(mismatch) => Some(mismatch.clone()),
    };
    let mismatches: Vec<_> = audited.iter().filter_map(differs).collect();
    if !args.quiet {
        output::print(&match args.format {
            Format::Text => text(jobs, &mismatches),
            Format::Json => json(jobs, &mismatches),
        })?;
    }
    Ok(if mismatches.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

impl AuditArgs {
    /// The command without what differs from part to part.
    fn arguments(&self) -> Vec<String> {
        let mut words = vec!["audit".to_owned(), "--seeds".to_owned(), self.seeds.to_string()];
        if self.digests {
            words.push("--digests".to_owned());
        }
        if !self.scenarios.is_empty() {
            words.push("--".to_owned());
            words.extend(self.scenarios.iter().cloned());
        }
        words
    }
}

fn name(job: &Chosen) -> String {
    format!("{} on {}, seed {}", job.name(), job.system.name, job.seed)
}

fn jobs(args: &AuditArgs) -> Result<Vec<Chosen>, Failure> {
    let names: Vec<String> = if args.scenarios.is_empty() {
        scenarios::library().map(|embedded| embedded.name.to_owned()).collect()
    } else {
        args.scenarios.clone()
    };
    let mut named = Vec::new();
    for name in names {
        let scenario = choose::scenario(&name)?;
        let systems: Vec<_> = choose::systems_of(&scenario).collect();
        named.push((name, scenario, systems));
    }
    let cells = named.iter().map(|(_, _, systems)| systems.len()).sum();
    choose::check_runs(cells, args.seeds, MOST_RUNS)?;
    let mut jobs = Vec::new();
    for (name, scenario, systems) in named {
        let scenario = Arc::new(scenario);
        for system in systems {
            let chosen = |seed| Chosen::new(name.clone(), scenario.clone(), system, seed);
            jobs.extend(scenario.seeds(args.seeds).map(chosen));
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
    let audit = |job: &Chosen| sim::audit(job.scenario.clone(), job.system.name, job.seed);
    let audited = sim::in_parallel(jobs, args.jobs.count(), audit, |job, _| {
        progress::step(&bar, || name(job));
    });
    bar.finish_and_clear();
    audited
}

/// Has every run once.
fn digests(jobs: &[Chosen], args: &AuditArgs) -> Result<Vec<Audited>, Failure> {
    let digest = |job: &Chosen| job.digest();
    let digests = sim::in_parallel(jobs, args.jobs.count(), digest, |_, _| {});
    digests.into_iter().map(|digest| Ok(Audited::Repeats(digest?.to_string()))).collect()
}

fn digest_line(job: &Chosen, digest: &str) -> String {
    format!("{} {} {} {digest}", job.name(), job.system.name, job.seed)
}

fn start_second_process(args: &AuditArgs) -> Result<Child, Failure> {
    let mut words = vec!["audit".to_owned(), "--digests".to_owned()];
    let mut option = |name: &str, value: String| words.extend([name.to_owned(), value]);
    option("--seeds", args.seeds.to_string());
    option("--jobs", args.jobs.count().to_string());
    option("--shard", args.share.shard().to_string());
    words.extend(args.limits.arguments());
    words.push("--".to_owned());
    words.extend(args.scenarios.iter().cloned());
    Child::start(words)
}

/// What the second process traced, beside a trace of our own.
fn differs_in_second_process(
    job: &Chosen,
    ours: Digest,
    their_line: &str,
) -> Result<Mismatch, Failure> {
    let seed = job.seed.to_string();
    let words = ["trace", "--system", job.system.name, "--seed", &seed, "--", job.name()];
    let (theirs, _) = Child::start(words)?.output()?;
    let run = job.run(Detail::Full)?;
    let event = DifferingEvent::find(trace::lines(&run), theirs.lines().map(ToOwned::to_owned));
    let their_digest = their_line.rsplit(' ').next().unwrap_or_default().to_owned();
    Ok(mismatch(job, "two processes", [ours.to_string(), their_digest], event))
}

/// What the second process printed.
fn digests_of(process: Child) -> Result<String, Failure> {
    match process.output()? {
        (digests, status) if status.success() => Ok(digests),
        (_, status) => Err(Failure::harness(format!("the second process failed: {status}"))),
    }
}

fn mismatch(
    job: &Chosen,
    between: &'static str,
    digests: [String; 2],
    event: Option<DifferingEvent>,
) -> Mismatch {
    Mismatch {
        scenario: job.name().to_owned(),
        system: job.system.name.to_owned(),
        seed: job.seed,
        between: between.to_owned(),
        digests,
        event: event.map(|event| event.to_string()),
    }
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
                "first_difference": mismatch.event,
            })
        })
        .collect();
    format!("{:#}\n", json!({ "runs": jobs.len(), "mismatches": mismatches }))
}
