//! Notes in words, for traces.

use super::{Contender, LogEnd, Matter, Note, Then, VoteGiven, WriteStamp};
use crate::{NodeId, Value};
use std::fmt;

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
            Self::Recovery => f.write_str("what it has forgotten"),
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
            Self::Serves => "serves",
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
