//! What is drawn.

use hunt::draw;
use scenarios::Scenario;
use std::collections::BTreeSet;

#[test]
fn a_seed_draws_the_same_again_and_another_something_else() {
    let raft = node::systems::find("raft").unwrap();
    let drawn: Vec<_> = (0..20).map(|seed| draw(raft, &[], seed)).collect();
    let again: Vec<_> = (0..20).map(|seed| draw(raft, &[], seed)).collect();
    assert_eq!(drawn, again);
    let told: BTreeSet<String> = drawn.iter().map(|drawn| format!("{:?}", drawn.knobs)).collect();
    assert_eq!(told.len(), 20);
}

#[test]
fn what_is_drawn_is_a_scenario_that_can_be_written_and_read() {
    for system in node::systems::all() {
        for seed in 0..5 {
            let scenario = draw(system, &[], seed).scenario;
            let text = scenario.to_toml();
            let read = Scenario::parse("drawn.toml", &text, node::systems::all());
            let read = read.unwrap_or_else(|error| panic!("{error:?}\n{text}"));
            assert_eq!(read.to_toml(), text);
            assert!(scenario.obstacles(system).is_empty(), "{} {seed}", system.name);
        }
    }
}
