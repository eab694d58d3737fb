//! Faults and boots, for the timeline.

use super::timeline::{Entry, Most};
use crate::{paper::Tone, text};
use judge::{
    Run,
    record::{Event, FaultOrigin, FaultRecord},
};
use node::{NodeId, Time};

/// Faults. Those that struck several nodes at once, and alike, share a line.
pub(super) fn faults(run: &Run, most: Most, entries: &mut Vec<Entry>, left_out: &mut Vec<String>) {
    let told = alike(&run.faults);
    for faults in told.iter().take(most.faults) {
        let fault = faults[0];
        let mut nodes: Vec<NodeId> = faults.iter().flat_map(|it| it.nodes.clone()).collect();
        nodes.dedup();
        let who = names(run, &nodes);
        let always = if fault.origin == FaultOrigin::Background { " (all the time)" } else { "" };
        let label = match (faults.len(), own(fault)) {
            (2.., Some(what)) => format!("each {what}"),
            _ => fault.label.clone(),
        };
        entries.push(Entry {
            at: fault.start,
            who: who.clone(),
            what: format!("FAULT: {label}{always}"),
            result: String::new(),
            tone: Tone::Notable,
        });
        // Of the end of a crash the boot that follows says more.
        let is_told = fault.kind.takes_down() && run.trace.is_some();
        let is_long = |end: &Time| end.to_string() != fault.start.to_string();
        if let Some(end) = fault.end.filter(|end| is_long(end) && !is_told) {
            entries.push(Entry {
                at: end,
                who,
                what: format!("over: {label}"),
                result: String::new(),
                tone: Tone::Notable,
            });
        }
    }
    let more: usize = told.iter().skip(most.faults).map(Vec::len).sum();
    if more > 0 {
        let more = text::count(more as u64, "more fault", "more faults");
        left_out.push(format!("and {more}, see faults.csv"));
    }
}

/// Faults in order, those together that differ in nothing but the node.
fn alike(faults: &[FaultRecord]) -> Vec<Vec<&FaultRecord>> {
    let mut groups: Vec<Vec<&FaultRecord>> = Vec::new();
    for fault in faults {
        let is_like = |other: &FaultRecord| {
            (other.start, other.end, other.origin == FaultOrigin::Background)
                == (fault.start, fault.end, fault.origin == FaultOrigin::Background)
                && own(fault).is_some()
                && own(other) == own(fault)
        };
        match groups.last_mut().filter(|group| is_like(group[0])) {
            Some(group) => group.push(fault),
            None => groups.push(vec![fault]),
        }
    }
    groups
}

/// What a fault did to its one node: its label without the node's name.
fn own(fault: &FaultRecord) -> Option<&str> {
    let [node] = fault.nodes.as_slice() else {
        return None;
    };
    fault.label.strip_prefix(&node.to_string())?.strip_prefix(' ')
}

/// Nodes, for the column that says who.
fn names(run: &Run, nodes: &[NodeId]) -> String {
    match nodes {
        nodes if nodes.len() == run.replicas.len() && nodes.len() > 1 => "all".to_owned(),
        nodes if nodes.len() > 3 => format!("{} nodes", nodes.len()),
        nodes => nodes.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "),
    }
}

/// Boots after a crash: what the node found is often the heart of the matter.
pub(super) fn boots(run: &Run, most: Most, entries: &mut Vec<Entry>) {
    let events = run.trace.iter().flat_map(|trace| &trace.events);
    let boots = events.filter_map(|event| match event.event {
        Event::Boot { node, entries, on_disk, .. } if event.at > Time::ZERO => {
            Some((event.at, node, text::booted(entries, on_disk)))
        }
        _ => None,
    });
    let mut told: Vec<(Time, String, Vec<NodeId>)> = Vec::new();
    for (at, node, found) in boots {
        match told.last_mut().filter(|last| (last.0, &last.1) == (at, &found)) {
            Some((.., nodes)) => nodes.push(node),
            None => told.push((at, found, vec![node])),
        }
    }
    for (at, found, nodes) in told.into_iter().take(most.boots) {
        let each = if nodes.len() > 1 { "each boots" } else { "boots" };
        let what = format!("{each} again, {found}");
        let (result, tone) = (String::new(), Tone::Notable);
        entries.push(Entry { at, who: names(run, &nodes), what, result, tone });
    }
}
