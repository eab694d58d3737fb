//! From what was measured to what a scenario says of its nodes, links, disks and clients.

use live::measure::{Lengths, Samples, What};
use node::{
    OperationKind, SystemInfo,
    client::{Retry, Route},
};
use scenarios::{
    Disk, Expectation, KeyChoice, Keys, Latency, Link, Pace, Quantiles, Scenario, ServiceKind,
    Share, Updates, Workload,
};
use std::{
    collections::BTreeMap,
    fmt::{self, Write},
    time::Duration,
};

/// What was measured at one client.
#[derive(Clone, Debug, Default)]
pub(crate) struct Measured {
    /// By the nodes.
    pub(crate) samples: Samples,
    /// How long pings took.
    pub(crate) pings: Vec<Duration>,
    /// How long the processor was at work for one operation of a client.
    pub(crate) client: Duration,
    /// How many cores the machine has.
    pub(crate) cores: usize,
}

/// What a model of it says.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Fit {
    service: BTreeMap<ServiceKind, Latency>,
    /// Of health checks and whatever else was not seen.
    usual: Latency,
    wake_up: Option<Latency>,
    sync: Option<Latency>,
    link: Latency,
    client: Duration,
    cores: usize,
    /// What the threads of a process beside that of its node took, each time that it woke, as far as it was
    /// waited for.
    pub(crate) beside: Duration,
}

/// The shares at which quantiles are taken, in millionths: more of them where few samples are.
const SHARES: [u32; 17] = [
    0, 10_000, 50_000, 100_000, 250_000, 500_000, 750_000, 900_000, 950_000, 980_000, 990_000,
    995_000, 998_000, 999_000, 999_500, 999_900, 999_990,
];

/// The quantiles of what was measured, each longer by `more`; `None` if nothing was.
pub(crate) fn quantiles(lengths: &Lengths, more: Duration) -> Option<Quantiles> {
    let count = lengths.count();
    let at_rank = |rank| Some(lengths.at_rank(rank)? + more);
    let (least, most) = (at_rank(1)?, at_rank(count)?);
    // Of the last sample alone nobody knows how rare it is: it stands for no more than itself.
    let last = (1_000_000 - 1_000_000 / count) as u32;
    let inner = SHARES.into_iter().filter(|share| *share < last).chain([last]);
    let mut all: Vec<(Share, Duration)> = inner
        .filter_map(|share| {
            let rank = (u64::from(share) * count).div_ceil(1_000_000).max(1);
            Some((Share::millionths(share)?, at_rank(rank)?))
        })
        .collect();
    if all.first().is_none_or(|(share, _)| *share != Share::NONE) {
        all.insert(0, (Share::NONE, least));
    }
    if all.last().is_some_and(|(share, _)| *share < Share::ALL) {
        all.push((Share::ALL, most));
    }
    Quantiles::new(all)
}

fn latency(lengths: &Lengths, more: Duration) -> Option<Latency> {
    quantiles(lengths, more).map(Latency::Quantiles)
}

/// How long both ends of a ping took, of this share of them, but for what is always the same.
fn ends(samples: &Samples, share: f64) -> Duration {
    let at = |what| samples.of(what).quantile(share).unwrap_or_default();
    at(What::WakeUp) + at(What::HealthCheck)
}

/// How long messages were under way, by pings in order, less what their ends took: what was always the same, and
/// of the wake-up and the check the quantile that the ping is of its own. Their tails are so not counted twice.
fn ways(pings: &[Duration], samples: &Samples, always: Duration) -> Lengths {
    let way = |(rank, ping): (usize, &Duration)| {
        let share = (rank as f64 + 0.5) / pings.len() as f64;
        let way = ping.saturating_sub(ends(samples, share) + always) / 2;
        way.max(Duration::from_nanos(1))
    };
    pings.iter().enumerate().map(way).collect()
}

/// What is left of a ping, of some in order, at the median, once its ends have had their time.
fn left_by_ends(pings: &[Duration], samples: &Samples, client: Duration) -> Duration {
    let ping = pings.get(pings.len() / 2).copied().unwrap_or_default();
    ping.saturating_sub(ends(samples, 0.5) + client)
}

impl Fit {
    /// Fits a model to what was measured; `None` if nothing was.
    pub(crate) fn of(measured: &Measured) -> Option<Self> {
        let Measured { samples, pings, client, cores } = measured;
        let mut pings = pings.clone();
        pings.sort_unstable();
        let busy: Duration = What::EVENTS.iter().map(|what| samples.of(*what).total()).sum();
        let beside = samples.of(What::Processor).total().saturating_sub(busy);
        // Who reads and who writes sleep when the node does, and are woken with it; while it is busy they are, too.
        let beside = beside.div_f64(samples.of(What::WakeUp).count().max(1) as f64);
        // What a ping had no time for was done at the same time on another core, and held nobody up.
        let beside = beside.min(left_by_ends(&pings, samples, *client));
        let of = |what| latency(samples.of(what), Duration::ZERO);
        let kinds = [
            (ServiceKind::Request, What::Request),
            (ServiceKind::Message, What::Message),
            (ServiceKind::Timer, What::Timer),
            (ServiceKind::Sync, What::Sync),
        ];
        Some(Self {
            service: kinds.into_iter().filter_map(|(kind, it)| Some((kind, of(it)?))).collect(),
            usual: of(What::HealthCheck).unwrap_or(Latency::Constant(Duration::ZERO)),
            wake_up: latency(samples.of(What::WakeUp), beside),
            sync: latency(samples.of(What::Fsync), Duration::ZERO),
            link: latency(&ways(&pings, samples, beside + *client), Duration::ZERO)?,
            client: *client,
            cores: *cores,
            beside,
        })
    }

    /// A scenario of puts by so many clients on nodes like those that were measured.
    pub(crate) fn scenario(
        &self,
        system: &'static SystemInfo,
        nodes: usize,
        load: &Load,
        clients: usize,
    ) -> Scenario {
        let mut scenario = Scenario::bare(&format!("calibrated-{}", system.name), nodes);
        scenario.title = format!("{} as it was measured on this machine", system.name);
        scenario.on = Some(system.name.to_owned());
        scenario.cluster.service_time = self.usual.clone();
        scenario.cluster.service = self.service.clone();
        scenario.cluster.wake_up = self.wake_up.clone();
        scenario.cluster.cores = Some(self.cores);
        let usual = Disk::default();
        scenario.disk.sync = self.sync.clone().unwrap_or(usual.sync);
        let link = Link { latency: self.link.clone(), ..Link::default() };
        scenario.network.nodes = link.clone();
        scenario.network.clients = link;
        scenario.phases.run = load.warm_up + load.time;
        let route = if system.has_leader { Route::Leader } else { Route::Sticky };
        scenario.workload = Some(Workload {
            pace: Pace::Closed { clients, think: Duration::ZERO },
            start: Duration::ZERO,
            stop: scenario.phases.run,
            operations: None,
            mix: BTreeMap::from([(OperationKind::Put, 1.0)]),
            updates: Updates::default(),
            keys: Keys { count: load.keys as u64, choice: KeyChoice::Uniform },
            reads: route,
            writes: route,
            retry: Retry {
                attempts: 5,
                timeout: Duration::from_secs(2),
                backoff: Duration::from_millis(20),
            },
            // An operation is sent once and answered once.
            client_time: Some((self.client / 2).into()),
            planned: None,
        });
        scenario.expect.insert(system.name.to_owned(), Expectation::default());
        scenario
    }

    /// What a scenario says of nodes, disks and links, to be put into others.
    pub(crate) fn fragment(&self, system: &'static SystemInfo, nodes: usize) -> String {
        let load = Load { warm_up: Duration::ZERO, time: Duration::from_secs(1), keys: 1 };
        let whole = self.scenario(system, nodes, &load, 1).to_toml();
        let mut fragment = format!("# Measured of {} at one client.\n", system.name);
        let client = humantime::format_duration(self.client / 2);
        writeln!(
            fragment,
            "# A client takes its time, too: `client_time = \"{client}\"` in [workload]."
        )
        .expect("a text takes everything");
        let is_ours = |heading: &str| {
            ["[cluster", "[disk", "[network"].iter().any(|ours| heading.starts_with(ours))
        };
        let mut keeps = false;
        for line in whole.lines() {
            if line.starts_with('[') {
                keeps = is_ours(line);
                if keeps {
                    fragment.push('\n');
                }
            }
            if keeps && !line.is_empty() {
                fragment.push_str(line);
                fragment.push('\n');
            }
        }
        fragment
    }
}

impl fmt::Display for Fit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (kind, service) in &self.service {
            write!(f, "{} {service}; ", kind.name())?;
        }
        let sync = self.sync.as_ref().map_or("no sync".to_owned(), |sync| format!("sync {sync}"));
        let wake_up = self.wake_up.as_ref().map_or("none".to_owned(), ToString::to_string);
        let Self { link, client, cores, beside, .. } = self;
        write!(f, "wake-up {wake_up}; link {link}; {sync}; client {client:?}; {cores} cores; ")?;
        write!(f, "{beside:?} beside the node's thread each time it wakes")
    }
}

/// How nodes are loaded, for real and in the simulator.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Load {
    /// How long it is asked before anything counts.
    pub(crate) warm_up: Duration,
    /// For how long it counts.
    pub(crate) time: Duration,
    /// How many keys there are.
    pub(crate) keys: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lengths in nanoseconds, and how often each was measured.
    fn lengths(counted: impl IntoIterator<Item = (u64, u64)>) -> Lengths {
        let mut lengths = Lengths::new();
        counted.into_iter().for_each(|(nanos, count)| lengths.add(nanos, count));
        lengths
    }

    fn at(quantiles: &Quantiles, name: &str) -> u128 {
        quantiles.at(name.parse().unwrap()).as_nanos()
    }

    #[test]
    fn quantiles_of_synthetic_samples_are_theirs() {
        let samples = lengths((1..=100_000).map(|nanos| (nanos, 1)));
        let fitted = quantiles(&samples, Duration::ZERO).unwrap();
        for (name, nanos) in [("p0", 1), ("p50", 50_000), ("p99", 99_000), ("p99.9", 99_900)] {
            assert_eq!(at(&fitted, name), nanos, "{name}");
        }
        assert_eq!(at(&fitted, "p100"), 100_000);
        // Control: what was added is added to each.
        let more = quantiles(&lengths([(5, 2)]), Duration::from_nanos(7)).unwrap();
        assert_eq!((at(&more, "p0"), at(&more, "p50"), at(&more, "p100")), (12, 12, 12));
        assert_eq!(quantiles(&Lengths::new(), Duration::ZERO), None);
    }

    #[test]
    fn one_sample_far_out_moves_the_mean_by_no_more_than_itself() {
        let samples = lengths([(20_000, 9_999), (20_000_000, 1)]);
        let fitted = quantiles(&samples, Duration::ZERO).unwrap();
        let true_mean = (20_000 * 9_999 + 20_000_000) / 10_000;
        assert!(fitted.mean().as_nanos() <= true_mean, "{:?}", fitted.mean());
        assert!(fitted.mean().as_nanos() > 20_000);
    }

    fn measured() -> Measured {
        let mut samples = Samples::default();
        for (what, nanos) in [
            (What::Request, 30_000),
            (What::Message, 10_000),
            (What::HealthCheck, 5_000),
            (What::WakeUp, 20_000),
            (What::Fsync, 400_000),
        ] {
            samples.add(what, nanos, 100);
        }
        // The events took 4.5 ms together, so that 2 us remain for each of 100 times that it woke.
        samples.add(What::Processor, 4_700_000, 1);
        let pings = vec![Duration::from_micros(137); 50];
        Measured { samples, pings, client: Duration::from_micros(10), cores: 2 }
    }

    #[test]
    fn what_is_measured_once_is_counted_once() {
        let fit = Fit::of(&measured()).unwrap();
        assert_eq!(fit.beside, Duration::from_micros(2));
        let median = |latency: &Latency| match latency {
            Latency::Quantiles(quantiles) => quantiles.at(Share::HALF).as_micros(),
            other => panic!("{other} was measured"),
        };
        assert_eq!(median(&fit.service[&ServiceKind::Request]), 30);
        assert_eq!(median(fit.wake_up.as_ref().unwrap()), 22);
        // 137 less 20 to wake, 5 and 2 to check, and 10 of the client, both ways.
        assert_eq!(median(&fit.link), 50);
        assert_eq!(median(fit.sync.as_ref().unwrap()), 400);
        assert_eq!(Fit::of(&Measured::default()), None);
    }

    #[test]
    fn what_other_cores_did_meanwhile_is_not_waited_for() {
        let mut measured = measured();
        measured.samples.add(What::Processor, 50_000_000, 1);
        let fit = Fit::of(&measured).unwrap();
        // A ping of 137 had 102 left for it, of the 502 that the processor was at work.
        assert_eq!(fit.beside, Duration::from_micros(102));
    }

    #[test]
    fn what_is_fitted_is_read_as_a_scenario() {
        let fit = Fit::of(&measured()).unwrap();
        let system = node::systems::find("raft").unwrap();
        let time = Duration::from_secs(1);
        let load = Load { warm_up: time, time, keys: 10 };
        let scenario = fit.scenario(system, 3, &load, 4);
        let systems = node::systems::all();
        let read = scenarios::Scenario::parse("s.toml", &scenario.to_toml(), systems).unwrap();
        assert_eq!(read, scenario);
        let fragment = fit.fragment(system, 3);
        let whole = format!(
            "name = \"x\"\ntitle = \"x\"\n{fragment}\n[phases]\nrun = \"1s\"\n[expect.raft]\nholds = []\n"
        );
        let read = scenarios::Scenario::parse("x.toml", &whole, systems).unwrap();
        assert_eq!((read.cluster, read.disk), (scenario.cluster, scenario.disk));
        assert_eq!(read.network, scenario.network);
    }
}
