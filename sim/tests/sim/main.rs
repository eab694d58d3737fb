//! Whole runs: what the world promises, what a run leaves on record, and what is judged of it.
//!
//! One program, since each links the simulator and all the stores.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail the test as tests do")]

mod balancer;
mod bank;
mod causes;
mod come_and_go;
mod common;
mod determinism;
mod examples;
mod faults;
mod forks;
mod hold;
mod judged;
mod limits;
mod membership;
mod network;
mod nodes;
mod numbers;
mod outside;
mod overlaps;
mod pins;
mod placement;
mod plans;
mod records;
mod recoverable;
mod service;
mod serving;
mod storage;
mod sweeps;
mod versions;
mod waits;
mod zones;
