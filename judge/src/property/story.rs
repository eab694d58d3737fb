//! Why a node missed a write: the faults it was under and the messages it did not get.

use super::{Evidence, facts::Facts, index::Write, text::state};
use crate::record::{Endpoint, Event, FaultOrigin, MessageClass, MessageId, Trace};
use node::{Carried, Key, NodeId, Operation, Time};
use std::collections::BTreeMap;

/// At most this many facts of each kind are told.
const TOLD: usize = 3;

/// Adds the faults that concerned the nodes when the write was made or after.
pub(super) fn add_faults(
    evidence: &Evidence<'_>,
    write: &Write,
    nodes: &[NodeId],
    facts: &mut Facts,
) {
    let concerns = |fault: &&crate::record::FaultRecord| {
        fault.origin != FaultOrigin::Background
            && fault.end.is_none_or(|end| end >= write.invoked)
            && fault.nodes.iter().any(|node| nodes.contains(node))
    };
    for fault in evidence.faults.iter().filter(concerns).take(TOLD) {
        facts.add_fault(fault);
    }
}

/// A message that told a node of the write.
struct Telling<'a> {
    from: Endpoint,
    to: NodeId,
    text: &'a str,
}

/// Adds what became of the messages that were to tell the nodes of the write.
///
/// A message is known by the entries that it carries. A system that does not say what its
/// messages carry gets no such facts, rather than wrong ones.
pub(super) fn add_missed_messages(
    evidence: &Evidence<'_>,
    trace: &Trace,
    write: &Write,
    nodes: &[NodeId],
    facts: &mut Facts,
) {
    let operation = &evidence.history.operations[write.position()].operation;
    let mut tellings: BTreeMap<MessageId, Telling<'_>> = BTreeMap::new();
    let mut told_somebody = false;
    let mut dropped = 0;
    let mut untold: Vec<NodeId> = nodes.to_vec();
    let first = trace.events.partition_point(|event| event.at < write.invoked);
    for event in &trace.events[first..] {
        match &event.event {
            Event::Send {
                message,
                class: MessageClass::Peer,
                from,
                to: Endpoint::Node(to),
                text,
                carries,
                ..
            } if tells_of(carries, operation) => {
                told_somebody = true;
                untold.retain(|node| node != to);
                if nodes.contains(to) {
                    tellings.insert(*message, Telling { from: *from, to: *to, text });
                }
            }
            Event::Drop { message, reason, .. } if dropped < TOLD => {
                if let Some(Telling { from, to, text }) = tellings.remove(message) {
                    dropped += 1;
                    let why = reason.name();
                    facts.add(event.at, format!("{from} told {to} of it ({text}), but the message did not get there: {why}"));
                }
            }
            _ => {}
        }
    }
    let writer = evidence.history.operations[write.position()].node;
    untold.retain(|node| *node != writer);
    if told_somebody {
        for node in untold.iter().take(TOLD) {
            facts
                .add(evidence.run_ended, format!("nobody had ever sent {node} a message about it"));
        }
    }
}

/// Adds the last change of the key on each node.
pub(super) fn add_last_changes(trace: &Trace, key: &Key, nodes: &[NodeId], facts: &mut Facts) {
    let mut last: BTreeMap<NodeId, (Time, String)> = BTreeMap::new();
    for event in &trace.events {
        match &event.event {
            Event::Apply { node, change } if change.key == *key && nodes.contains(node) => {
                let after = state(change.after.as_ref().map(|entry| &entry.value));
                last.insert(
                    *node,
                    (event.at, format!("{node} went over to {after}, and stayed there")),
                );
            }
            Event::Boot { node, entries: 0, .. } if last.remove(node).is_some() => {
                last.insert(*node, (event.at, format!("{node} booted with nothing")));
            }
            _ => {}
        }
    }
    for (at, text) in last.into_values().take(TOLD) {
        facts.add(at, text);
    }
}

/// Whether a message carries what the operation writes.
fn tells_of(carries: &[Carried], operation: &Operation) -> bool {
    let written = match operation {
        Operation::Put { value, .. } | Operation::CompareAndSet { new: value, .. } => Some(value),
        Operation::Delete { .. } => None,
        Operation::Get { .. } | Operation::ListKeys => return false,
    };
    operation.key().is_some_and(|key| {
        let told = Carried::entry(key, written);
        carries.iter().any(|carried| carried.says_what(&told))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_tells_of_the_write_that_it_carries_and_of_no_other() {
        let carries = [Carried::entry(&"k".into(), Some(&"v".into())), Carried::name(&"l".into())];
        assert!(tells_of(&carries, &Operation::put("k", "v")));
        assert!(!tells_of(&carries, &Operation::put("k", "w")));
        assert!(!tells_of(&carries, &Operation::put("l", "v")));
        assert!(!tells_of(&carries, &Operation::delete("k")));
        assert!(!tells_of(&carries, &Operation::get("k")));
        assert!(tells_of(&[Carried::entry(&"k".into(), None)], &Operation::delete("k")));
    }
}
