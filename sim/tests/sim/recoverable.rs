//! What lies on the disk of a node that is down counts as held, also where the node itself would have
//! to hear from others before it applied it.

use crate::common::{step, target};
use judge::record::OperationRecord;
use node::{
    Node,
    systems::{async_leader::AsyncLeader, durable_eventual::DurableEventual, raft::Raft},
};
use scenarios::{Action, Property, Scenario};
use sim::{Run, Simulation};
use std::time::Duration;

/// A write is acknowledged, and then every node goes down for good.
fn all_down<N: Node>(flaws: &[&str], down: fn(scenarios::Target) -> Action) -> Run {
    let mut scenario = Scenario::bare("all down", 3);
    scenario.phases.run = Duration::from_secs(4);
    scenario.phases.heal = false;
    scenario.system.flaws = flaws.iter().map(|&flaw| flaw.to_owned()).collect();
    let (key, value) = ("k".into(), "a".into());
    scenario.steps = vec![step(2000, Action::Put { key, value, to: target("leader") })];
    let nodes = ["n1", "n2", "n3"].into_iter();
    scenario.steps.extend(nodes.map(|node| step(3000, down(target(node)))));
    let run = Simulation::<N>::new(scenario).seed(1).run().unwrap();
    assert!(run.history.operations.iter().any(OperationRecord::is_ok));
    assert!(run.replicas.iter().all(|replica| replica.entries.is_none()));
    run
}

/// How many disks hold the write, and the verdict on durability.
fn held(run: &Run) -> (usize, &'static str) {
    let disks = run.replicas.iter().filter_map(|replica| replica.on_disk.as_ref());
    let holding = disks.filter(|entries| entries.iter().any(|(key, _)| key.as_str() == "k"));
    (holding.count(), run.judgement(Property::Durability).unwrap().verdict.word())
}

#[test]
fn a_log_on_the_disks_of_dead_nodes_is_not_lost() {
    let run = all_down::<Raft>(&[], Action::Crash);
    let (holding, verdict) = held(&run);
    // A majority has it, be it known to be committed there or not.
    assert!(holding >= 2, "{holding}");
    assert_eq!(verdict, "holds");
    let (holding, verdict) = held(&all_down::<DurableEventual>(&[], Action::Crash));
    assert_eq!((holding, verdict), (3, "holds"));
}

#[test]
fn what_was_in_memory_alone_or_never_synced_is_lost() {
    let (holding, verdict) = held(&all_down::<AsyncLeader>(&[], Action::Crash));
    assert_eq!((holding, verdict), (0, "violated"));
    let (_, with_fsync) = held(&all_down::<Raft>(&[], Action::PowerLoss));
    let (_, without) = held(&all_down::<Raft>(&["no-fsync"], Action::PowerLoss));
    assert_eq!((with_fsync, without), ("holds", "violated"));
}
