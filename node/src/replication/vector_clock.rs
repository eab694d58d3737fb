//! Vector clocks: which write knew of which.

use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fmt};

/// How many writes of each actor a write knows of, itself included.
///
/// An actor is whoever counts: here, one incarnation of a node. After Fidge (1988)
/// and Mattern (1989); as versions of a store's values, after Dynamo (2007).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct VectorClock<A: Ord> {
    counts: BTreeMap<A, u64>,
}

/// How two vector clocks stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Causality {
    /// Both know of the same.
    Equal,
    /// The other knows of all that this one does, and of more.
    Before,
    /// This one knows of all that the other does, and of more.
    After,
    /// Each knows of something that the other does not.
    Concurrent,
}

impl<A: Ord> Default for VectorClock<A> {
    /// The clock that knows of nothing.
    fn default() -> Self {
        Self { counts: BTreeMap::new() }
    }
}

impl<A: Ord + Clone> VectorClock<A> {
    /// How many writes of an actor it knows of.
    pub fn count(&self, actor: &A) -> u64 {
        self.counts.get(actor).copied().unwrap_or(0)
    }

    /// How many writes it knows of in all. Grows along every causal chain.
    pub fn total(&self) -> u64 {
        self.counts.values().sum()
    }

    /// Makes it know of an actor's first `count` writes, if it does not yet.
    pub fn observe(&mut self, actor: A, count: u64) {
        if count > 0 {
            let known = self.counts.entry(actor).or_insert(0);
            *known = count.max(*known);
        }
    }

    /// Makes it know of all that another does.
    pub fn merge(&mut self, other: &Self) {
        for (actor, &count) in &other.counts {
            self.observe(actor.clone(), count);
        }
    }

    /// How it stands to another.
    pub fn causality(&self, other: &Self) -> Causality {
        match (self.covers(other), other.covers(self)) {
            (true, true) => Causality::Equal,
            (true, false) => Causality::After,
            (false, true) => Causality::Before,
            (false, false) => Causality::Concurrent,
        }
    }

    fn covers(&self, other: &Self) -> bool {
        other.counts.iter().all(|(actor, &count)| self.count(actor) >= count)
    }
}

impl<A: Ord + fmt::Display> VectorClock<A> {
    /// The counts by the actors' names, in order of the actors.
    pub fn counts(&self) -> Vec<(String, u64)> {
        self.counts.iter().map(|(actor, &count)| (actor.to_string(), count)).collect()
    }
}

impl<A: Ord + fmt::Display> fmt::Display for VectorClock<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("{")?;
        for (position, (actor, count)) in self.counts.iter().enumerate() {
            let separator = if position == 0 { "" } else { " " };
            write!(f, "{separator}{actor}:{count}")?;
        }
        f.write_str("}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::{collection::vec, prelude::*};

    fn clock(counts: &[u64]) -> VectorClock<usize> {
        let mut clock = VectorClock::default();
        for (actor, &count) in counts.iter().enumerate() {
            clock.observe(actor, count);
        }
        clock
    }

    fn merged(a: &VectorClock<usize>, b: &VectorClock<usize>) -> VectorClock<usize> {
        let mut merged = a.clone();
        merged.merge(b);
        merged
    }

    #[test]
    fn knowing_more_is_after_and_knowing_other_things_is_concurrent() {
        assert_eq!(clock(&[2, 1]).causality(&clock(&[1, 1])), Causality::After);
        assert_eq!(clock(&[1]).causality(&clock(&[1, 1])), Causality::Before);
        assert_eq!(clock(&[1, 0]).causality(&clock(&[1])), Causality::Equal);
        assert_eq!(clock(&[2, 1]).causality(&clock(&[1, 2])), Causality::Concurrent);
        assert_eq!(clock(&[2, 0, 1]).to_string(), "{0:2 2:1}");
    }

    proptest! {
        #[test]
        fn causality_is_what_the_counts_say(a in vec(0u64..4, 4), b in vec(0u64..4, 4)) {
            let some_more = a.iter().zip(&b).any(|(a, b)| a > b);
            let some_less = a.iter().zip(&b).any(|(a, b)| a < b);
            let expected = match (some_more, some_less) {
                (false, false) => Causality::Equal,
                (true, false) => Causality::After,
                (false, true) => Causality::Before,
                (true, true) => Causality::Concurrent,
            };
            prop_assert_eq!(clock(&a).causality(&clock(&b)), expected);
        }

        #[test]
        fn a_merge_knows_of_both_and_of_nothing_else(
            a in vec(0u64..4, 4),
            b in vec(0u64..4, 4),
            c in vec(0u64..4, 4),
        ) {
            let (a, b, c) = (clock(&a), clock(&b), clock(&c));
            let both = merged(&a, &b);
            prop_assert_eq!(&both, &merged(&b, &a));
            prop_assert_eq!(&merged(&both, &c), &merged(&a, &merged(&b, &c)));
            prop_assert_eq!(&merged(&both, &a), &both);
            for actor in 0..4 {
                prop_assert_eq!(both.count(&actor), a.count(&actor).max(b.count(&actor)));
            }
        }

        #[test]
        fn a_step_is_after_all_that_it_knew(a in vec(0u64..4, 4), actor in 0usize..4) {
            let before = clock(&a);
            let mut after = before.clone();
            after.observe(actor, before.count(&actor) + 1);
            prop_assert_eq!(after.causality(&before), Causality::After);
            prop_assert_eq!(after.total(), before.total() + 1);
        }
    }
}
