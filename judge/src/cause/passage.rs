//! Why a node did not hold what a write had left, at a moment.

use super::{
    Kind,
    endings::died,
    ledger::Ledger,
    replaced::{decides_for, replaced, was_stamped_again},
    step::Step,
    write::Write,
};
use crate::{
    record::MessageClass,
    replay::{Fate, Message, Moment},
};
use node::{Fact, NodeId, Note, Time};

/// The answer: a chain, and its name if it has one.
#[derive(Clone, Debug, Default)]
pub(super) struct Passage<'a> {
    pub(super) kind: Option<Kind>,
    pub(super) steps: Vec<Step<'a>>,
    /// Until when the chain goes.
    pub(super) until: Time,
    /// Whether the node held it at the moment asked about after all.
    pub(super) held: bool,
    /// Whether it held it at any time before.
    pub(super) had_it: bool,
}

/// Follows a write to a node.
pub(super) fn passage<'a>(
    ledger: &Ledger<'a>,
    write: &Write<'a>,
    node: NodeId,
    until: Time,
) -> Passage<'a> {
    let moments = ledger.moments(write.key, node);
    let holds =
        |moment: &Moment<'_>| moment.at >= write.record.invoked && moment.state == write.state;
    let known = moments.partition_point(|moment| moment.at <= until);
    let (past, future) = moments.split_at(known);
    let last = past.iter().rposition(holds);
    let Some(last) = last else {
        let later = future.iter().find(|moment| holds(moment)).map(|moment| moment.at);
        return never_had(ledger, write, node, until, later);
    };
    // Since when, without a break.
    let first = past[..last].iter().rposition(|moment| !holds(moment)).map_or(0, |it| it + 1);
    let took = Step::Took { node, at: past[first].at, state: write.state };
    let Some(loss) = past.get(last + 1) else {
        let at = past[first].at;
        return Passage { steps: vec![took], held: true, had_it: true, until: at, kind: None };
    };
    let mut passage = if loss.by_crash {
        died(ledger, node, loss.at)
    } else {
        replaced(ledger, write, node, loss.at)
    };
    passage.steps.insert(0, took);
    passage.had_it = true;
    passage
}

/// A node that had not held it: what became of the messages that were to bring it.
fn never_had<'a>(
    ledger: &Ledger<'a>,
    write: &Write<'a>,
    node: NodeId,
    until: Time,
    later: Option<Time>,
) -> Passage<'a> {
    let carriers = ledger.carriers(write, node);
    let sent: Vec<_> = carriers.iter().filter(|message| message.sent <= until).copied().collect();
    let settled = |message: &Message<'_>| match message.fate {
        Fate::Handled { at, .. } | Fate::Dropped { at, .. } => at,
        Fate::UnderWay => Time::MAX,
    };
    let is_lost = |message: &Message<'_>| matches!(message.fate, Fate::Dropped { .. });
    let handled = sent.iter().find(|it| it.handled().is_some_and(|at| at <= until));
    let under_way = sent.iter().find(|it| settled(it) > until);
    let lost: Vec<_> =
        sent.iter().filter(|it| is_lost(it) && settled(it) <= until).copied().collect();
    let mut steps = all_lost(&lost);
    if let Some(message) = handled {
        return handled_and_not_taken(ledger, write, node, message, later, until);
    }
    if let Some(message) = under_way {
        steps.push(Step::Sent(*message));
        let until = settled(message);
        let kind = if is_lost(message) { Kind::MessageLost } else { Kind::NotYetThere };
        return Passage { kind: Some(kind), steps, until, ..Passage::default() };
    }
    if let Some(last) = lost.last() {
        let until = settled(last);
        return Passage { kind: Some(Kind::MessageLost), steps, until, ..Passage::default() };
    }
    steps.push(Step::NoneSent { to: node, until });
    let next = carriers.iter().find(|message| message.sent > until);
    if let Some(next) = next {
        steps.push(Step::Sent(*next));
    }
    let kind = if next.is_some() || later.is_some() {
        Some(Kind::NotYetThere)
    } else {
        // Told by whoever had it, and alone: a node that does not have it cannot pass it on.
        ledger.somebody_took(write).then_some(Kind::NeverSent)
    };
    Passage { kind, steps, until, ..Passage::default() }
}

/// A message was handled, and the node did not hold what it brought until a moment.
fn handled_and_not_taken<'a>(
    ledger: &Ledger<'a>,
    write: &Write<'a>,
    node: NodeId,
    message: &Message<'a>,
    later: Option<Time>,
    until: Time,
) -> Passage<'a> {
    let mut steps = vec![Step::Sent(*message)];
    let at = message.handled().unwrap_or(until);
    if let Some(later) = later {
        steps.push(Step::Took { node, at: later, state: write.state });
        return Passage {
            kind: Some(Kind::NotYetThere),
            steps,
            until: later,
            ..Passage::default()
        };
    }
    let said = message.end.map(|end| ledger.said_because_of(end, at)).unwrap_or_default();
    let rejected = said.iter().find(|step| decides_for(step, write, false)).cloned();
    let mut kind = rejected.as_ref().and_then(|step| rejected_for(ledger, write, step));
    if said.iter().any(|step| matches!(step, Step::Noted { note: Note::NotKept { .. }, .. })) {
        kind = Some(Kind::NeverStored);
    }
    let tells = |step: &&Step<'_>| match step {
        Step::Noted { note, .. } => match note {
            Note::Decided { key, .. } | Note::NotKept { key } => key == write.key,
            Note::Outdated { .. } | Note::TookOver { .. } => true,
            _ => false,
        },
        Step::Said { fact, .. } => matches!(fact, Fact::Dropped { .. } | Fact::Refused { .. }),
        _ => false,
    };
    if rejected.is_none() {
        steps.push(Step::NotTaken { node, at });
    }
    steps.extend(said.iter().filter(tells).cloned());
    if rejected.is_none() {
        let state = ledger.state(write.key, node, at);
        steps.push(Step::Held { node, at, key: write.key, state });
    }
    // A client's request that left no trace anywhere. Who hands it on does not hold it itself.
    if kind.is_none() && message.class == MessageClass::Request && !ledger.somebody_took(write) {
        kind = Some(Kind::NeverStored);
    }
    Passage { kind, steps, until: at, ..Passage::default() }
}

/// Why a write was rejected that the stamp of another decided against: that of an older one, or
/// of one made at the same time. A newer one may.
fn rejected_for(ledger: &Ledger<'_>, write: &Write<'_>, step: &Step<'_>) -> Option<Kind> {
    let Step::Noted { note: Note::Decided { stays, .. }, .. } = step else {
        return None;
    };
    let others = Write::of_key(&ledger.run.history, write.key).into_iter();
    let others = others.filter(|it| it.operation != write.operation);
    let mut others = others.filter(|it| it.state == stays.value.as_ref()).peekable();
    others.peek()?;
    let others: Vec<_> = others.collect();
    if others.iter().all(|it| it.is_before(write)) {
        let again = others.iter().any(|it| was_stamped_again(ledger, it));
        return Some(if again { Kind::AppliedTwice } else { Kind::ClockDecided });
    }
    let at_once = |it: &Write<'_>| !it.is_before(write) && !write.is_before(it);
    others.iter().all(at_once).then_some(Kind::StampDecided)
}

/// Messages that were lost, told as one where the reason is the same.
pub(super) fn all_lost<'a>(lost: &[Message<'a>]) -> Vec<Step<'a>> {
    let mut steps: Vec<Step<'a>> = Vec::new();
    for message in lost {
        let Fate::Dropped { reason: why, at, .. } = message.fate else { continue };
        match steps.last_mut() {
            Some(Step::AllLost { last, reason, count, .. }) if *reason == why => {
                *last = *message;
                *count += 1;
            }
            _ => steps.push(Step::AllLost { last: *message, reason: why, since: at, count: 1 }),
        }
    }
    let single = |step| match step {
        Step::AllLost { last, count: 1, .. } => Step::Sent(last),
        step => step,
    };
    steps.into_iter().map(single).collect()
}
