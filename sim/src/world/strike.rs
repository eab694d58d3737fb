//! Steps carried out: faults, repairs and the script's operations.

use super::{
    Control, Event, Order, World, nanos,
    network::{CutShape, Disturbance},
};
use crate::{
    run::{FaultKind, FaultOrigin},
    seed::draw_below,
};
use node::{Node, NodeId, Operation, Role};
use scenarios::{Action, Party, Step, Target};
use std::time::Duration;
use tokio::sync::oneshot;

/// Which nodes a target may mean.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Among {
    /// Those that are up.
    Up,
    /// Those that are down.
    Down,
    /// Those that are paused.
    Paused,
    /// All of them.
    Everyone,
}

impl<N: Node> World<N> {
    /// Puts on record what is wrong all the time.
    pub(super) fn put_background_on_record(&mut self) {
        let origin = FaultOrigin::Background;
        let (loss, duplicate) = self.network.background_shares();
        if loss > 0.0 {
            let label = format!("links lose up to {}% of messages", percent(loss));
            self.network.background.loss =
                Some(self.record.fault(FaultKind::Loss, label, origin, Vec::new()));
        }
        if duplicate > 0.0 {
            let label = format!("links double up to {}% of messages", percent(duplicate));
            self.network.background.duplicate =
                Some(self.record.fault(FaultKind::Duplicate, label, origin, Vec::new()));
        }
        for (&id, clock) in &self.scenario.cluster.clocks {
            let offset_ms = clock.offset_ns as f64 / 1e6;
            let label = format!(
                "{id}'s clock is off by {offset_ms} ms and drifts by {} ppm",
                clock.drift_ppm
            );
            let fault = self.record.fault(FaultKind::ClockJump, label, origin, vec![id]);
            self.servers[id.index()].clock.faults.push(fault);
        }
    }

    /// Carries out a step of the plan.
    pub(super) fn carry_out(&mut self, position: usize) -> Option<Order> {
        let planned = self.steps[position].clone();
        if self.healed_at.is_some() {
            return None;
        }
        let control = self.act(&planned.step.action, planned.origin);
        control.map(|control| Order { control, done: None })
    }

    /// Carries out what a test's own body asks for.
    pub(super) fn act_for_body(
        &mut self,
        action: Action,
        done: oneshot::Sender<()>,
    ) -> Option<Order> {
        let origin = FaultOrigin::Step(self.carried_out.len());
        match self.act(&action, origin) {
            Some(control) => Some(Order { control, done: Some(done) }),
            None => {
                // The body may have dropped the future that waits for this.
                let _ = done.send(());
                None
            }
        }
    }

    /// Heals everything, if the scenario says so, and sets the end of the run.
    pub(super) fn heal(&mut self) -> Option<Order> {
        self.healed_at = Some(self.now);
        self.record.heal();
        self.queue.push(self.now + nanos(self.scenario.phases.settle), Event::End);
        if !self.scenario.phases.heal {
            return None;
        }
        self.heal_network();
        for fault in self.network.calm_all() {
            self.record.end_fault(fault);
        }
        for node in 0..self.servers.len() {
            let healed = self.servers[node].clock.heal();
            healed.into_iter().for_each(|fault| self.record.end_fault(fault));
            self.resume(NodeId::from_index(node));
        }
        let down = self.candidates(Among::Down);
        (!down.is_empty()).then_some(Order { control: Control::Boot(down), done: None })
    }

    /// Names the faults that were meant to bite and touched nothing.
    pub(super) fn find_toothless_faults(&mut self) {
        let faults = &self.record.faults;
        let is_toothless = |origin: FaultOrigin| {
            let mut same = faults.iter().filter(|fault| fault.origin == origin);
            same.all(|fault| fault.touched == 0)
        };
        for (position, fault) in faults.iter().enumerate() {
            let first_of_origin = match fault.origin {
                FaultOrigin::Step(_) => {
                    is_toothless(fault.origin)
                        && !faults[..position].iter().any(|other| other.origin == fault.origin)
                }
                FaultOrigin::Background => fault.touched == 0,
                FaultOrigin::Random => false,
            };
            if first_of_origin {
                let what = fault.kind.touches();
                self.defects.push(format!(
                    "the fault \"{}\" at {} touched nothing ({what}: 0)",
                    fault.label, fault.start
                ));
            }
        }
    }

    fn act(&mut self, action: &Action, origin: FaultOrigin) -> Option<Control> {
        match action {
            Action::Crash(target) => {
                let nodes = self.resolve(*target, Among::Up);
                self.note(&nodes, *target, Action::Crash);
                self.crash(&nodes, *target, origin)
            }
            Action::Restart(target) => {
                let nodes = self.resolve(*target, Among::Down);
                self.note(&nodes, *target, Action::Restart);
                self.miss_if_empty(&nodes, "restart", "is down");
                (!nodes.is_empty()).then_some(Control::Boot(nodes))
            }
            Action::Pause(target) => {
                let nodes = self.resolve(*target, Among::Up);
                self.note(&nodes, *target, Action::Pause);
                nodes.iter().for_each(|&node| self.pause(node, origin));
                None
            }
            Action::Resume(target) => {
                let nodes = self.resolve(*target, Among::Paused);
                self.note(&nodes, *target, Action::Resume);
                self.miss_if_empty(&nodes, "resume", "is paused");
                nodes.into_iter().for_each(|node| self.resume(node));
                None
            }
            Action::Partition(_)
            | Action::Isolate(_)
            | Action::OneWay { .. }
            | Action::HealNetwork
            | Action::SlowLink { .. }
            | Action::Loss { .. }
            | Action::Duplicate { .. } => {
                self.act_on_network(action, origin);
                None
            }
            Action::ClockJump { node, by_ns } => {
                for node in self.resolve(*node, Among::Everyone) {
                    self.jump_clock(node, *by_ns, origin);
                }
                None
            }
            Action::Put { .. }
            | Action::Get { .. }
            | Action::Delete { .. }
            | Action::ListKeys { .. }
            | Action::CompareAndSet { .. } => {
                self.operate_step(action);
                None
            }
        }
    }

    fn crash(&mut self, nodes: &[NodeId], target: Target, origin: FaultOrigin) -> Option<Control> {
        for &node in nodes {
            let label = format!("{node} crashed");
            let fault = self.record.fault(FaultKind::Crash, label, origin, vec![node]);
            self.record.touch(fault);
            self.servers[node.index()].crashed = Some(fault);
            // A pause ends with the process that stood still.
            if let Some(pause) = self.servers[node.index()].paused.take() {
                self.record.end_fault(pause);
            }
        }
        if nodes.is_empty() {
            let now = node::Time::from_nanos(self.now);
            self.defects.push(format!(
                "the crash of {} at {now} touched nothing: no such node is up",
                name(target)
            ));
        }
        (!nodes.is_empty()).then(|| Control::Kill(nodes.to_vec()))
    }

    fn pause(&mut self, node: NodeId, origin: FaultOrigin) {
        if self.servers[node.index()].paused.is_none() {
            let label = format!("{node} paused");
            let fault = self.record.fault(FaultKind::Pause, label, origin, vec![node]);
            self.servers[node.index()].paused = Some(fault);
        }
    }

    /// Lets a paused node go on; harmless if it is not paused.
    fn resume(&mut self, node: NodeId) {
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

    fn jump_clock(&mut self, node: NodeId, by_ns: i64, origin: FaultOrigin) {
        let label = format!("{node}'s clock jumped by {} ms", by_ns as f64 / 1e6);
        let fault = self.record.fault(FaultKind::ClockJump, label, origin, vec![node]);
        self.servers[node.index()].clock.jump(by_ns, fault);
        self.note(&[node], Target::Any, |node| Action::ClockJump { node, by_ns });
    }

    fn act_on_network(&mut self, action: &Action, origin: FaultOrigin) {
        match action {
            Action::Partition(sides) => self.partition(sides, origin),
            Action::Isolate(target) => {
                let nodes = self.resolve(*target, Among::Everyone);
                self.note(&nodes, *target, Action::Isolate);
                let label = format!("{} cut off", list(&nodes));
                let fault = self.record.fault(FaultKind::Isolate, label, origin, nodes.clone());
                self.network.cut(self.now, fault, CutShape::Islands(nodes));
            }
            Action::OneWay { from, to } => {
                let Some((from, to)) = self.pair(*from, *to) else {
                    return;
                };
                let label = format!("{from} -> {to} cut");
                let fault = self.record.fault(FaultKind::OneWay, label, origin, vec![from, to]);
                self.network.cut(self.now, fault, CutShape::OneWay(from, to));
                let (from, to) = (Target::Node(from), Target::Node(to));
                self.carried(Action::OneWay { from, to });
            }
            Action::HealNetwork => {
                self.heal_network();
                self.carried(Action::HealNetwork);
            }
            Action::SlowLink { from, to, delay, lasts } => {
                let Some((from, to)) = self.pair(*from, *to) else {
                    return;
                };
                let label = format!("{from} -> {to} slower by {} ms", delay.as_secs_f64() * 1e3);
                let fault = self.record.fault(FaultKind::SlowLink, label, origin, vec![from, to]);
                let extra_ns = nanos(*delay);
                self.disturb(fault, Disturbance::Delay { from, to, extra_ns }, *lasts);
                let (from, to) = (Target::Node(from), Target::Node(to));
                self.carried(Action::SlowLink { from, to, delay: *delay, lasts: *lasts });
            }
            Action::Loss { share, lasts } => {
                let label = format!("links lose {}% of messages", percent(*share));
                let fault = self.record.fault(FaultKind::Loss, label, origin, Vec::new());
                self.disturb(fault, Disturbance::Loss(*share), *lasts);
                self.carried(action.clone());
            }
            Action::Duplicate { share, lasts } => {
                let label = format!("links double {}% of messages", percent(*share));
                let fault = self.record.fault(FaultKind::Duplicate, label, origin, Vec::new());
                self.disturb(fault, Disturbance::Duplicate(*share), *lasts);
                self.carried(action.clone());
            }
            _ => unreachable!("the caller passes network actions alone"),
        }
    }

    fn disturb(&mut self, fault: usize, disturbance: Disturbance, lasts: Duration) {
        self.network.disturb(fault, disturbance);
        self.queue.push(self.now.saturating_add(nanos(lasts)), Event::WindowEnd { fault });
    }

    fn partition(&mut self, sides: &[Vec<Party>], origin: FaultOrigin) {
        let mut side_of = vec![0; self.servers.len()];
        let (mut clients, mut labels, mut concrete) = (0, Vec::new(), Vec::new());
        for (number, parties) in sides.iter().enumerate() {
            let (mut members, mut names) = (Vec::new(), Vec::new());
            for party in parties {
                match party {
                    Party::Clients => {
                        clients = number + 1;
                        members.push(Party::Clients);
                        names.push("clients".to_owned());
                    }
                    Party::Node(target) => {
                        for node in self.resolve(*target, Among::Everyone) {
                            // A role may stand for a node that an earlier side has.
                            if side_of[node.index()] == 0 {
                                side_of[node.index()] = number + 1;
                                members.push(Party::Node(Target::Node(node)));
                                names.push(node.to_string());
                            }
                        }
                    }
                }
            }
            concrete.push(members);
            labels.push(names.join("+"));
        }
        let nodes = self.servers.iter().map(super::Server::id);
        let nodes = nodes.filter(|node| side_of[node.index()] > 0).collect();
        let label = format!("split {}", labels.join(" | "));
        let fault = self.record.fault(FaultKind::Partition, label, origin, nodes);
        self.network.cut(self.now, fault, CutShape::Sides { nodes: side_of, clients });
        self.carried(Action::Partition(concrete));
    }

    fn heal_network(&mut self) {
        for fault in self.network.heal_cuts(self.now) {
            self.record.end_fault(fault);
        }
    }

    /// Carries out an operation of the script at the node that its target means now.
    fn operate_step(&mut self, action: &Action) {
        let (operation, target) = match action.clone() {
            Action::Put { key, value, to } => (Operation::Put { key, value }, to),
            Action::Get { key, from } => (Operation::Get { key }, from),
            Action::Delete { key, to } => (Operation::Delete { key }, to),
            Action::ListKeys { from } => (Operation::ListKeys, from),
            Action::CompareAndSet { key, expected, new, to } => {
                (Operation::CompareAndSet { key, expected, new }, to)
            }
            _ => unreachable!("the caller passes operations alone"),
        };
        for node in self.resolve(target, Among::Everyone) {
            self.carried(aimed(action, Target::Node(node)));
            self.operate_script(operation.clone(), node);
        }
    }

    /// The nodes a target means now, in order of their names.
    fn resolve(&mut self, target: Target, among: Among) -> Vec<NodeId> {
        let candidates = self.candidates(among);
        match target {
            Target::Node(node) => {
                candidates.into_iter().filter(|&candidate| candidate == node).collect()
            }
            Target::All => candidates,
            Target::Leader => self.leader_among(&candidates).into_iter().collect(),
            Target::Follower => {
                let leader = self.leader_among(&candidates);
                let up = |node: &NodeId| among != Among::Everyone || self.is_up(*node);
                let others: Vec<_> = candidates
                    .into_iter()
                    .filter(|node| Some(*node) != leader && up(node))
                    .collect();
                self.draw_one(&others)
            }
            Target::Any => self.draw_one(&candidates),
        }
    }

    /// Whoever leads among these nodes, or, if none does, is configured to.
    fn leader_among(&self, nodes: &[NodeId]) -> Option<NodeId> {
        let leads = |node: &&NodeId| self.servers[node.index()].role() == Role::Leader;
        let up = |node: &&NodeId| self.is_up(**node);
        let configured = self.servers[0].config.leader;
        let leader = nodes.iter().filter(up).find(leads).or(nodes.iter().find(leads));
        leader.or(nodes.iter().find(|node| **node == configured)).copied()
    }

    fn draw_one(&mut self, nodes: &[NodeId]) -> Vec<NodeId> {
        match nodes {
            [] => Vec::new(),
            [only] => vec![*only],
            several => {
                vec![several[draw_below(several.len() as u64, &mut self.nemesis) as usize]]
            }
        }
    }

    /// The sender and receiver that two targets mean, if they are two nodes.
    fn pair(&mut self, from: Target, to: Target) -> Option<(NodeId, NodeId)> {
        let from = self.resolve(from, Among::Everyone).first().copied()?;
        let to = self.resolve(to, Among::Everyone).into_iter().find(|&to| to != from);
        if to.is_none() {
            self.defects.push(format!("a link from {from} to itself was to be disturbed"));
        }
        to.map(|to| (from, to))
    }

    fn candidates(&self, among: Among) -> Vec<NodeId> {
        let fits = |server: &&super::Server<N>| match among {
            Among::Up => server.is_up(),
            Among::Down => !server.is_up(),
            Among::Paused => server.paused.is_some(),
            Among::Everyone => true,
        };
        self.servers.iter().filter(fits).map(super::Server::id).collect()
    }

    fn is_up(&self, node: NodeId) -> bool {
        self.servers[node.index()].is_up()
    }

    /// Notes a step as carried out, once for each node it came to.
    fn note(&mut self, nodes: &[NodeId], target: Target, action: impl Fn(Target) -> Action) {
        match target {
            Target::All => self.carried(action(Target::All)),
            Target::Node(_) => self.carried(action(target)),
            Target::Leader | Target::Follower | Target::Any => {
                nodes.iter().for_each(|&node| self.carried(action(Target::Node(node))));
            }
        }
    }

    fn carried(&mut self, action: Action) {
        self.carried_out.push(Step { at: Duration::from_nanos(self.now), action });
    }

    fn miss_if_empty(&mut self, nodes: &[NodeId], verb: &str, state: &str) {
        if nodes.is_empty() {
            let now = node::Time::from_nanos(self.now);
            self.defects.push(format!("the step to {verb} at {now} found no node that {state}"));
        }
    }
}

/// The same operation at another target.
fn aimed(action: &Action, target: Target) -> Action {
    let mut action = action.clone();
    match &mut action {
        Action::Put { to, .. }
        | Action::Delete { to, .. }
        | Action::CompareAndSet { to, .. }
        | Action::Get { from: to, .. }
        | Action::ListKeys { from: to } => *to = target,
        _ => unreachable!("the caller passes operations alone"),
    }
    action
}

fn name(target: Target) -> String {
    match target {
        Target::Node(node) => node.to_string(),
        Target::Leader => "the leader".to_owned(),
        Target::Follower => "a follower".to_owned(),
        Target::Any => "any node".to_owned(),
        Target::All => "all nodes".to_owned(),
    }
}

fn list(nodes: &[NodeId]) -> String {
    nodes.iter().map(ToString::to_string).collect::<Vec<_>>().join("+")
}

/// A share as a percentage, without needless decimals.
fn percent(share: f64) -> f64 {
    libm::round(share * 1000.0) / 10.0
}
