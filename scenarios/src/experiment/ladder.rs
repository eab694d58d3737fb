//! The ladder: every design on the same network, in peace and under the same faults.

use super::{
    DATA, Shape, Sweep,
    trial::{Site, Trial, closed, workload},
};
use crate::{Action, Clock, Pace, Step, Target};
use node::{
    NodeId,
    client::{Retry, Route},
};
use std::{collections::BTreeMap, time::Duration};

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
    /// The same while it has more to do than it can: what it has answered waits to be passed on.
    CrashBusyLeader,
    /// The leader, or the first node, is cut off from the others; clients still reach it.
    IsolateLeader,
    /// Nothing fails, but two clients write the same keys and the first node's clock is ahead.
    ClocksDisagree,
}

/// Every condition, in the order of the table.
pub const CONDITIONS: [Condition; 7] = [
    Condition::Light,
    Condition::Full,
    Condition::CrashFollower,
    Condition::CrashLeader,
    Condition::CrashBusyLeader,
    Condition::IsolateLeader,
    Condition::ClocksDisagree,
];

/// How far ahead the first node's clock is where clocks disagree: longer than the workload lasts.
const AHEAD: Duration = Duration::from_secs(10);

impl Condition {
    /// Its name in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Light => "light-load",
            Self::Full => "full-load",
            Self::CrashFollower => "crash-follower",
            Self::CrashLeader => "crash-leader",
            Self::CrashBusyLeader => "crash-busy-leader",
            Self::IsolateLeader => "isolate-leader",
            Self::ClocksDisagree => "clocks-disagree",
        }
    }

    /// Whether a node crashes in it, or is cut off.
    pub const fn is_fault(self) -> bool {
        matches!(
            self,
            Self::CrashFollower | Self::CrashLeader | Self::CrashBusyLeader | Self::IsolateLeader
        )
    }

    /// How many seeds it is tried with: more than one where luck decides what is lost.
    pub const fn seeds(self) -> u64 {
        match self {
            Self::Light | Self::Full => 1,
            _ => 5,
        }
    }

    fn pace(self) -> Pace {
        match self {
            Self::Light => Pace::Open { rate: 100.0, clients: 20 },
            Self::Full | Self::CrashBusyLeader => closed(64),
            // A rate, so that an outage is not passed over in silence.
            Self::CrashFollower | Self::CrashLeader | Self::IsolateLeader => {
                Pace::Open { rate: 200.0, clients: 100 }
            }
            Self::ClocksDisagree => Pace::Open { rate: 100.0, clients: 2 },
        }
    }

    /// When the workload ends, in seconds.
    const fn stop_s(self) -> u64 {
        match self {
            Self::Light => 32,
            Self::CrashBusyLeader => 2,
            _ => 7,
        }
    }

    /// How many keys there are: few where two writers are to meet.
    const fn keys(self) -> u64 {
        match self {
            Self::ClocksDisagree => 100,
            _ => 1000,
        }
    }

    /// The fault: 3 s of the 6 that the workload lasts, or from its middle on.
    fn steps(self) -> Vec<Step> {
        let (strike, undo) = match self {
            Self::Light | Self::Full | Self::ClocksDisagree => return Vec::new(),
            Self::CrashFollower => (Action::Crash(Target::Follower), Action::Restart(Target::All)),
            Self::CrashLeader | Self::CrashBusyLeader => {
                (Action::Crash(Target::Leader), Action::Restart(Target::All))
            }
            Self::IsolateLeader => (Action::Isolate(Target::Leader), Action::HealNetwork),
        };
        let at = Duration::from_millis(if self == Self::CrashBusyLeader { 1500 } else { 3000 });
        let lasts = Duration::from_secs(3);
        vec![Step::new(at, strike), Step::new(at + lasts, undo)]
    }

    fn clocks(self) -> BTreeMap<NodeId, Clock> {
        let offset_ns = i64::try_from(AHEAD.as_nanos()).expect("ten seconds fit");
        let ahead = (NodeId::new(1), Clock { offset_ns, drift_ppm: 0.0 });
        (self == Self::ClocksDisagree).then_some(ahead).into_iter().collect()
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
    let conditions = CONDITIONS.into_iter().enumerate();
    conditions
        .flat_map(|(position, condition)| {
            (0..condition.seeds()).map(move |seed| trial(rung, (position, condition), seed))
        })
        .collect()
}

fn trial(rung: &Rung, (position, condition): (usize, Condition), seed_offset: u64) -> Trial {
    let span = (1, condition.stop_s());
    let mut workload = workload(condition.pace(), 0.5, span, (rung.reads, rung.writes), QUICK);
    workload.keys.count = condition.keys();
    let trial = Trial::new(rung.system, rung.system, position as f64, 3, &SITE, workload);
    // A workload of one second is measured whole.
    let is_short = condition == Condition::CrashBusyLeader;
    let mut trial = if is_short { trial } else { trial.warmed_up() };
    trial.scenario.steps = condition.steps();
    trial.scenario.cluster.clocks = condition.clocks();
    let last = trial.scenario.steps.last().map_or(Duration::ZERO, |step| step.at);
    trial.scenario.phases.run = trial.scenario.phases.run.max(last + Duration::from_millis(500));
    Trial { setting: condition.name().to_owned(), seed_offset, ..trial }
}
