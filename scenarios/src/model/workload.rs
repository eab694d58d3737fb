//! What clients do all the while.

use super::{Latency, Updates};
use node::{
    ClientId, NodeId, Operation, OperationKind,
    client::{Retry, Route},
};
use std::{collections::BTreeMap, time::Duration};

/// What clients do all the while.
#[derive(Clone, Debug, PartialEq)]
pub struct Workload {
    /// How many sessions, and what paces them.
    pub pace: Pace,
    /// From when.
    pub start: Duration,
    /// Until when no more operation is begun.
    pub stop: Duration,
    /// At most this many operations in all.
    pub operations: Option<u64>,
    /// The weight of each kind of operation; weights need not sum to 1.
    pub mix: BTreeMap<OperationKind, f64>,
    /// What clients make of several operations.
    pub updates: Updates,
    /// Which keys.
    pub keys: Keys,
    /// Where reads go.
    pub reads: Route,
    /// Where writes go.
    pub writes: Route,
    /// Timeouts and retries.
    pub retry: Retry,
    /// How long a client is busy before it sends a request, and again before it knows what an answer says;
    /// `None`: no time.
    pub client_time: Option<Latency>,
    /// The operations one by one, in order of time; `None`: they are drawn. Where they are given,
    /// `operations`, `mix`, `updates` and `keys` say nothing, and [`Workload::plain`] leaves them so.
    pub planned: Option<Vec<PlannedOperation>>,
}

/// One operation of a workload that is not drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct PlannedOperation {
    /// When. In a closed loop its session begins it then, or once it is free and has paused; in an
    /// open loop it is due then, and waits if its session is busy.
    pub at: Duration,
    /// Whose.
    pub client: ClientId,
    /// What.
    pub operation: Operation,
    /// The nodes that its attempts go to, one after the other. Later attempts go by the route.
    pub to: Vec<NodeId>,
    /// Its route, if it is not the workload's.
    pub route: Option<Route>,
    /// Its timeouts and retries, if they are not the workload's.
    pub retry: Option<Retry>,
    /// The pause before it in a closed loop, if it is not the workload's.
    pub think: Option<Duration>,
}

impl PlannedOperation {
    /// An operation of a session at a moment, with all else as the workload has it.
    pub fn new(at: Duration, client: ClientId, operation: Operation) -> Self {
        Self { at, client, operation, to: Vec::new(), route: None, retry: None, think: None }
    }
}

impl Workload {
    /// How many sessions there are.
    pub fn clients(&self) -> usize {
        match self.pace {
            Pace::Closed { clients, .. } | Pace::Open { clients, .. } => clients,
        }
    }

    /// The same sessions with these operations and no others, in a run of this length.
    #[must_use]
    pub fn plain(self, mut operations: Vec<PlannedOperation>, run: Duration) -> Self {
        operations.sort_by_key(|operation| operation.at);
        Self {
            start: Duration::ZERO,
            stop: run,
            operations: None,
            mix: BTreeMap::new(),
            updates: Updates::default(),
            keys: Keys::default(),
            planned: Some(operations),
            ..self
        }
    }
}

/// What paces the sessions.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pace {
    /// Closed loop: each session begins its next operation when the last has ended.
    Closed {
        /// How many sessions.
        clients: usize,
        /// The pause between an end and the next beginning.
        think: Duration,
    },
    /// Open loop: operations begin at a rate, whatever became of the earlier ones.
    Open {
        /// How many a second, over all sessions; gaps are exponential.
        rate: f64,
        /// How many sessions they are dealt to. A session that is still busy
        /// queues the operation, and its latency counts from when it was due.
        clients: usize,
    },
}

/// Which keys a workload touches.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Keys {
    /// How many keys there are: `key1`, `key2`, and so on.
    pub count: u64,
    /// How often each is chosen.
    pub choice: KeyChoice,
}

/// How often each key is chosen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum KeyChoice {
    /// All alike.
    Uniform,
    /// The k-th most popular is chosen in proportion to 1 / k^exponent.
    Zipfian {
        /// 0 is uniform; 0.99 is the common choice. Not negative.
        exponent: f64,
    },
    /// A few keys get most operations.
    HotCold {
        /// The share of keys that are hot, 0 to 1.
        hot: f64,
        /// The share of operations that go to them, 0 to 1.
        share: f64,
    },
    /// The k-th latest is chosen in proportion to 1 / k^exponent.
    Latest {
        /// As of `Zipfian`.
        exponent: f64,
    },
}
