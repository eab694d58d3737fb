//! From names on the command line to scenarios and systems.

use crate::failure::Failure;
use miette::Report;
use node::{SystemInfo, systems};
use scenarios::Scenario;
use std::path::Path;

/// The scenario of this name, or in the file of this path.
pub(crate) fn scenario(name: &str) -> Result<Scenario, Failure> {
    let is_path = name.ends_with(".toml") || name.contains(std::path::is_separator);
    if is_path {
        Scenario::load(Path::new(name), systems::ALL)
            .map_err(|error| Failure::Input(Report::new(error)))
    } else {
        scenarios::find(name).map_err(|error| Failure::Input(Report::new(error)))
    }
}

/// The system to run a scenario on: the one named, or the first of the registry
/// that the scenario states an expectation for.
pub(crate) fn system(
    scenario: &Scenario,
    name: Option<&str>,
) -> Result<&'static SystemInfo, Failure> {
    let meant_for: Vec<_> = systems_of(scenario).map(|system| system.name).collect();
    let Some(name) = name else {
        let first = meant_for.first().and_then(|name| systems::find(name));
        return first.ok_or_else(|| {
            Failure::input(
                format!("`{}` states no expectation for any system", scenario.name),
                "add a section such as [expect.async-leader]",
            )
        });
    };
    let system = system_named(name)?;
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
