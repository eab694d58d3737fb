//! The world's event queue.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, VecDeque},
};

/// Events by time; events of one time in the order in which they were pushed.
///
/// The heap holds small entries and the events lie in a slab beside it, so that
/// sifting moves 16 bytes and not a whole message. Events of a small kind that are pushed
/// in order of their times, as those that end a service are, wait in a lane beside the
/// heap, where no sifting is needed.
pub(super) struct Queue<E, S> {
    heap: BinaryHeap<Reverse<Entry>>,
    lane: VecDeque<(Entry, S)>,
    slab: Vec<Option<E>>,
    free: Vec<u32>,
    pushed: u64,
}

/// Time, turn and slot in one number, which one comparison without a branch puts in order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Entry(u128);

/// The bits of an entry that hold the slot. Those of the turn are enough for 10^12 events.
const SLOT_BITS: u32 = 24;

impl Entry {
    fn new(at: u64, turn: u64, slot: usize) -> Self {
        assert!(slot >> SLOT_BITS == 0, "fewer than 2^24 events are pending");
        assert!(turn >> (64 - SLOT_BITS) == 0, "fewer than 2^40 events are pushed");
        Self(u128::from(at) << 64 | u128::from(turn << SLOT_BITS | slot as u64))
    }

    fn at(self) -> u64 {
        (self.0 >> 64) as u64
    }

    fn slot(self) -> usize {
        self.0 as usize & ((1 << SLOT_BITS) - 1)
    }
}

impl<E, S> Default for Queue<E, S> {
    fn default() -> Self {
        Self {
            heap: BinaryHeap::new(),
            lane: VecDeque::new(),
            slab: Vec::new(),
            free: Vec::new(),
            pushed: 0,
        }
    }
}

impl<E, S: Into<E>> Queue<E, S> {
    /// Adds an event at a time in nanoseconds.
    pub(super) fn push(&mut self, at: u64, event: E) {
        let turn = self.turn();
        let slot = self.store(event);
        self.heap.push(Reverse(Entry::new(at, turn, slot)));
    }

    /// Adds an event that is likely due no earlier than those added in this way before;
    /// then it costs less. The order is the same.
    pub(super) fn push_in_order(&mut self, at: u64, event: S) {
        if self.lane.back().is_none_or(|(last, _)| last.at() <= at) {
            let entry = Entry::new(at, self.turn(), 0);
            self.lane.push_back((entry, event));
        } else {
            self.push(at, event.into());
        }
    }

    /// When the next event is due.
    pub(super) fn next_at(&self) -> Option<u64> {
        let entries = self.heap.peek().map(|Reverse(entry)| entry).into_iter();
        entries.chain(self.lane.front().map(|(entry, _)| entry)).min().map(|entry| entry.at())
    }

    /// How many events wait.
    pub(super) fn pending(&self) -> usize {
        self.heap.len() + self.lane.len()
    }

    /// Takes the next event.
    #[inline]
    pub(super) fn pop(&mut self) -> Option<(u64, E)> {
        let lane_is_first = match (self.heap.peek(), self.lane.front()) {
            (Some(Reverse(heaped)), Some((waiting, _))) => waiting < heaped,
            (_, waiting) => waiting.is_some(),
        };
        if lane_is_first {
            return self.lane.pop_front().map(|(entry, event)| (entry.at(), event.into()));
        }
        let Reverse(entry) = self.heap.pop()?;
        self.free.push(entry.slot() as u32);
        let event = self.slab[entry.slot()].take().expect("an entry's slot is filled");
        Some((entry.at(), event))
    }

    fn turn(&mut self) -> u64 {
        self.pushed += 1;
        self.pushed - 1
    }

    fn store(&mut self, event: E) -> usize {
        if let Some(slot) = self.free.pop() {
            self.slab[slot as usize] = Some(event);
            slot as usize
        } else {
            self.slab.push(Some(event));
            self.slab.len() - 1
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn events_come_by_time_and_then_in_the_order_of_pushing(pushes in prop::collection::vec((0u64..20, any::<bool>()), 0..200)) {
            let mut queue = Queue::<usize, usize>::default();
            for (turn, &(at, in_order)) in pushes.iter().enumerate() {
                if in_order {
                    queue.push_in_order(at, turn);
                } else {
                    queue.push(at, turn);
                }
            }
            let mut expected: Vec<_> = pushes.iter().map(|(at, _)| *at).zip(0..).collect();
            prop_assert_eq!(queue.next_at(), expected.iter().map(|(at, _)| *at).min());
            expected.sort_unstable();
            let popped: Vec<_> = std::iter::from_fn(|| queue.pop()).collect();
            prop_assert_eq!(popped, expected);
        }
    }
}
