//! Runs in a madsim runtime, one runtime and one thread a run.

use super::{Of, Simulation, assess, panicked_of};
use crate::{
    Cluster, Error, Gear, Run,
    nemesis::plan,
    parallel::RUN_THREAD,
    plugin::{Pump, WorldPlugin},
    world::{Remains, World},
};
use madsim::runtime::Runtime;
use node::Node;
use std::{future::Future, sync::Arc, thread};

impl<N: Node> Simulation<N> {
    pub(super) fn run_by_madsim<R: Send + 'static>(
        self,
        end: fn(Of, Remains) -> R,
    ) -> Result<R, Error> {
        let gear = self.gear;
        let drive = move |pump: Pump<N>| async move {
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
        let Self { scenario, seed, detail, fork, invariants, .. } = self;
        let panicked = panicked_of::<N>(&scenario, seed);
        let work = move || {
            let scenario = Arc::new(scenario);
            let steps = plan(&scenario, seed, fork);
            let world = World::<N>::new(&scenario, steps, seed, fork, detail, timed);
            let runtime = Runtime::with_seed_and_config(seed, madsim::Config::default());
            runtime.add_simulator::<WorldPlugin<N>>();
            let nodes = scenario.cluster.nodes;
            let (remains, output) = runtime.block_on(async move {
                let (pump, output) = drive(Pump::start(world, nodes).await).await;
                (pump.finish(), output)
            });
            let scenario = Arc::unwrap_or_clone(scenario);
            (end(Of { scenario, system: N::INFO, seed, detail, invariants }, remains), output)
        };
        let thread = thread::Builder::new().name(RUN_THREAD.to_owned()).spawn(work)?;
        thread.join().map_err(panicked)
    }
}
