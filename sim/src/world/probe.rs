//! Probes: when all is healed and has settled, does the cluster answer again?
//!
//! The replicas are read first, so that no probe can mend what the scenario left broken, nor
//! be counted in what it shows. Then sessions of their own write a key each and read it:
//! one routed as the scenario's clients are, and one at each node that asks nobody else.
//! They are clients like any others, and the cluster does not know them from those.

use super::{
    Event, World, nanos,
    server::{Presence, Server},
};
use judge::record::{Counters, Probe, Replica};
use node::{
    NodeId, Operation, Role,
    client::{Retry, Route},
};
use std::time::Duration;

/// A probe tries again so often before it gives up.
const ATTEMPTS: u32 = 6;

/// What was there when the run was over but for the probes.
pub(super) struct Stock {
    pub(super) replicas: Vec<Replica>,
    pub(super) counters: Counters,
    pub(super) ended_ns: u64,
}

/// The probes under way.
#[derive(Default)]
pub(super) struct Probing {
    /// Each operation so far.
    pub(super) probes: Vec<Probe>,
    /// The position of the first session.
    first: usize,
    /// How many sessions are not done.
    left: usize,
}

impl World {
    /// What follows when the cluster has settled. Where nothing was healed, nothing need
    /// answer, and nothing is probed.
    pub(super) fn after_settling(&self) -> Event {
        let bound = self.scenario.properties.max_probe_latency;
        if self.scenario.phases.heal && !bound.is_zero() { Event::Probe } else { Event::End }
    }

    /// Reads the replicas and the counters, and gives up what is still under way.
    pub(super) fn take_stock(&mut self) -> Stock {
        self.abandon_unfinished();
        let nodes: Vec<NodeId> = self.servers.iter().map(Server::id).collect();
        let replicas: Vec<Replica> = nodes.into_iter().map(|node| self.replica(node)).collect();
        for replica in &replicas {
            self.record.replica(replica);
        }
        self.find_toothless_faults();
        Stock { replicas, counters: self.record.sums(), ended_ns: self.now }
    }

    /// What a node holds.
    fn replica(&mut self, node: NodeId) -> Replica {
        if self.outside.is_some() {
            let status = self.status(node).filter(|status| status.serves);
            let leads = status.as_ref().is_some_and(|status| status.role == Role::Leader);
            let entries = status.map(|status| status.entries);
            let on_disk = self.found_outside(node);
            let group = self.servers[node.index()].group;
            return Replica { node, group, entries, on_disk, leads };
        }
        let server = &self.servers[node.index()];
        server.assert_announced();
        let serving = server.node.as_ref().filter(|node| node.serves());
        Replica {
            node,
            group: server.group,
            entries: serving.map(|node| node.entries()),
            on_disk: server.on_disk(&self.streams),
            leads: serving.is_some_and(|node| node.role() == Role::Leader),
        }
    }

    /// Takes stock and sets the probes off.
    pub(super) fn begin_probes(&mut self) {
        self.stock = Some(self.take_stock());
        let bound = self.scenario.properties.max_probe_latency;
        let second = Duration::from_secs(1);
        let retry = Retry {
            attempts: ATTEMPTS,
            timeout: bound.min(second),
            backoff: bound.min(second) / 10,
        };
        let workload = self.scenario.workload.as_ref();
        let routed = workload.map_or((Route::Leader, Route::Leader), |it| (it.reads, it.writes));
        let is_there = |node: &NodeId| self.servers[node.index()].presence == Presence::There;
        let nodes = (0..self.scenario.cluster.nodes).map(NodeId::from_index).filter(is_there);
        let places: Vec<Option<NodeId>> = std::iter::once(None).chain(nodes.map(Some)).collect();
        let first = self.clients.len();
        self.probing = Some(Probing { probes: Vec::new(), first, left: places.len() });
        for at in places {
            let (reads, writes) = at.map_or(routed, |at| (Route::Node(at), Route::Node(at)));
            let client = self.add_client(reads, writes, retry);
            let place = at.map_or("routed".to_owned(), |at| at.to_string());
            self.probe(client, at, Operation::put(format!("probe-{place}"), place));
        }
    }

    /// A session has come to the end of an operation: after its write a probe reads, and when
    /// all have read, the run is over.
    pub(super) fn probe_goes_on(&mut self, client: usize, record: usize) {
        let Some(probing) = self.probing.as_mut().filter(|probing| client >= probing.first) else {
            return;
        };
        let probe = probing.probes.iter().find(|probe| probe.operation == record);
        let at = probe.expect("what such a session does is a probe").at;
        match &self.record.history.operations[record].operation {
            Operation::Put { key, .. } => {
                let read = Operation::Get { key: key.clone() };
                self.probe(client, at, read);
            }
            _ => {
                probing.left -= 1;
                if probing.left == 0 {
                    self.queue.push(self.now, Event::End);
                }
            }
        }
    }

    fn probe(&mut self, client: usize, at: Option<NodeId>, operation: Operation) {
        let probe = Probe { operation: self.history_len(), at };
        self.probing.get_or_insert_default().probes.push(probe);
        self.invoke(client, operation);
    }

    /// When the steps are over and the cluster has had time to settle.
    pub(super) fn settle_after_healing(&mut self) {
        let settled = self.now + nanos(self.scenario.phases.settle);
        let next = self.after_settling();
        self.queue.push(settled, next);
    }
}
