//! A load balancer.

use crate::NodeId;

/// Deals requests in turn to the nodes that pass its health checks.
///
/// Whoever hosts it carries out the checks and reports how they went. A node
/// counts as healthy until a check fails, and again once one passes. When no node is
/// healthy it deals to all: an answer from a sick node is worth more than none.
#[derive(Clone, Debug)]
pub struct Balancer {
    healthy: Vec<bool>,
    turn: usize,
}

impl Balancer {
    /// A balancer before `nodes` nodes.
    pub(super) fn new(nodes: usize) -> Self {
        Self { healthy: vec![true; nodes], turn: 0 }
    }

    /// Takes note of how a health check went.
    pub fn report(&mut self, node: NodeId, is_healthy: bool) {
        self.healthy[node.index()] = is_healthy;
    }

    /// Whether a node passed its last check.
    pub fn is_healthy(&self, node: NodeId) -> bool {
        self.healthy[node.index()]
    }

    /// The node for the next request.
    pub(super) fn next(&mut self) -> NodeId {
        let count = self.healthy.len();
        let in_turn = |step| (self.turn + step) % count;
        let index = (0..count).map(in_turn).find(|&index| self.healthy[index]);
        let index = index.unwrap_or(in_turn(0));
        self.turn = index + 1;
        NodeId::from_index(index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dealt(balancer: &mut Balancer, requests: usize) -> Vec<String> {
        (0..requests).map(|_| balancer.next().to_string()).collect()
    }

    #[test]
    fn nodes_that_pass_their_checks_take_turns() {
        let mut balancer = Balancer::new(3);
        assert_eq!(dealt(&mut balancer, 4), ["n1", "n2", "n3", "n1"]);
        balancer.report(NodeId::new(2), false);
        assert_eq!(dealt(&mut balancer, 4), ["n3", "n1", "n3", "n1"]);
        balancer.report(NodeId::new(2), true);
        assert_eq!(dealt(&mut balancer, 3), ["n2", "n3", "n1"]);
    }

    #[test]
    fn with_no_healthy_node_all_are_dealt_to() {
        let mut balancer = Balancer::new(2);
        (1..=2).for_each(|node| balancer.report(NodeId::new(node), false));
        assert_eq!(dealt(&mut balancer, 3), ["n1", "n2", "n1"]);
    }
}
