//! What each kind of chain is called: how it came about, in one clause.

use crate::text;
use judge::{
    Run,
    cause::{Cause, Kind},
    record::OperationRecord,
};
use node::NodeId;
use scenarios::Property;

/// All of it in one sentence; `None` where no kind fits.
pub(super) fn in_short(run: &Run, cause: &Cause<'_>) -> Option<String> {
    let kind = cause.kind?;
    let record = |place: Option<usize>| run.history.operations.get(place?);
    let write = record(cause.write).map(|record| format!("`{}`", record.operation));
    let node = cause.node.map(|node| node.to_string());
    let (write, node) = (write.as_deref(), node.as_deref());
    let clause = clause(kind, cause.node, is_acknowledged(run, cause));
    Some(match (cause.property, write, node) {
        (Property::Convergence, Some(write), Some(node)) => {
            format!("{node} does not show what {write} left: {clause}.")
        }
        (Property::Durability, Some(write), Some(node)) if !cause.kept_by.is_empty() => {
            let kept_by = text::list(&cause.kept_by);
            format!("{write} was acknowledged, and only {kept_by} kept it; {node} leads: {clause}.")
        }
        (Property::Durability, Some(write), _) => {
            format!("{write} was acknowledged, and it is gone: {clause}.")
        }
        (Property::Versions | Property::Answers | Property::StateMachine, ..) => {
            format!("{clause}.")
        }
        (Property::Availability | Property::Liveness, ..) => format!("{clause}."),
        (_, Some(write), Some(node)) => match record(cause.shown_by) {
            Some(read) => {
                let OperationRecord { node, operation, .. } = read;
                format!("{node} answered `{operation}` without {write}: {clause}.")
            }
            None => format!("{node} answered without {write}: {clause}."),
        },
        _ => format!("{clause}."),
    })
}

fn is_acknowledged(run: &Run, cause: &Cause<'_>) -> bool {
    let records = &run.history.operations;
    let (write, read) = (
        cause.write.and_then(|place| records.get(place)),
        cause.shown_by.and_then(|place| records.get(place)),
    );
    write.is_some_and(|write| {
        write.is_ok() && read.is_none_or(|read| write.completed <= read.invoked)
    })
}

fn clause(kind: Kind, node: Option<NodeId>, acknowledged: bool) -> String {
    let there = node.map_or_else(|| "there".to_owned(), |node| format!("at {node}"));
    match kind {
        Kind::MessageLost => "the message that was to bring it was lost".to_owned(),
        Kind::NotYetThere if acknowledged => {
            format!("it was acknowledged before it had come {there}", there = to(node))
        }
        Kind::NotYetThere => {
            format!("others could read it before it had come {there}", there = to(node))
        }
        Kind::NeverSent => format!("nobody who had it ever sent it {}", to(node)),
        Kind::AcknowledgedAlone => {
            "one process held it when it was acknowledged, and ended before any other had it"
                .to_owned()
        }
        Kind::MemoryLost => format!("it was held in memory {there}, and the process ended"),
        Kind::PlatterLost => {
            format!("the disk {there} had not been told to keep it when the power failed")
        }
        Kind::Overtaken => "an older write came later and took its place".to_owned(),
        Kind::ArrivalOrder => {
            "two writes were under way at once, and the one that came last stayed".to_owned()
        }
        Kind::ClockDecided => {
            "a clock was wrong, so that the older write bears the later stamp".to_owned()
        }
        Kind::StampDecided => {
            "two writes were under way at once, and the one with the later stamp stayed".to_owned()
        }
        Kind::DeleteForgotten => {
            "nothing told that the key had been deleted, so the old value stayed or came back"
                .to_owned()
        }
        Kind::StaleLeader => {
            format!("{} took itself for the leader after another had been made one", who(node))
        }
        Kind::AnswersCrossed => "an answer went to a request that it was not meant for".to_owned(),
        Kind::Forged => "a part of a value was read as a message of its own".to_owned(),
        Kind::RoutingDisagreed => {
            "nodes disagree on which of them are in charge of a key".to_owned()
        }
        Kind::AppliedTwice => {
            "an older write was carried out a second time, and took its place".to_owned()
        }
        Kind::HandOverDropped => {
            "what another node handed over took the place of all that was held, and lacked it"
                .to_owned()
        }
        Kind::NeverStored => "it was acknowledged and never stored".to_owned(),
        Kind::NoOverlap => "none of the nodes that were asked had it yet".to_owned(),
        Kind::BothSucceeded => {
            "two clients changed one key at once, and both were told that they had".to_owned()
        }
        Kind::CountedApart => "two nodes keep the same write under different versions".to_owned(),
        Kind::WaitsForEver => {
            "nodes wait without a deadline for answers that cannot come".to_owned()
        }
        Kind::LeaderGone => {
            format!(
                "{} had acknowledged every write; it could not be reached, and nobody took its place",
                who(node)
            )
        }
        Kind::AskedTheGone => {
            format!("clients asked {}, which could not be reached, and nobody else", who(node))
        }
        Kind::CutFromOthers => {
            format!("{} had the requests, and reached none of the nodes that it asked", who(node))
        }
        Kind::NoLeader => format!("{} knew of no leader, and refused", who(node)),
        Kind::RefusedByRule => {
            format!("{} takes another node for the leader, and refused", who(node))
        }
        Kind::VotedTwice => format!("{} voted for two nodes in one term", who(node)),
        Kind::VoteForgotten => {
            format!("{} forgot in a crash that it had voted, and voted again", who(node))
        }
        Kind::AppliedEarly => {
            "an entry was applied before a majority of the nodes held it".to_owned()
        }
        Kind::DecidedOldTerm => {
            "an entry of an earlier term was taken for decided because a majority held it"
                .to_owned()
        }
        Kind::SelfPromoted => "a node made itself leader without a vote of the others".to_owned(),
    }
}

fn who(node: Option<NodeId>) -> String {
    node.map_or_else(|| "a node".to_owned(), |node| node.to_string())
}

fn to(node: Option<NodeId>) -> String {
    node.map_or_else(|| "there".to_owned(), |node| format!("to {node}"))
}
