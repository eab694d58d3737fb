//! A run that is about to be had, of a system whatever the type of its nodes.

use super::{
    Detail, Gear,
    assess::{Of, Unjudged, assess, unassessed},
};
use crate::{
    Cluster, Error, Fork, Hold, Limits, Outage, OverLimit, Run,
    nemesis::plan,
    parallel::panic_message,
    world::{Course, Remains, World},
};
use judge::property::OwnInvariant;
use node::{SystemInfo, resident::Kind};
use scenarios::Scenario;
use std::{
    any::Any,
    future::{Future, poll_fn},
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    pin::pin,
    sync::Arc,
    task::Context,
};

/// Which run is to be had, and how.
#[derive(Clone, Debug)]
pub(super) struct Setup {
    pub(super) kind: Kind,
    pub(super) scenario: Arc<Scenario>,
    pub(super) seed: u64,
    pub(super) detail: Detail,
    pub(super) gear: Gear,
    pub(super) fork: Option<Fork>,
    pub(super) hold: Option<Hold>,
    /// `None`: those in force.
    pub(super) limits: Option<Limits>,
    pub(super) invariants: Vec<OwnInvariant<'static>>,
}

impl Setup {
    /// A run of a scenario, with seed 0.
    pub(super) fn new(kind: Kind, scenario: Arc<Scenario>) -> Self {
        Self {
            kind,
            scenario,
            seed: 0,
            detail: Detail::Digest,
            gear: Gear::Advance,
            fork: None,
            hold: None,
            limits: None,
            invariants: Vec::new(),
        }
    }

    /// Carries the scenario out and judges what came of it.
    pub(super) fn run(self) -> Result<Run, Error> {
        self.run_to(assess)
    }

    /// Carries the scenario out and judges nothing, for who looks at what happened and asks for no verdict.
    pub(super) fn run_unassessed(self) -> Result<Run, Error> {
        self.run_to(unassessed)
    }

    /// The same, for who only compares what happened.
    pub(super) fn run_unjudged(self) -> Result<Unjudged, Error> {
        self.run_to(|_, remains| Unjudged {
            digest: remains.records.digest,
            counters: remains.records.counters,
        })
    }

    /// What is switched on and set in code is held against what the system has, as in a file.
    pub(super) fn check(&self) -> Result<(), Error> {
        match self.scenario.unknown_to(&self.kind.info) {
            why if why.is_empty() => Ok(()),
            why => Err(Error::CannotCarryOut {
                scenario: self.scenario.name.clone(),
                system: self.kind.info.name.to_owned(),
                why: why.join("; "),
            }),
        }
    }

    fn run_to<R: Send + 'static>(self, end: fn(Of, Remains) -> R) -> Result<R, Error> {
        self.check()?;
        match self.gear {
            Gear::Plain => self.run_plainly(end),
            Gear::Advance if !self.kind.own_thread || cfg!(not(madsim)) => self.run_plainly(end),
            Gear::Advance | Gear::Sleep => self.run_by_madsim(end),
        }
    }

    /// Carries out a body of code beside the scenario's steps and workload.
    pub(super) fn run_with<T, F, B>(self, body: F) -> Result<(Run, T), Error>
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

    /// Makes the world; the second says which run it is.
    pub(super) fn begin(self, timed: bool) -> (World, Of) {
        let Self { kind, scenario, seed, detail, fork, hold, limits, invariants, .. } = self;
        let limits = limits.unwrap_or_else(Limits::in_force);
        let steps = plan(&scenario, seed, fork, limits);
        let course = Course { fork, hold, limits };
        let world = World::new(kind, &scenario, steps, seed, course, detail, timed);
        (world, Of { scenario, system: kind.info, seed, detail, invariants })
    }
}

/// Makes an error of what a run ended with before its time.
pub(super) fn panicked_of(
    system: &SystemInfo,
    scenario: &Scenario,
    seed: u64,
) -> impl FnOnce(Box<dyn Any + Send>) -> Error + use<> {
    let scenario = scenario.name.clone();
    let system = system.name.to_owned();
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
pub(super) async fn own_up<F, B>(body: F, cluster: Cluster) -> B::Output
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
