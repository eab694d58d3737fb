//! Quantiles of latencies.

use std::time::Duration;

/// The value below or at which `percent` of 100 values lie, by nearest rank: the
/// value at position ceil(percent / 100 x n), counted from 1, of the n sorted values.
///
/// It is always one of the values, never between two. `percent` is at most 100; 0 gives the least.
/// `None` if there are no values.
pub fn nearest_rank<T: Copy>(sorted: &[T], percent: usize) -> Option<T> {
    let rank = (percent * sorted.len()).div_ceil(100).max(1);
    sorted.get(rank - 1).copied()
}

/// How long some operations took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LatencySummary {
    /// How many there were, at least 1.
    pub count: usize,
    /// Their mean, rounded down to the nanosecond.
    pub mean: Duration,
    /// Half took at most this long.
    pub p50: Duration,
    /// 95 of 100 took at most this long.
    pub p95: Duration,
    /// 99 of 100 took at most this long.
    pub p99: Duration,
    /// The slowest took this long.
    pub max: Duration,
}

impl LatencySummary {
    /// Sums up latencies, exactly and in any order; `None` if there are none.
    pub fn of(mut latencies: Vec<Duration>) -> Option<Self> {
        latencies.sort_unstable();
        let total: u128 = latencies.iter().map(Duration::as_nanos).sum();
        let mean = total.checked_div(latencies.len() as u128)?;
        Some(Self {
            count: latencies.len(),
            mean: Duration::from_nanos(u64::try_from(mean).unwrap_or(u64::MAX)),
            p50: nearest_rank(&latencies, 50)?,
            p95: nearest_rank(&latencies, 95)?,
            p99: nearest_rank(&latencies, 99)?,
            max: *latencies.last()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_are_those_of_the_definition() {
        let hundred: Vec<u32> = (1..=100).collect();
        assert_eq!(nearest_rank(&hundred, 50), Some(50));
        assert_eq!(nearest_rank(&hundred, 99), Some(99));
        assert_eq!(nearest_rank(&hundred, 100), Some(100));
        assert_eq!(nearest_rank(&[15, 20, 35, 40, 50], 30), Some(20));
        assert_eq!(nearest_rank(&[7, 9], 50), Some(7));
        assert_eq!(nearest_rank(&[7, 9], 51), Some(9));
        assert_eq!(nearest_rank(&[7, 9], 0), Some(7));
        assert_eq!(nearest_rank::<u32>(&[], 50), None);
    }

    #[test]
    fn a_summary_does_not_mind_the_order() {
        let ms = Duration::from_millis;
        let summary = LatencySummary::of(vec![ms(9), ms(1), ms(2)]).unwrap();
        assert_eq!(summary.mean, ms(4));
        assert_eq!((summary.p50, summary.p99, summary.max), (ms(2), ms(9), ms(9)));
        assert_eq!(LatencySummary::of(Vec::new()), None);
    }
}
