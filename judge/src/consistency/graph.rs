//! Calls of which some must come before others: an order, or a circle.

use super::groups::Groups;
use std::{
    cmp::Reverse,
    collections::{BTreeMap, BinaryHeap, VecDeque, btree_map::Entry},
};

/// Which call must come before which.
pub(super) struct Graph {
    /// By call, those that it follows directly, without order; some twice.
    causes: Groups,
    /// By call, those that follow it directly.
    effects: Groups,
}

impl Graph {
    /// Of pairs of an effect and its cause.
    pub(super) fn new(calls: usize, edges: &[(u32, u32)]) -> Self {
        Self {
            causes: Groups::new(calls, edges.iter().copied()),
            effects: Groups::new(calls, edges.iter().map(|(effect, cause)| (*cause, *effect))),
        }
    }

    pub(super) fn causes(&self, call: u32) -> &[u32] {
        self.causes.of(call)
    }

    /// The calls in an order that fits, those of low rank as early as may be, or a circle.
    pub(super) fn order(&self, rank: impl Fn(u32) -> u64) -> Result<Vec<u32>, Vec<u32>> {
        let calls = self.causes.len();
        let mut waits: Vec<u32> =
            (0..calls as u32).map(|call| self.causes(call).len() as u32).collect();
        let ranked = |call: u32| Reverse((rank(call), call));
        let mut ready: BinaryHeap<_> =
            (0..calls as u32).filter(|call| waits[*call as usize] == 0).map(ranked).collect();
        let mut order = Vec::with_capacity(calls);
        while let Some(Reverse((_, call))) = ready.pop() {
            order.push(call);
            for effect in self.effects.of(call) {
                waits[*effect as usize] -= 1;
                if waits[*effect as usize] == 0 {
                    ready.push(ranked(*effect));
                }
            }
        }
        if order.len() == calls { Ok(order) } else { Err(self.circle(&waits)) }
    }

    /// A circle among the calls that still wait, each followed by its effect.
    fn circle(&self, waits: &[u32]) -> Vec<u32> {
        let is_stuck = |call: u32| waits[call as usize] > 0;
        let first = (0..waits.len() as u32).find(|call| is_stuck(*call));
        let mut call = first.expect("a call that never came waits");
        // Every stuck call has a stuck cause, so that going back long enough ends in a circle.
        let back = |call: u32| {
            let causes = self.causes(call).iter().copied();
            let cause = causes.filter(|cause| is_stuck(*cause)).min();
            cause.expect("a stuck call waits for a stuck cause")
        };
        for _ in 0..waits.len() {
            call = back(call);
        }
        self.shortest(call, &is_stuck)
    }

    /// The shortest circle through a call.
    fn shortest(&self, start: u32, is_stuck: &dyn Fn(u32) -> bool) -> Vec<u32> {
        let mut reached_from: BTreeMap<u32, u32> = BTreeMap::new();
        let mut queue = VecDeque::from([start]);
        while let Some(call) = queue.pop_front() {
            let mut causes: Vec<u32> = self.causes(call).to_vec();
            causes.sort_unstable();
            for cause in causes.into_iter().filter(|cause| is_stuck(*cause)) {
                if cause == start {
                    let mut circle = vec![call];
                    while let Some(next) = reached_from.get(circle.last().unwrap_or(&start)) {
                        circle.push(*next);
                    }
                    return circle;
                }
                if let Entry::Vacant(vacant) = reached_from.entry(cause) {
                    vacant.insert(call);
                    queue.push_back(cause);
                }
            }
        }
        vec![start]
    }
}
