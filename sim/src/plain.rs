//! The pump that needs no runtime: the world alone, and a body of code that is polled in its place.

use crate::{
    door::Door,
    world::{Command, Control, Order, Remains, World},
};
use node::{
    ClientId, NodeId, Time,
    client::{Retry, Route},
};
use scenarios::Scenario;
use std::{
    future::Future,
    pin::pin,
    sync::{Arc, Mutex, MutexGuard},
    task::{Context, Poll, Waker},
};

/// Boots the nodes of a timed world in order of their names, and runs it to its end.
pub(crate) fn run(mut world: World, nodes: usize) -> Remains {
    boot(&mut world, nodes);
    while step(&mut world) {}
    world.finish()
}

/// The same beside a body of code: until it is over, and then to the end of healing. After every event
/// the body comes first, as in a runtime.
///
/// # Panics
///
/// Panics if the body waits for something that is not of this world.
pub(crate) fn run_beside<T, B>(
    mut world: World,
    nodes: usize,
    body: impl FnOnce(Arc<dyn Door>) -> B,
) -> (Remains, T)
where
    B: Future<Output = T>,
{
    boot(&mut world, nodes);
    let room = Arc::new(Room { world: Mutex::new(Some(world)) });
    let mut body = pin!(body(room.clone()));
    let mut context = Context::from_waker(Waker::noop());
    let output = loop {
        if let Poll::Ready(output) = body.as_mut().poll(&mut context) {
            break output;
        }
        let goes_on = room.with(|world| world.next_at().is_some() && step(world));
        assert!(
            goes_on,
            "the body waits for something that never comes: nothing is left to happen here, and what is \
             not of the simulation, as another runtime's timers, needs a build with `--cfg madsim`"
        );
    };
    let mut world = room.world().take().expect("the world stands while the run lasts");
    world.begin_to_heal();
    while step(&mut world) {}
    (world.finish(), output)
}

fn boot(world: &mut World, nodes: usize) {
    (0..nodes).map(NodeId::from_index).for_each(|node| world.boot(node));
}

/// Takes one event; whether the run goes on.
pub(crate) fn step(world: &mut World) -> bool {
    let Some(Order { control, done }) = world.step() else { return true };
    match control {
        Control::Kill(nodes) => nodes.into_iter().for_each(|node| world.drop_node(node)),
        Control::Boot(nodes) => nodes.into_iter().for_each(|node| world.boot(node)),
        Control::End => return false,
    }
    if let Some(done) = done {
        // The body may have dropped the future that waits for this.
        let _ = done.send(());
    }
    true
}

/// The world where a body of code can reach it.
struct Room {
    world: Mutex<Option<World>>,
}

impl Room {
    fn world(&self) -> MutexGuard<'_, Option<World>> {
        self.world.lock().expect("a run ends with its first panic")
    }

    fn with<T>(&self, act: impl FnOnce(&mut World) -> T) -> T {
        act(self.world().as_mut().expect("the world stands while the run lasts"))
    }
}

impl Door for Room {
    fn command_at(&self, at: Time, command: Command) {
        self.with(|world| world.push_command(at.as_nanos(), command));
    }

    fn add_client(&self, reads: Route, writes: Route, retry: Retry) -> ClientId {
        self.with(|world| world.add_body_client(reads, writes, retry))
    }

    fn now(&self) -> Time {
        Time::from_nanos(self.with(|world| world.now()))
    }

    fn scenario(&self) -> Arc<Scenario> {
        self.with(|world| world.scenario().clone())
    }
}
