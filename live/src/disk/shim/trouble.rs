//! What is wrong with a disk on purpose, and what the node has met of it.

use crate::control::{DiskTrouble, Met};
use rand_chacha::{
    ChaCha8Rng,
    rand_core::{RngCore, SeedableRng},
};
use std::{thread, time::Duration};

/// What a read takes that a slow disk makes longer: what is read comes from memory.
const READ: Duration = Duration::from_micros(20);

/// A disk's trouble, and the draws that it takes.
#[derive(Debug)]
pub(super) struct Trouble {
    is: DiskTrouble,
    rng: ChaCha8Rng,
    met: Met,
}

impl Trouble {
    /// None.
    pub(super) fn none() -> Self {
        Self::of(DiskTrouble::default(), Met::default())
    }

    /// From now on it is this.
    pub(super) fn set(&mut self, is: DiskTrouble) {
        *self = Self::of(is, self.met);
    }

    fn of(is: DiskTrouble, met: Met) -> Self {
        Self { is, rng: ChaCha8Rng::seed_from_u64(is.seed), met }
    }

    /// What was met since this was last asked.
    pub(super) fn take_met(&mut self) -> Met {
        std::mem::take(&mut self.met)
    }

    /// Whether a write or a sync fails now.
    pub(super) fn fails(&mut self) -> bool {
        let fails = self.is.errors > 0.0 && draw_unit(&mut self.rng) < self.is.errors;
        self.met.disk_errors += u64::from(fails);
        fails
    }

    /// Whether a read fails now.
    pub(super) fn read_fails(&mut self) -> bool {
        self.is.reads && self.fails()
    }

    /// Whether a write that takes room is refused.
    pub(super) fn is_full(&mut self) -> bool {
        self.met.full_disk += u64::from(self.is.full);
        self.is.full
    }

    /// How much longer something takes than it did.
    pub(super) fn longer(&mut self, took: Duration) -> Duration {
        let slow = self.is.slow;
        if !(slow > 1.0 && slow.is_finite()) {
            return Duration::ZERO;
        }
        self.met.slow_disk += 1;
        Duration::try_from_secs_f64(took.as_secs_f64() * (slow - 1.0)).unwrap_or(Duration::ZERO)
    }

    /// Waits as much longer as a read takes.
    pub(super) fn wait_for_read(&mut self) {
        let longer = self.longer(READ);
        if !longer.is_zero() {
            thread::sleep(longer);
        }
    }
}

/// A number from 0 up to 1.
pub(super) fn draw_unit(rng: &mut impl RngCore) -> f64 {
    (rng.next_u64() >> 11) as f64 / (1u64 << 53) as f64
}

/// A number below `end`, which is above 0.
pub(super) fn draw_below(end: u64, rng: &mut impl RngCore) -> u64 {
    ((u128::from(rng.next_u64()) * u128::from(end)) >> 64) as u64
}
