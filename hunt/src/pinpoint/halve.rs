//! Which event tipped it: moments are halved until two neighbours are left.

use node::Time;
use std::collections::BTreeMap;

/// A moment of a run, and in how many of its futures the violation came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cut {
    /// How many of the moments at which something happened are over.
    pub place: usize,
    /// From when on the futures differ from the run.
    pub from: Time,
    /// In how many of them the violation came.
    pub failed: u32,
    /// How many there were.
    pub futures: u32,
}

/// Two neighbouring moments: what happened between them made the difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tipped {
    /// The one before.
    pub before: Cut,
    /// The one after.
    pub after: Cut,
}

/// What halving found.
pub(super) struct Halved {
    pub(super) cuts: Vec<Cut>,
    pub(super) inevitable: Option<Tipped>,
    pub(super) rise: Option<Tipped>,
    pub(super) is_done: bool,
}

/// So many moments are tried at first, as far apart as they can be.
const FIRST: usize = 24;

/// So many more futures are had of a moment that seems to decide everything.
const SURE: u32 = 4;

/// A smaller rise than this share is not looked into: chance makes such.
const LEAST_RISE: f64 = 0.1;

/// So many moments are tried in search of the greatest rise, at most.
const MOST_FOR_RISE: usize = 40;

impl Cut {
    /// The share of the futures in which the violation came.
    pub fn share(&self) -> f64 {
        f64::from(self.failed) / f64::from(self.futures)
    }

    /// Whether it came in each of them.
    pub const fn is_always(&self) -> bool {
        self.failed == self.futures
    }

    /// Between which shares the true one lies, with a confidence of 95 %: Wilson's interval.
    pub fn bounds(&self) -> (f64, f64) {
        const Z: f64 = 1.96;
        let (n, p) = (f64::from(self.futures), self.share());
        let middle = p + Z * Z / (2.0 * n);
        let half = Z * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
        let whole = 1.0 + Z * Z / n;
        (((middle - half) / whole).max(0.0), ((middle + half) / whole).min(1.0))
    }
}

impl Tipped {
    /// By how much the share grew.
    pub fn rise(&self) -> f64 {
        self.after.share() - self.before.share()
    }
}

/// Halves the places from 0 (nothing has happened) to `end` (everything has). `share` says in how many
/// of so many futures after a place it comes, or `None` to stop.
pub(super) fn halve<E>(
    end: usize,
    futures: u32,
    mut share: impl FnMut(usize, u32) -> Result<Option<Cut>, E>,
) -> Result<Halved, E> {
    let mut search = Search { cuts: BTreeMap::new(), first: futures, usual: futures };
    let is_done = search.go(end, &mut share)?;
    let inevitable = search.last_open().filter(|_| is_done);
    Ok(Halved {
        inevitable: inevitable.filter(Tipped::is_close),
        rise: search.rises().filter(|tipped| tipped.is_close() && tipped.is_more_than_chance()),
        cuts: search.cuts.into_values().collect(),
        is_done,
    })
}

struct Search {
    cuts: BTreeMap<usize, Cut>,
    /// How many futures a place gets at first.
    first: u32,
    /// And how many now.
    usual: u32,
}

impl Tipped {
    fn is_close(&self) -> bool {
        self.after.place - self.before.place == 1
    }

    /// Whether the shares differ by more than how few futures there were explains.
    fn is_more_than_chance(&self) -> bool {
        self.after.bounds().0 > self.before.bounds().1
    }

    const fn middle(&self) -> usize {
        usize::midpoint(self.before.place, self.after.place)
    }
}

impl Search {
    /// Whether it came to its end.
    fn go<E>(
        &mut self,
        end: usize,
        share: &mut impl FnMut(usize, u32) -> Result<Option<Cut>, E>,
    ) -> Result<bool, E> {
        let first = FIRST.min(end);
        for number in 0..=first {
            if !self.look(number * end / first.max(1), self.usual, share)? {
                return Ok(false);
            }
        }
        while let Some((place, futures)) = self.next_to_look_at(end) {
            if !self.look(place, futures, share)? {
                return Ok(false);
            }
            if futures == self.sure() && !self.cuts[&place].is_always() {
                // So many do not tell it from what always comes.
                self.usual = futures;
            }
        }
        for _ in 0..MOST_FOR_RISE {
            let Some((place, futures)) = self.next_in_search_of_the_rise() else { break };
            if !self.look(place, futures, share)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The place to look at on the way to the event after which it always comes, and with how many
    /// futures; `None`: there is nothing more to look at.
    fn next_to_look_at(&self, end: usize) -> Option<(usize, u32)> {
        let (place, is_known) = match self.last_open() {
            Some(tipped) if !tipped.is_close() => return Some((tipped.middle(), self.usual)),
            Some(tipped) => (tipped.after.place, tipped.after.place == end),
            None => (0, end == 0),
        };
        let is_sure = is_known || self.cuts[&place].futures >= self.sure();
        (!is_sure).then(|| (place, self.sure()))
    }

    /// The place to look at on the way to the greatest rise, and with how many futures.
    fn next_in_search_of_the_rise(&self) -> Option<(usize, u32)> {
        let tipped = self.rises()?;
        if !tipped.is_close() {
            return Some((tipped.middle(), self.usual));
        }
        let both = [tipped.before, tipped.after];
        let unsure = both.into_iter().find(|cut| cut.futures < self.sure());
        unsure.map(|cut| (cut.place, self.sure()))
    }

    /// So many futures make sure that it always comes.
    const fn sure(&self) -> u32 {
        SURE * self.first
    }

    fn look<E>(
        &mut self,
        place: usize,
        futures: u32,
        share: &mut impl FnMut(usize, u32) -> Result<Option<Cut>, E>,
    ) -> Result<bool, E> {
        let cut = share(place, futures)?;
        self.cuts.extend(cut.map(|cut| (place, cut)));
        Ok(cut.is_some())
    }

    fn neighbours(&self) -> impl DoubleEndedIterator<Item = Tipped> {
        let after = self.cuts.values().skip(1);
        let pairs: Vec<Tipped> = self
            .cuts
            .values()
            .zip(after)
            .map(|(before, after)| Tipped { before: *before, after: *after })
            .collect();
        pairs.into_iter()
    }

    /// The last moment that does not decide everything, and the next.
    fn last_open(&self) -> Option<Tipped> {
        self.neighbours().rfind(|tipped| !tipped.before.is_always())
    }

    /// Where the share grows most, the earliest of equals.
    fn rises(&self) -> Option<Tipped> {
        let rising = self.neighbours().filter(|tipped| tipped.rise() >= LEAST_RISE);
        rising.rev().max_by(|one, other| one.rise().total_cmp(&other.rise()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::convert::Infallible;

    fn halved(end: usize, share: impl Fn(usize) -> f64) -> (Halved, usize) {
        let mut asked = 0;
        let halved = halve(end, 50, |place, futures| {
            asked += 1;
            let failed = (share(place) * f64::from(futures)).round() as u32;
            let from = Time::from_nanos(place as u64);
            Ok::<_, Infallible>(Some(Cut { place, from, failed, futures }))
        });
        (halved.unwrap(), asked)
    }

    #[test]
    fn the_event_after_which_it_always_comes_is_found_among_many() {
        for tip in [1, 17, 4_999, 9_999] {
            let share = |place| if place >= tip { 1.0 } else { 0.2 };
            let (halved, asked) = halved(10_000, share);
            let inevitable = halved.inevitable.unwrap();
            assert_eq!((inevitable.before.place, inevitable.after.place), (tip - 1, tip));
            assert_eq!(halved.rise.unwrap().after.place, tip);
            assert!(asked < 60, "{asked}");
        }
    }

    #[test]
    fn what_made_it_likely_may_be_another_event_than_what_made_it_certain() {
        let share = |place| match place {
            0..300 => 0.0,
            300..800 => 0.75,
            _ => 1.0,
        };
        let (halved, _) = halved(1_000, share);
        assert_eq!(halved.rise.unwrap().after.place, 300);
        assert_eq!(halved.inevitable.unwrap().after.place, 800);
    }

    #[test]
    fn a_rise_that_may_be_chance_is_none() {
        // Fifty futures show a rise where two hundred do not.
        let halved = halve(1_000, 50, |place, futures| {
            let share = match place {
                1_000 => 1.0,
                500.. if futures == 50 => 0.7,
                _ => 0.5,
            };
            let failed = (share * f64::from(futures)).round() as u32;
            Ok::<_, Infallible>(Some(Cut { place, from: Time::ZERO, failed, futures }))
        });
        let halved = halved.unwrap();
        assert_eq!(halved.rise.unwrap().after.place, 1_000, "that to the end, and no other");
    }

    #[test]
    fn what_was_certain_and_became_uncertain_again_was_not_inevitable() {
        let share = |place| if (400..500).contains(&place) || place >= 900 { 1.0 } else { 0.5 };
        assert_eq!(halved(1_000, share).0.inevitable.unwrap().after.place, 900);
    }

    #[test]
    fn what_always_comes_was_tipped_by_nothing() {
        let (halved, _) = halved(1_000, |_| 1.0);
        assert_eq!((halved.inevitable, halved.rise), (None, None));
        assert!(halved.is_done);
    }

    #[test]
    fn more_futures_tell_a_moment_that_only_seemed_to_decide() {
        // One future of two hundred is different before 700: fifty do not show it.
        let share = |place| if place >= 700 { 1.0 } else { 0.995 };
        let (halved, asked) = halved(1_000, share);
        assert!(asked < 200, "{asked}");
        assert_eq!(halved.inevitable.unwrap().after.place, 700);
    }

    #[test]
    fn the_bounds_hold_the_share_and_are_narrower_with_more_futures() {
        let cut = |failed, futures| Cut { place: 0, from: Time::ZERO, failed, futures }.bounds();
        let (low, high) = cut(50, 50);
        assert!((0.92..0.93).contains(&low) && high > 0.999, "{low} {high}");
        assert!(cut(200, 200).0 > low);
        let (low, high) = cut(25, 50);
        assert!(low < 0.5 && high > 0.5);
    }
}
