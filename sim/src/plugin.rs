//! The world as madsim sees it, and the pump that drives it.

use crate::{
    Gear,
    door::Door,
    world::{Command, Control, Order, Remains, World},
};
use madsim::{
    plugin::Simulator,
    rand::GlobalRng,
    runtime::Handle,
    task::NodeId as MadsimId,
    time::{Sleep, TimeHandle},
};
use node::{
    ClientId, NodeId, Time,
    client::{Retry, Route},
};
use scenarios::Scenario;
use std::{
    collections::BTreeMap,
    future::{Future, poll_fn},
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard},
    task::{Poll, Waker},
    time::Duration,
};

/// The world as a madsim plugin: madsim tells it when a node is reset.
pub(crate) struct WorldPlugin {
    state: Mutex<State>,
}

struct State {
    world: Option<World>,
    /// The nodes whose initial task madsim has run since they were last asked for.
    started: Vec<NodeId>,
    names: BTreeMap<MadsimId, NodeId>,
    /// Wakes the pump when a command comes while it sleeps.
    pump: Option<Waker>,
    /// The moment of the event that a test's own body is just being told of. Its
    /// commands bear that moment, and not the few nanoseconds that madsim adds.
    event_at: Option<u64>,
}

impl Simulator for WorldPlugin {
    fn new(_rand: &GlobalRng, _time: &TimeHandle, _config: &madsim::Config) -> Self {
        let state = State {
            world: None,
            started: Vec::new(),
            names: BTreeMap::new(),
            pump: None,
            event_at: None,
        };
        Self { state: Mutex::new(state) }
    }

    fn reset_node(&self, id: MadsimId) {
        let mut state = self.state();
        if let Some(&node) = state.names.get(&id)
            && let Some(world) = &mut state.world
        {
            world.drop_node(node);
        }
    }
}

impl Door for WorldPlugin {
    fn command_at(&self, at: Time, command: Command) {
        let mut state = self.state();
        state.world().push_command(at.as_nanos(), command);
        if let Some(pump) = state.pump.take() {
            pump.wake();
        }
    }

    fn add_client(&self, reads: Route, writes: Route, retry: Retry) -> ClientId {
        self.state().world().add_body_client(reads, writes, retry)
    }

    fn now(&self) -> Time {
        let by_madsim = nanos(TimeHandle::current().elapsed());
        Time::from_nanos(self.state().event_at.unwrap_or(by_madsim))
    }

    fn scenario(&self) -> Arc<Scenario> {
        self.state().world().scenario().clone()
    }
}

impl WorldPlugin {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("a run ends with its first panic")
    }
}

impl State {
    fn world(&mut self) -> &mut World {
        self.world.as_mut().expect("the world stands while the run lasts")
    }
}

/// Drives one world through one run.
pub(crate) struct Pump {
    plugin: Arc<WorldPlugin>,
    handle: Handle,
    time: TimeHandle,
    nodes: Vec<MadsimId>,
}

impl Pump {
    /// Makes a madsim node of each store node and boots them, in order of their names.
    pub(crate) async fn start(world: World, nodes: usize) -> Self {
        let plugin = madsim::plugin::simulator::<WorldPlugin>();
        plugin.state().world = Some(world);
        let handle = Handle::current();
        let names: Vec<_> = (0..nodes).map(NodeId::from_index).collect();
        let create = |&node: &NodeId| {
            let plugin = plugin.clone();
            let init = move || {
                plugin.state().started.push(node);
                // The node lives until it is killed, as a process does.
                std::future::pending::<()>()
            };
            handle.create_node().name(node.to_string()).init(init).build().id()
        };
        let ids: Vec<_> = names.iter().map(create).collect();
        plugin.state().names = ids.iter().copied().zip(names.iter().copied()).collect();
        let pump = Self { plugin, time: TimeHandle::current(), handle, nodes: ids };
        pump.await_boot(&names).await;
        pump
    }

    /// The door for a test's own body.
    pub(crate) fn door(&self) -> Arc<dyn Door> {
        self.plugin.clone()
    }

    /// Runs to the end of the run.
    pub(crate) async fn run(&self, gear: Gear) {
        match gear {
            Gear::Advance | Gear::Plain => while self.run_by_advance().await {},
            Gear::Sleep => {
                let never = std::future::pending::<()>();
                self.run_beside(never).await;
            }
        }
    }

    /// Runs until a future is ready or the run is over. The pump sleeps from event to
    /// event, so that the future, and tasks that it spawns, run at their own moments.
    pub(crate) async fn run_beside<T>(&self, beside: impl Future<Output = T>) -> Option<T> {
        let mut beside = std::pin::pin!(beside);
        let mut sleep = Box::pin(self.time.sleep(Duration::ZERO));
        loop {
            // After every event, what it woke comes first.
            match self.sleep_to_next(&mut sleep, beside.as_mut()).await {
                Turn::Ready(output) => return Some(output),
                Turn::Due => {
                    let order = self.plugin.state().world().step();
                    if let Some(order) = order
                        && !self.carry_out(order).await
                    {
                        return None;
                    }
                }
            }
        }
    }

    /// Ends the steps; what follows is healing and settling.
    pub(crate) fn begin_to_heal(&self) {
        self.plugin.state().world().begin_to_heal();
    }

    /// The remains of the world.
    pub(crate) fn finish(self) -> Remains {
        let world = self.plugin.state().world.take();
        world.expect("the world stands while the run lasts").finish()
    }

    /// Runs by moving madsim's clock, until there is something for madsim to do.
    /// The answer is whether the run goes on.
    async fn run_by_advance(&self) -> bool {
        let order = {
            let mut state = self.plugin.state();
            let world = state.world();
            // Nothing else moves the clock meanwhile, so that it need not be read again.
            let mut clock = nanos(self.time.elapsed());
            loop {
                let order = world.step();
                if let Some(behind) = world.now().checked_sub(clock).filter(|&behind| behind > 0) {
                    self.time.advance(Duration::from_nanos(behind));
                    clock = world.now();
                }
                if let Some(order) = order {
                    break order;
                }
            }
        };
        self.carry_out(order).await
    }

    async fn carry_out(&self, order: Order) -> bool {
        match order.control {
            Control::Kill(nodes) => {
                for node in nodes {
                    self.handle.kill(self.nodes[node.index()]);
                }
            }
            Control::Boot(nodes) => {
                for &node in &nodes {
                    self.handle.restart(self.nodes[node.index()]);
                }
                self.await_boot(&nodes).await;
            }
            Control::End => return false,
        }
        if let Some(done) = order.done {
            // The body may have dropped the future that waits for this.
            let _ = done.send(());
        }
        true
    }

    /// Waits until madsim has run the initial tasks of these nodes, and boots their
    /// state machines in the order given, whatever the order in which madsim ran them.
    async fn await_boot(&self, nodes: &[NodeId]) {
        while self.plugin.state().started.len() < nodes.len() {
            madsim::task::yield_now().await;
        }
        let mut state = self.plugin.state();
        state.started.clear();
        for &node in nodes {
            state.world().boot(node);
        }
    }

    /// Sleeps until the next event is due or `beside` is ready.
    async fn sleep_to_next<T, F: Future<Output = T>>(
        &self,
        sleep: &mut Pin<Box<Sleep>>,
        mut beside: Pin<&mut F>,
    ) -> Turn<T> {
        let mut armed_for = None;
        let mut event_at = Some(self.plugin.state().world().now());
        poll_fn(|cx| {
            self.plugin.state().event_at = event_at.take();
            let polled = beside.as_mut().poll(cx);
            self.plugin.state().event_at = None;
            if let Poll::Ready(output) = polled {
                return Poll::Ready(Turn::Ready(output));
            }
            let next = {
                let mut state = self.plugin.state();
                state.pump = Some(cx.waker().clone());
                state.world().next_at()
            };
            let Some(next) = next else {
                return Poll::Pending;
            };
            if armed_for != Some(next) {
                // Never in the past: the timer must fire after every task that is ready.
                let wait = next.saturating_sub(nanos(self.time.elapsed())).max(1);
                let deadline = self.time.now_instant() + Duration::from_nanos(wait);
                sleep.as_mut().reset(deadline);
                armed_for = Some(next);
            }
            sleep.as_mut().poll(cx).map(|()| Turn::Due)
        })
        .await
    }
}

enum Turn<T> {
    Ready(T),
    Due,
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
