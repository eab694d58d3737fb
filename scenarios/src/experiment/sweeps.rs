//! Sweeps over several designs on one network.

use super::{
    DATA, Shape, Sweep,
    ladder::{QUICK, RUNGS, Rung, SITE},
    trial::{Site, Trial, closed, workload},
};
use crate::Pace;
use node::{Setting, client::Route};

pub(super) const CONCURRENCY: Sweep = Sweep {
    table: DATA,
    shape: Shape::Sweep,
    varies: "concurrency (clients)",
    trials: || {
        let clients = [1, 2, 4, 8, 16, 32, 64, 128];
        each(&clients, |rung, clients| of(rung, clients as f64, 3, &SITE, clients))
    },
};

pub(super) const NODES: Sweep = Sweep {
    table: DATA,
    shape: Shape::Sweep,
    varies: "nodes",
    trials: || {
        let nodes = [3, 4, 5, 6, 7, 8, 9];
        each(&nodes, |rung, nodes| of(rung, nodes as f64, nodes, &SITE, 16))
    },
};

pub(super) const LINK_LATENCY: Sweep = Sweep {
    table: DATA,
    shape: Shape::Sweep,
    varies: "median latency between nodes (ms)",
    trials: || {
        let median_us = [100, 200, 500, 1000, 2000, 5000, 10_000, 20_000];
        each(&median_us, |rung, us| {
            // The further apart, the steadier in proportion.
            let site = Site { node_links: (us, us * 3 / 2), ..SITE };
            of(rung, us as f64 / 1000.0, 3, &site, 8)
        })
    },
};

pub(super) const REPLICATION_FACTOR: Sweep = Sweep {
    table: DATA,
    shape: Shape::Sweep,
    varies: "replicas N, answers to a read R, to a write W",
    trials: replication_factor,
};

/// The designs that a general sweep compares: two that answer from one memory or
/// from all, and two that ask a majority.
const COMPARED: [&str; 4] = ["async-leader", "sync-leader", "quorum", "raft"];

fn each<X: Copy>(values: &[X], trial: impl Fn(&Rung, X) -> Trial) -> Vec<Trial> {
    let rungs = COMPARED.iter().map(|name| {
        let rung = RUNGS.iter().find(|rung| rung.system == *name);
        rung.expect("what is compared is on the ladder")
    });
    rungs
        .flat_map(|rung| values.iter().map(|value| trial(rung, *value)).collect::<Vec<_>>())
        .collect()
}

/// A mixed workload of some clients, five seconds of it measured.
fn of(rung: &Rung, x: f64, nodes: usize, site: &Site, clients: usize) -> Trial {
    let workload = workload(closed(clients), 0.5, (1, 7), (rung.reads, rung.writes), QUICK);
    Trial::new(rung.system, rung.system, x, nodes, site, workload).warmed_up()
}

/// Links with a long tail and few keys, so that reads often meet a write that has not
/// reached every replica.
fn replication_factor() -> Vec<Trial> {
    let sizes = [
        (1, 1, 1),
        (3, 1, 1),
        (3, 2, 1),
        (3, 1, 3),
        (3, 2, 2),
        (3, 3, 1),
        (5, 1, 1),
        (5, 1, 5),
        (5, 3, 3),
        (5, 5, 1),
    ];
    let site = Site { node_links: (500, 5000), ..SITE };
    let trial = |(position, (n, r, w)): (usize, (u64, u64, u64))| {
        let pace = Pace::Open { rate: 1000.0, clients: 100 };
        let routes = (Route::RoundRobin, Route::RoundRobin);
        let mut workload = workload(pace, 0.5, (1, 22), routes, QUICK);
        workload.keys.count = 5;
        let trial = Trial::new("quorum", "quorum", position as f64, 5, &site, workload);
        let mut trial = Trial { setting: format!("N={n} R={r} W={w}"), ..trial.warmed_up() };
        let settings = [("n", n), ("r", r), ("w", w)];
        let settings = settings.map(|(name, count)| (name.to_owned(), Setting::Count(count)));
        trial.scenario.system.settings.extend(settings);
        trial
    };
    sizes.into_iter().enumerate().map(trial).collect()
}
