//! The faults of two runs as one list.

use super::lists::{Lists, in_time};
use crate::{
    compare::{Comparison, LETTERS},
    page::data::Struck,
};

/// The faults of both, one that struck both alike but once, and one of a single run under its letter. The messages
/// name them by their new places.
pub(super) fn together(a: &mut Lists, b: &mut Lists, both: &Comparison<'_>) -> Vec<Struck> {
    let shared = both.shared_faults();
    for (place, fault) in a.faults.iter_mut().enumerate() {
        match shared.iter().find(|pair| pair.0 == place) {
            Some((_, other)) => {
                fault.nodes.extend(&b.faults[*other].nodes);
                fault.touched += b.faults[*other].touched;
            }
            None => fault.label = format!("{}: {}", LETTERS[0], fault.label),
        }
    }
    for fault in &mut b.faults {
        fault.label = format!("{}: {}", LETTERS[1], fault.label);
    }
    let (mut all, mut places) =
        in_time([std::mem::take(&mut a.faults), std::mem::take(&mut b.faults)], |it| it.start);
    // Of a pair the second goes, and who named it names the first.
    for (one, other) in shared {
        places[1][*other] = places[0][*one];
    }
    let mut kept = vec![false; all.len()];
    places.iter().flatten().for_each(|place| kept[*place] = true);
    let mut keep = kept.iter();
    all.retain(|_| keep.next().is_some_and(|kept| *kept));
    let now = |place: usize| kept[..place].iter().filter(|kept| **kept).count() as i64;
    for (lists, places) in [(a, &places[0]), (b, &places[1])] {
        for row in lists.messages.iter_mut().filter(|row| row.8 >= 0) {
            row.8 = now(places[row.8 as usize]);
        }
    }
    all
}
