//! Acknowledgment counting.

use crate::NodeId;
use std::collections::BTreeSet;

/// Who was asked, who has answered, and whether that is enough.
///
/// An answer that comes twice counts once, and one from a node that was never
/// asked, or that was given up, does not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acks {
    needed: usize,
    outstanding: BTreeSet<NodeId>,
    answered: BTreeSet<NodeId>,
}

impl Acks {
    /// Waits for `needed` of the nodes `asked`.
    pub fn new(asked: impl IntoIterator<Item = NodeId>, needed: usize) -> Self {
        Self { needed, outstanding: asked.into_iter().collect(), answered: BTreeSet::new() }
    }

    /// Waits for all of the nodes `asked`.
    pub fn of_all(asked: impl IntoIterator<Item = NodeId>) -> Self {
        let mut acks = Self::new(asked, 0);
        acks.needed = acks.outstanding.len();
        acks
    }

    /// Counts an answer; whether it is a new one.
    pub fn ack(&mut self, node: NodeId) -> bool {
        self.outstanding.remove(&node) && self.answered.insert(node)
    }

    /// Waits no longer for a node; whether it was waited for.
    pub fn give_up(&mut self, node: NodeId) -> bool {
        self.outstanding.remove(&node)
    }

    /// How many answers are enough.
    pub fn needed(&self) -> u32 {
        u32::try_from(self.needed).expect("a cluster has fewer than 2^32 nodes")
    }

    /// The nodes that have answered, in order.
    pub fn answered(&self) -> Vec<NodeId> {
        self.answered.iter().copied().collect()
    }

    /// Whether enough nodes have answered.
    pub fn reached(&self) -> bool {
        self.answered.len() >= self.needed
    }

    /// Whether nothing more is waited for: everyone asked has answered or was given up.
    pub fn settled(&self) -> bool {
        self.outstanding.is_empty()
    }

    /// The nodes still waited for, in order.
    pub fn outstanding(&self) -> impl Iterator<Item = NodeId> + '_ {
        self.outstanding.iter().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nodes(numbers: &[u32]) -> Vec<NodeId> {
        numbers.iter().map(|&number| NodeId::new(number)).collect()
    }

    #[test]
    fn a_doubled_answer_and_one_from_a_stranger_do_not_count() {
        let mut acks = Acks::new(nodes(&[1, 2, 3]), 2);
        assert!(acks.ack(NodeId::new(1)));
        assert!(!acks.ack(NodeId::new(1)));
        assert!(!acks.ack(NodeId::new(9)));
        assert!(!acks.reached());
        assert!(acks.ack(NodeId::new(3)));
        assert!(acks.reached() && !acks.settled());
        assert_eq!(acks.outstanding().collect::<Vec<_>>(), nodes(&[2]));
    }

    #[test]
    fn a_node_given_up_settles_the_wait_without_reaching_it() {
        let mut acks = Acks::of_all(nodes(&[2, 3]));
        acks.ack(NodeId::new(2));
        assert!(acks.give_up(NodeId::new(3)));
        assert!(acks.settled() && !acks.reached());
        assert!(!acks.ack(NodeId::new(3)));
    }
}
