//! Liveness on whole clusters, and what a run proves of which nothing was expected.

use super::{store::Liar, word};
use judge::Run;
use node::{Node, client::Route};
use scenarios::{Expectation, Property, Scenario};
use sim::Simulation;
use std::time::Duration;

/// The store takes writes for a while; then all is healed, settles, and is probed.
fn probed(lies: &[&str], heal: bool, holds: &[Property]) -> Run {
    let mut scenario = scenarios::find("healthy").unwrap();
    scenario.cluster.nodes = 1;
    scenario.phases.run = Duration::from_millis(400);
    scenario.phases.heal = heal;
    scenario.phases.settle = Duration::from_millis(200);
    if let Some(workload) = &mut scenario.workload {
        workload.start = Duration::ZERO;
        workload.stop = Duration::from_millis(400);
        (workload.reads, workload.writes) = (Route::Leader, Route::Leader);
    }
    scenario.steps.clear();
    scenario.system.flaws = lies.iter().map(|lie| (*lie).to_owned()).collect();
    let expectation = Expectation { holds: holds.to_vec(), ..Expectation::default() };
    scenario.expect = [(Liar::INFO.name.to_owned(), expectation)].into();
    Simulation::<Liar>::new(scenario).seed(3).run().unwrap()
}

#[test]
fn a_cluster_that_holds_everything_and_refuses_everybody_is_not_alive() {
    let holds = [Property::Durability, Property::Linearizability, Property::Liveness];
    let alive = probed(&[], true, &holds);
    alive.assert_as_expected();
    assert!(!alive.probes.is_empty());
    for lie in ["refuses-from-half-a-second-on", "is-silent-from-half-a-second-on"] {
        let dead = probed(&[lie], true, &holds);
        // All that was done before is well: the probes alone tell.
        assert_eq!(word(&dead, Property::Durability), "holds");
        assert_eq!(word(&dead, Property::Linearizability), "holds");
        assert_eq!(word(&dead, Property::Availability), "holds");
        assert_eq!(word(&dead, Property::Liveness), "violated", "{lie}");
        assert!(!dead.as_expected());
        let answered = |run: &Run| run.operations().iter().filter(|it| it.is_answered()).count();
        assert_eq!(answered(&dead), answered(&alive));
    }
}

#[test]
fn where_nothing_is_healed_nothing_is_probed_and_nobody_knows() {
    for lies in [&[][..], &["refuses-from-half-a-second-on"]] {
        let run = probed(lies, false, &[Property::Durability]);
        assert!(run.probes.is_empty());
        assert_eq!(word(&run, Property::Liveness), "unknown");
    }
}

#[test]
fn a_run_of_which_nothing_is_expected_proves_nothing() {
    let stated = probed(&[], true, &[Property::Durability]);
    assert!(stated.as_expected() && !stated.expects_nothing());
    let unstated = probed(&[], true, &[]);
    assert!(unstated.expects_nothing() && !unstated.as_expected());
    // A scenario written as code, for a system that it never names.
    let mut bare = Scenario::bare("bare", 1);
    bare.phases.run = Duration::from_millis(10);
    assert!(!Simulation::<Liar>::new(bare).run().unwrap().as_expected());
}
