//! Which nodes wait for each other, when operations went unanswered.

use super::{Sentence, words::fate};
use crate::{
    story::{Telling, balancer},
    text,
};
use judge::{
    cause::{Standstill, Stuck, last_answer, standstill},
    record::Endpoint,
    replay::{Fate, Message},
};
use node::{NodeId, Waits};

/// At most so many nodes are told of one by one.
const MOST_NODES: usize = 5;

/// Who waits for whom, told.
pub(super) struct Told {
    /// All of it in one sentence.
    pub(super) short: String,
    /// The steps.
    pub(super) steps: Vec<Sentence>,
}

/// Why operations went unanswered, if nodes that wait for others explain it.
pub(super) fn explain(telling: &Telling<'_>) -> Option<Told> {
    Some(match standstill(telling.run)? {
        Standstill::Deadlock(nodes) => deadlock(telling, &nodes),
        Standstill::Hang(nodes) => chain(telling, &nodes),
    })
}

fn deadlock(telling: &Telling<'_>, nodes: &Stuck<'_>) -> Told {
    let names: Vec<NodeId> = nodes.keys().copied().collect();
    let circle: Vec<String> = circle(nodes).iter().map(ToString::to_string).collect();
    let mut steps = held(telling, nodes);
    steps.push(Sentence::timeless(format!(
        "They wait in a circle, {}: to answer takes a worker, and every worker waits for an \
         answer. None of these waits has a deadline, so nothing can end them.",
        circle.join(" -> ")
    )));
    steps.extend(taken_out(telling, nodes));
    Told {
        short: format!(
            "every worker of {} waits for another node, and none is left to answer: a deadlock.",
            text::list(&names)
        ),
        steps,
    }
}

/// Nodes that wait, where somebody at the end of the line is free.
fn chain(telling: &Telling<'_>, nodes: &Stuck<'_>) -> Told {
    let mut steps = held(telling, nodes);
    let pairs = nodes.iter().flat_map(|(node, waits)| waits.on.keys().map(|on| (*node, *on)));
    let to_the_free = pairs.filter(|(_, on)| !nodes.contains_key(on)).take(MOST_NODES);
    steps.extend(to_the_free.map(|(node, on)| why_no_answer(telling, node, on)));
    steps.extend(taken_out(telling, nodes));
    let hangs = nodes.iter().map(|(node, waits)| {
        let on: Vec<&NodeId> = waits.on.keys().collect();
        format!("{node} hangs on {}", text::list(&on))
    });
    Told {
        short: format!(
            "{}, and whatever is asked there hangs behind.",
            text::list(&hangs.collect::<Vec<_>>())
        ),
        steps,
    }
}

/// What each node waited for and what lay behind it, and since when nothing was answered.
fn held(telling: &Telling<'_>, nodes: &Stuck<'_>) -> Vec<Sentence> {
    let end = telling.run.run_ended;
    let mut steps = Vec::new();
    for (node, waits) in nodes.iter().take(MOST_NODES) {
        let workers = match waits.workers {
            1 => format!("the one worker of {node}"),
            many => format!("all {} workers of {node}", text::number(many)),
        };
        let on = waits.on.iter().map(|(on, count)| match waits.on.len() {
            1 => on.to_string(),
            _ => format!("{on} ({count})"),
        });
        let on = text::list(&on.collect::<Vec<_>>());
        let behind = behind(waits);
        let told = format!("At {end} {workers} waited for {on}; behind lay {behind}.");
        steps.push(Sentence::at(end, told));
    }
    if let Some(more) = nodes.len().checked_sub(MOST_NODES + 1) {
        let more = text::count(more as u64 + 1, "node", "nodes");
        let told = format!("It was much the same with {more} more.");
        steps.push(Sentence::timeless(told));
    }
    let names: Vec<NodeId> = nodes.keys().copied().collect();
    if let Some(last) = last_answer(telling.run, &names) {
        let told = match nodes.len() {
            1 => format!("It gave its last answer to a client at {last}."),
            _ => format!("The last answer that a client had of any of them came at {last}."),
        };
        steps.push(Sentence::at(last, told));
    }
    steps
}

/// What waits for a worker, in words.
fn behind(waits: &Waits) -> String {
    let queued = [
        (waits.queued_requests, "request", "requests"),
        (waits.queued_calls, "call of another node", "calls of other nodes"),
        (waits.queued_health_checks, "health check", "health checks"),
    ];
    let queued = queued.into_iter().filter(|(amount, ..)| *amount > 0);
    let parts: Vec<_> = queued.map(|(amount, one, many)| text::count(amount, one, many)).collect();
    if parts.is_empty() { "nothing".to_owned() } else { text::list(&parts) }
}

/// What the balancer made of nodes whose health checks wait for a worker too.
fn taken_out(telling: &Telling<'_>, nodes: &Stuck<'_>) -> Option<Sentence> {
    let changes = balancer::changes(telling.run);
    let is_out = |node: &NodeId| {
        let last =
            changes.iter().rfind(|it| it.at <= telling.run.run_ended && it.nodes.contains(node));
        last.is_some_and(|last| !last.healthy)
    };
    let waiting = nodes.iter().filter(|(node, it)| it.queued_health_checks > 0 && is_out(node));
    let out: Vec<NodeId> = waiting.map(|(node, _)| *node).collect();
    if out.is_empty() {
        return None;
    }
    let consequence = if out.len() == telling.run.replicas.len() {
        "; with no node left, it dealt to all of them as before"
    } else {
        ""
    };
    Some(Sentence::timeless(format!(
        "A health check waits for a worker like everything else, and so it fails: the balancer \
         took {} out{consequence}.",
        text::list(&out)
    )))
}

/// A circle among nodes that wait for none but each other, its first node again at its end.
fn circle(nodes: &Stuck<'_>) -> Vec<NodeId> {
    let mut way: Vec<NodeId> = Vec::new();
    let mut next = nodes.keys().next().copied();
    while let Some(node) = next {
        if let Some(start) = way.iter().position(|passed| *passed == node) {
            way.drain(..start);
            way.push(node);
            return way;
        }
        way.push(node);
        next = nodes.get(&node).and_then(|waits| waits.on.keys().next().copied());
    }
    way
}

/// Why a node that is not stuck itself owes another an answer.
fn why_no_answer(telling: &Telling<'_>, node: NodeId, on: NodeId) -> Sentence {
    if !telling.run.waits.contains_key(&on) {
        return Sentence::timeless(format!("{on} was down then."));
    }
    let last = |from: NodeId, to: NodeId| {
        let between = |message: &&Message<'_>| {
            message.from == Endpoint::Node(from)
                && message.to == Endpoint::Node(to)
                && message.sent <= telling.run.run_ended
        };
        telling.messages.iter().rfind(between)
    };
    let lost = |message: &&Message<'_>| matches!(message.fate, Fate::Dropped { .. });
    match last(node, on).filter(lost).or_else(|| last(on, node).filter(lost)) {
        Some(message) => Sentence::at(
            message.sent,
            format!("{} Nobody sent it again, and the wait has no deadline.", fate(message)),
        ),
        None => {
            Sentence::timeless(format!("{on} waited for nobody; the wait for it has no deadline."))
        }
    }
}
