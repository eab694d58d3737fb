//! Messages that came out of order, or twice, and did no harm.

use crate::{
    cause::{ledger::Ledger, step::Step, write::Write},
    record::{Event, FaultRecord, MessageClass},
    replay::Message,
};
use node::Time;

/// Pairs of messages are looked at near each other only.
const NEAR: usize = 64;

/// A write that a node handled after one of the same key that was begun later, and what it held then.
pub(super) fn overtaken<'a>(ledger: &Ledger<'a>, fault: &FaultRecord) -> Vec<Step<'a>> {
    let over = fault.end.unwrap_or(ledger.run.ended);
    let peers: Vec<_> = ledger
        .messages
        .iter()
        .filter(|it| it.class == MessageClass::Peer && it.sent >= fault.start && it.sent <= over)
        .collect();
    for (place, late) in peers.iter().enumerate() {
        let Some(at) = late.handled() else { continue };
        let passed =
            |it: &&&Message<'_>| it.to == late.to && it.handled().is_some_and(|it| it < at);
        for early in peers[place + 1..].iter().take(NEAR).filter(passed) {
            let steps = kept_newer(ledger, late, early, at);
            if !steps.is_empty() {
                return steps;
            }
        }
    }
    Vec::new()
}

/// Whether one message brought a write that was begun before that of another, and the other stayed.
fn kept_newer<'a>(
    ledger: &Ledger<'a>,
    late: &Message<'a>,
    early: &Message<'a>,
    at: Time,
) -> Vec<Step<'a>> {
    let Some(node) = late.to.node() else {
        return Vec::new();
    };
    let of = |message: &Message<'a>| {
        let operations = &ledger.event(message.event).operations;
        let writes = operations.iter().filter_map(|it| Write::at(&ledger.run.history, *it));
        writes.filter(|it| message.brings(it.key, it.state)).collect::<Vec<_>>()
    };
    let (older, newer) = (of(late), of(early));
    let pair = older.iter().find_map(|one| {
        let began_later = |it: &&Write<'_>| it.record.invoked > one.record.invoked;
        let newer = newer.iter().filter(began_later).find(|it| it.key == one.key)?;
        Some((one, newer))
    });
    let Some((_, newer)) = pair else {
        return Vec::new();
    };
    let state = ledger.state(newer.key, node, at);
    if state != newer.state {
        return Vec::new();
    }
    let said = late.end.map(|end| ledger.said_because_of(end, at)).unwrap_or_default();
    let mut steps = vec![Step::Sent(*late), Step::Sent(*early)];
    steps.extend(said.into_iter().filter(|step| matches!(step, Step::Noted { .. })).take(1));
    steps.push(Step::Held { node, at, key: newer.key, state });
    steps
}

/// A copy of a message that was handled after a newer write had come, and what the node held then.
pub(super) fn doubled<'a>(ledger: &Ledger<'a>) -> Vec<Step<'a>> {
    for copy in ledger.messages.iter().filter(|it| it.class == MessageClass::Peer) {
        let Event::Send { copy_of: Some(original), .. } = &ledger.event(copy.event).event else {
            continue;
        };
        let (Some(original), Some(at)) = (ledger.message(*original), copy.handled()) else {
            continue;
        };
        let operations = &ledger.event(original.event).operations;
        let mut writes = operations.iter().filter_map(|it| Write::at(&ledger.run.history, *it));
        let write = writes.rfind(|it| copy.brings(it.key, it.state));
        let (Some(write), Some(node)) = (write, copy.to.node()) else { continue };
        if original.handled().is_none() {
            continue;
        }
        let state = ledger.state(write.key, node, at);
        return vec![
            Step::Sent(original),
            Step::Sent(*copy),
            Step::Held { node, at, key: write.key, state },
        ];
    }
    Vec::new()
}
