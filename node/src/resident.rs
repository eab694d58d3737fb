//! Nodes for who hosts them and need not know their type.
//!
//! A [`Node`] has messages and timers of its own types. Most of what hosts nodes only carries the ones about and
//! waits for the others: here a node keeps its timers and goes by their names, and its messages are [`Said`].
//! So a world, a search or a server is built once, and not for every system; whoever brings a store of their own
//! builds that store.

mod timers;

use crate::{
    Answer, Canonical, Change, Config, Context, Disk, Fact, HealthCheckId, Key, MembershipChange,
    Node, NodeId, Note, Outbox, Perform, Request, RequestId, Role, Said, SyncId, SystemInfo, Time,
    TimerId, Uptake, Versioned, Waits, Work,
};
use rand::RngCore;
use std::{fmt::Display, time::Duration};
use timers::LiveTimers;

/// What is lent to a node for an event, as by a [`Context`].
pub struct Lent<'a> {
    /// The static configuration.
    pub config: &'a Config,
    /// What the node's own clock shows.
    pub shows: Time,
    /// The node's random stream.
    pub rng: &'a mut dyn RngCore,
    /// The node's disk.
    pub disk: &'a Disk,
}

/// Boots a node of some system. The second says whether a trace is kept, in which the node is to say why.
pub type Boot = fn(Lent<'_>, bool) -> Booted;

/// A system, whatever the type of its nodes.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// What the registry says of it.
    pub info: SystemInfo,
    /// [`Node::OWN_THREAD`].
    pub own_thread: bool,
    /// Boots one of its nodes.
    pub boot: Boot,
}

impl Kind {
    /// The system of these nodes.
    pub const fn of<N: Node>() -> Self {
        Self { info: N::INFO, own_thread: N::OWN_THREAD, boot: boot::<N> }
    }
}

/// A node that has booted. The effects of that wait to be carried out.
pub struct Booted {
    /// The node.
    pub node: Box<dyn Resident>,
    /// Whether it looked at its clock.
    pub clock_read: bool,
}

/// Something that happens to a node that is up.
#[derive(Clone, Debug)]
pub enum Event {
    /// A client asks.
    Request(Request),
    /// A node speaks.
    Message {
        /// Who.
        from: NodeId,
        /// What it says.
        message: Said,
    },
    /// A load balancer asks whether the node is well.
    HealthCheck(HealthCheckId),
    /// A timer has run out.
    Timer(TimerId),
    /// A sync has reached the platter.
    Synced(SyncId),
    /// An operator wants the membership changed.
    Membership(MembershipChange),
}

/// What became of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Handled {
    /// Whether the node looked at its clock.
    pub clock_read: bool,
    /// What it says to a change of the membership, if the event was one.
    pub uptake: Option<Uptake>,
}

/// What a timer is for.
pub trait Purpose: Canonical + Display {}

impl<T: Canonical + Display> Purpose for T {}

/// What carries the effects of nodes out: a [`Perform`] to which messages are [`Said`] and timers have a purpose.
/// The timers themselves stay with their nodes.
pub trait Carry: for<'t> Perform<Said, &'t dyn Purpose> {}

impl<T: for<'t> Perform<Said, &'t dyn Purpose>> Carry for T {}

/// A node that is up.
pub trait Resident: Send {
    /// Hands the node an event; what that causes stays here until it is carried out.
    ///
    /// # Panics
    ///
    /// Panics if the event is a timer that is not running or a message of another system.
    fn handle(&mut self, event: Event, lent: Lent<'_>) -> Handled;

    /// Has the effects that have gathered carried out, in order.
    fn perform(&mut self, by: &mut dyn Carry);

    /// What a timer is for, if it is running.
    fn timer(&self, id: TimerId) -> Option<&dyn Purpose>;

    /// [`Node::role`].
    fn role(&self) -> Role;

    /// [`Node::group`].
    fn group(&self) -> u32;

    /// [`Node::serves`].
    fn serves(&self) -> bool;

    /// [`Node::waits`].
    fn waits(&self) -> Waits;

    /// [`Node::state_text`].
    fn state_text(&self) -> Option<String>;

    /// [`Node::entries`].
    fn entries(&self) -> Vec<(Key, Versioned)>;

    /// [`Node::recoverable`].
    fn recoverable(&self) -> Vec<(Key, Versioned)>;
}

/// A node of one system, with its timers, and what it has caused and is not carried out.
struct Housed<N: Node> {
    node: N,
    outbox: Outbox<N::Message, N::Timer>,
    timers: LiveTimers<N::Timer>,
}

/// Boots a node of this system: a [`Boot`].
pub fn boot<N: Node>(lent: Lent<'_>, explains: bool) -> Booted {
    let mut outbox = if explains { Outbox::explained() } else { Outbox::default() };
    let Lent { config, shows, rng, disk } = lent;
    let mut ctx = Context::new(config, shows, rng, disk, &mut outbox);
    let node = N::boot(config, &mut ctx);
    let clock_read = ctx.clock_was_read();
    let timers = LiveTimers::default();
    Booted { node: Box::new(Housed { node, outbox, timers }), clock_read }
}

impl<N: Node> Resident for Housed<N> {
    fn handle(&mut self, event: Event, lent: Lent<'_>) -> Handled {
        let work: Work<N> = match event {
            Event::Request(request) => Work::Request(request),
            Event::Message { from, message } => {
                Work::Message { from, message: message.into_message::<N>() }
            }
            Event::HealthCheck(check) => Work::HealthCheck(check),
            Event::Timer(id) => {
                let timer = self.timers.take(id);
                Work::Timer(timer.expect("a timer that runs out was running"))
            }
            Event::Synced(sync) => Work::Synced(sync),
            Event::Membership(change) => Work::Membership(change),
        };
        let Lent { config, shows, rng, disk } = lent;
        let mut ctx = Context::new(config, shows, rng, disk, &mut self.outbox);
        let uptake = work.hand_to(&mut self.node, &mut ctx);
        Handled { clock_read: ctx.clock_was_read(), uptake }
    }

    fn perform(&mut self, by: &mut dyn Carry) {
        let Self { outbox, timers, .. } = self;
        outbox.perform(&mut Handing::<N> { by, timers });
    }

    fn timer(&self, id: TimerId) -> Option<&dyn Purpose> {
        self.timers.get(id).map(|timer| timer as &dyn Purpose)
    }

    fn role(&self) -> Role {
        self.node.role()
    }

    fn group(&self) -> u32 {
        self.node.group()
    }

    fn serves(&self) -> bool {
        self.node.serves()
    }

    fn waits(&self) -> Waits {
        self.node.waits()
    }

    fn state_text(&self) -> Option<String> {
        self.node.state_text()
    }

    fn entries(&self) -> Vec<(Key, Versioned)> {
        self.node.entries()
    }

    fn recoverable(&self) -> Vec<(Key, Versioned)> {
        self.node.recoverable()
    }
}

/// Hands effects on to what carries them out, and keeps the timers.
struct Handing<'a, N: Node> {
    by: &'a mut dyn Carry,
    timers: &'a mut LiveTimers<N::Timer>,
}

impl<N: Node> Perform<N::Message, N::Timer> for Handing<'_, N> {
    #[inline]
    fn send(&mut self, to: NodeId, message: N::Message) {
        self.by.send(to, Said::of::<N>(message));
    }

    #[inline]
    fn reply(&mut self, request: RequestId, answer: Answer) {
        self.by.reply(request, answer);
    }

    fn healthy(&mut self, check: HealthCheckId) {
        self.by.healthy(check);
    }

    #[inline]
    fn set_timer(&mut self, id: TimerId, after: Duration, timer: N::Timer) {
        self.by.set_timer(id, after, self.timers.add(id, timer));
    }

    #[inline]
    fn cancel_timer(&mut self, id: TimerId) {
        self.timers.take(id);
        self.by.cancel_timer(id);
    }

    fn sync(&mut self, id: SyncId, file: String) {
        self.by.sync(id, file);
    }

    #[inline]
    fn apply(&mut self, change: Change) {
        self.by.apply(change);
    }

    fn announce(&mut self, fact: Fact) {
        self.by.announce(fact);
    }

    fn note(&mut self, note: Note) {
        self.by.note(note);
    }

    fn serve(&mut self, requests: Option<Vec<RequestId>>) {
        self.by.serve(requests);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Operation, systems::quorum::Quorum};
    use rand::rngs::mock::StepRng;

    /// Writes down what it is told to carry out.
    #[derive(Default)]
    struct Scribe(Vec<String>, Vec<TimerId>);

    impl Perform<Said, &dyn Purpose> for Scribe {
        fn send(&mut self, to: NodeId, message: Said) {
            self.0.push(format!("send {to}: {message}"));
        }

        fn reply(&mut self, request: RequestId, answer: Answer) {
            self.0.push(format!("reply {request}: {answer}"));
        }

        fn set_timer(&mut self, id: TimerId, after: Duration, timer: &dyn Purpose) {
            self.0.push(format!("set-timer {after:?}: {timer}"));
            self.1.push(id);
        }

        fn cancel_timer(&mut self, id: TimerId) {
            self.0.push(format!("cancel-timer {}", id.0));
            self.1.retain(|running| *running != id);
        }

        fn healthy(&mut self, check: HealthCheckId) {
            self.0.push(format!("healthy {}", check.0));
        }

        fn apply(&mut self, change: Change) {
            self.0.push(format!("apply {change}"));
        }

        fn announce(&mut self, fact: Fact) {
            self.0.push(format!("announce {fact}"));
        }

        fn sync(&mut self, id: SyncId, file: String) {
            self.0.push(format!("sync {}: {file}", id.0));
        }
    }

    fn lent<'a>(config: &'a Config, rng: &'a mut StepRng, disk: &'a Disk) -> Lent<'a> {
        Lent { config, shows: Time::ZERO, rng, disk }
    }

    #[test]
    fn a_node_does_the_same_whether_its_type_is_known_or_not() {
        let config = Config::new(NodeId::new(1), 3);
        let put = || Request::example(Operation::put("k", "v"));
        let mut known = crate::Host::<Quorum>::boot(config.clone());
        let mut expected: Vec<String> =
            known.take_effects().iter().map(ToString::to_string).collect();
        expected.extend(known.request(put()).iter().map(ToString::to_string));
        expected.extend(known.health_check(HealthCheckId(7)).iter().map(ToString::to_string));

        let (disk, mut rng) = (Disk::in_memory(), StepRng::new(0, 1));
        let Booted { mut node, .. } = boot::<Quorum>(lent(&config, &mut rng, &disk), false);
        let mut scribe = Scribe::default();
        node.perform(&mut scribe);
        node.handle(Event::Request(put()), lent(&config, &mut rng, &disk));
        node.perform(&mut scribe);
        node.handle(Event::HealthCheck(HealthCheckId(7)), lent(&config, &mut rng, &disk));
        node.perform(&mut scribe);
        assert_eq!(scribe.0, expected);
        for kind in ["send", "apply", "set-timer", "healthy"] {
            assert!(expected.iter().any(|effect| effect.starts_with(kind)), "{kind}");
        }

        let timer = scribe.1[0];
        assert!(node.timer(timer).is_some());
        node.handle(Event::Timer(timer), lent(&config, &mut rng, &disk));
        assert!(node.timer(timer).is_none(), "it has run out");
    }
}
