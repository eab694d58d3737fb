//! Zones: the same as the links written out, near and far clients, and faults upon zones.

use crate::common::{busy, detailed, messages, ms, node, step, target};
use judge::record::{DropReason, Endpoint};
use node::{ClientId, client::Route};
use scenarios::{
    Action, Crossing, Latency, Link, Links, Party, Scenario, Target, Zone, ZoneName, Zones,
};
use sim::Run;
use std::collections::BTreeMap;

fn zone(name: &str) -> ZoneName {
    name.parse().unwrap()
}

/// n1 and n2 in the east with c1 and c3, n3 in the west with c2 and c4; constant latencies.
fn two_zones() -> Scenario {
    let mut scenario = busy(4);
    // Who is cut off goes on soon.
    scenario.workload.as_mut().unwrap().retry.timeout = ms(80);
    let latency = |millis| Latency::Constant(ms(millis));
    scenario.network.nodes.latency = latency(1);
    scenario.network.clients.latency = latency(1);
    let (east, west) = (zone("east"), zone("west"));
    let of = |name, nodes: &[&str], client: u32| Zone {
        name,
        nodes: nodes.iter().map(|it| node(it)).collect(),
        clients: vec![ClientId::new(client), ClientId::new(client + 2)],
    };
    let crossing = Crossing { latency: Some(latency(30)), loss: Some(0.1), ..Crossing::default() };
    let between = BTreeMap::from([((east, west), crossing.clone()), ((west, east), crossing)]);
    scenario.zones =
        Zones { zones: vec![of(east, &["n1", "n2"], 1), of(west, &["n3"], 2)], between };
    scenario
}

/// The same without zones: every link between nodes of different zones described by itself.
fn written_out(zoned: &Scenario) -> Scenario {
    let mut scenario = zoned.clone();
    for (from, to) in [("n1", "n3"), ("n2", "n3"), ("n3", "n1"), ("n3", "n2")] {
        let latency = Latency::Constant(ms(30));
        let link = Link { latency, loss: 0.1, ..scenario.network.nodes.clone() };
        scenario.network.links.entry((node(from), node(to))).or_insert(link);
    }
    scenario.zones = Zones::default();
    scenario
}

#[test]
fn zones_are_the_links_written_out() {
    let mut zoned = two_zones();
    // Of clients there are no links to describe.
    zoned.zones.zones.iter_mut().for_each(|zone| zone.clients.clear());
    for seed in 0..3 {
        let run = detailed(zoned.clone(), seed);
        assert_eq!(run.digest, detailed(written_out(&zoned), seed).digest);
        let mut near = zoned.clone();
        near.zones.between.clear();
        assert_ne!(run.digest, detailed(near, seed).digest, "the zones made no difference");
    }
    // A link that is described by itself goes before the zones.
    let fast = Link { latency: Latency::Constant(ms(2)), ..zoned.network.nodes.clone() };
    zoned.network.links.insert((node("n1"), node("n3")), fast);
    assert_eq!(detailed(zoned.clone(), 0).digest, detailed(written_out(&zoned), 0).digest);
}

#[test]
fn clients_are_near_their_zone() {
    let mut scenario = two_zones();
    scenario.zones.between.values_mut().for_each(|crossing| crossing.loss = None);
    let run = detailed(scenario, 1);
    let mut seen = [0; 2];
    for message in messages(&run).values() {
        let (client, node) = match (message.from, message.to) {
            (Endpoint::Client(client), Endpoint::Node(node))
            | (Endpoint::Node(node), Endpoint::Client(client)) => (client, node),
            _ => continue,
        };
        let is_near = (client.index() % 2 == 1) == (node.index() < 2);
        let Some(arrived) = message.arrived else { continue };
        let expected = if is_near { ms(1) } else { ms(30) };
        assert_eq!(arrived.since(message.sent), expected, "{client} and {node}");
        seen[usize::from(is_near)] += 1;
    }
    assert!(seen.iter().all(|count| *count > 10), "{seen:?}");
}

/// The nodes that a client's reads went to.
fn read_at(run: &Run, client: u32) -> Vec<String> {
    let of = run.operations().iter().filter(|it| it.client == ClientId::new(client));
    let reads = of.filter(|it| !it.operation.kind().is_write());
    let mut nodes: Vec<_> = reads.map(|it| it.node.to_string()).collect();
    nodes.sort();
    nodes.dedup();
    nodes
}

#[test]
fn the_nearest_node_is_in_the_clients_zone() {
    let mut scenario = two_zones();
    scenario.zones.between.values_mut().for_each(|crossing| crossing.loss = None);
    let workload = scenario.workload.as_mut().unwrap();
    workload.reads = Route::Nearest;
    let run = detailed(scenario.clone(), 1);
    assert_eq!(read_at(&run, 1), ["n2"]);
    assert_eq!(read_at(&run, 2), ["n3"]);
    // When it fails, another answers.
    scenario.steps = vec![step(300, Action::Crash(target("n2")))];
    assert_eq!(read_at(&detailed(scenario.clone(), 1), 1), ["n1", "n2"]);
    let any = scenario.workload.as_mut().unwrap();
    any.reads = Route::Any;
    assert!(read_at(&detailed(scenario, 1), 2).len() > 1);
}

#[test]
fn a_zone_that_is_cut_off_keeps_its_clients() {
    let mut scenario = two_zones();
    scenario.zones.between.values_mut().for_each(|crossing| crossing.loss = None);
    scenario.workload.as_mut().unwrap().reads = Route::Any;
    let party = |name| Party::Node(Target::Zone(zone(name)));
    let sides = vec![vec![party("east")], vec![party("west")]];
    scenario.steps = vec![step(200, Action::Partition(sides))];
    let run = detailed(scenario.clone(), 1);
    let zones = &scenario.zones;
    let of = |end| match end {
        Endpoint::Node(node) => zones.of_node(node),
        Endpoint::Client(client) => zones.of_client(client),
        Endpoint::Balancer => None,
    };
    let (mut across, mut within) = (0, 0);
    for message in messages(&run).values().filter(|it| it.sent.as_millis_f64() > 240.0) {
        // After healing nothing is cut.
        if message.sent.as_millis_f64() >= 1000.0 {
            continue;
        }
        let is_cut = message.dropped == Some(DropReason::Partition);
        assert_eq!(is_cut, of(message.from) != of(message.to), "{message:?}");
        if is_cut { across += 1 } else { within += 1 }
    }
    assert!(across > 10 && within > 10, "{across} {within}");
    assert_eq!(run.faults[0].label, "split east | west");
    // The plan has the zones, and gives the same run.
    assert_eq!(detailed(run.plan(), 1).digest, run.digest);
    let text = run.plan().to_toml();
    let read = Scenario::parse("plan.toml", &text, node::systems::all()).unwrap();
    assert_eq!(detailed(read, 1).digest, run.digest);
}

#[test]
fn a_zone_is_isolated_as_a_whole() {
    let mut scenario = two_zones();
    scenario.zones.between.values_mut().for_each(|crossing| crossing.loss = None);
    let isolated = |target| {
        let mut scenario = scenario.clone();
        scenario.steps = vec![step(200, Action::Isolate(target))];
        let run = detailed(scenario, 1);
        let cut = messages(&run).into_values().filter(|it| it.dropped.is_some());
        let ends: Vec<_> = cut.map(|it| (it.from.to_string(), it.to.to_string())).collect();
        (ends.contains(&("n1".into(), "n2".into())), ends.contains(&("n1".into(), "n3".into())))
    };
    assert_eq!(isolated(Target::Zone(zone("east"))), (false, true));
    assert_eq!(isolated(Target::All), (true, true));
}

#[test]
fn faults_strike_every_node_of_a_zone() {
    let mut scenario = two_zones();
    scenario.steps =
        vec![step(200, Action::PowerLoss(Target::Zone(zone("east"))).lasting(ms(100)))];
    let run = detailed(scenario, 1);
    let struck: Vec<_> = run.faults.iter().flat_map(|fault| fault.nodes.clone()).collect();
    assert_eq!(struck, [node("n1"), node("n2")]);
    assert_eq!(detailed(run.plan(), 1).digest, run.digest);
}

#[test]
fn links_between_zones_can_be_disturbed_alone() {
    let mut scenario = two_zones();
    scenario.zones.between.values_mut().for_each(|crossing| crossing.loss = None);
    let (share, lasts, links) = (0.5, ms(600), Links::BetweenZones);
    scenario.steps = vec![step(200, Action::Loss { share, lasts, links })];
    let zones = scenario.zones.clone();
    let run = detailed(scenario, 1);
    let of = |end| match end {
        Endpoint::Node(node) => zones.of_node(node),
        Endpoint::Client(client) => zones.of_client(client),
        Endpoint::Balancer => None,
    };
    let lost: Vec<_> = messages(&run).into_values().filter(|it| it.dropped.is_some()).collect();
    assert!(lost.len() > 10);
    assert!(lost.iter().all(|message| of(message.from) != of(message.to)));
}

#[test]
fn roles_of_both_ends_of_a_link_mean_every_link_between_them() {
    let mut scenario = busy(2);
    let count = |scenario: &Scenario| {
        let run = detailed(scenario.clone(), 1);
        let plan = detailed(run.plan(), 1);
        assert_eq!(plan.digest, run.digest, "{}", run.plan().to_toml());
        (run.faults.len(), run.steps.len())
    };
    let cut = |from: &str, to: &str| Action::OneWay { from: target(from), to: target(to) };
    let every_link = [
        cut("all", "all"),
        Action::SlowLink { from: Target::All, to: Target::All, delay: ms(20), lasts: ms(100) },
        Action::FlappingLink { from: Target::All, to: Target::All, period: ms(9), lasts: ms(90) },
    ];
    for action in every_link {
        scenario.steps = vec![step(200, action)];
        assert_eq!(count(&scenario), (6, 1));
    }
    for (from, to, links, steps) in [
        ("leader", "all", 2, 2),
        ("majority", "minority", 2, 2),
        ("any", "any", 1, 1),
        ("n1", "n2", 1, 1),
        ("n1", "all", 2, 1),
    ] {
        scenario.steps = vec![step(200, cut(from, to))];
        assert_eq!(count(&scenario), (links, steps), "{from} -> {to}");
    }
}
