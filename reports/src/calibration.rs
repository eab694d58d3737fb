//! What a calibration writes down, whole or not at all.

use crate::folder::{self, File, Kind, ReportError};
use std::path::{Path, PathBuf};

/// What marks the summary of a calibration, and its version.
pub const CALIBRATION_SCHEMA: &str = "seedbed-calibration/1";

/// What a calibration's folder may consist of.
const CALIBRATION: Kind = Kind {
    marked: "summary.json",
    schema: CALIBRATION_SCHEMA,
    holds: |name| {
        ["summary.json", "calibration.csv", "fragment.toml", "scenario.toml"].contains(&name)
    },
    inner: None,
};

/// The files of a calibration.
#[derive(Clone, Debug)]
pub struct Calibration {
    /// `summary.json`, which says [`CALIBRATION_SCHEMA`] as its `schema`.
    pub summary: String,
    /// `calibration.csv`: a row for each measure.
    pub table: String,
    /// `fragment.toml`: what was fitted, as parts of a scenario.
    pub fragment: String,
    /// `scenario.toml`: a scenario that runs with it.
    pub scenario: String,
}

/// Writes all files of a calibration into the folder `target`.
///
/// # Errors
///
/// As [`write_all`](crate::write_all); an earlier calibration is replaced.
pub fn write_calibration(
    calibration: Calibration,
    target: &Path,
) -> Result<Vec<PathBuf>, ReportError> {
    let Calibration { summary, table, fragment, scenario } = calibration;
    let files = [
        ("summary.json", summary),
        ("calibration.csv", table),
        ("fragment.toml", fragment),
        ("scenario.toml", scenario),
    ];
    let file =
        |(name, text): (&str, String)| File { name: name.to_owned(), content: text.into_bytes() };
    folder::write(target, &CALIBRATION, || Ok(files.map(file).into()))
}

/// Whether a folder with a calibration is there already.
///
/// # Errors
///
/// [`ReportError`] if the target is anything but an empty folder or an earlier calibration.
pub fn check_calibration_target(target: &Path) -> Result<bool, ReportError> {
    folder::check(target, &CALIBRATION)
}
