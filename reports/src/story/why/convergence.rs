//! Why replicas differ.

use super::{
    Cause,
    evidence::{Applied, fate},
};
use crate::{figures, messages::Fate, story::Telling, text};
use judge::record::Witness;
use node::{Key, NodeId, Time, Versioned};

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
    let held: Vec<&Versioned> =
        compared(telling, key).into_iter().filter_map(|(_, held)| held).collect();
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

/// The running nodes that do not hold an entry's value at the end.
fn lacking(telling: &Telling<'_>, key: &Key, entry: Option<&Versioned>) -> Vec<NodeId> {
    let value = |held: Option<&Versioned>| held.map(|held| held.value.clone());
    let replicas = compared(telling, key).into_iter();
    replicas.filter(|(_, held)| value(*held) != value(entry)).map(|(node, _)| node).collect()
}

/// The running nodes of the first group that differs on a key, and what they hold under it.
fn compared<'a>(telling: &'a Telling<'_>, key: &'a Key) -> Vec<(NodeId, Option<&'a Versioned>)> {
    let row = figures::replica_row_of(telling.run, key);
    let groups = figures::groups(telling.run);
    let differing = groups.into_iter().find(|group| !row.agrees_in(group)).unwrap_or_default();
    let replicas = differing.into_iter();
    let held = replicas.map(|position| (telling.run.replicas[position].node, row.held[position]));
    held.filter_map(|(node, held)| Some((node, held?))).collect()
}

/// Tells how a node came to lack the newest entry, and sums it up.
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
    let held = telling.applied(key).into_iter().rfind(|a| a.node == node && a.leaves(value));
    let (how, last) = match held {
        Some(held) => lost_again(telling, key, value, held, cause),
        None => {
            never_had(telling, key, value, node, cause).unwrap_or(("never heard of it", newest.at))
        }
    };
    let naming = silence(telling, key, node, last, cause);
    let after = if naming == 0 && how != OVERTAKEN {
        ", and nobody ever told it what it lacks"
    } else {
        ""
    };
    cause.short.get_or_insert(format!("{key}={value} was written, {node} {how}{after}."));
}

const OVERTAKEN: &str = "had it, and then took something else for newer";

/// A node that held the entry: what it did with it, in a few words, and until when that took.
fn lost_again(
    telling: &Telling<'_>,
    key: &Key,
    value: &str,
    held: Applied<'_>,
    cause: &mut Cause,
) -> (&'static str, Time) {
    cause.steps.push(format!("{} held it from {} on.", held.node, held.at));
    let Some(loss) = telling.how_lost(key, value, held) else {
        return ("lost it again", held.at);
    };
    cause.steps.push(loss.text);
    if loss.is_crash {
        return ("had it and lost it in a crash", loss.at);
    }
    cause.mend = Some(
        "a node that compares versions, and never lets an older value take the place of a newer \
         one."
            .to_owned(),
    );
    (OVERTAKEN, loss.at)
}

/// A node that never held the entry: the same; `None` if nobody told it.
fn never_had(
    telling: &Telling<'_>,
    key: &Key,
    value: &str,
    node: NodeId,
    cause: &mut Cause,
) -> Option<(&'static str, Time)> {
    let carriers = telling.carriers(key, value, Some(node));
    let Some(message) = carriers.last() else {
        cause.steps.push(format!("Nobody sent {node} a message that carries it."));
        return None;
    };
    let (how, settled) = match message.fate {
        Fate::Dropped { at, .. } => ("missed it", at),
        Fate::Handled { at, .. } => ("was told of it and does not hold it", at),
        Fate::UnderWay => ("was not told in time", telling.run.ended),
    };
    let meanwhile = telling.meanwhile(message.sent, settled);
    cause.steps.push(fate(message).trim_end_matches('.').to_owned() + &meanwhile + ".");
    let Some(boot) = telling.boot_after(node, settled) else {
        return Some((how, settled));
    };
    cause.steps.push(format!("At {} {node} came back, {}.", boot.at, boot.found()));
    Some((how, boot.at))
}

/// Tells whether anybody spoke to the node about the key afterwards, and how often.
fn silence(telling: &Telling<'_>, key: &Key, node: NodeId, last: Time, cause: &mut Cause) -> u64 {
    let (heard, naming) = telling.heard_after(node, last, key);
    let rest = text::duration(telling.run.ended.since(last));
    cause.steps.push(match (heard, naming) {
        (0, _) => format!("In the {rest} that were left no node told {node} anything."),
        (heard, 0) => format!(
            "In the {rest} that were left {node} handled {} from other nodes; none was about {key}.",
            text::count(heard, "message", "messages")
        ),
        (_, naming) => format!(
            "In the {rest} that were left {node} handled {} about {key}, and it still differs.",
            text::count(naming, "message", "messages")
        ),
    });
    if naming == 0 {
        cause.mend.get_or_insert(format!(
            "someone has to notice what {node} missed. Either a node that comes back asks another \
             what has changed (anti-entropy), or the sender keeps a log of what it sent and sends \
             again what was not acknowledged. {} did neither in this run.",
            telling.run.system.name
        ));
    }
    naming
}
