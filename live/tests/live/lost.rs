//! What is sent to a node that is away is lost.

use crate::common::{Cluster, n, until, value};
use live::{Asker, ask::Ask};
use node::{
    Node, Operation, Wire,
    systems::{anti_entropy::AntiEntropy, async_leader::AsyncLeader},
};

async fn has(asker: &Asker, key: &str) -> bool {
    asker.ask(Operation::get(key)).await.is_ok_and(|answer| value(&answer).is_some())
}

/// A follower is away while a key is written, and comes back; the answer is what asks it once a later write
/// has reached it.
async fn one_that_missed_a_write<N: Node<Message: Wire>>() -> (Cluster<N>, Asker) {
    let mut cluster = Cluster::<N>::start(3, |_| {});
    cluster.kill(n(2));
    cluster.ask(Operation::put("missed", "v")).await;
    cluster.restart(n(2));
    let follower = cluster.server(n(2)).asker();
    until("a later write arrives", async || {
        cluster.ask(Operation::put("later", "v")).await;
        has(&follower, "later").await
    })
    .await;
    (cluster, follower)
}

#[tokio::test]
async fn a_message_to_a_node_that_is_away_never_arrives() {
    let (_cluster, follower) = one_that_missed_a_write::<AsyncLeader>().await;
    assert!(!has(&follower, "missed").await, "nothing is kept for one that is away");
}

#[tokio::test]
async fn a_system_that_repairs_makes_up_for_it() {
    let (_cluster, follower) = one_that_missed_a_write::<AntiEntropy>().await;
    until("the repair", async || has(&follower, "missed").await).await;
}
