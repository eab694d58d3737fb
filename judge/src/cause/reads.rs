//! Why an answer did not know of a write.

use super::{
    Cause, Kind,
    ledger::Ledger,
    passage::{Passage, passage},
    step::Step,
    write::Write,
};
use crate::{
    record::{Endpoint, MessageClass, OperationRecord, Witness},
    replay::Message,
};
use node::{Key, NodeId, Note, OperationKind, Time, Value};
use scenarios::Property;

/// An answer that does not know of a write that it should know of.
struct Missed<'a> {
    read: usize,
    record: &'a OperationRecord,
    key: &'a Key,
    found: Option<&'a Value>,
    write: Write<'a>,
}

/// A node that an answer rests on, and the moment at which it looked.
#[derive(Clone, Copy)]
struct Source {
    node: NodeId,
    at: Time,
}

pub(super) fn missed<'a>(ledger: &Ledger<'a>, witness: &Witness, cause: &mut Cause<'a>) {
    if cause.property == Property::NoLostUpdate {
        return both_succeeded(ledger, witness, cause);
    }
    let Some(missed) = of_witness(ledger, witness) else {
        return;
    };
    // Of several writes that it should have known of, one whose way has a name.
    for missed in missed {
        let mut told = Cause::new(cause.property);
        tell(ledger, &missed, &mut told);
        let is_named = told.kind.is_some();
        if is_named || cause.write.is_none() {
            *cause = told;
        }
        if is_named {
            return;
        }
    }
}

/// Two changes of which each was told that it replaced the same value.
fn both_succeeded<'a>(ledger: &Ledger<'a>, witness: &Witness, cause: &mut Cause<'a>) {
    let history = &ledger.run.history;
    let mut writes: Vec<_> =
        witness.operations.iter().filter_map(|place| Write::at(history, *place)).collect();
    writes.sort_by_key(|write| write.record.completed);
    let [.., first, second] = writes[..] else {
        return;
    };
    cause.key = Some(first.key);
    cause.write = Some(first.operation);
    cause.shown_by = Some(second.operation);
    let reply = ledger.reply(second.operation);
    let node = reply.and_then(|reply| reply.sender()).unwrap_or(second.record.node);
    let at = reply.map_or(second.record.completed, |reply| reply.sent);
    // What the second change left is no reason for the first to be gone before it.
    let before = ledger.applied(second.key, node).into_iter();
    let own = before.filter(|it| it.leaves() == second.state && it.at <= at).map(|it| it.at).next();
    let at = own.map_or(at, |own| Time::from_nanos(own.as_nanos().saturating_sub(1)));
    let found = passage(ledger, &first, node, at);
    cause.node = Some(node);
    cause.steps.push(Step::Acknowledged { operation: first.operation });
    cause.steps.extend(found.steps);
    cause.steps.push(Step::Acknowledged { operation: second.operation });
    let at_once = second.record.invoked < first.record.completed;
    cause.kind = if at_once { Some(Kind::BothSucceeded) } else { found.kind };
}

fn tell<'a>(ledger: &Ledger<'a>, missed: &Missed<'a>, cause: &mut Cause<'a>) {
    cause.key = Some(missed.key);
    cause.write = Some(missed.write.operation);
    cause.shown_by = Some(missed.read);
    cause.steps.push(Step::Acknowledged { operation: missed.write.operation });
    follow(ledger, missed, cause);
}

fn follow<'a>(ledger: &Ledger<'a>, missed: &Missed<'a>, cause: &mut Cause<'a>) {
    let sources = sources(ledger, missed);
    let answered = Step::Answered { operation: missed.read };
    cause.node = sources.first().map(|source| source.node);
    if let Some(kind) = crossed(ledger, missed, cause).or_else(|| routed(ledger, missed, cause)) {
        cause.kind = Some(kind);
        cause.steps.push(answered);
        return;
    }
    if let Some(kind) = stale_leader(ledger, missed, &sources, cause) {
        cause.kind = Some(kind);
        cause.steps.push(answered);
        return;
    }
    let followed: Vec<(Source, Passage<'a>)> = sources
        .iter()
        .map(|source| (*source, passage(ledger, &missed.write, source.node, source.at)))
        .collect();
    // Whoever answered what it did not hold has not answered from its store.
    if let [(source, passage)] = &followed[..]
        && passage.held
        && !held_lately(ledger, missed, source)
    {
        cause.steps.extend(passage.steps.iter().cloned());
        cause.steps.push(answered);
        return;
    }
    let lacking: Vec<_> = followed.iter().filter(|(_, passage)| !passage.held).collect();
    if lacking.is_empty() {
        // It looked before the write had come, and answered after.
        cause.kind = Some(Kind::NotYetThere);
        cause.steps.extend(followed.into_iter().flat_map(|(_, passage)| passage.steps));
        cause.steps.push(answered);
        return;
    }
    cause.kind = match &lacking[..] {
        [(_, only)] => only.kind,
        _ if lacking.iter().all(|(_, it)| it.kind == lacking[0].1.kind) => lacking[0].1.kind,
        _ => None,
    };
    let reached_few = lacking.iter().all(|(_, it)| {
        !it.had_it && matches!(it.kind, Some(Kind::NotYetThere | Kind::MessageLost) | None)
    });
    if sources.len() > 1 && reached_few && lacking.len() == followed.len() {
        cause.kind = Some(Kind::NoOverlap);
    }
    if missed.write.state.is_none() && matches!(cause.kind, Some(Kind::MessageLost)) {
        cause.kind = Some(Kind::DeleteForgotten);
    }
    cause.node = Some(lacking[0].0.node);
    cause.steps.extend(lacking.iter().flat_map(|(_, it)| it.steps.iter().cloned()));
    cause.steps.push(answered);
}

/// Whether a node held what it answered at some moment while it had the question.
fn held_lately<'a>(ledger: &Ledger<'a>, missed: &Missed<'a>, source: &Source) -> bool {
    let moments = ledger.moments(missed.key, source.node);
    let before = moments.iter().rfind(|moment| moment.at <= missed.record.invoked);
    let since =
        moments.iter().filter(|moment| moment.at > missed.record.invoked && moment.at <= source.at);
    before.map_or(missed.found.is_none(), |moment| moment.state == missed.found)
        || since.into_iter().any(|moment| moment.state == missed.found)
}

/// The nodes that an answer rests on: those that told of the key while the operation was under
/// way, or else the one that answered.
fn sources<'a>(ledger: &Ledger<'a>, missed: &Missed<'a>) -> Vec<Source> {
    let reply = ledger.reply(missed.read);
    let answering = reply.and_then(|reply| reply.sender()).unwrap_or(missed.record.node);
    let until = reply.map_or(missed.record.completed, |reply| reply.sent);
    let own = Source { node: answering, at: until };
    let told = |message: &&Message<'_>| {
        message.class == MessageClass::Peer
            && message.to == Endpoint::Node(answering)
            && message.tells(missed.key).is_some()
            && message.handled().is_some_and(|at| at <= until)
            && message.sent >= missed.record.invoked
            && ledger.serves(message.event, missed.read)
    };
    let mut sources: Vec<Source> = Vec::new();
    for message in ledger.messages.iter().filter(told) {
        let Some(node) = message.sender() else { continue };
        if !sources.iter().any(|source| source.node == node) {
            sources.push(Source { node, at: message.sent });
        }
    }
    if missed.record.operation.kind() != OperationKind::Get || sources.is_empty() {
        return vec![own];
    }
    let moments = ledger.moments(missed.key, answering);
    let holds_it_itself = moments.iter().any(|moment| moment.state.is_some());
    if holds_it_itself && !sources.iter().any(|source| source.node == answering) {
        sources.insert(
            0,
            Source {
                node: answering,
                at: missed.record.invoked.max(first_look(ledger, missed, answering)),
            },
        );
    }
    sources
}

/// When the node that was asked had the question in hand.
fn first_look(ledger: &Ledger<'_>, missed: &Missed<'_>, node: NodeId) -> Time {
    let asks = |message: &&Message<'_>| {
        message.class == MessageClass::Request
            && message.to == Endpoint::Node(node)
            && ledger.serves(message.event, missed.read)
    };
    let asked = ledger.messages.iter().filter(asks).filter_map(Message::handled);
    asked.last().unwrap_or(missed.record.invoked)
}

/// Whether the answer was meant for another request, as the node says.
fn crossed<'a>(ledger: &Ledger<'a>, missed: &Missed<'a>, cause: &mut Cause<'a>) -> Option<Kind> {
    let mut said = ledger.said_for(missed.read);
    let step = said.find(|it| matches!(it, Step::Noted { note: Note::Crossed { .. }, .. }))?;
    cause.steps.push(step);
    Some(Kind::AnswersCrossed)
}

/// Whether the write and the read were dealt to different groups.
fn routed<'a>(ledger: &Ledger<'a>, missed: &Missed<'a>, cause: &mut Cause<'a>) -> Option<Kind> {
    let owner = |operation| {
        let mut said = ledger.said_for(operation);
        said.find_map(|step| match step {
            Step::Noted {
                note: Note::Owns { key, group, .. } | Note::Routed { key, group, .. },
                ..
            } if key == missed.key => Some((*group, step)),
            _ => None,
        })
    };
    let (of_write, written) = owner(missed.write.operation)?;
    let (of_read, read) = owner(missed.read)?;
    if of_write == of_read {
        return None;
    }
    cause.steps.extend([written, read]);
    Some(Kind::RoutingDisagreed)
}

/// Whether the node that answered had been replaced as leader and did not know.
fn stale_leader<'a>(
    ledger: &Ledger<'a>,
    missed: &Missed<'a>,
    sources: &[Source],
    cause: &mut Cause<'a>,
) -> Option<Kind> {
    let [source] = sources else { return None };
    let term = ledger.led(source.node, source.at)?;
    let (at, node, fact) = ledger.later_leader(term, source.at)?;
    // What it missed must be what the other decided.
    let known = known_from(ledger, &missed.write, missed.record)?;
    if known < at || passage(ledger, &missed.write, source.node, source.at).had_it {
        return None;
    }
    let cut = ledger.faults(Some(source.node), Time::ZERO, source.at);
    if let Some((fault, _)) = cut.filter(|(_, it)| !it.kind.takes_down() && it.start <= at).last() {
        cause.steps.push(Step::Fault { fault });
    }
    cause.steps.push(Step::Said { at, node, fact });
    cause.steps.sort_by_key(|step| match step {
        Step::Fault { fault } => ledger.run.faults[*fault].start,
        Step::Said { at, .. } => *at,
        _ => missed.write.record.completed,
    });
    let state = ledger.state(missed.key, source.node, source.at);
    cause.steps.push(Step::Held { node: source.node, at: source.at, key: missed.key, state });
    Some(Kind::StaleLeader)
}

/// The last answer of a witness that does not know of a write, with the last such write and the first.
fn of_witness<'a>(ledger: &Ledger<'a>, witness: &Witness) -> Option<Vec<Missed<'a>>> {
    let history = &ledger.run.history;
    let mut places = witness.operations.clone();
    places.sort_by_key(|place| history.operations.get(*place).map(|record| record.invoked));
    // What shows it stands last, and what it should have known before it.
    places.iter().rev().find_map(|place| missed_by(ledger, *place))
}

/// The writes that an operation should have known of and did not: the last, and the first.
fn missed_by<'a>(ledger: &Ledger<'a>, read: usize) -> Option<Vec<Missed<'a>>> {
    let history = &ledger.run.history;
    let record = history.operations.get(read)?;
    let key = record.operation.key()?;
    let found = record.found()?;
    let writes = Write::of_key(history, key);
    let others: Vec<_> = writes.into_iter().filter(|it| it.operation != read).collect();
    let explanations: Vec<_> = others
        .iter()
        .filter(|it| it.state == found && it.record.invoked <= record.completed)
        .copied()
        .collect();
    let known_from = |write: &Write<'_>| known_from(ledger, write, record);
    let is_newer = |write: &&Write<'a>| {
        write.state != found
            && known_from(write).is_some_and(|known| {
                known <= record.invoked
                    && explanations.iter().all(|it| {
                        it.is_before(write) || seen_before(ledger, it, write, record.invoked)
                    })
            })
    };
    let newer: Vec<_> = others.iter().filter(is_newer).copied().collect();
    let last = newer.iter().max_by_key(|it| it.record.invoked).copied()?;
    let first = newer.iter().min_by_key(|it| it.record.invoked).copied()?;
    let missed = [last, first].map(|write| Missed { read, record, key, found, write });
    Some(missed.into())
}

/// Since when it was known that a write had taken effect: its acknowledgment, or an answer
/// that shows it.
fn known_from(ledger: &Ledger<'_>, write: &Write<'_>, reader: &OperationRecord) -> Option<Time> {
    let acknowledged = write.record.is_ok().then_some(write.record.completed);
    let shown = ledger.that_found(write.key, write.state).filter(|it| {
        it.completed <= reader.invoked
            && it.invoked >= write.record.invoked
            && write.state.is_some()
    });
    shown.map(|it| it.completed).chain(acknowledged).min()
}

/// The operations that saw a write before a moment.
fn seen<'r>(
    ledger: &'r Ledger<'_>,
    write: &Write<'r>,
    until: Time,
) -> impl Iterator<Item = &'r OperationRecord> {
    let invoked = write.record.invoked;
    let found = ledger.that_found(write.key, write.state);
    found.filter(move |it| it.invoked >= invoked && it.completed <= until)
}

/// Whether somebody saw one write and then, later and before a moment, the other.
fn seen_before(ledger: &Ledger<'_>, one: &Write<'_>, other: &Write<'_>, until: Time) -> bool {
    if other.is_before(one) {
        return false;
    }
    let first = seen(ledger, one, until).map(|it| it.completed).min();
    let then = seen(ledger, other, until).map(|it| it.invoked).max();
    first.zip(then).is_some_and(|(first, then)| first <= then)
}
