//! Random faults, drawn up front into explicit steps.

use crate::{
    Limits,
    fork::{Fork, Later},
    limits::{Limit, OverLimit},
    seed::{Stream, Streams, draw_below, draw_exponential, draw_unit},
};
use judge::record::FaultOrigin;
use node::{NodeId, Time};
use scenarios::{Action, FaultKind, Nemesis, Party, RandomFault, Scenario, Step, Target};
use std::{mem::size_of, time::Duration};

/// A step and where it comes from.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct PlannedStep {
    pub(crate) step: Step,
    pub(crate) origin: FaultOrigin,
}

/// The scenario's own steps and the random faults of its nemesis, in order of time.
pub(crate) fn plan(
    scenario: &Scenario,
    seed: u64,
    fork: Option<Fork>,
    limits: Limits,
) -> Vec<PlannedStep> {
    let own = scenario.steps.iter().cloned().enumerate();
    let mut steps: Vec<_> = own
        .map(|(position, step)| {
            let origin = match step.random {
                true => FaultOrigin::Random,
                false => FaultOrigin::Step(position),
            };
            PlannedStep { step, origin }
        })
        .collect();
    if let Some(nemesis) = &scenario.nemesis {
        let drawn = |seed| draw(nemesis, scenario.cluster.nodes, &Streams::new(seed), limits);
        let mut random = drawn(seed);
        if let Some(fork) = fork {
            random.retain(|step| !is_later(step, fork));
            random.extend(drawn(fork.seed).into_iter().filter(|step| is_later(step, fork)));
        }
        random.retain(|step| step.at < scenario.phases.run);
        let origin = FaultOrigin::Random;
        steps.extend(random.into_iter().map(|step| PlannedStep { step, origin }));
    }
    if let Some(fork) = fork.filter(|fork| fork.later == Later::Calm) {
        let is_out = |step: &Step| is_later(step, fork) && step.action.is_fault();
        steps.retain(|planned| !is_out(&planned.step));
    }
    steps.sort_by_key(|planned| planned.step.at);
    steps
}

/// Whether a step comes when a run has left its way.
fn is_later(step: &Step, fork: Fork) -> bool {
    step.at.as_nanos() >= u128::from(fork.from.as_nanos())
}

/// Draws every random fault of a run, each with an end of its own. Each kind has a stream of its own.
fn draw(nemesis: &Nemesis, nodes: usize, streams: &Streams, limits: Limits) -> Vec<Step> {
    let mut drawer = Drawer { nodes, steps: Vec::new() };
    for (position, fault) in nemesis.faults.iter().enumerate() {
        let mut rng = streams.named(format!("nemesis/{position}/{}", fault.kind.name()));
        let mean = Duration::from_secs(60).div_f64(fault.per_minute);
        let mut at = nemesis.start;
        loop {
            at = at.saturating_add(mean.mul_f64(draw_exponential(&mut rng)));
            if at >= nemesis.stop {
                break;
            }
            drawer.draw(fault, at, &mut rng);
            drawer.check(limits);
        }
    }
    drawer.steps
}

struct Drawer {
    nodes: usize,
    steps: Vec<Step>,
}

impl Drawer {
    fn draw(&mut self, fault: &RandomFault, at: Duration, rng: &mut Stream) {
        let (least, most) = fault.lasts;
        let lasts = least + (most - least).mul_f64(draw_unit(rng));
        let node = self.node(rng);
        let target = Target::Node(node);
        match fault.kind {
            FaultKind::Crash => self.push(at, Action::Crash(target).lasting(lasts)),
            FaultKind::Pause => self.push(at, Action::Pause(target).lasting(lasts)),
            FaultKind::Partition => {
                let sides = self.sides(rng);
                self.push(at, Action::Partition(sides).lasting(lasts));
            }
            FaultKind::Isolate => self.push(at, Action::Isolate(target).lasting(lasts)),
            FaultKind::OneWay => {
                let to = Target::Node(self.other(node, rng));
                self.push(at, Action::OneWay { from: target, to }.lasting(lasts));
            }
            FaultKind::SlowLink => {
                let to = Target::Node(self.other(node, rng));
                let delay = Duration::from_millis(10 + draw_below(491, rng));
                self.push(at, Action::SlowLink { from: target, to, delay, lasts });
            }
            FaultKind::Loss => {
                let share = 0.05 + 0.25 * draw_unit(rng);
                self.push(at, Action::Loss { share, lasts, links: fault.links });
            }
            FaultKind::Duplicate => {
                let share = 0.05 + 0.25 * draw_unit(rng);
                self.push(at, Action::Duplicate { share, lasts, links: fault.links });
            }
            FaultKind::PowerLoss => self.push(at, Action::PowerLoss(target).lasting(lasts)),
            FaultKind::Bridge => self.push(at, Action::Bridge(target).lasting(lasts)),
            FaultKind::FlappingLink => {
                let to = Target::Node(self.other(node, rng));
                let period = Duration::from_millis(20 + draw_below(481, rng));
                self.push(at, Action::FlappingLink { from: target, to, period, lasts });
            }
            FaultKind::DelaySpike => {
                let delay = Duration::from_millis(10 + draw_below(491, rng));
                self.push(at, Action::DelaySpike { delay, lasts });
            }
            FaultKind::Reorder => {
                let spread = Duration::from_millis(10 + draw_below(191, rng));
                self.push(at, Action::Reorder { spread, lasts, links: fault.links });
            }
            FaultKind::SlowNode => {
                let factor = 2.0 + 48.0 * draw_unit(rng);
                self.push(at, Action::SlowNode { node: target, factor, lasts });
            }
            FaultKind::SlowDisk => {
                let factor = 2.0 + 98.0 * draw_unit(rng);
                self.push(at, Action::SlowDisk { node: target, factor, lasts });
            }
            FaultKind::FullDisk => self.push(at, Action::FullDisk { node: target, lasts }),
            FaultKind::DiskErrors => {
                let share = 0.05 + 0.45 * draw_unit(rng);
                let reads = fault.reads;
                self.push(at, Action::DiskErrors { node: target, share, lasts, reads });
            }
            FaultKind::BitRot => self.push(at, Action::BitRot(target)),
            FaultKind::Membership => {
                self.push(at, Action::Leave(target));
                self.push(at + lasts, Action::Join(target));
            }
            FaultKind::ClockJump => {
                let by_ns = draw_below(20_000_000_001, rng) as i64 - 10_000_000_000;
                self.push(at, Action::ClockJump { node: target, by_ns }.lasting(lasts));
            }
        }
    }

    /// Gives the run up that is to have these faults if they alone are more than it may keep.
    fn check(&self, limits: Limits) {
        // They are held twice as the plan is put together.
        let bytes = 2 * (self.steps.capacity() * size_of::<PlannedStep>()) as u64;
        if bytes > limits.memory {
            OverLimit {
                limit: Limit::Memory(limits.memory),
                events: 0,
                kinds: Vec::new(),
                kept: vec![("random faults that are to come", bytes)],
                at: Time::ZERO,
            }
            .raise();
        }
    }

    fn push(&mut self, at: Duration, action: Action) {
        self.steps.push(Step::new(at, action));
    }

    fn node(&self, rng: &mut Stream) -> NodeId {
        NodeId::from_index(draw_below(self.nodes as u64, rng) as usize)
    }

    /// Any node but this one; this one if it is alone.
    fn other(&self, node: NodeId, rng: &mut Stream) -> NodeId {
        let step = 1 + draw_below((self.nodes as u64 - 1).max(1), rng) as usize;
        NodeId::from_index((node.index() + step) % self.nodes)
    }

    /// Splits the nodes into two sides, neither empty.
    fn sides(&self, rng: &mut Stream) -> Vec<Vec<Party>> {
        let mut nodes: Vec<_> = (0..self.nodes).map(NodeId::from_index).collect();
        for last in (1..nodes.len()).rev() {
            nodes.swap(last, draw_below(last as u64 + 1, rng) as usize);
        }
        let first = 1 + draw_below((self.nodes as u64 - 1).max(1), rng) as usize;
        let party = |node: &NodeId| Party::Node(Target::Node(*node));
        let (one, other) = nodes.split_at(first.min(self.nodes));
        [one, other].map(|side| side.iter().map(party).collect()).into()
    }
}
