//! A distribution as it was measured.

use crate::defaults::MAX_QUANTILES;
use std::{fmt, str::FromStr, time::Duration};

/// Quantiles of a measured distribution, from the least to the most; between two of them every value is
/// as likely.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quantiles(Vec<(Share, Duration)>);

/// A part of all samples, in millionths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Share(u32);

impl Share {
    /// None of them.
    pub const NONE: Self = Self(0);
    /// Half of them.
    pub const HALF: Self = Self(500_000);
    /// 99 of 100.
    pub const P99: Self = Self(990_000);
    /// All of them.
    pub const ALL: Self = Self(1_000_000);

    /// So many millionths; `None` beyond a million.
    pub const fn millionths(millionths: u32) -> Option<Self> {
        if millionths <= Self::ALL.0 { Some(Self(millionths)) } else { None }
    }

    /// The part in millionths, 0 to a million.
    pub const fn in_millionths(self) -> u32 {
        self.0
    }
}

/// As quantiles are called: `p50`, `p99.9`.
impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (percent, rest) = (self.0 / 10_000, self.0 % 10_000);
        if rest == 0 {
            return write!(f, "p{percent}");
        }
        let digits = format!("{rest:04}");
        write!(f, "p{percent}.{}", digits.trim_end_matches('0'))
    }
}

/// A name that is none of a quantile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoShare;

impl FromStr for Share {
    type Err = NoShare;

    fn from_str(name: &str) -> Result<Self, NoShare> {
        let percent = name.strip_prefix('p').ok_or(NoShare)?;
        let (whole, rest) = percent.split_once('.').unwrap_or((percent, "0"));
        let are_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        if !are_digits(whole) || !are_digits(rest) || whole.len() > 3 || rest.len() > 4 {
            return Err(NoShare);
        }
        let number = |text: &str| text.parse::<u32>().map_err(|_| NoShare);
        let millionths = number(whole)? * 10_000 + number(&format!("{rest:0<4}"))?;
        Self::millionths(millionths).ok_or(NoShare)
    }
}

impl Quantiles {
    /// A distribution with these quantiles; `None` if they do not go from [`Share::NONE`] to [`Share::ALL`], are not
    /// in order, or are more than [`MAX_QUANTILES`].
    pub fn new(quantiles: Vec<(Share, Duration)>) -> Option<Self> {
        let ends = quantiles.first().zip(quantiles.last());
        let has_ends =
            ends.is_some_and(|(first, last)| (first.0, last.0) == (Share::NONE, Share::ALL));
        let in_order = |pair: &[(Share, Duration)]| pair[0].0 < pair[1].0 && pair[0].1 <= pair[1].1;
        let fits =
            has_ends && quantiles.len() <= MAX_QUANTILES && quantiles.windows(2).all(in_order);
        fits.then_some(Self(quantiles))
    }

    /// The quantiles, from the least to the most.
    pub fn all(&self) -> &[(Share, Duration)] {
        &self.0
    }

    /// The value that this share of all are at most, to the nanosecond below.
    pub fn at(&self, share: Share) -> Duration {
        let after = self.0.partition_point(|(known, _)| *known < share);
        let (high_share, high) = self.0[after];
        let Some(&(low_share, low)) = after.checked_sub(1).and_then(|at| self.0.get(at)) else {
            return high;
        };
        let part = u128::from(share.0 - low_share.0) * (high - low).as_nanos();
        let above = part / u128::from(high_share.0 - low_share.0);
        low + Duration::from_nanos(u64::try_from(above).unwrap_or(u64::MAX))
    }

    /// The mean of what is drawn from it.
    pub fn mean(&self) -> Duration {
        let area = self.0.windows(2).map(|pair| {
            let width = u128::from(pair[1].0.0 - pair[0].0.0);
            width * (pair[0].1.as_nanos() + pair[1].1.as_nanos())
        });
        let mean = area.sum::<u128>() / (2 * u128::from(Share::ALL.0));
        Duration::from_nanos(u64::try_from(mean).unwrap_or(u64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(quantiles: &[(&str, u64)]) -> Option<Quantiles> {
        let read = |(name, us): &(&str, u64)| (name.parse().unwrap(), Duration::from_micros(*us));
        Quantiles::new(quantiles.iter().map(read).collect())
    }

    #[test]
    fn shares_are_written_as_quantiles_are_called() {
        for name in ["p0", "p50", "p99.9", "p99.99", "p0.0001", "p100", "p5.05"] {
            assert_eq!(name.parse::<Share>().unwrap().to_string(), name);
        }
        for name in ["p", "50", "p101", "p100.0001", "p1.23456", "p-1", "p5.", "p+5", "p0x1"] {
            assert_eq!(name.parse::<Share>(), Err(NoShare), "{name}");
        }
        assert_eq!("p50.00".parse::<Share>().unwrap().to_string(), "p50");
    }

    #[test]
    fn quantiles_go_from_the_least_to_the_most_in_order() {
        assert!(made(&[("p0", 1), ("p50", 1), ("p100", 3)]).is_some());
        for wrong in [
            &[][..],
            &[("p0", 1)],
            &[("p0", 1), ("p99", 3)],
            &[("p1", 1), ("p100", 3)],
            &[("p0", 1), ("p50", 4), ("p100", 3)],
            &[("p0", 1), ("p50", 2), ("p50", 2), ("p100", 3)],
        ] {
            assert_eq!(made(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn between_two_quantiles_lies_a_straight_line() {
        let quantiles = made(&[("p0", 10), ("p50", 20), ("p100", 100)]).unwrap();
        let at = |name: &str| quantiles.at(name.parse().unwrap()).as_micros();
        assert_eq!([at("p0"), at("p25"), at("p50"), at("p75"), at("p100")], [10, 15, 20, 60, 100]);
        assert_eq!(quantiles.mean(), Duration::from_nanos(37_500));
    }
}
