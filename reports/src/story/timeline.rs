//! What happened, in order of time.

use super::{
    StoryOptions, Telling, balancer,
    paper::{Paper, Tone},
    witnesses,
};
use crate::text;
use judge::{
    Run,
    record::{Event, FaultOrigin, FaultRecord, OperationRecord},
    replay::{Fate, Message},
};
use node::{NodeId, Time};
use std::collections::BTreeSet;

/// At most so many lines of each sort; what is left out is counted.
#[derive(Clone, Copy)]
struct Most {
    scripted: usize,
    causes: usize,
    witnesses: usize,
    faults: usize,
    messages: usize,
    changes: usize,
}

/// What fits on a page.
const PAGE: Most =
    Most { scripted: 10, causes: 1, witnesses: 0, faults: 5, messages: 2, changes: 4 };
/// As much as anybody would read.
const ALL: Most =
    Most { scripted: 30, causes: 99, witnesses: 8, faults: 24, messages: 12, changes: 8 };

/// One line of the timeline.
struct Entry {
    at: Time,
    who: String,
    what: String,
    result: String,
    tone: Tone,
}

pub(super) fn write(telling: &Telling<'_>, options: &StoryOptions, paper: &mut Paper) {
    let most = if options.verbose { ALL } else { PAGE };
    let run = telling.run;
    let mut entries = Vec::new();
    let mut left_out = Vec::new();
    faults(run, most, &mut entries, &mut left_out);
    boots(run, most, &mut entries);
    balancing(run, most, &mut entries, &mut left_out);
    operations(telling, most, &mut entries, &mut left_out);
    messages(telling, most, &mut entries, &mut left_out);
    ends(run, &mut entries);
    entries.sort_by_key(|entry| entry.at);
    paper.part("WHAT HAPPENED");
    let width = |part: fn(&Entry) -> &str, most: usize| {
        let lengths = entries.iter().map(|entry| part(entry).chars().count());
        lengths.filter(|length| *length <= most).max().unwrap_or(0)
    };
    let times = entries.iter().map(|entry| entry.at.to_string().len()).max().unwrap_or(0);
    let who = width(|entry| &entry.who, 12);
    let what = width(
        |entry| {
            if entry.result.is_empty() { "" } else { &entry.what }
        },
        34,
    );
    for entry in &entries {
        let indent = format!("  {:>times$}  {:<who$}  ", entry.at.to_string(), entry.who);
        let hang = times + who + 8;
        if entry.result.is_empty() {
            paper.hanging(&indent, hang, &[(&entry.what, entry.tone)]);
        } else {
            let what = format!("{:<what$}  ", entry.what);
            paper.hanging(&indent, hang, &[(&what, Tone::Plain), (&entry.result, entry.tone)]);
        }
    }
    for note in left_out {
        paper.line("  ", &[(&note, Tone::Faint)]);
    }
}

/// Faults. Those that struck several nodes at once, and alike, share a line.
fn faults(run: &Run, most: Most, entries: &mut Vec<Entry>, left_out: &mut Vec<String>) {
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
fn boots(run: &Run, most: Most, entries: &mut Vec<Entry>) {
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
    for (at, found, nodes) in told.into_iter().take(most.faults) {
        let each = if nodes.len() > 1 { "each boots" } else { "boots" };
        let what = format!("{each} again, {found}");
        let (result, tone) = (String::new(), Tone::Notable);
        entries.push(Entry { at, who: names(run, &nodes), what, result, tone });
    }
}

/// When the load balancer took nodes out and in. Of a balancer that cannot make up its mind
/// the first few changes tell enough.
fn balancing(run: &Run, most: Most, entries: &mut Vec<Entry>, left_out: &mut Vec<String>) {
    let changes = balancer::changes(run);
    for change in changes.iter().take(most.changes) {
        let nodes = text::list(&change.nodes);
        let (what, tone) = if change.healthy {
            (format!("takes {nodes} in again"), Tone::Good)
        } else {
            (format!("takes {nodes} out: health check failed"), Tone::Bad)
        };
        let (who, result) = ("balancer".to_owned(), String::new());
        entries.push(Entry { at: change.at, who, what, result, tone });
    }
    if let Some(more) = changes.len().checked_sub(most.changes + 1) {
        left_out
            .push(format!("and {} more changes by the balancer, see `seedbed trace`", more + 1));
    }
}

fn operations(
    telling: &Telling<'_>,
    most: Most,
    entries: &mut Vec<Entry>,
    left_out: &mut Vec<String>,
) {
    let run = telling.run;
    let operations = &run.history.operations;
    let is_scripted = |record: &OperationRecord| !run.is_workload(record.client);
    // Of the probes, which come last, only those that prove something are told one by one.
    let begun = run.operations().len();
    let scripted = (0..begun).filter(|index| is_scripted(&operations[*index]));
    let mut shown: BTreeSet<usize> = scripted.clone().take(most.scripted).collect();
    if let Some(more) = scripted.count().checked_sub(most.scripted + 1) {
        left_out.push(format!("and {} more scripted operations, see operations.csv", more + 1));
    }
    // What the chains are about, or where there are none, what the witnesses rest on.
    let causes = telling.causes.iter().take(most.causes);
    let chains = causes.flat_map(|cause| cause.write.into_iter().chain(cause.shown_by));
    let proof = witnesses(run).flat_map(|witness| witness.operations.iter().take(most.witnesses));
    shown.extend(chains.chain(proof.copied()).filter(|index| *index < operations.len()));
    for index in shown {
        let record = &operations[index];
        let latency = text::duration(record.completed.since(record.invoked));
        let attempts = if record.attempts > 1 {
            format!(", {} attempts", record.attempts)
        } else {
            String::new()
        };
        entries.push(Entry {
            at: record.invoked,
            who: format!("{} -> {}", record.client, record.node),
            what: text::shorten(&record.operation.to_string(), 40),
            result: format!(
                "{}: {} ({latency}{attempts})",
                record.outcome_word(),
                text::answer(record)
            ),
            tone: if record.is_answered() { Tone::Good } else { Tone::Bad },
        });
    }
}

/// Messages between nodes about the keys of the story: all if they are few, else the lost ones.
fn messages(
    telling: &Telling<'_>,
    most: Most,
    entries: &mut Vec<Entry>,
    left_out: &mut Vec<String>,
) {
    let about = |message: &&Message<'_>| {
        message.is_peer() && telling.keys.iter().any(|key| message.names(key))
    };
    let all: Vec<_> = telling.messages.iter().filter(about).collect();
    let lost = |message: &&&Message<'_>| matches!(message.fate, Fate::Dropped { .. });
    let (shown, sort): (Vec<_>, _) = if all.len() <= most.messages {
        (all, "messages")
    } else {
        (all.iter().filter(lost).copied().collect(), "lost messages")
    };
    for message in shown.iter().take(most.messages) {
        let (result, tone) = match message.fate {
            Fate::Handled { at, .. } => {
                let length = text::duration(at.since(message.sent));
                (format!("arrives ({length})"), Tone::Good)
            }
            Fate::Dropped { reason, .. } => (format!("LOST: {}", reason.for_end()), Tone::Bad),
            Fate::UnderWay => ("under way at the end".to_owned(), Tone::Notable),
        };
        entries.push(Entry {
            at: message.sent,
            who: format!("{} -> {}", message.from, message.to),
            what: text::shorten(message.text, 40),
            result,
            tone,
        });
    }
    if let Some(more) = shown.len().checked_sub(most.messages + 1) {
        let keys = text::list(&telling.keys);
        left_out.push(format!("and {} more {sort} about {keys}, see messages.csv", more + 1));
    }
}

/// When the run ended and the replicas were read.
fn ends(run: &Run, entries: &mut Vec<Entry>) {
    let healed =
        if run.scenario.phases.heal { "everything is healed" } else { "the steps are over" };
    let quiet = run.ended.since(run.run_ended);
    let end = |at, what| Entry {
        at,
        who: "all".to_owned(),
        what,
        result: String::new(),
        tone: Tone::Faint,
    };
    let what = format!("{healed}; {} of quiet follow", text::duration(quiet));
    entries.push(end(run.run_ended, what));
    let probes = run.history.operations.len() - run.operations().len();
    let mut what = "the replicas are read and compared".to_owned();
    if probes > 0 {
        let probes = text::count(probes as u64, "probe follows", "probes follow");
        what += &format!("; {probes}: writes and reads by every route");
    }
    entries.push(end(run.ended, what));
}
