//! Hunts, whole: what is found, what is kept, and what is the same whoever looks.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail the test as tests do")]

mod by_hand;
mod corpus;
mod drawn;
mod flaws;
mod found;
mod pinpoint;
mod shrink;
