//! The timers of a node that are running.

use node::TimerId;
use std::collections::VecDeque;

/// The names of running timers. Names are given in order, so that they lie in order here, and
/// most run out or are disarmed near the front.
#[derive(Default)]
pub(super) struct LiveTimers(VecDeque<TimerId>);

impl LiveTimers {
    /// Adds one that was armed just now.
    pub(super) fn add(&mut self, id: TimerId) {
        assert!(self.0.back().is_none_or(|last| *last < id), "timers are named in order");
        self.0.push_back(id);
    }

    pub(super) fn contains(&self, id: TimerId) -> bool {
        self.0.binary_search(&id).is_ok()
    }

    /// Takes one out, if it is running; says whether it was.
    pub(super) fn remove(&mut self, id: TimerId) -> bool {
        self.0.binary_search(&id).map(|place| self.0.remove(place)).is_ok()
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timer_runs_until_it_is_taken_out() {
        let mut timers = LiveTimers::default();
        (0..5).for_each(|id| timers.add(TimerId(id)));
        assert!(timers.remove(TimerId(1)));
        assert!(!timers.remove(TimerId(1)));
        assert!(!timers.contains(TimerId(1)) && timers.contains(TimerId(4)));
        timers.clear();
        assert!(!timers.contains(TimerId(4)));
    }
}
