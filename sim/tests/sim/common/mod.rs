//! Scenarios and readings that several tests share.

use judge::record::{DropReason, Endpoint, Event, MessageClass};
use node::{
    NodeId, OperationKind, Time,
    client::{Retry, Route},
    systems::async_leader::AsyncLeader,
};
use scenarios::{Action, KeyChoice, Keys, Pace, Scenario, Step, Target, Workload};
use sim::{Detail, Run, Simulation};
use std::{collections::BTreeMap, time::Duration};

pub(crate) const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

pub(crate) fn target(name: &str) -> Target {
    name.parse().unwrap()
}

pub(crate) fn node(name: &str) -> NodeId {
    name.parse().unwrap()
}

/// Puts and gets by `clients` closed-loop sessions from the start to 900 ms of a second.
pub(crate) fn busy(clients: usize) -> Scenario {
    let mut scenario = Scenario::bare("busy", 3);
    scenario.phases.run = ms(1000);
    scenario.workload = Some(Workload {
        pace: Pace::Closed { clients, think: ms(1) },
        start: Duration::ZERO,
        stop: ms(900),
        operations: None,
        mix: BTreeMap::from([(OperationKind::Put, 1.0), (OperationKind::Get, 1.0)]),
        keys: Keys { count: 20, choice: KeyChoice::Uniform },
        reads: Route::Any,
        writes: Route::Leader,
        retry: Retry::default(),
        client_time: None,
        planned: None,
        updates: Default::default(),
    });
    scenario
}

pub(crate) fn step(at_ms: u64, action: Action) -> Step {
    Step::new(ms(at_ms), action)
}

pub(crate) fn detailed(scenario: Scenario, seed: u64) -> Run {
    Simulation::<AsyncLeader>::new(scenario).seed(seed).detail(Detail::Full).run().unwrap()
}

/// One message as the trace tells it.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    pub(crate) class: MessageClass,
    pub(crate) from: Endpoint,
    pub(crate) to: Endpoint,
    pub(crate) sent: Time,
    pub(crate) arrived: Option<Time>,
    pub(crate) handled: Option<Time>,
    pub(crate) dropped: Option<DropReason>,
    pub(crate) is_copy: bool,
}

/// Every message of a run, by number.
pub(crate) fn messages(run: &Run) -> BTreeMap<u64, Message> {
    let mut messages = BTreeMap::new();
    for traced in &run.trace.as_ref().expect("a detailed run").events {
        match &traced.event {
            Event::Send { message, class, from, to, copy_of, .. } => {
                let sent = Message {
                    class: *class,
                    from: *from,
                    to: *to,
                    sent: traced.at,
                    arrived: None,
                    handled: None,
                    dropped: None,
                    is_copy: copy_of.is_some(),
                };
                messages.insert(message.0, sent);
            }
            Event::Deliver { message, arrived, .. } => {
                let sent = messages.get_mut(&message.0).expect("sent before it is delivered");
                sent.arrived = Some(*arrived);
                sent.handled = Some(traced.at);
            }
            Event::Drop { message, reason, .. } => {
                let sent = messages.get_mut(&message.0).expect("sent before it is dropped");
                sent.dropped = Some(*reason);
            }
            _ => {}
        }
    }
    messages
}
