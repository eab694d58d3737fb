//! The links: how long a message takes, and whether it arrives.

use super::record::Recorder;
use crate::{
    latency::Sampler,
    seed::{Stream, Streams, draw_below, draw_unit},
};
use judge::record::{DropReason, Endpoint};
use node::NodeId;
use scenarios::{DeadNode, Order};

/// Every directed link, and the faults that are upon them.
pub(super) struct Network {
    links: Links,
    cuts: Vec<Cut>,
    windows: Vec<Window>,
    /// The background faults of the settings, ended by healing.
    pub(super) background: Background,
    longest_ns: u64,
}

/// Every directed link, made on first use.
struct Links {
    streams: Streams,
    settings: scenarios::Network,
    nodes: usize,
    between_nodes: Vec<Option<Box<Link>>>,
    to_nodes: Vec<Option<Box<Link>>>,
    to_clients: Vec<Option<Box<Link>>>,
    from_balancer: Vec<Option<Box<Link>>>,
    to_balancer: Vec<Option<Box<Link>>>,
}

/// The faults that stand for what the settings lose and double all the time.
#[derive(Clone, Copy, Default)]
pub(super) struct Background {
    pub(super) loss: Option<usize>,
    pub(super) duplicate: Option<usize>,
}

/// One directed link.
struct Link {
    from: Endpoint,
    to: Endpoint,
    loss: f64,
    duplicate: f64,
    fifo: bool,
    latencies: Latencies,
    fates: Stream,
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
    /// How many of the drawn ones have been taken.
    taken: usize,
}

/// How many latencies are drawn at a time.
const BATCH: usize = 8;

/// Who cannot reach whom, from when to when.
struct Cut {
    fault: usize,
    start: u64,
    end: u64,
    shape: CutShape,
}

/// The shape of a cut.
pub(super) enum CutShape {
    /// Parties on different sides cannot reach each other; side 0 reaches everyone.
    Sides {
        /// The side of each node.
        nodes: Vec<usize>,
        /// The side of all clients.
        clients: usize,
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

/// A disturbance of links between nodes that lasts a while.
struct Window {
    fault: usize,
    disturbance: Disturbance,
}

/// The kinds of disturbance.
#[derive(Clone, Copy)]
pub(super) enum Disturbance {
    /// What `from` sends to `to` takes longer.
    Delay { from: NodeId, to: NodeId, extra_ns: u64 },
    /// What any node sends to another takes longer.
    DelayAll { extra_ns: u64 },
    /// What these links carry takes up to this much longer, out of turn.
    Reorder { spread_ns: u64, links: scenarios::Links },
    /// These links lose this share.
    Loss(f64, scenarios::Links),
    /// These links double this share.
    Duplicate(f64, scenarios::Links),
}

/// What becomes of a message that leaves.
pub(super) struct Transit {
    /// When it arrives, or why it does not.
    pub(super) fate: Result<u64, DropReason>,
    /// When a copy of it arrives, if the network doubles it.
    pub(super) copy: Option<u64>,
}

impl Network {
    pub(super) fn new(settings: &scenarios::Network, nodes: usize, streams: &Streams) -> Self {
        let links = Links {
            streams: streams.clone(),
            settings: settings.clone(),
            nodes,
            between_nodes: Vec::new(),
            to_nodes: Vec::new(),
            to_clients: Vec::new(),
            from_balancer: Vec::new(),
            to_balancer: Vec::new(),
        };
        Self {
            links,
            cuts: Vec::new(),
            windows: Vec::new(),
            background: Background::default(),
            longest_ns: 0,
        }
    }

    /// What becomes of a request to a node that is down.
    pub(super) fn dead(&self) -> DeadNode {
        self.links.settings.dead
    }

    /// The largest shares that any link loses and doubles by its settings.
    pub(super) fn background_shares(&self) -> (f64, f64) {
        let settings = &self.links.settings;
        let links = settings.links.values();
        links
            .chain([&settings.nodes, &settings.clients])
            .fold((0.0, 0.0), |(loss, duplicate), link| {
                (link.loss.max(loss), link.duplicate.max(duplicate))
            })
    }

    /// Sends a message off at `now`. A cut or a loss is known at once; a cut that
    /// comes while the message is under way is found by [`Network::cut_under_way`].
    pub(super) fn transmit(
        &mut self,
        now: u64,
        from: Endpoint,
        to: Endpoint,
        size: impl FnOnce() -> usize,
        record: &mut Recorder,
    ) -> Transit {
        if self.cut_under_way(now, now, from, to, record) {
            return Transit { fate: Err(DropReason::Partition), copy: None };
        }
        let link = self.links.get(from, to);
        if link.strikes(LOSS, self.background.loss, &self.windows, record) {
            return Transit { fate: Err(DropReason::Loss), copy: None };
        }
        let leaves = link.take_in(now, size);
        let arrival = link.arrival(leaves, &self.windows, record);
        let copy = link
            .strikes(DUPLICATE, self.background.duplicate, &self.windows, record)
            .then(|| link.arrival(leaves, &self.windows, record));
        self.longest_ns = self.longest_ns.max(arrival.max(copy.unwrap_or(0)) - now);
        Transit { fate: Ok(arrival), copy }
    }

    /// Whether a cut fell between a message's leaving and now; every one that did is counted.
    pub(super) fn cut_under_way(
        &self,
        sent: u64,
        now: u64,
        from: Endpoint,
        to: Endpoint,
        record: &mut Recorder,
    ) -> bool {
        let mut is_cut = false;
        for cut in self.cuts.iter().filter(|cut| cut.blocks(from, to, sent, now)) {
            record.touch(cut.fault);
            is_cut = true;
        }
        is_cut
    }

    /// Puts a cut upon the links.
    pub(super) fn cut(&mut self, now: u64, fault: usize, shape: CutShape) {
        // A cut that was over before the oldest message under way left is forgotten.
        let longest_ns = self.longest_ns;
        self.cuts.retain(|cut| cut.end.saturating_add(longest_ns) >= now);
        self.cuts.push(Cut { fault, start: now, end: u64::MAX, shape });
    }

    /// Whether a cut stands now.
    pub(super) fn is_cut(&self) -> bool {
        self.cuts.iter().any(|cut| cut.end == u64::MAX)
    }

    /// Ends every cut; the answer is their faults.
    pub(super) fn heal_cuts(&mut self, now: u64) -> Vec<usize> {
        let active = self.cuts.iter_mut().filter(|cut| cut.end == u64::MAX);
        active
            .map(|cut| {
                cut.end = now;
                cut.fault
            })
            .collect()
    }

    /// Opens a window of disturbance.
    pub(super) fn disturb(&mut self, fault: usize, disturbance: Disturbance) {
        self.windows.push(Window { fault, disturbance });
    }

    /// Closes the window, or ends the cut, that belongs to a fault.
    pub(super) fn calm(&mut self, now: u64, fault: usize) {
        self.windows.retain(|window| window.fault != fault);
        let cuts = self.cuts.iter_mut().filter(|cut| cut.fault == fault);
        cuts.for_each(|cut| cut.end = cut.end.min(now));
    }

    /// Closes every window and ends the background faults; the answer is the faults it ended.
    pub(super) fn calm_all(&mut self) -> Vec<usize> {
        let background = std::mem::take(&mut self.background);
        let windows = self.windows.drain(..).map(|window| window.fault);
        windows.chain(background.loss).chain(background.duplicate).collect()
    }
}

impl Links {
    fn get(&mut self, from: Endpoint, to: Endpoint) -> &mut Link {
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
            Box::new(Link::new(from, to, special.unwrap_or(settings), &self.streams))
        })
    }
}

impl Link {
    fn new(from: Endpoint, to: Endpoint, settings: &scenarios::Link, streams: &Streams) -> Self {
        Self {
            from,
            to,
            loss: settings.loss,
            duplicate: settings.duplicate,
            fifo: settings.order == Order::Fifo,
            latencies: Latencies::new(
                Sampler::new(&settings.latency),
                streams.named(&format!("link/{from}->{to}")),
            ),
            fates: streams.named(&format!("link/{from}->{to}/fate")),
            last_arrival: 0,
            bytes_per_second: settings.bytes_per_second,
            taking_in_until: 0,
        }
    }

    /// Draws whether the background or a window strikes; what strikes is counted.
    /// `shares` picks the link's own share and that of a disturbance.
    fn strikes(
        &mut self,
        shares: Shares,
        background: Option<usize>,
        windows: &[Window],
        record: &mut Recorder,
    ) -> bool {
        let own = (shares.of_link)(self);
        if own > 0.0
            && let Some(fault) = background
            && draw_unit(&mut self.fates) < own
        {
            record.touch(fault);
            return true;
        }
        for window in windows {
            if let Some((share, links)) = (shares.of_disturbance)(&window.disturbance)
                && self.is_of(links)
                && draw_unit(&mut self.fates) < share
            {
                record.touch(window.fault);
                return true;
            }
        }
        false
    }

    /// When the last byte of a message is on its way, one message after the other.
    fn take_in(&mut self, now: u64, size: impl FnOnce() -> usize) -> u64 {
        let Some(bytes_per_second) = self.bytes_per_second else {
            return now;
        };
        let takes_ns = size_ns(size() as u64, bytes_per_second);
        self.taking_in_until = self.taking_in_until.max(now).saturating_add(takes_ns);
        self.taking_in_until
    }

    fn arrival(&mut self, leaves: u64, windows: &[Window], record: &mut Recorder) -> u64 {
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
                    draw_below(spread_ns, &mut self.fates)
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
        }
    }

    fn is_between_nodes(&self) -> bool {
        matches!((self.from, self.to), (Endpoint::Node(_), Endpoint::Node(_)))
    }
}

/// How long so many bytes take at a rate.
pub(super) fn size_ns(bytes: u64, bytes_per_second: u64) -> u64 {
    let nanos = u128::from(bytes) * 1_000_000_000 / u128::from(bytes_per_second);
    u64::try_from(nanos).unwrap_or(u64::MAX)
}

/// Picks one kind of share, from a link's settings and from a disturbance.
#[derive(Clone, Copy)]
struct Shares {
    of_link: fn(&Link) -> f64,
    of_disturbance: fn(&Disturbance) -> Option<(f64, scenarios::Links)>,
}

const LOSS: Shares = Shares {
    of_link: |link| link.loss,
    of_disturbance: |disturbance| match disturbance {
        Disturbance::Loss(share, links) => Some((*share, *links)),
        _ => None,
    },
};

const DUPLICATE: Shares = Shares {
    of_link: |link| link.duplicate,
    of_disturbance: |disturbance| match disturbance {
        Disturbance::Duplicate(share, links) => Some((*share, *links)),
        _ => None,
    },
};

impl Latencies {
    fn new(sampler: Sampler, stream: Stream) -> Self {
        Self { sampler, stream, drawn: [0; BATCH], taken: BATCH }
    }

    fn next(&mut self) -> u64 {
        if self.taken == BATCH {
            self.drawn = std::array::from_fn(|_| self.sampler.draw(&mut self.stream));
            self.taken = 0;
        }
        self.taken += 1;
        self.drawn[self.taken - 1]
    }
}

impl Cut {
    /// Whether it stood between two endpoints at some moment from `sent` to `now`.
    fn blocks(&self, from: Endpoint, to: Endpoint, sent: u64, now: u64) -> bool {
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
            CutShape::Sides { nodes, clients } => {
                let side = |endpoint| match endpoint {
                    Endpoint::Node(node) => nodes[NodeId::index(node)],
                    Endpoint::Client(_) | Endpoint::Balancer => *clients,
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
