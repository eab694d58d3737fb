//! Parts that several store designs share, each under its own name.
//!
//! They are plain values without a protocol of their own: a system's module still
//! shows every message it sends and every decision it takes.

mod acks;
mod call;
mod last_writer_wins;
mod retry;
mod vector_clock;

pub use acks::Acks;
pub use call::{CallId, Calls};
pub use last_writer_wins::Stamp;
pub use retry::RetryPolicy;
pub use vector_clock::{Causality, VectorClock};
