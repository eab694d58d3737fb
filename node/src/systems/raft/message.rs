//! What the nodes say to each other, and what they wait for.

use super::{Entry, Index, MembershipChange, Payload, Position, Snapshot, Term};
use crate::{Carried, Key, RequestId, Version, Versioned, canonical};
use serde::{Deserialize, Serialize};
use std::{fmt, sync::Arc};

/// What one node says to another. Each but [`Message::ChangeMembership`] carries its
/// sender's term, but for the pre-votes, whose term is the one the sender would start.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Message {
    /// Asks whether the receiver would vote for the sender.
    PreVote {
        /// The term the sender would start.
        term: Term,
        /// Where the sender's log ends.
        last: Position,
    },
    /// Answers a pre-vote.
    PreVoteReply {
        /// The term asked about if it would, the receiver's own if not.
        term: Term,
        /// Whether it would.
        granted: bool,
    },
    /// Asks for a vote.
    RequestVote {
        /// The candidate's term.
        term: Term,
        /// Where the candidate's log ends.
        last: Position,
    },
    /// Answers a request for a vote.
    VoteReply {
        /// The voter's term.
        term: Term,
        /// Whether the candidate has the vote.
        granted: bool,
    },
    /// Replicates entries; without any, a heartbeat.
    Append {
        /// The leader's term.
        term: Term,
        /// Counts the leader's rounds of asking whether it still leads; replies carry it back.
        round: u64,
        /// The place before the first entry.
        prev: Position,
        /// The entries.
        #[serde(with = "canonical::shared")]
        entries: Arc<[Entry]>,
        /// How far the leader has committed.
        commit: Index,
    },
    /// Answers an append or a snapshot.
    AppendReply {
        /// The follower's term.
        term: Term,
        /// The round of what is answered.
        round: u64,
        /// What became of it.
        outcome: AppendOutcome,
    },
    /// Replaces the receiver's log, as the leader no longer has what it lacks.
    InstallSnapshot {
        /// The leader's term.
        term: Term,
        /// As in an append.
        round: u64,
        /// The state to install.
        #[serde(with = "canonical::shared")]
        snapshot: Arc<Snapshot>,
    },
    /// A follower that is to answer a read asks how far it must have applied.
    ReadIndex {
        /// The follower's term.
        term: Term,
        /// The client's request.
        request: RequestId,
    },
    /// Answers that, once the leader knows that it still led when it was asked.
    ReadIndexReply {
        /// The leader's term.
        term: Term,
        /// The client's request.
        request: RequestId,
        /// How far; `None`: the node that was asked does not lead.
        index: Option<Index>,
    },
    /// An administrator's wish; anyone but the leader ignores it.
    ChangeMembership(MembershipChange),
}

/// What became of an append.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AppendOutcome {
    /// The follower's disk agrees with the leader's log up to this index.
    Matched(Index),
    /// The follower's log does not have the place before the entries.
    Conflict {
        /// The index of that place.
        prev: Index,
        /// The term that the follower has there, if it has anything there.
        term: Option<Term>,
        /// The first index of that term, or the one after the follower's last.
        first: Index,
    },
    /// The append was of an older term. This tells its leader of the present one, and nothing
    /// else: a leader of the present term did not ask.
    Outdated,
}

impl Message {
    /// The entries that it tells of.
    pub(super) fn carries(&self) -> Vec<Carried> {
        match self {
            Self::Append { prev, entries, .. } => {
                let entries = (prev.index + 1..).zip(entries.iter());
                let commands = entries.filter_map(|(index, entry)| match &entry.payload {
                    Payload::Command(command) => Some((Version(index), &command.operation)),
                    Payload::Noop | Payload::Voters(_) => None,
                });
                commands
                    .flat_map(|(version, operation)| {
                        let carried = Carried::of_operation(operation).into_iter();
                        carried.map(move |carried| carried.under(version))
                    })
                    .collect()
            }
            Self::InstallSnapshot { snapshot, .. } => {
                let entries = snapshot.entries.iter();
                let carried = |(key, entry): &(Key, Versioned)| {
                    Carried::entry(key, Some(&entry.value)).under(entry.version)
                };
                entries.map(carried).collect()
            }
            _ => Vec::new(),
        }
    }
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PreVote { term, last } => write!(f, "pre-vote t{term} last {last}"),
            Self::PreVoteReply { term, granted } => {
                write!(f, "pre-vote-reply t{term} {}", yes_or_no(*granted))
            }
            Self::RequestVote { term, last } => write!(f, "request-vote t{term} last {last}"),
            Self::VoteReply { term, granted } => {
                write!(f, "vote-reply t{term} {}", yes_or_no(*granted))
            }
            Self::Append { term, round, prev, entries, commit } => {
                let kind = match entries.len() {
                    0 => "heartbeat",
                    _ => "append",
                };
                write!(f, "{kind} t{term} after {prev} commit {commit} round {round}")?;
                match &**entries {
                    [] => Ok(()),
                    [only] => write!(f, ": {}", only.payload),
                    [first, .., last] => {
                        let count = entries.len();
                        write!(f, ": {count} from {} to {}", first.payload, last.payload)
                    }
                }
            }
            Self::AppendReply { term, round, outcome } => {
                write!(f, "append-reply t{term} {outcome} round {round}")
            }
            Self::InstallSnapshot { term, snapshot, .. } => {
                write!(f, "install-snapshot t{term} up to {}", snapshot.position)
            }
            Self::ReadIndex { term, request } => write!(f, "read-index t{term} {request}"),
            Self::ReadIndexReply { term, request, index: Some(index) } => {
                write!(f, "read-index-reply t{term} {request} {index}")
            }
            Self::ReadIndexReply { term, request, index: None } => {
                write!(f, "read-index-reply t{term} {request} does not lead")
            }
            Self::ChangeMembership(change) => write!(f, "change-membership {change}"),
        }
    }
}

impl fmt::Display for AppendOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Matched(index) => write!(f, "matched {index}"),
            Self::Conflict { prev, term: Some(term), first } => {
                write!(f, "conflict at {prev}, has t{term} from {first}")
            }
            Self::Conflict { prev, first, .. } => {
                write!(f, "conflict at {prev}, has nothing from {first}")
            }
            Self::Outdated => f.write_str("outdated"),
        }
    }
}

/// What a node waits for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Timer {
    /// A fraction of the election timeout has passed.
    Tick,
    /// The leader of this term shows that it lives.
    Heartbeat {
        /// The leader's term.
        term: Term,
    },
    /// What has gathered since the event that armed this goes out together.
    Flush,
}

impl fmt::Display for Timer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tick => f.write_str("tick"),
            Self::Heartbeat { term } => write!(f, "heartbeat t{term}"),
            Self::Flush => f.write_str("flush"),
        }
    }
}

fn yes_or_no(granted: bool) -> &'static str {
    if granted { "yes" } else { "no" }
}
