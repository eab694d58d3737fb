//! Runs without a runtime.

use super::{
    assess::{Of, assess},
    setup::{Setup, own_up, panicked_of},
};
use crate::{
    Cluster, Error, Run,
    parallel::RUN_THREAD,
    plain,
    world::{Remains, World},
};
use node::outside::Outside;
use std::{
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind},
    thread,
};

impl Setup {
    /// On the present thread if that is one for runs, and the nodes need none of their own.
    pub(super) fn run_plainly<R: Send + 'static>(
        self,
        end: fn(Of, Remains) -> R,
    ) -> Result<R, Error> {
        let is_for_runs = thread::current().name() == Some(RUN_THREAD) && !self.kind.own_thread;
        let panicked = panicked_of(&self.kind.info, &self.scenario, self.seed);
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

    /// By nodes that live outside, in their time.
    pub(super) fn run_outside(self, outside: Box<dyn Outside + Send>) -> Result<Run, Error> {
        self.check()?;
        let panicked = panicked_of(&self.kind.info, &self.scenario, self.seed);
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
        let panicked = panicked_of(&self.kind.info, &self.scenario, self.seed);
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
        run: impl FnOnce(World, usize) -> (Remains, T),
        end: fn(Of, Remains) -> R,
    ) -> (R, T) {
        let (world, of) = self.begin(timed);
        let (remains, output) = run(world, of.scenario.cluster.nodes);
        (end(of, remains), output)
    }
}
