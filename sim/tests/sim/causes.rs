//! The trace tells why: each event names the event that caused it, and the operation it serves.

use crate::common::{busy, step, target};
use judge::record::{Event, EventId, FaultKind, MessageClass, Trace, TraceEvent};
use node::{
    Node,
    systems::{
        async_leader::AsyncLeader, durable_eventual::DurableEventual, quorum::Quorum, raft::Raft,
    },
};
use scenarios::{Action, Scenario};
use sim::{Detail, Run, Simulation};

/// Crashes, power losses, cuts, lost and doubled messages, and clients that time out.
fn rough() -> Scenario {
    let mut scenario = busy(3);
    scenario.network.nodes.duplicate = 0.05;
    scenario.network.nodes.loss = 0.05;
    scenario.network.clients.loss = 0.002;
    scenario.steps = vec![
        step(100, Action::Isolate(target("n2"))),
        step(250, Action::HealNetwork),
        step(300, Action::PowerLoss(target("n3"))),
        step(500, Action::Restart(target("n3"))),
        step(600, Action::Crash(target("n1"))),
        step(700, Action::Restart(target("n1"))),
    ];
    scenario
}

fn run<N: Node>(scenario: Scenario) -> Run {
    Simulation::<N>::new(scenario).seed(3).detail(Detail::Full).run().unwrap()
}

fn cause<'a>(trace: &'a Trace, event: &TraceEvent) -> Option<&'a Event> {
    Some(&trace.get(event.cause?)?.event)
}

/// Whether an event may be the cause of another, by their kinds.
fn fits(event: &Event, cause: Option<&Event>) -> bool {
    use Event::{
        Announce, Apply, Attempt, Balance, Boot, Complete, Deliver, Died, Drop, FaultEnd,
        FaultStart, Heal, Invoke, Note, Send, SyncAsked, SyncFailed, Synced, TimedOut, Timer,
        TimerArmed, TimerCancelled, Unreachable,
    };
    let handling =
        matches!(cause, Some(Deliver { .. } | Timer { .. } | Synced { .. } | Boot { .. }));
    match event {
        Invoke { .. } => matches!(cause, None | Some(Complete { .. })),
        Attempt { attempt: 0, .. } => matches!(cause, Some(Invoke { .. })),
        Attempt { .. } => {
            matches!(cause, Some(Deliver { .. } | TimedOut { .. } | Unreachable { .. }))
        }
        TimedOut { .. } => {
            matches!(cause, Some(Attempt { .. } | Drop { .. }))
        }
        Unreachable { .. } => matches!(cause, Some(Drop { .. })),
        Complete { .. } => {
            matches!(cause, None | Some(Deliver { .. } | TimedOut { .. } | Unreachable { .. }))
        }
        Send { copy_of: Some(_), .. } => matches!(cause, Some(Send { .. })),
        Send { .. } => handling || matches!(cause, Some(Attempt { .. })),
        Deliver { message, .. } => {
            matches!(cause, Some(Send { message: sent, .. }) if sent == message)
        }
        Drop { .. } => matches!(cause, Some(Send { .. } | FaultStart { .. })),
        Timer { node, .. } => {
            matches!(cause, Some(TimerArmed { node: armed, .. }) if armed == node)
        }
        Synced { node, sync } | SyncFailed { node, sync, .. } => {
            matches!(cause, Some(SyncAsked { node: asked, sync: other, .. })
                if (asked, other) == (node, sync))
        }
        TimerArmed { .. } | TimerCancelled { .. } | SyncAsked { .. } => handling,
        Apply { .. } | Announce { .. } | Note { .. } => handling,
        Boot { .. } => matches!(cause, None | Some(FaultStart { .. } | Heal)),
        Died { .. } => matches!(cause, Some(FaultStart { .. })),
        FaultEnd { .. } => matches!(cause, Some(FaultStart { .. })),
        FaultStart { .. } | Heal => cause.is_none(),
        Balance { .. } => true,
    }
}

fn assert_told<N: Node>() {
    let run = run::<N>(rough());
    let trace = run.trace.as_ref().unwrap();
    for (position, event) in trace.events.iter().enumerate() {
        assert!(event.cause.is_none_or(|cause| cause.0 < position as u64), "{event}");
        let cause = cause(trace, event);
        assert!(fits(&event.event, cause), "{}: {event}, because of {cause:?}", N::INFO.name);
    }
}

#[test]
fn every_event_names_an_earlier_one_that_can_have_caused_it() {
    assert_told::<AsyncLeader>();
    assert_told::<DurableEventual>();
    assert_told::<Quorum>();
    assert_told::<Raft>();
}

#[test]
fn an_answer_goes_back_to_its_question() {
    let run = run::<AsyncLeader>(rough());
    let trace = run.trace.as_ref().unwrap();
    let mut answered = 0;
    for (position, event) in trace.events.iter().enumerate() {
        let Event::Complete { operation } = event.event else { continue };
        if !run.history.operations[operation].is_ok() {
            continue;
        }
        answered += 1;
        let chain: Vec<_> = trace.causes(EventId(position as u64)).collect();
        let asked = chain.iter().position(
            |(_, cause)| matches!(cause.event, Event::Invoke { operation: asked } if asked == operation),
        );
        let asked = asked.expect("an answer goes back to its invocation");
        assert!(chain[..=asked].iter().all(|(_, cause)| cause.operations == [operation]));
    }
    assert!(answered > 50);
}

#[test]
fn what_is_lost_names_the_fault_that_did_it() {
    let run = run::<AsyncLeader>(rough());
    let mut kinds = std::collections::BTreeSet::new();
    for event in &run.trace.as_ref().unwrap().events {
        if let Event::Drop { fault, .. } = event.event {
            let fault = fault.expect("nothing is lost for no reason");
            assert!(run.faults[fault].start <= event.at);
            kinds.insert(run.faults[fault].kind);
        }
    }
    let expected = [FaultKind::Crash, FaultKind::Isolate, FaultKind::Loss, FaultKind::PowerLoss];
    assert!(expected.iter().all(|kind| kinds.contains(kind)), "{kinds:?}");
}

#[test]
fn a_timer_serves_no_operation_unless_its_node_says_so() {
    let run = run::<Quorum>(rough());
    let events = &run.trace.as_ref().unwrap().events;
    assert!(
        events
            .iter()
            .filter(|event| matches!(event.event, Event::Timer { .. }))
            .all(|event| event.operations.is_empty())
    );
    let serves = |event: &TraceEvent| {
        !event.operations.is_empty()
            && matches!(event.event, Event::Send { class: MessageClass::Peer, .. })
    };
    assert!(events.iter().any(serves), "a coordinator asks replicas for its client");
}
