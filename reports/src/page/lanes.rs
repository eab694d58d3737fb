//! Which lane of the diagram a party has.

use super::chain::Chain;
use judge::{Run, record::Endpoint, replay::Message};
use node::{ClientId, NodeId};
use std::collections::{BTreeMap, BTreeSet};

/// More sessions than this share one lane.
const MOST_CLIENTS: usize = 8;

/// The lane of those sessions.
const OTHERS: &str = "others";

/// The lane of the sessions that look who answers in the end.
const PROBES: &str = "probes";

/// Which lane a party has: nodes, sessions, the others, the load balancer.
pub(super) struct Lanes {
    pub(super) names: Vec<String>,
    nodes: BTreeMap<NodeId, usize>,
    clients: BTreeMap<ClientId, usize>,
    others: Option<usize>,
    probers: BTreeSet<ClientId>,
    probes: Option<usize>,
    balancer: Option<usize>,
}

impl Lanes {
    pub(super) fn of(run: &Run, chain: &Chain, messages: &[Message<'_>]) -> Self {
        let mut names: Vec<String> = Vec::new();
        let mut lane = |name: String| {
            names.push(name);
            names.len() - 1
        };
        let nodes = run.replicas.iter().map(|replica| replica.node);
        let nodes = nodes.map(|node| (node, lane(node.to_string()))).collect();
        let all: BTreeSet<ClientId> = run.operations().iter().map(|it| it.client).collect();
        let probers: BTreeSet<ClientId> =
            run.history.operations.iter().map(|it| it.client).collect();
        let probers: BTreeSet<ClientId> = probers.difference(&all).copied().collect();
        // Where there are too many, those that matter come first.
        let matters = |client: &&ClientId| {
            let operations =
                chain.operations.iter().filter_map(|it| run.history.operations.get(*it));
            operations.into_iter().any(|it| it.client == **client) || !run.is_workload(**client)
        };
        let mut shown: BTreeSet<ClientId> =
            all.iter().filter(matters).take(MOST_CLIENTS).copied().collect();
        for client in &all {
            if shown.len() < MOST_CLIENTS {
                shown.insert(*client);
            }
        }
        let clients = shown.iter().map(|client| (*client, lane(client.to_string()))).collect();
        let others = (shown.len() < all.len()).then(|| lane(OTHERS.to_owned()));
        let probes = (!probers.is_empty()).then(|| lane(PROBES.to_owned()));
        let asks =
            messages.iter().any(|it| it.from == Endpoint::Balancer || it.to == Endpoint::Balancer);
        let balancer = asks.then(|| lane(Endpoint::Balancer.to_string()));
        Self { names, nodes, clients, others, probers, probes, balancer }
    }

    pub(super) fn node(&self, node: NodeId) -> usize {
        self.nodes.get(&node).copied().unwrap_or_default()
    }

    pub(super) fn client(&self, client: ClientId) -> usize {
        let shared = if self.probers.contains(&client) { self.probes } else { self.others };
        self.clients.get(&client).copied().or(shared).unwrap_or_default()
    }

    pub(super) fn party(&self, party: Endpoint) -> usize {
        match party {
            Endpoint::Node(node) => self.node(node),
            Endpoint::Client(client) => self.client(client),
            Endpoint::Balancer => self.balancer.unwrap_or_default(),
        }
    }
}
