//! What a node takes for the time.

use crate::now;
use node::Time;
use std::time::{Duration, Instant};

/// The machine's clock, as much off and as much too fast as somebody wants it.
#[derive(Debug)]
pub(super) struct Clock {
    offset_ns: i64,
    drift_ppb: i64,
    /// Since when it runs at this pace, and what it had gained by then.
    since: Instant,
    gained_ns: i128,
}

impl Clock {
    /// One that shows what the machine's does.
    pub(super) fn new() -> Self {
        Self { offset_ns: 0, drift_ppb: 0, since: now::instant(), gained_ns: 0 }
    }

    /// What it shows.
    pub(super) fn shows(&self) -> Time {
        let wall = now::wall_ns();
        if self.offset_ns == 0 && self.drift_ppb == 0 && self.gained_ns == 0 {
            return Time::from_nanos(wall);
        }
        let shown = i128::from(wall) + i128::from(self.offset_ns) + self.gained(now::instant());
        Time::from_nanos(shown.clamp(0, i128::from(u64::MAX)) as u64)
    }

    /// Sets how far it is off, and at which pace it runs from now on. What it gained by its pace so far stays.
    pub(super) fn set(&mut self, offset_ns: i64, drift_ppb: i64) {
        let now = now::instant();
        self.gained_ns = self.gained(now);
        self.since = now;
        self.offset_ns = offset_ns;
        // One that stood still would never let a timer run out.
        self.drift_ppb = drift_ppb.max(-999_999_999);
    }

    /// How long it takes to go on by `shown`.
    pub(super) fn real(&self, shown: Duration) -> Duration {
        if self.drift_ppb == 0 {
            return shown;
        }
        let rate = (1_000_000_000 + i128::from(self.drift_ppb)) as u128;
        let real = shown.as_nanos().saturating_mul(1_000_000_000) / rate;
        Duration::from_nanos(u64::try_from(real).unwrap_or(u64::MAX))
    }

    fn gained(&self, now: Instant) -> i128 {
        let run = now.saturating_duration_since(self.since).as_nanos() as i128;
        self.gained_ns + run * i128::from(self.drift_ppb) / 1_000_000_000
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_shows_how_far_it_is_off() {
        let (right, mut off) = (Clock::new(), Clock::new());
        off.set(-3_600_000_000_000, 0);
        let behind = right.shows().since(off.shows());
        assert!(behind >= Duration::from_secs(3599) && behind <= Duration::from_secs(3601));
    }

    #[test]
    fn timers_run_by_it() {
        let mut clock = Clock::new();
        assert_eq!(clock.real(Duration::from_secs(1)), Duration::from_secs(1));
        clock.set(0, 1_000_000_000);
        assert_eq!(clock.real(Duration::from_secs(1)), Duration::from_millis(500));
        clock.set(0, i64::MIN);
        assert!(clock.real(Duration::from_nanos(1)) > Duration::ZERO);
        assert!(clock.real(Duration::MAX) > Duration::from_secs(1 << 30));
    }
}
