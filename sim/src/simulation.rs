//! The way in: a scenario and a seed, or a test written as code.

use crate::{
    Cluster, Error, Run,
    nemesis::plan,
    parallel::{RUN_THREAD, panic_message},
    plain,
    plugin::{Pump, WorldPlugin},
    world::{Remains, World},
};
use judge::{
    property::{Evidence, judge},
    record::{Counters, Digest, Words},
};
use madsim::runtime::Runtime;
use node::{
    Node, SystemInfo, Time,
    systems::{self, Visitor},
};
use scenarios::Scenario;
use std::{
    any::Any,
    future::Future,
    marker::PhantomData,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    thread,
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

/// How the pump goes from event to event. The digest is the same in both gears.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Gear {
    /// It goes on to the next at once: fast, for runs in which nothing else lives. A run
    /// of nodes that need no thread of their own ([`Node::OWN_THREAD`]) does without madsim.
    #[default]
    Advance,
    /// It sleeps by madsim's clock, so that other tasks run at their own moments. Runs with a
    /// body of their own use this gear whatever was set.
    Sleep,
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
#[derive(Clone, Debug)]
pub struct Simulation<N> {
    scenario: Scenario,
    seed: u64,
    detail: Detail,
    gear: Gear,
    node: PhantomData<fn() -> N>,
}

impl<N: Node> Simulation<N> {
    /// A run of a scenario, with seed 0.
    pub fn new(scenario: Scenario) -> Self {
        Self { scenario, seed: 0, detail: Detail::Digest, gear: Gear::Advance, node: PhantomData }
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
    /// [`Error::Panicked`] if a node broke an invariant, [`Error::Thread`] if no
    /// thread could be started.
    pub fn run(self) -> Result<Run, Error> {
        self.run_to(assess)
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

    fn run_to<R: Send + 'static>(self, end: fn(Of, Remains) -> R) -> Result<R, Error> {
        let gear = self.gear;
        if gear == Gear::Advance && !N::OWN_THREAD {
            return self.run_plainly(end);
        }
        let drive = move |pump: Pump<N>| async move {
            pump.run(gear).await;
            (pump, ())
        };
        Ok(self.drive(true, drive, end)?.0)
    }

    /// Carries out a body of code beside the scenario's steps and workload. When the
    /// body is done the steps are over; the cluster heals, settles and is judged.
    ///
    /// # Errors
    ///
    /// [`Error::Panicked`] if a node or the body panicked, [`Error::Thread`] if no
    /// thread could be started.
    pub fn run_with<T, F, B>(self, body: F) -> Result<(Run, T), Error>
    where
        T: Send + 'static,
        F: FnOnce(Cluster) -> B + Send + 'static,
        B: Future<Output = T>,
    {
        let drive = move |pump: Pump<N>| async move {
            let cluster = Cluster::new(pump.door());
            let output = pump.run_beside(body(cluster)).await;
            let output = output.expect("only a timed run ends before its body");
            pump.begin_to_heal();
            pump.run(Gear::Advance).await;
            (pump, output)
        };
        self.drive(false, drive, assess)
    }

    /// Runs without madsim, and on the present thread if that is one for runs.
    fn run_plainly<R: Send + 'static>(self, end: fn(Of, Remains) -> R) -> Result<R, Error> {
        let Self { scenario, seed, detail, .. } = self;
        let panicked = panicked_of::<N>(&scenario, seed);
        let work = move || {
            let scenario = Arc::new(scenario);
            let world = World::<N>::new(&scenario, plan(&scenario, seed), seed, detail, true);
            let remains = plain::run(world, scenario.cluster.nodes);
            let scenario = Arc::unwrap_or_clone(scenario);
            end(Of { scenario, system: N::INFO, seed, detail }, remains)
        };
        let is_for_runs = thread::current().name() == Some(RUN_THREAD);
        let ended = match is_for_runs {
            true => catch_unwind(AssertUnwindSafe(work)),
            false => thread::Builder::new().name(RUN_THREAD.to_owned()).spawn(work)?.join(),
        };
        ended.map_err(panicked)
    }

    /// Runs on a thread of its own: what a thread leaves behind, such as the state of
    /// its hash maps, must not reach the next run.
    fn drive<T, R, F, B>(
        self,
        timed: bool,
        drive: F,
        end: fn(Of, Remains) -> R,
    ) -> Result<(R, T), Error>
    where
        R: Send + 'static,
        T: Send + 'static,
        F: FnOnce(Pump<N>) -> B + Send + 'static,
        B: Future<Output = (Pump<N>, T)>,
    {
        let Self { scenario, seed, detail, .. } = self;
        let panicked = panicked_of::<N>(&scenario, seed);
        let work = move || {
            let scenario = Arc::new(scenario);
            let steps = plan(&scenario, seed);
            let world = World::<N>::new(&scenario, steps, seed, detail, timed);
            let runtime = Runtime::with_seed_and_config(seed, madsim::Config::default());
            runtime.add_simulator::<WorldPlugin<N>>();
            let nodes = scenario.cluster.nodes;
            let (remains, output) = runtime.block_on(async move {
                let (pump, output) = drive(Pump::start(world, nodes).await).await;
                (pump.finish(), output)
            });
            let scenario = Arc::unwrap_or_clone(scenario);
            (end(Of { scenario, system: N::INFO, seed, detail }, remains), output)
        };
        let thread = thread::Builder::new().name(RUN_THREAD.to_owned()).spawn(work)?;
        thread.join().map_err(panicked)
    }
}

/// Makes an error of what a run panicked with.
fn panicked_of<N: Node>(
    scenario: &Scenario,
    seed: u64,
) -> impl FnOnce(Box<dyn Any + Send>) -> Error + use<N> {
    let scenario = scenario.name.clone();
    move |payload| Error::Panicked {
        scenario,
        system: N::INFO.name.to_owned(),
        seed,
        message: panic_message(payload.as_ref()),
    }
}

/// Carries out a scenario on a system of the registry.
///
/// # Errors
///
/// [`Error::UnknownSystem`] and [`Error::CannotCarryOut`] for a system that cannot run
/// it, and what [`Simulation::run`] gives.
pub fn run(
    scenario: &Scenario,
    system: &str,
    seed: u64,
    detail: Detail,
    gear: Gear,
) -> Result<Run, Error> {
    visit(scenario, system, ByName { scenario: scenario.clone(), seed, detail, gear })
}

/// Carries out a scenario on a system of the registry and judges nothing.
///
/// # Errors
///
/// As [`run`].
pub fn run_unjudged(
    scenario: &Scenario,
    system: &str,
    seed: u64,
    detail: Detail,
    gear: Gear,
) -> Result<Unjudged, Error> {
    let by_name = ByName { scenario: scenario.clone(), seed, detail, gear };
    visit(scenario, system, ByNameUnjudged(by_name))
}

fn visit<T>(
    scenario: &Scenario,
    system: &str,
    visitor: impl Visitor<Output = Result<T, Error>>,
) -> Result<T, Error> {
    let info = systems::find(system).ok_or_else(|| Error::UnknownSystem(system.to_owned()))?;
    // What a file expects of a system was held against it when the file was read.
    let is_known = scenario.expect.contains_key(system) && scenario.cluster.nodes >= info.min_nodes;
    let obstacles = if is_known { Vec::new() } else { scenario.obstacles(info) };
    if !obstacles.is_empty() {
        return Err(Error::CannotCarryOut {
            scenario: scenario.name.clone(),
            system: system.to_owned(),
            why: obstacles.join("; "),
        });
    }
    systems::visit(system, visitor).expect("what the registry finds it also visits")
}

struct ByName {
    scenario: Scenario,
    seed: u64,
    detail: Detail,
    gear: Gear,
}

impl Visitor for ByName {
    type Output = Result<Run, Error>;

    fn visit<N: Node>(self) -> Self::Output {
        let Self { scenario, seed, detail, gear } = self;
        Simulation::<N>::new(scenario).seed(seed).detail(detail).gear(gear).run()
    }
}

struct ByNameUnjudged(ByName);

impl Visitor for ByNameUnjudged {
    type Output = Result<Unjudged, Error>;

    fn visit<N: Node>(self) -> Self::Output {
        let ByName { scenario, seed, detail, gear } = self.0;
        Simulation::<N>::new(scenario).seed(seed).detail(detail).gear(gear).run_unjudged()
    }
}

/// Which run it was.
struct Of {
    scenario: Scenario,
    system: SystemInfo,
    seed: u64,
    detail: Detail,
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
    let Of { scenario, system, seed, detail } = of;
    let run_ended = Time::from_nanos(remains.run_ended_ns);
    let ended = Time::from_nanos(remains.ended_ns);
    let records = remains.records;
    let evidence = Evidence {
        history: &records.history,
        replicas: &remains.replicas,
        faults: &records.faults,
        facts: &records.facts,
        probes: &remains.probes,
        system: Some(&system),
        trace: records.trace.as_ref(),
        run_ended,
        ended,
        words: match detail {
            Detail::Verdicts => Words::Unsaid,
            Detail::Violations => Words::OfViolations,
            Detail::Digest | Detail::Full => Words::Said,
        },
    };
    let findings = judge(&evidence, &scenario.properties, scenario.expectation(&system).as_deref());
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
        history: records.history,
        trace: records.trace,
        faults: records.faults,
        facts: records.facts,
        probes: remains.probes,
        replicas: remains.replicas,
        waits: remains.waits,
        run_ended,
        ended,
        counters: records.counters,
        digest: records.digest,
        judgements: findings.judgements,
        staleness: findings.staleness,
        availability: findings.availability,
        durability: findings.durability,
        defects: remains.defects,
    }
}
