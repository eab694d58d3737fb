//! The scenarios that are embedded in the binary, and those that a program adds to them.

use crate::{InvalidScenario, NotFound, Scenario, suggest};
use std::sync::OnceLock;

/// A scenario of the library, as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Embedded {
    /// Its name, which is also the name of its file without `.toml`.
    pub name: &'static str,
    /// The file.
    pub text: &'static str,
}

macro_rules! embed {
    ($($name:literal),* $(,)?) => {
        /// Every scenario of the library, in the order in which lists show them.
        const LIBRARY: &[Embedded] = &[$(Embedded {
            name: $name,
            text: include_str!(concat!("../library/", $name, ".toml")),
        }),*];
    };
}

embed![
    // A leader that pushes to its followers (the ghost-data report), from the class experiment onwards.
    "ghost-data",
    "healthy",
    "slow-follower",
    "paused-follower",
    "partitioned-follower",
    "leader-crash",
    "leader-comes-back",
    "empty-leader-rules",
    "the-first-to-answer-knows-less",
    "the-longer-log-is-the-older",
    "amnesia",
    "flaky-network",
    // A leader that waits for its followers (the FastAPI outline): the experiments, then what goes wrong.
    "mixed",
    "read-heavy",
    "write-heavy",
    "diverged-replicas",
    "acknowledged-then-lost",
    "answered-before-sent",
    "hung-follower-starves-the-next",
    "lost-replication",
    "versions-that-do-not-compare",
    // The sixteen tests of the durable store, in its order: correctness, failures, performance.
    "put-get",
    "overwrite-returns-old",
    "delete-key",
    "list-keys",
    "eventual-consistency",
    "recovery-from-failure",
    "replication-after-restart",
    "partial-failure",
    "network-partition",
    "concurrent-writes",
    "throughput",
    "latency",
    "hot-cold",
    "mixed-70-30",
    "high-concurrency",
    "performance-under-failure",
    // What goes wrong in the durable store: its flaws, and the one that is no flaw but the design.
    "never-repaired",
    "old-value-wins",
    "answers-mixed-up",
    "store-full-acknowledges",
    "failover-without-session",
    // Keys dealt to groups (sharded groups): its tests, then discovery and the ring, then its flaws.
    "discovery-convergence",
    "replication-delay",
    "write-rejection-on-followers",
    "ten-groups",
    "minimal-data-movement",
    "rings-disagree",
    "writes-before-the-first-announce",
    "two-leaders",
    "deleted-key-stays",
    "late-replicate-overwrites",
    "forwarded-and-overtaken",
    "forged-message",
    "every-write-twice",
    // Peers, quorums and consensus, and what cuts across the designs.
    "diverged-for-ever",
    "delete-comes-back",
    "read-own-writes-behind-a-balancer",
    "clock-skew-lost-update",
    "balancer-notices",
    "one-node-per-key",
    "deadlock",
    "swallow-errors",
    "lost-updates-under-clock-skew",
    "stale-reads-in-quorums",
    "siblings",
    "split-brain",
    "leader-isolated",
    "majority-lost",
    "bridge",
    "flapping-link",
    "reordering",
    "gray-failure",
    "clock-jumps",
    "retry-applies-twice",
    "rolling-restart",
    "rolling-upgrade",
    "nodes-fall-and-catch-up",
    "power-loss-torn-write",
    "power-loss-no-fsync",
    "bit-rot",
    "full-disk",
    "slow-disk",
    "two-leaders-in-one-term",
    "upgraded-voter",
    "forgotten-vote",
    "figure-8",
    "answered-before-committed",
    "stale-leader-reads",
    "old-round-counts",
    "only-voters-stand",
    "log-left-behind",
    "vote-lost-with-the-power",
    "removed-voters-decide",
    "members-come-and-go",
    "chaos",
    "chaos-five",
    "storm",
    "storm-five",
    "storm-seven",
    "snapshots-under-fire",
    "membership-under-load",
    "votes-under-power-loss",
    "candidates-with-slow-disks",
    "members-change-while-cut-off",
    "split-brain-by-failover",
    "hung-leader",
    "writes-at-a-follower",
];

/// What a program has added.
static ADDED: OnceLock<Vec<Embedded>> = OnceLock::new();

/// Every scenario of the library, in the order in which lists show them: those that were
/// [added](extend), then ours.
pub fn library() -> impl Iterator<Item = &'static Embedded> {
    ADDED.get().into_iter().flatten().chain(LIBRARY)
}

/// Adds scenarios to the library, each with its name and its text: once, before anything else is asked
/// of it. One that bears the name of one of ours stands in its place where it is asked for by name.
///
/// # Errors
///
/// The first that cannot be read, with the places of its mistakes. Nothing is added then.
///
/// # Panics
///
/// Panics if it is called twice.
pub fn extend(scenarios: Vec<(String, String)>) -> Result<(), InvalidScenario> {
    let mut added = Vec::new();
    for (name, text) in scenarios {
        Scenario::parse(&format!("{name}.toml"), &text, node::systems::all())?;
        // The library lasts as long as the program.
        added.push(Embedded { name: name.leak(), text: text.leak() });
    }
    ADDED.set(added).expect("the library is extended once");
    Ok(())
}

/// The scenario of the library with this name.
///
/// # Errors
///
/// Fails if there is none, with the nearest names that exist.
pub fn find(name: &str) -> Result<Scenario, NotFound> {
    match library().find(|embedded| embedded.name == name) {
        Some(embedded) => Ok(embedded.scenario()),
        None => {
            let names: Vec<_> = library().map(|embedded| embedded.name).collect();
            Err(NotFound {
                name: name.to_owned(),
                nearest: suggest::nearest(name, &names),
                near: suggest::nearest_few(name, &names, 3),
            })
        }
    }
}

impl Embedded {
    /// The validated scenario.
    pub fn scenario(&self) -> Scenario {
        let file_name = format!("{}.toml", self.name);
        Scenario::parse(&file_name, self.text, node::systems::all())
            .expect("a test reads every scenario of the library, and what is added was read")
    }
}
