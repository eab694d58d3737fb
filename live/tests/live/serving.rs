//! Nodes serve, are killed, and come back.

use crate::common::{Cluster, n, until, value};
use live::{
    Options, Server,
    api::discovery::Settings,
    ask::{Ask, NoAnswer},
};
use node::{
    Answer, Operation,
    systems::{async_leader::AsyncLeader, raft::Raft},
};
use std::time::Duration;

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
        let set: fn(&mut Options) = if keeps { |_| {} } else { |options| options.data = None };
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

/// Announcements by the second would keep a test waiting.
fn announces(options: &mut Options) {
    let milliseconds = Duration::from_millis;
    options.discovery = Some(Settings {
        address: "127.255.255.255:27946".parse().unwrap(),
        announce: milliseconds(50),
        silence: milliseconds(500),
        sweep: milliseconds(100),
    });
}

#[tokio::test]
async fn nodes_that_announce_themselves_are_found_until_they_are_gone() {
    let mut cluster = Cluster::<AsyncLeader>::start(3, announces);
    let asker = cluster.server(n(1)).asker();
    let found = || {
        let all = asker.discovered().unwrap();
        all.into_iter().map(|it| (it.id, it.port, it.is_leader)).collect::<Vec<_>>()
    };
    let [one, two, three] =
        [1, 2, 3].map(|it| (format!("n{it}"), cluster.address(n(it)).port(), it == 1));
    until("all are found", async || found() == [one.clone(), two.clone(), three.clone()]).await;
    cluster.kill(n(3));
    until("one is missed", async || found() == [one.clone(), two.clone()]).await;
    // The control: who does not listen finds nobody.
    let silent = Cluster::<AsyncLeader>::start(1, |_| {});
    assert_eq!(silent.server(n(1)).asker().discovered(), None);
}

#[tokio::test]
async fn a_copy_is_what_the_node_was_started_from_again() {
    let mut cluster = Cluster::<Raft>::start(1, |_| {});
    cluster.ask(Operation::put("k", "before")).await;
    let copy = cluster.server(n(1)).asker().back_up().await.unwrap();
    cluster.ask(Operation::put("k", "after")).await;
    let mut options = cluster.options(n(1));
    options.data = Some(copy.into());
    cluster.kill(n(1));
    let server = Server::start::<Raft>(options).unwrap();
    let asker = server.asker();
    until("it leads again", async || {
        asker.ask(Operation::get("k")).await.is_ok_and(|it| value(&it).as_deref() == Some("before"))
    })
    .await;
    drop(server);
    // The control: the node itself has gone on.
    cluster.restart(n(1));
    assert_eq!(value(&cluster.ask(Operation::get("k")).await).as_deref(), Some("after"));
    // And one in memory has nothing to copy.
    let forgetful = Cluster::<AsyncLeader>::start(1, |options| options.data = None);
    let why = forgetful.server(n(1)).asker().back_up().await.unwrap_err();
    assert!(why.contains("in memory"), "{why}");
}
