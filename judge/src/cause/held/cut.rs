//! What did not come through, and how it came after all.

use super::death::taken_over;
use crate::{
    cause::{ledger::Ledger, passage::all_lost, step::Step, write::Write},
    record::{FaultRecord, MessageClass},
    replay::{Fate, Message},
};
use node::{NodeId, Time};

/// A node that was cut off: what it missed, and how that came to it after all.
pub(super) fn after_cut<'a>(
    ledger: &Ledger<'a>,
    node: NodeId,
    fault: &FaultRecord,
) -> Vec<Step<'a>> {
    let end = fault.end.unwrap_or(ledger.run.run_ended);
    let mut steps = unanswered(ledger, node, fault.start, end);
    let taken_over = taken_over(ledger, node, fault.start);
    let meanwhile = taken_over.iter().all(|step| match step {
        Step::Said { at, .. } => *at <= end,
        _ => true,
    });
    if meanwhile {
        steps.extend(taken_over);
    }
    steps.extend(caught_up(ledger, node, fault.start, end));
    steps
}

/// A write that was acknowledged while a node could not hear of it, and how it came there afterwards.
pub(super) fn caught_up<'a>(
    ledger: &Ledger<'a>,
    node: NodeId,
    since: Time,
    until: Time,
) -> Vec<Step<'a>> {
    let run = ledger.run;
    let places = (0..run.operations().len()).rev();
    let writes = places.filter_map(|place| Write::at(&run.history, place));
    let missed = writes.filter(|it| {
        it.record.is_ok()
            && it.record.completed > since
            && it.record.completed <= until
            && ledger.state(it.key, node, until) != it.state
    });
    for write in missed.take(8) {
        let applied = ledger.applied(write.key, node);
        let took = applied.iter().find(|it| it.at > until && it.leaves() == write.state);
        let Some(took) = took else { continue };
        let mut steps = vec![Step::Acknowledged { operation: write.operation }];
        let lost = ledger.carriers(&write, node).into_iter();
        let lost: Vec<_> = lost
            .filter(|it| matches!(it.fate, Fate::Dropped { at, .. } if at <= took.at))
            .collect();
        steps.extend(all_lost(&lost));
        if let Some(message) =
            ledger.handled_for(took.id).filter(|it| it.class == MessageClass::Peer)
        {
            steps.push(Step::Sent(message));
        }
        steps.push(Step::Took { node, at: took.at, state: write.state });
        return steps;
    }
    Vec::new()
}

/// What clients asked of the node meanwhile and were not answered.
fn unanswered<'a>(ledger: &Ledger<'a>, node: NodeId, since: Time, until: Time) -> Vec<Step<'a>> {
    let operations = ledger.run.operations().iter().enumerate();
    let here: Vec<_> = operations
        .filter(|(_, it)| it.node == node && it.invoked >= since && it.completed <= until)
        .filter(|(_, it)| !it.is_answered())
        .collect();
    let Some((example, _)) = here.first() else {
        return Vec::new();
    };
    let writes = here.iter().filter(|(_, it)| it.operation.kind().is_write()).count() as u64;
    let reads = here.len() as u64 - writes;
    vec![Step::Unanswered { node, example: *example, reads, writes }]
}

/// A message that a fault lost, and how its receiver came to hold what it brought.
pub(super) fn made_up<'a>(ledger: &Ledger<'a>, fault: usize) -> Vec<Step<'a>> {
    let lost = |message: &&Message<'_>| {
        message.class == MessageClass::Peer
            && matches!(message.fate, Fate::Dropped { fault: Some(by), .. } if by == fault)
    };
    // Each costs a walk.
    for message in ledger.messages.iter().filter(lost).take(32) {
        let Some(node) = message.to.node() else { continue };
        let operations = &ledger.event(message.event).operations;
        let writes = operations.iter().filter_map(|it| Write::at(&ledger.run.history, *it));
        for write in writes.filter(|it| it.record.is_ok() && message.brings(it.key, it.state)) {
            let applied = ledger.applied(write.key, node);
            let took =
                applied.iter().find(|it| it.at >= message.sent && it.leaves() == write.state);
            let held_before = ledger.state(write.key, node, message.sent) == write.state;
            let Some(took) = took.filter(|_| !held_before) else { continue };
            let Some(brought) = ledger.handled_for(took.id) else { continue };
            return vec![
                Step::Sent(*message),
                Step::Sent(brought),
                Step::Took { node, at: took.at, state: write.state },
            ];
        }
    }
    Vec::new()
}
