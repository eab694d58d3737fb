//! The words of the file format, each in one table that reading, writing and
//! suggestions share.

use crate::{
    Action, DeadNode, Fate, FaultKind, Links, Order, Party, Property, Release, Target, Update,
    WriteBack,
};
use node::{OperationKind, client::Route};
use std::fmt;

/// Words and what they stand for.
pub(crate) type Words<T> = [(&'static str, T)];

pub(crate) const ROLES: &Words<Target> = &[
    ("leader", Target::Leader),
    ("follower", Target::Follower),
    ("any", Target::Any),
    ("all", Target::All),
    ("majority", Target::Majority),
    ("minority", Target::Minority),
];

/// How a side of a partition names every client.
pub(crate) const CLIENTS: &str = "clients";

pub(crate) const ROUTES: &Words<Route> = &[
    ("leader", Route::Leader),
    ("any", Route::Any),
    ("sticky", Route::Sticky),
    ("round-robin", Route::RoundRobin),
    ("balanced", Route::Balanced),
    ("failover", Route::Failover),
    ("hash-ring", Route::HashRing),
    ("nearest", Route::Nearest),
];

pub(crate) const ORDERS: &Words<Order> = &[("fifo", Order::Fifo), ("free", Order::Free)];

pub(crate) const LINKS: &Words<Links> = &[
    ("nodes", Links::Nodes),
    ("clients", Links::Clients),
    ("all", Links::All),
    ("between-zones", Links::BetweenZones),
];

pub(crate) const FATES: &Words<Fate> =
    &[("lost", Fate::Lost), ("doubled", Fate::Doubled), ("kept", Fate::Kept)];

pub(crate) const DEAD_NODES: &Words<DeadNode> =
    &[("refused", DeadNode::Refused), ("lost", DeadNode::Lost)];

pub(crate) fn fault_kinds() -> [(&'static str, FaultKind); FaultKind::ALL.len()] {
    FaultKind::ALL.map(|kind| (kind.name(), kind))
}

pub(crate) fn operations() -> [(&'static str, OperationKind); 5] {
    OperationKind::ALL.map(|kind| (kind.name(), kind))
}

pub(crate) const WRITE_BACKS: &Words<WriteBack> =
    &[("compare-and-set", WriteBack::CompareAndSet), ("put", WriteBack::Put)];

pub(crate) fn updates() -> [(&'static str, Update); Update::ALL.len()] {
    Update::ALL.map(|update| (update.name(), update))
}

pub(crate) fn properties() -> [(&'static str, Property); Property::EVERY.len()] {
    Property::EVERY.map(|property| (property.name(), property))
}

/// What a word stands for.
pub(crate) fn find<T: Copy>(words: &Words<T>, name: &str) -> Option<T> {
    words.iter().find(|(word, _)| *word == name).map(|&(_, meaning)| meaning)
}

/// The words alone.
pub(crate) fn names<T>(words: &Words<T>) -> Vec<&'static str> {
    words.iter().map(|&(word, _)| word).collect()
}

/// The word for something that the table holds.
pub(crate) fn name_of<T: PartialEq>(words: &Words<T>, meaning: &T) -> &'static str {
    words
        .iter()
        .find(|(_, other)| other == meaning)
        .map(|&(word, _)| word)
        .expect("the table has a word for every variant but those that carry a node")
}

impl fmt::Display for Target {
    /// Writes the node's or the zone's name, or the role as scenarios spell it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Node(node) => node.fmt(f),
            Self::Zone(zone) => zone.fmt(f),
            role => f.pad(name_of(ROLES, role)),
        }
    }
}

impl fmt::Display for Party {
    /// Writes the node's name, the role, or `clients`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Node(target) => target.fmt(f),
            Self::Clients => f.pad(CLIENTS),
        }
    }
}

impl Action {
    /// Its name in scenarios, as in `do = { crash = "n2" }`.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Lasting { action, .. } => action.name(),
            Self::Crash(_) => "crash",
            Self::PowerLoss(_) => "power-loss",
            Self::Restart(_) => "restart",
            Self::RollingRestart { .. } => "rolling-restart",
            Self::Install { release: Release::Next, .. } => "upgrade",
            Self::Install { release: Release::First, .. } => "downgrade",
            Self::RollingUpgrade { .. } => "rolling-upgrade",
            Self::SlowNode { .. } => "slow-node",
            Self::Pause(_) => "pause",
            Self::Resume(_) => "resume",
            Self::Partition(_) => "partition",
            Self::Isolate(_) => "isolate",
            Self::OneWay { .. } => "one-way",
            Self::Bridge(_) => "bridge",
            Self::FlappingLink { .. } => "flapping-link",
            Self::HealNetwork => "heal-network",
            Self::SlowLink { .. } => "slow-link",
            Self::DelaySpike { .. } => "delay-spike",
            Self::Reorder { .. } => "reorder",
            Self::Loss { .. } => "loss",
            Self::Duplicate { .. } => "duplicate",
            Self::SlowDisk { .. } => "slow-disk",
            Self::FullDisk { .. } => "full-disk",
            Self::DiskErrors { .. } => "disk-errors",
            Self::BitRot(_) => "bit-rot",
            Self::Join(_) => "join",
            Self::Leave(_) => "leave",
            Self::Start(_) => "start",
            Self::Retire(_) => "retire",
            Self::ClockJump { .. } => "clock-jump",
            Self::Put { .. } => "put",
            Self::Get { .. } => "get",
            Self::Delete { .. } => "delete",
            Self::ListKeys { .. } => "list-keys",
            Self::CompareAndSet { .. } => "compare-and-set",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use node::NodeId;

    #[test]
    fn every_variant_has_its_word() {
        for kind in FaultKind::ALL {
            assert_eq!(find(&fault_kinds(), kind.name()), Some(kind));
        }
        assert_eq!(Target::Node(NodeId::new(2)).to_string(), "n2");
        assert_eq!(Target::Follower.to_string(), "follower");
        assert_eq!(Party::Node(Target::All).to_string(), "all");
        assert_eq!(Party::Clients.to_string(), "clients");
    }
}
