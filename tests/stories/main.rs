//! The stories of real runs: what they say is held against the trace of the run, and the reasons that
//! were once told wrongly are told rightly.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail the test as tests do")]

mod cells;
mod claims;
mod clauses;
mod known;
mod page;
mod shown;
mod support;
