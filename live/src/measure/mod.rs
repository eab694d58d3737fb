//! What a node's work costs, measured where it is done: in the process, while others ask it.
//!
//! A process that is [told to](crate::Options::timings) times each event on the thread of its node, how long
//! it took to notice one that found it idle, and each sync from the asking to the platter. Other processes read no clock for it.

mod lengths;
mod ping;
mod processes;
mod samples;
mod timings;

pub use lengths::Lengths;
pub use ping::pings;
pub use processes::Processes;
pub use samples::{NoSamples, Samples, What};
pub(crate) use timings::Timings;

use rustix::time::{ClockId, clock_gettime};
use std::time::Duration;

/// How long the processor has been at work for this process.
pub fn processor_time() -> Duration {
    let spent = clock_gettime(ClockId::ProcessCPUTime);
    let whole = Duration::from_secs(u64::try_from(spent.tv_sec).unwrap_or_default());
    whole + Duration::from_nanos(u64::try_from(spent.tv_nsec).unwrap_or_default())
}
