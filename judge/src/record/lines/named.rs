//! The nodes that a part of a record names.

use crate::record::{Endpoint, Event, OperationRecord};
use node::{Answer, Fact, NodeId, Note, Refusal, WriteStamp, client::Outcome};

/// By an operation: where it went, and who was said to lead.
pub(super) fn by_operation(record: &OperationRecord) -> impl Iterator<Item = NodeId> {
    let leader = match &record.outcome {
        Outcome::Ok(Answer::Refused(Refusal::NotLeader { leader })) => *leader,
        _ => None,
    };
    [record.node].into_iter().chain(leader)
}

/// By what a node says of itself.
pub(super) fn by_fact(fact: &Fact) -> Option<NodeId> {
    match fact {
        Fact::Votes { candidate, .. } => Some(*candidate),
        _ => None,
    }
}

/// By what a node says of why it did something.
pub(super) fn by_note(note: &Note) -> Vec<NodeId> {
    let of_stamp = |stamp: &WriteStamp| match stamp {
        WriteStamp::Clock { by, .. } => Some(*by),
        WriteStamp::Counter(_) | WriteStamp::Vector(_) | WriteStamp::Arrival => None,
    };
    match note {
        Note::Decided { stays, goes, .. } => {
            [stays, goes].into_iter().filter_map(|write| of_stamp(&write.stamp)).collect()
        }
        Note::Siblings { writes, .. } => {
            writes.iter().filter_map(|write| of_stamp(&write.stamp)).collect()
        }
        Note::Restamped { from, to, .. } => [from, to].into_iter().filter_map(of_stamp).collect(),
        Note::Agreed { by: nodes, .. }
        | Note::WentOnWithout { missing: nodes, .. }
        | Note::Counts { votes: nodes, .. } => nodes.clone(),
        Note::Retries { to: node, .. }
        | Note::GaveUp { to: node, .. }
        | Note::KeptHint { replica: node, .. }
        | Note::HandedHint { replica: node, .. }
        | Note::HintTaken { replica: node, .. }
        | Note::Repairs { replica: node, .. }
        | Note::Weighed { candidate: node, .. }
        | Note::Outdated { from: node, .. }
        | Note::TookOver { from: node, .. }
        | Note::ReadAs { from: node, .. } => vec![*node],
        Note::Routed { to, .. } => to.iter().copied().collect(),
        Note::ForgotDelete { .. }
        | Note::Overwritten { .. }
        | Note::Owns { .. }
        | Note::Unescaped { .. }
        | Note::Crossed { .. }
        | Note::ReadUnasked { .. }
        | Note::NotKept { .. } => Vec::new(),
    }
}

/// By an event.
pub(super) fn by_event(event: &Event) -> impl Iterator<Item = NodeId> {
    let end = |end: &Endpoint| match end {
        Endpoint::Node(node) => Some(*node),
        Endpoint::Client(_) | Endpoint::Balancer => None,
    };
    let (one, other) = match event {
        Event::Attempt { to, .. } => (Some(*to), None),
        Event::Send { from, to, .. } => (end(from), end(to)),
        Event::Announce { node, fact } => (Some(*node), by_fact(fact)),
        Event::TimerArmed { node, .. }
        | Event::TimerCancelled { node, .. }
        | Event::Timer { node, .. }
        | Event::SyncAsked { node, .. }
        | Event::SyncFailed { node, .. }
        | Event::Note { node, .. }
        | Event::Synced { node, .. }
        | Event::Boot { node, .. }
        | Event::Died { node, .. }
        | Event::Apply { node, .. }
        | Event::Balance { node, .. } => (Some(*node), None),
        Event::Invoke { .. }
        | Event::TimedOut { .. }
        | Event::Unreachable { .. }
        | Event::Complete { .. }
        | Event::Deliver { .. }
        | Event::Drop { .. }
        | Event::FaultStart { .. }
        | Event::FaultEnd { .. }
        | Event::Heal => (None, None),
    };
    let noted = match event {
        Event::Note { note, .. } => by_note(note),
        _ => Vec::new(),
    };
    one.into_iter().chain(other).chain(noted)
}
