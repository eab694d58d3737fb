//! What an action is aimed at, and the operation that it is.

use super::{Action, Party, Target};
use node::{NodeId, Operation};

impl Action {
    /// The fault itself, of one that ends of itself after a while.
    pub fn inner_mut(&mut self) -> &mut Self {
        match self {
            Self::Lasting { action, .. } => action.inner_mut(),
            action => action,
        }
    }

    /// What it is aimed at. The parties of a partition are no targets: they stand in sides.
    pub fn targets_mut(&mut self) -> Vec<&mut Target> {
        match self.inner_mut() {
            Self::Crash(target)
            | Self::PowerLoss(target)
            | Self::Restart(target)
            | Self::Pause(target)
            | Self::Resume(target)
            | Self::Isolate(target)
            | Self::Bridge(target)
            | Self::BitRot(target)
            | Self::Join(target)
            | Self::Leave(target)
            | Self::Start(target)
            | Self::Retire(target)
            | Self::Install { node: target, .. }
            | Self::SlowNode { node: target, .. }
            | Self::SlowDisk { node: target, .. }
            | Self::FullDisk { node: target, .. }
            | Self::DiskErrors { node: target, .. }
            | Self::ClockJump { node: target, .. }
            | Self::Put { to: target, .. }
            | Self::Get { from: target, .. }
            | Self::Delete { to: target, .. }
            | Self::ListKeys { from: target }
            | Self::CompareAndSet { to: target, .. } => vec![target],
            Self::OneWay { from, to }
            | Self::FlappingLink { from, to, .. }
            | Self::SlowLink { from, to, .. } => vec![from, to],
            Self::RollingRestart { .. }
            | Self::RollingUpgrade { .. }
            | Self::Partition(_)
            | Self::HealNetwork
            | Self::DelaySpike { .. }
            | Self::Reorder { .. }
            | Self::Loss { .. }
            | Self::Duplicate { .. }
            | Self::Lasting { .. } => Vec::new(),
        }
    }

    /// The sides of a partition.
    pub fn sides_mut(&mut self) -> Option<&mut Vec<Vec<Party>>> {
        match self.inner_mut() {
            Self::Partition(sides) => Some(sides),
            _ => None,
        }
    }

    /// The nodes that it names; roles are none.
    pub fn nodes(&self) -> Vec<NodeId> {
        let mut copy = self.clone();
        let parties = copy.sides_mut().map(std::mem::take).into_iter().flatten().flatten();
        let parties: Vec<Target> = parties
            .filter_map(|party| match party {
                Party::Node(target) => Some(target),
                Party::Clients => None,
            })
            .collect();
        let targets = copy.targets_mut().into_iter().map(|target| *target).chain(parties);
        targets
            .filter_map(|target| match target {
                Target::Node(node) => Some(node),
                _ => None,
            })
            .collect()
    }

    /// Whether it does harm: it is neither an operation nor a repair.
    pub fn is_fault(&self) -> bool {
        let is_repair = matches!(
            self,
            Self::Restart(_) | Self::Resume(_) | Self::HealNetwork | Self::Join(_) | Self::Start(_)
        );
        !is_repair && self.operation().is_none()
    }

    /// The operation that it is, and where; `None` of a fault.
    pub fn operation(&self) -> Option<(Operation, Target)> {
        match self.clone() {
            Self::Put { key, value, to } => Some((Operation::Put { key, value }, to)),
            Self::Get { key, from } => Some((Operation::Get { key }, from)),
            Self::Delete { key, to } => Some((Operation::Delete { key }, to)),
            Self::ListKeys { from } => Some((Operation::ListKeys, from)),
            Self::CompareAndSet { key, expected, new, to } => {
                Some((Operation::CompareAndSet { key, expected, new }, to))
            }
            _ => None,
        }
    }

    /// An operation, carried out there.
    pub fn of_operation(operation: Operation, to: Target) -> Self {
        match operation {
            Operation::Put { key, value } => Self::Put { key, value, to },
            Operation::Get { key } => Self::Get { key, from: to },
            Operation::Delete { key } => Self::Delete { key, to },
            Operation::ListKeys => Self::ListKeys { from: to },
            Operation::CompareAndSet { key, expected, new } => {
                Self::CompareAndSet { key, expected, new, to }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn an_operation_is_an_action_and_back() {
        let put = Operation::Put { key: "k".into(), value: "v".into() };
        for operation in [put, Operation::ListKeys] {
            let action = Action::of_operation(operation.clone(), Target::Leader);
            assert_eq!(action.operation(), Some((operation, Target::Leader)));
        }
        assert_eq!(Action::HealNetwork.operation(), None);
    }

    #[test]
    fn nodes_are_named_by_targets_and_by_sides() {
        let node = |number| Target::Node(NodeId::new(number));
        let party = |number| Party::Node(node(number));
        let sides = vec![vec![party(1), Party::Clients], vec![party(3), Party::Node(Target::Any)]];
        let split = Action::Partition(sides).lasting(Duration::from_secs(1));
        assert_eq!(split.nodes(), [NodeId::new(1), NodeId::new(3)]);
        let cut = Action::OneWay { from: node(2), to: Target::Leader };
        assert_eq!(cut.nodes(), [NodeId::new(2)]);
        assert_eq!(Action::Crash(Target::All).nodes(), []);
    }
}
