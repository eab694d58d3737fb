//! What is to happen in a run, as data.
//!
//! What flows in: TOML, from a file or from the library embedded in the binary.
//! What flows out: a [`Scenario`] that has been validated as a whole, or errors that
//! show the line, the caret and the mend. A [`Scenario`] writes itself back
//! as TOML, so the plan of a run is a scenario like any other.

mod model;

pub use model::*;
