//! Why replicas differ at the end, and why a write that was acknowledged is on none of them.

use super::{
    Cause, Kind,
    ledger::Ledger,
    passage::{Passage, passage},
    step::Step,
    write::Write,
};
use crate::{
    record::{Endpoint, MessageClass, Replica, Witness},
    replay::Message,
};
use node::{Key, NodeId, Time, Value};
use std::collections::BTreeSet;

pub(super) fn differ<'a>(ledger: &Ledger<'a>, witness: &Witness, cause: &mut Cause<'a>) {
    let Some((key, group)) = differing(ledger, witness) else {
        return;
    };
    cause.key = Some(key);
    let Some(write) = newest(ledger, key, &group) else {
        return;
    };
    cause.write = Some(write.operation);
    cause.steps.push(Step::Acknowledged { operation: write.operation });
    let lacking = group.iter().filter(|replica| held(replica, key) != write.state);
    let passages = lacking.map(|it| (it.node, passage(ledger, &write, it.node, ledger.run.ended)));
    // The first that lacked it: the others may have it from there.
    let Some((node, found)) = passages.min_by_key(|(_, found)| found.until) else {
        return;
    };
    cause.node = Some(node);
    cause.kind = found.kind;
    cause.steps.extend(found.steps);
    cause.steps.push(silence(ledger, key, node, found.until));
    if write.state.is_none() && matches!(cause.kind, Some(Kind::MessageLost | Kind::Overtaken)) {
        cause.kind = Some(Kind::DeleteForgotten);
    }
}

/// The first key of a witness on which replicas of one group differ that were read, and the group.
fn differing<'a>(ledger: &Ledger<'a>, witness: &Witness) -> Option<(&'a Key, Vec<&'a Replica>)> {
    let replicas = &ledger.run.replicas;
    let groups: BTreeSet<u32> = replicas.iter().map(|replica| replica.group).collect();
    let named = witness.keys.iter().find_map(|key| {
        groups.iter().find_map(|group| {
            let members: Vec<_> =
                replicas.iter().filter(|it| it.group == *group && it.entries.is_some()).collect();
            let differs = members.iter().any(|it| held(it, key) != held(members[0], key));
            differs.then_some((key, members))
        })
    });
    let (key, members) = named?;
    Some((known_key(ledger, key)?, members))
}

/// The key as the history has it, which lives as long as the run.
fn known_key<'a>(ledger: &Ledger<'a>, key: &Key) -> Option<&'a Key> {
    let mut keys = ledger.run.history.operations.iter().filter_map(|it| it.operation.key());
    keys.find(|known| *known == key)
}

/// What a replica held at the end.
fn held<'a>(replica: &'a Replica, key: &Key) -> Option<&'a Value> {
    let entries = replica.entries.as_ref()?;
    entries.iter().find(|(other, _)| other == key).map(|(_, entry)| &entry.value)
}

/// The last write of a key that took effect, as far as a replica or its client shows that it did.
fn newest<'a>(ledger: &Ledger<'a>, key: &'a Key, group: &[&Replica]) -> Option<Write<'a>> {
    let writes = Write::of_key(&ledger.run.history, key);
    let shows = |write: &Write<'_>| {
        write.record.is_ok()
            || group.iter().any(|it| write.state.is_some() && held(it, key) == write.state)
    };
    let took_effect: Vec<_> = writes.into_iter().filter(shows).collect();
    // Of those that nothing was made after, the one that some replica still shows.
    let is_last = |write: &&Write<'a>| !took_effect.iter().any(|other| write.is_before(other));
    let last: Vec<_> = took_effect.iter().filter(is_last).copied().collect();
    let shown = last.iter().rfind(|write| group.iter().any(|it| held(it, key) == write.state));
    shown.or(last.last()).copied()
}

/// How much a node was told after it had missed or lost something.
fn silence<'a>(ledger: &Ledger<'a>, key: &Key, node: NodeId, since: Time) -> Step<'a> {
    let heard = |message: &&Message<'_>| {
        message.class == MessageClass::Peer
            && message.to == Endpoint::Node(node)
            && message.handled().is_some_and(|at| at > since && at <= ledger.run.ended)
    };
    let (mut handled, mut of_key) = (0, 0);
    for message in ledger.messages.iter().filter(heard) {
        handled += 1;
        of_key += u64::from(message.names(key));
    }
    Step::Told { node, since, handled, of_key }
}

/// An acknowledged write that is gone.
pub(super) fn lost<'a>(ledger: &Ledger<'a>, witness: &Witness, cause: &mut Cause<'a>) {
    let Some(write) = example(ledger, witness) else {
        return;
    };
    cause.key = Some(write.key);
    cause.write = Some(write.operation);
    cause.node = Some(write.record.node);
    cause.steps.push(Step::Acknowledged { operation: write.operation });
    let replicas = &ledger.run.replicas;
    let holds = |it: &&Replica| held(it, write.key) == write.state;
    let leader = replicas.iter().find(|it| it.leads).map(|it| it.node);
    cause.kept_by = replicas.iter().filter(holds).map(|it| it.node).collect();
    if let Some(leader) = leader.filter(|_| !cause.kept_by.is_empty()) {
        let found = passage(ledger, &write, leader, ledger.run.ended);
        cause.node = Some(leader);
        cause.kind = found.kind;
        cause.steps.extend(found.steps);
        return;
    }
    let nodes = ledger.nodes().iter();
    let passages = nodes.map(|node| passage(ledger, &write, *node, ledger.run.ended));
    let (had, missed): (Vec<_>, Vec<_>) = passages.partition(|found| found.had_it);
    if had.is_empty() {
        return never_held(&write, &missed, cause);
    }
    let kinds: Vec<_> = had.iter().map(|found| found.kind).collect();
    let holders = had.len();
    cause.steps.extend(had.into_iter().flat_map(|found| found.steps));
    let told = |step: &Step<'_>| !matches!(step, Step::NotTaken { .. } | Step::Held { .. });
    cause.steps.extend(missed.into_iter().flat_map(|found| found.steps).filter(told));
    cause.kind = common(&kinds);
    if holders == 1 && ledger.nodes().len() > 1 && cause.kind == Some(Kind::MemoryLost) {
        cause.kind = Some(Kind::AcknowledgedAlone);
    }
}

/// A write that no node ever held: a stamp decided against it where it came, or it was not kept.
fn never_held<'a>(write: &Write<'a>, missed: &[Passage<'a>], cause: &mut Cause<'a>) {
    let is_rejected =
        |found: &&Passage<'_>| matches!(found.kind, Some(Kind::ClockDecided | Kind::StampDecided));
    // One way in full says more than the same on every node.
    let telling = missed.iter().find(is_rejected).or(missed.first());
    cause.kind =
        Some(telling.filter(is_rejected).and_then(|it| it.kind).unwrap_or(Kind::NeverStored));
    cause.steps.extend(telling.into_iter().flat_map(|found| found.steps.iter().cloned()));
    cause.steps.push(Step::NeverHeld { node: write.record.node });
}

/// What the ways on several nodes have in common: a hand-over finishes what a crash begins, and
/// a power loss is a crash that a disk does not help against.
fn common(kinds: &[Option<Kind>]) -> Option<Kind> {
    let first = *kinds.first()?;
    if kinds.iter().all(|kind| *kind == first) {
        return first;
    }
    let is_one_of = |known: &[Kind]| kinds.iter().flatten().all(|kind| known.contains(kind));
    let has = |kind| kinds.contains(&Some(kind));
    if has(Kind::HandOverDropped) && is_one_of(&[Kind::HandOverDropped, Kind::MemoryLost]) {
        return Some(Kind::HandOverDropped);
    }
    let whole = !kinds.contains(&None);
    (whole && is_one_of(&[Kind::PlatterLost, Kind::MemoryLost])).then_some(Kind::PlatterLost)
}

/// The write whose way is told: one that no other acknowledged write came after, since a write that
/// had been overwritten before was not lost by what took the other. The scenario's own come first.
fn example<'a>(ledger: &Ledger<'a>, witness: &Witness) -> Option<Write<'a>> {
    let run = ledger.run;
    let named = witness.operations.iter().filter_map(|place| Write::at(&run.history, *place));
    let named: Vec<_> = named.collect();
    let scripted = (0..run.operations().len())
        .filter(|place| !run.is_workload(run.history.operations[*place].client))
        .filter_map(|place| Write::at(&run.history, place));
    let last = |write: &Write<'a>| {
        let of_key = Write::of_key(&run.history, write.key);
        let acknowledged = of_key.iter().filter(|it| it.record.is_ok());
        acknowledged.max_by_key(|it| it.record.completed).copied()
    };
    // A client that asks the leader has lost what the leader does not hold.
    let is_lost = |write: &Write<'a>| {
        let holds = |it: &&Replica| held(it, write.key) == write.state;
        let leader = run.replicas.iter().find(|it| it.leads && it.entries.is_some());
        write.record.is_ok()
            && write.state.is_some()
            && (!run.replicas.iter().any(|it| holds(&it)) || leader.is_some_and(|it| !holds(&it)))
    };
    let newest = named.iter().filter_map(last);
    scripted.filter_map(|write| last(&write)).chain(newest).find(is_lost).or(named.first().copied())
}
