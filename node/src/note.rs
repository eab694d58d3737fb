//! Why a node did what it did, for the trace alone.

use crate::{Key, NodeId, RequestId, Time, Value, Version};
use serde::{Deserialize, Serialize};
use std::fmt;

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

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Decided { key, stays, goes, newcomer_stays: true } => {
                write!(f, "takes {key}={stays} in place of {goes}")
            }
            Self::Decided { key, stays, goes, newcomer_stays: false } => {
                write!(f, "rejects {key}={goes}, as it holds {stays}")
            }
            Self::Siblings { key, writes } => {
                write!(f, "keeps {} siblings of {key}:", writes.len())?;
                writes.iter().try_for_each(|write| write!(f, " {write}"))
            }
            Self::Restamped { key, from, to } => write!(f, "gives {key} {to} in place of {from}"),
            Self::ForgotDelete { key, .. } => write!(f, "keeps nothing of the delete of {key}"),
            Self::Agreed { on, by, needed } => {
                write!(f, "has {needed} agree on {on}:")?;
                nodes(by, f)
            }
            Self::WentOnWithout { on, missing, then } => {
                write!(f, "{then}, without an answer on {on} of")?;
                nodes(missing, f)
            }
            Self::Retries { to, key, version, attempt } => {
                write!(f, "sends {key} {version} to {to} again, attempt {attempt}")
            }
            Self::GaveUp { to, key, version, attempts } => {
                write!(f, "gives up to send {key} {version} to {to} after {attempts} attempts")
            }
            Self::KeptHint { replica, key, version } => {
                write!(f, "keeps a hint for {replica}: {key} {version}")
            }
            Self::HandedHint { replica, key, version } => {
                write!(f, "hands a hint over to {replica}: {key} {version}")
            }
            Self::HintTaken { replica, key, version } => {
                write!(f, "has had a hint taken by {replica}: {key} {version}")
            }
            Self::Repairs { replica, key, version } => {
                write!(f, "repairs {key} at {replica}: {version}")
            }
            Self::Weighed { term, candidate, is_pre_vote, candidate_log, own_log, vote } => {
                let what = if *is_pre_vote { "pre-vote" } else { "vote" };
                write!(
                    f,
                    "weighs the {what} of term {term} for {candidate}: its log ends at \
                     {candidate_log}, the own at {own_log}: {vote}"
                )
            }
            Self::Counts { term, is_pre_vote, votes, needed, .. } => {
                let what = if *is_pre_vote { "pre-votes" } else { "votes" };
                write!(f, "counts its {what} for term {term}, {needed} needed:")?;
                nodes(votes, f)
            }
            Self::Outdated { from, theirs, own } => {
                write!(f, "refuses a message of {from} of {theirs}, as it is in {own}")
            }
            Self::Overwritten { index, term, .. } => {
                write!(f, "loses entry {index} of term {term} to a later leader's")
            }
            Self::TookOver { from, upto, term, before } => {
                write!(
                    f,
                    "takes over from {from} up to {upto} of {term}, in place of {before} keys"
                )
            }
            Self::Routed { key, group, to: Some(to), .. } => {
                write!(f, "routes {key} to {to} of group {group}")
            }
            Self::Routed { key, group, to: None, .. } => {
                write!(f, "knows nobody of group {group}, which owns {key}")
            }
            Self::Owns { key, group, .. } => write!(f, "takes {key} for one of group {group}"),
            Self::Unescaped { key } => write!(f, "escapes no delimiter in the value of {key}"),
            Self::ReadAs { from, writes } => {
                write!(f, "reads a message of {from} as {writes} writes")
            }
            Self::Crossed { answered, answer_of } => {
                write!(f, "answers {answered} with the answer of {answer_of}")
            }
            Self::ReadUnasked { term } => {
                write!(f, "reads in term {term} without asking whether it still leads")
            }
            Self::NotKept { key } => {
                write!(f, "acknowledges a write of {key} that it has not kept")
            }
        }
    }
}

fn nodes(nodes: &[NodeId], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    nodes.iter().try_for_each(|node| write!(f, " {node}"))
}

impl fmt::Display for Contender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = self.value.as_ref().map_or("(deleted)", Value::as_str);
        write!(f, "{value} {}", self.stamp)
    }
}

impl fmt::Display for WriteStamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Counter(version) => version.fmt(f),
            Self::Clock { at, by } => write!(f, "@{at}/{by}"),
            Self::Vector(counts) => {
                f.write_str("{")?;
                for (position, (actor, count)) in counts.iter().enumerate() {
                    let separator = if position == 0 { "" } else { " " };
                    write!(f, "{separator}{actor}:{count}")?;
                }
                f.write_str("}")
            }
            Self::Arrival => f.write_str("by arrival"),
        }
    }
}

impl fmt::Display for Matter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Write { key, version } => write!(f, "the write of {key} {version}"),
            Self::Read { key } => write!(f, "the read of {key}"),
            Self::Log { index, term } => write!(f, "the log up to {index} of term {term}"),
            Self::Leadership { term, round } => {
                write!(f, "who leads term {term}, in round {round}")
            }
        }
    }
}

impl fmt::Display for Then {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Succeeds => "tells of success",
            Self::Unknown => "tells that it cannot tell",
            Self::Refused => "refuses",
            Self::Told => "goes on",
        })
    }
}

impl fmt::Display for LogEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of term {}", self.index, self.term)
    }
}

impl fmt::Display for VoteGiven {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Granted => "granted",
            Self::OutdatedTerm => "refused, the term is outdated",
            Self::HearsLeader => "refused, it hears a leader",
            Self::Taken => "refused, it has voted for another",
            Self::LogBehind => "refused, the log is behind",
        })
    }
}
