//! The way in: a scenario and a seed, or a test written as code.

#[cfg(madsim)]
mod by_madsim;
#[cfg(not(madsim))]
#[path = "simulation/without_madsim.rs"]
mod by_madsim;
mod by_name;
mod plainly;

pub use by_name::{register, run, run_forked, run_held, run_outside, run_unjudged};

use crate::{
    Cluster, Error, Fork, Hold, Limits, Outage, OverLimit, Run, parallel::panic_message,
    world::Remains,
};
use judge::{
    property::{
        AvailabilityReport, DurabilityReport, Evidence, Findings, OwnInvariant, StalenessReport,
        State, judge, judge_invariants,
    },
    record::{Counters, Digest, Words},
};
use node::{Node, SystemInfo, Time};
use scenarios::Scenario;
use std::{
    any::Any,
    future::{Future, poll_fn},
    marker::PhantomData,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    pin::pin,
    task::Context,
};

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
    scenario: Scenario,
    seed: u64,
    detail: Detail,
    gear: Gear,
    fork: Option<Fork>,
    hold: Option<Hold>,
    /// `None`: those in force.
    limits: Option<Limits>,
    invariants: Vec<OwnInvariant<'static>>,
    node: PhantomData<fn() -> N>,
}

// Not derived: the node itself need not be one that can be copied.
impl<N> Clone for Simulation<N> {
    fn clone(&self) -> Self {
        let Self { scenario, seed, detail, gear, fork, hold, limits, invariants, node } = self;
        Self {
            scenario: scenario.clone(),
            seed: *seed,
            detail: *detail,
            gear: *gear,
            fork: *fork,
            hold: *hold,
            limits: *limits,
            invariants: invariants.clone(),
            node: *node,
        }
    }
}

impl<N: Node> Simulation<N> {
    /// A run of a scenario, with seed 0.
    pub fn new(scenario: Scenario) -> Self {
        Self {
            scenario,
            seed: 0,
            detail: Detail::Digest,
            gear: Gear::Advance,
            fork: None,
            hold: None,
            limits: None,
            invariants: Vec::new(),
            node: PhantomData,
        }
    }

    /// A run of a cluster of `nodes` nodes in which nothing happens but what a body does.
    pub fn of(nodes: usize) -> Self {
        Self::new(Scenario::bare("test", nodes))
    }

    /// Sets the seed.
    #[must_use]
    pub fn seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }

    /// Sets how much the run keeps.
    #[must_use]
    pub fn detail(self, detail: Detail) -> Self {
        Self { detail, ..self }
    }

    /// Sets the gear of the pump.
    #[must_use]
    pub fn gear(self, gear: Gear) -> Self {
        Self { gear, ..self }
    }

    /// The scenario that is to be carried out.
    pub fn scenario(&self) -> &Scenario {
        &self.scenario
    }

    /// Lets the run leave the way that its seed has it.
    #[must_use]
    pub fn fork(self, fork: Fork) -> Self {
        Self { fork: Some(fork), ..self }
    }

    /// Holds messages back that are not pinned.
    #[must_use]
    pub fn hold(self, hold: Hold) -> Self {
        Self { hold: Some(hold), ..self }
    }

    /// Sets how much the run may take; otherwise the limits [in force](Limits::in_force) hold.
    #[must_use]
    pub fn limits(self, limits: Limits) -> Self {
        Self { limits: Some(limits), ..self }
    }

    /// Judges an invariant of one's own beside those of the scenario: a name, and a function of what a
    /// replica holds in the end and of what clients did.
    #[must_use]
    pub fn invariant(
        mut self,
        name: &'static str,
        check: fn(&State<'_>) -> Result<(), String>,
    ) -> Self {
        self.invariants.push(OwnInvariant { name, check });
        self
    }

    /// Changes the scenario.
    #[must_use]
    pub fn with(mut self, change: impl FnOnce(&mut Scenario)) -> Self {
        change(&mut self.scenario);
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
        self.run_to(assess)
    }

    /// Carries the scenario out and judges nothing, for who looks at what happened and asks for no verdict.
    fn run_unassessed(self) -> Result<Run, Error> {
        self.run_to(unassessed)
    }

    /// Carries the scenario out and judges nothing: for who only compares what happened.
    ///
    /// # Errors
    ///
    /// As [`run`](Self::run).
    pub fn run_unjudged(self) -> Result<Unjudged, Error> {
        self.run_to(|_, remains| Unjudged {
            digest: remains.records.digest,
            counters: remains.records.counters,
        })
    }

    /// What is switched on and set in code is held against what the system has, as in a file.
    fn check(&self) -> Result<(), Error> {
        match self.scenario.unknown_to(&N::INFO) {
            why if why.is_empty() => Ok(()),
            why => Err(Error::CannotCarryOut {
                scenario: self.scenario.name.clone(),
                system: N::INFO.name.to_owned(),
                why: why.join("; "),
            }),
        }
    }

    fn run_to<R: Send + 'static>(self, end: fn(Of, Remains) -> R) -> Result<R, Error> {
        self.check()?;
        match self.gear {
            Gear::Plain => self.run_plainly(end),
            Gear::Advance if !N::OWN_THREAD || cfg!(not(madsim)) => self.run_plainly(end),
            Gear::Advance | Gear::Sleep => self.run_by_madsim(end),
        }
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
        self.check()?;
        match self.gear {
            Gear::Plain => self.run_with_plainly(body),
            Gear::Advance if cfg!(not(madsim)) => self.run_with_plainly(body),
            Gear::Advance | Gear::Sleep => self.run_with_by_madsim(body),
        }
    }
}

/// Makes an error of what a run ended with before its time.
fn panicked_of<N: Node>(
    scenario: &Scenario,
    seed: u64,
) -> impl FnOnce(Box<dyn Any + Send>) -> Error + use<N> {
    let scenario = scenario.name.clone();
    let system = N::INFO.name.to_owned();
    move |payload| {
        let payload = match payload.downcast::<OverLimit>() {
            Ok(over) => return Error::OverLimit { scenario, system, seed, over },
            Err(payload) => payload,
        };
        let payload = match payload.downcast::<Outage>() {
            Ok(outage) => return Error::Outage { scenario, system, outage: *outage },
            Err(payload) => payload,
        };
        match payload.downcast::<OfBody>() {
            Ok(body) => {
                let message = panic_message(body.0.as_ref());
                Error::BodyPanicked { scenario, system, seed, message }
            }
            Err(payload) => {
                let message = panic_message(payload.as_ref());
                Error::Panicked { scenario, system, seed, message }
            }
        }
    }
}

/// What the body of a test panicked with, to be told apart from the panic of a node.
struct OfBody(Box<dyn Any + Send>);

/// The body, whose panics are its own.
async fn own_up<F, B>(body: F, cluster: Cluster) -> B::Output
where
    F: FnOnce(Cluster) -> B,
    B: Future,
{
    let mut body = pin!(async { body(cluster).await });
    let poll = |context: &mut Context<'_>| {
        let polled = catch_unwind(AssertUnwindSafe(|| body.as_mut().poll(context)));
        // What it asks for may be what makes the run too large.
        polled.unwrap_or_else(|payload| match payload.is::<OverLimit>() {
            true => resume_unwind(payload),
            false => resume_unwind(Box::new(OfBody(payload))),
        })
    };
    poll_fn(poll).await
}

/// Which run it was.
struct Of {
    scenario: Scenario,
    system: SystemInfo,
    seed: u64,
    detail: Detail,
    invariants: Vec<OwnInvariant<'static>>,
}

/// What is there of a run that nobody judged.
#[derive(Clone, Debug, PartialEq)]
pub struct Unjudged {
    /// The digest of history and events.
    pub digest: Digest,
    /// How much happened.
    pub counters: Counters,
}

/// Judges the remains of a world.
fn assess(of: Of, remains: Remains) -> Run {
    let findings = findings(&of, &remains);
    run_of(of, remains, findings)
}

/// The remains of a world, with nothing judged.
fn unassessed(of: Of, remains: Remains) -> Run {
    let nothing = Findings {
        judgements: Vec::new(),
        staleness: StalenessReport::default(),
        availability: AvailabilityReport::default(),
        durability: DurabilityReport::default(),
    };
    run_of(of, remains, nothing)
}

fn findings(of: &Of, remains: &Remains) -> Findings {
    let records = &remains.records;
    let evidence = Evidence {
        history: &records.history,
        replicas: &remains.replicas,
        faults: &records.faults,
        facts: &records.facts,
        probes: &remains.probes,
        system: Some(&of.system),
        trace: records.trace.as_ref(),
        run_ended: Time::from_nanos(remains.run_ended_ns),
        ended: Time::from_nanos(remains.ended_ns),
        words: match of.detail {
            Detail::Verdicts => Words::Unsaid,
            Detail::Violations => Words::OfViolations,
            Detail::Digest | Detail::Full => Words::Said,
        },
    };
    let scenario = &of.scenario;
    let expectation = scenario.expectation(&of.system);
    let mut findings = judge(&evidence, &scenario.properties, expectation.as_deref());
    let invariants =
        judge_invariants(&evidence, &scenario.invariants, &of.invariants, expectation.as_deref());
    findings.judgements.extend(invariants);
    findings
}

fn run_of(of: Of, remains: Remains, findings: Findings) -> Run {
    let Of { scenario, system, seed, .. } = of;
    let records = remains.records;
    let plan = Scenario {
        nemesis: None,
        steps: remains.steps,
        seed: Some(seed),
        on: Some(system.name.to_owned()),
        ..scenario.clone()
    };
    Run {
        scenario,
        plan,
        system,
        seed,
        stage: remains.stage,
        history: records.history,
        trace: records.trace,
        faults: records.faults,
        facts: records.facts,
        probes: remains.probes,
        replicas: remains.replicas,
        waits: remains.waits,
        run_ended: Time::from_nanos(remains.run_ended_ns),
        ended: Time::from_nanos(remains.ended_ns),
        counters: records.counters,
        digest: records.digest,
        judgements: findings.judgements,
        staleness: findings.staleness,
        availability: findings.availability,
        durability: findings.durability,
        defects: remains.defects,
    }
}
