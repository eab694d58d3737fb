//! What a simulation test written as code holds in its hands.

use crate::{plugin::Door, world::Command};
use node::{
    ClientId, Key, NodeId, Operation, Time, Value,
    client::{Failure, Outcome, Retry, Route},
};
use scenarios::{Action, Party, Target};
use std::{sync::Arc, time::Duration};
use tokio::sync::oneshot;

/// A running cluster: faults to strike it with, and clients to use it by.
///
/// Everything that is asked for takes place in simulated time, at the present
/// moment, before the call returns. Nodes go by their names, `n1` and so on, or
/// by their roles: `leader`, `follower`, `any`, `all`.
#[derive(Clone)]
pub struct Cluster {
    door: Arc<dyn Door>,
}

/// A client session of a test.
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
    /// Panics if the text is not a node's name.
    pub fn client_of(&self, node: &str) -> Client {
        let node: NodeId = node.parse().unwrap_or_else(|error| panic!("{error}"));
        self.client_with(Route::Node(node), Route::Node(node), Retry::default())
    }

    /// A client with routes and retries of its own.
    pub fn client_with(&self, reads: Route, writes: Route, retry: Retry) -> Client {
        Client { door: self.door.clone(), id: self.door.add_client(reads, writes, retry) }
    }

    /// Kills a node's process.
    pub async fn crash(&self, target: &str) {
        self.act(Action::Crash(parse(target))).await;
    }

    /// Boots a crashed node again.
    pub async fn restart(&self, target: &str) {
        self.act(Action::Restart(parse(target))).await;
    }

    /// Stops a node from doing anything.
    pub async fn pause(&self, target: &str) {
        self.act(Action::Pause(parse(target))).await;
    }

    /// Lets a paused node go on.
    pub async fn resume(&self, target: &str) {
        self.act(Action::Resume(parse(target))).await;
    }

    /// Splits the cluster into sides that cannot reach each other; `clients` may stand on a side.
    pub async fn partition(&self, sides: &[&[&str]]) {
        let party = |name: &&str| match *name {
            "clients" => Party::Clients,
            node => Party::Node(parse(node)),
        };
        let sides = sides.iter().map(|side| side.iter().map(party).collect()).collect();
        self.act(Action::Partition(sides)).await;
    }

    /// Cuts a node off from all others.
    pub async fn isolate(&self, target: &str) {
        self.act(Action::Isolate(parse(target))).await;
    }

    /// Undoes every partition, isolation and one-way cut.
    pub async fn heal_network(&self) {
        self.act(Action::HealNetwork).await;
    }

    /// Does whatever a step of a scenario can do. An operation is begun, and not waited for.
    pub async fn act(&self, action: Action) {
        let (done, is_done) = oneshot::channel();
        self.door.command(Command::Act(action, done));
        finished(is_done.await);
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
}

fn parse(target: &str) -> Target {
    target.parse().unwrap_or_else(|error| panic!("{error}"))
}

fn finished<T>(received: Result<T, oneshot::error::RecvError>) -> T {
    received.expect("the world answers every command while the body runs")
}
