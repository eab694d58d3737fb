//! What a violation came about by, or was prevented by: the operations and messages that are lit, and where to look first.

use crate::story::{Defended, Reason};
use judge::{
    Run,
    cause::Step,
    record::{EventId, MessageId},
    replay::Message,
};
use node::Time;
use std::{collections::BTreeSet, time::Duration};

/// What belongs to the first violation, or defence, that is told.
#[derive(Default)]
pub(crate) struct Chain {
    pub(crate) operations: BTreeSet<usize>,
    pub(crate) messages: BTreeSet<MessageId>,
    /// The moments of its steps.
    moments: Vec<Time>,
}

impl Chain {
    pub(crate) fn of(
        run: &Run,
        reason: Option<&Reason<'_>>,
        defended: Option<&Defended<'_>>,
        messages: &[Message<'_>],
    ) -> Self {
        let mut chain = Self::default();
        if let Some(defended) = defended {
            chain.moments.push(run.faults[defended.fault].start);
            chain.moments.extend(defended.steps.iter().filter_map(|step| step.at));
            defended.chain.iter().for_each(|step| chain.take(step));
        }
        let Some(reason) = reason else { return chain };
        chain.operations.extend(reason.witness.operations.iter().copied());
        chain.moments.extend(reason.steps.iter().filter_map(|step| step.at));
        if let Some(cause) = reason.cause {
            chain.operations.extend(cause.write.into_iter().chain(cause.shown_by));
            cause.steps.iter().for_each(|step| chain.take(step));
        }
        let records = chain.operations.iter().filter_map(|it| run.history.operations.get(*it));
        for record in records {
            chain.moments.extend([record.invoked, record.completed]);
        }
        chain.answers_and_what_led_to_them(run, messages);
        chain
    }

    fn take(&mut self, step: &Step<'_>) {
        match step {
            Step::Sent(message) | Step::AllLost { last: message, .. } => {
                self.messages.insert(message.id);
                self.moments.push(message.sent);
            }
            Step::Replaced { brought, by, .. } => {
                self.messages.extend(brought.map(|message| message.id));
                self.operations.extend(by);
            }
            Step::Acknowledged { operation } | Step::Answered { operation } => {
                self.operations.insert(*operation);
            }
            _ => {}
        }
    }

    /// The requests and answers of the operations, and the messages by which the others came.
    fn answers_and_what_led_to_them(&mut self, run: &Run, messages: &[Message<'_>]) {
        let Some(trace) = &run.trace else { return };
        let by_event = |event: EventId| {
            let found = messages.binary_search_by_key(&event, |message| message.event);
            found.ok().map(|position| messages[position].id)
        };
        let serves = |event: EventId| {
            let served = trace.get(event).into_iter().flat_map(|it| &it.operations);
            served.into_iter().any(|it| self.operations.contains(it))
        };
        let mut lit = Vec::new();
        for message in messages {
            let is_client = message.from.node().is_none() || message.to.node().is_none();
            if is_client && serves(message.event) {
                lit.push(message.id);
            } else if self.messages.contains(&message.id) {
                // What led to a message of the chain, as far as it is about the same operations.
                let causes = trace.causes(message.event).skip(1).map(|(event, _)| event);
                lit.extend(causes.filter(|event| serves(*event)).filter_map(by_event));
            }
        }
        self.messages.extend(lit);
    }

    /// Where to look first: from the first moment of the chain to its last, with room around; without one
    /// from shortly before the first fault; else everything.
    pub(crate) fn window(&self, run: &Run) -> [u64; 2] {
        let end = run.ended;
        let struck = run.faults.iter().filter(|fault| fault.start > Time::ZERO);
        let mut moments = self.moments.clone();
        if moments.is_empty() {
            let first = struck.min_by_key(|fault| fault.start);
            moments.extend(first.map(|fault| fault.start));
            moments.extend(first.map(|fault| fault.end.unwrap_or(end)));
        }
        let (Some(&from), Some(&to)) = (moments.iter().min(), moments.iter().max()) else {
            return [0, end.as_nanos()];
        };
        let room = (to.since(from) / 4).max(Duration::from_millis(1)).as_nanos() as u64;
        let to = to.as_nanos().saturating_add(room).min(end.as_nanos());
        [from.as_nanos().saturating_sub(room), to]
    }
}
