//! Zones, what lies between them, and lists of targets.

use super::{ms, read};
use node::{ClientId, NodeId, client::Route};
use scenarios::{Action, Crossing, Latency, Links, Party, Target, ZoneName};

fn n(number: u32) -> NodeId {
    NodeId::new(number)
}

fn zone(name: &str) -> ZoneName {
    name.parse().unwrap()
}

const ZONES: &str = r#"
    [cluster]
    nodes = 6
    [zones.west]
    nodes = ["n5", "n1..n2"]
    clients = ["c2..c3"]
    [zones.east]
    nodes = 2
    clients = 2
    [zones.far-east]
    nodes = ["n6"]
    [network.nodes]
    loss = 0.25
    [network.between]
    "west <-> east" = "40ms"
    "east -> west" = { loss = 0.5 }
    [workload]
    clients = 4
    reads = "nearest"
    [[network.link]]
    from = "west"
    to = ["n3", "n6"]
    duplicate = 0.1
"#;

#[test]
fn zones_take_names_ranges_and_how_many() {
    let scenario = read(ZONES);
    let zones = &scenario.zones;
    let names: Vec<_> = zones.zones.iter().map(|zone| zone.name.to_string()).collect();
    assert_eq!(names, ["west", "east", "far-east"], "the order of the file");
    assert_eq!(zones.nodes(zone("west")), [n(1), n(2), n(5)]);
    // Those that nobody names.
    assert_eq!(zones.nodes(zone("east")), [n(3), n(4)]);
    assert_eq!(zones.of_client(ClientId::new(3)), Some(zone("west")));
    assert_eq!(zones.of_client(ClientId::new(4)), Some(zone("east")));
    assert_eq!(scenario.workload.as_ref().unwrap().reads, Route::Nearest);
    let near: Vec<_> = zones.nearest(ClientId::new(4), 6).iter().map(NodeId::to_string).collect();
    assert_eq!(near, ["n3", "n4", "n1", "n2", "n5", "n6"]);
}

#[test]
fn one_way_goes_before_both_ways_and_a_link_before_either() {
    let scenario = read(ZONES);
    let latency = Some(Latency::Constant(ms(40)));
    let (east, west) = (zone("east"), zone("west"));
    let both = Crossing { latency: latency.clone(), ..Crossing::default() };
    assert_eq!(scenario.zones.between[&(west, east)], both);
    let one_way = Crossing { loss: Some(0.5), ..both };
    assert_eq!(scenario.zones.between[&(east, west)], one_way);
    // The link states one thing; the rest is what lies between the zones.
    let links = &scenario.network.links;
    assert_eq!(links.len(), 6);
    let crossing = &links[&(n(1), n(3))];
    assert_eq!((Some(&crossing.latency), crossing.loss), (latency.as_ref(), 0.25));
    assert_eq!(crossing.duplicate, 0.1);
    assert_eq!(links[&(n(1), n(6))].latency, scenario.network.nodes.latency);
    let text = scenario.to_toml();
    assert_eq!(read_whole(&text), scenario, "{text}");
}

fn read_whole(text: &str) -> scenarios::Scenario {
    crate::common::parse(text).unwrap_or_else(|error| panic!("{error:?}"))
}

fn actions(steps: &str) -> Vec<Action> {
    read(&format!("{ZONES}\n{steps}")).steps.into_iter().map(|step| step.action).collect()
}

#[test]
fn a_zone_is_a_target() {
    let (east, west) = (Target::Zone(zone("east")), Target::Zone(zone("west")));
    let steps = r#"
        [[step]]
        at = "1s"
        do = { power-loss = "east" }
        [[step]]
        at = "2s"
        do = { partition = [["east"], ["west", "n3"], ["clients"]], lasts = "1s" }
        [[step]]
        at = "3s"
        do = { loss = { share = 0.1, lasts = "1s", links = "between-zones" } }
    "#;
    let sides = vec![
        vec![Party::Node(east)],
        vec![Party::Node(west), Party::Node(Target::Node(n(3)))],
        vec![Party::Clients],
    ];
    let expected = [
        Action::PowerLoss(east),
        Action::Partition(sides).lasting(ms(1000)),
        Action::Loss { share: 0.1, lasts: ms(1000), links: Links::BetweenZones },
    ];
    assert_eq!(actions(steps), expected);
}

#[test]
fn a_list_of_targets_is_a_step_for_each() {
    let step = |action: &str| actions(&format!("[[step]]\nat = \"1s\"\ndo = {action}\n"));
    let node = |number| Target::Node(n(number));
    let crashes = [node(2), Target::Zone(zone("east")), Target::Follower].map(Action::Crash);
    assert_eq!(step("{ crash = [\"n2\", \"east\", \"follower\"] }"), crashes);
    let lasting = [node(1), node(2)].map(|node| Action::Pause(node).lasting(ms(500)));
    assert_eq!(step("{ pause = [\"n1\", \"n2\"], lasts = \"500ms\" }"), lasting);
    let cut = |from, to| Action::OneWay { from: node(from), to: node(to) };
    // Not from n2 to itself.
    let cuts = [cut(1, 2), cut(1, 3), cut(2, 3)];
    assert_eq!(step("{ one-way = { from = [\"n1\", \"n2\"], to = [\"n2\", \"n3\"] } }"), cuts);
    let get = |at| Action::Get { key: "k".into(), from: node(at) };
    assert_eq!(step("{ get = { key = \"k\", from = [\"n1\", \"n3\"] } }"), [get(1), get(3)]);
}
