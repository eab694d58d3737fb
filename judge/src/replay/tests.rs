//! Each rule on a small trace, beside a twin of it in which the answer is another.

use super::*;
use crate::record::{DropReason, Endpoint, FaultKind, FaultOrigin, MessageClass};
use node::{ClientId, Fact, Key, StepDown, Value, Version, Versioned};

fn n1() -> NodeId {
    NodeId::new(1)
}

fn entry(value: &str) -> Versioned {
    Versioned { value: value.into(), version: Version(1) }
}

fn holding(entries: &[(&str, &str)]) -> Vec<(Key, Versioned)> {
    entries.iter().map(|(key, value)| ((*key).into(), entry(value))).collect()
}

fn trace(events: impl IntoIterator<Item = (u64, Event)>) -> Trace {
    let events = events.into_iter();
    let events = events.map(|(at, event)| TraceEvent::new(Time::from_nanos(at), event));
    Trace { events: events.collect() }
}

fn boot(entries: usize, holds: &[(&str, &str)]) -> Event {
    Event::Boot { node: n1(), entries, on_disk: entries > 0, holds: holding(holds) }
}

fn apply(key: &str, before: Option<&str>, after: Option<&str>) -> Event {
    let (before, after) = (before.map(entry), after.map(entry));
    let change = Change { key: key.into(), version: Version(1), before, after };
    Event::Apply { node: n1(), change }
}

fn died() -> Event {
    Event::Died { node: n1(), timers: 0, syncs: 0, lost_bytes: 0 }
}

fn announce(fact: Fact) -> Event {
    Event::Announce { node: n1(), fact }
}

fn replica(entries: Option<&[(&str, &str)]>, on_disk: Option<&[(&str, &str)]>) -> Replica {
    let (entries, on_disk) = (entries.map(holding), on_disk.map(holding));
    Replica { node: n1(), group: 0, entries, on_disk, leads: false }
}

/// What the node holds after everything up to a moment.
fn held(trace: &Trace, replicas: &[Replica], at: u64) -> Vec<String> {
    let mut replay = Replay::new(trace, &[], replicas);
    replay.advance_to(Time::from_nanos(at));
    let state = replay.node(n1()).unwrap();
    state.entries().map(|(key, entry)| format!("{key}={}", entry.value)).collect()
}

fn state(trace: &Trace) -> NodeState<'_> {
    let mut replay = Replay::new(trace, &[], &[]);
    replay.advance_to(Time::MAX);
    replay.node(n1()).unwrap().clone()
}

/// A node that has j and k in memory goes down at 30 and boots at 40.
fn crashes(boot: Event) -> Trace {
    let changes = [(10, apply("j", None, Some("x"))), (20, apply("k", None, Some("a")))];
    trace(changes.into_iter().chain([(30, died()), (40, boot)]))
}

#[test]
fn what_is_applied_is_held_until_it_is_removed() {
    let trace = trace([
        (10, apply("k", None, Some("a"))),
        (20, apply("k", Some("a"), Some("b"))),
        (30, apply("k", Some("b"), None)),
    ]);
    assert_eq!(held(&trace, &[replica(None, None)], 9), [""; 0]);
    assert_eq!(held(&trace, &[], 10), ["k=a"]);
    assert_eq!(held(&trace, &[], 29), ["k=b"]);
    assert_eq!(held(&trace, &[], 30), [""; 0]);
}

#[test]
fn a_crash_leaves_what_the_next_boot_finds() {
    let forgotten = crashes(boot(0, &[]));
    let kept = crashes(boot(2, &[("j", "x"), ("k", "a")]));
    let older = crashes(boot(1, &[("j", "x")]));
    for at in [30, 40] {
        assert_eq!(held(&forgotten, &[], at), [""; 0]);
        assert_eq!(held(&kept, &[], at), ["j=x", "k=a"]);
        assert_eq!(held(&older, &[], at), ["j=x"]);
    }
    assert_eq!(held(&forgotten, &[], 29), ["j=x", "k=a"], "not before the crash");
}

#[test]
fn a_node_that_stays_down_holds_what_its_disk_was_found_to_hold() {
    let mut trace = crashes(died());
    trace.events.truncate(3);
    assert_eq!(held(&trace, &[replica(None, Some(&[("k", "a")]))], 99), ["k=a"]);
    assert_eq!(held(&trace, &[replica(None, Some(&[]))], 99), [""; 0]);
    assert_eq!(held(&trace, &[replica(None, None)], 99), [""; 0], "nobody looked");
}

#[test]
fn what_a_boot_does_not_say_is_learned_from_what_follows() {
    let told_nothing = || crashes(boot(2, &[]));
    assert_eq!(held(&told_nothing(), &[], 40), ["j=x", "k=a"], "taken to be as before");
    // At the end k is not there, and nothing removed it.
    let end = replica(Some(&[("j", "x"), ("l", "z")]), None);
    assert_eq!(held(&told_nothing(), std::slice::from_ref(&end), 30), ["j=x", "l=z"]);
    // A change shows what it replaced, and what another crash took cannot tell.
    let mut trace = told_nothing();
    let later = [(50, apply("k", Some("c"), Some("d"))), (60, died()), (70, boot(0, &[]))];
    trace.events.extend(self::trace(later).events);
    assert_eq!(held(&trace, &[end], 40), ["j=x", "k=c"]);
}

#[test]
fn a_fault_takes_a_node_down_only_if_it_is_of_the_kind_that_does() {
    let trace = trace([(10, apply("k", None, Some("a"))), (20, Event::FaultStart { fault: 0 })]);
    let fault = |kind| FaultRecord {
        kind,
        label: String::new(),
        origin: FaultOrigin::Random,
        nodes: vec![n1()],
        start: Time::from_nanos(20),
        end: None,
        touched: 1,
    };
    for (kind, is_up) in [(FaultKind::PowerLoss, false), (FaultKind::Pause, true)] {
        let faults = [fault(kind)];
        let mut replay = Replay::new(&trace, &faults, &[]);
        replay.step();
        let moved = replay.step().unwrap().moved;
        assert_eq!(moved == Moved::Down(vec![n1()]), !is_up);
        assert_eq!(replay.node(n1()).unwrap().is_up(), is_up);
        assert_eq!(replay.node(n1()).unwrap().get(&"k".into()).is_some(), is_up);
    }
    // A record that names a fault it does not have takes nobody down.
    let mut replay = Replay::new(&trace, &[], &[]);
    replay.advance_to(Time::MAX);
    assert!(replay.node(n1()).unwrap().is_up());
}

#[test]
fn a_message_is_under_way_until_it_is_handled_or_lost() {
    let (from, to) = (Endpoint::Client(ClientId::SCRIPT), Endpoint::Node(n1()));
    let send = |number| Event::Send {
        message: MessageId(number),
        class: MessageClass::Request,
        from,
        to,
        text: "get k".to_owned(),
        copy_of: None,
        carries: Vec::new(),
    };
    let (sent, arrived) = (Time::from_nanos(10), Time::from_nanos(20));
    let trace = trace([
        (10, send(1)),
        (15, send(2)),
        (20, send(3)),
        (30, Event::Deliver { message: MessageId(1), sent, arrived }),
        (40, Event::Drop { message: MessageId(3), reason: DropReason::Loss, fault: None }),
    ]);
    let under_way = |at| {
        let mut replay = Replay::new(&trace, &[], &[]);
        replay.advance_to(Time::from_nanos(at));
        replay.in_flight().map(|(message, _)| message.0).collect::<Vec<_>>()
    };
    assert_eq!(under_way(9), [0; 0]);
    assert_eq!(under_way(20), [1, 2, 3], "the first has arrived, and waits to be handled");
    assert_eq!(under_way(30), [2, 3]);
    assert_eq!(under_way(99), [2]);
    let mut replay = Replay::new(&trace, &[], &[]);
    replay.step();
    let (_, flight) = replay.in_flight().next().unwrap();
    assert_eq!((flight.from, flight.to, flight.text, flight.sent), (from, to, "get k", sent));
}

#[test]
fn a_part_is_what_was_announced_last_and_a_boot_forgets_it() {
    let role = |facts: &[Fact]| {
        let trace = trace(facts.iter().map(|fact| (1, announce(*fact))));
        let state = state(&trace);
        (state.role, state.term)
    };
    let (stands, elected) =
        (Fact::Stands { term: 2 }, Fact::Elected { term: 2, votes: 2, voters: 3 });
    let down = Fact::StepsDown { term: 2, why: StepDown::LaterTerm };
    assert_eq!(role(&[Fact::Applied { index: 1, term: 1 }]), (None, None));
    assert_eq!(role(&[stands]), (Some(Role::Candidate), Some(2)));
    assert_eq!(role(&[stands, elected]), (Some(Role::Leader), Some(2)));
    assert_eq!(role(&[Fact::Leads { term: 2 }]), (Some(Role::Leader), Some(2)));
    assert_eq!(role(&[stands, Fact::Enters { term: 3 }]), (Some(Role::Follower), Some(3)));
    assert_eq!(role(&[elected, Fact::Enters { term: 4 }, down]), (Some(Role::Follower), Some(4)));
    let votes = Fact::Votes { term: 5, candidate: n1() };
    assert_eq!(role(&[elected, votes]), (Some(Role::Leader), Some(5)), "a vote is no part");
    let booted = trace([(1, announce(elected)), (2, died()), (3, boot(0, &[]))]);
    assert_eq!(state(&booted).role, None);
}

#[test]
fn a_log_ends_where_the_last_append_put_it() {
    let log = |facts: &[Fact]| state(&trace(facts.iter().map(|fact| (1, announce(*fact))))).log;
    let append = |index, term| Fact::Appended { index, term, previous_term: 1, hash: 0 };
    let whole = [append(1, 1), append(2, 1), append(3, 1), Fact::Applied { index: 2, term: 1 }];
    let expected = LogPosition { last: Some((3, 1)), applied: Some(2), snapshot: None };
    assert_eq!(log(&whole), expected);
    let with = |more: &[Fact]| log(&[&whole[..], more].concat());
    // A later leader's entry takes the place of two.
    assert_eq!(with(&[append(2, 2)]).last, Some((2, 2)));
    let snapshot = LogPosition { snapshot: Some(2), ..expected };
    assert_eq!(with(&[Fact::TookSnapshot { index: 2, term: 1 }]), snapshot);
    // A snapshot that the log has the last entry of leaves what follows it; another does not.
    assert_eq!(with(&[Fact::InstalledSnapshot { index: 2, term: 1 }]), snapshot);
    let replaced = LogPosition { last: Some((2, 3)), applied: Some(2), snapshot: Some(2) };
    assert_eq!(with(&[Fact::InstalledSnapshot { index: 2, term: 3 }]), replaced);
    let crashed = trace([(1, announce(append(1, 1))), (2, died())]);
    assert_eq!(state(&crashed).log, LogPosition::default());
}

#[test]
fn moments_tell_a_crash_that_took_something_from_one_that_did_not() {
    let key = Key::from("k");
    let of = |trace: &Trace| -> Vec<(u64, Option<String>, bool)> {
        let replay = Replay::new(trace, &[], &[]);
        let [moments] = &moments(replay, &[&key], &[n1()])[..] else { panic!("one key") };
        let text = |value: &Value| value.to_string();
        let told = moments.iter();
        told.map(|it| (it.at.as_nanos(), it.state.map(text), it.by_crash)).collect()
    };
    let a = || Some("a".to_owned());
    let forgotten = of(&crashes(boot(0, &[])));
    assert_eq!(forgotten, [(20, a(), false), (30, None, true), (40, None, false)]);
    let kept = of(&crashes(boot(1, &[("k", "a")])));
    assert_eq!(kept, [(20, a(), false), (30, a(), false), (40, a(), false)]);
}
