//! Runs of systems that go by their names, whatever the types of their nodes.

use super::{Detail, Gear, Unjudged, setup::Setup};
use crate::{Error, Fork, Hold, Run};
use node::{outside::Outside, systems};
use scenarios::Scenario;
use std::sync::Arc;

/// Carries out a scenario on a system of the registry. A `&Scenario` is copied; who has many runs of one hands
/// it out shared.
///
/// # Errors
///
/// [`Error::UnknownSystem`] and [`Error::CannotCarryOut`] for a system that cannot run
/// it, and what [`Simulation::run`](crate::Simulation::run) gives.
pub fn run(
    scenario: impl Into<Arc<Scenario>>,
    system: &str,
    seed: u64,
    detail: Detail,
    gear: Gear,
) -> Result<Run, Error> {
    Setup { gear, ..setup(scenario.into(), system, seed, detail)? }.run()
}

/// Carries out a scenario on a system of the registry, in the way that its seed has it up to a
/// moment, and in another from there on.
///
/// # Errors
///
/// As [`run`].
pub fn run_forked(
    scenario: impl Into<Arc<Scenario>>,
    system: &str,
    seed: u64,
    fork: Fork,
    detail: Detail,
) -> Result<Run, Error> {
    Setup { fork: Some(fork), ..setup(scenario.into(), system, seed, detail)? }.run()
}

/// Carries out a scenario on a system of the registry and judges nothing: the run has no judgements. What is
/// [held](Hold) arrives only if the plan pins it.
///
/// # Errors
///
/// As [`run`].
pub fn run_held(
    scenario: impl Into<Arc<Scenario>>,
    system: &str,
    seed: u64,
    hold: Option<Hold>,
    detail: Detail,
) -> Result<Run, Error> {
    Setup { hold, ..setup(scenario.into(), system, seed, detail)? }.run_unassessed()
}

/// Carries out a scenario on a system of the registry and judges nothing.
///
/// # Errors
///
/// As [`run`].
pub fn run_unjudged(
    scenario: impl Into<Arc<Scenario>>,
    system: &str,
    seed: u64,
    detail: Detail,
    gear: Gear,
) -> Result<Unjudged, Error> {
    Setup { gear, ..setup(scenario.into(), system, seed, detail)? }.run_unjudged()
}

/// Carries out a scenario on a system of the registry by nodes that live outside, as
/// [`Simulation::run_outside`](crate::Simulation::run_outside).
///
/// # Errors
///
/// [`Error::Outage`] if a node came to an end that the scenario did not ask for, and else as [`run`].
pub fn run_outside(
    scenario: impl Into<Arc<Scenario>>,
    system: &str,
    seed: u64,
    detail: Detail,
    outside: Box<dyn Outside + Send>,
) -> Result<Run, Error> {
    setup(scenario.into(), system, seed, detail)?.run_outside(outside)
}

/// A run of a system of that name, if there is one that can carry the scenario out.
fn setup(scenario: Arc<Scenario>, system: &str, seed: u64, detail: Detail) -> Result<Setup, Error> {
    let kind = systems::kind(system).ok_or_else(|| Error::UnknownSystem(system.to_owned()))?;
    let info = &kind.info;
    // What a file expects of a system was held against it when the file was read.
    let is_known = scenario.expect.contains_key(system) && scenario.cluster.nodes >= info.min_nodes;
    let obstacles = if is_known { Vec::new() } else { scenario.obstacles(info) };
    if !obstacles.is_empty() {
        return Err(Error::CannotCarryOut {
            scenario: scenario.name.clone(),
            system: system.to_owned(),
            why: obstacles.join("; "),
        });
    }
    Ok(Setup { seed, detail, ..Setup::new(*kind, scenario) })
}
