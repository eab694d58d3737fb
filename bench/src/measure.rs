//! Time, memory and medians.

use crate::MEMORY;
use cpu_time::ProcessTime;

/// What a piece of work cost.
#[derive(Clone, Copy)]
pub(crate) struct Cost {
    /// CPU time in seconds, all threads together.
    pub(crate) cpu_s: f64,
    /// The most bytes that were allocated at once, beyond those before.
    pub(crate) peak_bytes: f64,
}

/// Does a piece of work and measures it. What it returns is dropped outside the measurement.
pub(crate) fn measure<T>(work: impl FnOnce() -> T) -> (T, Cost) {
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    let start = ProcessTime::now();
    let output = work();
    let cpu_s = start.elapsed().as_secs_f64();
    let peak_bytes = MEMORY.peak_usage().saturating_sub(before) as f64;
    (output, Cost { cpu_s, peak_bytes })
}

/// The middle one of some numbers.
pub(crate) fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}
