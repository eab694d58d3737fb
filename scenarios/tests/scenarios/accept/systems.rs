//! What applies to which of the expected systems.

use super::read;
use crate::common::{TOY, systems};
use node::{OperationKind, Setting, SystemInfo, systems::FlawInfo};
use scenarios::{Expectation, Property, Scenario, SystemSettings};

/// A system with one flaw of the toy's and no settings.
const OTHER: SystemInfo = SystemInfo {
    name: "other",
    operations: &[OperationKind::Put],
    flaws: &[FlawInfo { name: "no-retry", summary: "drops", builds_on: None }],
    settings: &[],
    ..TOY
};

fn read_with_other(sections: &str) -> Scenario {
    let text = crate::common::around(sections);
    let systems: Vec<_> = systems().into_iter().chain([OTHER]).collect();
    Scenario::parse("test.toml", &text, &systems).expect("the scenario is valid")
}

#[test]
fn a_flaw_may_belong_to_one_of_the_expected_systems() {
    let sections = "[system]\nflaws = [\"no-retry\"]\n[expect.toy]\n[expect.async-leader]\n";
    assert_eq!(read(sections).system.flaws, ["no-retry"]);
}

#[test]
fn an_expectation_in_every_detail() {
    let sections = "[expect.toy]\nholds = [\"state-machine\"]\nviolated = [\"per-key-order\"]\n\
         flaws = [\"serial-fanout\", \"no-retry\"]\n";
    let expectation = Expectation {
        holds: vec![Property::StateMachine],
        violated: vec![Property::PerKeyOrder],
        flaws: vec!["serial-fanout".to_owned(), "no-retry".to_owned()],
    };
    assert_eq!(read(sections).expect["toy"], expectation);
}

#[test]
fn each_system_gets_what_it_declares_and_its_own_flaws() {
    let scenario = read_with_other(
        "[system]\nflaws = [\"no-retry\"]\nquorum = 3\nr = 1\n\
         [expect.toy]\nflaws = [\"no-retry\", \"serial-fanout\"]\n\
         [expect.other]\n[expect.quorum]\n",
    );
    let set = |flaws: &[&str], settings: &[(&str, u64)]| SystemSettings {
        flaws: flaws.iter().map(|&flaw| flaw.to_owned()).collect(),
        settings: settings
            .iter()
            .map(|&(name, count)| (name.to_owned(), Setting::Count(count)))
            .collect(),
        next: None,
    };
    let quorum = node::systems::find("quorum").unwrap();
    let stranger = node::systems::find("async-leader").unwrap();
    assert_eq!(scenario.for_system(&TOY), set(&["no-retry", "serial-fanout"], &[("quorum", 3)]));
    assert_eq!(scenario.for_system(&OTHER), set(&["no-retry"], &[]));
    assert_eq!(scenario.for_system(quorum), set(&[], &[("r", 1)]));
    assert_eq!(scenario.for_system(stranger), SystemSettings::default());
}

#[test]
fn settings_that_a_system_can_run_with() {
    let expected = "[expect.quorum]\n";
    read(&format!("[cluster]\nnodes = 5\n[system]\nn = 3\nr = 3\nw = 3\n{expected}"));
    read(&format!("[cluster]\nnodes = 1\n{expected}"));
    // What only another system declares is none of its business.
    read(&format!("[system]\nquorum = 99\n[expect.toy]\n{expected}"));
}
