//! Time, memory and medians.

use cpu_time::ProcessTime;
use std::{env, fs, process::Command};

/// Does a piece of work; the answer is what it returns, and its CPU time in seconds, all threads
/// together. What it returns is dropped outside the measurement.
pub(crate) fn measure<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let start = ProcessTime::now();
    let output = work();
    (output, start.elapsed().as_secs_f64())
}

/// The middle one of some numbers.
pub(crate) fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}

/// The most memory that this benchmark takes when it is started with these arguments, in bytes: a
/// process of its own, in which nothing was before. `None` where the system does not tell.
///
/// # Panics
///
/// Panics if it cannot be started.
pub(crate) fn memory_of(arguments: &[String]) -> Option<f64> {
    let this = env::current_exe().expect("a program knows where it is");
    let output = Command::new(this).args(arguments).output().expect("it starts once more");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().parse().ok()
}

/// The most memory that this process has had at once, in bytes.
pub(crate) fn memory() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: u64 = peak.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1024)
}
