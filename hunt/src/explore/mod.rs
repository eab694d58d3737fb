//! Every order of events within a small scope, where a run has one.
//!
//! What flows in: a scenario, a system, and [`Bounds`]. What flows out: a [`Report`] with the
//! shortest way to each violation, and whether there is nothing more within the scope.
//!
//! Nodes are functions of their events, so a world of its own is enough: no clock, no latencies,
//! no seed. A state is what the nodes are, with their disks, timers and syncs; what is under
//! way; what clients asked and were told; and what was announced of the logs. From each state
//! everything that may happen next is tried, states nearest to the start first, and what was
//! seen before is not looked at again.
//!
//! What is left out, so that a scope has an end:
//!
//! - A request arrives as it is made, and an answer as it is given. If they took longer, operations would only overlap more,
//!   and whatever explains the shorter ones explains those.
//! - Each operation has a session of its own, tries once, and goes to a node that is up.
//! - An event is whole: a node does not crash between two messages of one event.
//! - A timer that is not due at once and shows nothing as it runs out does so again at once, until it shows
//!   something: a node counts down to an election in one step.
//! - Syncs take no time, unless power is lost; a power loss then leaves what was synced, and nothing of the rest.
//! - What nodes draw is the lowest of its range.
//!
//! Time is free: how long anything takes is not looked at, but that of two timers of one node the shorter runs out first,
//! if it was armed first, and that nothing runs out before what is due at once. So a
//! lease may run out at one node and not at the other, whatever their clocks say.
//!
//! ```
//! use hunt::explore::{self, Bounds, Ended};
//!
//! let scenario = scenarios::find("ghost-data").unwrap();
//! let system = node::systems::find("async-leader").unwrap();
//! let report = explore::explore(&scenario, system, &Bounds::default(), |_| {}).unwrap();
//! assert!(report.violates(scenarios::Property::Convergence));
//! assert_eq!(report.ended, Ended::Exhausted);
//! ```

mod fingerprint;
mod intern;
mod live;
mod locals;
mod medium;
mod report;
mod scope;
mod search;
mod settle;
mod trace;
mod verdicts;
mod world;

pub use report::Report;
pub use scope::{Bounds, JUDGED, MOST_NODES, MOST_OPERATIONS, ScopeError};
pub use search::{Ended, Progress};
pub use trace::{Found, TraceStep};

use node::{SystemInfo, systems};
use scenarios::Scenario;
use scope::Scope;
use search::Search;
use world::World;

/// Explores a scenario on a system. `see` is told now and then how far it has come.
///
/// # Errors
///
/// What makes the scope none, in a sentence.
///
/// # Panics
///
/// Panics if the system is neither ours nor [registered](node::systems::register).
pub fn explore(
    scenario: &Scenario,
    system: &SystemInfo,
    bounds: &Bounds,
    mut see: impl FnMut(&Progress),
) -> Result<Report, ScopeError> {
    let scope = Scope::of(scenario, system, bounds)?;
    let kind =
        systems::kind(system.name).expect("who has a system's entry has it from the registry");
    // Whether clocks are part of what a node is shows only when one is looked at.
    let mut clocks = false;
    loop {
        let mut search = Search::new(World::new(kind.boot, scope.clone(), clocks));
        let ended = search.run(&mut see);
        if search.world.locals.clock_was_read && !clocks {
            clocks = true;
            continue;
        }
        return Ok(Report::of(search, ended));
    }
}
