//! What of a large run goes onto its page: a browser holds some tens of thousands of things, and what
//! lies near the crucial window and the faults matters more than the rest.

use judge::Run;
use node::Time;

/// More messages, changes and so on than this make a page slow to open.
pub(super) const MOST: usize = 40_000;

/// How near to a fault's beginning or end something is kept, in nanoseconds.
const NEAR: u64 = 200_000_000;

/// As [`kept_of`], of the usual number.
pub(super) fn kept<T>(
    run: &Run,
    window: [u64; 2],
    things: &[T],
    at: impl Fn(&T) -> Time,
    must_stay: impl Fn(&T) -> bool,
) -> Vec<bool> {
    kept_of(MOST, run, window, things, at, must_stay)
}

/// Which of some things, each at its moment, are kept, so many at most: all if they fit; else those that must stay, then those
/// in the window, then those near a fault, and of the rest those that come first.
pub(super) fn kept_of<T>(
    most: usize,
    run: &Run,
    window: [u64; 2],
    things: &[T],
    at: impl Fn(&T) -> Time,
    must_stay: impl Fn(&T) -> bool,
) -> Vec<bool> {
    if things.len() <= most {
        return vec![true; things.len()];
    }
    let edges: Vec<u64> = run
        .faults
        .iter()
        .flat_map(|fault| [Some(fault.start), fault.end])
        .flatten()
        .map(Time::as_nanos)
        .collect();
    let rank = |thing: &T| {
        let at = at(thing).as_nanos();
        if must_stay(thing) {
            0
        } else if (window[0]..=window[1]).contains(&at) {
            1
        } else if edges.iter().any(|edge| edge.abs_diff(at) < NEAR) {
            2
        } else {
            3
        }
    };
    let ranks: Vec<u8> = things.iter().map(rank).collect();
    let mut kept = vec![false; things.len()];
    let mut room = most;
    for wanted in 0..=3 {
        let of_rank = (0..things.len()).filter(|position| ranks[*position] == wanted);
        for position in of_rank.take(room).collect::<Vec<_>>() {
            kept[position] = true;
            room -= 1;
        }
    }
    kept
}
