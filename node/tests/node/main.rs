//! The stores alone: by golden scripts, in small clusters, and on disks that fail.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail the test as tests do")]

mod anonymous;
mod durable;
mod raft;
mod script;
mod scripts;
