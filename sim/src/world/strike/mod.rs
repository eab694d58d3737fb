//! Steps carried out: faults, repairs and the script's operations.

mod membership;
mod network;
mod nodes;
mod operate;
mod targets;

pub(super) use membership::Wishes;
pub(super) use targets::draw_ranking;

use super::{Control, Order, World, network::CutShape, server::Server};
use judge::record::{FaultKind, FaultOrigin, FaultRecord};
use node::NodeId;
use scenarios::{Action, Release, Step, Target};
use std::time::Duration;
use tokio::sync::oneshot;

/// What a fault comes from, and when it ends of itself, if it does.
#[derive(Clone, Copy)]
struct Strike {
    origin: FaultOrigin,
    lasts: Option<Duration>,
}

impl Strike {
    /// The action as the plan asks for it.
    fn as_planned(self, action: Action) -> Action {
        match self.lasts {
            Some(lasts) => action.lasting(lasts),
            None => action,
        }
    }
}

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

impl World {
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
            self.servers[id.index()].clock.jump(0, fault);
        }
    }

    /// Carries out a step of the plan.
    pub(super) fn carry_out(&mut self, position: usize) -> Option<Order> {
        let planned = self.steps[position].clone();
        if self.healed_at.is_some() {
            return None;
        }
        let control = match planned.step.client {
            Some(client) => {
                self.operate_step(&planned.step.action, Some(client));
                None
            }
            None => self.act(&planned.step.action, planned.origin),
        };
        control.map(|control| Order { control, done: None })
    }

    /// Carries out what a test's own body asks for.
    pub(super) fn act_for_body(
        &mut self,
        action: Action,
        done: oneshot::Sender<()>,
    ) -> Option<Order> {
        let origin = FaultOrigin::Body(self.acts_of_body);
        self.acts_of_body += 1;
        match self.act(&action, origin) {
            Some(control) => Some(Order { control, done: Some(done) }),
            None => {
                // The body may have dropped the future that waits for this.
                let _ = done.send(());
                None
            }
        }
    }

    /// Asks the nodes what they wait for, heals everything if the scenario says so, and
    /// sets the end of the run.
    pub(super) fn heal(&mut self) -> Option<Order> {
        self.healed_at = Some(self.now);
        self.waits = match self.outside {
            Some(_) => self.waits_outside(),
            None => self.servers.iter().filter_map(Server::waits).collect(),
        };
        self.record.heal();
        self.settle_after_healing();
        if !self.scenario.phases.heal {
            return None;
        }
        self.heal_network();
        for fault in self.network.calm_all() {
            self.record.end_fault(fault);
        }
        self.heal_nodes();
        self.heal_membership();
        let down = self.candidates(Among::Down);
        self.begin_to_boot(down).map(|control| Order { control, done: None })
    }

    /// Names the faults that were meant to bite and touched nothing.
    pub(super) fn find_toothless_faults(&mut self) {
        self.defects.extend(self.network.unused_pins());
        let faults = &self.record.faults;
        let lost_power = |fault: &FaultRecord| fault.kind == FaultKind::PowerLoss;
        let is_toothless = |origin: FaultOrigin| {
            // Chance may spare all that was at stake in one power loss, so that those of the
            // steps count together.
            let of_step = |fault: &FaultRecord| fault.origin == origin;
            if faults.iter().any(|fault| of_step(fault) && lost_power(fault))
                && faults.iter().any(|fault| {
                    lost_power(fault) && fault.origin != FaultOrigin::Random && fault.touched > 0
                })
            {
                return false;
            }
            let mut same = faults.iter().enumerate().filter(|(_, fault)| fault.origin == origin);
            same.all(|(number, fault)| {
                fault.touched == 0 && !self.nothing_to_lose.contains(&number)
            })
        };
        for (position, fault) in faults.iter().enumerate() {
            let first_of_origin = match fault.origin {
                FaultOrigin::Step(_) | FaultOrigin::Body(_) => {
                    is_toothless(fault.origin)
                        && !faults[..position].iter().any(|other| other.origin == fault.origin)
                }
                FaultOrigin::Background => fault.touched == 0,
                FaultOrigin::Random | FaultOrigin::Pin(_) => false,
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
        let (action, lasts) = match action {
            Action::Lasting { action, lasts } => {
                assert!(action.can_last(), "`{}` takes no end beside it", action.name());
                (&**action, Some(*lasts))
            }
            action => (action, None),
        };
        self.random = origin == FaultOrigin::Random;
        self.strike(action, Strike { origin, lasts })
    }

    fn strike(&mut self, action: &Action, strike: Strike) -> Option<Control> {
        let origin = strike.origin;
        match action {
            Action::Crash(target) => self.take_down(*target, FaultKind::Crash, strike),
            Action::PowerLoss(target) => self.take_down(*target, FaultKind::PowerLoss, strike),
            Action::Restart(target) => {
                let nodes = self.resolve(*target, Among::Down);
                self.note(&nodes, *target, Action::Restart);
                self.miss_if_empty(&nodes, "restart", "is down");
                self.begin_to_boot(nodes)
            }
            Action::Pause(target) => {
                self.pause_nodes(*target, strike);
                None
            }
            Action::Resume(target) => {
                let nodes = self.resolve(*target, Among::Paused);
                self.note(&nodes, *target, Action::Resume);
                self.miss_if_empty(&nodes, "resume", "is paused");
                nodes.into_iter().for_each(|node| self.resume(node));
                None
            }
            Action::RollingRestart { down, gap } => {
                let crash = |node| Action::Crash(node).lasting(*down);
                self.plan_in_turn(crash, *down, *gap, origin);
                None
            }
            Action::Install { node, release, down } => self.install(*node, *release, *down, origin),
            Action::RollingUpgrade { down, gap } => {
                let release = Release::Next;
                let upgrade = |node| Action::Install { node, release, down: *down };
                self.plan_in_turn(upgrade, *down, *gap, origin);
                None
            }
            Action::SlowNode { node, factor, lasts } => {
                self.slow_nodes(*node, *factor, *lasts, origin);
                None
            }
            Action::SlowDisk { .. } | Action::FullDisk { .. } | Action::DiskErrors { .. } => {
                self.disturb_disks(action, origin);
                None
            }
            Action::BitRot(target) => {
                self.rot(*target, origin);
                None
            }
            Action::Start(target) => self.start_late(*target),
            Action::Retire(target) => {
                self.retire(*target, origin);
                None
            }
            Action::Join(target) | Action::Leave(target) => {
                self.want_membership(action, *target, origin);
                None
            }
            Action::ClockJump { node, by_ns } => {
                for node in self.resolve(*node, Among::Everyone) {
                    self.jump_clock(node, *by_ns, strike);
                }
                None
            }
            Action::Partition(_)
            | Action::Isolate(_)
            | Action::OneWay { .. }
            | Action::Bridge(_)
            | Action::FlappingLink { .. }
            | Action::HealNetwork
            | Action::SlowLink { .. }
            | Action::DelaySpike { .. }
            | Action::Reorder { .. }
            | Action::Loss { .. }
            | Action::Duplicate { .. } => {
                self.act_on_network(action, strike);
                None
            }
            Action::Put { .. }
            | Action::Get { .. }
            | Action::Delete { .. }
            | Action::ListKeys { .. }
            | Action::CompareAndSet { .. } => {
                self.operate_step(action, None);
                None
            }
            Action::Lasting { .. } => unreachable!("an end beside an end is no action"),
        }
    }

    /// Notes a step as carried out, once for each node it came to.
    fn note(&mut self, nodes: &[NodeId], target: Target, action: impl Fn(Target) -> Action) {
        match target {
            Target::All | Target::Node(_) | Target::Zone(_) => self.carried(action(target)),
            Target::Leader
            | Target::Follower
            | Target::Any
            | Target::Majority
            | Target::Minority => {
                nodes.iter().for_each(|&node| self.carried(action(Target::Node(node))));
            }
        }
    }

    /// Puts a fault on record that stands until it is repaired, or ends of itself.
    fn begin_fault(
        &mut self,
        kind: FaultKind,
        label: String,
        strike: Strike,
        nodes: Vec<NodeId>,
    ) -> usize {
        let fault = self.record.fault(kind, label, strike.origin, nodes);
        if let Some(lasts) = strike.lasts {
            self.end_after(fault, lasts);
        }
        fault
    }

    /// Counts a fault that struck what another one holds already.
    fn count_overlap(&mut self) {
        self.record.counters.faults_overlapped += 1;
    }

    fn cut(&mut self, fault: usize, shape: CutShape) {
        if self.network.is_cut() {
            self.count_overlap();
        }
        self.network.cut(self.now, fault, shape);
    }

    fn carried(&mut self, action: Action) {
        let step = Step::new(Duration::from_nanos(self.now), action);
        self.carried_out.push(Step { random: self.random, ..step });
    }

    fn miss_if_empty(&mut self, nodes: &[NodeId], verb: &str, state: &str) {
        if nodes.is_empty() {
            let now = node::Time::from_nanos(self.now);
            self.defects.push(format!("the step to {verb} at {now} found no node that {state}"));
        }
    }
}

fn list(nodes: &[NodeId]) -> String {
    nodes.iter().map(ToString::to_string).collect::<Vec<_>>().join("+")
}

/// A share as a percentage, without needless decimals.
fn percent(share: f64) -> f64 {
    libm::round(share * 1000.0) / 10.0
}
