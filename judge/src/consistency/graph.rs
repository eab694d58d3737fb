//! Calls of which some must come before others: an order, or a circle.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BinaryHeap, VecDeque, btree_map::Entry},
};

/// Which call must come before which.
pub(super) struct Graph {
    /// Pairs of an effect and its cause, sorted.
    edges: Vec<(u32, u32)>,
    starts: Vec<u32>,
}

impl Graph {
    pub(super) fn new(calls: usize, mut edges: Vec<(u32, u32)>) -> Self {
        edges.sort_unstable();
        edges.dedup();
        let mut starts = vec![0; calls + 1];
        for (effect, _) in &edges {
            starts[*effect as usize + 1] += 1;
        }
        for call in 0..calls {
            starts[call + 1] += starts[call];
        }
        Self { edges, starts }
    }

    pub(super) fn causes(&self, call: u32) -> impl Iterator<Item = &u32> {
        let (start, end) = (self.starts[call as usize], self.starts[call as usize + 1]);
        self.edges[start as usize..end as usize].iter().map(|(_, cause)| cause)
    }

    /// The calls in an order that fits, those of low rank as early as may be, or a circle.
    pub(super) fn order(&self, rank: impl Fn(u32) -> u64) -> Result<Vec<u32>, Vec<u32>> {
        let calls = self.starts.len() - 1;
        let mut waits: Vec<u32> =
            (0..calls).map(|call| self.starts[call + 1] - self.starts[call]).collect();
        let mut effects: Vec<(u32, u32)> =
            self.edges.iter().map(|(effect, cause)| (*cause, *effect)).collect();
        effects.sort_unstable();
        let ranked = |call: u32| Reverse((rank(call), call));
        let mut ready: BinaryHeap<_> =
            (0..calls as u32).filter(|call| waits[*call as usize] == 0).map(ranked).collect();
        let mut order = Vec::with_capacity(calls);
        while let Some(Reverse((_, call))) = ready.pop() {
            order.push(call);
            let start = effects.partition_point(|(cause, _)| *cause < call);
            for (_, effect) in effects[start..].iter().take_while(|(cause, _)| *cause == call) {
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
            let cause = self.causes(call).copied().find(|cause| is_stuck(*cause));
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
            for cause in self.causes(call).copied().filter(|cause| is_stuck(*cause)) {
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
