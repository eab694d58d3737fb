//! Faults of nodes: their processes, their power, their clocks, their disks.

use super::{Among, Control, Order, Strike, World, percent};
use crate::{
    nemesis::PlannedStep,
    world::{
        Event,
        disk::{DiskFault, NodeDisk},
        nanos,
    },
};
use judge::record::{FaultKind, FaultOrigin};
use node::{NodeId, Time};
use scenarios::{Action, Release, Step, Target};
use std::time::Duration;

impl World {
    /// Kills processes, with or without their power. A node that is down already stays so until
    /// the last of its crashes is over.
    pub(super) fn take_down(
        &mut self,
        target: Target,
        kind: FaultKind,
        strike: Strike,
    ) -> Option<Control> {
        let nodes = self.resolve(target, among_to_take_down(target));
        let power = kind == FaultKind::PowerLoss;
        let action = if power { Action::PowerLoss } else { Action::Crash };
        self.note(&nodes, target, |node| strike.as_planned(action(node)));
        let killed = self.those_up(&nodes);
        for &node in &nodes {
            let label = format!("{node} {}", if power { "lost its power" } else { "crashed" });
            let fault = self.begin_fault(kind, label, strike, vec![node]);
            self.take_down_one(node, fault, power);
        }
        // Chance may strike a node that is not there.
        if nodes.is_empty() && !self.random {
            let now = Time::from_nanos(self.now);
            self.defects
                .push(format!("the {} of {target} at {now} found no such node up", kind.name()));
        }
        (!killed.is_empty()).then_some(Control::Kill(killed))
    }

    fn take_down_one(&mut self, node: NodeId, fault: usize, power: bool) {
        let holds_something = power && self.disk_holds_anything(node);
        let server = &mut self.servers[node.index()];
        server.crashes.push(fault);
        // A pause ends with the process that stood still.
        let pauses = std::mem::take(&mut server.pauses);
        let was_starting = server.starting.take().is_some();
        let is_up = server.is_up();
        let dies = is_up || was_starting;
        if power && !holds_something {
            self.nothing_to_lose.insert(fault);
        }
        if was_starting {
            self.end_boot_outside(node);
        }
        if is_up {
            self.servers[node.index()].power_lost = power.then_some(fault);
        } else if power {
            // The process was dead, and what it had written was still in the page cache.
            self.record.faults[fault].touched += self.disk_loses_power(node);
        }
        if dies && !power {
            self.record.touch(fault);
        }
        pauses.into_iter().for_each(|pause| self.record.end_fault(pause));
        if !dies {
            self.count_overlap();
        }
    }

    /// Ends processes, which boot as another version of the system.
    pub(super) fn install(
        &mut self,
        target: Target,
        release: Release,
        down: Duration,
        origin: FaultOrigin,
    ) -> Option<Control> {
        let nodes = self.resolve(target, among_to_take_down(target));
        self.note(&nodes, target, |node| Action::Install { node, release, down });
        let (config, verb) = match release {
            Release::First => (Some(&self.versions.first), "downgrade"),
            Release::Next => (self.versions.next.as_ref(), "upgrade"),
        };
        let Some(config) = config.cloned() else {
            self.defects.push("an upgrade found no [system.next] to upgrade to".to_owned());
            return None;
        };
        self.miss_if_empty(&nodes, verb, "is there");
        let strike = Strike { origin, lasts: Some(down) };
        let killed = self.those_up(&nodes);
        for node in nodes {
            self.servers[node.index()].config = config.for_node(node);
            let label = format!("{node} went down for its {verb}");
            let fault = self.begin_fault(FaultKind::Crash, label, strike, vec![node]);
            self.take_down_one(node, fault, false);
        }
        (!killed.is_empty()).then_some(Control::Kill(killed))
    }

    fn those_up(&self, nodes: &[NodeId]) -> Vec<NodeId> {
        nodes.iter().copied().filter(|&node| self.servers[node.index()].is_up()).collect()
    }

    /// Has nodes boot again: at once, or when they have taken their time.
    pub(super) fn begin_to_boot(&mut self, nodes: Vec<NodeId>) -> Option<Control> {
        let boot_ns = nanos(self.scenario.cluster.boot);
        if boot_ns == 0 {
            return (!nodes.is_empty()).then_some(Control::Boot(nodes));
        }
        for node in nodes {
            let server = &mut self.servers[node.index()];
            let crashes = std::mem::take(&mut server.crashes);
            crashes.into_iter().for_each(|fault| self.record.end_fault(fault));
            if server.starting.is_none() {
                let at = self.now.saturating_add(boot_ns);
                server.starting = Some(at);
                self.queue.push(at, Event::Started { node });
            }
        }
        None
    }

    /// A node has taken its time to start, unless it crashed meanwhile.
    pub(in crate::world) fn started(&mut self, node: NodeId) -> Option<Order> {
        let server = &mut self.servers[node.index()];
        server.starting.take_if(|at| *at == self.now)?;
        Some(Order { control: Control::Boot(vec![node]), done: None })
    }

    /// Sets what strikes every node in turn on the plan, each `down` so long.
    pub(super) fn plan_in_turn(
        &mut self,
        strike: impl Fn(Target) -> Action,
        down: Duration,
        gap: Duration,
        origin: FaultOrigin,
    ) {
        let mut at = Duration::from_nanos(self.now);
        for node in self.candidates(Among::Everyone) {
            self.plan(at, strike(Target::Node(node)), origin);
            at = at.saturating_add(down).saturating_add(gap);
        }
    }

    fn plan(&mut self, at: Duration, action: Action, origin: FaultOrigin) {
        self.queue.push(nanos(at), Event::Step(self.steps.len()));
        self.steps.push(PlannedStep { step: Step::new(at, action), origin });
    }

    /// Lets nodes stand still. One that is down has no process that could be stopped.
    pub(super) fn pause_nodes(&mut self, target: Target, strike: Strike) {
        let nodes = self.resolve(target, Among::Up);
        self.note(&nodes, target, |node| strike.as_planned(Action::Pause(node)));
        if nodes.is_empty() {
            self.count_overlap();
        }
        for node in nodes {
            let fault =
                self.begin_fault(FaultKind::Pause, format!("{node} paused"), strike, vec![node]);
            let pauses = &mut self.servers[node.index()].pauses;
            pauses.push(fault);
            if pauses.len() > 1 {
                self.count_overlap();
            }
        }
    }

    /// Ends every pause of a node; harmless if there is none.
    pub(super) fn resume(&mut self, node: NodeId) {
        for fault in self.servers[node.index()].pauses.clone() {
            self.end_pause(node, fault);
        }
    }

    /// Ends a pause; with the last one the node goes on.
    fn end_pause(&mut self, node: NodeId, fault: usize) {
        let server = &mut self.servers[node.index()];
        server.pauses.retain(|pause| *pause != fault);
        self.record.end_fault(fault);
        if !server.pauses.is_empty() {
            return;
        }
        let interrupted = std::mem::take(&mut server.interrupted);
        if interrupted || (!server.busy && !server.inbox.is_empty()) {
            self.start_work(node);
        }
    }

    /// Moves a node's clock.
    pub(super) fn jump_clock(&mut self, node: NodeId, by_ns: i64, strike: Strike) {
        let label = format!("{node}'s clock jumped by {} ms", by_ns as f64 / 1e6);
        let fault = self.begin_fault(FaultKind::ClockJump, label, strike, vec![node]);
        self.servers[node.index()].clock.jump(by_ns, fault);
        self.note(&[node], Target::Any, |node| {
            strike.as_planned(Action::ClockJump { node, by_ns })
        });
    }

    /// Makes nodes slow for a while.
    pub(super) fn slow_nodes(
        &mut self,
        target: Target,
        factor: f64,
        lasts: Duration,
        origin: FaultOrigin,
    ) {
        let nodes = self.resolve(target, Among::Everyone);
        self.note(&nodes, target, |node| Action::SlowNode { node, factor, lasts });
        for node in nodes {
            let label = format!("{node} is {factor} times slower");
            let fault = self.record.fault(FaultKind::SlowNode, label, origin, vec![node]);
            self.change_pace(node, |slow| slow.push((fault, factor)));
            self.end_after(fault, lasts);
        }
    }

    /// Disturbs disks for a while.
    pub(super) fn disturb_disks(&mut self, action: &Action, origin: FaultOrigin) {
        let (target, kind, disturbance, what, lasts) = match *action {
            Action::SlowDisk { node, factor, lasts } => {
                let what = format!("is {factor} times slower");
                (node, FaultKind::SlowDisk, DiskFault::Slow(factor), what, lasts)
            }
            Action::FullDisk { node, lasts } => {
                (node, FaultKind::FullDisk, DiskFault::Full, "is full".to_owned(), lasts)
            }
            Action::DiskErrors { node, share, lasts, reads } => {
                let which = if reads { "reads, writes and syncs" } else { "writes and syncs" };
                let what = format!("fails {}% of {which}", percent(share));
                let disturbance = DiskFault::Errors { share, reads };
                (node, FaultKind::DiskErrors, disturbance, what, lasts)
            }
            _ => unreachable!("the caller passes disk actions alone"),
        };
        let nodes = self.resolve(target, Among::Everyone);
        self.note(&nodes, target, |target| {
            let mut action = action.clone();
            if let Action::SlowDisk { node, .. }
            | Action::FullDisk { node, .. }
            | Action::DiskErrors { node, .. } = &mut action
            {
                *node = target;
            }
            action
        });
        for node in nodes {
            let label = format!("{node}'s disk {what}");
            let fault = self.record.fault(kind, label, origin, vec![node]);
            let ((), slowed) = self.change_disk(node, |disk| disk.disturb(fault, disturbance));
            (0..slowed).for_each(|_| self.record.touch(fault));
            self.end_after(fault, lasts);
        }
    }

    /// Flips bits on platters.
    pub(super) fn rot(&mut self, target: Target, origin: FaultOrigin) {
        let nodes = self.resolve(target, Among::Everyone);
        self.note(&nodes, target, Action::BitRot);
        for node in nodes {
            let label = format!("bits flipped on {node}'s disk");
            let fault = self.record.fault(FaultKind::BitRot, label, origin, vec![node]);
            for _ in 0..self.disk_rots(node) {
                self.record.touch(fault);
            }
        }
    }

    /// A fault that lasts a while is over, unless it was ended before. It ends nothing but itself.
    pub(in crate::world) fn window_ends(&mut self, fault: usize) -> Option<Order> {
        if self.record.faults[fault].end.is_some() {
            return None;
        }
        self.network.calm(self.now, fault);
        let mut boot = Vec::new();
        for node in self.record.faults[fault].nodes.clone() {
            self.change_disk(node, |disk| disk.calm(fault));
            self.change_pace(node, |slow| slow.retain(|(other, _)| *other != fault));
            let server = &mut self.servers[node.index()];
            server.clock.end(fault);
            if server.crashes == [fault] {
                boot.push(node);
            } else if server.pauses.contains(&fault) {
                self.end_pause(node, fault);
            } else {
                server.crashes.retain(|crash| *crash != fault);
            }
        }
        if boot.is_empty() {
            self.record.end_fault(fault);
        }
        // The last crash of a node is over when it boots.
        self.begin_to_boot(boot).map(|control| Order { control, done: None })
    }

    /// Sets nodes, clocks and disks right; what has rotted stays rotten.
    pub(super) fn heal_nodes(&mut self) {
        for position in 0..self.servers.len() {
            let mut healed = self.servers[position].clock.heal();
            let node = NodeId::from_index(position);
            healed.extend(self.change_disk(node, NodeDisk::heal).0);
            let slow = self.change_pace(node, std::mem::take);
            healed.extend(slow.into_iter().map(|(fault, _)| fault));
            healed.into_iter().for_each(|fault| self.record.end_fault(fault));
            self.resume(node);
        }
    }
}

/// A name, or a word for many, takes down what it names, in whatever state it is; a role is that of
/// a node that is up.
fn among_to_take_down(target: Target) -> Among {
    match target {
        Target::Node(_) | Target::Zone(_) | Target::All | Target::Majority | Target::Minority => {
            Among::Everyone
        }
        Target::Leader | Target::Follower | Target::Any => Among::Up,
    }
}
