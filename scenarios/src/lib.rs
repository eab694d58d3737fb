//! What is to happen in a run, as data.
//!
//! What flows in: TOML, from a file or from the library embedded in the binary.
//! What flows out: a [`Scenario`] that has been validated as a whole, or errors that
//! show the line, the caret and the mend. A [`Scenario`] writes itself back
//! as TOML, so the plan of a run is a scenario like any other.
//!
//! The format is described in [`format`](mod@format), field by field.
//!
//! ```
//! use scenarios::Scenario;
//!
//! let ghost_data = scenarios::find("ghost-data")?;
//! let written = ghost_data.to_toml();
//! let read = Scenario::parse("ghost-data.toml", &written, node::systems::all())?;
//! assert_eq!(read, ghost_data);
//!
//! let mistyped = written.replace("crash", "crsh");
//! let error = Scenario::parse("ghost-data.toml", &mistyped, node::systems::all()).unwrap_err();
//! assert_eq!(error.mistakes()[0].message(), "no action is called `crsh`");
//! assert_eq!(error.mistakes()[0].help(), "did you mean `crash`?");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod able;
mod defaults;
mod describe;
mod error;
pub mod experiment;
pub mod format;
mod library;
mod model;
mod read;
mod suggest;
mod topic;
mod words;
mod write;

pub use defaults::{
    MAX_ATTEMPTS, MAX_BYTES_PER_SECOND, MAX_CLIENTS, MAX_CORES, MAX_DURATION, MAX_FACTOR,
    MAX_FAULTS_PER_MINUTE, MAX_KEYS, MAX_NODES, MAX_QUANTILES, MAX_RATE, MIN_FAULTS_PER_MINUTE,
    SCHEMA,
};
pub use error::{InvalidScenario, LoadError, Mistake, NotFound};
pub use library::{Embedded, extend, find, library};
pub use model::*;
pub use suggest::{nearest, nearest_few};
pub use topic::{Topic, tags};
