//! What can go wrong in a run, and how often.

use super::{
    checks::Finding,
    cluster::{Cluster, Event, MS},
};
use node::{NodeId, systems::raft::MembershipChange};
use rand::Rng;
use rand_chacha::ChaCha8Rng;

/// Which faults strike.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Weather {
    /// None; tests of their own strike.
    Calm,
    /// Every kind.
    Mixed,
    /// Nodes restart, over and over, on a slow network.
    Restarts,
    /// Whoever leads is cut off or restarts, and clients write seldom.
    LeaderFalls,
    /// Every kind, and the disk of one node rots.
    Rot,
}

/// What a run is like.
#[derive(Clone, Debug)]
pub(crate) struct Knobs {
    pub(crate) weather: Weather,
    pub(crate) nodes: usize,
    /// How many of them vote at first; 0: all.
    pub(crate) voters: u64,
    pub(crate) think_ms: u64,
    pub(crate) clients: u32,
    pub(crate) flaws: Vec<String>,
    pub(crate) snapshot_after: u64,
    pub(crate) loss: f64,
    pub(crate) doubling: f64,
    pub(crate) delay_spikes: f64,
    pub(crate) fsync_ms: u64,
    pub(crate) latency_ms: u64,
    pub(crate) changes_membership: bool,
    /// The longest pause between two faults.
    pub(crate) fault_pause_ms: u64,
    pub(crate) stormy_ms: u64,
}

impl Knobs {
    /// Three nodes and one client, and nothing goes wrong.
    pub(crate) fn calm() -> Self {
        Self {
            weather: Weather::Calm,
            nodes: 3,
            voters: 0,
            think_ms: 20,
            clients: 1,
            flaws: Vec::new(),
            snapshot_after: 1000,
            loss: 0.0,
            doubling: 0.0,
            delay_spikes: 0.0,
            fsync_ms: 2,
            latency_ms: 8,
            changes_membership: false,
            fault_pause_ms: 1000,
            stormy_ms: 0,
        }
    }

    pub(crate) fn drawn(weather: Weather, rng: &mut ChaCha8Rng) -> Self {
        let mixed = Self {
            weather,
            nodes: if rng.r#gen() { 3 } else { 5 },
            clients: 3,
            snapshot_after: [8, 40, 1000][rng.gen_range(0..3)],
            loss: [0.0, 0.02, 0.1][rng.gen_range(0..3)],
            doubling: [0.0, 0.05][rng.gen_range(0..2)],
            delay_spikes: [0.0, 0.05][rng.gen_range(0..2)],
            fsync_ms: [1, 5, 20][rng.gen_range(0..3)],
            changes_membership: rng.gen_bool(0.3),
            fault_pause_ms: [30, 200, 400, 800][rng.gen_range(0..4)],
            stormy_ms: 4_000,
            ..Self::calm()
        };
        match weather {
            Weather::Calm | Weather::Mixed => mixed,
            // A damaged node is out for good: a change that counts on it could end all.
            Weather::Rot => Self { changes_membership: false, ..mixed },
            Weather::Restarts => Self { latency_ms: 70, fault_pause_ms: 150, ..mixed },
            Weather::LeaderFalls => {
                Self { think_ms: 500, fault_pause_ms: 400, latency_ms: 30, ..mixed }
            }
        }
    }
}

impl Cluster {
    pub(crate) fn strike(&mut self) -> Finding {
        if self.is_healed || self.knobs.weather == Weather::Calm {
            return Ok(());
        }
        let pause = self.rng.gen_range(10..self.knobs.fault_pause_ms);
        self.after(pause * MS, Event::Fault);
        let victim = NodeId::from_index(self.rng.gen_range(0..self.slots.len()));
        let victim = match self.leader() {
            Some(leader)
                if self.knobs.weather == Weather::LeaderFalls || self.rng.gen_bool(0.4) =>
            {
                leader
            }
            _ => victim,
        };
        let kind = match self.knobs.weather {
            Weather::Calm | Weather::Mixed | Weather::Rot => self.rng.gen_range(0..13),
            Weather::Restarts => 4,
            Weather::LeaderFalls => {
                self.cut.clear();
                [0, 4, 6, 6, 6, 8][self.rng.gen_range(0..6)]
            }
        };
        match kind {
            0..=2 => return self.toggle(victim),
            3 => {
                let cluster_dies: bool = self.rng.gen_bool(0.3);
                for id in self.ids().filter(|&id| cluster_dies || id == victim) {
                    self.crash(id, true);
                    self.boot(id)?;
                }
            }
            4 | 5 => {
                let loses_power = self.rng.r#gen();
                self.crash(victim, loses_power);
                return self.boot(victim);
            }
            6 | 7 => self.isolate(victim),
            8 => self.split(),
            9 => {
                let other = NodeId::from_index(self.rng.gen_range(0..self.slots.len()));
                self.cut.insert((victim, other));
            }
            10 => self.cut.clear(),
            11 => self.toggle_disk(victim),
            _ => self.change_membership(victim),
        }
        Ok(())
    }

    /// Stops a running node, or starts a stopped one.
    fn toggle(&mut self, id: NodeId) -> Finding {
        if self.slots[id.index()].host.is_none() {
            return self.boot(id);
        }
        let loses_power = self.rng.r#gen();
        self.crash(id, loses_power);
        Ok(())
    }

    pub(crate) fn isolate(&mut self, victim: NodeId) {
        for other in self.ids() {
            self.cut.insert((victim, other));
            self.cut.insert((other, victim));
        }
    }

    fn split(&mut self) {
        self.cut.clear();
        let sides: Vec<bool> = self.ids().map(|_| self.rng.r#gen()).collect();
        for from in self.ids() {
            for to in self.ids().filter(|to| sides[to.index()] != sides[from.index()]) {
                self.cut.insert((from, to));
            }
        }
    }

    fn toggle_disk(&mut self, id: NodeId) {
        let mut medium = self.slots[id.index()].medium.lock().unwrap();
        medium.is_failing = !medium.is_failing;
    }

    fn change_membership(&mut self, node: NodeId) {
        if !self.knobs.changes_membership {
            return;
        }
        let change = match self.rng.r#gen() {
            true => MembershipChange::Add(node),
            false => MembershipChange::Remove(node),
        };
        self.ask_to_change(change, 1);
    }
}
