//! The table of the ghost-data report: a write to one memory, a write to three, and a read at a follower.
//!
//! The document says neither how far apart its nodes are, nor how many clients asked, nor
//! whether a replicated write waits for its followers. Its local write sets the service
//! time, and its read at a follower, which takes 0.75 ms more, the way there and back. The
//! nodes are as far from each other as from their clients. With that nothing is left to set,
//! and what its replicated write was can be tried: 4,000 a second at 2.10 ms each are
//! 8.4 under way at once, by Little's law, and so about eight clients.

use super::{
    DATA, Shape, Sweep,
    ladder::QUICK,
    trial::{Reference, Site, Trial, closed, workload},
};
use crate::{Latency, Link};
use node::{NodeId, client::Route};
use std::time::Duration;

const MACHINE: Site = Site {
    service_time: Duration::from_micros(50),
    node_links: (366, 600),
    client_links: (366, 600),
};
const LOCAL_WRITE: Reference =
    Reference { throughput_rps: Some(20_000.0), avg_latency_ms: 0.05, p95_ms: None };
const REPLICATED_WRITE: Reference =
    Reference { throughput_rps: Some(4000.0), avg_latency_ms: 2.10, p95_ms: None };
/// Its throughput is given as "high".
const FOLLOWER_READ: Reference =
    Reference { throughput_rps: None, avg_latency_ms: 0.80, p95_ms: None };

const CLIENTS: &str = "clients, each with one request under way";

pub(super) const CLUSTER: Sweep =
    Sweep { table: DATA, shape: Shape::Cost, varies: CLIENTS, trials: cluster };

pub(super) const LOCAL: Sweep = Sweep {
    table: "local-write",
    shape: Shape::Cost,
    varies: CLIENTS,
    trials: || {
        let mut trial = trial("local write", "async-leader", 1, 1, 1.0);
        // A call within the process travels nowhere.
        let latency = Latency::Constant(Duration::ZERO);
        trial.scenario.network.clients = Link { latency, ..Link::default() };
        // With nobody to wait for it answers in one piece of work; a push to nobody is one more.
        trial.scenario.system.flaws.push("await-followers".to_owned());
        vec![Trial { reference: Some(LOCAL_WRITE), ..trial }]
    },
};

/// A read at a follower, and a write with each way to tell two followers.
fn cluster() -> Vec<Trial> {
    let read = trial("follower read", "async-leader", 3, 1, 0.0);
    let ways = [
        ("not awaited", "async-leader", None),
        ("one by one", "async-leader", Some("await-followers")),
        ("both at once", "sync-leader", None),
    ];
    let write = |(series, system, flaw): (&'static str, &'static str, Option<&str>), clients| {
        let mut trial = trial(series, system, 3, clients, 1.0);
        trial.scenario.system.flaws.extend(flaw.map(ToOwned::to_owned));
        trial.reference = (clients == 8).then_some(REPLICATED_WRITE);
        trial
    };
    let mut trials = vec![Trial { reference: Some(FOLLOWER_READ), ..read }];
    trials.extend(ways.into_iter().flat_map(|way| [1, 8].map(|clients| write(way, clients))));
    trials
}

/// Clients that write to the leader, or read at n2, for four seconds, three of them measured.
fn trial(
    series: &'static str,
    system: &'static str,
    nodes: usize,
    clients: usize,
    puts: f64,
) -> Trial {
    let routes = (Route::Node(NodeId::new(2)), Route::Leader);
    let workload = workload(closed(clients), puts, (0, 4), routes, QUICK);
    Trial::new(series, system, clients as f64, nodes, &MACHINE, workload).warmed_up()
}
