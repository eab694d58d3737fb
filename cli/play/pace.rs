//! How long each beat is shown: what matters long, the rest of the workload hardly.

use reports::beats::{Beat, Weight};
use std::time::Duration;

/// How long a beat is shown at most, and how long all of its weight are together.
struct Share {
    each: Duration,
    all: Duration,
    least: Duration,
}

const KEY: Share = share(3_500, 180_000, 700);
const NEAR: Share = share(1_800, 90_000, 120);
const ROUTINE: Share = share(350, 45_000, 4);

const fn share(each: u64, all: u64, least: u64) -> Share {
    Share {
        each: Duration::from_millis(each),
        all: Duration::from_millis(all),
        least: Duration::from_millis(least),
    }
}

/// A sentence of a beat that is read aloud takes so much longer for each of its characters.
const READING: Duration = Duration::from_millis(12);

/// This part of a beat's time passes before anything moves on to the next.
const STANDS: f64 = 0.6;

/// How long each beat of a run is shown.
pub(super) struct Pace {
    times: Vec<Duration>,
    /// When each begins on the screen, and when the last is over.
    begins: Vec<Duration>,
}

impl Pace {
    pub(super) fn of(beats: &[Beat]) -> Self {
        let [routine, near, key] = [Weight::Routine, Weight::Near, Weight::Key]
            .map(|weight| beats.iter().filter(|beat| beat.weight == weight).count());
        let times = beats.iter().map(|beat| match beat.weight {
            Weight::Routine => ROUTINE.of(routine),
            Weight::Near => NEAR.of(near) + reading(beat, near),
            Weight::Key => KEY.of(key) + reading(beat, key),
        });
        let times: Vec<Duration> = times.collect();
        let mut begins = vec![Duration::ZERO];
        for time in &times {
            let last = begins.last().copied().unwrap_or_default();
            begins.push(last + *time);
        }
        Self { times, begins }
    }

    /// How long a beat is shown.
    pub(super) fn shown(&self, beat: usize) -> Duration {
        self.times.get(beat).copied().unwrap_or_default()
    }

    /// Which part of the whole time on the screen is over when a beat has been shown so long, from 0 to 1.
    pub(super) fn over(&self, beat: usize, spent: Duration) -> f64 {
        let at = |place: usize| self.begins.get(place).copied().unwrap_or_default();
        let whole = at(self.times.len()).as_secs_f64().max(1e-9);
        ((at(beat) + spent.min(self.shown(beat))).as_secs_f64() / whole).clamp(0.0, 1.0)
    }

    /// How far on the way to the next beat it is, from 0 to 1, when a beat has been shown so long.
    pub(super) fn way(&self, beat: usize, spent: Duration) -> f64 {
        let whole = self.shown(beat).as_secs_f64();
        let stands = whole * STANDS;
        ((spent.as_secs_f64() - stands) / (whole - stands).max(1e-9)).clamp(0.0, 1.0)
    }
}

impl Share {
    fn of(&self, count: usize) -> Duration {
        let count = u32::try_from(count).unwrap_or(u32::MAX).max(1);
        (self.all / count).clamp(self.least, self.each)
    }
}

/// Where there are few, each can be read to its end.
fn reading(beat: &Beat, count: usize) -> Duration {
    if count > 60 {
        return Duration::ZERO;
    }
    let length = beat.words.chars().count().min(160);
    READING * u32::try_from(length).unwrap_or_default()
}
