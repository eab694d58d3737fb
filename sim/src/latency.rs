//! Latencies drawn from a distribution.

use crate::seed::{draw_below, draw_exponential, draw_unit};
use rand::RngCore;
use scenarios::{Latency, Share};
use std::{sync::Arc, time::Duration};

/// A distribution made ready for drawing; results are in nanoseconds, at least 1.
///
/// Logarithm and exponential come from `libm`, so that draws agree on every platform.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Sampler {
    /// Always the same.
    Constant(u64),
    /// From `min`, over a range of `span` values.
    Uniform {
        /// The least.
        min: u64,
        /// How many values there are.
        span: u64,
    },
    /// Exponential.
    Exponential {
        /// The mean.
        mean: f64,
    },
    /// exp(mu + sigma z), z normal.
    Lognormal {
        /// The logarithm of the median.
        mu: f64,
        /// The deviation of the logarithm.
        sigma: f64,
    },
    /// Straight lines between quantiles.
    Quantiles(Arc<[Quantile]>),
}

/// So many nanoseconds at a share of 2^64.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Quantile {
    share: u128,
    nanos: u64,
}

/// 99 of 100 normal draws are below this.
const NORMAL_P99: f64 = 2.326_347_874_040_841;

impl Sampler {
    /// Makes a distribution ready.
    pub(crate) fn new(latency: &Latency) -> Self {
        match latency {
            Latency::Constant(latency) => Self::Constant(nanos(*latency).max(1)),
            Latency::Uniform { min, max } => {
                Self::Uniform { min: nanos(*min).max(1), span: nanos(*max) - nanos(*min) + 1 }
            }
            Latency::Exponential { mean } => Self::Exponential { mean: nanos(*mean) as f64 },
            Latency::Lognormal { median, p99 } => {
                let mu = libm::log(nanos(*median) as f64);
                let sigma = (libm::log(nanos(*p99) as f64) - mu) / NORMAL_P99;
                Self::Lognormal { mu, sigma }
            }
            Latency::Quantiles(quantiles) => {
                let whole = u128::from(Share::ALL.in_millionths());
                let quantile = |(share, at): &(Share, Duration)| Quantile {
                    share: (u128::from(share.in_millionths()) << 64) / whole,
                    nanos: nanos(*at),
                };
                Self::Quantiles(quantiles.all().iter().map(quantile).collect())
            }
        }
    }

    /// Draws a latency in nanoseconds.
    pub(crate) fn draw(&self, rng: &mut dyn RngCore) -> u64 {
        match *self {
            Self::Constant(nanos) => nanos,
            Self::Uniform { min, span } => min + draw_below(span, rng),
            Self::Exponential { mean } => whole(mean * draw_exponential(rng)),
            Self::Lognormal { mu, sigma } => whole(libm::exp(mu + sigma * draw_normal(rng))),
            Self::Quantiles(ref quantiles) => between(quantiles, rng.next_u64()).max(1),
        }
    }
}

/// The value below which this share of 2^64 lies, on the straight line between two quantiles.
fn between(quantiles: &[Quantile], share: u64) -> u64 {
    let share = u128::from(share);
    // The last one is at 2^64 itself, so that there is always one after it.
    let after = quantiles.partition_point(|it| it.share <= share);
    let (low, high) = (quantiles[after - 1], quantiles[after]);
    let above = (share - low.share) * u128::from(high.nanos - low.nanos);
    low.nanos + (above / (high.share - low.share)) as u64
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

fn whole(nanos: f64) -> u64 {
    (nanos as u64).max(1)
}

/// Draws a standard normal number by inverting the distribution function
/// (P. J. Acklam's rational approximation, relative error below 1.2e-9).
fn draw_normal(rng: &mut dyn RngCore) -> f64 {
    // The open interval: 0 would be minus infinity.
    let p = draw_unit(rng).max(f64::EPSILON / 4.0);
    const LOW: f64 = 0.02425;
    if p < LOW {
        normal_tail(libm::sqrt(-2.0 * libm::log(p)))
    } else if p <= 1.0 - LOW {
        normal_middle(p - 0.5)
    } else {
        -normal_tail(libm::sqrt(-2.0 * libm::log(1.0 - p)))
    }
}

fn normal_middle(q: f64) -> f64 {
    const A: [f64; 6] = [
        -3.969_683_028_665_376e1,
        2.209_460_984_245_205e2,
        -2.759_285_104_469_687e2,
        1.383_577_518_672_69e2,
        -3.066_479_806_614_716e1,
        2.506_628_277_459_239,
    ];
    const B: [f64; 6] = [
        -5.447_609_879_822_406e1,
        1.615_858_368_580_409e2,
        -1.556_989_798_598_866e2,
        6.680_131_188_771_972e1,
        -1.328_068_155_288_572e1,
        1.0,
    ];
    let r = q * q;
    horner(&A, r) * q / horner(&B, r)
}

fn normal_tail(q: f64) -> f64 {
    const C: [f64; 6] = [
        -7.784_894_002_430_293e-3,
        -3.223_964_580_411_365e-1,
        -2.400_758_277_161_838,
        -2.549_732_539_343_734,
        4.374_664_141_464_968,
        2.938_163_982_698_783,
    ];
    const D: [f64; 5] = [
        7.784_695_709_041_462e-3,
        3.224_671_290_700_398e-1,
        2.445_134_137_142_996,
        3.754_408_661_907_416,
        1.0,
    ];
    horner(&C, q) / horner(&D, q)
}

/// Evaluates a polynomial, the highest coefficient first.
fn horner(coefficients: &[f64], x: f64) -> f64 {
    coefficients.iter().fold(0.0, |sum, coefficient| sum * x + coefficient)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed::Streams;
    use scenarios::Quantiles;

    fn sorted(latency: &Latency) -> Vec<u64> {
        let sampler = Sampler::new(latency);
        let mut rng = Streams::new(1).named("test");
        let mut draws: Vec<u64> = (0..20_000).map(|_| sampler.draw(&mut rng)).collect();
        draws.sort_unstable();
        draws
    }

    fn near(actual: u64, expected_us: f64, tolerance: f64) {
        let actual_us = actual as f64 / 1e3;
        let error = (actual_us / expected_us - 1.0).abs();
        assert!(error < tolerance, "{actual_us} us is not near {expected_us} us");
    }

    #[test]
    fn lognormal_has_its_median_and_p99() {
        let micros = Duration::from_micros;
        let draws = sorted(&Latency::Lognormal { median: micros(500), p99: micros(2000) });
        near(draws[10_000], 500.0, 0.02);
        near(draws[19_800], 2000.0, 0.08);
    }

    #[test]
    fn quantiles_come_back_and_nothing_beyond_them() {
        let us = Duration::from_micros;
        let known =
            [("p0", 60), ("p25", 60), ("p50", 80), ("p90", 100), ("p99", 1000), ("p100", 9000)];
        let known = known.map(|(name, at)| (name.parse::<Share>().unwrap(), us(at)));
        let draws = sorted(&Latency::Quantiles(Quantiles::new(known.to_vec()).unwrap()));
        assert!((60_000..=9_000_000).contains(&draws[0]) && draws[19_999] <= 9_000_000);
        // Shares rather than times: beside a corner, one draw more moves a time a great deal.
        let share_up_to = |at: Duration| {
            let below = draws.partition_point(|nanos| u128::from(*nanos) <= at.as_nanos());
            below as f64 / 20_000.0
        };
        let steps =
            [(60, 0.25_f64), (70, 0.375), (80, 0.5), (100, 0.9), (1000, 0.99), (5000, 0.995)];
        for (at, share) in steps {
            let seen = share_up_to(us(at));
            let deviation = (share * (1.0 - share) / 20_000.0).sqrt();
            assert!((seen - share).abs() < 4.0 * deviation, "{seen}, not {share} up to {at} us");
        }
        let mean = draws.iter().sum::<u64>() / 20_000;
        // A constant of the median, and even a lognormal through median and p99, misses it.
        near(mean, 15.0 + 17.5 + 36.0 + 49.5 + 50.0, 0.05);
    }

    #[test]
    fn the_ends_of_quantiles_are_reached() {
        let ends = [(Share::NONE, Duration::ZERO), (Share::ALL, Duration::from_secs(1 << 24))];
        let made = Sampler::new(&Latency::Quantiles(Quantiles::new(ends.to_vec()).unwrap()));
        let Sampler::Quantiles(quantiles) = made else { unreachable!("as it was made") };
        assert_eq!(between(&quantiles, 0), 0);
        assert_eq!(between(&quantiles, 1 << 63), 500_000_000 << 24);
        assert_eq!(between(&quantiles, u64::MAX), (1_000_000_000 << 24) - 1);
    }

    #[test]
    fn exponential_has_its_mean() {
        let draws = sorted(&Latency::Exponential { mean: Duration::from_micros(300) });
        near(draws.iter().sum::<u64>() / 20_000, 300.0, 0.03);
    }

    #[test]
    fn uniform_reaches_both_ends_and_nothing_else() {
        let (min, max) = (Duration::from_nanos(3), Duration::from_nanos(7));
        let draws = sorted(&Latency::Uniform { min, max });
        assert_eq!((draws[0], draws[19_999]), (3, 7));
    }

    #[test]
    fn a_constant_below_a_millisecond_is_exact() {
        let draws = sorted(&Latency::Constant(Duration::from_nanos(137_050)));
        assert!(draws.iter().all(|&draw| draw == 137_050));
    }
}
