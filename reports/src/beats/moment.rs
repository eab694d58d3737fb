//! The events of one moment, put into words.

use super::{
    Beat, Mark, is_upkeep,
    making::{Making, Rank, rank},
    parts::LONGEST,
};
use crate::{page::chain::Chain, story::Telling, text};
use judge::{
    Run,
    property::Wrong,
    record::{Endpoint, Event, FaultOrigin, MessageClass, MessageId, OperationRecord, TraceEvent},
    replay::Message,
};
use node::{Time, client::Outcome};
use std::collections::{BTreeMap, BTreeSet};

/// So many wrong answers are told one by one.
const MOST_WRONG: usize = 30;

/// What is known of the whole run.
pub(super) struct Look<'a> {
    run: &'a Run,
    messages: &'a [Message<'a>],
    places: BTreeMap<MessageId, usize>,
    chain: &'a Chain,
    wrong: BTreeMap<usize, Wrong>,
    /// How many operations there are before the probes.
    begun: usize,
    /// What became of which message has been told: from, to, the entries that it brings, its fate.
    told: BTreeSet<(Endpoint, Endpoint, String, Rank)>,
    /// How many wrong answers there have been.
    wrong_told: usize,
}

impl<'a> Look<'a> {
    pub(super) fn new(
        telling: &'a Telling<'_>,
        chain: &'a Chain,
        wrong: BTreeMap<usize, Wrong>,
    ) -> Self {
        let messages = &telling.messages;
        let places = messages.iter().enumerate().map(|(place, it)| (it.id, place)).collect();
        let begun = telling.run.operations().len();
        let told = BTreeSet::new();
        Self { run: telling.run, messages, places, chain, wrong, begun, told, wrong_told: 0 }
    }

    /// The beat of the events of one moment; without words if nothing is worth any.
    pub(super) fn beat(&mut self, events: &[TraceEvent]) -> Beat {
        let at = events.first().map_or(Time::ZERO, |event| event.at);
        let mut making = Making::at(at);
        for event in events {
            self.take(event, events, &mut making);
        }
        making.finish()
    }

    fn take(&mut self, event: &TraceEvent, events: &[TraceEvent], making: &mut Making) {
        let is_near = self.is_near(event);
        match &event.event {
            Event::Invoke { operation } => {
                making.beat.done.begun += 1;
                let is_attempt = |it: &TraceEvent| matches!(it.event, Event::Attempt { operation: same, .. } if same == *operation);
                if !events.iter().any(is_attempt) {
                    self.of_client(*operation, Rank::Begins, is_near, making, |record, what| {
                        format!("{} wants `{what}`", record.client)
                    });
                }
            }
            Event::Attempt { operation, attempt, to } => {
                self.of_client(*operation, Rank::Begins, is_near, making, |record, what| {
                    let again = if *attempt > 0 { "asks again, now " } else { "asks " };
                    format!("{} {again}{to}: `{what}`", record.client)
                });
            }
            Event::TimedOut { operation, .. } => {
                self.of_client(*operation, Rank::Other, is_near, making, |record, what| {
                    format!("{} waits no longer for an answer to `{what}`", record.client)
                });
            }
            Event::Unreachable { operation, .. } => {
                self.of_client(*operation, Rank::Other, is_near, making, |record, what| {
                    format!("{} finds nobody listening for `{what}`", record.client)
                });
            }
            Event::Complete { operation } => self.completed(*operation, is_near, making),
            Event::Send { message, copy_of, .. } => {
                self.sent(*message, copy_of.is_some(), is_near, making);
            }
            Event::Deliver { message, .. } => self.delivered(*message, is_near, events, making),
            Event::Drop { message, reason, .. } => {
                let Some(message) = self.message(*message) else { return };
                let is_news = self.is_news(message, Rank::Lost);
                if (!is_near && is_upkeep(message)) || !is_news {
                    making.beat.folded.lost += 1;
                    return;
                }
                let (from, to) = (message.from, message.to);
                let said = text::shorten(message.text, LONGEST);
                let reason = reason.for_end();
                let words = format!("LOST on its way from {from} to {to}, {reason}: `{said}`");
                making.say(Rank::Lost, is_near, words);
            }
            Event::SyncFailed { node, .. } => {
                let words = format!("a sync fails at {node}, and will be tried again");
                making.say(Rank::Other, false, words);
            }
            Event::Apply { node, change } => {
                making.beat.done.changes += 1;
                let part = making.parts.of(*node);
                part.holds(change);
                (part.is_told, part.is_near) = (true, part.is_near || is_near);
            }
            Event::Announce { node, fact } => match rank(fact) {
                Some(Rank::Leads) if event.at > Time::ZERO => {
                    making.say(Rank::Leads, true, format!("{node} {fact}"));
                }
                Some(_) => {
                    let part = making.parts.of(*node);
                    part.says(&fact.to_string());
                    (part.is_told, part.is_near) = (true, true);
                }
                None => {}
            },
            Event::Note { node, note } => {
                let part = making.parts.of(*node);
                part.says(&note.to_string());
                (part.is_told, part.is_near) = (part.is_told || is_near, part.is_near || is_near);
            }
            Event::Boot { node, entries, on_disk, .. } => {
                let again = if event.at > Time::ZERO { " again" } else { "" };
                let found = text::booted(*entries, *on_disk);
                let what = format!("{again}, {found}");
                match making.boots.iter_mut().find(|(known, _)| *known == what) {
                    Some((_, nodes)) => nodes.push(*node),
                    None => making.boots.push((what, vec![*node])),
                }
            }
            Event::Died { node, lost_bytes, .. } => {
                let is_told = |it: &TraceEvent| match it.event {
                    Event::FaultStart { fault } => self.run.faults[fault].nodes.contains(node),
                    _ => false,
                };
                if !events.iter().any(is_told) {
                    making.say(Rank::UpOrDown, true, format!("{node} is down"));
                }
                if *lost_bytes > 0 {
                    let bytes = text::count(*lost_bytes, "byte", "bytes");
                    let words = format!("the disk of {node} loses {bytes} that were not synced");
                    making.say(Rank::UpOrDown, true, words);
                }
            }
            Event::FaultStart { fault } => self.struck(*fault, making),
            Event::FaultEnd { fault } => {
                let fault = &self.run.faults[*fault];
                making.beat.mark(Mark::Over);
                // Of the end of a crash the boot says more.
                if !fault.kind.takes_down() {
                    making.say(Rank::Fault, true, format!("over: {}", fault.label));
                }
            }
            Event::Balance { node, healthy } => {
                let way = if *healthy { "in" } else { "out" };
                making.say(Rank::Other, false, format!("the load balancer takes {node} {way}"));
            }
            Event::Heal => {
                let heals = self.run.scenario.phases.heal;
                let words = if heals { "everything is healed" } else { "the steps are over" };
                making.say(Rank::UpOrDown, true, words.to_owned());
            }
            Event::TimerArmed { .. }
            | Event::TimerCancelled { .. }
            | Event::Timer { .. }
            | Event::SyncAsked { .. }
            | Event::Synced { .. } => {}
        }
    }

    fn struck(&self, fault: usize, making: &mut Making) {
        let fault = &self.run.faults[fault];
        let is_background = fault.origin == FaultOrigin::Background;
        let always = if is_background { " (all the time)" } else { "" };
        making.say(Rank::Fault, true, format!("FAULT: {}{always}", fault.label));
        if !is_background {
            making.beat.mark(Mark::Fault);
        }
    }

    fn completed(&mut self, operation: usize, is_near: bool, making: &mut Making) {
        let Some(record) = self.run.history.operations.get(operation) else { return };
        match record.is_answered() {
            true => making.beat.done.answered += 1,
            false => making.beat.done.unanswered += 1,
        }
        let (client, answer) = (record.client, text::shorten(&text::answer(record), LONGEST));
        let what = text::shorten(&record.operation.to_string(), LONGEST);
        let words = match &record.outcome {
            Outcome::Ok(_) => format!("{client} is answered `{answer}` to `{what}`"),
            Outcome::Fail(_) => format!("`{what}` of {client} fails: {answer}"),
            Outcome::Info(_) => {
                format!("{client} does not know whether `{what}` took effect: {answer}")
            }
        };
        let wrong = self.wrong.get(&operation).map(|wrong| match wrong {
            Wrong::Impossible => "WRONG, it cannot be: ",
            Wrong::Lost => "CONFIRMED, AND LOST IN THE END: ",
            Wrong::Stale => "STALE, older than what was confirmed before: ",
            Wrong::Disordered => "WRONG, it fits into no order: ",
        });
        match wrong {
            Some(wrong) => {
                making.beat.mark(Mark::Wrong);
                making.beat.done.wrong += 1;
                self.wrong_told += 1;
                // Of thousands the first tell enough; the others keep their marks.
                let is_told = self.wrong_told <= MOST_WRONG;
                let rank = if is_told { Rank::Wrong } else { Rank::Ends };
                making.say(rank, is_near || is_told, format!("{wrong}{words}"));
            }
            None => making.say(Rank::Ends, is_near, words),
        }
    }

    fn sent(&mut self, message: MessageId, is_copy: bool, is_near: bool, making: &mut Making) {
        let Some(message) = self.message(message) else { return };
        let is_of_client = message.class == MessageClass::Request;
        let tells = is_near && !is_upkeep(message) && self.is_news(message, Rank::Begins);
        match message.sender() {
            Some(node) if tells && !is_copy => {
                let part = making.parts.of(node);
                part.sends(&message.to.to_string(), message.text);
                (part.is_told, part.is_near) = (true, true);
            }
            _ if is_copy && tells => {
                let (from, to) = (message.from, message.to);
                let said = text::shorten(message.text, LONGEST);
                let words = format!("the network doubles `{said}` from {from} to {to}");
                making.say(Rank::Other, true, words);
            }
            // Of requests and replies the operation tells.
            _ if is_of_client || message.class == MessageClass::Reply => {}
            _ => *making.beat.folded.messages.entry(kind(message)).or_default() += 1,
        }
    }

    fn delivered(
        &mut self,
        message: MessageId,
        is_near: bool,
        events: &[TraceEvent],
        making: &mut Making,
    ) {
        let Some(message) = self.message(message) else { return };
        let tells = is_near && !is_upkeep(message) && self.is_news(message, Rank::Ends);
        match message.to.node() {
            Some(node) if !is_upkeep(message) => {
                let part = making.parts.of(node);
                part.gets(&message.from.to_string(), message.text);
                (part.is_told, part.is_near) = (part.is_told || tells, part.is_near || tells);
            }
            None if tells => {
                let ends = |it: &TraceEvent| matches!(it.event, Event::Complete { .. });
                if !events.iter().any(ends) {
                    let (from, to) = (message.from, message.to);
                    let said = text::shorten(message.text, LONGEST);
                    making.say(Rank::Other, true, format!("{to} is told `{said}` by {from}"));
                }
            }
            _ => {}
        }
    }

    fn of_client(
        &self,
        operation: usize,
        rank: Rank,
        is_near: bool,
        making: &mut Making,
        words: impl Fn(&OperationRecord, &str) -> String,
    ) {
        if let Some(record) = self.run.history.operations.get(operation) {
            let what = text::shorten(&record.operation.to_string(), LONGEST);
            making.say(rank, is_near, words(record, &what));
        }
    }

    /// Whether something of this rank is told of a message for the first time, as far as it brings the same
    /// entries as another between the same two: what is sent again and again is told once.
    fn is_news(&mut self, message: &Message<'_>, rank: Rank) -> bool {
        if !message.is_peer() || self.chain.messages.contains(&message.id) {
            return true;
        }
        let brings = format!("{:?}", message.carries);
        self.told.insert((message.from, message.to, brings, rank))
    }

    fn message(&self, id: MessageId) -> Option<&'a Message<'a>> {
        self.places.get(&id).map(|place| &self.messages[*place])
    }

    /// Whether an event is about what the scenario does by name, or what the violation rests on.
    fn is_near(&self, event: &TraceEvent) -> bool {
        let operation = match &event.event {
            Event::Invoke { operation }
            | Event::Attempt { operation, .. }
            | Event::TimedOut { operation, .. }
            | Event::Unreachable { operation, .. }
            | Event::Complete { operation } => Some(operation),
            Event::Send { message, .. }
            | Event::Deliver { message, .. }
            | Event::Drop { message, .. }
                if self.chain.messages.contains(message) =>
            {
                return true;
            }
            _ => None,
        };
        event.operations.iter().chain(operation).any(|it| {
            let record = self.run.history.operations.get(*it).filter(|_| *it < self.begun);
            let is_scripted = record.is_some_and(|record| !self.run.is_workload(record.client));
            is_scripted || self.chain.operations.contains(it)
        })
    }
}

fn kind(message: &Message<'_>) -> String {
    match message.class {
        MessageClass::Health => "health check".to_owned(),
        _ => text::shorten(message.kind(), 20),
    }
}
