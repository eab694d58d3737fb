//! What a node can say of itself: what a checker can hold against it, and why it did what it did.

use crate::NodeId;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A statement about a node's part in a replicated log or about a decision of its own, announced by
/// [`Context::announce`](crate::Context::announce) as it becomes true.
///
/// The `state-machine` checker holds those of all nodes that [are of a replicated
/// log](Self::is_of_log) against each other: one leader a term, logs that match, entries that never
/// change once applied (Ongaro and Ousterhout, *In Search of an Understandable Consensus
/// Algorithm*, figure 3). The others tell a reader why things happened. All are rare: no message
/// by itself is a fact. What is only for readers is a [`Note`](crate::Note).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fact {
    /// It leads this term.
    Leads {
        /// The term.
        term: u64,
    },
    /// Its log holds an entry: it has just appended it, or found it on its disk as it booted.
    Appended {
        /// Where.
        index: u64,
        /// Of which term.
        term: u64,
        /// Of which term the entry before it is.
        previous_term: u64,
        /// A hash of what it holds.
        hash: u64,
    },
    /// It has applied an entry to its state machine, so it takes it to be committed.
    Applied {
        /// Where.
        index: u64,
        /// Of which term.
        term: u64,
    },
    /// It has heard of a later term, and is in it from now on.
    Enters {
        /// The term.
        term: u64,
    },
    /// It stands for election.
    Stands {
        /// In which term.
        term: u64,
    },
    /// It has given its vote; to itself when it stands.
    Votes {
        /// In which term.
        term: u64,
        /// For whom.
        candidate: NodeId,
    },
    /// It has won an election, and leads from now on.
    Elected {
        /// The term.
        term: u64,
        /// How many of the voters have voted for it.
        votes: u32,
        /// How many voters there are.
        voters: u32,
    },
    /// It leads no longer.
    StepsDown {
        /// The term that it led.
        term: u64,
        /// Why.
        why: StepDown,
    },
    /// It has written out its state and may forget the log up to there.
    TookSnapshot {
        /// The last entry that the snapshot stands for.
        index: u64,
        /// The term of that entry.
        term: u64,
    },
    /// It has replaced its state by a leader's snapshot.
    InstalledSnapshot {
        /// The last entry that the snapshot stands for.
        index: u64,
        /// The term of that entry.
        term: u64,
    },
    /// Its log is of this epoch from now on: it has begun the epoch, or follows who did.
    Epoch {
        /// Names the epoch: its generation, and below that 32 bits drawn at random.
        epoch: u64,
    },
    /// It leads and has booted, and serves from now on with what its followers told it.
    Recovered {
        /// How many log entries it took over.
        entries: u64,
        /// How many followers answered in time.
        heard: u32,
        /// How many it asked.
        asked: u32,
    },
    /// Its ring of groups is that of its own group alone, as it has just booted.
    RingOf {
        /// Its group.
        group: u32,
    },
    /// It has heard of a group, which is on its ring from now on.
    GroupJoins {
        /// The group.
        group: u32,
    },
    /// It has not heard of anyone of a group for too long, and takes the group off its ring.
    GroupLeaves {
        /// The group.
        group: u32,
    },
    /// A checksum has told that what its disk gave back is not what was written.
    Refused {
        /// What was refused.
        what: Damaged,
    },
    /// It has let something go that was sent to it or kept by it.
    Dropped {
        /// What.
        what: Dropped,
        /// How many of them.
        count: u64,
    },
}

/// Why a leader leads no longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepDown {
    /// It has heard of a later term.
    LaterTerm,
    /// It has not heard from a majority for an election timeout.
    NoMajority,
    /// Its removal from the voters is committed.
    Removed,
    /// Its disk has failed it.
    Disk,
    /// Another node leads the same term, which only a flaw lets happen.
    Rival,
}

/// What a checksum refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Damaged {
    /// Its log: what was once synced does not read back.
    Log,
    /// The torn end of its log, of which nothing was promised.
    TornEnd {
        /// How many bytes were cut off.
        bytes: u64,
    },
    /// Its store.
    Store,
}

/// What a node lets go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Dropped {
    /// Messages of an earlier term or epoch.
    OutdatedMessages,
    /// Writes that are older than what it holds.
    OutdatedWrites,
    /// Log entries that a later leader's have replaced.
    OverwrittenEntries,
    /// Copies of a write for replicas that have missed it, and for which it keeps no hints.
    MissedCopies,
    /// Hints that have been taken.
    Hints,
    /// What it held of an earlier epoch and the later one does not have, by key.
    EarlierEpoch,
    /// Members that it has not heard of for too long.
    SilentMembers,
}

impl Fact {
    /// Whether it is about a log that nodes replicate, which the `state-machine` checker judges.
    pub const fn is_of_log(&self) -> bool {
        matches!(self, Self::Leads { .. } | Self::Appended { .. } | Self::Applied { .. })
    }

    /// Whether it is about a node's ring of groups, which the `placement` checker judges by.
    pub const fn is_of_ring(&self) -> bool {
        matches!(self, Self::RingOf { .. } | Self::GroupJoins { .. } | Self::GroupLeaves { .. })
    }

    /// Which kind of fact it is, in a word, for tables.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Leads { .. } => "leads",
            Self::Appended { .. } => "appended",
            Self::Applied { .. } => "applied",
            Self::Enters { .. } => "enters",
            Self::Stands { .. } => "stands",
            Self::Votes { .. } => "votes",
            Self::Elected { .. } => "elected",
            Self::StepsDown { .. } => "steps-down",
            Self::TookSnapshot { .. } => "took-snapshot",
            Self::InstalledSnapshot { .. } => "installed-snapshot",
            Self::Epoch { .. } => "epoch",
            Self::Recovered { .. } => "recovered",
            Self::RingOf { .. } => "ring-of",
            Self::GroupJoins { .. } => "group-joins",
            Self::GroupLeaves { .. } => "group-leaves",
            Self::Refused { .. } => "refused",
            Self::Dropped { .. } => "dropped",
        }
    }
}

impl fmt::Display for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Leads { term } => write!(f, "leads term {term}"),
            Self::Appended { index, term, .. } => {
                write!(f, "appended entry {index} of term {term}")
            }
            Self::Applied { index, term } => write!(f, "applied entry {index} of term {term}"),
            Self::Enters { term } => write!(f, "enters term {term}"),
            Self::Stands { term } => write!(f, "stands for election in term {term}"),
            Self::Votes { term, candidate } => write!(f, "votes for {candidate} in term {term}"),
            Self::Elected { term, votes, voters } => {
                write!(f, "is elected in term {term} by {votes} of {voters} voters")
            }
            Self::StepsDown { term, why } => write!(f, "leads term {term} no longer: {why}"),
            Self::TookSnapshot { index, term } => {
                write!(f, "took a snapshot up to entry {index} of term {term}")
            }
            Self::InstalledSnapshot { index, term } => {
                write!(f, "installed a snapshot up to entry {index} of term {term}")
            }
            Self::Epoch { epoch } => {
                write!(f, "is in epoch {}.{:x}", epoch >> 32, epoch & u64::from(u32::MAX))
            }
            Self::Recovered { entries, heard, asked } => {
                write!(f, "serves with {entries} entries, {heard} of {asked} followers answered")
            }
            Self::RingOf { group } => write!(f, "has only its own group {group} on its ring"),
            Self::GroupJoins { group } => write!(f, "takes group {group} into its ring"),
            Self::GroupLeaves { group } => write!(f, "takes group {group} off its ring"),
            Self::Refused { what } => write!(f, "refused {what}"),
            Self::Dropped { what, count } => write!(f, "dropped {what}: {count}"),
        }
    }
}

impl fmt::Display for StepDown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::LaterTerm => "a later term has begun",
            Self::NoMajority => "no majority answers",
            Self::Removed => "it has been removed",
            Self::Disk => "its disk failed",
            Self::Rival => "another leads",
        })
    }
}

impl fmt::Display for Damaged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Log => f.write_str("its log, which is damaged"),
            Self::TornEnd { bytes } => {
                write!(f, "the last {bytes} bytes of its log, which are torn")
            }
            Self::Store => f.write_str("its store, which is damaged"),
        }
    }
}

impl fmt::Display for Dropped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OutdatedMessages => "messages of an earlier term or epoch",
            Self::OutdatedWrites => "writes older than what it holds",
            Self::OverwrittenEntries => "entries that a later leader has replaced",
            Self::MissedCopies => "copies for replicas that missed them",
            Self::Hints => "hints that were taken",
            Self::EarlierEpoch => "keys of an earlier epoch",
            Self::SilentMembers => "members that it has not heard of for too long",
        })
    }
}
