//! Why replicas differ.

use super::{
    Cause,
    evidence::{Applied, fate},
};
use crate::{figures, messages::Fate, story::Telling, text};
use node::{Key, NodeId, Time, Versioned};
use sim::run::Witness;

/// One key, told in full, says more than many.
const MOST_NODES: usize = 2;

pub(super) fn explain(telling: &Telling<'_>, witness: &Witness) -> Cause {
    let mut cause = Cause::default();
    if telling.run.trace.is_none() {
        return cause;
    }
    let Some((key, newest)) =
        witness.keys.iter().find_map(|key| Some((key, newest(telling, key)?)))
    else {
        return cause;
    };
    let first = newest.change.after.as_ref();
    if let Some(entry) = first {
        cause.steps.push(format!(
            "At {} {key}={} was written; {} was the first to hold it.",
            newest.at, entry.value, newest.node
        ));
    }
    let lacking = lacking(telling, key, first);
    for node in lacking.iter().take(MOST_NODES) {
        why_lacking(telling, key, &newest, *node, &mut cause);
    }
    if let Some(more) = lacking.len().checked_sub(MOST_NODES + 1) {
        cause.steps.push(format!(
            "It is much the same with {} more.",
            text::count(more as u64 + 1, "node", "nodes")
        ));
    }
    cause
}

/// The change of a key that was made last among those that some replica holds at the end.
fn newest<'a>(telling: &Telling<'a>, key: &Key) -> Option<Applied<'a>> {
    let row = figures::replica_row_of(telling.run, key);
    let held: Vec<&Versioned> = row.held.iter().flatten().flatten().copied().collect();
    let mut firsts: Vec<Applied<'a>> = Vec::new();
    for applied in telling.applied(key) {
        let is_held = applied.change.after.as_ref().is_some_and(|entry| held.contains(&entry));
        let is_known = firsts.iter().any(|known| known.change.after == applied.change.after);
        if is_held && !is_known {
            firsts.push(applied);
        }
    }
    firsts.pop()
}

/// The running nodes that do not hold an entry at the end.
fn lacking(telling: &Telling<'_>, key: &Key, entry: Option<&Versioned>) -> Vec<NodeId> {
    let row = figures::replica_row_of(telling.run, key);
    let replicas = telling.run.replicas.iter().zip(row.held);
    let lacks = |held: Option<Option<&Versioned>>| held.is_some_and(|held| held != entry);
    replicas.filter(|(_, held)| lacks(*held)).map(|(replica, _)| replica.node).collect()
}

fn why_lacking(
    telling: &Telling<'_>,
    key: &Key,
    newest: &Applied<'_>,
    node: NodeId,
    cause: &mut Cause,
) {
    let Some(entry) = &newest.change.after else {
        return;
    };
    let value = entry.value.as_str();
    let carriers = telling.carriers(key, value, Some(node));
    let held = telling.applied(key).into_iter().rfind(|a| a.node == node && a.leaves(value));
    let mut last: Time = newest.at;
    match (held, carriers.last()) {
        (Some(held), _) => {
            cause.steps.push(format!("{node} held it from {} on.", held.at));
            last = held.at;
            cause.steps.extend(telling.how_lost(key, value, held));
        }
        (None, Some(message)) => {
            let settled = match message.fate {
                Fate::Dropped { at, .. } | Fate::Handled { at, .. } => at,
                Fate::UnderWay => telling.run.ended,
            };
            last = settled;
            let meanwhile = telling.meanwhile(message.sent, settled);
            cause.steps.push(fate(message).trim_end_matches('.').to_owned() + &meanwhile + ".");
        }
        (None, None) => cause.steps.push(format!("Nobody sent {node} a message that carries it.")),
    }
    if held.is_none()
        && let Some((boot, entries)) = telling.boot_after(node, last)
    {
        let found = match entries as u64 {
            0 => "holding nothing".to_owned(),
            entries => format!("with {} from its disk", text::count(entries, "entry", "entries")),
        };
        cause.steps.push(format!("At {boot} {node} came back, {found}."));
        last = boot;
    }
    let naming = silence(telling, key, node, last, cause);
    let how = match (held, carriers.last().map(|message| message.fate)) {
        (Some(_), _) => "lost it again",
        (None, Some(Fate::Dropped { .. })) => "missed it",
        (None, Some(Fate::Handled { .. })) => "was told of it and does not hold it",
        (None, _) => "never heard of it",
    };
    let after = if naming == 0 { ", and nobody ever told it what it lacks" } else { "" };
    cause.short.get_or_insert(format!("{key}={value} was written, {node} {how}{after}."));
}

/// Tells whether anybody spoke to the node about the key afterwards, and how often.
fn silence(telling: &Telling<'_>, key: &Key, node: NodeId, last: Time, cause: &mut Cause) -> u64 {
    let (heard, naming) = telling.heard_after(node, last, key);
    let rest = text::duration(telling.run.ended.since(last));
    if naming > 0 {
        cause.steps.push(format!(
            "Afterwards {} about {key} reached {node}, and it still differs.",
            text::count(naming, "message", "messages")
        ));
        cause.mend = Some(
            "a node that compares versions, and never lets an older value take the place of a \
             newer one"
                .to_owned(),
        );
        return naming;
    }
    let silence = match heard {
        0 => format!("In the {rest} that were left no node told {node} anything."),
        heard => format!(
            "In the {rest} that were left {} from other nodes reached {node}; none was about {key}.",
            text::count(heard, "message", "messages")
        ),
    };
    cause.steps.push(silence);
    cause.mend = Some(format!(
        "someone has to notice what {node} missed. Either a node that comes back asks another what \
         has changed (anti-entropy), or the sender keeps a log of what it sent and sends again what \
         was not acknowledged. {} did neither in this run.",
        telling.run.system.name
    ));
    naming
}
