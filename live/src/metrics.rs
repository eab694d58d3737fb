//! What a process counts about itself.

use node::NodeId;
use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
};

/// Counters of a process. Reading them disturbs nobody, and no two are of quite the same moment.
#[derive(Debug, Default)]
pub struct Metrics {
    pub(crate) connections: Count,
    pub(crate) accepted: Count,
    pub(crate) turned_away: Count,
    pub(crate) frames_in: Count,
    pub(crate) frames_out: Count,
    pub(crate) events: Count,
    pub(crate) queue: Count,
    pub(crate) syncs_asked: Count,
    pub(crate) syncs_done: Count,
    pub(crate) platter: Count,
    pub(crate) peers: BTreeMap<NodeId, OfPeer>,
}

/// What is counted about another node.
#[derive(Debug, Default)]
pub(crate) struct OfPeer {
    pub(crate) sent: Count,
    pub(crate) dropped: Count,
    pub(crate) is_connected: AtomicBool,
}

/// A number that goes up, and at times down.
#[derive(Debug, Default)]
pub(crate) struct Count(AtomicU64);

/// One number, as `/metrics` shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metric {
    /// Its name, without a prefix: what is counted, and `_total` behind it if it only goes up.
    pub name: &'static str,
    /// What it says.
    pub help: &'static str,
    /// What tells it from others of its name.
    pub labels: Vec<(&'static str, String)>,
    /// What it is now.
    pub value: u64,
}

impl Count {
    pub(crate) fn rise(&self) {
        self.add(1);
    }

    pub(crate) fn add(&self, more: u64) {
        self.0.fetch_add(more, Ordering::Relaxed);
    }

    pub(crate) fn fall(&self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }

    pub(crate) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Metrics {
    /// Nothing counted yet, of a node with these peers.
    pub(crate) fn new(peers: impl IntoIterator<Item = NodeId>) -> Self {
        let peers = peers.into_iter().map(|peer| (peer, OfPeer::default())).collect();
        Self { peers, ..Self::default() }
    }

    /// Every number, those of one name together.
    pub fn metrics(&self) -> Vec<Metric> {
        let all = [
            ("connections", "Connections that stand.", &self.connections),
            ("connections_accepted_total", "Connections accepted.", &self.accepted),
            (
                "connections_turned_away_total",
                "Connections closed for want of room or of a hello that is right.",
                &self.turned_away,
            ),
            ("frames_in_total", "Frames of the own protocol read.", &self.frames_in),
            ("frames_out_total", "Frames of the own protocol written.", &self.frames_out),
            ("events_total", "Events that the node has handled.", &self.events),
            ("queue_length", "What waits for the node.", &self.queue),
            ("syncs_asked_total", "Syncs that the node has asked for.", &self.syncs_asked),
            ("syncs_done_total", "Syncs that the node was told of.", &self.syncs_done),
            (
                "platter_writes_total",
                "Times that the disk was told to write a file out; one serves many syncs.",
                &self.platter,
            ),
        ];
        let plain = |(name, help, count): (_, _, &Count)| Metric {
            name,
            help,
            labels: Vec::new(),
            value: count.get(),
        };
        let mut metrics: Vec<_> = all.into_iter().map(plain).collect();
        let mut of_peers = |name, help, value: fn(&OfPeer) -> u64| {
            metrics.extend(self.peers.iter().map(|(peer, of_peer)| Metric {
                name,
                help,
                labels: vec![("peer", peer.to_string())],
                value: value(of_peer),
            }));
        };
        let is_connected = |peer: &OfPeer| peer.is_connected.load(Ordering::Relaxed).into();
        of_peers("peer_connected", "Whether there is a connection to send on.", is_connected);
        of_peers("peer_sent_total", "Messages handed to the connection.", |peer| peer.sent.get());
        of_peers(
            "peer_dropped_total",
            "Messages dropped, as the node was away or took too little.",
            |peer| peer.dropped.get(),
        );
        metrics
    }
}
