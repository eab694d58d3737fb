//! The faults that a test strikes its cluster with, each by a name of its own.
//!
//! Nodes go by name or role. A fault takes place before the call returns; one that `lasts` ends by
//! itself, whatever the test does meanwhile. A number out of its range, and a node that the cluster
//! does not have, panic where they are given.

use super::Cluster;
use scenarios::{Action, Links, Party, Release};
use std::{future::Future, time::Duration};

impl Cluster {
    /// Kills a node's process: its memory is gone, its disk stays.
    #[track_caller]
    pub fn crash(&self, target: &str) -> impl Future<Output = ()> + use<> {
        self.act(Action::Crash(self.target(target)))
    }

    /// Takes a node's power: of what it had written and not synced, any part may be lost or torn.
    #[track_caller]
    pub fn power_loss(&self, target: &str) -> impl Future<Output = ()> + use<> {
        self.act(Action::PowerLoss(self.target(target)))
    }

    /// Boots a node that is down again.
    #[track_caller]
    pub fn restart(&self, target: &str) -> impl Future<Output = ()> + use<> {
        self.act(Action::Restart(self.target(target)))
    }

    /// Crashes and boots every node in turn: each is `down` so long, and `gap` passes before the next.
    #[track_caller]
    pub fn rolling_restart(
        &self,
        down: Duration,
        gap: Duration,
    ) -> impl Future<Output = ()> + use<> {
        self.act(Action::RollingRestart { down, gap })
    }

    /// Ends a node's process, which boots as the system's next version after being `down` so long.
    ///
    /// # Panics
    ///
    /// Panics if the scenario has no next version.
    #[track_caller]
    pub fn upgrade(&self, target: &str, down: Duration) -> impl Future<Output = ()> + use<> {
        let (node, release) = (self.target(target), Release::Next);
        self.act(Action::Install { node, release, down })
    }

    /// Takes an upgrade of a node back.
    ///
    /// # Panics
    ///
    /// Panics if the scenario has no next version.
    #[track_caller]
    pub fn downgrade(&self, target: &str, down: Duration) -> impl Future<Output = ()> + use<> {
        let (node, release) = (self.target(target), Release::First);
        self.act(Action::Install { node, release, down })
    }

    /// Upgrades every node in turn: each is `down` so long, and `gap` passes before the next.
    ///
    /// # Panics
    ///
    /// Panics if the scenario has no next version.
    #[track_caller]
    pub fn rolling_upgrade(
        &self,
        down: Duration,
        gap: Duration,
    ) -> impl Future<Output = ()> + use<> {
        self.act(Action::RollingUpgrade { down, gap })
    }

    /// Stops a node from doing anything; what reaches it waits.
    #[track_caller]
    pub fn pause(&self, target: &str) -> impl Future<Output = ()> + use<> {
        self.act(Action::Pause(self.target(target)))
    }

    /// Lets a paused node go on.
    #[track_caller]
    pub fn resume(&self, target: &str) -> impl Future<Output = ()> + use<> {
        self.act(Action::Resume(self.target(target)))
    }

    /// Makes a node take `factor` times as long for everything.
    #[track_caller]
    pub fn slow_node(
        &self,
        target: &str,
        factor: f64,
        lasts: Duration,
    ) -> impl Future<Output = ()> + use<> {
        above_one(factor);
        self.act(Action::SlowNode { node: self.target(target), factor, lasts })
    }

    /// Splits the cluster into sides that cannot reach each other; `clients` may stand on a side.
    #[track_caller]
    pub fn partition(&self, sides: &[&[&str]]) -> impl Future<Output = ()> + use<> {
        let mut parties = Vec::new();
        for side in sides {
            let mut of_side = Vec::new();
            for name in *side {
                of_side.push(match *name {
                    "clients" => Party::Clients,
                    node => Party::Node(self.target(node)),
                });
            }
            parties.push(of_side);
        }
        self.act(Action::Partition(parties))
    }

    /// Cuts a node off from all other nodes; clients still reach it.
    #[track_caller]
    pub fn isolate(&self, target: &str) -> impl Future<Output = ()> + use<> {
        self.act(Action::Isolate(self.target(target)))
    }

    /// Cuts what one node sends to another; the way back stays open.
    #[track_caller]
    pub fn one_way(&self, from: &str, to: &str) -> impl Future<Output = ()> + use<> {
        self.act(Action::OneWay { from: self.target(from), to: self.target(to) })
    }

    /// Splits the other nodes into two halves, while this one reaches both.
    #[track_caller]
    pub fn bridge(&self, target: &str) -> impl Future<Output = ()> + use<> {
        self.act(Action::Bridge(self.target(target)))
    }

    /// Cuts a link both ways for a `period` and mends it for another, over and over.
    #[track_caller]
    pub fn flapping_link(
        &self,
        from: &str,
        to: &str,
        period: Duration,
        lasts: Duration,
    ) -> impl Future<Output = ()> + use<> {
        self.act(Action::FlappingLink {
            from: self.target(from),
            to: self.target(to),
            period,
            lasts,
        })
    }

    /// Undoes every partition, isolation, bridge and one-way cut.
    #[track_caller]
    pub fn heal_network(&self) -> impl Future<Output = ()> + use<> {
        self.act(Action::HealNetwork)
    }

    /// Adds a `delay` to what one node sends to another.
    #[track_caller]
    pub fn slow_link(
        &self,
        from: &str,
        to: &str,
        delay: Duration,
        lasts: Duration,
    ) -> impl Future<Output = ()> + use<> {
        self.act(Action::SlowLink { from: self.target(from), to: self.target(to), delay, lasts })
    }

    /// Adds a `delay` to every link between nodes.
    #[track_caller]
    pub fn delay_spike(
        &self,
        delay: Duration,
        lasts: Duration,
    ) -> impl Future<Output = ()> + use<> {
        self.act(Action::DelaySpike { delay, lasts })
    }

    /// Lets messages overtake each other: each takes up to `spread` longer.
    #[track_caller]
    pub fn reorder(
        &self,
        spread: Duration,
        lasts: Duration,
        links: Links,
    ) -> impl Future<Output = ()> + use<> {
        self.act(Action::Reorder { spread, lasts, links })
    }

    /// Makes links lose a `share` of their messages, 0 to 1.
    #[track_caller]
    pub fn loss(
        &self,
        share: f64,
        lasts: Duration,
        links: Links,
    ) -> impl Future<Output = ()> + use<> {
        share_of_all(share);
        self.act(Action::Loss { share, lasts, links })
    }

    /// Makes links double a `share` of their messages, 0 to 1.
    #[track_caller]
    pub fn duplicate(
        &self,
        share: f64,
        lasts: Duration,
        links: Links,
    ) -> impl Future<Output = ()> + use<> {
        share_of_all(share);
        self.act(Action::Duplicate { share, lasts, links })
    }

    /// Makes a node's syncs take `factor` times as long.
    #[track_caller]
    pub fn slow_disk(
        &self,
        target: &str,
        factor: f64,
        lasts: Duration,
    ) -> impl Future<Output = ()> + use<> {
        above_one(factor);
        self.act(Action::SlowDisk { node: self.target(target), factor, lasts })
    }

    /// Lets a node's disk take no more bytes.
    #[track_caller]
    pub fn full_disk(&self, target: &str, lasts: Duration) -> impl Future<Output = ()> + use<> {
        self.act(Action::FullDisk { node: self.target(target), lasts })
    }

    /// Makes a `share` of a node's writes and syncs fail, 0 to 1, and with `reads` of its reads too.
    #[track_caller]
    pub fn disk_errors(
        &self,
        target: &str,
        share: f64,
        reads: bool,
        lasts: Duration,
    ) -> impl Future<Output = ()> + use<> {
        share_of_all(share);
        self.act(Action::DiskErrors { node: self.target(target), share, lasts, reads })
    }

    /// Flips a few bits on a node's platter.
    #[track_caller]
    pub fn bit_rot(&self, target: &str) -> impl Future<Output = ()> + use<> {
        self.act(Action::BitRot(self.target(target)))
    }

    /// Moves a node's clock by so many nanoseconds; negative: back.
    #[track_caller]
    pub fn clock_jump(&self, target: &str, by_ns: i64) -> impl Future<Output = ()> + use<> {
        self.act(Action::ClockJump { node: self.target(target), by_ns })
    }

    /// Boots a node for the first time that was not there at the start.
    #[track_caller]
    pub fn start(&self, target: &str) -> impl Future<Output = ()> + use<> {
        self.act(Action::Start(self.target(target)))
    }

    /// Lets a node leave for good.
    #[track_caller]
    pub fn retire(&self, target: &str) -> impl Future<Output = ()> + use<> {
        self.act(Action::Retire(self.target(target)))
    }

    /// Has whoever leads let a node vote.
    #[track_caller]
    pub fn join(&self, target: &str) -> impl Future<Output = ()> + use<> {
        self.act(Action::Join(self.target(target)))
    }

    /// Has whoever leads let a node vote no longer.
    #[track_caller]
    pub fn leave(&self, target: &str) -> impl Future<Output = ()> + use<> {
        self.act(Action::Leave(self.target(target)))
    }
}

#[track_caller]
fn above_one(factor: f64) {
    assert!(factor > 1.0 && factor.is_finite(), "{factor} times as long: it must be above 1");
}

#[track_caller]
fn share_of_all(share: f64) {
    assert!((0.0..=1.0).contains(&share), "a share of {share}: it must be from 0 to 1");
}
