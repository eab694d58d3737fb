//! Runs without a runtime.

use super::{Of, Simulation, assess, own_up, panicked_of};
use crate::{
    Cluster, Error, Limits, Run,
    nemesis::plan,
    parallel::RUN_THREAD,
    plain,
    world::{Course, Remains, World},
};
use node::{Node, outside::Outside};
use std::{
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    thread,
};

impl<N: Node> Simulation<N> {
    /// On the present thread if that is one for runs, and the nodes need none of their own.
    pub(super) fn run_plainly<R: Send + 'static>(
        self,
        end: fn(Of, Remains) -> R,
    ) -> Result<R, Error> {
        let is_for_runs = thread::current().name() == Some(RUN_THREAD) && !N::OWN_THREAD;
        let panicked = panicked_of::<N>(&self.scenario, self.seed);
        let work = move || {
            let (ran, ()) = self.ran(true, |world, nodes| (plain::run(world, nodes), ()), end);
            ran
        };
        let ended = match is_for_runs {
            true => catch_unwind(AssertUnwindSafe(work)),
            false => thread::Builder::new().name(RUN_THREAD.to_owned()).spawn(work)?.join(),
        };
        ended.map_err(panicked)
    }

    /// Carries the scenario out by nodes that live outside, such as processes, in their time, and judges
    /// what came of it. The seed decides what it decides otherwise, but for what the nodes draw themselves
    /// and how long everything takes: the run cannot be had again.
    ///
    /// # Errors
    ///
    /// [`Error::Outage`] if a node came to an end that the scenario did not ask for, and else as
    /// [`run`](Self::run).
    pub fn run_outside(self, outside: Box<dyn Outside<N::Message> + Send>) -> Result<Run, Error> {
        self.check()?;
        let panicked = panicked_of::<N>(&self.scenario, self.seed);
        let work = move || {
            let (run, ()) =
                self.ran(true, |world, _| (crate::outside::run(world, outside), ()), assess);
            run
        };
        let thread = thread::Builder::new().name(RUN_THREAD.to_owned()).spawn(work)?;
        thread.join().map_err(panicked)
    }

    /// On a thread of its own, since the body may leave something behind.
    pub(super) fn run_with_plainly<T, F, B>(self, body: F) -> Result<(Run, T), Error>
    where
        T: Send + 'static,
        F: FnOnce(Cluster) -> B + Send + 'static,
        B: Future<Output = T>,
    {
        let panicked = panicked_of::<N>(&self.scenario, self.seed);
        let work = move || {
            let beside = |world, nodes| {
                plain::run_beside(world, nodes, |door| own_up(body, Cluster::new(door)))
            };
            self.ran(false, beside, assess)
        };
        let thread = thread::Builder::new().name(RUN_THREAD.to_owned()).spawn(work)?;
        thread.join().map_err(panicked)
    }

    fn ran<R, T>(
        self,
        timed: bool,
        run: impl FnOnce(World<N>, usize) -> (Remains, T),
        end: fn(Of, Remains) -> R,
    ) -> (R, T) {
        let Self { scenario, seed, detail, fork, hold, limits, invariants, .. } = self;
        let limits = limits.unwrap_or_else(Limits::in_force);
        let scenario = Arc::new(scenario);
        let steps = plan(&scenario, seed, fork, limits);
        let world =
            World::new(&scenario, steps, seed, Course { fork, hold }, detail, timed, limits);
        let (remains, output) = run(world, scenario.cluster.nodes);
        let scenario = Arc::unwrap_or_clone(scenario);
        (end(Of { scenario, system: N::INFO, seed, detail, invariants }, remains), output)
    }
}
