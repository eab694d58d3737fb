//! `seedbed flaws`: how soon hunts catch each planted flaw, and how small a plan shows it.

mod tell;

use crate::{
    args::{FlawName, Jobs, SystemName},
    choose,
    failure::Failure,
    limits::Limits,
    output, progress,
};
use clap::{Args, ValueEnum};
use cpu_time::ProcessTime;
use hunt::{Anyway, FlawHunted, FlawHunts, ShrinkError, Shrunk, What};
use node::{FlawInfo, SystemInfo, systems};
use scenarios::Scenario;
use std::{process::ExitCode, time::Duration};

#[derive(Args)]
#[command(after_help = "Examples:\n  \
    seedbed flaws --system raft --flaw no-fsync --hunts 5\n  \
    seedbed flaws --system quorum --format json\n  \
    seedbed flaws --format markdown > docs/flaws.md          all of them, which takes its time\n\n\
    A flaw is caught by a seed if its run violates a property with a witness of a shape that neither the\n\
    same run without the flaw shows nor any of 2,000 others without it. Every hunt has seeds of its own. The\n\
    cheapest run of a flaw is made small; of a flaw that no hunt catches, the run of a scenario of the\n\
    library that shows it. Seeds, checkers and steps are the same every time, for every number of jobs;\n\
    CPU seconds are of this machine.\n\
    Exit codes: 0 all was measured, 2 bad input, 3 the harness failed.")]
pub(crate) struct FlawsArgs {
    /// Only flaws of this system.
    #[arg(long, value_name = "NAME", value_parser = SystemName)]
    system: Option<String>,
    /// Only this flaw.
    #[arg(long, value_name = "NAME", value_parser = FlawName, hide_possible_values = true)]
    flaw: Option<String>,
    /// How many hunts there are for each flaw.
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u64).range(1..=10_000))]
    hunts: u64,
    /// How many seeds a hunt has at most.
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u64).range(1..=1_000_000_000))]
    seeds: u64,
    /// How many smaller plans are tried at most, for each flaw; 0: none is made small.
    #[arg(long, value_name = "N", default_value_t = 6000)]
    tries: u64,
    /// What to print.
    #[arg(long, value_enum, default_value_t)]
    format: FlawsFormat,
    #[command(flatten)]
    jobs: Jobs,
    #[command(flatten)]
    pub(crate) limits: Limits,
}

/// So many runs at most say what a system violates without any flaw.
const RUNS_WITHOUT: u64 = 2000;

impl FlawsArgs {
    /// How many runs say what a system violates without any flaw.
    fn runs_without(&self) -> u64 {
        RUNS_WITHOUT.min(self.hunts * self.seeds)
    }
}

/// What `flaws` prints.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum FlawsFormat {
    /// A table for people.
    #[default]
    Table,
    /// One JSON object.
    Json,
    /// The page `docs/flaws.md`.
    Markdown,
}

/// A flaw, and what was measured of it.
struct Measured {
    flaw: &'static FlawInfo,
    hunts: FlawHunts,
    hunted: FlawHunted,
    /// What all its hunts together took of the processors.
    cpu: Duration,
    /// Scenarios of the library in which it breaks something.
    scenarios: Vec<Scenario>,
}

/// Where a small plan comes from.
enum Origin {
    Seed(u64),
    Scenario(String),
}

/// The smallest plan that was found.
struct Small {
    from: Origin,
    shrunk: Shrunk,
}

/// Measures, and prints what came of it.
pub(crate) fn flaws(args: &FlawsArgs) -> Result<ExitCode, Failure> {
    let chosen = chosen(args)?;
    let shrinks = if args.tries > 0 { 1 } else { 0 };
    let bar = progress::bar(false, chosen.len() * (args.hunts as usize + shrinks));
    let mut measured = Vec::new();
    let mut anyway: Option<((&str, Option<&str>), Anyway)> = None;
    for (system, flaw) in chosen {
        let anyway = match &anyway {
            Some((of, anyway)) if *of == (system.name, flaw.builds_on) => anyway.clone(),
            _ => {
                let (runs, jobs) = (args.runs_without(), args.jobs.count());
                let found = Anyway::of(system, Some(flaw.name), runs, jobs);
                let found = found.map_err(|error| Failure::of_run(error, &again(system, flaw)))?;
                anyway.insert(((system.name, flaw.builds_on), found)).1.clone()
            }
        };
        let (hunts, seeds) = (args.hunts, args.seeds);
        let hunts = FlawHunts { system, flaw: Some(flaw.name), hunts, seeds, anyway };
        let begun = ProcessTime::now();
        let step = || progress::step(&bar, || format!("hunting {} of {}", flaw.name, system.name));
        let hunted = hunts.go(args.jobs.count(), step);
        let hunted = hunted.map_err(|error| Failure::of_run(error, &again(system, flaw)))?;
        let cpu = begun.elapsed();
        let scenarios = scenarios_that_show(system, flaw);
        measured.push(Measured { flaw, hunts, hunted, cpu, scenarios });
    }
    let small = |of: &Measured| of.small(args.tries);
    let smalls = sim::in_parallel(&measured, args.jobs.count(), small, |of, _| {
        progress::step(&bar, || format!("made {} small", of.flaw.name));
    });
    bar.finish_and_clear();
    let mut all = Vec::new();
    for (of, small) in measured.into_iter().zip(smalls) {
        let small =
            small.map_err(|error| Failure::of_run(error, &again(of.hunts.system, of.flaw)))?;
        all.push((of, small));
    }
    output::print(&match args.format {
        FlawsFormat::Table => tell::table(&all),
        FlawsFormat::Json => tell::json(&all),
        FlawsFormat::Markdown => tell::page(&all, args),
    })?;
    Ok(ExitCode::SUCCESS)
}

fn again(system: &SystemInfo, flaw: &FlawInfo) -> String {
    format!("seedbed flaws --system {} --flaw {}", system.name, flaw.name)
}

/// The flaws that are asked for, in the order of the registry.
fn chosen(args: &FlawsArgs) -> Result<Vec<(&'static SystemInfo, &'static FlawInfo)>, Failure> {
    let asked: Vec<&'static SystemInfo> = match &args.system {
        Some(name) => vec![choose::system_named(name)?],
        None => systems::all().iter().collect(),
    };
    let wanted: Vec<String> = args.flaw.iter().cloned().collect();
    choose::check_flaws(&asked, &wanted)?;
    let is_wanted = |flaw: &&FlawInfo| args.flaw.as_ref().is_none_or(|name| *name == flaw.name);
    let flaws = asked
        .iter()
        .flat_map(|system| system.flaws.iter().filter(is_wanted).map(|flaw| (*system, flaw)));
    let flaws: Vec<_> = flaws.collect();
    match (&args.system, flaws.is_empty()) {
        (Some(name), true) => Err(Failure::input(
            format!("`{name}` has no flaws that can be switched on"),
            "`seedbed list --system NAME` shows those of a system",
        )),
        _ => Ok(flaws),
    }
}

/// The scenarios of the library in which a flaw breaks something, the simplest first.
fn scenarios_that_show(system: &SystemInfo, flaw: &FlawInfo) -> Vec<Scenario> {
    let all = scenarios::library().map(scenarios::Embedded::scenario);
    let shows = |it: &Scenario| {
        let violates = it.expect.get(system.name).is_some_and(|it| !it.violated.is_empty());
        violates && it.for_system(system).all_flaws().iter().any(|name| name == flaw.name)
    };
    let mut showing: Vec<_> = all.filter(shows).collect();
    showing.sort_by_key(|it| (it.for_system(system).all_flaws().len(), it.workload.is_some()));
    showing
}

impl Small {
    /// How many steps and operations it has.
    fn steps(&self) -> usize {
        self.shrunk.after
    }
}

impl Measured {
    /// The smallest plan that shows the flaw: of the cheapest catch, or of a scenario if that has
    /// fewer steps.
    fn small(&self, tries: u64) -> Result<Option<Small>, sim::Error> {
        if tries == 0 {
            return Ok(None);
        }
        let mut smallest: Option<Small> = None;
        for (from, scenario, seed, what) in self.origins() {
            match self.hunts.shrink(scenario, seed, what, tries) {
                Ok(shrunk) => {
                    let small = Small { from, shrunk };
                    if smallest.as_ref().is_none_or(|it| small.steps() < it.steps()) {
                        smallest = Some(small);
                    }
                }
                Err(ShrinkError::Holds { .. }) => {}
                Err(ShrinkError::Run(error)) => return Err(error),
            }
        }
        Ok(smallest)
    }

    /// The runs that are made small: where each comes from, and what it is to show.
    fn origins(&self) -> Vec<(Origin, Scenario, u64, Option<What>)> {
        let mut origins = Vec::new();
        if let Some(caught) = self.hunted.cheapest() {
            let shown = |(what, _): &(What, u64)| caught.shown.contains(what);
            let what = self.hunted.checkers().into_iter().find(shown).map(|(what, _)| what);
            let scenario = self.hunts.scenario(caught.seed);
            origins.push((Origin::Seed(caught.seed), scenario, caught.seed, what));
        }
        if let Some(scenario) = self.scenarios.first() {
            let seed = scenario.seed.unwrap_or(0);
            let from = Origin::Scenario(scenario.name.clone());
            origins.push((from, scenario.clone(), seed, None));
        }
        origins
    }

    /// What the processors take for so many seeds.
    fn cpu_of(&self, seeds: u64) -> f64 {
        self.cpu.as_secs_f64() / self.hunted.seeds.max(1) as f64 * seeds as f64
    }
}
