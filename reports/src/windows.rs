//! Windows of time, for figures that change over a run.

use node::Time;
use std::time::Duration;

/// A run is cut into at most this many windows.
const MOST: u64 = 40;

/// Windows of equal width that cover a run from its start.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Windows {
    width_ns: u64,
    count: usize,
}

impl Windows {
    /// Cuts a run that ends at `end` into windows of 1, 2 or 5 times a power of ten.
    pub(crate) fn over(end: Time) -> Self {
        let end_ns = end.as_nanos().max(1);
        let mut width_ns = 1_000_000;
        let mut factors = [2, 5, 10].iter().cycle();
        let mut decade = 1_000_000;
        while end_ns.div_ceil(width_ns) > MOST {
            let factor = factors.next().expect("a cycle does not end");
            width_ns = decade * factor;
            if *factor == 10 {
                decade = width_ns;
            }
        }
        let count = usize::try_from(end_ns.div_ceil(width_ns)).expect("at most MOST");
        Self { width_ns, count }
    }

    /// How wide each is.
    pub(crate) fn width(self) -> Duration {
        Duration::from_nanos(self.width_ns)
    }

    /// How many there are, at least 1.
    pub(crate) fn count(self) -> usize {
        self.count
    }

    /// The window in which a moment lies; the end of the run counts to the last.
    pub(crate) fn index(self, at: Time) -> usize {
        usize::try_from(at.as_nanos() / self.width_ns).unwrap_or(usize::MAX).min(self.count - 1)
    }

    /// When a window starts and ends.
    pub(crate) fn bounds(self, index: usize) -> (Time, Time) {
        let start = Time::from_nanos(self.width_ns * index as u64);
        (start, start + self.width())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_are_round_and_windows_few() {
        for (seconds, width_ms, count) in
            [(1, 50, 20), (10, 500, 20), (12, 500, 24), (3600, 100_000, 36)]
        {
            let windows = Windows::over(Time::from(Duration::from_secs(seconds)));
            assert_eq!(windows.width(), Duration::from_millis(width_ms), "{seconds} s");
            assert_eq!(windows.count(), count, "{seconds} s");
        }
        assert_eq!(Windows::over(Time::ZERO).count(), 1);
    }

    #[test]
    fn the_end_of_the_run_counts_to_the_last_window() {
        let end = Time::from(Duration::from_secs(1));
        let windows = Windows::over(end);
        assert_eq!(windows.index(end), 19);
        assert_eq!(windows.bounds(19).1, end);
    }
}
