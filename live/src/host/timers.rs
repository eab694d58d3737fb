//! The timers that a node has armed.

use node::TimerId;
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Instant,
};

/// Timers by the moment at which they run out. What each is for the node itself knows.
#[derive(Debug, Default)]
pub(super) struct Timers {
    due: BTreeSet<(Instant, TimerId)>,
    /// Of each that runs, when it runs out.
    running: BTreeMap<TimerId, Instant>,
    /// Those that ran out as they were armed, and wait behind whatever waited before them.
    waiting: BTreeSet<TimerId>,
}

impl Timers {
    /// Arms a timer that runs out at a moment.
    pub(super) fn arm(&mut self, id: TimerId, at: Instant) {
        self.running.insert(id, at);
        self.due.insert((at, id));
    }

    /// Arms a timer that takes no time: whoever armed it puts its name into the inbox.
    pub(super) fn arm_at_once(&mut self, id: TimerId) {
        self.waiting.insert(id);
    }

    /// Disarms a timer; harmless if it has run out.
    pub(super) fn cancel(&mut self, id: TimerId) {
        self.waiting.remove(&id);
        if let Some(at) = self.running.remove(&id) {
            self.due.remove(&(at, id));
        }
    }

    /// When the next one runs out.
    pub(super) fn next(&self) -> Option<Instant> {
        self.due.first().map(|(at, _)| *at)
    }

    /// Takes the first that has run out by now.
    pub(super) fn take_due(&mut self, now: Instant) -> Option<TimerId> {
        self.next().filter(|&at| at <= now)?;
        let (_, id) = self.due.pop_first()?;
        self.running.remove(&id);
        Some(id)
    }

    /// Takes one whose name has come out of the inbox; whether nobody has disarmed it meanwhile.
    pub(super) fn take_waiting(&mut self, id: TimerId) -> bool {
        self.waiting.remove(&id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::now;
    use std::time::Duration;

    #[test]
    fn timers_run_out_in_order_unless_they_are_disarmed() {
        let start = now::instant();
        let at = |ms| start + Duration::from_millis(ms);
        let mut timers = Timers::default();
        timers.arm(TimerId(0), at(20));
        timers.arm(TimerId(1), at(10));
        timers.arm(TimerId(2), at(10));
        timers.arm(TimerId(3), at(5));
        timers.cancel(TimerId(3));
        assert_eq!(timers.take_due(at(9)), None);
        assert_eq!(timers.take_due(at(30)), Some(TimerId(1)));
        assert_eq!(timers.take_due(at(30)), Some(TimerId(2)));
        assert_eq!(timers.next(), Some(at(20)));
        timers.arm_at_once(TimerId(4));
        timers.arm_at_once(TimerId(5));
        timers.cancel(TimerId(5));
        assert!(!timers.take_waiting(TimerId(5)));
        assert!(timers.take_waiting(TimerId(4)));
    }
}
