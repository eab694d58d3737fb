//! The nodes of [`node`] as processes: sockets, files and threads around the same state machines.
//!
//! [`wire`] is what they say to each other in bytes, [`control`] what a process that is looked at tells
//! whoever looks. [`api`] speaks to clients in protocols of other people, by what [`ask`] offers. Neither the
//! simulator nor its runtime is known here.

pub mod api;
pub mod ask;
mod asker;
pub mod client;
pub mod cluster;
pub mod control;
mod disk;
mod host;
pub mod leash;
pub mod load;
pub mod measure;
mod metrics;
mod net;
mod now;
mod secret;
pub mod serve;
pub mod wire;

pub use asker::Asker;
pub use disk::{FolderError, lose_power, peek};
pub use net::allow_connections;
pub use serve::{Options, ServeError, Server, serve};
