//! Whether faults leave a majority of the nodes that can talk.

use super::Leaves;
use node::{NodeId, Time};
use scenarios::{Action, Party, Target};
use sim::{
    Run,
    run::{FaultKind, FaultRecord},
};

/// What the faults of a run leave of its cluster at the worst moment.
///
/// A node is out while it is down, paused, or has a full disk, so that it can keep nothing.
/// A link that comes and goes counts as cut all the while. Slowness and loss cut nothing off.
pub(super) fn leaves(run: &Run) -> Leaves {
    if run.faults.is_empty() {
        return Leaves::Everything;
    }
    let sides = sides(run);
    // Things get worse only when a fault begins.
    let is_left = run.faults.iter().all(|fault| {
        let view = View::at(fault.start, run, &sides);
        view.has_majority()
    });
    if is_left { Leaves::Majority } else { Leaves::NoMajority }
}

/// The sides of each partition, by position of its fault: faults and the plan's steps are both
/// in the order in which they struck.
fn sides(run: &Run) -> Vec<Option<&Vec<Vec<Party>>>> {
    let mut partitions = run.plan.steps.iter().filter_map(|step| match &step.action {
        Action::Partition(sides) => Some(sides),
        _ => None,
    });
    let is_partition = |fault: &FaultRecord| fault.kind == FaultKind::Partition;
    run.faults
        .iter()
        .map(|fault| is_partition(fault).then(|| partitions.next()).flatten())
        .collect()
}

/// The cluster at a moment.
struct View {
    nodes: usize,
    out: Vec<bool>,
    /// Which nodes clients reach.
    reached: Vec<bool>,
    /// By sender and receiver.
    cut: Vec<Vec<bool>>,
}

impl View {
    fn at(now: Time, run: &Run, sides: &[Option<&Vec<Vec<Party>>>]) -> Self {
        let nodes = run.plan.cluster.nodes;
        let mut view = Self {
            nodes,
            out: vec![false; nodes],
            reached: vec![true; nodes],
            cut: vec![vec![false; nodes]; nodes],
        };
        let lasts = |fault: &FaultRecord| fault.end.is_none_or(|end| now < end);
        for (fault, sides) in run.faults.iter().zip(sides) {
            if fault.start <= now && lasts(fault) {
                view.suffer(fault, *sides);
            }
        }
        view
    }

    fn suffer(&mut self, fault: &FaultRecord, sides: Option<&Vec<Vec<Party>>>) {
        match fault.kind {
            FaultKind::Crash | FaultKind::PowerLoss | FaultKind::Pause | FaultKind::FullDisk => {
                fault.nodes.iter().for_each(|node| self.out[node.index()] = true);
            }
            FaultKind::Partition => self.split(sides.map_or(&[], Vec::as_slice)),
            FaultKind::Isolate => {
                for island in &fault.nodes {
                    let others = (0..self.nodes).map(NodeId::from_index);
                    others.filter(|other| other != island).for_each(|other| {
                        self.part(*island, other);
                    });
                }
            }
            FaultKind::Bridge => {
                // They are named half by half.
                let (one, other) = fault.nodes.split_at(fault.nodes.len() / 2);
                one.iter().for_each(|one| other.iter().for_each(|other| self.part(*one, *other)));
            }
            FaultKind::OneWay | FaultKind::FlappingLink => {
                if let [from, to] = fault.nodes[..] {
                    self.part(from, to);
                }
            }
            FaultKind::SlowLink
            | FaultKind::Loss
            | FaultKind::Duplicate
            | FaultKind::ClockJump
            | FaultKind::SlowNode
            | FaultKind::DelaySpike
            | FaultKind::Reorder
            | FaultKind::SlowDisk
            | FaultKind::DiskErrors
            | FaultKind::BitRot => {}
        }
    }

    fn split(&mut self, sides: &[Vec<Party>]) {
        for (position, side) in sides.iter().enumerate() {
            for other in &sides[position + 1..] {
                for (one, other) in side.iter().flat_map(|one| other.iter().map(move |o| (one, o)))
                {
                    match (one, other) {
                        (Party::Node(one), Party::Node(other)) => {
                            if let (Target::Node(one), Target::Node(other)) = (one, other) {
                                self.part(*one, *other);
                            }
                        }
                        (Party::Node(Target::Node(node)), Party::Clients)
                        | (Party::Clients, Party::Node(Target::Node(node))) => {
                            self.reached[node.index()] = false;
                        }
                        _ => {}
                    }
                }
            }
        }
    }

    /// Two nodes that talk need both ways.
    fn part(&mut self, one: NodeId, other: NodeId) {
        self.cut[one.index()][other.index()] = true;
        self.cut[other.index()][one.index()] = true;
    }

    fn has_majority(&self) -> bool {
        (0..self.nodes).filter(|node| !self.out[*node] && self.reached[*node]).any(|node| {
            let talks = |other: &usize| !self.out[*other] && !self.cut[node][*other];
            (0..self.nodes).filter(talks).count() > self.nodes / 2
        })
    }
}
