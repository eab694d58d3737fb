//! The ladder: every design on the same network, in peace and under the same faults.

use super::{
    DATA, Shape, Sweep,
    trial::{Site, Trial, closed, workload},
};
use crate::{Action, Pace, Step, Target};
use node::client::{Retry, Route};
use std::time::Duration;

/// A design on the ladder, or beside it.
#[derive(Clone, Copy, Debug)]
pub struct Rung {
    /// Which system.
    pub system: &'static str,
    /// What is new on it, in a few words.
    pub idea: &'static str,
    /// Whether it is one of the four rungs of the course; if not, it stands beside them.
    pub on_ladder: bool,
    /// Where its clients read.
    pub reads: Route,
    /// Where its clients write.
    pub writes: Route,
}

/// The rungs from the lowest up, and then what stands beside them.
///
/// `sharded-groups` is not among them: it spreads keys over groups, and in one
/// group it is `async-leader` with versions.
pub const RUNGS: [Rung; 7] = [
    rung("async-leader", "naive push", true, Route::RoundRobin, Route::Leader),
    rung("anti-entropy", "repaired by a log", true, Route::RoundRobin, Route::Leader),
    rung("quorum", "majorities", true, Route::RoundRobin, Route::RoundRobin),
    rung("raft", "consensus", true, Route::Failover, Route::Failover),
    rung("peer-to-peer", "everyone writes", false, Route::RoundRobin, Route::RoundRobin),
    rung("sync-leader", "waits for all", false, Route::RoundRobin, Route::Leader),
    rung("durable-eventual", "disks, last write wins", false, Route::RoundRobin, Route::RoundRobin),
];

const fn rung(
    system: &'static str,
    idea: &'static str,
    on_ladder: bool,
    reads: Route,
    writes: Route,
) -> Rung {
    Rung { system, idea, on_ladder, reads, writes }
}

/// What a rung is put through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// A light load: its latency.
    Light,
    /// More clients than it can serve at once: its throughput.
    Full,
    /// A follower crashes and comes back.
    CrashFollower,
    /// The leader, or the first node if there is none, crashes and comes back.
    CrashLeader,
    /// The leader, or the first node, is cut off from the others; clients still reach it.
    IsolateLeader,
}

/// Every condition, in the order of the table.
pub const CONDITIONS: [Condition; 5] = [
    Condition::Light,
    Condition::Full,
    Condition::CrashFollower,
    Condition::CrashLeader,
    Condition::IsolateLeader,
];

impl Condition {
    /// Its name in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Light => "light-load",
            Self::Full => "full-load",
            Self::CrashFollower => "crash-follower",
            Self::CrashLeader => "crash-leader",
            Self::IsolateLeader => "isolate-leader",
        }
    }

    /// Whether something fails in it.
    pub const fn is_fault(self) -> bool {
        !matches!(self, Self::Light | Self::Full)
    }

    /// How many seeds it is tried with: more than one where luck decides what is lost.
    const fn seeds(self) -> u64 {
        if self.is_fault() { 5 } else { 1 }
    }

    fn pace(self) -> Pace {
        match self {
            Self::Light => Pace::Open { rate: 100.0, clients: 20 },
            Self::Full => closed(64),
            // A rate, so that an outage is not passed over in silence.
            Self::CrashFollower | Self::CrashLeader | Self::IsolateLeader => {
                Pace::Open { rate: 200.0, clients: 100 }
            }
        }
    }

    /// When the workload ends, in seconds.
    const fn stop_s(self) -> u64 {
        match self {
            Self::Light => 32,
            Self::Full | Self::CrashFollower | Self::CrashLeader | Self::IsolateLeader => 7,
        }
    }

    /// The fault, from second 3 to second 6.
    fn steps(self) -> Vec<Step> {
        let (strike, undo) = match self {
            Self::Light | Self::Full => return Vec::new(),
            Self::CrashFollower => (Action::Crash(Target::Follower), Action::Restart(Target::All)),
            Self::CrashLeader => (Action::Crash(Target::Leader), Action::Restart(Target::All)),
            Self::IsolateLeader => (Action::Isolate(Target::Leader), Action::HealNetwork),
        };
        let at = Duration::from_secs;
        vec![Step { at: at(3), action: strike }, Step { at: at(6), action: undo }]
    }
}

/// A small server and a local network, those of scenarios that say nothing else but
/// for the service time.
pub(super) const SITE: Site = Site {
    service_time: Duration::from_micros(100),
    node_links: (500, 2000),
    client_links: (500, 2000),
};

/// Clients that give up an attempt after half a second, and the operation after four.
pub(super) const QUICK: Retry =
    Retry { attempts: 4, timeout: Duration::from_millis(500), backoff: Duration::from_millis(25) };

pub(super) const LADDER: Sweep = Sweep {
    table: DATA,
    shape: Shape::Sweep,
    varies: "condition",
    trials: || RUNGS.iter().flat_map(climb).collect(),
};

fn climb(rung: &Rung) -> Vec<Trial> {
    let trial = |(position, condition): (usize, Condition), seed_offset| {
        let span = (1, condition.stop_s());
        let workload = workload(condition.pace(), 0.5, span, (rung.reads, rung.writes), QUICK);
        let mut trial =
            Trial::new(rung.system, rung.system, position as f64, 3, &SITE, workload).warmed_up();
        trial.scenario.steps = condition.steps();
        Trial { setting: condition.name().to_owned(), seed_offset, ..trial }
    };
    let conditions = CONDITIONS.into_iter().enumerate();
    conditions
        .flat_map(|(position, condition)| {
            (0..condition.seeds()).map(move |seed| ((position, condition), seed))
        })
        .map(|(condition, seed)| trial(condition, seed))
        .collect()
}
