//! Cuts: who cannot reach whom, from when to when.

use judge::record::Endpoint;
use node::NodeId;

/// Who cannot reach whom, from when to when.
pub(super) struct Cut {
    pub(super) fault: usize,
    pub(super) start: u64,
    pub(super) end: u64,
    pub(super) shape: CutShape,
}

/// The shape of a cut.
pub(in crate::world) enum CutShape {
    /// Parties on different sides cannot reach each other; side 0 reaches everyone.
    Sides {
        /// The side of each node.
        nodes: Vec<usize>,
        /// The side of each client that stands with its zone.
        clients: Vec<Option<usize>>,
        /// The side of all other clients, and of the balancer.
        others: usize,
    },
    /// These nodes reach no other node, and none reaches them.
    Islands(Vec<NodeId>),
    /// One direction of one link.
    OneWay(NodeId, NodeId),
    /// Both directions of one link, cut for a period and open for a period, in turn.
    Flapping {
        /// The ends.
        ends: (NodeId, NodeId),
        /// How long each cut and each mend lasts, in nanoseconds.
        period: u64,
    },
}

impl Cut {
    /// Whether it stood between two endpoints at some moment from `sent` to `now`.
    pub(super) fn blocks(&self, from: Endpoint, to: Endpoint, sent: u64, now: u64) -> bool {
        self.start <= now
            && sent < self.end
            && self.separates(from, to)
            && self.is_shut_between(sent.max(self.start), now.min(self.end - 1))
    }

    /// Whether a flapping cut was shut at some moment of a span; other cuts are shut always.
    fn is_shut_between(&self, since: u64, until: u64) -> bool {
        match self.shape {
            CutShape::Flapping { period, .. } => {
                let turn = |at: u64| (at - self.start) / period;
                // Even turns are shut.
                turn(since).is_multiple_of(2) || turn(until) > turn(since)
            }
            _ => true,
        }
    }

    fn separates(&self, from: Endpoint, to: Endpoint) -> bool {
        match &self.shape {
            CutShape::Sides { nodes, clients, others } => {
                let side = |endpoint| match endpoint {
                    Endpoint::Node(node) => nodes[NodeId::index(node)],
                    Endpoint::Client(client) => {
                        clients.get(client.index()).copied().flatten().unwrap_or(*others)
                    }
                    Endpoint::Balancer => *others,
                };
                let (from, to) = (side(from), side(to));
                from != to && from != 0 && to != 0
            }
            CutShape::Islands(islands) => match (from, to) {
                (Endpoint::Node(from), Endpoint::Node(to)) => {
                    from != to && (islands.contains(&from) || islands.contains(&to))
                }
                _ => false,
            },
            CutShape::OneWay(sender, receiver) => {
                from == Endpoint::Node(*sender) && to == Endpoint::Node(*receiver)
            }
            CutShape::Flapping { ends: (one, other), .. } => {
                let ends = (Endpoint::Node(*one), Endpoint::Node(*other));
                (from, to) == ends || (to, from) == ends
            }
        }
    }
}
