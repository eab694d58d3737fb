//! The durable engine, and the system on it, on a disk that loses power, fills up, fails and rots.

mod eventual;
mod store;
mod support;
