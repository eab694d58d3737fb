//! Small clusters in which one thing happens.

use super::{
    cluster::{Cluster, MS},
    faults::Knobs,
};
use node::{NodeId, Role, systems::raft::MembershipChange};

fn node(number: u32) -> NodeId {
    NodeId::new(number)
}

/// A calm cluster that has had half a second to elect a leader and serve its client.
fn settled(knobs: Knobs) -> (Cluster, NodeId) {
    let mut cluster = Cluster::new(knobs, 1);
    cluster.boot_all().unwrap();
    run(&mut cluster, 700);
    let leader = cluster.leader().expect("a leader is elected");
    (cluster, leader)
}

fn run(cluster: &mut Cluster, ms: u64) {
    let end = cluster.now + ms * MS;
    cluster.run_until(end).unwrap();
    cluster.compare_all().unwrap();
}

fn commit(cluster: &Cluster, id: NodeId) -> u64 {
    let found = cluster.nodes().find(|&(node, _)| node == id);
    found.and_then(|(_, node)| node.probe()).expect("it takes part").commit
}

fn voters(cluster: &Cluster, id: NodeId) -> Vec<String> {
    let found = cluster.nodes().find(|&(node, _)| node == id);
    let probe = found.and_then(|(_, node)| node.probe()).expect("it takes part");
    probe.voters.iter().map(NodeId::to_string).collect()
}

#[test]
fn a_lone_node_serves() {
    let (mut cluster, _) = settled(Knobs { nodes: 1, ..Knobs::calm() });
    let before = cluster.clients[0].done;
    run(&mut cluster, 500);
    assert!(cluster.clients[0].done > before + 5);
}

#[test]
fn a_follower_that_was_away_for_long_gets_a_snapshot() {
    let (mut cluster, leader) = settled(Knobs { snapshot_after: 8, ..Knobs::calm() });
    let away = cluster.ids().find(|&id| id != leader).unwrap();
    cluster.crash(away, true);
    run(&mut cluster, 3000);
    assert_eq!(cluster.tally.snapshots_sent, 0);
    cluster.boot(away).unwrap();
    cluster.clients_rest = true;
    run(&mut cluster, 1000);
    assert!(cluster.tally.snapshots_sent > 0);
    assert_eq!(commit(&cluster, away), commit(&cluster, leader));
    cluster.checks.have_converged(cluster.nodes()).unwrap();
}

#[test]
fn a_minority_answers_nothing_and_a_leader_without_followers_gives_up() {
    let (mut cluster, leader) = settled(Knobs::calm());
    for id in cluster.ids().filter(|&id| id != leader) {
        cluster.crash(id, false);
    }
    run(&mut cluster, 700);
    assert_eq!(cluster.leader(), None);
    let done = cluster.clients[0].done;
    run(&mut cluster, 2000);
    assert_eq!(cluster.clients[0].done, done);
}

#[test]
fn a_leader_that_is_cut_off_is_replaced() {
    let (mut cluster, leader) = settled(Knobs::calm());
    cluster.isolate(leader);
    run(&mut cluster, 1500);
    let next = cluster.leader().expect("the others elect one");
    assert_ne!(next, leader);
    let leads = cluster.nodes().filter(|(_, node)| node::Node::role(*node) == Role::Leader);
    assert_eq!(leads.count(), 1, "the old one has stepped down");
    assert!(commit(&cluster, next) > commit(&cluster, leader));
}

#[test]
fn a_leader_whose_disk_fails_makes_room_for_another() {
    let (mut cluster, leader) = settled(Knobs::calm());
    cluster.slots[leader.index()].medium.lock().unwrap().is_failing = true;
    run(&mut cluster, 1500);
    let next = cluster.leader().expect("the others elect one");
    assert_ne!(next, leader);
    let done = cluster.clients[0].done;
    run(&mut cluster, 500);
    assert!(cluster.clients[0].done > done);
}

#[test]
fn a_node_joins_and_the_leader_leaves() {
    let (mut cluster, leader) = settled(Knobs { nodes: 4, voters: 3, ..Knobs::calm() });
    assert_eq!(commit(&cluster, node(4)), 0, "nobody talks to a node without a vote");
    cluster.ask_to_change(MembershipChange::Add(node(4)), 1);
    run(&mut cluster, 500);
    assert_eq!(voters(&cluster, node(4)), ["n1", "n2", "n3", "n4"]);
    assert!(commit(&cluster, node(4)) > 0);

    cluster.ask_to_change(MembershipChange::Remove(leader), 1);
    run(&mut cluster, 1500);
    let next = cluster.leader().expect("the others elect one");
    assert_ne!(next, leader);
    assert!(!voters(&cluster, next).contains(&leader.to_string()));
    let done = cluster.clients[0].done;
    run(&mut cluster, 500);
    assert!(cluster.clients[0].done > done);
}

#[test]
fn two_membership_changes_at_once_are_one() {
    let (mut cluster, leader) = settled(Knobs { nodes: 5, ..Knobs::calm() });
    let others: Vec<_> = cluster.ids().filter(|&id| id != leader).collect();
    cluster.ask_to_change(MembershipChange::Remove(others[0]), 1);
    cluster.ask_to_change(MembershipChange::Remove(others[1]), 1);
    run(&mut cluster, 300);
    assert_eq!(voters(&cluster, leader).len(), 4);
}

#[test]
fn everyone_losing_power_loses_nothing_that_was_acknowledged() {
    let (mut cluster, _) = settled(Knobs::calm());
    for _ in 0..5 {
        for id in cluster.ids() {
            cluster.crash(id, true);
        }
        cluster.boot_all().unwrap();
        run(&mut cluster, 1000);
    }
    cluster.clients_rest = true;
    run(&mut cluster, 500);
    cluster.checks.reads_are_linearizable().unwrap();
    cluster.checks.have_converged(cluster.nodes()).unwrap();
    assert!(cluster.clients[0].done > 20);
}

/// Four nodes, one of them down for good. The leader, cut off, writes its own removal, and is
/// killed and started again. Answers whether anyone leads later on.
fn comes_back_with_its_own_removal(flaws: &[&str]) -> (Cluster, NodeId) {
    let flaws = flaws.iter().map(|&flaw| flaw.to_owned()).collect();
    let (mut cluster, leader) = settled(Knobs { nodes: 4, flaws, ..Knobs::calm() });
    let away = cluster.ids().find(|&id| id != leader).unwrap();
    cluster.crash(away, false);
    cluster.isolate(leader);
    cluster.ask_to_change(MembershipChange::Remove(leader), 1);
    run(&mut cluster, 50);
    assert_eq!(voters(&cluster, leader).len(), 3, "it is in its log");
    cluster.crash(leader, false);
    cluster.cut.clear();
    cluster.boot(leader).unwrap();
    run(&mut cluster, 3000);
    (cluster, leader)
}

#[test]
fn a_removed_leader_stands_until_its_removal_is_committed() {
    let (mut cluster, removed) = comes_back_with_its_own_removal(&[]);
    let next = cluster.leader().expect("the others follow the removed one until it is out");
    assert_ne!(next, removed);
    assert!(!voters(&cluster, next).contains(&removed.to_string()));
    let done = cluster.clients[0].done;
    run(&mut cluster, 500);
    assert!(cluster.clients[0].done > done);
}

#[test]
fn only_voters_stand_is_what_it_says() {
    let (cluster, _) = comes_back_with_its_own_removal(&["only-voters-stand"]);
    assert_eq!(cluster.leader(), None);
}
