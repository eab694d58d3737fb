//! Questions to a trace that several explanations ask.

use crate::{
    messages::{Fate, Message, why_lost},
    story::Telling,
    text,
};
use judge::{
    record::{Endpoint, Event, FaultOrigin, OperationRecord, Witness},
    replay::{Moment, Replay, moments},
};
use node::{Change, Key, NodeId, Time};

/// A change of what a node held under a key.
#[derive(Clone, Copy)]
pub(super) struct Applied<'a> {
    pub(super) at: Time,
    pub(super) node: NodeId,
    pub(super) change: &'a Change,
}

impl Applied<'_> {
    /// Whether it left this value.
    pub(super) fn leaves(&self, value: &str) -> bool {
        self.change.after.as_ref().is_some_and(|entry| entry.value.as_str() == value)
    }
}

/// The first two operations of a witness that rests on a pair of them.
pub(super) fn pair<'a>(
    telling: &Telling<'a>,
    witness: &Witness,
) -> Option<[&'a OperationRecord; 2]> {
    let operations = &telling.run.history.operations;
    match witness.operations[..] {
        [one, other, ..] => Some([operations.get(one)?, operations.get(other)?]),
        _ => None,
    }
}

impl<'a> Telling<'a> {
    /// Every change under a key, in order of time.
    pub(super) fn applied(&self, key: &Key) -> Vec<Applied<'a>> {
        let events = self.run.trace.iter().flat_map(|trace| &trace.events);
        let changes = events.filter_map(|event| match &event.event {
            Event::Apply { node, change } if change.key == *key => {
                Some(Applied { at: event.at, node: *node, change })
            }
            _ => None,
        });
        changes.collect()
    }

    /// The first boot of a node at or after a moment.
    pub(super) fn boot_after(&self, node: NodeId, after: Time) -> Option<Boot> {
        let mut events = self.run.trace.iter().flat_map(|trace| &trace.events);
        events.find_map(|event| match &event.event {
            Event::Boot { node: booted, entries, on_disk, .. }
                if *booted == node && event.at >= after =>
            {
                Some(Boot { at: event.at, entries: *entries, on_disk: *on_disk })
            }
            _ => None,
        })
    }

    /// Messages between nodes that name a key and a value; to one node, or to any.
    pub(super) fn carriers(&self, key: &Key, value: &str, to: Option<NodeId>) -> Vec<&Message<'a>> {
        let carries = |message: &&Message<'_>| {
            message.is_peer()
                && to.is_none_or(|node| message.to == Endpoint::Node(node))
                && message.carries_value(key, value)
        };
        self.messages.iter().filter(carries).collect()
    }

    /// Messages from other nodes that reached a node after a moment, and how many of them
    /// name a key.
    pub(super) fn heard_after(&self, node: NodeId, after: Time, key: &Key) -> (u64, u64) {
        let heard = self.messages.iter().filter(|message| {
            message.is_peer()
                && message.to == Endpoint::Node(node)
                && matches!(message.fate, Fate::Handled { at, .. } if at > after && at <= self.run.ended)
        });
        heard.fold((0, 0), |(all, naming), message| {
            (all + 1, naming + u64::from(message.names(key)))
        })
    }

    /// The labels of the faults that were at work between two moments, for the end of a sentence.
    pub(super) fn meanwhile(&self, from: Time, to: Time) -> String {
        let at_work = self.run.faults.iter().filter(|fault| {
            fault.origin != FaultOrigin::Background
                && fault.start <= to
                && fault.end.unwrap_or(self.run.ended) >= from
        });
        let labels: Vec<&str> = at_work.map(|fault| fault.label.as_str()).collect();
        if labels.is_empty() {
            String::new()
        } else {
            format!(" (fault at work: {})", text::list(&labels))
        }
    }

    /// How a node lost what it held under a key since a moment: a crash took it, or another
    /// change came over it. What its disk gave back after a crash was not lost in it.
    pub(super) fn how_lost(&self, key: &Key, value: &str, held: Applied<'_>) -> Option<Loss> {
        let node = held.node;
        let [moments] = &moments(Replay::of(self.run)?, &[key], &[node])[..] else {
            return None;
        };
        let holds = |moment: &Moment<'_>| moment.state.is_some_and(|held| held.as_str() == value);
        let last_held = moments.iter().position(|moment| moment.at == held.at && holds(moment))?;
        let loss = moments[last_held..].iter().find(|moment| !holds(moment))?;
        if loss.by_crash {
            return Some(self.lost_in_crash(node, loss.at));
        }
        let mut after = self.applied(key).into_iter();
        let over = after
            .find(|change| change.node == node && change.at == loss.at && !change.leaves(value))?;
        Some(Loss {
            at: over.at,
            is_crash: false,
            text: format!("At {} `{}` took its place on {node}.", over.at, over.change),
        })
    }

    fn lost_in_crash(&self, node: NodeId, crash: Time) -> Loss {
        let (at, text) = match self.boot_after(node, crash) {
            Some(Boot { at, on_disk: false, .. }) => (
                at,
                format!(
                    "{node} held it in memory only. It crashed at {crash}, and at {at} it booted \
                     again with nothing on its disk."
                ),
            ),
            Some(boot) => {
                let (at, found) = (boot.at, boot.found());
                (at, format!("{node} crashed at {crash}, and at {at} it booted again, {found}."))
            }
            None => (crash, format!("{node} crashed at {crash} and did not come back.")),
        };
        Loss { at, is_crash: true, text }
    }
}

/// A node that came back.
pub(super) struct Boot {
    pub(super) at: Time,
    entries: usize,
    on_disk: bool,
}

impl Boot {
    /// With what it came, for the end of a sentence.
    pub(super) fn found(&self) -> String {
        text::booted(self.entries, self.on_disk)
    }
}

/// How a node lost what it held.
pub(super) struct Loss {
    /// When it was gone, or the node was back without it.
    pub(super) at: Time,
    /// Whether it crashed; if not, another change took the place of what it held.
    pub(super) is_crash: bool,
    /// All of it in words.
    pub(super) text: String,
}

/// What became of a message, as a sentence.
pub(super) fn fate(message: &Message<'_>) -> String {
    let (from, to, text) = (message.from, message.to, message.text);
    let sent = message.sent;
    match message.fate {
        Fate::Dropped { reason, .. } => {
            format!(
                "At {sent} {from} sent {to} the message `{text}`. It was lost: {}.",
                why_lost(reason)
            )
        }
        Fate::Handled { arrived, at } => {
            let length = at.since(sent);
            let waited = at.since(arrived);
            let wait = if waited * 2 > length && length.as_millis() > 10 {
                format!(", of which it lay {} in {to}'s queue", text::duration(waited))
            } else {
                String::new()
            };
            format!(
                "At {sent} {from} sent {to} the message `{text}`. {to} handled it at {at}, after \
                 {}{wait}.",
                text::duration(length)
            )
        }
        Fate::UnderWay => {
            format!("At {sent} {from} sent {to} the message `{text}`. It was under way at the end.")
        }
    }
}
