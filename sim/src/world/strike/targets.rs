//! Which nodes a target means at the moment when it strikes.

use super::{Among, World};
use crate::seed::{Stream, draw_below};
use crate::world::server::Presence;
use node::{NodeId, Role};
use scenarios::Target;

/// Ranks the nodes in an order drawn by the seed.
pub(in crate::world) fn draw_ranking(nodes: usize, rng: &mut Stream) -> Vec<NodeId> {
    let mut ranking: Vec<_> = (0..nodes).map(NodeId::from_index).collect();
    for last in (1..nodes).rev() {
        ranking.swap(last, draw_below(last as u64 + 1, rng) as usize);
    }
    ranking
}

impl World {
    /// The nodes a target means now, in order of their names.
    pub(super) fn resolve(&mut self, target: Target, among: Among) -> Vec<NodeId> {
        let candidates = self.candidates(among);
        match target {
            Target::Node(node) => {
                candidates.into_iter().filter(|&candidate| candidate == node).collect()
            }
            Target::All => candidates,
            Target::Zone(zone) => {
                let scenario = self.scenario.clone();
                if scenario.zones.get(zone).is_none() {
                    self.defects.push(format!("there is no zone `{zone}`"));
                }
                let nodes = scenario.zones.nodes(zone);
                candidates.into_iter().filter(|node| nodes.contains(node)).collect()
            }
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
            Target::Majority => {
                let majority = self.majority();
                candidates.into_iter().filter(|node| majority.contains(node)).collect()
            }
            Target::Minority => {
                let majority = self.majority();
                candidates.into_iter().filter(|node| !majority.contains(node)).collect()
            }
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

    /// The fewest nodes that outnumber the others: whoever leads, and the first of the
    /// ranking that the seed has drawn.
    fn majority(&self) -> Vec<NodeId> {
        let everyone = self.candidates(Among::Everyone);
        let leader = self.leader_among(&everyone);
        let others = self.ranking.iter().copied().filter(|node| Some(*node) != leader);
        leader.into_iter().chain(others).take(everyone.len() / 2 + 1).collect()
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

    /// Every link from a node that one target means to a node that the other means. Where there is
    /// but one sender, a receiver that is to be drawn is drawn from the others.
    pub(super) fn pairs(&mut self, from: Target, to: Target) -> Vec<(NodeId, NodeId)> {
        let senders = self.resolve(from, Among::Everyone);
        let receivers = match (to, &senders[..]) {
            (Target::Any, [only]) => {
                let mut others = self.candidates(Among::Everyone);
                others.retain(|node| node != only);
                self.draw_one(&others)
            }
            _ => self.resolve(to, Among::Everyone),
        };
        let pairs = senders.iter().flat_map(|from| receivers.iter().map(move |to| (*from, *to)));
        let pairs: Vec<_> = pairs.filter(|(from, to)| from != to).collect();
        // Chance may strike a node that is not there.
        if pairs.is_empty() && !self.random {
            self.defects
                .push(format!("a link from {from} to {to} was to be disturbed, and there is none"));
        }
        pairs
    }

    pub(super) fn candidates(&self, among: Among) -> Vec<NodeId> {
        let fits = |server: &&crate::world::Server| match among {
            Among::Up => server.is_up(),
            Among::Down => !server.is_up(),
            Among::Paused => !server.pauses.is_empty(),
            Among::Everyone => true,
        };
        let is_there = |server: &&crate::world::Server| server.presence == Presence::There;
        self.servers.iter().filter(is_there).filter(fits).map(crate::world::Server::id).collect()
    }

    /// The nodes that are not there yet and that a target means; of roles, all of them.
    pub(super) fn not_yet_there(&self, target: Target) -> Vec<NodeId> {
        let scenario = &self.scenario;
        let absent = self.servers.iter().filter(|it| it.presence == Presence::NotYet);
        let is_meant = |node: &NodeId| match target {
            Target::Node(meant) => meant == *node,
            Target::Zone(zone) => scenario.zones.nodes(zone).contains(node),
            _ => true,
        };
        absent.map(crate::world::Server::id).filter(is_meant).collect()
    }

    fn is_up(&self, node: NodeId) -> bool {
        self.servers[node.index()].is_up()
    }
}
