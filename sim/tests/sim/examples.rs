//! The scenarios among the examples run as they expect.

use node::{NodeId, systems};
use scenarios::{Property, Scenario};
use sim::{Detail, Gear};

fn example(name: &str) -> Scenario {
    let path = format!("{}/../examples/{name}.toml", env!("CARGO_MANIFEST_DIR"));
    Scenario::load(path, systems::all()).unwrap()
}

fn run(scenario: &Scenario, system: &str, seed: u64) -> sim::Run {
    sim::run(scenario, system, seed, Detail::Verdicts, Gear::Advance).unwrap()
}

#[test]
fn two_datacentres_and_the_bank_come_out_as_they_expect() {
    for name in ["two-datacentres", "bank"] {
        let scenario = example(name);
        for system in scenario.expect.keys() {
            run(&scenario, system, 0).assert_as_expected();
        }
    }
    assert_eq!(example("two-datacentres").default_system().unwrap().name, "raft");
    assert_eq!(example("bank").default_system().unwrap().name, "async-leader");
}

#[test]
fn without_the_cut_the_west_is_answered() {
    let mut scenario = example("two-datacentres");
    scenario.steps.clear();
    let run = run(&scenario, "raft", 0);
    let availability = &run.judgement(Property::Availability).unwrap().verdict;
    assert_eq!(availability.word(), "holds");
    // A follower in the west asks the east before it answers.
    let near = |zone: usize| {
        let zone = &scenario.zones.zones[zone];
        let of = run.operations().iter().filter(|it| zone.clients.contains(&it.client));
        let mut took: Vec<_> = of.map(|it| it.completed.since(it.invoked)).collect();
        took.sort();
        took[took.len() / 2].as_millis()
    };
    assert!(near(0) < 15 && near(1) > 70, "{} {}", near(0), near(1));
    assert_eq!(scenario.zones.of_node(NodeId::new(4)), Some(scenario.zones.zones[1].name));
}
