//! What disks, sizes and starting cost, and what power losses and failing reads do to stores.

use crate::common::{busy, detailed, messages, ms, step, target};
use judge::record::{Endpoint, Event, FaultKind, MessageClass};
use node::{
    Time,
    client::{Failure, Outcome, Route},
    systems::{durable_eventual::DurableEventual, raft::Raft},
};
use scenarios::{Action, Latency, Links, Scenario};
use sim::{Detail, Run, Simulation};

fn writing(clients: usize) -> Scenario {
    let mut scenario = busy(clients);
    let workload = scenario.workload.as_mut().unwrap();
    workload.mix.remove(&node::OperationKind::Get);
    workload.writes = Route::Any;
    scenario.disk.sync = Latency::Constant(ms(5));
    scenario
}

fn power_loss_at(at: u64) -> [scenarios::Step; 1] {
    [step(at, Action::PowerLoss(target("all")).lasting(ms(50)))]
}

#[test]
fn a_power_loss_meets_commits_in_flight_and_says_how_many_bytes_it_took() {
    let mut lost = 0;
    for seed in 0..10 {
        let mut scenario = writing(8);
        scenario.steps = power_loss_at(500).into();
        let run = Simulation::<DurableEventual>::new(scenario).seed(seed).run().unwrap();
        assert_eq!(run.faults.len(), 3);
        assert!(run.faults.iter().all(|fault| fault.kind == FaultKind::PowerLoss));
        lost += run.faults.iter().map(|fault| fault.touched).sum::<u64>();
        // Every write that was acknowledged is there all the same.
        for operation in run.history.operations.iter().filter(|operation| operation.is_ok()) {
            let key = operation.operation.key().unwrap();
            for replica in &run.replicas {
                let entries = replica.entries.as_ref().expect("every store opens again");
                assert!(entries.iter().any(|(held, _)| held == key), "seed {seed}: {key} is gone");
            }
        }
    }
    assert!(lost > 10_000, "commits are pages of four thousand bytes: {lost}");
}

#[test]
fn a_power_loss_that_finds_nothing_in_flight_bites_nothing() {
    let mut scenario = busy(0);
    scenario.workload = None;
    scenario.steps = power_loss_at(500).into();
    let run = Simulation::<DurableEventual>::new(scenario).run().unwrap();
    assert!(run.faults.iter().all(|fault| fault.touched == 0), "{:?}", run.faults);
    assert_eq!(run.defects.len(), 1, "{:?}", run.defects);
    assert!(run.defects[0].contains("bytes lost or torn: 0"), "{}", run.defects[0]);
}

#[test]
fn stores_survive_disks_that_cannot_be_read() {
    let mut failed = 0;
    let mut check = |run: Run| {
        let errors = run.faults.iter().filter(|fault| fault.kind == FaultKind::DiskErrors);
        failed += errors.map(|fault| fault.touched).sum::<u64>();
        assert!(run.history.operations.iter().any(judge::record::OperationRecord::is_ok));
    };
    for seed in 0..10 {
        let mut scenario = busy(6);
        let share = if seed % 2 == 0 { 0.2 } else { 1.0 };
        let errors = Action::DiskErrors { node: target("n2"), share, lasts: ms(400), reads: true };
        scenario.steps = vec![
            step(100, errors),
            // It boots while its disk cannot be read, and again when it can.
            step(200, Action::Crash(target("n2")).lasting(ms(50))),
            step(700, Action::Crash(target("n2")).lasting(ms(50))),
        ];
        let on = |scenario: &Scenario| scenario.clone();
        check(Simulation::<DurableEventual>::new(on(&scenario)).seed(seed).run().unwrap());
        check(Simulation::<Raft>::new(on(&scenario)).seed(seed).run().unwrap());
    }
    assert!(failed > 0);
}

#[test]
fn a_node_takes_its_time_to_start() {
    let booted = |boot: u64, steps: Vec<scenarios::Step>| {
        let mut scenario = busy(4);
        scenario.cluster.boot = ms(boot);
        scenario.steps = steps;
        let run = detailed(scenario, 1);
        let events = run.trace.unwrap().events.into_iter();
        let boots = events.filter(|traced| matches!(traced.event, Event::Boot { .. }));
        boots.map(|traced| traced.at).filter(|at| *at > Time::ZERO).collect::<Vec<_>>()
    };
    let crash = |at, lasts| step(at, Action::Crash(target("n2")).lasting(ms(lasts)));
    assert_eq!(booted(0, vec![crash(100, 50)]), [Time::from(ms(150))]);
    assert_eq!(booted(70, vec![crash(100, 50)]), [Time::from(ms(220))]);
    // One that crashes while it starts begins anew.
    assert_eq!(booted(70, vec![crash(100, 50), crash(200, 10)]), [Time::from(ms(280))]);
    let by_hand =
        vec![step(100, Action::Crash(target("n2"))), step(150, Action::Restart(target("n2")))];
    assert_eq!(booted(70, by_hand), [Time::from(ms(220))]);
    let healed = vec![step(100, Action::Crash(target("n2")))];
    assert_eq!(booted(70, healed), [Time::from(ms(1070))]);
}

#[test]
fn a_node_that_boots_again_is_busy_until_it_has_read_its_disk() {
    let first_handled = |read: Option<Latency>| {
        let mut scenario = busy(6);
        scenario.disk.read = read;
        scenario.steps = vec![step(200, Action::Crash(target("n2")).lasting(ms(50)))];
        let run = Simulation::<DurableEventual>::new(scenario).detail(Detail::Full).run().unwrap();
        let to_n2 = messages(&run).into_values().filter(|message| {
            message.to == Endpoint::Node(crate::common::node("n2"))
                && message.handled > Some(Time::from(ms(250)))
        });
        to_n2.filter_map(|message| message.handled).min().unwrap()
    };
    let (free, costly) = (first_handled(None), first_handled(Some(Latency::Constant(ms(30)))));
    assert!(costly >= Time::from(ms(280)), "{costly}");
    assert!(free < Time::from(ms(280)), "the control: by default a read takes no time: {free}");
}

/// Its first syncs had begun while the disk was slow, and it waited for them for minutes.
#[test]
fn a_node_that_boots_with_a_slow_disk_serves_soon_after_the_disk_is_well() {
    let first_sent = |lasts: u64| {
        let mut scenario = busy(6);
        scenario.disk.sync = Latency::Constant(ms(5));
        let node = target("n2");
        scenario.steps = vec![
            step(150, Action::SlowDisk { node, factor: 1e5, lasts: ms(lasts) }),
            step(200, Action::Crash(node).lasting(ms(50))),
        ];
        let run = Simulation::<Raft>::new(scenario).detail(Detail::Full).run().unwrap();
        let by_n2 = messages(&run).into_values().filter(|message| {
            message.from == Endpoint::Node(crate::common::node("n2"))
                && message.sent > Time::from(ms(250))
        });
        by_n2.map(|message| message.sent).min()
    };
    let sent = first_sent(300).expect("it takes part again");
    assert!((Time::from(ms(450))..Time::from(ms(600))).contains(&sent), "{sent}");
    let later = first_sent(500).expect("it takes part again");
    assert!((Time::from(ms(650))..Time::from(ms(800))).contains(&later), "{later}");
}

#[test]
fn a_long_message_takes_longer_where_bytes_cost() {
    let took = |bytes_per_second, value: &str| {
        let mut scenario = busy(0);
        scenario.workload = None;
        scenario.network.clients.latency = Latency::Constant(ms(1));
        scenario.network.clients.bytes_per_second = bytes_per_second;
        let put =
            |key: &str| Action::Put { key: key.into(), value: value.into(), to: target("n1") };
        scenario.steps = vec![step(100, put("k"))];
        let run = detailed(scenario, 1);
        let requests = messages(&run).into_values();
        let mut requests = requests.filter(|message| message.class == MessageClass::Request);
        let request = requests.next().unwrap();
        request.arrived.unwrap().since(request.sent)
    };
    let long = "x".repeat(1000);
    assert_eq!(took(None, &long), ms(1));
    let (short, long) = (took(Some(100_000), "x"), took(Some(100_000), &long));
    assert_eq!(long - short, std::time::Duration::from_micros(9990), "999 bytes at 10 us each");
}

#[test]
fn the_links_of_clients_are_struck_where_they_are_meant() {
    let dropped = |links| {
        let mut scenario = busy(6);
        let lasts = ms(800);
        scenario.steps = vec![step(50, Action::Loss { share: 0.3, lasts, links })];
        let run = detailed(scenario, 1);
        let lost = messages(&run).into_values().filter(|message| message.dropped.is_some());
        let of_peers = lost.map(|message| message.class == MessageClass::Peer);
        let (peers, clients): (Vec<_>, Vec<_>) = of_peers.partition(|is_peer| *is_peer);
        (peers.len(), clients.len())
    };
    assert!(matches!(dropped(Links::Nodes), (1.., 0)));
    assert!(matches!(dropped(Links::Clients), (0, 1..)));
    assert!(matches!(dropped(Links::All), (1.., 1..)));
}

/// A client's request is doubled, and one copy of it is refused while the other takes effect.
#[test]
fn a_refusal_of_one_copy_is_no_failure_when_the_other_takes_effect() {
    let mut open = 0;
    for seed in 0..60 {
        let mut scenario = busy(6);
        let workload = scenario.workload.as_mut().unwrap();
        workload.writes = Route::Any;
        let share = 1.0;
        let lasts = ms(900);
        scenario.steps = vec![
            step(0, Action::Duplicate { share, lasts, links: Links::Clients }),
            step(0, Action::Reorder { spread: ms(300), lasts, links: Links::Clients }),
            step(300, Action::Isolate(target("leader")).lasting(ms(300))),
        ];
        let run = Simulation::<Raft>::new(scenario).seed(seed).detail(Detail::Full).run().unwrap();
        let events = &run.trace.as_ref().unwrap().events;
        let applied = |value: &node::Value| {
            events.iter().any(|traced| match &traced.event {
                Event::Apply { change, .. } => {
                    change.after.as_ref().is_some_and(|entry| entry.value == *value)
                }
                _ => false,
            })
        };
        for operation in &run.history.operations {
            let Some(value) = operation.operation.stored() else { continue };
            match &operation.outcome {
                Outcome::Fail(Failure::Unfinished) | Outcome::Ok(_) => {}
                Outcome::Fail(failure) => {
                    assert!(
                        !applied(value),
                        "seed {seed}: {value} failed ({failure}), and is there"
                    );
                }
                Outcome::Info(Failure::Refused(_)) => open += u32::from(applied(value)),
                Outcome::Info(_) => {}
            }
        }
    }
    assert!(open > 0, "the control: a refused operation took effect");
}
