//! The experiments of the FastAPI outline: `sync-leader` under three kinds of workload.
//!
//! The document gives no service time and no shares; both are set here so that the shape
//! of its figures comes out. A single Python process that answers some 430 mixed requests a second
//! is busy for about 1.4 ms with each event: a mixed request gives the leader 1.67 events on average
//! (half are writes, of three events each: the request and two answers of followers; of
//! the others a third). Containers on one laptop talk within a millisecond.

use super::{
    DATA, Shape, Sweep,
    trial::{Reference, Site, Trial, closed, workload},
};
use crate::Pace;
use node::client::{Retry, Route};
use std::time::Duration;

/// A kind of workload.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mode {
    /// Its name in the document.
    pub name: &'static str,
    /// The share of puts; the rest are gets. The document does not say; these are the usual ones.
    pub puts: f64,
}

const READ_HEAVY: Mode = Mode { name: "read-heavy", puts: 0.1 };
const MIXED_MODE: Mode = Mode { name: "mixed", puts: 0.5 };
const WRITE_HEAVY: Mode = Mode { name: "write-heavy", puts: 0.9 };

/// The kinds of workload, from the fewest puts to the most.
pub const MODES: [Mode; 3] = [READ_HEAVY, MIXED_MODE, WRITE_HEAVY];

const SYSTEM: &str = "sync-leader";
const LAPTOP: Site = Site {
    service_time: Duration::from_micros(1400),
    node_links: (400, 1500),
    client_links: (400, 1500),
};
const ROUTES: (Route, Route) = (Route::RoundRobin, Route::Leader);
/// The default of the HTTP client that the original's load test uses.
const PATIENT: Retry =
    Retry { attempts: 1, timeout: Duration::from_secs(5), backoff: Duration::from_millis(100) };
/// How long a load test lasts.
const SECONDS: u64 = 30;

/// The original's own rows, by mode and concurrency.
const REFERENCES: [(&str, usize, Reference); 5] = [
    ("mixed", 5, reference(433.0, 10.7, 25.9)),
    ("mixed", 20, reference(422.0, 40.5, 124.0)),
    ("mixed", 50, reference(398.0, 74.4, 423.0)),
    ("read-heavy", 40, reference(206.0, 162.0, 319.0)),
    ("write-heavy", 20, reference(214.0, 86.6, 312.0)),
];

const fn reference(throughput_rps: f64, avg_latency_ms: f64, p95_ms: f64) -> Reference {
    Reference { throughput_rps: Some(throughput_rps), avg_latency_ms, p95_ms: Some(p95_ms) }
}

const CLIENTS: &str = "concurrency (clients)";

pub(super) const BY_MODE: Sweep = Sweep {
    table: DATA,
    shape: Shape::Load,
    varies: CLIENTS,
    trials: || sweep(&MODES, &[1, 5, 10, 20, 40, 50, 75, 100]),
};

pub(super) const MIXED: Sweep = Sweep {
    table: DATA,
    shape: Shape::Load,
    varies: CLIENTS,
    trials: || sweep(&[MIXED_MODE], &[1, 2, 5, 10, 15, 20, 30, 40, 50, 60, 70, 80, 90, 100]),
};

pub(super) const READ_AND_WRITE: Sweep = Sweep {
    table: DATA,
    shape: Shape::Load,
    varies: CLIENTS,
    trials: || sweep(&[READ_HEAVY, WRITE_HEAVY], &[1, 2, 5, 10, 20, 30, 40, 50, 60, 80, 100]),
};

pub(super) const TAIL: Sweep = Sweep {
    table: "tail-latency",
    shape: Shape::Sweep,
    varies: "offered load (requests/s)",
    trials: tail,
};

fn sweep(modes: &[Mode], concurrencies: &[usize]) -> Vec<Trial> {
    let trial = |mode: Mode, clients: usize| {
        let workload = workload(closed(clients), mode.puts, (0, SECONDS), ROUTES, PATIENT);
        let known = REFERENCES.iter().find(|row| (row.0, row.1) == (mode.name, clients));
        let trial = Trial::new(mode.name, SYSTEM, clients as f64, 3, &LAPTOP, workload);
        Trial { reference: known.map(|row| row.2), ..trial }
    };
    let of_mode = |mode: &Mode| concurrencies.iter().map(|c| trial(*mode, *c)).collect::<Vec<_>>();
    modes.iter().flat_map(of_mode).collect()
}

/// With and without waiting for followers, at rates up to nine tenths of what both can carry.
fn tail() -> Vec<Trial> {
    let variants = [("waits for followers", None), ("answers first", Some("ack-before-replicate"))];
    let trial = |(series, flaw): (&'static str, Option<&str>), rate: u32| {
        let pace = Pace::Open { rate: f64::from(rate), clients: 200 };
        let workload = workload(pace, MIXED_MODE.puts, (0, 60), ROUTES, PATIENT);
        let mut trial = Trial::new(series, SYSTEM, f64::from(rate), 3, &LAPTOP, workload);
        trial.scenario.system.flaws.extend(flaw.map(ToOwned::to_owned));
        trial
    };
    let rates = [25, 50, 100, 150, 200, 250, 300];
    variants.into_iter().flat_map(|variant| rates.map(|rate| trial(variant, rate))).collect()
}
