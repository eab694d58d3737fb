//! The smallest host: one node, no network, effects handed back.

use crate::{
    Config, Context, Disk, Effect, HealthCheckId, Node, NodeId, Outbox, Request, SyncId, Time, Work,
};
use rand::{RngCore, rngs::mock::StepRng};

/// Drives one node by hand, for golden scripts, unit tests and bare loops.
///
/// The clock stands where [`Host::now`] was last set; the random stream counts
/// upwards unless another is given.
pub struct Host<N: Node, R = StepRng> {
    config: Config,
    node: N,
    outbox: Outbox<N::Message, N::Timer>,
    disk: Disk,
    rng: R,
    /// What the node's clock shows.
    pub now: Time,
}

/// The effects of one event of node `N`.
pub type Effects<N> = Vec<Effect<<N as Node>::Message, <N as Node>::Timer>>;

impl<N: Node> Host<N> {
    /// Boots a node on an empty disk.
    pub fn boot(config: Config) -> Self {
        Self::boot_on(config, Disk::in_memory(), StepRng::new(0, 1))
    }
}

impl<N: Node, R: RngCore> Host<N, R> {
    /// Boots a node on a disk that may hold what an earlier incarnation wrote.
    pub fn boot_on(config: Config, disk: Disk, mut rng: R) -> Self {
        let mut outbox = Outbox::default();
        let mut ctx = Context::new(&config, Time::ZERO, &mut rng, &disk, &mut outbox);
        let node = N::boot(&config, &mut ctx);
        Self { config, node, outbox, disk, rng, now: Time::ZERO }
    }

    /// The node.
    pub fn node(&self) -> &N {
        &self.node
    }

    /// Stops the node; what is left is its disk.
    pub fn crash(self) -> Disk {
        self.disk
    }

    /// The effects that have gathered since they were last taken, such as those of `boot`.
    pub fn take_effects(&mut self) -> Effects<N> {
        std::mem::take(&mut self.outbox.effects)
    }

    /// Hands the node an event. What it says to a change of the membership shows in its effects alone.
    pub fn hand(&mut self, work: Work<N>) -> Effects<N> {
        let mut ctx =
            Context::new(&self.config, self.now, &mut self.rng, &self.disk, &mut self.outbox);
        work.hand_to(&mut self.node, &mut ctx);
        self.take_effects()
    }

    /// Hands the node a client's request.
    pub fn request(&mut self, request: Request) -> Effects<N> {
        self.hand(Work::Request(request))
    }

    /// Hands the node a message.
    pub fn message(&mut self, from: NodeId, message: N::Message) -> Effects<N> {
        self.hand(Work::Message { from, message })
    }

    /// Asks the node whether it is well.
    pub fn health_check(&mut self, check: HealthCheckId) -> Effects<N> {
        self.hand(Work::HealthCheck(check))
    }

    /// Lets a timer run out.
    pub fn timer(&mut self, timer: N::Timer) -> Effects<N> {
        self.hand(Work::Timer(timer))
    }

    /// Finishes a sync.
    pub fn synced(&mut self, sync: SyncId) -> Effects<N> {
        self.hand(Work::Synced(sync))
    }
}
