//! Levels of consistency: what a history alone can prove or refute.
//!
//! What flows in: [`Calls`]. What flows out: for each level a verdict whose witness
//! names the few calls that prove a violation.

mod call;
pub mod linear;

pub use call::{Action, Call, Calls, State, Swap};
