//! One directed link: what it loses and doubles, and how long it takes.

use super::{Disturbance, Window, pins::Constants, size_ns};
use crate::{
    latency::Sampler,
    name::Name,
    seed::{Stream, Streams, draw_below, draw_unit},
    world::record::Recorder,
};
use judge::record::Endpoint;
use scenarios::Order;

/// Every directed link, made on first use.
pub(super) struct Links {
    streams: Streams,
    pub(super) settings: scenarios::Network,
    pub(super) zones: scenarios::Zones,
    /// The distributions of links between nodes, and of those of clients, made ready once.
    latency_of_nodes: Sampler,
    latency_of_clients: Sampler,
    /// The latencies that the plan states in place of draws.
    constants: Constants,
    nodes: usize,
    between_nodes: Vec<Option<Box<Link>>>,
    to_nodes: Vec<Option<Box<Link>>>,
    to_clients: Vec<Option<Box<Link>>>,
    from_balancer: Vec<Option<Box<Link>>>,
    to_balancer: Vec<Option<Box<Link>>>,
}

/// One directed link.
pub(super) struct Link {
    from: Endpoint,
    to: Endpoint,
    /// Whether it leads from one zone to another.
    crosses: bool,
    loss: f64,
    duplicate: f64,
    fifo: bool,
    latencies: Latencies,
    /// Made when something is first left to chance, as it is on few links.
    fates: Option<Stream>,
    streams: Streams,
    last_arrival: u64,
    /// The most bytes a second, and until when it takes in what was sent before.
    bytes_per_second: Option<u64>,
    taking_in_until: u64,
}

/// The latencies of a link, drawn some at a time: draws that do not wait for each
/// other take the processor half as long. Their order is that of the stream.
struct Latencies {
    sampler: Sampler,
    stream: Stream,
    drawn: [u64; BATCH],
    /// How many of the drawn ones have not been taken.
    left: usize,
}

/// How many latencies are drawn at a time.
const BATCH: usize = 8;

/// How many are drawn at first: in a short run most links carry no more.
const FIRST_BATCH: usize = 2;

/// What strikes a message.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Struck {
    /// Nothing.
    No,
    /// This fault.
    By(usize),
}

/// Picks one kind of share, from a link's settings and from a disturbance.
#[derive(Clone, Copy)]
pub(super) struct Shares {
    of_link: fn(&Link) -> f64,
    of_disturbance: fn(&Disturbance) -> Option<(f64, scenarios::Links)>,
}

pub(super) const LOSS: Shares = Shares {
    of_link: |link| link.loss,
    of_disturbance: |disturbance| match disturbance {
        Disturbance::Loss(share, links) => Some((*share, *links)),
        _ => None,
    },
};

pub(super) const DUPLICATE: Shares = Shares {
    of_link: |link| link.duplicate,
    of_disturbance: |disturbance| match disturbance {
        Disturbance::Duplicate(share, links) => Some((*share, *links)),
        _ => None,
    },
};

impl Links {
    pub(super) fn new(
        scenario: &scenarios::Scenario,
        constants: Constants,
        streams: Streams,
    ) -> Self {
        let settings = scenario.network.clone();
        Self {
            streams,
            constants,
            latency_of_nodes: Sampler::new(&settings.nodes.latency),
            latency_of_clients: Sampler::new(&settings.clients.latency),
            settings,
            zones: scenario.zones.clone(),
            nodes: scenario.cluster.nodes,
            between_nodes: Vec::new(),
            to_nodes: Vec::new(),
            to_clients: Vec::new(),
            from_balancer: Vec::new(),
            to_balancer: Vec::new(),
        }
    }

    /// Draws from these streams from now on.
    pub(super) fn redraw(&mut self, streams: &Streams) {
        self.streams = streams.clone();
        let Self { between_nodes, to_nodes, to_clients, from_balancer, to_balancer, .. } = self;
        let links = [between_nodes, to_nodes, to_clients, from_balancer, to_balancer];
        links.into_iter().flatten().flatten().for_each(|link| link.redraw(streams));
    }

    pub(super) fn get(&mut self, from: Endpoint, to: Endpoint) -> &mut Link {
        let nodes = self.nodes;
        let (links, index, settings) = match (from, to) {
            (Endpoint::Node(from), Endpoint::Node(to)) => {
                let index = from.index() * nodes + to.index();
                (&mut self.between_nodes, index, &self.settings.nodes)
            }
            (Endpoint::Client(client), Endpoint::Node(node)) => {
                let index = client.index() * nodes + node.index();
                (&mut self.to_nodes, index, &self.settings.clients)
            }
            (Endpoint::Node(node), Endpoint::Client(client)) => {
                let index = client.index() * nodes + node.index();
                (&mut self.to_clients, index, &self.settings.clients)
            }
            (Endpoint::Balancer, Endpoint::Node(node)) => {
                (&mut self.from_balancer, node.index(), &self.settings.clients)
            }
            (Endpoint::Node(node), Endpoint::Balancer) => {
                (&mut self.to_balancer, node.index(), &self.settings.clients)
            }
            (
                Endpoint::Client(_) | Endpoint::Balancer,
                Endpoint::Client(_) | Endpoint::Balancer,
            ) => {
                unreachable!("only nodes are spoken to, and speak")
            }
        };
        if links.len() <= index {
            links.resize_with(index + 1, || None);
        }
        links[index].get_or_insert_with(|| {
            let special = match (from, to) {
                (Endpoint::Node(from), Endpoint::Node(to)) => self.settings.links.get(&(from, to)),
                _ => None,
            };
            let ends = (zone_of(&self.zones, from), zone_of(&self.zones, to));
            let crossing = self.zones.crossing(ends.0, ends.1);
            let crossing = crossing.filter(|_| special.is_none()).map(|it| it.over(settings));
            let special = special.or(crossing.as_ref());
            let sampler = match (special, from, to) {
                (Some(link), ..) => Sampler::new(&link.latency),
                (None, Endpoint::Node(_), Endpoint::Node(_)) => self.latency_of_nodes.clone(),
                (None, ..) => self.latency_of_clients.clone(),
            };
            let constant = self.constants.of(from, to).map(scenarios::Latency::Constant);
            let sampler = constant.map_or(sampler, |latency| Sampler::new(&latency));
            let settings = special.unwrap_or(settings);
            let crosses = ends.0.zip(ends.1).is_some_and(|(from, to)| from != to);
            Box::new(Link::new((from, to), crosses, settings, sampler, &self.streams))
        })
    }
}

impl Link {
    fn redraw(&mut self, streams: &Streams) {
        let Self { from, to, latencies, .. } = self;
        *latencies =
            Latencies::new(latencies.sampler.clone(), streams.named(format!("link/{from}->{to}")));
        self.fates = None;
        self.streams = streams.clone();
    }

    fn new(
        (from, to): (Endpoint, Endpoint),
        crosses: bool,
        settings: &scenarios::Link,
        sampler: Sampler,
        streams: &Streams,
    ) -> Self {
        Self {
            from,
            to,
            crosses,
            loss: settings.loss,
            duplicate: settings.duplicate,
            fifo: settings.order == Order::Fifo,
            latencies: Latencies::new(sampler, streams.named(name(from, to))),
            fates: None,
            streams: streams.clone(),
            last_arrival: 0,
            bytes_per_second: settings.bytes_per_second,
            taking_in_until: 0,
        }
    }

    /// Draws whether the background or a window strikes; what strikes is counted.
    /// `shares` picks the link's own share and that of a disturbance.
    pub(super) fn strikes(
        &mut self,
        shares: Shares,
        background: Option<usize>,
        windows: &[Window],
        record: &mut Recorder,
    ) -> bool {
        match self.struck(shares, background, windows) {
            Struck::No => false,
            Struck::By(fault) => {
                record.touch(fault);
                true
            }
        }
    }

    /// Draws whether the background or a window strikes, and which.
    pub(super) fn struck(
        &mut self,
        shares: Shares,
        background: Option<usize>,
        windows: &[Window],
    ) -> Struck {
        let own = (shares.of_link)(self);
        if own > 0.0
            && let Some(fault) = background
            && draw_unit(self.fates()) < own
        {
            return Struck::By(fault);
        }
        for window in windows {
            if let Some((share, links)) = (shares.of_disturbance)(&window.disturbance)
                && self.is_of(links)
                && draw_unit(self.fates()) < share
            {
                return Struck::By(window.fault);
            }
        }
        Struck::No
    }

    /// When the last message so far arrives.
    pub(super) fn order(&self) -> u64 {
        self.last_arrival
    }

    /// Takes back what came after that.
    pub(super) fn set_order(&mut self, last_arrival: u64) {
        self.last_arrival = last_arrival;
    }

    /// When a message arrives that would do so then, if the link keeps order.
    pub(super) fn keep_order(&mut self, arrival: u64, windows: &[Window]) -> u64 {
        let reorders = |window: &Window| match window.disturbance {
            Disturbance::Reorder { links, .. } => self.is_of(links),
            _ => false,
        };
        if !self.fifo || windows.iter().any(reorders) {
            return arrival;
        }
        self.last_arrival = arrival.max(self.last_arrival);
        self.last_arrival
    }

    /// Draws a latency that the stream of the link knows nothing of.
    pub(super) fn draw_apart(&self, purpose: &str) -> u64 {
        let Self { from, to, .. } = self;
        let mut stream = self.streams.named(format!("link/{from}->{to}/{purpose}"));
        self.latencies.sampler.draw(&mut stream)
    }

    /// When the last byte of a message is on its way, one message after the other.
    pub(super) fn take_in(&mut self, now: u64, size: impl FnOnce() -> usize) -> u64 {
        let Some(bytes_per_second) = self.bytes_per_second else {
            return now;
        };
        let takes_ns = size_ns(size() as u64, bytes_per_second);
        self.taking_in_until = self.taking_in_until.max(now).saturating_add(takes_ns);
        self.taking_in_until
    }

    pub(super) fn arrival(
        &mut self,
        leaves: u64,
        windows: &[Window],
        record: &mut Recorder,
    ) -> u64 {
        let mut arrival = leaves.saturating_add(self.latencies.next());
        let mut fifo = self.fifo;
        for window in windows {
            let extra_ns = match window.disturbance {
                Disturbance::Delay { from, to, extra_ns }
                    if self.from == Endpoint::Node(from) && self.to == Endpoint::Node(to) =>
                {
                    extra_ns
                }
                Disturbance::DelayAll { extra_ns } if self.is_between_nodes() => extra_ns,
                Disturbance::Reorder { spread_ns, links } if self.is_of(links) => {
                    fifo = false;
                    draw_below(spread_ns, self.fates())
                }
                _ => continue,
            };
            record.touch(window.fault);
            arrival = arrival.saturating_add(extra_ns);
        }
        if fifo {
            arrival = arrival.max(self.last_arrival);
            self.last_arrival = arrival;
        }
        arrival
    }

    /// Whether it is one of these links.
    fn is_of(&self, links: scenarios::Links) -> bool {
        match links {
            scenarios::Links::Nodes => self.is_between_nodes(),
            scenarios::Links::Clients => !self.is_between_nodes(),
            scenarios::Links::All => true,
            scenarios::Links::BetweenZones => self.crosses,
        }
    }

    /// What decides what the link loses, doubles and sends out of turn.
    #[cold]
    fn fates(&mut self) -> &mut Stream {
        let Self { from, to, streams, fates, .. } = self;
        fates.get_or_insert_with(|| streams.named(name(*from, *to).text("/fate")))
    }

    fn is_between_nodes(&self) -> bool {
        matches!((self.from, self.to), (Endpoint::Node(_), Endpoint::Node(_)))
    }
}

/// The zone that an end is in, or near.
fn zone_of(zones: &scenarios::Zones, end: Endpoint) -> Option<scenarios::ZoneName> {
    match end {
        Endpoint::Node(node) => zones.of_node(node),
        Endpoint::Client(client) => zones.of_client(client),
        Endpoint::Balancer => None,
    }
}

/// The name of a link's stream.
fn name(from: Endpoint, to: Endpoint) -> Name {
    Name::new("link/").end(from).text("->").end(to)
}

impl Latencies {
    fn new(sampler: Sampler, mut stream: Stream) -> Self {
        let mut drawn = [0; BATCH];
        let first = &mut drawn[BATCH - FIRST_BATCH..];
        first.fill_with(|| sampler.draw(&mut stream));
        Self { sampler, stream, drawn, left: FIRST_BATCH }
    }

    fn next(&mut self) -> u64 {
        if self.left == 0 {
            self.drawn = std::array::from_fn(|_| self.sampler.draw(&mut self.stream));
            self.left = BATCH;
        }
        self.left -= 1;
        self.drawn[BATCH - 1 - self.left]
    }
}
