//! Deterministic simulation: a scenario and a seed in, a judged [`Run`] out.
//!
//! [`run()`] carries out a [`Scenario`](scenarios::Scenario) on a system of the
//! registry; [`Simulation`] does so for any [`Node`](node::Node), and takes tests
//! written as code. The world lives in a madsim runtime, one runtime and one thread
//! a run. What a run consists of, and the checkers, are in `judge`.
//!
//! ```
//! use node::systems::async_leader::AsyncLeader;
//! use sim::Simulation;
//!
//! let run = || Simulation::<AsyncLeader>::of(3).seed(1).run().unwrap();
//! assert_eq!(run().digest, run().digest);
//! ```

#[cfg(not(madsim))]
compile_error!(
    "Seedbed must be built with `--cfg madsim`, which .cargo/config.toml sets. \
     An exported RUSTFLAGS hides that setting: unset it, or add `--cfg madsim` to it."
);

pub mod seed;

mod error;
#[cfg(madsim)]
mod experiment;
mod latency;
mod name;
mod nemesis;
mod parallel;
mod workload;

// Without the cfg madsim offers another interface; leaving these out keeps the
// error above the only one.
#[cfg(madsim)]
mod audit;
#[cfg(madsim)]
mod cluster;
#[cfg(madsim)]
mod plain;
#[cfg(madsim)]
mod plugin;
#[cfg(madsim)]
mod prove;
#[cfg(madsim)]
mod simulation;
#[cfg(madsim)]
mod world;

#[cfg(madsim)]
pub use audit::{Difference, DifferingEvent, audit};
#[cfg(madsim)]
pub use cluster::{Client, Cluster};
pub use error::Error;
#[cfg(madsim)]
pub use experiment::carry_out;
pub use judge::Run;
pub use parallel::{RUN_THREAD, in_parallel};
#[cfg(madsim)]
pub use prove::prove;
#[cfg(madsim)]
pub use simulation::{Detail, Gear, Simulation, Unjudged, run, run_unjudged};
