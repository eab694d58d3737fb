//! What a simulation test written as code holds in its hands.

mod faults;

use crate::{door::Door, world::Command};
use node::{
    Answer, ClientId, Key, NodeId, Operation, Time, Value,
    client::{Failure, Outcome, Retry, Route},
};
use scenarios::{Action, Target};
use std::{future::Future, sync::Arc, time::Duration};
use tokio::sync::oneshot;

/// A running cluster: faults to strike it with, and clients to use it by.
///
/// Everything that is asked for takes place in simulated time, at the present
/// moment, before the call returns. Nodes go by their names, `n1` and so on, or
/// by their roles: `leader`, `follower`, `any`, `all`, `majority`, `minority`; a zone is all the
/// nodes in it. A name that is none of these, or that of a node which the cluster does not have, panics where it is given.
#[derive(Clone)]
pub struct Cluster {
    door: Arc<dyn Door>,
}

/// A client session of a test.
///
/// ```
/// use node::client::{Retry, Route};
/// use node::systems::raft::Raft;
/// use sim::Simulation;
///
/// let (_, keys) = Simulation::<Raft>::of(3)
///     .run_with(|cluster| async move {
///         // One that asks again where it is sent on to, until raft has a leader.
///         let retry = Retry { attempts: 10, ..Retry::default() };
///         let client = cluster.client_with(Route::Leader, Route::Leader, retry);
///         client.put("stock", "3").await.unwrap();
///         assert!(client.compare_and_set("stock", Some("3"), "2").await.unwrap());
///         assert!(!client.compare_and_set("stock", Some("3"), "1").await.unwrap());
///         client.list_keys().await.unwrap()
///     })
///     .unwrap();
/// assert_eq!(keys, ["stock".into()]);
/// ```
#[derive(Clone)]
pub struct Client {
    door: Arc<dyn Door>,
    id: ClientId,
}

impl Cluster {
    pub(crate) fn new(door: Arc<dyn Door>) -> Self {
        Self { door }
    }

    /// The present moment in simulated time.
    pub fn now(&self) -> Time {
        self.door.now()
    }

    /// Waits. Unlike `madsim::time::sleep` it is exact below a millisecond.
    pub async fn sleep(&self, duration: Duration) {
        let wake_at = self.now() + duration;
        let (wake, woken) = oneshot::channel();
        self.door.command_at(wake_at, Command::Wake(wake));
        finished(woken.await);
    }

    /// A client that reads and writes at the leader, with one attempt of one second.
    pub fn client(&self) -> Client {
        self.client_with(Route::Leader, Route::Leader, Retry::default())
    }

    /// A client that reads and writes at one node.
    ///
    /// # Panics
    ///
    /// Panics if the text is not the name of a node that the cluster has.
    #[track_caller]
    pub fn client_of(&self, node: &str) -> Client {
        let node: NodeId = node.parse().unwrap_or_else(|error| panic!("{error}"));
        self.client_with(Route::Node(node), Route::Node(node), Retry::default())
    }

    /// A client with routes and retries of its own.
    ///
    /// # Panics
    ///
    /// Panics if a route is a node that the cluster does not have, or the retries have no attempt.
    #[track_caller]
    pub fn client_with(&self, reads: Route, writes: Route, retry: Retry) -> Client {
        for route in [reads, writes] {
            if let Route::Node(node) = route {
                self.check(node);
            }
        }
        Client { door: self.door.clone(), id: self.door.add_client(reads, writes, retry) }
    }

    /// Does whatever a step of a scenario can do. An operation is begun, and not waited for.
    ///
    /// # Panics
    ///
    /// Panics if the action names a node or a zone that the cluster does not have, has an end
    /// beside it that it cannot have, or upgrades to a version that there is not.
    #[track_caller]
    pub fn act(&self, action: Action) -> impl Future<Output = ()> + use<> {
        for node in action.nodes() {
            self.check(node);
        }
        if let Action::Lasting { action, .. } = &action {
            assert!(action.can_last(), "`{}` takes no end beside it", action.name());
        }
        if let Action::Install { .. } | Action::RollingUpgrade { .. } = action {
            let has_next = self.door.scenario().system.next.is_some();
            assert!(has_next, "`{}` needs a version to go to: `system.next`", action.name());
        }
        let door = self.door.clone();
        async move {
            let (done, is_done) = oneshot::channel();
            door.command(Command::Act(action, done));
            finished(is_done.await);
        }
    }

    /// The node, role or zone of this name.
    #[track_caller]
    fn target(&self, name: &str) -> Target {
        let scenario = self.door.scenario();
        let zone = name.parse().ok().filter(|zone| scenario.zones.get(*zone).is_some());
        let target = zone
            .map_or_else(|| name.parse().unwrap_or_else(|error| panic!("{error}")), Target::Zone);
        if let Target::Node(node) = target {
            self.check(node);
        }
        target
    }

    /// Panics, where the caller called, if the cluster has no such node.
    #[track_caller]
    fn check(&self, node: NodeId) {
        let nodes = self.door.scenario().cluster.nodes;
        assert!(
            node.index() < nodes,
            "the cluster has no node `{node}`: its nodes are n1 to n{nodes}"
        );
    }
}

impl Client {
    /// The session's name in history and trace.
    pub fn id(&self) -> ClientId {
        self.id
    }

    /// Carries out an operation; the answer is what a history would hold.
    pub async fn operate(&self, operation: Operation) -> Outcome {
        let (told, outcome) = oneshot::channel();
        self.door.command(Command::Operate(self.id, operation, told));
        finished(outcome.await)
    }

    /// Stores a value.
    ///
    /// # Errors
    ///
    /// The failure, if it was not acknowledged; it may have taken effect all the same.
    pub async fn put(&self, key: impl Into<Key>, value: impl Into<Value>) -> Result<(), Failure> {
        self.operate(Operation::put(key, value)).await.into_result().map(drop)
    }

    /// Reads a key; `None` if it is absent.
    ///
    /// # Errors
    ///
    /// The failure, if there was no answer.
    pub async fn get(&self, key: impl Into<Key>) -> Result<Option<Value>, Failure> {
        let answer = self.operate(Operation::get(key)).await.into_result()?;
        let found = answer.found().expect("a get is answered by what it found");
        Ok(found.map(|entry| entry.value.clone()))
    }

    /// Removes a key.
    ///
    /// # Errors
    ///
    /// The failure, if it was not acknowledged; it may have taken effect all the same.
    pub async fn delete(&self, key: impl Into<Key>) -> Result<(), Failure> {
        self.operate(Operation::delete(key)).await.into_result().map(drop)
    }

    /// Stores a value if the key holds another, or with `None` if it is absent; whether it did.
    ///
    /// # Errors
    ///
    /// The failure, if there was no answer; it may have taken effect all the same.
    pub async fn compare_and_set(
        &self,
        key: impl Into<Key>,
        expected: Option<&str>,
        new: impl Into<Value>,
    ) -> Result<bool, Failure> {
        let (key, expected, new) = (key.into(), expected.map(Into::into), new.into());
        let operation = Operation::CompareAndSet { key, expected, new };
        match self.operate(operation).await.into_result() {
            Ok(_) => Ok(true),
            Err(Failure::Mismatch { .. }) => Ok(false),
            Err(failure) => Err(failure),
        }
    }

    /// Lists the keys, in their order.
    ///
    /// # Errors
    ///
    /// The failure, if there was no answer.
    pub async fn list_keys(&self) -> Result<Vec<Key>, Failure> {
        match self.operate(Operation::ListKeys).await.into_result()? {
            Answer::Keys(keys) => Ok(keys),
            answer => unreachable!("a list of keys is answered by them, and not by {answer:?}"),
        }
    }
}

fn finished<T>(received: Result<T, oneshot::error::RecvError>) -> T {
    received.expect("the world answers every command while the body runs")
}
