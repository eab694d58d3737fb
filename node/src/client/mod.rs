//! The other half of a store: how a client chooses a node, and when it tries again.
//!
//! Plain values and one small state machine, [`Session`], that every host drives.

mod balancer;
mod outcome;
mod route;
mod session;

pub use balancer::Balancer;
pub use outcome::{AttemptEnd, Failure, Outcome};
pub use route::{Directory, Route};
pub use session::{Next, Retry, Session};
