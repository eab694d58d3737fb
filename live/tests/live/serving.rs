//! Nodes serve, are killed, and come back.

use crate::common::{Cluster, n, until, value};
use live::ask::{Ask, NoAnswer};
use node::{Answer, Operation, systems::raft::Raft};

#[tokio::test]
async fn three_nodes_elect_a_leader_and_answer() {
    let cluster = Cluster::<Raft>::start(3, |_| {});
    let written = cluster.ask(Operation::put("k", "v")).await;
    assert!(matches!(written, Answer::Written { .. }), "{written}");
    assert_eq!(value(&cluster.ask(Operation::get("k")).await).as_deref(), Some("v"));
}

#[tokio::test]
async fn what_was_written_outlives_every_process() {
    for (keeps, expected) in [(true, Some("v")), (false, None)] {
        // The control: without folders nothing is left.
        let set: fn(&mut live::Options) =
            if keeps { |_| {} } else { |options| options.data = None };
        let mut cluster = Cluster::<Raft>::start(3, set);
        cluster.ask(Operation::put("k", "v")).await;
        for id in [n(1), n(2), n(3)] {
            cluster.kill(id);
        }
        for id in [n(1), n(2), n(3)] {
            cluster.restart(id);
        }
        assert_eq!(value(&cluster.ask(Operation::get("k")).await).as_deref(), expected);
    }
}

#[tokio::test]
async fn one_that_was_killed_catches_up() {
    let mut cluster = Cluster::<Raft>::start(3, |_| {});
    cluster.ask(Operation::put("a", "1")).await;
    cluster.kill(n(1));
    cluster.ask(Operation::put("b", "2")).await;
    cluster.restart(n(1));
    cluster.kill(n(2));
    assert_eq!(value(&cluster.ask(Operation::get("b")).await).as_deref(), Some("2"));
}

#[tokio::test]
async fn one_that_drains_answers_what_is_under_way_and_syncs() {
    let mut cluster = Cluster::<Raft>::start(1, |_| {});
    cluster.ask(Operation::put("k", "v")).await;
    let asker = cluster.server(n(1)).asker();
    until("an answer without a session", async || asker.ask(Operation::get("k")).await.is_ok())
        .await;
    let server = cluster.take(n(1));
    tokio::task::spawn_blocking(|| server.drain()).await.unwrap().unwrap();
    assert_eq!(asker.ask(Operation::get("k")).await, Err(NoAnswer::Stopping));
    cluster.restart(n(1));
    assert_eq!(value(&cluster.ask(Operation::get("k")).await).as_deref(), Some("v"));
}
