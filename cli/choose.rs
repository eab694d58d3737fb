//! From names on the command line to scenarios and systems.

use crate::{args::Which, failure::Failure};
use miette::Report;
use node::{SystemInfo, systems};
use scenarios::Scenario;
use sim::{Detail, Gear, Run};
use std::path::Path;

/// What the arguments of a command name.
pub(crate) struct Chosen {
    pub(crate) scenario: Scenario,
    pub(crate) system: &'static SystemInfo,
    pub(crate) seed: u64,
    /// The scenario as it was named: by its own name, or by a path.
    pub(crate) name: String,
}

impl Chosen {
    /// Finds the scenario and the system that are named.
    pub(crate) fn by(which: &Which) -> Result<Self, Failure> {
        let scenario = scenario(&which.scenario)?;
        let system = system(&scenario, which.system.as_deref())?;
        Ok(Self::new(which.scenario.clone(), scenario, system, which.seed))
    }

    /// A run of a scenario that was named so.
    pub(crate) fn new(
        name: String,
        scenario: Scenario,
        system: &'static SystemInfo,
        seed: u64,
    ) -> Self {
        Self { scenario, system, seed, name }
    }

    /// The scenario as it was named.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Has the run.
    pub(crate) fn run(&self, detail: Detail) -> Result<Run, Failure> {
        sim::run(&self.scenario, self.system.name, self.seed, detail, Gear::Advance)
            .map_err(|error| self.failure(error))
    }

    /// What to tell of a run that could not be had.
    pub(crate) fn failure(&self, error: sim::Error) -> Failure {
        let (name, system, seed) = (&self.name, self.system.name, self.seed);
        let again = format!("seedbed run {name} --system {system} --seed {seed}");
        Failure::of_run(error, &again)
    }
}

/// The scenario of this name, or in the file of this path.
pub(crate) fn scenario(name: &str) -> Result<Scenario, Failure> {
    let is_path = name.ends_with(".toml") || name.contains(std::path::is_separator);
    let load = || {
        Scenario::load(Path::new(name), systems::ALL)
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
            Failure::input(
                format!("`{}` states no expectation for any system", scenario.name),
                "add a section such as [expect.async-leader]",
            )
        });
    };
    let system = system_named(name)?;
    let meant_for: Vec<_> = systems_of(scenario).map(|system| system.name).collect();
    if meant_for.contains(&name) {
        Ok(system)
    } else {
        Err(Failure::input(
            format!("the scenario `{}` is not meant for the system `{name}`", scenario.name),
            format!("it is for {}", meant_for.join(", ")),
        ))
    }
}

/// The system of this name.
pub(crate) fn system_named(name: &str) -> Result<&'static SystemInfo, Failure> {
    systems::find(name).ok_or_else(|| {
        let names: Vec<_> = systems::ALL.iter().map(|system| system.name).collect();
        let help = match scenarios::nearest(name, &names) {
            Some(nearest) => format!("did you mean `{nearest}`?"),
            None => format!("the systems are {}", names.join(", ")),
        };
        Failure::input(format!("there is no system `{name}`"), help)
    })
}

/// The systems that a scenario is meant for, in the registry's order.
pub(crate) fn systems_of(scenario: &Scenario) -> impl Iterator<Item = &'static SystemInfo> {
    systems::ALL.iter().filter(|system| scenario.expect.contains_key(system.name))
}
