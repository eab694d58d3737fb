//! The timers of a node that are running.

use crate::TimerId;
use std::collections::VecDeque;

/// The running timers, and what each is for. Their names are given in order, so that they lie in order here, and
/// most run out or are disarmed near the front.
pub(super) struct LiveTimers<T>(VecDeque<(TimerId, T)>);

impl<T> Default for LiveTimers<T> {
    fn default() -> Self {
        Self(VecDeque::new())
    }
}

impl<T> LiveTimers<T> {
    /// Adds one that was armed just now.
    pub(super) fn add(&mut self, id: TimerId, timer: T) -> &T {
        let is_next = self.0.back().is_none_or(|(last, _)| *last < id);
        assert!(is_next, "timers are named in order");
        self.0.push_back((id, timer));
        &self.0[self.0.len() - 1].1
    }

    /// What a timer is for, if it is running.
    pub(super) fn get(&self, id: TimerId) -> Option<&T> {
        self.place(id).map(|place| &self.0[place].1)
    }

    /// Takes one out, if it is running.
    pub(super) fn take(&mut self, id: TimerId) -> Option<T> {
        let place = self.place(id)?;
        self.0.remove(place).map(|(_, timer)| timer)
    }

    fn place(&self, id: TimerId) -> Option<usize> {
        if self.0.front().is_some_and(|(first, _)| *first == id) {
            return Some(0);
        }
        self.0.binary_search_by_key(&id, |(running, _)| *running).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timer_runs_until_it_is_taken_out() {
        let mut timers = LiveTimers::default();
        for id in 0..5 {
            assert_eq!(timers.add(TimerId(id), id * 10), &(id * 10));
        }
        assert_eq!(timers.take(TimerId(1)), Some(10));
        assert_eq!(timers.take(TimerId(1)), None);
        assert_eq!(timers.get(TimerId(1)), None);
        assert_eq!(timers.get(TimerId(4)), Some(&40));
    }
}
