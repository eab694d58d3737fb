//! The scenarios that come with the binary.

use node::systems;
use scenarios::{Action, Property, Scenario, Step, Target, find, library};
use std::{collections::BTreeSet, fs, time::Duration};

#[test]
fn every_file_is_embedded_under_its_own_name() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/library");
    let files: BTreeSet<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let embedded: Vec<String> =
        library().map(|embedded| format!("{}.toml", embedded.name)).collect();
    assert_eq!(embedded.iter().cloned().collect::<BTreeSet<_>>(), files);
    assert_eq!(embedded.len(), files.len(), "a name is listed twice");
    for embedded in library() {
        assert_eq!(embedded.scenario().name, embedded.name);
    }
}

#[test]
fn every_scenario_explains_itself_and_states_what_it_expects() {
    for embedded in library() {
        let scenario = embedded.scenario();
        assert!(!scenario.title.ends_with('.'), "{}: a title is no sentence", embedded.name);
        let sentences = scenario.watch.matches(['.', '!', '?']).count();
        assert_eq!(sentences, 2, "{}: {}", embedded.name, scenario.watch);
        for (system, expectation) in &scenario.expect {
            assert!(systems::find(system).is_some());
            assert!(expectation.holds.len() + expectation.violated.len() > 0, "{}", embedded.name);
        }
    }
}

#[test]
fn every_scenario_survives_being_written() {
    for embedded in library() {
        let scenario = embedded.scenario();
        let written = scenario.to_toml();
        let read = Scenario::parse(embedded.name, &written, systems::all()).unwrap();
        assert_eq!(read, scenario, "{written}");
    }
}

#[test]
fn ghost_data_is_the_experiment_of_its_report() {
    let scenario = find("ghost-data").unwrap();
    let n2 = Target::Node("n2".parse().unwrap());
    let put = |to| Action::Put { key: "999".into(), value: "GhostData".into(), to };
    let get = |from| Action::Get { key: "999".into(), from };
    let step = |at_ms, action| Step::new(Duration::from_millis(at_ms), action);
    let steps = [
        step(1000, Action::Crash(n2)),
        step(2000, put(Target::Leader)),
        step(3000, Action::Restart(n2)),
        step(4000, get(Target::Leader)),
        step(4500, get(n2)),
    ];
    assert_eq!(scenario.steps, steps);
    assert_eq!(scenario.cluster.nodes, 3);
    assert_eq!(scenario.workload, None);
    let expected = &scenario.expect["async-leader"];
    let violated = [Property::Convergence, Property::Staleness, Property::Linearizability];
    assert_eq!(expected.violated, violated);
    assert_eq!(expected.holds, [Property::Durability, Property::Availability, Property::Answers]);
}

#[test]
fn a_mistyped_name_is_mended() {
    use miette::Diagnostic;
    let error = find("gost-data").unwrap_err();
    assert_eq!(error.to_string(), "no scenario is called `gost-data`");
    assert_eq!(error.nearest, Some("ghost-data"));
    assert_eq!(error.near.len(), 3);
    let help = error.help().unwrap().to_string();
    assert!(help.starts_with("did you mean `ghost-data`? The next nearest are `"), "{help}");

    let error = find("no-such-scenario").unwrap_err();
    assert_eq!(error.nearest, None);
    let help = error.help().unwrap().to_string();
    assert!(help.starts_with("the nearest are `") && help.matches('`').count() == 8, "{help}");
}

#[test]
fn every_flaw_of_every_system_breaks_something_in_some_scenario() {
    for system in systems::all() {
        for flaw in system.flaws {
            let shows = |scenario: &Scenario| {
                let is_on = |on: &String| on == flaw.name;
                scenario.for_system(system).flaws.iter().any(is_on)
                    && scenario.expect.get(system.name).is_some_and(|it| !it.violated.is_empty())
            };
            assert!(
                library().any(|embedded| shows(&embedded.scenario())),
                "no scenario expects a violation of {} with `{}`",
                system.name,
                flaw.name
            );
        }
    }
}
