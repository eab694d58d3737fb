//! Deterministic simulation: a scenario and a seed in, a judged [`Run`] out.
//!
//! [`run()`] carries out a [`Scenario`](scenarios::Scenario) on a system of the
//! registry; [`Simulation`] does so for any [`Node`](node::Node), and takes tests
//! written as code. The world needs no runtime; built with `--cfg madsim`, runs can live in one of
//! madsim, for bodies of code that bring async libraries of their own ([`Gear`]). What a run consists
//! of, and the checkers, are in `judge`.
//!
//! ```
//! use node::systems::async_leader::AsyncLeader;
//! use sim::Simulation;
//!
//! let run = || Simulation::<AsyncLeader>::of(3).seed(1).run().unwrap();
//! assert_eq!(run().digest, run().digest);
//! ```

pub mod seed;

mod audit;
mod cluster;
mod door;
mod error;
mod experiment;
mod fork;
mod hold;
mod latency;
mod limits;
mod name;
mod nemesis;
mod outside;
mod parallel;
mod plain;
#[cfg(madsim)]
mod plugin;
mod prove;
mod routine;
mod simulation;
mod sweep;
mod workload;
mod world;

pub use audit::{Difference, DifferingEvent, audit};
pub use cluster::{Client, Cluster};
pub use error::Error;
pub use experiment::carry_out;
pub use fork::{Fork, Later};
pub use hold::Hold;
pub use judge::Run;
pub use limits::{EventKind, Limit, Limits, OverLimit};
pub use outside::Outage;
pub use parallel::{RUN_THREAD, in_parallel};
pub use prove::prove;
pub use simulation::{
    Detail, Gear, Simulation, Unjudged, run, run_forked, run_held, run_outside, run_unjudged,
};
pub use sweep::{FailedSeed, MOST_FAILURES, Swept};
