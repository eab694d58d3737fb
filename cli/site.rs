//! `seedbed site`: every run as a page, for a web server.

use crate::{
    args::{Jobs, ScenarioName, SystemName},
    choose::{self, Chosen},
    failure::Failure,
    interrupt, limits, output, progress,
};
use clap::{Args as ClapArgs, ValueHint};
use judge::text::count;
use node::SystemInfo;
use reports::{
    StoryOptions,
    site::{self, Entry},
};
use sim::Detail;
use std::{path::PathBuf, process::ExitCode, sync::Arc};

#[derive(ClapArgs)]
#[command(after_help = "Examples:\n  \
    seedbed site out/site                                 every scenario on every system it is about\n  \
    seedbed site out/site --scenarios ghost-data,figure-8\n  \
    seedbed site out/site --systems async-leader,raft\n\n\
    The folder can be put on any web server, or opened from disk: index.html is the matrix, and each of its\n\
    cells opens the page of its run. site.json has the digests.\n\
    Exit codes: 0 every run as expected, 1 some not, 2 bad input, 3 the harness failed.")]
pub(crate) struct SiteArgs {
    /// Where the site goes.
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    out: PathBuf,
    /// Scenarios by name or path, with commas between; by default all that are built in.
    #[arg(long, value_name = "NAME,..", value_delimiter = ',', value_parser = ScenarioName,
        hide_possible_values = true, value_hint = ValueHint::FilePath)]
    scenarios: Vec<String>,
    /// Systems, with commas between; by default all of which a scenario expects something.
    #[arg(long, value_name = "NAME,..", value_delimiter = ',', value_parser = SystemName)]
    systems: Vec<String>,
    /// Print nothing; the exit code tells.
    #[arg(long, short)]
    quiet: bool,
    #[command(flatten)]
    jobs: Jobs,
    #[command(flatten)]
    pub(crate) limits: limits::Limits,
}

/// Has every run and writes the site.
pub(crate) fn site(args: &SiteArgs) -> Result<ExitCode, Failure> {
    // Known before the runs, so that nobody waits for nothing.
    site::check_target(&args.out)?;
    let all = chosen(args)?;
    let bar = progress::bar(args.quiet, all.len());
    let had = sim::in_parallel(&all, args.jobs.count(), entry, |chosen, _| {
        progress::step(&bar, || chosen.name().to_owned());
    });
    bar.finish_and_clear();
    let entries = had.into_iter().collect::<Result<Vec<_>, _>>()?;
    let (runs, surprises) = (entries.len(), entries.iter().filter(|it| !it.as_expected()).count());
    {
        let _whole_or_not_at_all = interrupt::while_writing();
        site::write(entries, &args.out)?;
    }
    if !args.quiet {
        let runs = count(runs as u64, "run", "runs");
        let index = args.out.join("index.html");
        output::print(&format!("{runs}, {surprises} not as expected: {}\n", index.display()))?;
    }
    Ok(if surprises == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn entry(chosen: &Chosen) -> Result<Entry, Failure> {
    let run = chosen.run(Detail::Full)?;
    let told = StoryOptions {
        scenario: Some(chosen.name.clone()),
        proofs: sim::prove(&run),
        ..StoryOptions::default()
    };
    Ok(Entry::of(&run, &told))
}

/// What is run: each scenario on each system that it is meant for.
fn chosen(args: &SiteArgs) -> Result<Vec<Chosen>, Failure> {
    let named: Vec<&SystemInfo> =
        args.systems.iter().map(|name| choose::system_named(name)).collect::<Result<_, _>>()?;
    let names: Vec<String> = match args.scenarios.is_empty() {
        true => scenarios::library().map(|embedded| embedded.name.to_owned()).collect(),
        false => args.scenarios.clone(),
    };
    let mut all = Vec::new();
    for name in names {
        let scenario = Arc::new(choose::scenario(&name)?);
        let is_named = |system: &&SystemInfo| {
            named.is_empty() || named.iter().any(|it| it.name == system.name)
        };
        let seed = scenario.seed.unwrap_or(0);
        for system in choose::systems_of(&scenario).filter(is_named) {
            all.push(Chosen::new(name.clone(), scenario.clone(), system, seed));
        }
    }
    if all.is_empty() {
        return Err(Failure::input(
            "no scenario that was named is meant for a system that was named",
            "`seedbed list --all` shows what is meant for what",
        ));
    }
    Ok(all)
}
