//! The steady run: closed-loop clients, no fault, on the `async-leader` system.

use node::{
    OperationKind,
    client::{Retry, Route},
    systems::async_leader::AsyncLeader,
};
use scenarios::{KeyChoice, Keys, Pace, Scenario, Workload};
use sim::{Run, Simulation};
use std::{collections::BTreeMap, time::Duration};

/// How large a steady run is.
#[derive(Clone, Copy)]
pub(crate) struct Size {
    pub(crate) nodes: usize,
    pub(crate) clients: usize,
    pub(crate) operations: u64,
}

/// How many keys there are.
pub(crate) const KEYS: u64 = 1000;

/// The share of puts; the rest are gets.
pub(crate) const PUTS: f64 = 0.5;

/// Where reads go.
pub(crate) const READS: Route = Route::Any;

/// Where writes go.
pub(crate) const WRITES: Route = Route::Leader;

/// Has the run: history, digest and checkers on, no trace.
///
/// # Panics
///
/// Panics if an operation was not answered: then something else was measured.
pub(crate) fn run(size: Size) -> Run {
    let run = Simulation::<AsyncLeader>::new(scenario(size)).seed(1).run();
    let run = run.expect("a steady run ends well");
    assert_eq!(run.availability.answered, size.operations, "every operation is answered");
    run
}

/// The same, judged by nobody; the answer is how many messages were delivered.
pub(crate) fn run_unjudged(size: Size) -> u64 {
    let run = Simulation::<AsyncLeader>::new(scenario(size)).seed(1).run_unjudged();
    run.expect("a steady run ends well").counters.delivered
}

fn scenario(size: Size) -> Scenario {
    // A closed loop takes a few milliseconds a round; this is more than it needs.
    let rounds = size.operations.div_ceil(size.clients as u64);
    let long_enough = Duration::from_secs(1) + Duration::from_millis(20) * rounds as u32;
    let mut scenario = Scenario::bare("steady", size.nodes);
    scenario.phases.run = long_enough;
    scenario.workload = Some(Workload {
        pace: Pace::Closed { clients: size.clients, think: Duration::ZERO },
        start: Duration::ZERO,
        stop: long_enough,
        operations: Some(size.operations),
        mix: BTreeMap::from([(OperationKind::Put, PUTS), (OperationKind::Get, 1.0 - PUTS)]),
        keys: Keys { count: KEYS, choice: KeyChoice::Uniform },
        reads: READS,
        writes: WRITES,
        retry: Retry::default(),
        client_time: None,
        planned: None,
        updates: Default::default(),
    });
    scenario
}
