//! From names on the command line to scenarios and systems.

use crate::{args::Which, failure::Failure, shard::files};
use judge::{
    record::Digest,
    text::{count, number, program},
};
use miette::Report;
use node::{SystemInfo, systems};
use scenarios::Scenario;
use sim::{Detail, Gear, Run};
use std::{path::Path, sync::Arc};

/// What the arguments of a command name.
pub(crate) struct Chosen {
    pub(crate) scenario: Arc<Scenario>,
    pub(crate) system: &'static SystemInfo,
    pub(crate) seed: u64,
    /// The scenario as it was named: by its own name, or by a path.
    pub(crate) name: String,
    /// The flaws that were switched on by hand.
    pub(crate) flaws: Vec<String>,
}

impl Chosen {
    /// Finds the scenario and the system that are named.
    pub(crate) fn by(which: &Which) -> Result<Self, Failure> {
        let scenario = scenario(&which.scenario)?;
        let system = system(&scenario, which.system.as_deref())?;
        check_flaws(&[system], &which.flaws)?;
        let name = which.scenario.clone();
        let seed = which.seed.or(scenario.seed).unwrap_or(0);
        if which.flaws.is_empty() {
            return Ok(Self::new(name, scenario, system, seed));
        }
        let scenario = scenario.with_flaws(system, &which.flaws);
        let flaws = which.flaws.clone();
        Ok(Self { flaws, ..Self::new(name, scenario, system, seed) })
    }

    /// A run of a scenario that was named so.
    pub(crate) fn new(
        name: String,
        scenario: impl Into<Arc<Scenario>>,
        system: &'static SystemInfo,
        seed: u64,
    ) -> Self {
        let scenario = scenario.into();
        Self { scenario, system, seed, name, flaws: Vec::new() }
    }

    /// The scenario as it was named.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Has the run.
    pub(crate) fn run(&self, detail: Detail) -> Result<Run, Failure> {
        sim::run(self.scenario.clone(), self.system.name, self.seed, detail, Gear::Advance)
            .map_err(|error| self.failure(error))
    }

    /// Has the run, for its digest alone.
    pub(crate) fn digest(&self) -> Result<Digest, Failure> {
        let Self { scenario, system, seed, .. } = self;
        sim::run_unjudged(scenario.clone(), system.name, *seed, Detail::Digest, Gear::Advance)
            .map(|run| run.digest)
            .map_err(|error| self.failure(error))
    }

    /// What to tell of a run that could not be had.
    pub(crate) fn failure(&self, error: sim::Error) -> Failure {
        Failure::of_run(error, &self.command("run"))
    }

    /// The same run in another command.
    pub(crate) fn command(&self, name: &str) -> String {
        let flaws = reports::flaw_options(&self.flaws);
        let (scenario, system, seed) = (&self.name, self.system.name, self.seed);
        format!("{} {name} {scenario} --system {system} --seed {seed}{flaws}", program())
    }
}

/// The scenario of this name, or in the file of this path.
pub(crate) fn scenario(name: &str) -> Result<Scenario, Failure> {
    let is_path = files::is_path(name);
    if let Some(text) = files::stand_ins().and_then(|files| files.get(name)) {
        return Scenario::parse(name, text, systems::all())
            .map_err(|error| Failure::Input(Report::new(error)));
    }
    let load = || {
        Scenario::load(Path::new(name), systems::all())
            .map_err(|error| Failure::Input(Report::new(error)))
    };
    if is_path {
        load()
    } else {
        scenarios::find(name).or_else(|error| match file_meant(name) {
            // To say that it is a folder, and what is in it.
            None if Path::new(name).is_dir() => load(),
            Some(path) => Err(Failure::input(
                error.to_string(),
                format!("a file is meant by its path: write `{path}`"),
            )),
            None => Err(Failure::Input(Report::new(error))),
        })
    }
}

/// The path of a file that whoever wrote a name without folder and ending may have meant.
fn file_meant(name: &str) -> Option<String> {
    let with_ending = format!("{name}.toml");
    if Path::new(&with_ending).is_file() {
        Some(with_ending)
    } else {
        Path::new(name).is_file().then(|| format!("./{name}"))
    }
}

/// The system to run a scenario on: the one named, or the scenario's own.
pub(crate) fn system(
    scenario: &Scenario,
    name: Option<&str>,
) -> Result<&'static SystemInfo, Failure> {
    let Some(name) = name else {
        return scenario.default_system().ok_or_else(|| {
            let tried = systems::all().iter();
            let why = tried.map(|it| format!("{}: {}", it.name, scenario.obstacles(it).join("; ")));
            Failure::input(
                format!("no system can carry out the scenario `{}`", scenario.name),
                why.collect::<Vec<_>>().join("\n"),
            )
        });
    };
    let system = system_named(name)?;
    match &scenario.obstacles(system)[..] {
        [] => Ok(system),
        obstacles => Err(cannot_carry_out(scenario, system, obstacles)),
    }
}

/// Says why a system cannot carry out a scenario, and which can.
pub(crate) fn cannot_carry_out(
    scenario: &Scenario,
    system: &SystemInfo,
    obstacles: &[String],
) -> Failure {
    let able: Vec<_> = scenario.able_systems().map(|system| system.name).collect();
    let (name, why) = (&scenario.name, obstacles.join("; "));
    Failure::input(
        format!("`{}` cannot carry out the scenario `{name}`: {why}", system.name),
        match able.is_empty() {
            true => "no system can: change the scenario".to_owned(),
            false => format!("these systems can: {}", able.join(", ")),
        },
    )
}

/// Makes sure that each flaw is one of these systems'.
pub(crate) fn check_flaws(systems: &[&SystemInfo], flaws: &[String]) -> Result<(), Failure> {
    let known: Vec<_> =
        systems.iter().flat_map(|system| system.flaws).map(|flaw| flaw.name).collect();
    let Some(unknown) = flaws.iter().find(|flaw| !known.contains(&flaw.as_str())) else {
        return Ok(());
    };
    let names: Vec<_> = systems.iter().map(|system| format!("`{}`", system.name)).collect();
    let mut help = match scenarios::nearest(unknown, &known) {
        Some(nearest) => format!("did you mean `{nearest}`? "),
        None => String::new(),
    };
    let has = |system: &&SystemInfo| system.flaws.iter().any(|flaw| flaw.name == unknown);
    let owners: Vec<_> = systems::all().iter().filter(has).map(|system| system.name).collect();
    if !owners.is_empty() {
        help += &format!("It is a flaw of {}. ", owners.join(", "));
    }
    for system in systems {
        let flaws: Vec<_> = system.flaws.iter().map(|flaw| flaw.name).collect();
        help += &match flaws.is_empty() {
            true => format!("`{}` has no flaws that can be switched on. ", system.name),
            false => format!("The flaws of `{}` are {}. ", system.name, flaws.join(", ")),
        };
    }
    let message = match names.as_slice() {
        [one] => format!("{one} has no flaw `{unknown}`"),
        several => format!("none of {} has a flaw `{unknown}`", several.join(", ")),
    };
    Err(Failure::input(message, help.trim_end()))
}

/// The system of this name.
pub(crate) fn system_named(name: &str) -> Result<&'static SystemInfo, Failure> {
    systems::find(name).ok_or_else(|| {
        let names: Vec<_> = systems::all().iter().map(|system| system.name).collect();
        let help = match scenarios::nearest(name, &names) {
            Some(nearest) => format!("did you mean `{nearest}`?"),
            None => format!("the systems are {}", names.join(", ")),
        };
        Failure::input(format!("there is no system `{name}`"), help)
    })
}

/// Makes sure that what each run leaves behind finds room: all are held until the last is over.
pub(crate) fn check_runs(cells: usize, seeds: u64, most: u64) -> Result<(), Failure> {
    let runs = (cells as u64).saturating_mul(seeds);
    if runs <= most {
        return Ok(());
    }
    Err(Failure::input(
        format!(
            "{} seeds of {} are more runs than are held at once, which is {}",
            number(seeds),
            count(cells as u64, "cell", "cells"),
            number(most)
        ),
        format!(
            "take fewer seeds or name fewer scenarios; `{} hunt` has as many as you like",
            program()
        ),
    ))
}

/// Whether the program that this is has registered the system.
pub(crate) fn is_own(system: &SystemInfo) -> bool {
    systems::registered().iter().any(|own| own.name == system.name)
}

/// The systems that a scenario is meant for, in the registry's order. In a program that has systems of its
/// own, those of them that can carry it out. One that expects nothing is
/// meant for the system that it is on, or else for all that can carry it out.
pub(crate) fn systems_of(scenario: &Scenario) -> impl Iterator<Item = &'static SystemInfo> {
    let expects_nothing = scenario.expect.is_empty();
    let has_own = !systems::registered().is_empty();
    let is_meant = move |system: &SystemInfo| match &scenario.on {
        _ if has_own => is_own(system) && scenario.obstacles(system).is_empty(),
        _ if !expects_nothing => scenario.expect.contains_key(system.name),
        Some(on) => on == system.name,
        None => scenario.obstacles(system).is_empty(),
    };
    systems::all().iter().filter(move |system| is_meant(system))
}
