//! Lifecycle, service time, clocks and clients.

use crate::common::{busy, detailed, messages, ms, node, step, target};
use judge::record::{DropReason, Event, MessageClass, OperationRecord};
use node::{
    Canonical, Config, Context, Encoder, Key, MemoryStore, Node, NodeId, OperationKind, Request,
    Role, Store, SystemInfo, Time, Version, Versioned,
    client::{Failure, Outcome, Retry, Route},
    systems::{async_leader::AsyncLeader, raft::Raft},
};
use scenarios::{Action, Latency, Pace, Phases, Scenario};
use sim::{Cluster, Detail, Error, Gear, Simulation};
use std::time::Duration;

fn put(at_ms: u64, key: &str, value: &str) -> scenarios::Step {
    step(at_ms, Action::Put { key: key.into(), value: value.into(), to: target("n1") })
}

#[test]
fn a_crash_empties_memory_and_a_restart_boots_anew() {
    let mut scenario = busy(0);
    scenario.workload = None;
    scenario.steps = vec![
        put(100, "before", "1"),
        step(200, Action::Crash(target("n2"))),
        put(300, "between", "2"),
        step(400, Action::Restart(target("n2"))),
        put(500, "after", "3"),
    ];
    let run = detailed(scenario, 1);
    let keys = |position: usize| {
        let entries = run.replicas[position].entries.as_ref().expect("every node is up");
        entries.iter().map(|(key, _)| key.as_str()).collect::<Vec<_>>()
    };
    assert_eq!(keys(0), ["after", "before", "between"]);
    assert_eq!(keys(1), ["after"]);
    assert_eq!(run.faults[0].label, "n2 crashed");
    assert_eq!(run.faults[0].end, Some(Time::from(ms(400))));
}

/// Ticks every ten milliseconds and counts its ticks under the key `ticks`.
struct Ticker(MemoryStore);

#[derive(Clone, Debug)]
struct Tick;

impl std::fmt::Display for Tick {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("tick")
    }
}

impl Canonical for Tick {
    fn encode(&self, out: &mut Encoder) {
        out.text(self);
    }
}

impl Node for Ticker {
    type Message = Tick;
    type Timer = Tick;

    const INFO: SystemInfo = SystemInfo { name: "ticker", has_leader: false, ..AsyncLeader::INFO };

    fn boot(_config: &Config, ctx: &mut Context<'_, Self>) -> Self {
        ctx.set_timer(ms(10), Tick);
        let unwanted = ctx.set_timer(ms(15), Tick);
        ctx.cancel_timer(unwanted);
        Self(MemoryStore::default())
    }

    fn on_request(&mut self, request: Request, _ctx: &mut Context<'_, Self>) {
        assert_ne!(request.operation.key(), Some(&"what breaks it".into()));
    }

    fn on_message(&mut self, _from: NodeId, _tick: Tick, _ctx: &mut Context<'_, Self>) {}

    fn on_timer(&mut self, _tick: Tick, ctx: &mut Context<'_, Self>) {
        let count = self.0.get(&"ticks".into()).map_or(Version(1), |held| held.version.next());
        let entry = Versioned { value: "ticked".into(), version: count };
        ctx.apply(self.0.put("ticks".into(), entry));
        ctx.set_timer(ms(10), Tick);
    }

    fn role(&self) -> Role {
        Role::Peer
    }

    fn entries(&self) -> Vec<(Key, Versioned)> {
        self.0.entries()
    }
}

#[test]
fn the_timers_of_a_life_end_with_it_and_those_of_the_next_run() {
    let mut scenario = Scenario::bare("ticks", 2);
    scenario.cluster.service_time = Duration::ZERO.into();
    scenario.phases = Phases { run: ms(1000), heal: false, settle: ms(5) };
    scenario.steps = vec![
        step(505, Action::Crash(target("n2"))),
        // A tick of the first life would be due while the node is down, and others later.
        step(600, Action::Restart(target("n2"))),
    ];
    let run = Simulation::<Ticker>::new(scenario).run().unwrap();
    let ticks = |position: usize| {
        let entries = run.replicas[position].entries.as_ref().expect("both are up");
        entries[0].1.version.0
    };
    assert_eq!([ticks(0), ticks(1)], [100, 40]);
}

#[test]
fn what_waits_in_a_node_that_crashes_is_lost() {
    let mut scenario = busy(30);
    scenario.cluster.service_time = ms(1).into();
    scenario.steps = vec![step(500, Action::Crash(target("n1")))];
    let run = detailed(scenario, 1);
    let died = messages(&run).into_values().filter(|m| m.dropped == Some(DropReason::Crash));
    assert!(died.count() > 5, "thirty clients at one event a millisecond make a queue");
}

#[test]
fn a_node_does_one_thing_at_a_time() {
    let mut scenario = busy(20);
    scenario.cluster.service_time = ms(2).into();
    let run = detailed(scenario, 4);
    let mut done: std::collections::BTreeMap<_, Vec<Time>> = std::collections::BTreeMap::new();
    for message in messages(&run).into_values().filter(|m| m.class != MessageClass::Reply) {
        if let (Some(handled), Some(arrived)) = (message.handled, message.arrived) {
            assert!(handled.since(arrived) >= ms(2), "service takes its time");
            done.entry(message.to).or_default().push(handled);
        }
    }
    for times in done.values_mut() {
        times.sort_unstable();
        assert!(times.windows(2).all(|pair| pair[1].since(pair[0]) >= ms(2)));
    }
    // The load makes queues: the leader's requests wait far longer than they are served.
    let waited = run.operations().iter().map(OperationRecord::latency_ms);
    assert!(waited.fold(0.0, f64::max) > 10.0);
}

#[test]
fn a_paused_node_loses_nothing() {
    let mut scenario = busy(0);
    scenario.workload = None;
    scenario.steps = vec![
        step(100, Action::Pause(target("n2"))),
        put(200, "k", "v"),
        step(600, Action::Resume(target("n2"))),
    ];
    let run = detailed(scenario, 1);
    assert!(run.replicas.iter().all(|replica| replica.entries.as_ref().unwrap().len() == 1));
    assert_eq!(run.faults[0].touched, 1);
    let late =
        messages(&run).into_values().find(|m| m.to == judge::record::Endpoint::Node(node("n2")));
    assert!(late.unwrap().handled.unwrap() >= Time::from(ms(600)));
}

#[test]
fn a_boot_tells_whether_there_was_anything_on_the_disk() {
    let rebooted = |system: &str| {
        let scenario = scenarios::find("ghost-data").unwrap();
        let run = sim::run(&scenario, system, 0, Detail::Full, Gear::Advance).unwrap();
        let events = run.trace.unwrap().events.into_iter().filter(|it| it.at > Time::ZERO);
        let boots = events.filter_map(|traced| match traced.event {
            Event::Boot { entries, on_disk, .. } => Some((entries, on_disk)),
            _ => None,
        });
        boots.collect::<Vec<_>>()
    };
    assert_eq!(rebooted("async-leader"), [(0, false)]);
    // The log is there, and is applied when a leader says how far.
    assert_eq!(rebooted("raft"), [(0, true)]);
}

#[test]
fn a_crash_ends_a_pause() {
    let mut scenario = busy(4);
    scenario.steps = vec![
        step(100, Action::Pause(target("n2"))),
        step(200, Action::Crash(target("n2"))),
        step(300, Action::Restart(target("n2"))),
    ];
    let run = detailed(scenario, 1);
    assert_eq!(run.faults[0].end, Some(Time::from(ms(200))));
    let trace = run.trace.unwrap().events;
    let boots = trace.iter().filter(|traced| matches!(traced.event, Event::Boot { .. }));
    assert_eq!(boots.count(), 4);
}

#[test]
fn faults_that_touch_nothing_are_defects() {
    let mut scenario = busy(0);
    scenario.workload = None;
    scenario.steps = vec![
        step(100, Action::Crash(target("n2"))),
        step(200, Action::Crash(target("n2"))),
        step(300, Action::Resume(target("n3"))),
        step(400, Action::Isolate(target("n3"))),
        step(500, Action::ClockJump { node: target("n1"), by_ns: 5 }),
    ];
    let run = detailed(scenario, 1);
    assert_eq!(run.defects.len(), 4, "{:#?}", run.defects);
    assert!(!run.as_expected());
}

#[test]
fn an_open_loop_keeps_its_rate_and_counts_from_when_operations_were_due() {
    let mut scenario = busy(0);
    let workload = scenario.workload.as_mut().unwrap();
    workload.pace = Pace::Open { rate: 2000.0, clients: 4 };
    let run = detailed(scenario.clone(), 2);
    let begun = run.operations().len() as f64;
    assert!((begun - 1800.0).abs() < 5.0 * 1800f64.sqrt(), "{begun} operations in 0.9 s");
    assert!(run.operations().windows(2).all(|pair| pair[0].invoked <= pair[1].invoked));
    // Four sessions at 10 ms an operation cannot keep up: what waits gets old.
    scenario.network.clients.latency = Latency::Constant(ms(5));
    let run = detailed(scenario, 2);
    let last = run.operations().iter().rfind(|operation| operation.is_ok()).unwrap();
    assert!(last.latency_ms() > 500.0, "{}", last.latency_ms());
}

#[test]
fn a_limit_of_operations_is_kept_and_timeouts_are_unknown_outcomes() {
    let mut scenario = busy(3);
    let workload = scenario.workload.as_mut().unwrap();
    workload.operations = Some(7);
    workload.mix.remove(&OperationKind::Get);
    workload.writes = Route::Node(node("n1"));
    workload.retry = Retry { timeout: ms(100), ..Retry::default() };
    scenario.steps = vec![step(0, Action::Pause(target("n1")))];
    let run = detailed(scenario, 1);
    assert_eq!(run.operations().len(), 7);
    for operation in run.operations() {
        assert_eq!(operation.outcome, Outcome::Info(Failure::Timeout));
        assert_eq!(operation.completed.since(operation.invoked), ms(100));
    }
}

#[test]
fn a_retry_at_the_leader_follows_a_refusal() {
    let mut scenario = busy(0);
    let workload = scenario.workload.as_mut().unwrap();
    workload.pace = Pace::Closed { clients: 1, think: ms(1) };
    workload.operations = Some(6);
    workload.writes = Route::RoundRobin;
    workload.mix.remove(&OperationKind::Get);
    workload.retry = Retry { attempts: 3, backoff: ms(1), ..Retry::default() };
    let run = detailed(scenario, 1);
    assert!(run.operations().iter().all(judge::record::OperationRecord::is_ok));
    let attempts: Vec<_> = run.operations().iter().map(|o| o.attempts).collect();
    assert!(attempts.contains(&1) && attempts.iter().any(|&count| count > 1), "{attempts:?}");
}

#[test]
fn a_body_of_code_lives_in_simulated_time() {
    let (run, (read, slept)) = Simulation::<AsyncLeader>::of(3)
        .seed(3)
        .run_with(|cluster| async move {
            let writer = cluster.client();
            writer.put("k", "v").await.unwrap();
            let before = cluster.now();
            cluster.sleep(Duration::from_micros(1234)).await;
            let slept = cluster.now().since(before);
            cluster.partition(&[&["n1", "clients"], &["n2", "n3"]]).await;
            let cut_off = cluster.client_of("n3").get("k").await;
            assert_eq!(cut_off, Err(Failure::Timeout));
            cluster.heal_network().await;
            // Tasks of the body run beside it.
            let reader =
                cluster.client_with(Route::Node(node("n2")), Route::Leader, Retry::default());
            let task = madsim::task::spawn(async move { reader.get("k").await });
            (task.await.unwrap(), slept)
        })
        .unwrap();
    assert_eq!(read, Ok(Some("v".into())));
    assert_eq!(slept, Duration::from_micros(1234));
    assert!(run.defects.is_empty(), "{:?}", run.defects);
    assert_eq!(run.operations().len(), 3);
}

#[test]
fn a_body_gives_the_same_digest_each_time() {
    let digest = || {
        let body = |cluster: sim::Cluster| async move {
            for round in 0..20 {
                let client = cluster.client();
                let put = madsim::task::spawn(async move {
                    madsim::time::sleep(ms(3)).await;
                    client.put("k", format!("{round}").as_str()).await
                });
                cluster.crash("n2").await;
                cluster.sleep(ms(2)).await;
                cluster.restart("n2").await;
                put.await.unwrap().unwrap();
            }
        };
        Simulation::<AsyncLeader>::of(3).seed(11).run_with(body).unwrap().0.digest
    };
    assert_eq!(digest(), digest());
}

#[test]
fn a_panic_in_a_body_is_the_bodys_and_names_the_seed() {
    let simulation = |gear| Simulation::<AsyncLeader>::of(1).seed(77).gear(gear);
    for gear in [Gear::Advance, Gear::Plain] {
        let at_once = simulation(gear).run_with(|_| async { panic!("no such thing") });
        let later = simulation(gear).run_with(async |cluster: Cluster| {
            cluster.sleep(ms(5)).await;
            assert_eq!(cluster.now(), Time::from(ms(6)), "no such thing");
        });
        for error in [at_once.map(drop).unwrap_err(), later.map(drop).unwrap_err()] {
            assert!(matches!(&error, Error::BodyPanicked { seed: 77, .. }), "{error}");
            let text = error.to_string();
            let begin =
                "the body of the test panicked beside async-leader in `test` with seed 77: ";
            assert!(text.starts_with(begin) && text.contains("no such thing"), "{text}");
        }
        // The control: a node's panic is the node's, also beside a body.
        let broken = Simulation::<Ticker>::of(1).seed(77).gear(gear);
        let broken = broken.run_with(async |cluster: Cluster| {
            let _ = cluster.client_of("n1").get("what breaks it").await;
        });
        let error = broken.map(drop).unwrap_err();
        assert!(matches!(&error, Error::Panicked { seed: 77, .. }), "{error}");
    }
}

#[test]
fn a_flaw_or_setting_that_the_system_lacks_is_refused_in_code_too() {
    let run = |change: fn(&mut Scenario)| Simulation::<Raft>::of(3).with(change).run();
    let why = |change| run(change).map(drop).unwrap_err().to_string();
    let refused = "`raft` cannot carry out the scenario `test`: it has no ";
    assert_eq!(
        why(|it| it.system.flaws.push("vote-twise".to_owned())),
        format!("{refused}flaw `vote-twise`; is it `vote-twice`?")
    );
    assert_eq!(
        why(|it| it
            .system
            .settings
            .extend([("snapshot-afer".to_owned(), node::Setting::Count(9))])),
        format!("{refused}setting `snapshot-afer`; is it `snapshot-after`?")
    );
    // Beside a body as well; and the control: what there is is taken.
    let lacking = Simulation::<Raft>::of(3).with(|it| it.system.flaws.push("mad".to_owned()));
    let beside = lacking.run_with(|_| async {}).map(drop).unwrap_err();
    assert_eq!(beside.to_string(), format!("{refused}flaw `mad`"));
    assert!(run(|it| it.system.flaws.push("vote-twice".to_owned())).is_ok());
    // What is meant for another system of the scenario is none of its business.
    let mut shared = scenarios::find("ghost-data").unwrap();
    assert!(shared.expect.contains_key("raft") && shared.expect.contains_key("sync-leader"));
    shared.system.flaws.push("no-retry".to_owned());
    assert!(Simulation::<Raft>::new(shared).run().is_ok());
}

#[test]
fn a_system_that_cannot_carry_a_scenario_out_is_refused_by_name() {
    let mut scenario = Scenario::bare("quiet", 3);
    let run = |scenario: &Scenario, system| {
        sim::run(scenario, system, 0, sim::Detail::Digest, sim::Gear::Advance)
    };
    let refused = |scenario: &Scenario, system| run(scenario, system).unwrap_err().to_string();
    assert_eq!(refused(&scenario, "nonesuch"), "there is no system `nonesuch`");
    assert!(run(&scenario, "async-leader").is_ok(), "the control");
    scenario.steps = vec![step(0, Action::Leave(target("n2")))];
    assert_eq!(
        refused(&scenario, "async-leader"),
        "`async-leader` cannot carry out the scenario `quiet`: its nodes are the same for the \
         whole run"
    );
    assert!(run(&scenario, "raft").is_ok(), "the control");
}

#[test]
fn a_node_that_the_cluster_lacks_is_named_where_it_was_asked_for() {
    type Body = fn(&sim::Cluster);
    let asked: [(&str, Body); 6] = [
        ("client_of", |cluster| drop(cluster.client_of("n99"))),
        ("crash", |cluster| drop(cluster.crash("n99"))),
        ("isolate", |cluster| drop(cluster.isolate("n99"))),
        ("partition", |cluster| drop(cluster.partition(&[&["n1"], &["n99", "clients"]]))),
        ("act", |cluster| {
            let at_missing = Action::Get { key: "k".into(), from: target("n99") };
            drop(cluster.act(at_missing.clone()));
        }),
        ("client_with", |cluster| {
            let route = Route::Node(node("n99"));
            drop(cluster.client_with(Route::Leader, route, Retry::default()));
        }),
    ];
    for (name, ask) in asked {
        let ask = move |cluster: sim::Cluster| async move { ask(&cluster) };
        let error = Simulation::<AsyncLeader>::of(3).run_with(ask).map(drop).unwrap_err();
        let expected = "the cluster has no node `n99`: its nodes are n1 to n3";
        assert!(error.to_string().ends_with(expected), "{name}: {error}");
        let there = move |cluster: sim::Cluster| async move { drop(cluster.client_of("n3")) };
        assert!(Simulation::<AsyncLeader>::of(3).run_with(there).is_ok(), "the control");
    }
}
