//! What happened, and whether it was right.
//!
//! What flows in: a [`record`], put together by the simulator, by real processes or read
//! from a file. What flows out: a [`Run`] with a verdict for each [`property`]. Nothing
//! here knows of a world, a clock or a thread; a verdict is a pure function of a record.

pub mod cause;
pub mod consistency;
pub mod foreign;
pub mod property;
pub mod record;
pub mod replay;
pub mod text;

mod plan;
mod run;

pub use run::{Run, Stage};
