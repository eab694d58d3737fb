//! What a node does later, of its own accord, names the operations that it serves; and the trace
//! says why a node decided as it did.

use crate::common::{busy, step, target};
use judge::record::{Event, EventId, MessageClass, TraceEvent};
use node::{
    Matter, Node, NodeId, Note, Setting, Tells, VoteGiven, WriteStamp, systems,
    systems::{
        Visitor, async_leader::AsyncLeader, durable_eventual::DurableEventual, quorum::Quorum,
        raft::Raft,
    },
};
use scenarios::{Action, Order, Scenario};
use sim::{Detail, Run, Simulation};
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

/// Crashes, cuts, lost and doubled messages.
fn rough() -> Scenario {
    let mut scenario = busy(3);
    // Retries come before the first node that reads its disk anew.
    for (name, millis) in [("timeout", 60), ("backoff", 30), ("replication-timeout", 100)] {
        let length = Setting::Duration(Duration::from_millis(millis));
        scenario.system.settings.insert(name.to_owned(), length);
    }
    scenario.network.nodes.duplicate = 0.05;
    scenario.network.nodes.loss = 0.05;
    scenario.steps = vec![
        step(100, Action::Isolate(target("n2"))),
        step(250, Action::HealNetwork),
        step(300, Action::Crash(target("n3"))),
        step(500, Action::Restart(target("n3"))),
    ];
    scenario
}

fn run<N: Node>(scenario: Scenario) -> Run {
    Simulation::<N>::new(scenario).seed(3).detail(Detail::Full).run().unwrap()
}

fn events(run: &Run) -> &[TraceEvent] {
    &run.trace.as_ref().unwrap().events
}

/// The writes that a message between nodes brings, as operations by what they wrote. An answer to a
/// read serves the read, whatever it brings, and a snapshot is everybody's.
fn brings(event: &TraceEvent, written: &BTreeMap<String, usize>) -> Vec<usize> {
    let Event::Send { class: MessageClass::Peer, text, carries, .. } = &event.event else {
        return Vec::new();
    };
    let kind = text.split(' ').next().unwrap();
    if ["fetched", "forwarded", "install-snapshot"].contains(&kind) {
        return Vec::new();
    }
    let values = carries.iter().filter_map(|carried| match &carried.tells {
        Tells::Value(value) => written.get(value.as_str()).copied(),
        Tells::Absence | Tells::Name => None,
    });
    values.collect()
}

/// How many messages that bring writes were sent because a timer ran out.
fn assert_serves<N: Node>() -> usize {
    let run = run::<N>(rough());
    let trace = run.trace.as_ref().unwrap();
    let written: BTreeMap<_, _> = run
        .history
        .operations
        .iter()
        .enumerate()
        .filter_map(|(position, record)| Some((record.operation.stored()?.to_string(), position)))
        .collect();
    // What a store finds on its disk has lost who asked for it.
    let mut rebooted = BTreeSet::new();
    let mut by_timer = 0;
    for event in events(&run) {
        if let Event::Boot { node, on_disk: true, .. } = event.event {
            rebooted.insert(node);
        }
        let brought = brings(event, &written);
        if brought.is_empty() || (N::INFO.name == "durable-eventual" && !rebooted.is_empty()) {
            continue;
        }
        for operation in brought {
            assert!(event.serves(operation), "{}: {event} serves {operation}", N::INFO.name);
        }
        let cause = event.cause.and_then(|cause| trace.get(cause)).map(|cause| &cause.event);
        by_timer += usize::from(matches!(cause, Some(Event::Timer { .. })));
    }
    by_timer
}

struct Serving;

impl Visitor for Serving {
    type Output = usize;

    fn visit<N: Node>(self) -> usize {
        assert_serves::<N>()
    }
}

#[test]
fn every_message_that_brings_a_write_serves_it_in_all_systems() {
    // Those that send nothing again and nothing later have no such timers.
    let no_timers = ["sharded-groups", "quorum"];
    for system in systems::all() {
        let by_timer = systems::visit(system.name, Serving).unwrap();
        let expects = !no_timers.contains(&system.name);
        assert_eq!(by_timer > 0, expects, "{}: {by_timer}", system.name);
    }
}

#[test]
fn a_batch_serves_several_operations_and_nothing_serves_one_twice() {
    let mut scenario = rough();
    scenario.workload = busy(12).workload;
    let run = run::<Raft>(scenario);
    let of_batches = events(&run).iter().filter(|event| event.operations.len() > 1);
    assert!(of_batches.count() > 0);
    for event in events(&run) {
        assert!(event.operations.is_sorted_by(|a, b| a < b), "{event}");
    }
    // A sync covers what was written for it, and an apply serves the one whose entry it applies.
    let applies = events(&run).iter().filter(|event| matches!(event.event, Event::Apply { .. }));
    for event in applies.filter(|event| !event.operations.is_empty()) {
        let [operation] = event.operations[..] else { panic!("{event}") };
        let Event::Apply { change, .. } = &event.event else { unreachable!() };
        let record = &run.history.operations[operation];
        assert_eq!(record.operation.key(), Some(&change.key), "{event}");
    }
}

#[test]
fn what_nodes_explain_changes_no_digest() {
    let scenario = rough();
    let with = run::<Quorum>(scenario.clone());
    let without = Simulation::<Quorum>::new(scenario).seed(3).run().unwrap();
    assert!(without.trace.is_none() && notes(&with).count() > 0);
    assert_eq!(with.digest, without.digest);
}

fn notes(run: &Run) -> impl Iterator<Item = (NodeId, &Note)> {
    events(run).iter().filter_map(|event| match &event.event {
        Event::Note { node, note } => Some((*node, note)),
        _ => None,
    })
}

#[test]
fn an_election_tells_who_voted_and_why() {
    let run = run::<Raft>(rough());
    let granted = |candidate: NodeId, of_term: u64| {
        notes(&run).filter(move |(_, note)| {
            matches!(note, Note::Weighed { term, candidate: asked, is_pre_vote: false,
                candidate_log, own_log, vote: VoteGiven::Granted }
                if (*asked, *term) == (candidate, of_term)
                    && (candidate_log.term, candidate_log.index) >= (own_log.term, own_log.index))
        })
    };
    let mut won = 0;
    for (winner, note) in notes(&run) {
        if let Note::Counts { term, is_pre_vote: false, votes, needed, .. } = note
            && votes.len() as u32 >= *needed
        {
            won += 1;
            assert!(votes.contains(&winner));
            // Its own vote is weighed against nothing.
            let others: BTreeSet<_> = granted(winner, *term).map(|(voter, _)| voter).collect();
            assert!(votes.iter().all(|vote| *vote == winner || others.contains(vote)));
        }
    }
    assert!(won > 0);
    let committed = notes(&run).any(|(_, note)| {
        matches!(note, Note::Agreed { on: Matter::Log { .. }, by, needed }
            if by.len() as u32 >= *needed)
    });
    let confirmed = notes(&run)
        .any(|(_, note)| matches!(note, Note::Agreed { on: Matter::Leadership { .. }, .. }));
    assert!(committed && confirmed);
}

fn library<N: Node>(name: &str) -> Run {
    let scenario = scenarios::find(name).unwrap();
    Simulation::<N>::new(scenario).seed(0).detail(Detail::Full).run().unwrap()
}

#[test]
fn a_conflict_tells_both_stamps_and_which_won() {
    let run = library::<Quorum>("lost-updates-under-clock-skew");
    let decided = notes(&run).filter_map(|(_, note)| match note {
        Note::Decided { stays, goes, .. } => Some((&stays.stamp, &goes.stamp)),
        _ => None,
    });
    let mut decisions = 0;
    for (stays, goes) in decided {
        let (WriteStamp::Clock { at, by }, WriteStamp::Clock { at: lost, by: other }) =
            (stays, goes)
        else {
            panic!("{stays} against {goes}")
        };
        assert!((at, by) >= (lost, other));
        decisions += 1;
    }
    assert!(decisions > 0);
    let run = library::<Quorum>("siblings");
    let siblings = notes(&run).find_map(|(_, note)| match note {
        Note::Siblings { writes, .. } => Some(writes),
        _ => None,
    });
    let stamps = siblings.unwrap().iter().map(|write| &write.stamp);
    assert!(stamps.clone().count() > 1);
    assert!(stamps.into_iter().all(|stamp| matches!(stamp, WriteStamp::Vector(_))));
}

#[test]
fn a_hint_is_kept_handed_over_and_taken() {
    let mut scenario = rough();
    scenario.system.settings.insert("hinted-handoff".to_owned(), Setting::Word("on".to_owned()));
    let run = run::<Quorum>(scenario);
    let of = |wanted: fn(&Note) -> bool| notes(&run).filter(|(_, note)| wanted(note)).count();
    assert!(of(|note| matches!(note, Note::KeptHint { .. })) > 0);
    assert!(of(|note| matches!(note, Note::HandedHint { .. })) > 0);
    assert!(of(|note| matches!(note, Note::HintTaken { .. })) > 0);
    let serving = events(&run)
        .iter()
        .filter(|event| matches!(event.event, Event::Note { note: Note::HandedHint { .. }, .. }));
    assert!(serving.clone().count() > 0 && serving.into_iter().all(|it| it.operations.len() == 1));
}

#[test]
fn a_power_loss_tells_what_it_took_and_a_sync_that_it_failed() {
    let run = library::<DurableEventual>("power-loss-torn-write");
    let lost = events(&run).iter().filter_map(|event| match event.event {
        Event::Died { lost_bytes, .. } => Some(lost_bytes),
        _ => None,
    });
    let touched: u64 = run
        .faults
        .iter()
        .filter(|fault| fault.kind == judge::record::FaultKind::PowerLoss)
        .map(|fault| fault.touched)
        .sum();
    assert_eq!(lost.sum::<u64>(), touched);
    assert!(touched > 0);
}

#[test]
fn a_sync_that_fails_goes_back_to_its_asking_and_names_the_fault() {
    let mut scenario = rough();
    scenario.steps = vec![step(
        200,
        Action::DiskErrors {
            node: target("n1"),
            share: 0.2,
            lasts: Duration::from_millis(500),
            reads: false,
        },
    )];
    let run = run::<Raft>(scenario);
    let trace = run.trace.as_ref().unwrap();
    let mut failed = 0;
    for (position, event) in trace.events.iter().enumerate() {
        if let Event::SyncFailed { node, fault, .. } = event.event {
            failed += 1;
            assert_eq!(run.faults[fault].nodes, [node]);
            let (_, cause) = trace.causes(EventId(position as u64)).nth(1).unwrap();
            assert!(matches!(cause.event, Event::SyncAsked { .. }));
        }
    }
    assert!(failed > 0);
}

#[test]
fn a_late_write_that_takes_the_place_of_a_newer_one_is_told() {
    let mut scenario = rough();
    scenario.network.nodes.order = Order::Free;
    let run = run::<AsyncLeader>(scenario);
    let overtaken = notes(&run).any(|(_, note)| {
        matches!(note, Note::Decided { stays, newcomer_stays: true, .. }
            if stays.stamp == WriteStamp::Arrival)
    });
    assert!(overtaken);
}
