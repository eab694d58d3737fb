//! How long one thing took, time after time.

use std::{collections::BTreeMap, time::Duration};

/// How often something took how long, in nanoseconds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lengths(BTreeMap<u64, u64>);

impl Lengths {
    /// None.
    pub const fn new() -> Self {
        Self(BTreeMap::new())
    }

    /// It took so long so often.
    pub fn add(&mut self, nanos: u64, count: u64) {
        if count > 0 {
            *self.0.entry(nanos).or_default() += count;
        }
    }

    /// Each length and how often it was measured, the least first.
    pub fn iter(&self) -> impl Iterator<Item = (u64, u64)> + '_ {
        self.0.iter().map(|(&nanos, &count)| (nanos, count))
    }

    /// How often it was measured.
    pub fn count(&self) -> u64 {
        self.0.values().sum()
    }

    /// How long it took in all.
    pub fn total(&self) -> Duration {
        let nanos = self.iter().map(|(nanos, count)| nanos.saturating_mul(count));
        Duration::from_nanos(nanos.fold(0, u64::saturating_add))
    }

    /// The length at a place, from 1, counted from the least; beyond the last that of the last, and `None` where there
    /// is none.
    pub fn at_rank(&self, rank: u64) -> Option<Duration> {
        let mut seen = 0;
        let reached = self.iter().find(|(_, count)| {
            seen += count;
            seen >= rank
        });
        let nanos = reached.map_or_else(|| self.0.keys().next_back().copied(), |it| Some(it.0));
        nanos.map(Duration::from_nanos)
    }

    /// The least length that this share of them, 0 to 1, did not exceed; `None` if there is none.
    pub fn quantile(&self, share: f64) -> Option<Duration> {
        self.at_rank(((self.count() as f64 * share).ceil() as u64).max(1))
    }
}

impl FromIterator<Duration> for Lengths {
    fn from_iter<I: IntoIterator<Item = Duration>>(lengths: I) -> Self {
        let mut all = Self::new();
        for length in lengths {
            all.add(u64::try_from(length.as_nanos()).unwrap_or(u64::MAX), 1);
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_those_of_all_lengths() {
        let mut lengths: Lengths = (1..=100).map(Duration::from_nanos).collect();
        let nanos = |nanos| Some(Duration::from_nanos(nanos));
        assert_eq!(lengths.quantile(0.5), nanos(50));
        assert_eq!((lengths.quantile(0.0), lengths.quantile(1.0)), (nanos(1), nanos(100)));
        lengths.add(1000, 100);
        assert_eq!(lengths.quantile(0.51), nanos(1000));
        assert_eq!((lengths.at_rank(100), lengths.at_rank(101)), (nanos(100), nanos(1000)));
        assert_eq!((lengths.at_rank(9999), lengths.count()), (nanos(1000), 200));
        assert_eq!(lengths.total(), Duration::from_nanos(5050 + 100_000));
        assert_eq!((Lengths::new().quantile(0.5), Lengths::new().count()), (None, 0));
    }
}
