//! One run of a sweep, and how its scenario is put together.

use crate::{Expectation, KeyChoice, Keys, Latency, Link, Pace, Scenario, Workload};
use node::{
    OperationKind,
    client::{Retry, Route},
};
use std::{collections::BTreeMap, time::Duration};

/// One run of a sweep.
#[derive(Clone, Debug)]
pub struct Trial {
    /// Which line of the chart it belongs to.
    pub series: &'static str,
    /// Where it stands on the chart's horizontal axis.
    pub x: f64,
    /// What was set, in words: the same as `x` where that is a number.
    pub setting: String,
    /// On which system.
    pub system: &'static str,
    /// What is added to the experiment's seed.
    pub seed_offset: u64,
    /// From when on operations are measured.
    pub measured_from: Duration,
    /// What is run.
    pub scenario: Scenario,
    /// What the original document has in its place.
    pub reference: Option<Reference>,
}

/// A row of the original's own results.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reference {
    /// Requests a second; `None`: it names no figure.
    pub throughput_rps: Option<f64>,
    /// The mean latency.
    pub avg_latency_ms: f64,
    /// 95 of 100 were at most this slow; `None`: it names no figure.
    pub p95_ms: Option<f64>,
}

impl Trial {
    /// A trial of a workload from `start` to `stop` on a network.
    pub(super) fn new(
        series: &'static str,
        system: &'static str,
        x: f64,
        nodes: usize,
        site: &Site,
        workload: Workload,
    ) -> Self {
        let mut scenario = Scenario::bare(series, nodes);
        scenario.cluster.service_time = site.service_time.into();
        scenario.network.nodes = link(site.node_links);
        scenario.network.clients = link(site.client_links);
        scenario.phases.run = workload.stop;
        // The longest that an operation begun last may take, and time to agree after that.
        scenario.phases.settle = Duration::from_secs(10);
        scenario.expect.insert(system.to_owned(), Expectation::default());
        let measured_from = workload.start;
        scenario.workload = Some(workload);
        let setting = format!("{x}");
        let (seed_offset, reference) = (0, None);
        Self { series, x, setting, system, seed_offset, measured_from, scenario, reference }
    }

    /// The same with the first second of the workload not measured.
    #[must_use]
    pub(super) fn warmed_up(mut self) -> Self {
        self.measured_from += Duration::from_secs(1);
        self
    }

    /// Under which sessions the load is offered.
    pub fn clients(&self) -> usize {
        match self.scenario.workload.as_ref().map(|workload| workload.pace) {
            Some(Pace::Closed { clients, .. } | Pace::Open { clients, .. }) => clients,
            None => 0,
        }
    }
}

/// The machines and links that a sweep takes place on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Site {
    pub(super) service_time: Duration,
    /// Median and 99th percentile of a message's way, in microseconds.
    pub(super) node_links: (u64, u64),
    pub(super) client_links: (u64, u64),
}

fn link((median_us, p99_us): (u64, u64)) -> Link {
    let (median, p99) = (Duration::from_micros(median_us), Duration::from_micros(p99_us));
    Link { latency: Latency::Lognormal { median, p99 }, ..Link::default() }
}

/// Puts and gets on the FastAPI outline's thousand keys, `puts` of them puts.
pub(super) fn workload(
    pace: Pace,
    puts: f64,
    (start_s, stop_s): (u64, u64),
    (reads, writes): (Route, Route),
    retry: Retry,
) -> Workload {
    Workload {
        pace,
        start: Duration::from_secs(start_s),
        stop: Duration::from_secs(stop_s),
        operations: None,
        mix: BTreeMap::from([(OperationKind::Put, puts), (OperationKind::Get, 1.0 - puts)]),
        keys: Keys { count: 1000, choice: KeyChoice::Uniform },
        reads,
        writes,
        retry,
        client_time: None,
        planned: None,
        updates: Default::default(),
    }
}

/// Each client begins its next operation as soon as the last has ended.
pub(super) fn closed(clients: usize) -> Pace {
    Pace::Closed { clients, think: Duration::ZERO }
}
