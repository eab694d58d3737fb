//! What a run leaves on record: its replay ends where the run did, its lines give it back,
//! and no change to a line makes a reader panic.

use judge::{
    record::{Event, TraceEvent, lines},
    replay::{Replay, Role},
};
use node::{
    Key, Node, Time, Versioned,
    systems::{
        self, async_leader::AsyncLeader, durable_eventual::DurableEventual, quorum::Quorum,
        raft::Raft,
    },
};
use sim::{Detail, Run, Simulation};
use std::collections::BTreeMap;

fn run<N: Node>(scenario: &str) -> Run {
    let scenario = scenarios::find(scenario).unwrap();
    Simulation::<N>::new(scenario).seed(1).detail(Detail::Full).run().unwrap()
}

/// Where the replay of a run ends and the nodes were not found so, in words.
fn differences(run: &Run) -> Vec<String> {
    let mut replay = Replay::of(run).unwrap();
    replay.advance_to(run.ended);
    let mut differences = Vec::new();
    for replica in &run.replicas {
        let state = replay.node(replica.node).unwrap();
        let Some(entries) = &replica.entries else { continue };
        let replayed: BTreeMap<&Key, &Versioned> = state.entries().collect();
        let found: BTreeMap<&Key, &Versioned> = entries.iter().map(|(k, e)| (k, e)).collect();
        if !state.is_up() || replayed != found {
            differences.push(format!("{}: {replayed:?} and {found:?}", replica.node));
        }
    }
    differences
}

fn ends_where_it_did<N: Node>() {
    for scenario in ["ghost-data", "leader-crash", "chaos"] {
        let run = run::<N>(scenario);
        assert_eq!(differences(&run), [""; 0], "{scenario}");
    }
}

#[test]
fn a_replay_ends_where_the_run_did() {
    ends_where_it_did::<AsyncLeader>();
    ends_where_it_did::<DurableEventual>();
    ends_where_it_did::<Quorum>();
    ends_where_it_did::<Raft>();
}

#[test]
fn a_replay_without_one_change_ends_elsewhere() {
    let mut run = run::<AsyncLeader>("ghost-data");
    // What is probed after the replicas were read changes them too.
    let (ended, trace) = (run.ended, run.trace.as_mut().unwrap());
    let is_change = |event: &TraceEvent| matches!(event.event, Event::Apply { .. });
    let last = trace.events.iter().rposition(|event| event.at <= ended && is_change(event));
    trace.events[last.unwrap()].event = Event::Heal;
    assert_ne!(differences(&run), [""; 0]);
}

#[test]
fn a_replay_knows_who_led_at_the_end() {
    let run = run::<Raft>("leader-crash");
    let mut replay = Replay::of(&run).unwrap();
    replay.advance_to(Time::ZERO);
    assert!(replay.nodes().all(|(_, state)| state.role != Some(Role::Leader)));
    replay.advance_to(run.ended);
    let latest = replay.nodes().filter(|(_, state)| state.role == Some(Role::Leader));
    let latest = latest.max_by_key(|(_, state)| state.term).unwrap().0;
    let leads = run.replicas.iter().find(|replica| replica.leads).unwrap();
    assert_eq!(latest, leads.node);
    let log = replay.node(latest).unwrap().log;
    assert!(log.last.is_some_and(|(last, _)| Some(last) >= log.applied), "{log:?}");
}

fn written(run: &Run) -> String {
    let mut bytes = Vec::new();
    lines::write(run, &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

fn comes_back(run: &Run) {
    let text = written(run);
    let back = lines::read(text.as_bytes(), systems::all()).unwrap();
    assert!(back.trace == run.trace && back.history == run.history);
    assert!(back.faults == run.faults && back.facts == run.facts);
    assert!(back.replicas == run.replicas && back.judgements == run.judgements);
    assert_eq!((back.digest, back.counters), (run.digest, run.counters));
    assert!(written(&back) == text);
}

#[test]
fn a_run_comes_back_from_its_lines() {
    comes_back(&run::<AsyncLeader>("ghost-data"));
    comes_back(&run::<Raft>("chaos"));
}

/// The line with each of its numbers, and then each of its nodes, replaced in turn.
fn changed(line: &str) -> Vec<String> {
    let bytes = line.as_bytes();
    let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let starts = (1..line.len()).filter(|at| is_digit(*at) && !is_digit(at - 1));
    let mut lines = Vec::new();
    for start in starts {
        let end = (start..).find(|at| !is_digit(*at)).unwrap();
        for other in ["0", "999", "4000000000", "18446744073709551615"] {
            lines.push(format!("{}{other}{}", &line[..start], &line[end..]));
        }
    }
    lines
}

#[test]
fn no_change_to_a_line_makes_a_reader_panic() {
    let run = run::<AsyncLeader>("ghost-data");
    let text = written(&run);
    let whole: Vec<&str> = text.lines().collect();
    let mut kinds: BTreeMap<String, u32> = BTreeMap::new();
    let (mut refused, mut taken) = (0, 0);
    for (at, line) in whole.iter().enumerate() {
        let kind: String = line.chars().filter(|c| !c.is_ascii_digit()).take(70).collect();
        let seen = kinds.entry(kind).or_default();
        *seen += 1;
        if *seen > 1 || line.starts_with("{\"scenario\"") || line.starts_with("{\"plan\"") {
            continue;
        }
        let mut others = changed(line);
        others.extend([String::new(), format!("{line}\n{line}")]);
        for other in others {
            let text = [&whole[..at], &[other.as_str()], &whole[at + 1..]].concat().join("\n");
            match lines::read((text + "\n").as_bytes(), systems::all()) {
                Err(_) => refused += 1,
                Ok(run) => {
                    taken += 1;
                    let mut replay = Replay::of(&run).unwrap();
                    replay.advance_to(Time::MAX);
                }
            }
        }
    }
    assert!(refused > 100 && taken > 10, "{refused} refused, {taken} taken");
}

#[test]
fn names_that_nobody_has_are_refused() {
    let run = run::<AsyncLeader>("ghost-data");
    let text = written(&run);
    for kind in ["operation", "fault", "event", "replica"] {
        let start = format!("{{\"{kind}\":");
        let has = |line: &&str| line.starts_with(&start) && line.contains("\"n2\"");
        let line = text.lines().find(has).unwrap();
        let other = text.replacen(line, &line.replace("\"n2\"", "\"n77\""), 1);
        let error = lines::read(other.as_bytes(), systems::all()).err().unwrap().to_string();
        assert!(error.contains("n77") || error.contains("in order of nodes"), "{kind}: {error}");
    }
}
