//! The trait every store design implements.

use crate::{
    Canonical, ClientId, Config, Context, HealthCheckId, Key, MembershipChange, Operation,
    RequestId, Setting, SyncId, SystemInfo, Uptake, Value, Version, Versioned, Waits,
};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    fmt::{self, Debug, Display, Formatter},
};

/// A store node: upon an event it changes its state and emits effects.
///
/// The shape is that of Cachin, Guerraoui and Rodrigues, *Introduction to Reliable
/// and Secure Distributed Programming*. A node must be a function of its events:
/// no clock, randomness or I/O but what [`Context`] lends, and no `HashMap` whose
/// order can reach an effect. It handles one event at a time.
///
/// A node that finds its invariants broken should panic: the simulator turns the
/// panic into a seed that reproduces it.
pub trait Node: Sized + Send + 'static {
    /// What nodes say to each other. The first word of its text is the message's
    /// kind in tables; its canonical bytes go into the run's digest.
    type Message: Canonical + Clone + Debug + Display + Send;
    /// What a node may wait for.
    type Timer: Canonical + Clone + Debug + Display + Send;

    /// Whether each of its runs has a thread of its own.
    ///
    /// What a thread leaves behind, such as the seeds of its hash maps, must not reach the next
    /// run. With `false` a node promises that it cannot, in none of the libraries that it uses
    /// either; then runs may follow one another on one thread, and take less time.
    const OWN_THREAD: bool = true;

    /// The entry of this design in the registry.
    const INFO: SystemInfo;

    /// Checks settings against each other and against the cluster's size. What it
    /// refuses, a scenario's validation refuses; `boot` may rely on it.
    ///
    /// # Errors
    ///
    /// A sentence that names what does not fit.
    fn check_settings(nodes: usize, settings: &BTreeMap<String, Setting>) -> Result<(), String> {
        let _ = (nodes, settings);
        Ok(())
    }

    /// Checks a key that a client names. What it refuses, a scenario's validation
    /// refuses; a client that is written as code may still ask for it.
    ///
    /// # Errors
    ///
    /// A sentence that says what a key may be.
    fn check_key(key: &Key) -> Result<(), &'static str> {
        let _ = key;
        Ok(())
    }

    /// Checks a value that a client wants stored, as [`check_key`](Self::check_key) does keys.
    ///
    /// # Errors
    ///
    /// A sentence that says what a value may be.
    fn check_value(value: &Value) -> Result<(), &'static str> {
        let _ = value;
        Ok(())
    }

    /// Checks the key of an operation and what it would store.
    ///
    /// # Errors
    ///
    /// The first sentence of [`check_key`](Self::check_key) and
    /// [`check_value`](Self::check_value).
    fn check_operation(operation: &Operation) -> Result<(), &'static str> {
        operation.key().map_or(Ok(()), Self::check_key)?;
        operation.stored().map_or(Ok(()), Self::check_value)
    }

    /// Starts, or starts again after a crash: reads the disk, arms timers.
    fn boot(config: &Config, ctx: &mut Context<'_, Self>) -> Self;

    /// A client asks.
    fn on_request(&mut self, request: Request, ctx: &mut Context<'_, Self>);

    /// A node speaks; `from` is who sent it.
    fn on_message(
        &mut self,
        from: crate::NodeId,
        message: Self::Message,
        ctx: &mut Context<'_, Self>,
    );

    /// A load balancer asks whether the node is well; one that does not answer in time gets
    /// no requests. It says so at once, unless it has first to find a worker or the like.
    fn on_health_check(&mut self, check: HealthCheckId, ctx: &mut Context<'_, Self>) {
        ctx.answer_health_check(check);
    }

    /// A timer that this incarnation of the node armed has run out.
    fn on_timer(&mut self, timer: Self::Timer, ctx: &mut Context<'_, Self>);

    /// A sync that this incarnation asked for has reached the platter.
    fn on_synced(&mut self, sync: SyncId, ctx: &mut Context<'_, Self>) {
        let _ = (sync, ctx);
    }

    /// The entries that a message tells of, for traces: what a reader would look for who asks
    /// which messages carried a write. Nothing, unless the design says so.
    fn carries(message: &Self::Message) -> Vec<Carried> {
        let _ = message;
        Vec::new()
    }

    /// An operator wants a node to join or to leave; whoever leads is asked. Systems that
    /// cannot do it say so in [`SystemInfo::membership`], and are not asked.
    fn on_membership(&mut self, change: MembershipChange, ctx: &mut Context<'_, Self>) -> Uptake {
        let _ = (change, ctx);
        Uptake::Pointless
    }

    /// What part the node plays now; faults aimed at a role ask for it as they strike.
    fn role(&self) -> Role;

    /// Which replicas should hold the same: those of one group. A system that
    /// does not split its keys has one group, 0.
    fn group(&self) -> u32 {
        0
    }

    /// Whether it serves at all. A node that has found its own disk damaged and
    /// refuses everything says no: like one that is down, it is no replica then.
    fn serves(&self) -> bool {
        true
    }

    /// What it waits for, with no deadline, before it can go on.
    ///
    /// The simulator asks as a run ends, so that a cluster which stands still can say why.
    fn waits(&self) -> Waits {
        Waits::default()
    }

    /// Its whole state as text, where nodes can be compared: two nodes of one configuration whose
    /// texts are equal do the same upon the same events.
    ///
    /// What looks at every order of events stops at states that it has seen before, and takes
    /// nodes for equal by nothing else. The text of a derived `Debug` will do, if no type in it
    /// leaves anything out; what is on the disk need not be in it. `None`: it cannot be compared.
    fn state_text(&self) -> Option<String> {
        None
    }

    /// Everything a client could read from this node, in key order.
    ///
    /// Used to compare replicas. It must agree with what the node announced
    /// through [`Context::apply`]; the simulator asserts so.
    fn entries(&self) -> Vec<(Key, Versioned)>;

    /// Everything that a node which has just booted may yet come to hold by what its own disk
    /// has, in key order.
    ///
    /// A log may hold more than what is known to be committed as the node boots: a system
    /// that has one counts all of it. The simulator asks a copy of each node that is down as
    /// a run ends, so that what lies on its disk alone is not called lost.
    fn recoverable(&self) -> Vec<(Key, Versioned)> {
        self.entries()
    }
}

/// The timer of a node that waits for nothing: there is no such value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum NoTimer {}

impl Display for NoTimer {
    fn fmt(&self, _f: &mut Formatter<'_>) -> fmt::Result {
        match *self {}
    }
}

/// What a client asks of a node.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Request {
    /// Names the attempt; a reply carries it back.
    pub id: RequestId,
    /// What is asked.
    pub operation: Operation,
}

impl Request {
    /// The first request of client `c1`, for examples and tests.
    pub fn example(operation: Operation) -> Self {
        let id = RequestId { client: ClientId::new(1), attempt: 0, sequence: 0 };
        Self { id, operation }
    }
}

/// An entry that a message tells of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Carried {
    /// Which key.
    pub key: Key,
    /// What the message says of it.
    pub tells: Tells,
    /// Under which version, where the message says so.
    pub version: Option<Version>,
}

/// What a message says of a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tells {
    /// That it holds, or is to hold, this value.
    Value(Value),
    /// That it is deleted.
    Absence,
    /// Its name alone, as a question or an acknowledgment does.
    Name,
}

impl Carried {
    /// A key and its value, or that it was deleted.
    pub fn entry(key: &Key, value: Option<&Value>) -> Self {
        let tells = value.map_or(Tells::Absence, |value| Tells::Value(value.clone()));
        Self { key: key.clone(), tells, version: None }
    }

    /// A key that is named, and no more.
    pub fn name(key: &Key) -> Self {
        Self { key: key.clone(), tells: Tells::Name, version: None }
    }

    /// The same, under a version.
    #[must_use]
    pub fn under(self, version: Version) -> Self {
        Self { version: Some(version), ..self }
    }

    /// Whether it says the same of the same key as another, under whatever versions.
    pub fn says_what(&self, other: &Self) -> bool {
        self.key == other.key && self.tells == other.tells
    }

    /// What a client's request or a forwarded one tells of: what is to be written, or its key.
    pub fn of_operation(operation: &Operation) -> Vec<Self> {
        let carried = operation.key().map(|key| match operation {
            Operation::Delete { .. } => Self::entry(key, None),
            _ => match operation.stored() {
                Some(value) => Self::entry(key, Some(value)),
                None => Self::name(key),
            },
        });
        carried.into_iter().collect()
    }
}

/// The part a node plays in its cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// It takes writes for the others.
    Leader,
    /// It follows a leader.
    Follower,
    /// It stands for election.
    Candidate,
    /// All nodes are alike.
    Peer,
}
