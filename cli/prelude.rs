//! What a store is written with, and what tests it.

pub use crate::cli;
pub use ::judge::{Run, record::Verdict};
pub use node::*;
pub use scenarios::{Property, Scenario};
pub use sim::{Client, Cluster, Detail, Gear, Simulation};
