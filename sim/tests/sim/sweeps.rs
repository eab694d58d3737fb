//! Sweeps: what fails is told with its seed, and tried first the next time.

use node::systems::{peer_to_peer::PeerToPeer, raft::Raft};
use scenarios::Scenario;
use sim::Simulation;
use std::fs;

/// A scenario that some seeds break: two writes race, and only messages that cross are trouble.
fn race() -> Scenario {
    let text = r#"
        name = "race"
        title = "Two clients write one key at two nodes at about the same time"
        [[step]]
        at = "100ms"
        do = { put = { key = "k", value = "one", to = "n1" } }
        [[step]]
        at = "102ms"
        do = { put = { key = "k", value = "two", to = "n2" } }
        [phases]
        run = "1s"
        [expect.peer-to-peer]
        holds = ["convergence"]
    "#;
    Scenario::parse("race.toml", text, node::systems::all()).unwrap()
}

#[test]
fn seeds_that_fail_are_told_and_tried_first_the_next_time() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("race.seeds");
    let simulation = Simulation::<PeerToPeer>::new(race());
    let swept = simulation.sweep_with(&file, 0..200).unwrap();
    let first = &swept.failures[0];
    assert!(first.seed > 0, "the first seed goes well: {swept}");
    let told = swept.to_string();
    let again = format!("seedbed run race --system peer-to-peer --seed {}", first.seed);
    assert!(told.contains(&again) && told.contains("convergence: "), "{told}");
    assert!(fs::read_to_string(&file).unwrap().contains(&format!("\n{}\n", first.seed)));
    // Now it is found whatever is swept, and noted once.
    let before = fs::read(&file).unwrap();
    let again = simulation.sweep_with(&file, 0..1).unwrap();
    assert_eq!(again.failures[0], *first);
    assert_eq!(fs::read(&file).unwrap(), before);
    fs::write(&file, "seven\n").unwrap();
    assert!(simulation.sweep_with(&file, 0..1).is_err());
}

#[test]
fn what_holds_with_every_seed_is_as_expected_and_nothing_is_not() {
    let ghost_data = || scenarios::find("ghost-data").unwrap();
    Simulation::<Raft>::new(ghost_data()).sweep(0..40).assert_as_expected();
    let none = Simulation::<Raft>::new(ghost_data()).sweep(0..0);
    assert!(!none.as_expected(), "nothing was looked at");
    let unstated = Simulation::<Raft>::of(3).sweep(0..1);
    assert!(unstated.to_string().contains("nothing is expected of raft"), "{unstated}");
}
