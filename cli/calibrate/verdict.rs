//! Whether a prediction is right, as far as the machine can tell.

use std::fmt;

/// A prediction is right if it is this much off at most, either way.
pub(crate) const CLOSE: f64 = 0.2;

/// What repetitions say of a prediction.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Verdict {
    /// It is close to what was measured.
    Within,
    /// It is not.
    Outside,
    /// What was measured is so far from itself that nobody can say: the most over the least.
    Inconclusive(f64),
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Within => write!(f, "within {:.0}%", CLOSE * 100.0),
            Self::Outside => f.write_str("outside"),
            Self::Inconclusive(spread) => {
                write!(f, "inconclusive: the machine's own spread is {spread:.1}x")
            }
        }
    }
}

/// What one measure came to.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Compared {
    /// The median of what was predicted.
    pub(crate) predicted: f64,
    /// The median of what was measured.
    pub(crate) measured: f64,
    /// The most that was measured over the least.
    pub(crate) spread: f64,
    pub(crate) verdict: Verdict,
}

impl Compared {
    /// Compares predictions and measurements, of each at least one and all above zero.
    ///
    /// Repetitions that are further from each other than the ends of what would be close to one number leave room for no
    /// verdict, unless the prediction is close to none of them.
    pub(crate) fn of(predicted: &[f64], measured: &[f64]) -> Option<Self> {
        let (predicted, measured_median) = (median(predicted)?, median(measured)?);
        let least = measured.iter().copied().fold(f64::INFINITY, f64::min);
        let most = measured.iter().copied().fold(0.0, f64::max);
        let spread = most / least;
        let is_close = |to: f64| (predicted / to - 1.0).abs() <= CLOSE;
        let is_steady = spread <= (1.0 + CLOSE) / (1.0 - CLOSE);
        let verdict = match (is_steady, is_close(measured_median)) {
            (true, true) => Verdict::Within,
            (true, false) => Verdict::Outside,
            (false, _) if predicted < least * (1.0 - CLOSE) || predicted > most * (1.0 + CLOSE) => {
                Verdict::Outside
            }
            (false, _) => Verdict::Inconclusive(spread),
        };
        Some(Self { predicted, measured: measured_median, spread, verdict })
    }
}

/// The one in the middle; of an even number, the higher one of the two there.
fn median(numbers: &[f64]) -> Option<f64> {
    let mut sorted = numbers.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(predicted: f64, measured: &[f64]) -> String {
        Compared::of(&[predicted], measured).unwrap().verdict.to_string()
    }

    #[test]
    fn a_verdict_says_no_more_than_the_machine_does() {
        let steady = [95.0, 100.0, 105.0, 98.0, 102.0];
        assert_eq!(verdict(100.0, &steady), "within 20%");
        assert_eq!(verdict(119.0, &steady), "within 20%");
        assert_eq!(verdict(121.0, &steady), "outside");
        assert_eq!(verdict(79.0, &steady), "outside");
        let unsteady = [100.0, 190.0, 120.0, 110.0, 150.0];
        let own = "inconclusive: the machine's own spread is 1.9x";
        assert_eq!(verdict(120.0, &unsteady), own);
        assert_eq!(verdict(220.0, &unsteady), own);
        // Close to none of them.
        assert_eq!(verdict(240.0, &unsteady), "outside");
        assert_eq!(verdict(70.0, &unsteady), "outside");
        assert_eq!(Compared::of(&[], &[1.0]), None);
    }
}
