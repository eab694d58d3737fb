//! Keys lie where the ring says, by the checker's own computation.

use judge::{
    property::{self, Evidence},
    record::{Replica, Verdict},
};
use scenarios::Property;
use sim::{Detail, Gear, Run};

fn run(name: &str) -> Run {
    let scenario = scenarios::find(name).unwrap();
    sim::run(&scenario, "sharded-groups", 0, Detail::Digest, Gear::Advance).unwrap()
}

/// What is found of a run whose replicas were these.
fn placement(run: &Run, replicas: &[Replica]) -> Verdict {
    let evidence = Evidence {
        history: &run.history,
        replicas,
        faults: &run.faults,
        facts: &run.facts,
        probes: &run.probes,
        system: Some(&run.system),
        trace: None,
        run_ended: run.run_ended,
        ended: run.ended,
        words: judge::record::Words::Said,
    };
    let judgements = property::judge(&evidence, &run.scenario.properties, None).judgements;
    let found = judgements.into_iter().find(|it| it.property == Property::Placement);
    found.unwrap().verdict
}

#[test]
fn the_ring_holds_and_its_reverse_does_not() {
    for name in ["minimal-data-movement", "discovery-convergence"] {
        let run = run(name);
        let right = placement(&run, &run.replicas);
        assert!(matches!(right, Verdict::Holds(_)), "{name}: {right:?}");
        // As if every node had placed keys by another rule, all of them alike.
        let groups = run.replicas.iter().map(|replica| replica.group).max().unwrap() + 1;
        let mut moved = run.replicas.clone();
        moved.iter_mut().for_each(|replica| replica.group = (replica.group + 1) % groups);
        let wrong = placement(&run, &moved);
        assert!(matches!(wrong, Verdict::Violated(_)), "{name}: {wrong:?}");
    }
}

#[test]
fn a_key_that_was_written_while_rings_differed_may_lie_in_both_groups() {
    let run = run("rings-disagree");
    let verdict = placement(&run, &run.replicas);
    assert!(matches!(verdict, Verdict::Holds(_)), "{verdict:?}");
}
