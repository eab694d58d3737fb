//! Scales and their ticks.

/// Maps values to pixels.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scale {
    pub(super) low: f64,
    pub(super) high: f64,
    from: f64,
    to: f64,
    log: bool,
    /// No two ticks are closer than this.
    least_step: f64,
}

impl Scale {
    /// `low` is drawn at pixel `from`, `high` at pixel `to`.
    pub(super) fn linear((low, high): (f64, f64), (from, to): (f64, f64)) -> Self {
        assert!(high > low, "a scale needs a span");
        Self { low, high, from, to, log: false, least_step: 0.0 }
    }

    /// The same with a logarithmic scale; `low` is above 0.
    pub(super) fn log((low, high): (f64, f64), (from, to): (f64, f64)) -> Self {
        assert!(high > low && low > 0.0, "a logarithmic scale needs a positive span");
        Self { low, high, from, to, log: true, least_step: 0.0 }
    }

    /// The same scale for things that are counted: only whole numbers are marked.
    pub(super) fn whole(self) -> Self {
        Self { least_step: 1.0, ..self }
    }

    /// The pixel of a value; values off the scale are drawn at its ends.
    pub(super) fn pixel(self, value: f64) -> f64 {
        let value = value.clamp(self.low, self.high);
        let share = if self.log {
            (value / self.low).ln() / (self.high / self.low).ln()
        } else {
            (value - self.low) / (self.high - self.low)
        };
        self.from + share * (self.to - self.from)
    }

    /// Some round values on the scale, about `wanted` of them, with their labels.
    pub(super) fn ticks(self, wanted: usize) -> Vec<(f64, String)> {
        if self.log {
            return self.log_ticks();
        }
        let step = (self.high - self.low) / wanted.max(1) as f64;
        let step = round_step(step.max(self.least_step));
        let decimals = decimals(step);
        let first = (self.low / step).ceil() as i64;
        let last = (self.high / step + 1e-9).floor() as i64;
        (first..=last)
            .map(|multiple| multiple as f64 * step)
            .map(|value| (value, grouped(value, decimals)))
            .collect()
    }

    /// Powers of ten; with few of them, also twice and five times each.
    fn log_ticks(self) -> Vec<(f64, String)> {
        let decades = (self.high / self.low).log10();
        let factors: &[f64] = if decades <= 3.0 { &[1.0, 2.0, 5.0] } else { &[1.0] };
        let first = self.low.log10().floor() as i32;
        let last = self.high.log10().ceil() as i32;
        let values = (first..=last).flat_map(|power| {
            factors.iter().map(move |factor| (factor * 10f64.powi(power), power))
        });
        values
            .filter(|(value, _)| *value >= self.low * 0.999_999 && *value <= self.high * 1.000_001)
            .map(|(value, power)| (value, grouped(value, power.min(0).unsigned_abs() as usize)))
            .collect()
    }
}

/// The least of 1, 2, 5, 10, 20, ... (and 0.5, 0.2, ...) that is not below `least`.
pub(super) fn round_step(least: f64) -> f64 {
    let power = 10f64.powf(least.log10().floor());
    let factor = [1.0, 2.0, 5.0].into_iter().find(|factor| factor * power >= least * 0.999_999);
    factor.unwrap_or(10.0) * power
}

fn decimals(step: f64) -> usize {
    (-step.log10().floor()).max(0.0) as usize
}

fn grouped(value: f64, decimals: usize) -> String {
    if value >= 1_000.0 {
        crate::text::number(value.round() as u64)
    } else {
        format!("{value:.decimals$}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(scale: Scale, wanted: usize) -> Vec<String> {
        scale.ticks(wanted).into_iter().map(|(_, label)| label).collect()
    }

    #[test]
    fn ticks_are_round() {
        let scale = |low, high| Scale::linear((low, high), (0.0, 100.0));
        assert_eq!(labels(scale(0.0, 10.0), 5), ["0", "2", "4", "6", "8", "10"]);
        assert_eq!(labels(scale(0.0, 0.5), 5), ["0.0", "0.1", "0.2", "0.3", "0.4", "0.5"]);
        assert_eq!(labels(scale(0.0, 30_000.0), 3), ["0", "10,000", "20,000", "30,000"]);
        assert_eq!(labels(scale(0.0, 1.2).whole(), 4), ["0", "1"]);
        let log = Scale::log((0.5, 20.0), (0.0, 100.0));
        assert_eq!(labels(log, 5), ["0.5", "1", "2", "5", "10", "20"]);
        let wide = Scale::log((0.01, 1000.0), (0.0, 100.0));
        assert_eq!(labels(wide, 5), ["0.01", "0.1", "1", "10", "100", "1,000"]);
    }

    #[test]
    fn values_map_to_pixels() {
        assert_eq!(Scale::linear((0.0, 10.0), (100.0, 0.0)).pixel(2.5), 75.0);
        assert_eq!(Scale::linear((0.0, 10.0), (100.0, 0.0)).pixel(11.0), 0.0);
        let log = Scale::log((1.0, 100.0), (0.0, 100.0)).pixel(10.0);
        assert!((log - 50.0).abs() < 1e-9);
    }
}
