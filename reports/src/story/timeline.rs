//! What happened, in order of time.

use super::{
    StoryOptions, Telling, balancer, faults,
    paper::{Paper, Tone},
    protocol, witnesses,
};
use crate::text;
use judge::{
    Run,
    record::OperationRecord,
    replay::{Fate, Message},
    text::program,
};
use node::Time;
use std::collections::BTreeSet;

/// At most so many lines of each sort; what is left out is counted.
#[derive(Clone, Copy)]
pub(super) struct Most {
    scripted: usize,
    causes: usize,
    witnesses: usize,
    pub(super) faults: usize,
    pub(super) boots: usize,
    messages: usize,
    changes: usize,
    protocol: usize,
}

/// What fits on a page.
const PAGE: Most = Most {
    scripted: 10,
    causes: 1,
    witnesses: 0,
    faults: 5,
    boots: 3,
    messages: 2,
    changes: 4,
    protocol: 3,
};
/// As much as anybody would read.
const ALL: Most = Most {
    scripted: 30,
    causes: 99,
    witnesses: 8,
    faults: 24,
    boots: 24,
    messages: 12,
    changes: 8,
    protocol: 12,
};

/// One line of the timeline.
pub(super) struct Entry {
    pub(super) at: Time,
    pub(super) who: String,
    pub(super) what: String,
    pub(super) result: String,
    pub(super) tone: Tone,
}

pub(super) fn write(telling: &Telling<'_>, options: &StoryOptions, paper: &mut Paper) {
    let most = if options.verbose { ALL } else { PAGE };
    let run = telling.run;
    let mut entries = Vec::new();
    let mut left_out = Vec::new();
    faults::faults(run, most, &mut entries, &mut left_out);
    faults::boots(run, most, &mut entries);
    balancing(run, most, &mut entries, &mut left_out);
    operations(telling, most, &mut entries, &mut left_out);
    messages(telling, most, &mut entries, &mut left_out);
    protocol(telling, most, &mut entries, &mut left_out);
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
        left_out.push(format!(
            "and {} more changes by the balancer, see `{} trace`",
            more + 1,
            program()
        ));
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

/// What nodes said of their protocol.
fn protocol(
    telling: &Telling<'_>,
    most: Most,
    entries: &mut Vec<Entry>,
    left_out: &mut Vec<String>,
) {
    let (told, more) = protocol::said(telling, most.protocol);
    entries.extend(told.into_iter().map(|said| Entry {
        at: said.at,
        who: said.node.to_string(),
        what: said.what,
        result: String::new(),
        tone: Tone::Plain,
    }));
    if more > 0 {
        let more = text::count(more as u64, "more event", "more events");
        left_out.push(format!("and {more} of the protocol, see `{} trace`", program()));
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
