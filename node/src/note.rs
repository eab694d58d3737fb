//! Why a node did what it did, for the trace alone.

mod text;

use crate::{Key, NodeId, RequestId, Time, Value, Version};
use serde::{Deserialize, Serialize};

/// A decision of a node and what it rested on, told by
/// [`Context::note`](crate::Context::note) as it is made.
///
/// Where a [`Fact`](crate::Fact) is a statement that checkers hold a node to and that is part of a
/// run's digest, a note is for readers: it is made only where a trace is kept, no
/// checker judges by it, and it changes no digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Note {
    /// Two writes to a key met here, and one of them stays.
    Decided {
        /// Which key.
        key: Key,
        /// The write that stays.
        stays: Contender,
        /// The write that is let go.
        goes: Contender,
        /// Whether the one that stays is the one that has come just now; if not, it was here before,
        /// and what came was rejected.
        newcomer_stays: bool,
    },
    /// Writes to a key stay side by side, as none of them knew of another.
    Siblings {
        /// Which key.
        key: Key,
        /// The writes, at least two.
        writes: Vec<Contender>,
    },
    /// It gave a write another stamp than it came with.
    Restamped {
        /// Which key.
        key: Key,
        /// The stamp that it came with.
        from: WriteStamp,
        /// The stamp that it has here.
        to: WriteStamp,
    },
    /// It deleted a key, or was told to, and keeps nothing that says so: a write that comes late
    /// brings the key back.
    ForgotDelete {
        /// Which key.
        key: Key,
        /// Whether there was something to delete.
        existed: bool,
    },
    /// Enough nodes agreed to go on with it.
    Agreed {
        /// What they agreed on.
        on: Matter,
        /// Who, in order.
        by: Vec<NodeId>,
        /// How many were needed.
        needed: u32,
    },
    /// It goes on without these nodes, which did not answer in time.
    WentOnWithout {
        /// What it waited for.
        on: Matter,
        /// Who did not answer, in order.
        missing: Vec<NodeId>,
        /// What becomes of it.
        then: Then,
    },
    /// It sends what was not acknowledged once more.
    Retries {
        /// To whom.
        to: NodeId,
        /// Which key.
        key: Key,
        /// Under which version.
        version: Version,
        /// Which attempt begins, counted from 1.
        attempt: u32,
    },
    /// It tries no more to bring a write to a node.
    GaveUp {
        /// Which node.
        to: NodeId,
        /// Which key.
        key: Key,
        /// Under which version.
        version: Version,
        /// After how many attempts.
        attempts: u32,
    },
    /// It keeps a hint: a copy of a write for a replica that missed it.
    KeptHint {
        /// For which replica.
        replica: NodeId,
        /// Which key.
        key: Key,
        /// Under which version.
        version: Version,
    },
    /// It hands a hint over.
    HandedHint {
        /// To which replica.
        replica: NodeId,
        /// Which key.
        key: Key,
        /// Under which version.
        version: Version,
    },
    /// A replica has taken a hint.
    HintTaken {
        /// Which replica.
        replica: NodeId,
        /// Which key.
        key: Key,
        /// Under which version.
        version: Version,
    },
    /// It sends a replica what that lacks, as a read or a round of comparing has shown.
    Repairs {
        /// Which replica.
        replica: NodeId,
        /// Which key.
        key: Key,
        /// Under which version.
        version: Version,
    },
    /// Asked for its vote, it has weighed the candidate's log against its own.
    Weighed {
        /// In which term, or for which term if it is no vote yet.
        term: u64,
        /// Who asks.
        candidate: NodeId,
        /// Whether it is asked only whether it would vote.
        is_pre_vote: bool,
        /// Where the candidate's log ends.
        candidate_log: LogEnd,
        /// Where its own log ends.
        own_log: LogEnd,
        /// What it says.
        vote: VoteGiven,
    },
    /// It counts the votes it has.
    Counts {
        /// In which term, or for which term if they are no votes yet.
        term: u64,
        /// Whether the others were asked only whether they would vote.
        is_pre_vote: bool,
        /// Where its own log ends.
        own_log: LogEnd,
        /// Who has voted for it, in order.
        votes: Vec<NodeId>,
        /// How many votes make a majority.
        needed: u32,
    },
    /// It refused a message of an earlier term or epoch.
    Outdated {
        /// Whose.
        from: NodeId,
        /// The message's term or epoch.
        theirs: u64,
        /// Its own.
        own: u64,
    },
    /// An entry of its log is overwritten by a later leader's.
    Overwritten {
        /// Where.
        index: u64,
        /// Of which term it was.
        term: u64,
        /// The key that it would have changed, if any.
        key: Option<Key>,
    },
    /// It takes what a snapshot or a log hands over in place of what it held.
    TookOver {
        /// From whom.
        from: NodeId,
        /// The last entry that is handed over.
        upto: u64,
        /// The term or epoch of what is handed over.
        term: u64,
        /// How many keys it held before.
        before: u64,
    },
    /// It hands a request to the group that owns its key by this node's ring.
    Routed {
        /// Which key.
        key: Key,
        /// The group that owns it.
        group: u32,
        /// The groups on this node's ring, in order.
        ring: Vec<u32>,
        /// To whom; `None`: it knows of nobody there.
        to: Option<NodeId>,
    },
    /// It takes a key for one of its own group's, by its ring.
    Owns {
        /// Which key.
        key: Key,
        /// Its group.
        group: u32,
        /// The groups on this node's ring, in order.
        ring: Vec<u32>,
    },
    /// It put a value into a message without escaping a delimiter in it.
    Unescaped {
        /// Which key.
        key: Key,
    },
    /// A message that should tell of one write was read as this many.
    ReadAs {
        /// From whom it came.
        from: NodeId,
        /// How many writes were read out of it.
        writes: u32,
    },
    /// It answered a request with what another had asked for.
    Crossed {
        /// Whose request was answered.
        answered: RequestId,
        /// Whose answer it was.
        answer_of: RequestId,
    },
    /// It answered a read from its own memory, without asking whether it still leads.
    ReadUnasked {
        /// The term that it takes itself to lead, or that its leader does.
        term: u64,
    },
    /// It acknowledged a write that it has not kept.
    NotKept {
        /// Which key.
        key: Key,
    },
}

/// One of the writes that met under a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contender {
    /// What it wrote; `None`: it deleted.
    pub value: Option<Value>,
    /// What decides.
    pub stamp: WriteStamp,
    /// The request that it goes back to, where that is known.
    pub request: Option<RequestId>,
}

/// What decides between two writes to a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WriteStamp {
    /// A count.
    Counter(Version),
    /// A clock, and the node whose clock it is.
    Clock {
        /// What the clock showed, or a little more if that would not have been later than what was
        /// there.
        at: Time,
        /// Whose clock.
        by: NodeId,
    },
    /// What the write knew of: how many writes of each who counts, in order of their names.
    Vector(Vec<(String, u64)>),
    /// Nothing but the order in which they came.
    Arrival,
}

/// What nodes agree on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Matter {
    /// That they hold a write.
    Write {
        /// Which key.
        key: Key,
        /// Under which version.
        version: Version,
    },
    /// What a read finds.
    Read {
        /// Which key.
        key: Key,
    },
    /// That their disks hold a log up to an entry.
    Log {
        /// The last entry.
        index: u64,
        /// Its term.
        term: u64,
    },
    /// That a leader still leads.
    Leadership {
        /// In which term.
        term: u64,
        /// Which of its rounds of asking this is.
        round: u64,
    },
    /// What a leader that came back has forgotten.
    Recovery,
}

/// What becomes of what too few have answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Then {
    /// The client is told of success.
    Succeeds,
    /// The client is told that nobody can tell.
    Unknown,
    /// The client is refused.
    Refused,
    /// The client has been told before.
    Told,
    /// It serves clients from now on.
    Serves,
}

/// Where a log ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogEnd {
    /// The index of the last entry; 0: the log is empty.
    pub index: u64,
    /// Its term.
    pub term: u64,
}

/// What a node says to a candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum VoteGiven {
    /// It votes for it.
    Granted,
    /// It is in a later term, or in this one already.
    OutdatedTerm,
    /// It has heard a leader lately.
    HearsLeader,
    /// It has voted for another in this term.
    Taken,
    /// The candidate's log lacks what its own has.
    LogBehind,
}
