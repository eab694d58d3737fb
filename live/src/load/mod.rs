//! Load: clients that ask a store for operations, and how long it takes.
//!
//! What is loaded is a [`Target`]: a cluster of nodes by the [own protocol](Cluster), or another store
//! beside which ours is measured, [`Redis`] or [`Etcd`]. All are asked by the same loop on the same thread, so
//! that what differs is theirs.
//!
//! # Two loops
//!
//! In a **closed loop** each client asks for the next operation as soon as the last one has ended. How fast that is
//! says what so few clients can have; a store that stalls is asked for less meanwhile, and the stall is one
//! slow answer for each client. There is no moment at which an operation was due, so nothing is corrected.
//!
//! In an **open loop** operations are due at a rate, whether or not earlier ones have been answered, and a
//! latency counts from the moment at which its operation was due. A client that was still waiting then is no
//! excuse: this is what *coordinated omission* leaves out. What would have been seen without that
//! correction is kept beside it.
//!
//! Only answers count as done. What ended otherwise is counted by its reason, and what was due and has not
//! ended by the end is counted as such.

mod cluster;
mod draw;
mod drive;
mod etcd;
mod pacer;
mod redis;
mod tally;
mod target;

pub use cluster::Cluster;
pub use draw::{Mix, Plan};
pub use drive::{LoadError, load};
pub use etcd::Etcd;
pub use redis::Redis;
pub use tally::{Figures, OfKind, Second, Summary};
pub use target::{Client, Target};
