//! The format: what is read, what is refused and how, what is written, and the library.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail the test as tests do")]

mod accept;
mod common;
mod heading;
mod library;
mod reject;
mod rendering;
mod round_trip;
mod strategy;
mod traces;
