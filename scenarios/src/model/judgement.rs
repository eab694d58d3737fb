//! What must come of a scenario.

use node::{Announces, OperationKind, SystemInfo};
use std::time::Duration;

/// The bounds that the checkers judge by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Properties {
    /// How old what a read returns may be.
    pub max_staleness: Duration,
    /// The least share of operations that must be answered, 0 to 1.
    pub min_availability: f64,
    /// How long a probe after healing may take to be answered; zero: nothing is probed.
    pub max_probe_latency: Duration,
}

/// A property that a checker judges.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Property {
    /// After healing and quiet, all replicas hold the same.
    Convergence,
    /// No acknowledged write is lost from every replica, nor to those who ask the leader.
    Durability,
    /// No read returns a value that was overwritten longer ago than the bound.
    Staleness,
    /// Enough operations are answered.
    Availability,
    /// What a system's own invariants demand, such as one leader a term.
    StateMachine,
    /// No session sees a key go back in time: its reads are monotonic, and it reads
    /// its own writes.
    PerKeyOrder,
    /// A value is read under the version that its write was acknowledged with.
    Versions,
    /// After healing, the cluster answers again, whoever asks wherever.
    Liveness,
    /// An answer is of the kind that was asked for, and says nothing that cannot be.
    Answers,
    /// Each operation takes effect at one moment between its invocation and its answer.
    Linearizability,
    /// One order of all operations keeps the order of each session.
    Sequential,
    /// Whoever sees a write sees all that it depends on.
    Causal,
    /// No session reads what is older than what it has itself written.
    ReadYourWrites,
    /// No session reads what is older than what it has read.
    MonotonicReads,
    /// Nobody sees the writes of one session out of order.
    MonotonicWrites,
    /// Nobody sees a write without what its session had read before.
    WritesFollowReads,
    /// No acknowledged update is overwritten by one that did not see it.
    NoLostUpdate,
    /// A deleted key stays deleted until somebody writes it again.
    NoResurrection,
    /// Every key lies where the ring of its time says.
    Placement,
    /// What the scenario itself demands of the values.
    Invariants,
}

impl Property {
    /// Every property that is judged of each run, in the order in which reports show them.
    pub const ALL: [Self; 19] = [
        Self::Convergence,
        Self::Durability,
        Self::Staleness,
        Self::Availability,
        Self::StateMachine,
        Self::PerKeyOrder,
        Self::Versions,
        Self::Liveness,
        Self::Answers,
        Self::Linearizability,
        Self::Sequential,
        Self::Causal,
        Self::ReadYourWrites,
        Self::MonotonicReads,
        Self::MonotonicWrites,
        Self::WritesFollowReads,
        Self::NoLostUpdate,
        Self::NoResurrection,
        Self::Placement,
    ];

    /// The same and, last, the one that is judged only where a scenario states invariants.
    pub const EVERY: [Self; 20] = {
        let mut every = [Self::Invariants; 20];
        let mut place = 0;
        while place < Self::ALL.len() {
            every[place] = Self::ALL[place];
            place += 1;
        }
        every
    };

    /// Its name in scenarios and reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Convergence => "convergence",
            Self::Durability => "durability",
            Self::Staleness => "staleness",
            Self::Availability => "availability",
            Self::StateMachine => "state-machine",
            Self::PerKeyOrder => "per-key-order",
            Self::Versions => "versions",
            Self::Liveness => "liveness",
            Self::Answers => "answers",
            Self::Linearizability => "linearizability",
            Self::Sequential => "sequential",
            Self::Causal => "causal",
            Self::ReadYourWrites => "read-your-writes",
            Self::MonotonicReads => "monotonic-reads",
            Self::MonotonicWrites => "monotonic-writes",
            Self::WritesFollowReads => "writes-follow-reads",
            Self::NoLostUpdate => "no-lost-update",
            Self::NoResurrection => "no-resurrection",
            Self::Placement => "placement",
            Self::Invariants => "invariants",
        }
    }

    /// What it promises, in one line.
    pub const fn summary(self) -> &'static str {
        match self {
            Self::Convergence => "after healing and quiet, all replicas hold the same",
            Self::Durability => {
                "no acknowledged write is lost from every replica, nor to those who ask the leader"
            }
            Self::Staleness => "no read returns what was overwritten longer ago than the bound",
            Self::Availability => "enough operations are answered",
            Self::StateMachine => {
                "what a system's own invariants demand, such as one leader a term"
            }
            Self::PerKeyOrder => {
                "no session sees a key go back in time: monotonic reads and read-your-writes per session"
            }
            Self::Versions => {
                "a value is read under the version that its write was acknowledged with"
            }
            Self::Liveness => "after healing, reads and writes are answered within the bound again",
            Self::Answers => {
                "an answer is of the kind that was asked for, and says nothing that cannot be"
            }
            Self::Linearizability => {
                "each operation takes effect at one moment between its invocation and its answer"
            }
            Self::Sequential => {
                "one order of all operations keeps the order of each session and explains every answer"
            }
            Self::Causal => {
                "whoever sees a write sees all that it depends on, and all agree on which write is newer"
            }
            Self::ReadYourWrites => {
                "no session reads what is older than what it has itself written"
            }
            Self::MonotonicReads => "no session reads what is older than what it has read",
            Self::MonotonicWrites => "nobody sees the writes of one session out of order",
            Self::WritesFollowReads => {
                "nobody sees a write without what its session had read before"
            }
            Self::NoLostUpdate => {
                "no acknowledged update is overwritten by one that did not see it"
            }
            Self::NoResurrection => "a deleted key stays deleted until somebody writes it again",
            Self::Placement => "every key lies in the group that the hash ring of its time names",
            Self::Invariants => "the values keep what the scenario demands of them",
        }
    }

    /// Whether there is such a thing on a system at all.
    ///
    /// # Errors
    ///
    /// What the system lacks, in a sentence. Nothing may be expected of the property there.
    pub fn applies_to(self, system: &SystemInfo) -> Result<(), &'static str> {
        match self {
            Self::StateMachine if system.announces == Announces::Nothing => {
                Err("the nodes keep no replicated log")
            }
            Self::NoResurrection if !system.operations.contains(&OperationKind::Delete) => {
                Err("no key can be deleted")
            }
            Self::Placement if !system.deals_keys => Err("every node may hold every key"),
            _ => Ok(()),
        }
    }
}

/// What must come of a scenario on one system.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expectation {
    /// The properties that must hold.
    pub holds: Vec<Property>,
    /// The properties that must be violated.
    pub violated: Vec<Property>,
    /// The flaws that are switched on in this system alone, beside those of
    /// [`SystemSettings`](crate::SystemSettings).
    pub flaws: Vec<String>,
}
