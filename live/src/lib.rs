//! The nodes of [`node`] as processes: sockets, files and threads around the same state machines.
//!
//! [`wire`] is what they say to each other in bytes, [`control`] what a process that is looked at tells
//! whoever looks. [`api`] speaks to clients in protocols of other people, by what [`ask`] offers. Neither the
//! simulator nor its runtime is known here.

pub mod api;
pub mod ask;
pub mod control;
pub mod wire;
