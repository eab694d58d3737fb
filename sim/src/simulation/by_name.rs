//! Runs of systems that go by their names, whatever the types of their nodes.

use super::{Detail, Gear, Simulation, Unjudged};
use crate::{Error, Fork, Hold, Run, world::Course};
use node::{
    Node,
    outside::Outside,
    systems::{self, RegisterError, Visitor},
};
use scenarios::Scenario;
use std::{
    any::Any,
    collections::BTreeMap,
    sync::{PoisonError, RwLock},
};

/// Carries out a scenario on a system of the registry.
///
/// # Errors
///
/// [`Error::UnknownSystem`] and [`Error::CannotCarryOut`] for a system that cannot run
/// it, and what [`Simulation::run`] gives.
pub fn run(
    scenario: &Scenario,
    system: &str,
    seed: u64,
    detail: Detail,
    gear: Gear,
) -> Result<Run, Error> {
    let by_name = ByName { gear, ..ByName::new(scenario, seed, detail) };
    (runner(scenario, system)?.run)(by_name)
}

/// Carries out a scenario on a system of the registry, in the way that its seed has it up to a
/// moment, and in another from there on.
///
/// # Errors
///
/// As [`run`].
pub fn run_forked(
    scenario: &Scenario,
    system: &str,
    seed: u64,
    fork: Fork,
    detail: Detail,
) -> Result<Run, Error> {
    let course = Course { fork: Some(fork), hold: None };
    let by_name = ByName { course, ..ByName::new(scenario, seed, detail) };
    (runner(scenario, system)?.run)(by_name)
}

/// Carries out a scenario on a system of the registry and judges nothing: the run has no judgements. What is
/// [held](Hold) arrives only if the plan pins it.
///
/// # Errors
///
/// As [`run`].
pub fn run_held(
    scenario: &Scenario,
    system: &str,
    seed: u64,
    hold: Option<Hold>,
    detail: Detail,
) -> Result<Run, Error> {
    let course = Course { fork: None, hold };
    let by_name = ByName { course, ..ByName::new(scenario, seed, detail) };
    (runner(scenario, system)?.run_unassessed)(by_name)
}

/// Carries out a scenario on a system of the registry and judges nothing.
///
/// # Errors
///
/// As [`run`].
pub fn run_unjudged(
    scenario: &Scenario,
    system: &str,
    seed: u64,
    detail: Detail,
    gear: Gear,
) -> Result<Unjudged, Error> {
    let by_name = ByName { gear, ..ByName::new(scenario, seed, detail) };
    (runner(scenario, system)?.run_unjudged)(by_name)
}

/// Carries out a scenario on a system of the registry by nodes that live outside, as
/// [`Simulation::run_outside`]. `M` is what the system's nodes say to each other.
///
/// # Errors
///
/// [`Error::Outage`] if a node came to an end that the scenario did not ask for, and else as [`run`].
///
/// # Panics
///
/// Panics if nodes of the system say something else.
pub fn run_outside<M: 'static>(
    scenario: &Scenario,
    system: &str,
    seed: u64,
    detail: Detail,
    outside: Box<dyn Outside<M> + Send>,
) -> Result<Run, Error> {
    let by_name = ByName::new(scenario, seed, detail);
    (runner(scenario, system)?.run_outside)(by_name, Box::new(outside))
}

/// How to run a system, if there is one of that name that can carry the scenario out.
fn runner(scenario: &Scenario, system: &str) -> Result<Runner, Error> {
    let info = systems::find(system).ok_or_else(|| Error::UnknownSystem(system.to_owned()))?;
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
    Ok(Runner::named(system).expect("a system is registered with what runs it"))
}

/// Which run is to be had, of a system that goes by its name.
struct ByName {
    scenario: Scenario,
    seed: u64,
    course: Course,
    detail: Detail,
    gear: Gear,
}

impl ByName {
    fn new(scenario: &Scenario, seed: u64, detail: Detail) -> Self {
        let (course, gear) = (Course::default(), Gear::Advance);
        Self { scenario: scenario.clone(), seed, course, detail, gear }
    }

    fn simulation<N: Node>(self) -> Simulation<N> {
        let Self { scenario, seed, course: Course { fork, hold }, detail, gear } = self;
        let simulation = Simulation::new(scenario).seed(seed).detail(detail).gear(gear);
        Simulation { fork, hold, ..simulation }
    }
}

/// What runs a system, whatever its type.
#[derive(Clone, Copy)]
struct Runner {
    run: fn(ByName) -> Result<Run, Error>,
    run_unassessed: fn(ByName) -> Result<Run, Error>,
    run_unjudged: fn(ByName) -> Result<Unjudged, Error>,
    /// The nodes outside are a `Box<dyn Outside<M> + Send>`, where `M` is what nodes of the system say.
    run_outside: fn(ByName, Box<dyn Any>) -> Result<Run, Error>,
}

/// What runs the systems that were registered.
static REGISTERED: RwLock<BTreeMap<&str, Runner>> = RwLock::new(BTreeMap::new());

impl Runner {
    fn of<N: Node>() -> Self {
        Self {
            run: |by_name| by_name.simulation::<N>().run(),
            run_unassessed: |by_name| by_name.simulation::<N>().run_unassessed(),
            run_unjudged: |by_name| by_name.simulation::<N>().run_unjudged(),
            run_outside: |by_name, outside| {
                let outside = outside.downcast::<Box<dyn Outside<N::Message> + Send>>();
                let outside = outside.expect("nodes outside speak as those of their system");
                by_name.simulation::<N>().run_outside(*outside)
            },
        }
    }

    /// What runs the system of this name.
    fn named(name: &str) -> Option<Self> {
        struct OfName;
        impl Visitor for OfName {
            type Output = Runner;
            fn visit<N: Node>(self) -> Runner {
                Runner::of::<N>()
            }
        }
        systems::visit(name, OfName).or_else(|| {
            REGISTERED.read().unwrap_or_else(PoisonError::into_inner).get(name).copied()
        })
    }
}

/// Adds a system to [those that there are](systems::register), and lets [`run`](crate::run()) have runs of
/// it by its name.
///
/// # Errors
///
/// As [`systems::register`].
pub fn register<N: Node>() -> Result<(), RegisterError> {
    systems::register::<N>()?;
    let mut registered = REGISTERED.write().unwrap_or_else(PoisonError::into_inner);
    registered.insert(N::INFO.name, Runner::of::<N>());
    Ok(())
}
