//! Faults of nodes: their processes, their power, their clocks, their disks.

use super::{Among, Control, World, percent};
use crate::{
    nemesis::PlannedStep,
    world::{Event, disk::DiskFault, nanos},
};
use judge::record::{FaultKind, FaultOrigin};
use node::{Node, NodeId, Time};
use scenarios::{Action, Step, Target};
use std::time::Duration;

impl<N: Node> World<N> {
    /// Kills processes, with or without their power.
    pub(super) fn take_down(
        &mut self,
        target: Target,
        kind: FaultKind,
        origin: FaultOrigin,
    ) -> Option<Control> {
        let nodes = self.resolve(target, Among::Up);
        let power = kind == FaultKind::PowerLoss;
        self.note(&nodes, target, if power { Action::PowerLoss } else { Action::Crash });
        for &node in &nodes {
            let label = format!("{node} {}", if power { "lost its power" } else { "crashed" });
            let fault = self.record.fault(kind, label, origin, vec![node]);
            self.record.touch(fault);
            let server = &mut self.servers[node.index()];
            server.crashed = Some(fault);
            server.power_lost = power;
            // A pause ends with the process that stood still.
            if let Some(pause) = server.paused.take() {
                self.record.end_fault(pause);
            }
        }
        if nodes.is_empty() {
            let now = Time::from_nanos(self.now);
            self.defects
                .push(format!("the {} of {target} at {now} found no such node up", kind.name()));
        }
        (!nodes.is_empty()).then_some(Control::Kill(nodes))
    }

    /// Sets the crashes and restarts of a rolling restart on the plan.
    pub(super) fn plan_rolling_restart(
        &mut self,
        down: Duration,
        gap: Duration,
        origin: FaultOrigin,
    ) {
        let mut at = Duration::from_nanos(self.now);
        for node in self.candidates(Among::Everyone) {
            let target = Target::Node(node);
            self.plan(at, Action::Crash(target), origin);
            self.plan(at + down, Action::Restart(target), origin);
            at += down + gap;
        }
    }

    fn plan(&mut self, at: Duration, action: Action, origin: FaultOrigin) {
        self.queue.push(nanos(at), Event::Step(self.steps.len()));
        self.steps.push(PlannedStep { step: Step { at, action }, origin });
    }

    /// Lets a node stand still.
    pub(super) fn pause(&mut self, node: NodeId, origin: FaultOrigin) {
        if self.servers[node.index()].paused.is_none() {
            let label = format!("{node} paused");
            let fault = self.record.fault(FaultKind::Pause, label, origin, vec![node]);
            self.servers[node.index()].paused = Some(fault);
        }
    }

    /// Lets a paused node go on; harmless if it is not paused.
    pub(super) fn resume(&mut self, node: NodeId) {
        let server = &mut self.servers[node.index()];
        let Some(fault) = server.paused.take() else {
            return;
        };
        self.record.end_fault(fault);
        let interrupted = std::mem::take(&mut server.interrupted);
        if interrupted || (!server.busy && !server.inbox.is_empty()) {
            self.start_work(node);
        }
    }

    /// Moves a node's clock.
    pub(super) fn jump_clock(&mut self, node: NodeId, by_ns: i64, origin: FaultOrigin) {
        let label = format!("{node}'s clock jumped by {} ms", by_ns as f64 / 1e6);
        let fault = self.record.fault(FaultKind::ClockJump, label, origin, vec![node]);
        self.servers[node.index()].clock.jump(by_ns, fault);
        self.note(&[node], Target::Any, |node| Action::ClockJump { node, by_ns });
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
            self.servers[node.index()].slow.push((fault, factor));
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
            Action::DiskErrors { node, share, lasts } => {
                let what = format!("fails {}% of writes and syncs", percent(share));
                (node, FaultKind::DiskErrors, DiskFault::Errors(share), what, lasts)
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
            self.servers[node.index()].disk.disturb(fault, disturbance);
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
            for _ in 0..self.servers[node.index()].disk.rot() {
                self.record.touch(fault);
            }
        }
    }

    /// A fault that lasts a while is over.
    pub(in crate::world) fn window_ends(&mut self, fault: usize) {
        self.network.calm(self.now, fault);
        for &node in &self.record.faults[fault].nodes {
            let server = &mut self.servers[node.index()];
            server.slow.retain(|(other, _)| *other != fault);
            server.disk.calm(fault);
        }
        self.record.end_fault(fault);
    }

    /// Sets nodes, clocks and disks right; what has rotted stays rotten.
    pub(super) fn heal_nodes(&mut self) {
        for position in 0..self.servers.len() {
            let server = &mut self.servers[position];
            let mut healed = server.clock.heal();
            healed.extend(server.disk.heal());
            healed.extend(server.slow.drain(..).map(|(fault, _)| fault));
            healed.into_iter().for_each(|fault| self.record.end_fault(fault));
            self.resume(NodeId::from_index(position));
        }
    }
}
