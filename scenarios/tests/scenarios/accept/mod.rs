//! What the format says is what is read.

mod actions;
mod numbers;
mod page;
mod systems;
mod zones;

use crate::common::{around, parse};
use node::{
    NodeId, OperationKind, Setting,
    client::{Retry, Route},
};
use scenarios::{
    Action, Clock, Cluster, DeadNode, Expectation, FaultKind, KeyChoice, Latency, Link, Links,
    Nemesis, Order, Pace, Party, Property, Quantiles, RandomFault, Scenario, ServiceKind, Share,
    Target,
};
use std::time::Duration;

const fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

fn read(sections: &str) -> Scenario {
    let text = around(sections);
    parse(&text).unwrap_or_else(|error| panic!("{:?}\n{text}", error.mistakes()))
}

fn n(number: u32) -> Target {
    Target::Node(NodeId::new(number))
}

#[test]
fn a_file_may_expect_nothing() {
    let text = "name = \"a\"\ntitle = \"A\"\n[phases]\nrun = \"1s\"\n";
    for text in [text.to_owned(), format!("{text}[expect]\n")] {
        let scenario = Scenario::parse("a.toml", &text, node::systems::all()).unwrap();
        assert!(scenario.expect.is_empty());
        assert_eq!(scenario.default_system().unwrap().name, node::systems::all()[0].name);
        assert_eq!(scenario.able_systems().count(), node::systems::all().len());
    }
}

#[test]
fn what_keeps_a_system_from_a_scenario_that_does_not_name_it_is_said() {
    let able = |sections: &str| {
        let text = format!("name = \"a\"\ntitle = \"A\"\n{sections}\n[phases]\nrun = \"1s\"\n");
        let scenario = Scenario::parse("a.toml", &text, node::systems::all())
            .unwrap_or_else(|error| panic!("{:?}\n{text}", error.mistakes()));
        let able: Vec<_> = scenario.able_systems().map(|system| system.name).collect();
        let obstacles = |name| scenario.obstacles(node::systems::find(name).unwrap());
        (able, obstacles("async-leader").join("; "), obstacles("sharded-groups").join("; "))
    };
    let flaw = able("[system]\nflaws = [\"commit-old-term\"]");
    assert_eq!(flaw.0, ["raft"]);
    assert_eq!(flaw.1, "it has no flaw `commit-old-term`");
    let alone = able("[cluster]\nnodes = 1");
    assert_eq!(alone.1, "");
    assert!(alone.2.starts_with("it cannot be set so: `groups` is 2"), "{}", alone.2);
    let delete = able("[workload]\nclients = 1\nmix = { delete = 1 }");
    assert!(delete.1.starts_with("it has no operation `delete`, only"), "{}", delete.1);
    let step = "[[step]]\nat = \"0s\"\ndo = { put = { key = \"\", value = \"v\", to = \"n1\" } }";
    assert_eq!(able(step).2, "it refuses the key \"\": a key must not be empty");
    let leave = able("[[step]]\nat = \"0s\"\ndo = { leave = \"n2\" }");
    assert_eq!(leave.0, ["raft"]);
    assert_eq!(leave.1, "its nodes are the same for the whole run");
}

#[test]
fn flaws_by_hand_leave_no_expectation() {
    let figure = scenarios::find("figure-8").unwrap();
    let raft = node::systems::find("raft").unwrap();
    let flawed = figure.with_flaws(raft, &["forget-vote".to_owned()]);
    assert!(flawed.expect.is_empty() && !figure.expect.is_empty());
    let mut flaws = figure.for_system(raft).flaws;
    assert!(!flaws.is_empty());
    flaws.push("forget-vote".to_owned());
    assert_eq!(flawed.for_system(raft).flaws, flaws);
    let again = Scenario::parse("a.toml", &flawed.to_toml(), node::systems::all()).unwrap();
    assert_eq!(again, flawed);
}

#[test]
fn what_is_left_out_has_its_default() {
    let scenario = read("");
    assert_eq!((scenario.watch.as_str(), scenario.source), ("", None));
    assert_eq!(scenario.cluster.nodes, 3);
    assert_eq!(scenario.cluster.service_time, Duration::from_micros(50).into());
    assert_eq!(scenario.disk.sync, Latency::Constant(Duration::from_micros(500)));
    assert_eq!(scenario.network.dead, DeadNode::Refused);
    let link = Link {
        latency: Latency::Lognormal { median: Duration::from_micros(500), p99: ms(2) },
        loss: 0.0,
        duplicate: 0.0,
        order: Order::Fifo,
        bytes_per_second: None,
    };
    assert_eq!((&scenario.network.nodes, &scenario.network.clients), (&link, &link));
    assert_eq!((scenario.workload, scenario.nemesis), (None, None));
    assert!(scenario.phases.heal);
    assert_eq!((scenario.phases.run, scenario.phases.settle), (ms(10_000), ms(2000)));
    assert_eq!(scenario.properties.max_staleness, Duration::ZERO);
    assert_eq!(scenario.properties.min_availability, 1.0);
    assert_eq!(scenario.steps, []);

    let workload = read("[workload]\nclients = 4\n").workload.unwrap();
    assert_eq!(workload.pace, Pace::Closed { clients: 4, think: Duration::ZERO });
    assert_eq!((workload.start, workload.stop), (Duration::ZERO, ms(10_000)));
    assert_eq!((workload.reads, workload.writes), (Route::Leader, Route::Leader));
    assert_eq!((workload.retry, workload.operations), (Retry::default(), None));
    assert_eq!((workload.keys.count, workload.keys.choice), (100, KeyChoice::Uniform));
    let mix: Vec<_> = workload.mix.into_iter().collect();
    assert_eq!(mix, [(OperationKind::Put, 0.5), (OperationKind::Get, 0.5)]);
}

#[test]
fn cluster_system_and_bounds() {
    let scenario = read(
        r#"
        [cluster]
        nodes = 5
        service_time = "1s 500ms"
        [cluster.clocks.n2]
        offset = "-5s"
        drift_ppm = 100
        [cluster.clocks.n5]
        offset = "+1ms"
        [system]
        flaws = ["no-retry"]
        quorum = 3
        sweep = "1s"
        resolve = "vector"
        [phases]
        run = "2m"
        heal = false
        settle = "0s"
        [properties]
        max_staleness = "1.5s"
        min_availability = 0.9
        [expect.toy]
        holds = ["convergence", "durability"]
        violated = ["staleness"]
        [expect.async-leader]
        "#,
    );
    assert_eq!(scenario.cluster.nodes, 5);
    assert_eq!(scenario.cluster.service_time, ms(1500).into());
    let clocks: Vec<_> = scenario.cluster.clocks.into_iter().collect();
    let behind = Clock { offset_ns: -5_000_000_000, drift_ppm: 100.0 };
    let ahead = Clock { offset_ns: 1_000_000, drift_ppm: 0.0 };
    assert_eq!(clocks, [(NodeId::new(2), behind), (NodeId::new(5), ahead)]);
    assert_eq!(scenario.system.flaws, ["no-retry"]);
    let settings: Vec<_> = scenario.system.settings.into_iter().collect();
    let expected = [
        ("quorum".to_owned(), Setting::Count(3)),
        ("resolve".to_owned(), Setting::Word("vector".to_owned())),
        ("sweep".to_owned(), Setting::Duration(ms(1000))),
    ];
    assert_eq!(settings, expected);
    assert_eq!((scenario.phases.run, scenario.phases.settle), (ms(120_000), ms(0)));
    assert!(!scenario.phases.heal);
    assert_eq!(scenario.properties.max_staleness, ms(1500));
    assert_eq!(scenario.properties.min_availability, 0.9);
    let toy = &scenario.expect["toy"];
    assert_eq!(toy.holds, [Property::Convergence, Property::Durability]);
    assert_eq!(toy.violated, [Property::Staleness]);
    assert_eq!(scenario.expect["async-leader"], Expectation::default());
}

#[test]
fn a_single_link_differs_only_in_what_it_states() {
    let network = read(
        r#"
        [[network.link]]
        from = "n1"
        to = "n3"
        latency = { uniform = { min = "0s", max = "3ms" } }
        [network]
        dead = "lost"
        [network.nodes]
        latency = { exponential = { mean = "1ms" } }
        loss = 0.1
        order = "free"
        [network.clients]
        latency = "250us"
        duplicate = 1
        "#,
    );
    let network = network.network;
    let nodes = Link {
        latency: Latency::Exponential { mean: ms(1) },
        loss: 0.1,
        duplicate: 0.0,
        order: Order::Free,
        bytes_per_second: None,
    };
    assert_eq!(network.nodes, nodes);
    let latency = Latency::Constant(Duration::from_micros(250));
    assert_eq!(network.clients, Link { latency, duplicate: 1.0, ..Link::default() });
    let latency = Latency::Uniform { min: ms(0), max: ms(3) };
    let links: Vec<_> = network.links.into_iter().collect();
    let direction = (NodeId::new(1), NodeId::new(3));
    assert_eq!(links, [(direction, Link { latency, ..nodes })]);
    assert_eq!(network.dead, DeadNode::Lost);
}

#[test]
fn what_size_booting_and_reads_cost() {
    let scenario = read(
        r#"
        [cluster]
        boot = "300ms"
        [disk]
        read = { uniform = { min = "0s", max = "3ms" } }
        bytes_per_second = 100_000_000
        [network.nodes]
        bytes_per_second = 12_500_000
        [[network.link]]
        from = "n1"
        to = "n3"
        [[network.link]]
        from = "n3"
        to = "n1"
        bytes_per_second = 1
        "#,
    );
    assert_eq!(scenario.cluster.boot, ms(300));
    assert_eq!(scenario.disk.read, Some(Latency::Uniform { min: ms(0), max: ms(3) }));
    assert_eq!(scenario.disk.bytes_per_second, Some(100_000_000));
    assert_eq!(scenario.network.clients.bytes_per_second, None);
    let links: Vec<_> = scenario.network.links.values().map(|link| link.bytes_per_second).collect();
    assert_eq!(links, [Some(12_500_000), Some(1)]);
}

#[test]
fn a_sync_takes_a_latency_like_that_of_a_link() {
    for (written, sync) in [
        ("\"2ms\"", Latency::Constant(ms(2))),
        ("{ constant = \"2ms\" }", Latency::Constant(ms(2))),
        (
            "{ lognormal = { median = \"1ms\", p99 = \"20ms\" } }",
            Latency::Lognormal { median: ms(1), p99: ms(20) },
        ),
    ] {
        assert_eq!(read(&format!("[disk]\nsync = {written}\n")).disk.sync, sync, "{written}");
    }
}

#[test]
fn a_node_takes_what_was_measured_of_it() {
    let scenario = read(
        r#"
        [cluster]
        service_time = { exponential = { mean = "20us" } }
        wake_up = "0s"
        cores = 2
        service.request = "0s"
        service.sync = { quantiles = { p100 = "1ms", p0 = "10us", "p99.90" = "50us" } }
        [workload]
        clients = 1
        client_time = { uniform = { min = "1us", max = "2us" } }
        "#,
    );
    let us = Duration::from_micros;
    let Cluster { service_time, service, wake_up, cores, .. } = &scenario.cluster;
    assert_eq!(*service_time, Latency::Exponential { mean: us(20) });
    assert_eq!((wake_up, cores), (&Some(Duration::ZERO.into()), &Some(2)));
    let share = |name: &str| name.parse::<Share>().unwrap();
    let sync = [("p0", us(10)), ("p99.9", us(50)), ("p100", us(1000))];
    let sync = Quantiles::new(sync.map(|(name, at)| (share(name), at)).to_vec()).unwrap();
    let stated = [
        (ServiceKind::Request, Duration::ZERO.into()),
        (ServiceKind::Sync, Latency::Quantiles(sync)),
    ];
    assert_eq!(*service, stated.into());
    let client_time = scenario.workload.as_ref().unwrap().client_time.clone();
    assert_eq!(client_time, Some(Latency::Uniform { min: us(1), max: us(2) }));
    assert_eq!(parse(&scenario.to_toml()).unwrap(), scenario);
}

#[test]
fn a_workload_in_every_detail() {
    let workload = read(
        r#"
        [workload]
        rate = 200
        clients = 7
        start = "1s"
        stop = "9s"
        operations = 1000
        mix = { put = 3, get = 7.5, list-keys = 0 }
        keys = { count = 5, choice = { hot-cold = { hot = 0.1, share = 0.9 } } }
        reads = "round-robin"
        writes = { node = "n2" }
        timeout = "3s"
        attempts = 4
        backoff = "0s"
        [expect.toy]
        "#,
    );
    let workload = workload.workload.unwrap();
    assert_eq!(workload.pace, Pace::Open { rate: 200.0, clients: 7 });
    assert_eq!((workload.start, workload.stop), (ms(1000), ms(9000)));
    assert_eq!(workload.operations, Some(1000));
    let mix: Vec<_> = workload.mix.into_values().collect();
    assert_eq!(mix, [3.0, 7.5, 0.0]);
    assert_eq!(workload.keys.count, 5);
    assert_eq!(workload.keys.choice, KeyChoice::HotCold { hot: 0.1, share: 0.9 });
    assert_eq!(workload.reads, Route::RoundRobin);
    assert_eq!(workload.writes, Route::Node(NodeId::new(2)));
    let retry = Retry { attempts: 4, timeout: ms(3000), backoff: Duration::ZERO };
    assert_eq!(workload.retry, retry);
    let zipfian = "[workload]\nclients = 1\nkeys = { choice = { zipfian = { exponent = 0 } } }\n";
    let keys = read(zipfian).workload.unwrap().keys;
    assert_eq!(keys.choice, KeyChoice::Zipfian { exponent: 0.0 });
}

#[test]
fn random_faults() {
    let nemesis = read(
        r#"
        [nemesis]
        start = "2s"
        [[nemesis.fault]]
        kind = "clock-jump"
        per_minute = 6
        [[nemesis.fault]]
        kind = "crash"
        per_minute = 0.5
        lasts = ["100ms", "100ms"]
        [[nemesis.fault]]
        kind = "loss"
        per_minute = 0.000001
        links = "all"
        [[nemesis.fault]]
        kind = "disk-errors"
        per_minute = 1
        reads = true
        "#,
    );
    let fault = |kind, per_minute, lasts| {
        let links = Links::Nodes;
        RandomFault { kind, per_minute, lasts, links, reads: false }
    };
    let faults = vec![
        fault(FaultKind::ClockJump, 6.0, (ms(1000), ms(3000))),
        fault(FaultKind::Crash, 0.5, (ms(100), ms(100))),
        RandomFault { links: Links::All, ..fault(FaultKind::Loss, 1e-6, (ms(1000), ms(3000))) },
        RandomFault { reads: true, ..fault(FaultKind::DiskErrors, 1.0, (ms(1000), ms(3000))) },
    ];
    let expected = Nemesis { start: ms(2000), stop: ms(10_000), faults };
    assert_eq!(nemesis.nemesis, Some(expected));
}

#[test]
fn every_kind_of_random_fault() {
    for kind in FaultKind::ALL {
        let fault = format!("kind = \"{}\"\nper_minute = 1\n", kind.name());
        // A system whose nodes can leave.
        let system = "[expect.toy]\n";
        let text = format!("{system}[nemesis]\n[[nemesis.fault]]\n{fault}");
        let nemesis = read(&text).nemesis.unwrap();
        assert_eq!(nemesis.faults[0].kind, kind);
    }
}

#[test]
fn steps_are_sorted_and_those_of_one_moment_keep_their_order() {
    let steps = ["3s/n3", "1s/n2", "3s/n1", "10s/n1"].map(|step| {
        let (at, node) = step.split_once('/').unwrap();
        format!("[[step]]\nat = \"{at}\"\ndo = {{ crash = \"{node}\" }}\n")
    });
    let scenario = read(&steps.concat());
    let crashed: Vec<_> = scenario.steps.iter().map(|step| step.action.clone()).collect();
    assert_eq!(crashed, [2, 3, 1, 1].map(|number| Action::Crash(n(number))));
}

#[test]
fn clients_can_be_cut_off_from_a_cluster_of_one() {
    let sections = "[cluster]\nnodes = 1\n[[step]]\nat = \"2s\"\n\
         do = { partition = [[\"all\"], [\"clients\"]] }\n";
    let sides = vec![vec![Party::Node(Target::All)], vec![Party::Clients]];
    assert_eq!(read(sections).steps[0].action, Action::Partition(sides));
}

#[test]
fn nodes_may_come_later() {
    let scenario = read(
        r#"
        [cluster]
        nodes = 5
        late = ["n5", "n3"]
        [[step]]
        at = "1s"
        do = { start = ["n3", "n5"] }
        "#,
    );
    assert_eq!(scenario.cluster.late, [NodeId::new(3), NodeId::new(5)]);
    let started: Vec<_> = scenario.steps.iter().map(|step| step.action.clone()).collect();
    assert_eq!(started, [Action::Start(n(3)), Action::Start(n(5))]);
    assert_eq!(parse(&scenario.to_toml()).unwrap(), scenario);
}
