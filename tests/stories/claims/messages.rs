//! What is said of messages.

use super::{Checked, Facts, moment, shown};
use judge::{
    record::{Event, MessageClass},
    replay::Message,
};

impl Facts<'_> {
    pub(super) fn sent(&self, at: &str, who: &str, what: &str) -> Checked {
        let lost = what.contains(". It was lost, ");
        let handled = what.contains(" handled it at ");
        for event in self.events {
            let Event::Send { message, from, to, text, .. } = &event.event else { continue };
            if shown(event.at) != at || from.to_string() != who {
                continue;
            }
            let told =
                [format!("sent {to} the message `{text}`."), format!("asked {to}: `{text}`.")];
            if !told.iter().any(|told| what.starts_with(told.as_str())) {
                continue;
            }
            let end = self.events.iter().find(|it| match &it.event {
                Event::Deliver { message: other, .. } | Event::Drop { message: other, .. } => {
                    other == message
                }
                _ => false,
            });
            let fits = match end.map(|end| (&end.event, end.at)) {
                Some((Event::Deliver { .. }, at)) => {
                    handled && what.contains(&format!("handled it at {},", shown(at)))
                }
                Some((Event::Drop { .. }, _)) => lost,
                _ => !lost && !handled,
            };
            if fits {
                return Ok(());
            }
        }
        Err("no such message")
    }

    /// `2.000s nobody had sent n2 a message that carries it.`
    pub(super) fn none_sent(&self, rest: &str) -> Checked {
        let (until, rest) = rest.split_once(" nobody had sent ").ok_or("unknown")?;
        let to = rest.split(' ').next().ok_or("nobody")?;
        let write = self.subject.ok_or("of no write")?;
        let key = write.operation.key().ok_or("of no key")?;
        let state = write.leaves().ok_or("of no write")?;
        let sent = self.messages.iter().find(|it| {
            it.to.to_string() == to
                && it.sent >= write.invoked
                && it.class != MessageClass::Reply
                && it.brings(key, state)
        });
        // Moments are shown to the millisecond.
        let is_before =
            sent.is_some_and(|it| it.sent.to_string().as_str() != until && it.sent < moment(until));
        if is_before { Err("somebody had sent it") } else { Ok(()) }
    }

    /// `6.0 s that were left no node told n2 anything`, or handled so many messages.
    pub(super) fn told(&self, rest: &str) -> Checked {
        let (left, rest) = rest.split_once(" that were left ").ok_or("unknown")?;
        if let Some(node) = rest.strip_prefix("no node told ") {
            let node = node.trim_end_matches(" anything.");
            return self.nodes().any(|it| it == node).then_some(()).ok_or("no such node");
        }
        let (node, rest) = rest.split_once(" handled ").ok_or("unknown")?;
        let count: usize = rest
            .split(' ')
            .next()
            .and_then(|it| it.replace(',', "").parse().ok())
            .ok_or("no count")?;
        let key = self.subject.and_then(|it| it.operation.key()).ok_or("of no key")?;
        let handled = || {
            self.messages
                .iter()
                .filter(|it| it.is_peer() && it.to.to_string() == node && it.handled().is_some())
        };
        if rest.contains(" about the key, ") {
            let of_key = handled().filter(|it| it.names(key)).count();
            return (of_key >= count).then_some(()).ok_or("fewer were about the key");
        }
        // The time is shown to a tenth of a second.
        let left = left.trim_end_matches(" s").parse::<f64>().map_err(|_| "no time")?;
        let since = self.run.ended.as_nanos() as f64 - (left - 0.1) * 1e9;
        let late = |it: &&Message<'_>| it.handled().is_some_and(|at| at.as_nanos() as f64 > since);
        if handled().filter(late).any(|it| it.names(key)) {
            return Err("some were about the key");
        }
        (handled().count() >= count).then_some(()).ok_or("it handled fewer")
    }
}
