//! What a store can do against a failure that others suffer.

/// A remedy: something that a design has or lacks, in words that do not depend on the store.
///
/// A system [declares](crate::SystemInfo::remedies) those that it has. Whether one helps is shown
/// by a run: the same plan on a system that has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Remedy {
    /// Who missed something is told of it later.
    CatchUp,
    /// Older writes do not replace newer ones.
    CompareVersions,
    /// Deletes leave a mark.
    Tombstones,
    /// A write is acknowledged when a majority has it.
    AckByMajority,
    /// A write is acknowledged when it is on a disk.
    SyncFirst,
    /// Reads ask enough nodes to meet the last write.
    ReadsMeetWrites,
    /// A leader makes sure that it still leads before it answers.
    ConfirmLeadership,
    /// One log orders all writes.
    OneOrder,
    /// Attempts and answers bear the id of their request.
    RequestIds,
    /// Another node takes the place of a leader that is gone.
    Election,
    /// Any node serves, so that clients can ask another.
    AnyNodeServes,
    /// A version is given once and travels with its value.
    VersionTravels,
    /// A write is stamped later than all that its node has seen of the key.
    StampAfterSeen,
    /// Every node has every key, or who has which is itself agreed on.
    AgreedPlacement,
}

impl Remedy {
    /// What it is, for a sentence that begins with "what would mend it".
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::CatchUp => {
                "anti-entropy: a node that missed something asks for it, or others compare \
                 themselves with it, and it is told later"
            }
            Self::CompareVersions => {
                "versions: a node compares them, and never lets an older write replace a newer one"
            }
            Self::Tombstones => {
                "tombstones: a delete leaves a mark with a version of its own, which is compared \
                 and handed on like a value"
            }
            Self::AckByMajority => {
                "acknowledge a write only when more than half of the nodes hold it"
            }
            Self::SyncFirst => "acknowledge a write only when it is synced to a disk",
            Self::ReadsMeetWrites => {
                "read from so many nodes that one of them must have the last acknowledged write \
                 (R + W > N)"
            }
            Self::ConfirmLeadership => {
                "a leader asks a majority whether it still leads before it answers a read"
            }
            Self::OneOrder => {
                "one log, agreed on by a majority, orders all writes: neither clocks nor the order \
                 of arrival decide"
            }
            Self::RequestIds => {
                "attempts and answers bear the id of their request, so that none is taken for \
                 another or carried out twice"
            }
            Self::Election => "the other nodes elect a new leader when the old one is silent",
            Self::AnyNodeServes => "let any node serve, and let clients ask another",
            Self::VersionTravels => {
                "let the version be given once, by whoever orders the writes of a key, and travel \
                 with the value"
            }
            Self::StampAfterSeen => {
                "a logical clock: a node stamps a write later than all that it has seen of the key, \
                 whatever its clock shows"
            }
            Self::AgreedPlacement => {
                "let the nodes agree on who is in charge of a key before any of them takes a write"
            }
        }
    }
}
