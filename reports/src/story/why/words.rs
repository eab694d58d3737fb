//! The steps of a chain in words. Each sentence says what the trace says, and no more.

use crate::text;
use judge::{
    Run,
    cause::{Back, Step},
    record::{Endpoint, MessageClass, OperationRecord},
    replay::{Fate, Message},
};
use node::{NodeId, Value};

/// A step as a sentence or two.
pub(super) fn sentence(run: &Run, step: &Step<'_>) -> String {
    match step {
        Step::Acknowledged { operation } => acknowledged(&run.history.operations[*operation]),
        Step::Answered { operation } => answered(&run.history.operations[*operation]),
        Step::Sent(message) => fate(message),
        Step::AllLost { last, reason, since, count } => format!(
            "From {since} on {} with it to {} were lost, {}; the last of them was `{}`, which {} \
             sent at {}.",
            text::count(*count, "message", "messages"),
            last.to,
            reason.for_end(),
            last.text,
            last.from,
            last.sent
        ),
        Step::NoneSent { to, until } => {
            format!("Until {until} nobody had sent {to} a message that carries it.")
        }
        Step::Took { node, at, state: None } => format!("{node} deleted it at {at}."),
        Step::Took { node, at, .. } => format!("{node} held it from {at} on."),
        Step::Held { node, at, key, state } => {
            format!("At {at} {node} held {} under {key}.", value(*state))
        }
        Step::Stored { node, at, change } => format!("At {at} {node} stored `{change}`."),
        Step::NotTaken { node, at } => format!("{node} handled it at {at} and did not take it."),
        Step::NeverHeld { node } => {
            format!("Neither {node}, which had said yes, nor any other node ever held it.")
        }
        Step::Replaced { node, at, change, by, brought, held_before } => {
            let mut told = format!("At {at} `{change}` took its place on {node}");
            if let Some(message) = brought.filter(|it| it.class == MessageClass::Peer) {
                let (from, sent) = (message.from, message.sent);
                told += &format!(", brought by `{}`, which {from} sent at {sent}", message.text);
            }
            told += ".";
            if let Some(by) = by.and_then(|by| run.history.operations.get(by)) {
                told += &format!(
                    " `{}` had been begun at {}, and was {}.",
                    by.operation,
                    by.invoked,
                    if by.is_ok() {
                        format!("acknowledged at {}", by.completed)
                    } else {
                        "not acknowledged".to_owned()
                    }
                );
            }
            if let Some(before) = held_before {
                told += &format!(" {node} had held the same since {before} already.");
            }
            told
        }
        Step::Died { node, at, power, back } => died(*node, *at, *power, *back),
        Step::Told { node, since, handled, of_key } => told(run, *node, *since, *handled, *of_key),
        Step::Said { at, node, fact } => format!("At {at} {node} {fact}."),
        Step::Noted { at, node, note } => format!("At {at} {node} {note}."),
        Step::Fault { fault } => {
            let fault = &run.faults[*fault];
            match fault.end {
                Some(end) if end > fault.start => {
                    format!("From {} to {end}: {}.", fault.start, fault.label)
                }
                _ => format!("At {}: {}.", fault.start, fault.label),
            }
        }
        Step::HeldBy { at, operation, node, by, in_log, of } => {
            let write = &run.history.operations[*operation];
            let others = match by.as_slice() {
                [] => "no other node had it".to_owned(),
                by => format!(
                    "{} had it too{} ({} of {of} nodes)",
                    text::list(by),
                    if *in_log { ", in the log" } else { "" },
                    by.len() + 1
                ),
            };
            format!(
                "`{}`, acknowledged at {}, was the last that {node} had when it went down at {at}; \
                 {others}.",
                write.operation, write.completed
            )
        }
        Step::HeldEntry { at, index, term, by, of } => format!(
            "At {at} {} of {of} nodes had entry {index} of term {term} in their logs: {}.",
            by.len(),
            text::list(by)
        ),
        Step::Unanswered { node, example, reads, writes } => {
            let record = &run.history.operations[*example];
            let (answer, operation) = (text::answer(record), &record.operation);
            let sorts = [
                (*reads, text::count(*reads, "read", "reads")),
                (*writes, text::count(*writes, "write", "writes")),
            ];
            let sorts = sorts.into_iter().filter(|(count, _)| *count > 0).map(|(_, words)| words);
            format!(
                "{} at {node} got no answer: {answer}. The first was `{operation}`, begun at {}.",
                text::list(&sorts.collect::<Vec<_>>()),
                record.invoked
            )
        }
        Step::WentOn { from, to, node, begun, answered, here, slowest } => format!(
            "From {from} to {to} {answered} of {begun} operations that were begun were answered, \
             {here} of them at {node}; the slowest took {}.",
            text::duration(*slowest)
        ),
        Step::Silent { writes, from, to } => format!(
            "The longest time without an answered {} was {}, from {from} to {to}.",
            if *writes { "write" } else { "read" },
            text::duration(to.since(*from))
        ),
    }
}

fn acknowledged(record: &OperationRecord) -> String {
    let OperationRecord { client, operation, node, invoked, completed, .. } = record;
    if record.is_ok() {
        format!("At {completed} {node} answered {client} that `{operation}` had taken effect.")
    } else {
        let answer = text::answer(record);
        format!("At {invoked} {client} began `{operation}` at {node}, and got no yes: {answer}.")
    }
}

fn answered(record: &OperationRecord) -> String {
    let OperationRecord { client, operation, node, completed, .. } = record;
    format!("At {completed} {node} answered {client}'s `{operation}`: {}.", text::answer(record))
}

fn died(node: NodeId, at: node::Time, power: bool, end: Option<Back>) -> String {
    let how = if power { "lost its power" } else { "crashed" };
    let joint = if end.is_some() { "," } else { "" };
    format!("{node} {how} at {at}{joint} and {}.", back(end))
}

/// How a node came back, without its name.
pub(super) fn back(back: Option<Back>) -> String {
    match back {
        None => "did not come back".to_owned(),
        Some(Back { at, on_disk: false, .. }) => {
            format!("booted again at {at} with nothing on its disk")
        }
        Some(Back { at, entries, on_disk }) => {
            format!("booted again at {at}, {}", text::booted(entries, on_disk))
        }
    }
}

fn told(run: &Run, node: NodeId, since: node::Time, handled: u64, of_key: u64) -> String {
    let rest = text::duration(run.ended.since(since));
    match (handled, of_key) {
        (0, _) => format!("In the {rest} that were left no node told {node} anything."),
        (handled, 0) => format!(
            "In the {rest} that were left {node} handled {} from other nodes; none was about the \
             key.",
            text::count(handled, "message", "messages")
        ),
        (_, of_key) => format!(
            "In the {rest} that were left {node} handled {} about the key, and it still differs.",
            text::count(of_key, "message", "messages")
        ),
    }
}

/// What a key holds, for a sentence.
fn value(state: Option<&Value>) -> String {
    state.map_or_else(|| "nothing".to_owned(), |value| format!("`{value}`"))
}

/// What became of a message, as a sentence.
pub(super) fn fate(message: &Message<'_>) -> String {
    let (from, to, text) = (message.from, message.to, message.text);
    let sent = message.sent;
    let begun = match message.from {
        Endpoint::Client(_) => format!("At {sent} {from} asked {to}: `{text}`."),
        _ => format!("At {sent} {from} sent {to} the message `{text}`."),
    };
    match message.fate {
        Fate::Dropped { reason, .. } => format!("{begun} It was lost, {}.", reason.for_end()),
        Fate::Handled { arrived, at } => {
            let length = at.since(sent);
            let waited = at.since(arrived);
            let wait = if waited * 2 > length && length.as_millis() > 10 {
                format!(", of which it lay {} in {to}'s queue", text::duration(waited))
            } else {
                String::new()
            };
            format!("{begun} {to} handled it at {at}, after {}{wait}.", text::duration(length))
        }
        Fate::UnderWay => format!("{begun} It was under way at the end."),
    }
}
