//! Runs in a madsim runtime, one runtime and one thread a run.

use super::{
    Gear,
    assess::{Of, assess},
    setup::{Setup, own_up, panicked_of},
};
use crate::{
    Cluster, Error, Run,
    parallel::RUN_THREAD,
    plugin::{Pump, WorldPlugin},
    world::Remains,
};
use madsim::runtime::Runtime;
use std::{
    future::{Future, poll_fn},
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    task::Poll,
    thread,
};

impl Setup {
    pub(super) fn run_by_madsim<R: Send + 'static>(
        self,
        end: fn(Of, Remains) -> R,
    ) -> Result<R, Error> {
        let gear = self.gear;
        let drive = move |pump: Pump| async move {
            pump.run(gear).await;
            (pump, ())
        };
        Ok(self.drive(true, drive, end)?.0)
    }

    pub(super) fn run_with_by_madsim<T, F, B>(self, body: F) -> Result<(Run, T), Error>
    where
        T: Send + 'static,
        F: FnOnce(Cluster) -> B + Send + 'static,
        B: Future<Output = T>,
    {
        let drive = move |pump: Pump| async move {
            let cluster = Cluster::new(pump.door());
            let output = pump.run_beside(own_up(body, cluster)).await;
            let output = output.expect("only a timed run ends before its body");
            pump.begin_to_heal();
            pump.run(Gear::Advance).await;
            (pump, output)
        };
        self.drive(false, drive, assess)
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
        F: FnOnce(Pump) -> B + Send + 'static,
        B: Future<Output = (Pump, T)>,
    {
        let seed = self.seed;
        let panicked = panicked_of(&self.kind.info, &self.scenario, seed);
        let work = move || {
            let (world, of) = self.begin(timed);
            let runtime = Runtime::with_seed_and_config(seed, madsim::Config::default());
            runtime.add_simulator::<WorldPlugin>();
            let nodes = of.scenario.cluster.nodes;
            let mut driven = Box::pin(async move {
                let (pump, output) = drive(Pump::start(world, nodes).await).await;
                (pump.finish(), output)
            });
            // What ends a run early is told by its error, and not by madsim on standard error.
            let ended = runtime.block_on(poll_fn(move |cx| {
                match catch_unwind(AssertUnwindSafe(|| driven.as_mut().poll(cx))) {
                    Ok(polled) => polled.map(Ok),
                    Err(payload) => Poll::Ready(Err(payload)),
                }
            }));
            let (remains, output) = ended.unwrap_or_else(|payload| resume_unwind(payload));
            (end(of, remains), output)
        };
        let thread = thread::Builder::new().name(RUN_THREAD.to_owned()).spawn(work)?;
        thread.join().map_err(panicked)
    }
}
