//! Who leaves and joins while it runs, and what raft's mistakes about lives and terms do.

use judge::record::FaultKind;
use scenarios::{Property, Scenario};
use sim::{Detail, Gear, Run};

fn run(scenario: &Scenario, seed: u64) -> Run {
    sim::run(scenario, "raft", seed, Detail::Digest, Gear::Advance).unwrap()
}

/// A scenario of the library with all of its flaws off.
fn without_flaws(name: &str) -> Scenario {
    let mut scenario = scenarios::find(name).unwrap();
    scenario.expect.get_mut("raft").unwrap().flaws.clear();
    scenario
}

fn violates(run: &Run, property: Property) -> bool {
    let judged = run.judgements.iter().find(|judged| judged.property == property).unwrap();
    judged.verdict.witness().is_some()
}

#[test]
fn every_change_is_taken_up_and_counted() {
    let run = run(&scenarios::find("members-come-and-go").unwrap(), 0);
    let changes = run.faults.iter().filter(|fault| fault.kind == FaultKind::Membership);
    let touched: Vec<_> = changes.map(|fault| (fault.label.as_str(), fault.touched)).collect();
    assert_eq!(touched.len(), 4);
    assert!(touched.iter().all(|&(_, touched)| touched == 1), "{touched:?}");
    assert!(run.as_expected(), "{:?} {:?}", run.judgements, run.defects);
}

#[test]
fn a_change_that_changes_nothing_is_a_defect() {
    let mut scenario = scenarios::find("members-come-and-go").unwrap();
    scenario.steps.truncate(2);
    scenario.steps[1] = scenario.steps[0].clone();
    scenario.steps[1].at *= 2;
    let run = run(&scenario, 0);
    assert_eq!(run.defects.len(), 1, "{:?}", run.defects);
    assert!(run.defects[0].contains("n4 was to join"), "{:?}", run.defects);
}

#[test]
fn a_removed_leader_blocks_nobody_unless_only_voters_stand() {
    let flawed = scenarios::find("only-voters-stand").unwrap();
    let mended = without_flaws("only-voters-stand");
    for seed in 0..5 {
        assert!(violates(&run(&flawed, seed), Property::Availability), "seed {seed}");
        assert!(!violates(&run(&mended, seed), Property::Availability), "seed {seed}");
    }
}

#[test]
fn reads_are_stale_only_if_old_rounds_count() {
    assert!(violates(&run(&scenarios::find("old-round-counts").unwrap(), 0), Property::Staleness));
    let mended = without_flaws("old-round-counts");
    for seed in 0..20 {
        assert!(!violates(&run(&mended, seed), Property::Staleness), "seed {seed}");
    }
}

#[test]
fn a_rule_that_is_left_out_shows_and_with_it_nothing_does() {
    let rules = [
        ("log-left-behind", Property::Durability),
        ("vote-lost-with-the-power", Property::StateMachine),
        ("removed-voters-decide", Property::Linearizability),
    ];
    for (name, shows) in rules {
        let (flawed, mended) = (scenarios::find(name).unwrap(), without_flaws(name));
        for seed in 0..8 {
            assert!(violates(&run(&flawed, seed), shows), "{name}, seed {seed}");
            let run = run(&mended, seed);
            let broken = run.judgements.iter().filter(|judged| judged.verdict.witness().is_some());
            let broken = broken.map(|judged| judged.property);
            let broken: Vec<_> = broken.filter(|it| *it != Property::Availability).collect();
            assert!(broken.is_empty() && run.defects.is_empty(), "{name}, seed {seed}: {broken:?}");
        }
    }
}
