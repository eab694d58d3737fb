//! The way in: a scenario and a seed, or a test written as code.

mod assess;
#[cfg(madsim)]
mod by_madsim;
#[cfg(not(madsim))]
#[path = "simulation/without_madsim.rs"]
mod by_madsim;
mod by_name;
mod plainly;
mod setup;

pub use by_name::{run, run_forked, run_held, run_outside, run_unjudged};

pub use assess::Unjudged;

use crate::{Cluster, Error, Fork, Hold, Limits, Run};
use judge::property::{OwnInvariant, State};
use node::{Node, outside::Outside, resident::Kind};
use scenarios::Scenario;
use setup::Setup;
use std::{future::Future, marker::PhantomData, sync::Arc};

/// How much a run keeps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Detail {
    /// History, digest, and which verdict there is on each property, but not in words: what a
    /// sweep needs.
    Verdicts,
    /// The same with what the verdicts say where a property is violated: what a hunt needs.
    Violations,
    /// The same with what all verdicts say.
    #[default]
    Digest,
    /// The whole trace beside them.
    Full,
}

/// How the pump goes from event to event. The digest is the same in every gear.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Gear {
    /// It goes on to the next at once: fast, for runs in which nothing else lives. A run of nodes that
    /// need no thread of their own ([`Node::OWN_THREAD`]), and every run of a build without
    /// `--cfg madsim`, is as in [`Plain`](Self::Plain). A body of code is run as in
    /// [`Sleep`](Self::Sleep) where there is madsim.
    #[default]
    Advance,
    /// It sleeps by madsim's clock, so that other tasks run at their own moments: for bodies that
    /// bring async libraries of their own. Needs `--cfg madsim`.
    Sleep,
    /// It needs no runtime. A body of code is polled after each event.
    Plain,
}

/// One run of one system, about to be had.
///
/// ```
/// use node::systems::async_leader::AsyncLeader;
/// use sim::Simulation;
/// use std::time::Duration;
///
/// let (run, found) = Simulation::<AsyncLeader>::of(3)
///     .seed(7)
///     .run_with(|cluster| async move {
///         cluster.crash("n2").await;
///         cluster.client().put("999", "GhostData").await.unwrap();
///         cluster.sleep(Duration::from_secs(1)).await;
///         cluster.restart("n2").await;
///         cluster.client_of("n2").get("999").await.unwrap()
///     })
///     .unwrap();
/// assert_eq!(found, None, "the follower never learns what it missed");
/// assert_eq!(run.history.operations.len(), 2);
/// ```
#[derive(Debug)]
pub struct Simulation<N> {
    setup: Setup,
    node: PhantomData<fn() -> N>,
}

// Not derived: the node itself need not be one that can be copied.
impl<N> Clone for Simulation<N> {
    fn clone(&self) -> Self {
        Self { setup: self.setup.clone(), node: PhantomData }
    }
}

impl<N: Node> Simulation<N> {
    /// A run of a scenario, with seed 0.
    pub fn new(scenario: impl Into<Arc<Scenario>>) -> Self {
        Self { setup: Setup::new(Kind::of::<N>(), scenario.into()), node: PhantomData }
    }

    /// A run of a cluster of `nodes` nodes in which nothing happens but what a body does.
    pub fn of(nodes: usize) -> Self {
        Self::new(Scenario::bare("test", nodes))
    }

    /// Sets the seed.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.setup.seed = seed;
        self
    }

    /// Sets how much the run keeps.
    #[must_use]
    pub fn detail(mut self, detail: Detail) -> Self {
        self.setup.detail = detail;
        self
    }

    /// Sets the gear of the pump.
    #[must_use]
    pub fn gear(mut self, gear: Gear) -> Self {
        self.setup.gear = gear;
        self
    }

    /// The scenario that is to be carried out.
    pub fn scenario(&self) -> &Scenario {
        &self.setup.scenario
    }

    /// Lets the run leave the way that its seed has it.
    #[must_use]
    pub fn fork(mut self, fork: Fork) -> Self {
        self.setup.fork = Some(fork);
        self
    }

    /// Holds messages back that are not pinned.
    #[must_use]
    pub fn hold(mut self, hold: Hold) -> Self {
        self.setup.hold = Some(hold);
        self
    }

    /// Sets how much the run may take; otherwise the limits [in force](Limits::in_force) hold.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.setup.limits = Some(limits);
        self
    }

    /// Judges an invariant of one's own beside those of the scenario: a name, and a function of what a
    /// replica holds in the end and of what clients did.
    #[must_use]
    pub fn invariant(
        mut self,
        name: &'static str,
        check: fn(&State<'_>) -> Result<(), String>,
    ) -> Self {
        self.setup.invariants.push(OwnInvariant { name, check });
        self
    }

    /// Changes the scenario.
    #[must_use]
    pub fn with(mut self, change: impl FnOnce(&mut Scenario)) -> Self {
        change(Arc::make_mut(&mut self.setup.scenario));
        self
    }

    /// Carries the scenario out and judges what came of it.
    ///
    /// # Errors
    ///
    /// [`Error::Panicked`] if a node broke an invariant, [`Error::OverLimit`] if the run took more than it
    /// may, [`Error::CannotCarryOut`] if the system has no such flaw or setting as the scenario names,
    /// [`Error::Thread`] if no thread could be started.
    pub fn run(self) -> Result<Run, Error> {
        self.setup.run()
    }

    /// Carries the scenario out and judges nothing: for who only compares what happened.
    ///
    /// # Errors
    ///
    /// As [`run`](Self::run).
    pub fn run_unjudged(self) -> Result<Unjudged, Error> {
        self.setup.run_unjudged()
    }

    /// Carries the scenario out by nodes that live outside, such as processes, in their time, and judges
    /// what came of it. The seed decides what it decides otherwise, but for what the nodes draw themselves
    /// and how long everything takes: the run cannot be had again.
    ///
    /// # Errors
    ///
    /// [`Error::Outage`] if a node came to an end that the scenario did not ask for, and else as
    /// [`run`](Self::run).
    pub fn run_outside(self, outside: Box<dyn Outside + Send>) -> Result<Run, Error> {
        self.setup.run_outside(outside)
    }

    /// Carries out a body of code beside the scenario's steps and workload. When the
    /// body is done the steps are over; the cluster heals, settles and is judged.
    ///
    /// # Errors
    ///
    /// [`Error::BodyPanicked`] if the body did, and else what [`run`](Self::run) gives;
    /// [`Error::NeedsMadsim`] if the gear does.
    pub fn run_with<T, F, B>(self, body: F) -> Result<(Run, T), Error>
    where
        T: Send + 'static,
        F: FnOnce(Cluster) -> B + Send + 'static,
        B: Future<Output = T>,
    {
        self.setup.run_with(body)
    }
}
