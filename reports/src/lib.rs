//! What a finished run looks like: tables, charts and a story.
//!
//! What flows in: a [`judge::Run`]. What flows out: text and bytes that are a pure
//! function of it, with no wall clock and no randomness, so that the same run gives the same
//! files to the byte. [`story()`] tells the run in the terminal, [`Summary`] is what machines
//! read, [`csv`] holds the tables, [`Charts`] draws, and [`write_all`] puts all of
//! it into a folder, whole or not at all. [`matrix`] does the same for many runs side by side, [`compare`] for two, and
//! [`glossary`] says what the words mean.
//!
//! ```no_run
//! # fn example(run: &judge::Run, plan_toml: &str) -> Result<(), reports::ReportError> {
//! let told = reports::StoryOptions::default();
//! print!("{}", reports::story(run, &told));
//! let files = reports::write_all(run, plan_toml, &told, "out/ghost-data".as_ref())?;
//! # let _ = files;
//! # Ok(())
//! # }
//! ```

pub mod beats;
pub mod bench;
mod calibration;
pub mod chart;
pub mod compare;
pub mod csv;
mod event;
mod event_line;
pub mod experiment;
mod figures;
mod folder;
pub mod glossary;
pub mod matrix;
mod page;
mod paper;
pub mod pinpoint;
mod quantile;
mod replication;
mod run_folder;
pub mod site;
pub mod story;
mod summary;
mod text;
mod titled;
mod windows;

#[cfg(test)]
#[allow(dead_code, reason = "unit tests need but a part of what the other tests do")]
#[path = "../tests/reports/support/mod.rs"]
mod support;

pub use bench::{Bench, check_bench_target, write_bench};
pub use calibration::{
    CALIBRATION_SCHEMA, Calibration, check_calibration_target, write_calibration,
};
pub use chart::{Chart, ChartError, Charts};
pub use event::{Events, shorten};
pub use event_line::event_line;
pub use experiment::{ExperimentResults, Measurement, check_experiment_target, write_experiment};
pub use folder::ReportError;
pub use matrix::Matrix;
pub use page::page;
pub use pinpoint::Pinpoint;
pub use quantile::{LatencySummary, nearest_rank};
pub use run_folder::{check_target, write_all};
pub use story::{StoryOptions, flaw_options, story};
pub use summary::{SCHEMA, SCHEMA_VERSION, Summary};
