//! What a run may take: given up beyond that, at the same event everywhere, and nobody is to blame.

use crate::common::{busy, ms};
use node::systems::{durable_eventual::DurableEventual, raft::Raft};
use scenarios::{FaultKind, Links, Nemesis, RandomFault, Scenario};
use sim::{Detail, Error, EventKind, Gear, Limit, Limits, OverLimit, Simulation};
use std::time::Duration;

fn idle() -> Scenario {
    let mut scenario = Scenario::bare("idle", 3);
    scenario.phases.run = Duration::from_secs(365 * 24 * 3600);
    scenario
}

fn few(events: u64) -> Limits {
    Limits { events, ..Limits::default() }
}

fn over(ended: Result<sim::Run, Error>) -> OverLimit {
    match ended {
        Err(Error::OverLimit { over, .. }) => *over,
        other => panic!("it was to be given up: {:?}", other.map(|run| run.counters)),
    }
}

#[test]
fn a_year_of_nothing_ends_at_the_same_event_in_every_gear_and_detail() {
    let gears = if cfg!(madsim) {
        vec![Gear::Advance, Gear::Sleep, Gear::Plain]
    } else {
        vec![Gear::Plain]
    };
    let ended: Vec<_> = gears
        .into_iter()
        .flat_map(|gear| [Detail::Verdicts, Detail::Full].map(|detail| (gear, detail)))
        .map(|(gear, detail)| {
            let run = Simulation::<Raft>::new(idle()).limits(few(20_000)).gear(gear).detail(detail);
            let over = over(run.run());
            (over.limit, over.events, over.at, over.kinds)
        })
        .collect();
    assert_eq!((ended[0].0, ended[0].1), (Limit::Events(20_000), 20_000));
    assert!(ended.iter().all(|other| *other == ended[0]), "{ended:#?}");
    // One that has a thread of its own, and a body of code.
    let run = Simulation::<DurableEventual>::new(busy(4)).limits(few(500));
    assert_eq!(over(run.run()).events, 500);
    let run = Simulation::<Raft>::new(idle()).limits(few(5000));
    let with_body = run.run_with(|cluster| async move {
        // A thousand years, which nobody waits for.
        for _ in 0..1000 {
            cluster.sleep(Duration::from_secs(365 * 24 * 3600)).await;
        }
    });
    assert_eq!(over(with_body.map(|(run, ())| run)).events, 5000);
}

#[test]
fn what_just_fits_is_had_and_is_the_same_run() {
    let free = Simulation::<Raft>::new(busy(4)).run().unwrap();
    let events = free.counters.events;
    let fits = |events| Simulation::<Raft>::new(busy(4)).limits(few(events)).run();
    // What is taken after the counters were is the probes and the end.
    let mut least = events;
    while fits(least).is_err() {
        least += 1;
    }
    assert_eq!(fits(least).unwrap().digest, free.digest);
    assert!(least < events + 1000);
    assert_eq!(over(fits(events / 2)).limit, Limit::Events(events / 2));
}

#[test]
fn memory_is_counted_and_what_takes_it_is_named() {
    let limits = Limits { memory: 1 << 20, ..Limits::default() };
    let had = |detail| Simulation::<Raft>::new(idle()).limits(limits).detail(detail).run();
    let full = over(had(Detail::Full));
    assert_eq!(full.limit, Limit::Memory(1 << 20));
    assert_eq!(full.kept[0].0, "its trace");
    assert_eq!(over(had(Detail::Full)), full, "the same every time");
    // Without a trace, so many events take nothing.
    let limits = Limits { events: full.events * 10, ..limits };
    let brief = Simulation::<Raft>::new(idle()).limits(limits).detail(Detail::Verdicts);
    assert!(matches!(over(brief.run()).limit, Limit::Events(_)));
    // Operations are kept in any case.
    let mut asks = busy(50);
    asks.phases.run = Duration::from_secs(3600);
    asks.workload.as_mut().unwrap().stop = Duration::from_secs(3600);
    let brief = Simulation::<Raft>::new(asks).limits(limits).detail(Detail::Verdicts);
    let brief = over(brief.limits(Limits { memory: 1 << 20, ..Limits::default() }).run());
    assert_eq!(brief.kept[0].0, "operations and faults");
    assert!(brief.to_string().contains("requests and answers"), "{brief}");
}

#[test]
fn faults_that_are_drawn_beforehand_are_counted_before_they_are_drawn() {
    let mut stormy = idle();
    let fault = RandomFault {
        kind: FaultKind::Crash,
        per_minute: 6000.0,
        lasts: (ms(1), ms(2)),
        links: Links::default(),
        reads: false,
    };
    let stop = stormy.phases.run;
    stormy.nemesis = Some(Nemesis { start: Duration::ZERO, stop, faults: vec![fault] });
    let limits = Limits { memory: 1 << 20, ..Limits::default() };
    let over = over(Simulation::<Raft>::new(stormy).limits(limits).run());
    assert_eq!((over.events, over.kept[0].0), (0, "random faults that are to come"));
    assert_eq!(over.most(), None);
}

#[test]
fn real_time_ends_a_run_only_where_it_is_asked_to() {
    let short = Limits { time: Some(ms(20)), ..Limits::default() };
    let over = over(Simulation::<Raft>::new(idle()).limits(short).run());
    assert_eq!(over.limit, Limit::Time(ms(20)));
    assert_eq!(over.most(), Some(EventKind::Timers));
    let long = Limits { time: Some(Duration::from_secs(600)), ..Limits::default() };
    assert!(Simulation::<Raft>::new(busy(2)).limits(long).run().is_ok());
}
