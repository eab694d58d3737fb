//! The world's event queue.

use std::{cmp::Reverse, collections::BinaryHeap};

/// Events by time; events of one time in the order in which they were pushed.
///
/// The heap holds small entries and the events lie in a slab beside it, so that
/// sifting moves 24 bytes and not a whole message.
pub(super) struct Queue<E> {
    heap: BinaryHeap<Reverse<Entry>>,
    slab: Vec<Option<E>>,
    free: Vec<u32>,
    pushed: u64,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    at: u64,
    turn: u64,
    slot: u32,
}

impl<E> Default for Queue<E> {
    fn default() -> Self {
        Self { heap: BinaryHeap::new(), slab: Vec::new(), free: Vec::new(), pushed: 0 }
    }
}

impl<E> Queue<E> {
    /// Adds an event at a time in nanoseconds.
    pub(super) fn push(&mut self, at: u64, event: E) {
        let slot = match self.free.pop() {
            Some(slot) => {
                self.slab[slot as usize] = Some(event);
                slot
            }
            None => {
                self.slab.push(Some(event));
                u32::try_from(self.slab.len() - 1).expect("fewer than 2^32 events are pending")
            }
        };
        self.heap.push(Reverse(Entry { at, turn: self.pushed, slot }));
        self.pushed += 1;
    }

    /// When the next event is due.
    pub(super) fn next_at(&self) -> Option<u64> {
        self.heap.peek().map(|Reverse(entry)| entry.at)
    }

    /// Takes the next event.
    pub(super) fn pop(&mut self) -> Option<(u64, E)> {
        let Reverse(entry) = self.heap.pop()?;
        self.free.push(entry.slot);
        let event = self.slab[entry.slot as usize].take().expect("an entry's slot is filled");
        Some((entry.at, event))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn events_come_by_time_and_then_in_the_order_of_pushing(times in prop::collection::vec(0u64..20, 0..200)) {
            let mut queue = Queue::default();
            for (turn, &at) in times.iter().enumerate() {
                queue.push(at, turn);
            }
            let mut expected: Vec<_> = times.iter().copied().zip(0..).collect();
            expected.sort_unstable();
            let popped: Vec<_> = std::iter::from_fn(|| queue.pop()).collect();
            prop_assert_eq!(popped, expected);
        }
    }
}
