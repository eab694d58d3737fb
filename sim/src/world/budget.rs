//! What a run has taken so far, of what it may take.

use super::{Event, World};
use crate::limits::{EventKind, Limit, Limits, OverLimit};
use node::Time;
use std::{
    mem::size_of,
    time::{Duration, Instant},
};

/// After so many events memory and time are looked at.
const EVERY: u64 = 1024;

/// So many events may be pending, well below what the queue has room for.
const MOST_PENDING: usize = 15 << 20;

/// What a run has taken so far.
pub(super) struct Budget {
    limits: Limits,
    events: u64,
    /// The event before which memory and time are looked at.
    look_at: u64,
    /// By kind, in the order of [`EventKind::ALL`].
    kinds: [u64; EventKind::ALL.len()],
    begun: Option<Instant>,
}

impl Budget {
    pub(super) fn new(limits: Limits) -> Self {
        #[expect(clippy::disallowed_methods, reason = "how long a run may take is real time")]
        let begun = limits.time.map(|_| Instant::now());
        Self { limits, events: 0, look_at: 0, kinds: [0; EventKind::ALL.len()], begun }
    }

    /// The time that the run has, if it is over.
    fn time_is_over(&self) -> Option<Duration> {
        let most = self.limits.time?;
        (self.begun?.elapsed() > most).then_some(most)
    }
}

impl World {
    /// Counts an event that is about to be taken, and gives the run up if it is one too many.
    #[inline]
    pub(super) fn spend(&mut self, kind: EventKind) {
        if self.budget.events == self.budget.look_at {
            self.look_at_limits();
        }
        self.budget.events += 1;
        self.budget.kinds[kind as usize] += 1;
    }

    #[cold]
    fn look_at_limits(&mut self) {
        let Limits { events, memory, .. } = self.budget.limits;
        let kept = self.kept();
        let limit = if self.budget.events >= events {
            Some(Limit::Events(events))
        } else if kept.iter().map(|(_, bytes)| bytes).sum::<u64>() > memory
            || self.queue.pending() > MOST_PENDING
        {
            Some(Limit::Memory(memory))
        } else {
            self.budget.time_is_over().map(Limit::Time)
        };
        if let Some(limit) = limit {
            self.over(limit, kept).raise();
        }
        self.budget.look_at = events.min(self.budget.events + EVERY);
    }

    fn over(&self, limit: Limit, mut kept: Vec<(&'static str, u64)>) -> OverLimit {
        let counted = EventKind::ALL.into_iter().zip(self.budget.kinds);
        let few = self.budget.events / 100;
        let mut kinds: Vec<_> = counted.filter(|(_, count)| *count > few).collect();
        // Stable, so that of equals the first on the list comes first.
        kinds.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        // What is less than a hundredth says nothing.
        let all: u64 = kept.iter().map(|(_, bytes)| bytes).sum();
        kept.retain(|(_, bytes)| *bytes > all / 100);
        kept.sort_by_key(|(_, bytes)| std::cmp::Reverse(*bytes));
        OverLimit { limit, events: self.budget.events, kinds, kept, at: Time::from_nanos(self.now) }
    }

    /// What the run keeps, and about how many bytes of it.
    fn kept(&self) -> Vec<(&'static str, u64)> {
        let waiting: usize = self.servers.iter().map(|server| server.inbox.len()).sum();
        let event = size_of::<Event>() as u64 + 32;
        let step = size_of::<super::PlannedStep>() as u64;
        let steps = (self.steps.len() + 2 * self.carried_out.len()) as u64 * step;
        vec![
            ("its trace", self.record.kept.trace),
            ("operations and faults", self.record.kept.history),
            ("what nodes applied", self.record.kept.applied),
            ("what waits at nodes", waiting as u64 * event),
            ("what is pending", self.queue.pending() as u64 * event),
            ("steps", steps),
        ]
    }
}
