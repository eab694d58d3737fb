//! Counts, for each of many reads at once, the writes that it should have known of.
//!
//! A read returned a write that ended at some moment; it should have known of each
//! write that was begun after that moment and acknowledged before the read began.
//! Counting those is a question with two bounds. It is answered for all reads in one
//! sweep over time with a Fenwick tree (Fenwick, *A New Data Structure for Cumulative
//! Frequency Tables*, 1994), so that a replica that is stale for a whole run costs
//! O(n log n) and not O(n^2).

use super::index::{Index, Write};
use node::Time;
use std::ops::Range;

/// One read's question.
#[derive(Clone, Debug)]
pub(super) struct Question {
    /// The writes that were begun late enough, as a range of [`Index::writes`].
    pub(super) writes: Range<usize>,
    /// When the read was begun.
    pub(super) invoked: Time,
}

/// A read that is only a little behind is answered by looking at this many writes at most.
const FEW: usize = 32;

/// How many of the writes asked about were acknowledged before the read began.
pub(super) fn count(index: &Index<'_>, questions: &[Question]) -> Vec<u64> {
    let few: Vec<Option<u64>> = questions.iter().map(|one| count_few(index, one)).collect();
    if few.contains(&None) {
        count_by_sweep(index, questions)
    } else {
        few.into_iter().flatten().collect()
    }
}

/// The answer to one question, if few writes have to be looked at for it.
fn count_few(index: &Index<'_>, question: &Question) -> Option<u64> {
    let writes = &index.writes()[question.writes.clone()];
    let is_begun = |write: &&Write| write.invoked < question.invoked;
    if writes.get(FEW).is_some_and(|write| is_begun(&write)) {
        return None;
    }
    let begun = writes.iter().take_while(is_begun);
    Some(begun.filter(|write| write.completed < question.invoked).count() as u64)
}

/// The answers to all questions, in one sweep over time.
pub(super) fn count_by_sweep(index: &Index<'_>, questions: &[Question]) -> Vec<u64> {
    let writes = index.writes();
    let mut acknowledged: Vec<(Time, usize)> = writes
        .iter()
        .enumerate()
        .filter(|(_, write)| write.is_acknowledged())
        .map(|(place, write)| (write.completed, place))
        .collect();
    acknowledged.sort_unstable();
    let mut order: Vec<usize> = (0..questions.len()).collect();
    order.sort_unstable_by_key(|question| questions[*question].invoked);

    let mut known = Fenwick::new(writes.len());
    let mut next = acknowledged.into_iter().peekable();
    let mut counts = vec![0; questions.len()];
    for position in order {
        let question = &questions[position];
        while let Some((_, place)) = next.next_if(|(completed, _)| *completed < question.invoked) {
            known.add(place);
        }
        counts[position] = known.below(question.writes.end) - known.below(question.writes.start);
    }
    counts
}

/// For each write, the earliest acknowledgment among it and the later ones to its key.
pub(super) fn earliest_from(index: &Index<'_>) -> Vec<Time> {
    let mut earliest: Vec<Time> = index.writes().iter().map(|write| write.completed).collect();
    for key in 0..index.keys() {
        let of_key = &mut earliest[index.range(key)];
        for place in (1..of_key.len()).rev() {
            of_key[place - 1] = of_key[place - 1].min(of_key[place]);
        }
    }
    earliest
}

/// Counts marked places below a place, in O(log n).
struct Fenwick {
    sums: Vec<u64>,
}

impl Fenwick {
    fn new(places: usize) -> Self {
        Self { sums: vec![0; places + 1] }
    }

    fn add(&mut self, place: usize) {
        let mut node = place + 1;
        while node < self.sums.len() {
            self.sums[node] += 1;
            node += node & node.wrapping_neg();
        }
    }

    fn below(&self, place: usize) -> u64 {
        let mut node = place;
        let mut sum = 0;
        while node > 0 {
            sum += self.sums[node];
            node -= node & node.wrapping_neg();
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_below_a_place_are_right_at_every_size() {
        for places in 0..70 {
            let mut tree = Fenwick::new(places);
            let marked: Vec<usize> = (0..places).filter(|place| place * 7 % 3 == 0).collect();
            marked.iter().for_each(|place| tree.add(*place));
            for place in 0..=places {
                let below = marked.iter().filter(|marked| **marked < place).count();
                assert_eq!(tree.below(place), below as u64);
            }
        }
    }
}
