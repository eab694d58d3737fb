//! What a cluster comes to that is left alone: one fair order of events, by the nodes' own delays.
//!
//! Nothing fails, messages take a millisecond, and timers run out when they are due. The nodes'
//! first timers are set apart, as nodes that boot together do not tick together.

use super::{
    live::LocalEvent,
    locals::LocalId,
    world::{State, World},
};
use node::NodeId;
use std::time::Duration;

const LATENCY: Duration = Duration::from_millis(1);
/// How much later the timers of each node run out than those of the node before it.
const APART: Duration = Duration::from_millis(7);

/// A cluster on its own.
pub(super) struct Settling {
    pub(super) state: State,
    now: Duration,
    /// When each message under way arrives, in order of sending.
    arrivals: Vec<(Duration, u32)>,
    /// When each running timer is due, by node and place.
    due: Vec<Vec<Duration>>,
}

/// What happens next.
enum Next {
    Arrival(usize),
    Timer(usize, usize),
}

impl Settling {
    /// Leaves a cluster alone from a state on.
    pub(super) fn of(world: &World, state: State) -> Self {
        let due = |(place, local): (usize, &LocalId)| {
            let apart = APART * place as u32;
            let running = &world.locals.summary(*local).timers;
            running.iter().map(|running| running.after + late(running.after, apart)).collect()
        };
        Self {
            due: state.locals.iter().enumerate().map(due).collect(),
            arrivals: state.net.iter().map(|&message| (LATENCY, message)).collect(),
            state,
            now: Duration::ZERO,
        }
    }

    /// A cluster all of whose nodes have just booted.
    pub(super) fn from_boot(world: &mut World) -> Self {
        let nothing = world.nothing();
        let mut settling = Self::of(world, nothing);
        for (place, member) in world.scope.config.members.clone().iter().enumerate() {
            settling.act(world, *member, LocalEvent::Boot);
            settling.due[place].iter_mut().for_each(|due| *due += APART * place as u32);
        }
        settling
    }

    /// Whether nothing is under way and due now.
    pub(super) fn is_quiet(&self, world: &World) -> bool {
        world.is_quiet(&self.state)
    }

    /// Lets the next thing happen; false if there is none before `limit`.
    pub(super) fn go_on(&mut self, world: &mut World, limit: Duration) -> bool {
        let arrivals = self.arrivals.iter().enumerate();
        let arrival = arrivals.map(|(place, &(at, _))| (at, Next::Arrival(place)));
        let timers = self.due.iter().enumerate().flat_map(|(node, due)| {
            due.iter().enumerate().map(move |(place, &at)| (at, Next::Timer(node, place)))
        });
        let Some((at, next)) = arrival.chain(timers).min_by_key(|(at, _)| *at) else {
            return false;
        };
        if at > limit {
            return false;
        }
        self.now = self.now.max(at);
        match next {
            Next::Arrival(place) => {
                let (_, message) = self.arrivals.remove(place);
                self.arrive(world, message);
            }
            Next::Timer(node, place) => {
                self.due[node].remove(place);
                let event = LocalEvent::Timer { place: place as u8, on: false };
                self.act_knowing(world, NodeId::from_index(node), event, Some(place));
            }
        }
        true
    }

    fn arrive(&mut self, world: &mut World, message: u32) {
        let sent = world.locals.messages[message as usize].clone();
        if let Some(place) = self.state.net.iter().position(|it| *it == message) {
            self.state.net.remove(place);
        }
        if world.locals.summary(self.state.locals[sent.to.index()]).is_up {
            self.act(
                world,
                sent.to,
                LocalEvent::Message { from: sent.from, message: sent.message },
            );
        }
    }

    fn act(&mut self, world: &mut World, node: NodeId, event: LocalEvent) {
        self.act_knowing(world, node, event, None);
    }

    /// Lets something happen to a node; `fired` is the place of the timer that has run out and is
    /// gone from the list of moments already.
    fn act_knowing(
        &mut self,
        world: &mut World,
        node: NodeId,
        event: LocalEvent,
        fired: Option<usize>,
    ) {
        let step = world.act(&mut self.state, node, event);
        let done = world.locals.done(step).clone();
        self.arrivals.extend(done.sends.iter().map(|&message| (self.now + LATENCY, message)));
        let summary = world.locals.summary(done.next);
        let before = &self.due[node.index()];
        let moments = done.kept.iter().zip(&summary.timers).map(|(kept, running)| match kept {
            Some(place) => {
                let place = usize::from(*place);
                before[place - usize::from(fired.is_some_and(|fired| fired < place))]
            }
            None => self.now + running.after,
        });
        self.due[node.index()] = moments.collect();
        if summary.is_syncing {
            self.act(world, node, LocalEvent::Synced);
        }
    }
}

/// What is due at once stays so.
fn late(after: Duration, apart: Duration) -> Duration {
    if after.is_zero() { Duration::ZERO } else { apart }
}
