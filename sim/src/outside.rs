//! The pump of nodes that live outside: the world goes by the clock that they go by.

use crate::{
    plain::step,
    world::{Remains, World},
};
use node::{NodeId, outside::Outside};
use std::panic::resume_unwind;

/// A node that lives outside came to an end that nothing in the scenario asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outage {
    /// Which.
    pub node: NodeId,
    /// What it said of that, in the end.
    pub why: String,
}

impl Outage {
    /// Ends the run: nobody can say what would have come of it.
    pub(crate) fn raise(self) -> ! {
        // No panic hook hears of it, since nothing is broken here.
        resume_unwind(Box::new(self))
    }
}

/// Boots the nodes of a timed world, and runs it to its end.
pub(crate) fn run(mut world: World, outside: Box<dyn Outside + Send>) -> Remains {
    world.put_outside(outside);
    world.boot_outside();
    loop {
        match world.hear() {
            Some(happened) => world.happens(happened),
            None if step(&mut world) => {}
            None => return world.finish(),
        }
    }
}
