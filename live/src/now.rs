//! The real clocks, and threads: the one place that asks for them.

#![allow(clippy::disallowed_methods, reason = "a process lives in real time")]

use std::{
    io,
    thread::{Builder, JoinHandle},
    time::{Instant, SystemTime},
};

/// This moment, to measure by.
pub(crate) fn instant() -> Instant {
    Instant::now()
}

/// What the machine's clock shows, in nanoseconds since 1970; 0 if it stands before that.
pub(crate) fn wall_ns() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
}

/// Starts a thread of this name.
pub(crate) fn thread<T: Send + 'static>(
    name: String,
    body: impl FnOnce() -> T + Send + 'static,
) -> io::Result<JoinHandle<T>> {
    Builder::new().name(name).spawn(body)
}
