//! When it became inevitable: the event that is named is the one that did it.

use hunt::pinpoint::{Pinpoint, PinpointError, Pinpointed, pinpoint};
use judge::record::{Event, TraceEvent};
use node::{NodeId, Time, systems};
use scenarios::{Property, Scenario};
use sim::Later;
use std::num::NonZeroUsize;

fn of(scenario: &str, system: &str, seed: u64, later: Later) -> Pinpoint {
    let system = systems::find(system).unwrap();
    Pinpoint {
        scenario: scenarios::find(scenario).unwrap().into(),
        system,
        seed,
        property: None,
        later,
        futures: 20,
        jobs: NonZeroUsize::new(2).unwrap(),
    }
}

fn pinpointed(of: &Pinpoint) -> Pinpointed {
    pinpoint(of, &mut |_| true).unwrap()
}

/// What happened at the moment that decided everything.
fn deciding(pinpointed: &Pinpointed) -> Vec<TraceEvent> {
    let tipped = pinpointed.inevitable.unwrap();
    let at = Time::from_nanos(tipped.after.from.as_nanos() - 1);
    let events = &pinpointed.run.trace.as_ref().unwrap().events;
    events.iter().filter(|event| event.at == at).cloned().collect()
}

#[test]
fn what_a_file_states_was_inevitable_from_the_beginning() {
    let found = pinpointed(&of("ghost-data", "async-leader", 0, Later::Faults));
    assert!(found.is_done);
    assert_eq!((found.inevitable, found.rise), (None, None));
    assert!(found.cuts.iter().all(|cut| cut.failed == cut.futures), "{:?}", found.cuts);
}

#[test]
fn without_later_faults_the_crash_is_what_doomed_it() {
    let found = pinpointed(&of("ghost-data", "async-leader", 0, Later::Calm));
    let n2 = NodeId::new(2);
    let is_death =
        |event: &TraceEvent| matches!(event.event, Event::Died { node, .. } if node == n2);
    let events = deciding(&found);
    assert!(events.iter().any(is_death), "{events:?}");
    assert_eq!(found.inevitable.unwrap().before.failed, 0, "nobody is down yet");
    // The control: with the remedy there is nothing to pinpoint.
    let healed = of("ghost-data", "raft", 0, Later::Calm);
    assert!(matches!(pinpoint(&healed, &mut |_| true), Err(PinpointError::Holds { .. })));
}

/// Two writes race to three nodes, and chance decides whether their messages cross.
fn race() -> Scenario {
    let text = r#"
        name = "race"
        title = "Two clients write one key at two nodes at about the same time"
        [[step]]
        at = "100ms"
        do = { put = { key = "k", value = "one", to = "n1" } }
        [[step]]
        at = "101ms"
        do = { put = { key = "k", value = "two", to = "n2" } }
        [phases]
        run = "1s"
    "#;
    Scenario::parse("race.toml", text, systems::all()).unwrap()
}

#[test]
fn what_chance_decides_becomes_inevitable_on_the_way() {
    let race =
        Pinpoint { scenario: race().into(), ..of("ghost-data", "peer-to-peer", 0, Later::Faults) };
    let property = Some(Property::Convergence);
    let seeds = (0..200).map(|seed| Pinpoint { seed, property, ..race.clone() });
    let found = seeds.filter_map(|of| pinpoint(&of, &mut |_| true).ok()).next().unwrap();
    let first = found.cuts.first().unwrap();
    assert!(first.failed < first.futures / 2, "{:?}", found.cuts);
    let tipped = found.inevitable.unwrap();
    assert_eq!(tipped.after.place, tipped.before.place + 1);
    assert!(tipped.before.failed < tipped.before.futures);
    assert_eq!((tipped.after.failed, tipped.after.futures), (80, 80), "it was made sure");
    // It is decided when both writes have been sent to the others, and not before the second came.
    let at = tipped.after.from;
    assert!(at > Time::from_nanos(101_000_000) && at < Time::from_nanos(110_000_000), "{at:?}");
    let later = found.cuts.iter().filter(|cut| cut.place > tipped.after.place);
    assert!(later.clone().count() > 0 && later.clone().all(|cut| cut.failed == cut.futures));
}

#[test]
fn the_same_is_found_however_many_futures_are_had_at_once() {
    let with = |jobs| {
        let jobs = NonZeroUsize::new(jobs).unwrap();
        let found =
            pinpointed(&Pinpoint { jobs, ..of("ghost-data", "async-leader", 3, Later::Calm) });
        (found.cuts, found.inevitable, found.rise)
    };
    assert_eq!(with(1), with(3));
}

#[test]
fn who_is_stopped_claims_nothing() {
    let of = of("ghost-data", "async-leader", 0, Later::Calm);
    let found = pinpoint(&of, &mut |so_far| so_far.moments < 3).unwrap();
    assert!(!found.is_done);
    assert_eq!(found.inevitable, None);
}
