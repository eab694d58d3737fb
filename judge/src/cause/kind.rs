//! The names of the chains that lead to a violation.

/// A chain of events that has a name, and remedies of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A message with the write was lost on a link, at a cut or at a node that was down, and nothing made up for it.
    MessageLost,
    /// The write was acknowledged before the node had it, and its message was under way or yet to be sent.
    NotYetThere,
    /// The node that took the write never sent it there.
    NeverSent,
    /// The write was acknowledged while one process held it, and that process died before anybody else had it.
    AcknowledgedAlone,
    /// The node held the write in memory, and the process ended.
    MemoryLost,
    /// The node had written it to its disk, and the power failed before the platter had it.
    PlatterLost,
    /// An older write arrived later and took the place of a newer one.
    Overtaken,
    /// Two writes were made at once, and nodes took them in different orders.
    ArrivalOrder,
    /// A clock that was wrong made the older write look newer, or the newer one look older.
    ClockDecided,
    /// Two writes were made at once, and the one with the later stamp stayed.
    StampDecided,
    /// A node that had forgotten, or never heard of, a delete kept or gave back what had been deleted.
    DeleteForgotten,
    /// A node that led no longer answered as if it did.
    StaleLeader,
    /// An answer that was meant for another request.
    AnswersCrossed,
    /// Data was taken for a part of the message it stood in.
    Forged,
    /// Nodes did not agree on who is in charge of a key.
    RoutingDisagreed,
    /// A write was carried out twice, the second time after a newer one.
    AppliedTwice,
    /// A snapshot, or the beginning of an epoch, replaced what a node held and did not bring the write.
    HandOverDropped,
    /// The node said yes and never stored it.
    NeverStored,
    /// The nodes that were asked do not overlap with those that had the write.
    NoOverlap,
    /// Two clients changed one key at once, and neither change was made to wait for the other.
    BothSucceeded,
    /// Two nodes keep one write under different versions.
    CountedApart,
    /// Nodes wait for each other, or for one that is gone, with no deadline.
    WaitsForEver,
    /// The node that had acknowledged every write could not be reached, and nobody took its place.
    LeaderGone,
    /// Clients asked a node that could not be reached, and no other.
    AskedTheGone,
    /// A node had the requests, and reached none of the nodes that it asked.
    CutFromOthers,
    /// No node that was asked knew of a leader.
    NoLeader,
    /// A node that takes another for the leader refused.
    RefusedByRule,
    /// A node that had voted in a term voted in it again.
    VotedTwice,
    /// A vote was forgotten in a crash, and given again.
    VoteForgotten,
    /// An entry was applied before a majority held it.
    AppliedEarly,
    /// An entry of an earlier term was counted as decided, and then replaced.
    DecidedOldTerm,
    /// A node made itself leader without asking a majority.
    SelfPromoted,
}
