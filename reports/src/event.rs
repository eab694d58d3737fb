//! One event of a run in words, for who goes through it moment by moment.

use crate::text;
use judge::{
    Run,
    record::{Event, MessageId, TraceEvent},
    text::quote,
};
use std::collections::BTreeMap;

/// Longer texts than this many characters are cut.
const LONGEST: usize = 100;

/// A text on one line, cut where it is long.
pub fn shorten(text: &str) -> String {
    text::shorten(text, LONGEST)
}

/// Puts the events of a run into words.
pub struct Events<'a> {
    run: &'a Run,
    /// From whom to whom each message goes, and what it says.
    messages: BTreeMap<MessageId, (String, String, &'a str)>,
}

impl<'a> Events<'a> {
    /// Knows the messages of a run.
    pub fn of(run: &'a Run) -> Self {
        let events = run.trace.iter().flat_map(|trace| &trace.events);
        let messages = events.filter_map(|event| match &event.event {
            Event::Send { message, from, to, text, .. } => {
                Some((*message, (from.to_string(), to.to_string(), text.as_str())))
            }
            _ => None,
        });
        Self { run, messages: messages.collect() }
    }

    /// What happened, as a sentence without its full stop; `None` of what only a machine would follow: attempts
    /// beside their requests, and timers and syncs as they are asked for.
    pub fn words(&self, event: &TraceEvent) -> Option<String> {
        let operation = |place: usize| self.run.history.operations.get(place);
        let message = |id: &MessageId| {
            let (from, to, text) = self.messages.get(id)?;
            Some((from.as_str(), to.as_str(), shorten(text)))
        };
        Some(match &event.event {
            Event::Invoke { operation: place } => {
                let record = operation(*place)?;
                format!("{} asks for {}", record.client, shorten(&record.operation.to_string()))
            }
            Event::Complete { operation: place } => {
                let record = operation(*place)?;
                let (client, asked) = (record.client, record.operation.to_string());
                let answer = text::answer(record);
                format!("{client} has its answer to {}: {}", shorten(&asked), shorten(&answer))
            }
            Event::TimedOut { operation: place, .. } => {
                format!("{} waits no longer for an answer", operation(*place)?.client)
            }
            Event::Unreachable { operation: place, .. } => {
                format!("{} learns that nobody listens there", operation(*place)?.client)
            }
            Event::Send { from, to, text, copy_of, .. } => {
                let copy = if copy_of.is_some() { " (a copy)" } else { "" };
                format!("{from} -> {to} leaves: {}{copy}", shorten(text))
            }
            Event::Deliver { message: id, .. } => {
                let (from, to, text) = message(id)?;
                format!("{to} has handled {text} of {from}")
            }
            Event::Drop { message: id, reason, .. } => {
                let (from, to, text) = message(id)?;
                format!("{from} -> {to} is lost, {}: {text}", reason.for_end())
            }
            Event::Timer { node, text } => format!("a timer of {node} has run out: {text}"),
            Event::Synced { node, .. } => format!("{node} has its writes on the platter"),
            Event::SyncFailed { node, .. } => format!("a sync of {node} fails"),
            Event::Boot { node, entries, on_disk, .. } => {
                format!("{node} boots {}", text::booted(*entries, *on_disk))
            }
            Event::Died { node, .. } => format!("{node} is gone, and its memory with it"),
            Event::Apply { node, change } => {
                let key = quote(change.key.as_str());
                match &change.after {
                    Some(entry) => {
                        format!("{node} now holds {key} = {}", quote(entry.value.as_str()))
                    }
                    None => format!("{node} holds nothing under {key} any more"),
                }
            }
            Event::Announce { node, fact } => format!("{node} {fact}"),
            Event::Note { node, note } => format!("{node} {note}"),
            Event::FaultStart { fault } => shorten(&self.run.faults.get(*fault)?.label),
            Event::FaultEnd { fault } => {
                let fault = self.run.faults.get(*fault)?;
                // What is over at once has only a beginning.
                (fault.end != Some(fault.start))
                    .then(|| format!("over: {}", shorten(&fault.label)))?
            }
            Event::Balance { node, healthy: true } => format!("the balancer takes {node} in"),
            Event::Balance { node, healthy: false } => format!("the balancer takes {node} out"),
            Event::Heal => "everything is healed".to_owned(),
            Event::Attempt { .. }
            | Event::TimerArmed { .. }
            | Event::TimerCancelled { .. }
            | Event::SyncAsked { .. } => return None,
        })
    }
}
