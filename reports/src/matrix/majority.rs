//! Whether faults leave a majority of the nodes that can talk.

use super::Leaves;
use judge::{
    Run,
    record::{FaultKind, FaultRecord},
};
use node::{NodeId, Time};
use scenarios::{Action, Party, Target, Zones};

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
    let mut partitions = run.steps.iter().filter_map(|step| match &step.action {
        Action::Partition(sides) => Some(sides),
        Action::Lasting { action, .. } => match &**action {
            Action::Partition(sides) => Some(sides),
            _ => None,
        },
        _ => None,
    });
    let is_partition = |fault: &FaultRecord| fault.kind == FaultKind::Partition;
    run.faults
        .iter()
        .map(|fault| is_partition(fault).then(|| partitions.next()).flatten())
        .collect()
}

/// The cluster at a moment.
struct View<'a> {
    nodes: usize,
    zones: &'a Zones,
    out: Vec<bool>,
    /// Which nodes clients reach.
    reached: Vec<bool>,
    /// By sender and receiver.
    cut: Vec<Vec<bool>>,
}

impl<'a> View<'a> {
    fn at(now: Time, run: &'a Run, sides: &[Option<&Vec<Vec<Party>>>]) -> Self {
        let nodes = run.scenario.cluster.nodes;
        let mut view = Self {
            nodes,
            zones: &run.scenario.zones,
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
            | FaultKind::BitRot
            | FaultKind::Membership => {}
        }
    }

    /// Parties on two sides do not reach each other; whom no side names, everyone reaches.
    fn split(&mut self, sides: &[Vec<Party>]) {
        let side_of = |party| sides.iter().position(|side| side.contains(&party));
        let apart = |one: Option<usize>, other: Option<usize>| {
            one.zip(other).is_some_and(|(one, other)| one != other)
        };
        let side_of_node = |index| {
            let node = NodeId::from_index(index);
            let zone = || self.zones.of_node(node).map(|zone| Party::Node(Target::Zone(zone)));
            side_of(Party::Node(Target::Node(node))).or_else(|| zone().and_then(side_of))
        };
        let sides_of_nodes: Vec<_> = (0..self.nodes).map(side_of_node).collect();
        let clients = side_of(Party::Clients);
        for (one, side) in sides_of_nodes.iter().enumerate() {
            self.reached[one] &= !apart(*side, clients);
            for (other, other_side) in sides_of_nodes.iter().enumerate() {
                self.cut[one][other] |= apart(*side, *other_side);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::support::{ghost, n};
    use judge::record::FaultOrigin;
    use scenarios::Step;
    use std::{sync::Arc, time::Duration};

    fn ms(ms: u64) -> Time {
        Time::from(Duration::from_millis(ms))
    }

    fn fault(kind: FaultKind, nodes: &[u32], start: u64, end: u64) -> FaultRecord {
        FaultRecord {
            kind,
            label: String::new(),
            origin: FaultOrigin::Step(0),
            nodes: nodes.iter().map(|node| n(*node)).collect(),
            start: ms(start),
            end: Some(ms(end)),
            touched: 1,
        }
    }

    /// What faults leave of five nodes.
    fn left_of_five(faults: Vec<FaultRecord>, partitions: Vec<Vec<Vec<Party>>>) -> Leaves {
        let mut run = ghost::run();
        Arc::make_mut(&mut run.scenario).cluster.nodes = 5;
        run.faults = faults;
        let step = |sides| Step::new(Duration::ZERO, Action::Partition(sides));
        run.steps = partitions.into_iter().map(step).collect();
        leaves(&run)
    }

    fn side(nodes: &[u32]) -> Vec<Party> {
        nodes.iter().map(|node| Party::Node(Target::Node(n(*node)))).collect()
    }

    #[test]
    fn nodes_that_are_down_at_one_time_are_counted_together() {
        use FaultKind::{Crash, FullDisk, Pause, PowerLoss, SlowNode};
        assert_eq!(left_of_five(vec![], vec![]), Leaves::Everything);
        let two = vec![fault(Crash, &[1], 0, 9), fault(Pause, &[2], 3, 9)];
        assert_eq!(left_of_five(two.clone(), vec![]), Leaves::Majority);
        for (kind, left) in [(PowerLoss, Leaves::NoMajority), (SlowNode, Leaves::Majority)] {
            let three = [two.clone(), vec![fault(kind, &[3], 8, 12)]].concat();
            assert_eq!(left_of_five(three, vec![]), left);
        }
        let later = [two, vec![fault(FullDisk, &[3], 9, 12)]].concat();
        assert_eq!(left_of_five(later, vec![]), Leaves::Majority);
    }

    #[test]
    fn a_partition_leaves_a_majority_on_one_side_or_none() {
        let cut = || vec![fault(FaultKind::Partition, &[1, 2, 3, 4, 5], 0, 9)];
        let halves = vec![side(&[1, 2, 3]), side(&[4, 5])];
        assert_eq!(left_of_five(cut(), vec![halves]), Leaves::Majority);
        let thirds = vec![side(&[1, 2]), side(&[3, 4]), side(&[5])];
        assert_eq!(left_of_five(cut(), vec![thirds]), Leaves::NoMajority);
        let mut with_clients = vec![side(&[1, 2, 3]), side(&[4, 5])];
        with_clients[1].push(Party::Clients);
        assert_eq!(left_of_five(cut(), vec![with_clients]), Leaves::NoMajority);
    }

    #[test]
    fn each_partition_has_the_sides_of_its_own_step() {
        let halves = || vec![side(&[1, 2, 3]), side(&[4, 5])];
        let thirds = || vec![side(&[1, 2]), side(&[3, 4]), side(&[5])];
        let two = |end| {
            let (one, other) = (0, 10);
            vec![
                fault(FaultKind::Partition, &[1, 2, 3, 4, 5], one, end),
                fault(FaultKind::Crash, &[3], 5, 20),
                fault(FaultKind::Partition, &[1, 2, 3, 4, 5], other, 20),
            ]
        };
        assert_eq!(left_of_five(two(4), vec![halves(), vec![]]), Leaves::Majority);
        assert_eq!(left_of_five(two(6), vec![halves(), vec![]]), Leaves::NoMajority);
        assert_eq!(left_of_five(two(4), vec![halves(), thirds()]), Leaves::NoMajority);
    }

    #[test]
    fn links_count_by_whether_one_node_still_talks_with_enough() {
        let all = |nodes: &[u32]| vec![fault(FaultKind::Isolate, nodes, 0, 9)];
        assert_eq!(left_of_five(all(&[1, 2]), vec![]), Leaves::Majority);
        assert_eq!(left_of_five(all(&[1, 2, 3]), vec![]), Leaves::NoMajority);
        // n5 bridges n1 and n2 on one side, n3 and n4 on the other.
        let bridge = || fault(FaultKind::Bridge, &[1, 2, 3, 4], 0, 9);
        assert_eq!(left_of_five(vec![bridge()], vec![]), Leaves::Majority);
        let crash = fault(FaultKind::Crash, &[5], 3, 5);
        assert_eq!(left_of_five(vec![bridge(), crash], vec![]), Leaves::NoMajority);
        let cut = |(one, other): &(u32, u32)| fault(FaultKind::OneWay, &[*one, *other], 0, 9);
        let ring = [(1, 2), (2, 3), (3, 4), (4, 5), (5, 1)];
        let rest = [(1, 3), (2, 4), (3, 5), (4, 1)];
        assert_eq!(left_of_five(ring.iter().map(cut).collect(), vec![]), Leaves::Majority);
        let cuts = ring.iter().chain(&rest).map(cut);
        assert_eq!(left_of_five(cuts.collect(), vec![]), Leaves::NoMajority);
    }
}
