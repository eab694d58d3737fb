//! What is put in may be anything: it is accepted or refused, in bounded time and memory, and nothing breaks.
//!
//! Each test has one kind of input made from things that are right by a few changes, a bounded number of
//! times, the same ones every time. With `SEEDBED_FUZZ_SECONDS` each goes on for so long with others, which `.ci/fuzz` asks
//! for at night. Each says how much of it was accepted and how much refused: a generator of which all is refused tests
//! a reader's first line alone, and one of which all is accepted tests no refusal.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail the test as tests do")]

mod commands;
mod extremes;
mod histories;
mod mutate;
mod records;
mod rounds;
mod scenario_files;
