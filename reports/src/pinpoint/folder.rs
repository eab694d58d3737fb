//! The folder of files.

use super::{Pinpoint, json::SCHEMA};
use crate::{
    ReportError,
    folder::{self, File, Kind},
};
use std::path::{Path, PathBuf};

const PINPOINT: Kind = Kind {
    marked: "pinpoint.json",
    schema: SCHEMA,
    holds: |name| name.strip_prefix("pinpoint.").is_some_and(|ending| ENDINGS.contains(&ending)),
    inner: None,
};

const ENDINGS: [&str; 5] = ["json", "csv", "txt", "png", "svg"];

/// Writes `pinpoint.json`, `.csv`, `.txt`, `.png` and `.svg` into the folder `target`, all of them or
/// none, and names them in order. An earlier such folder is replaced; parents that are missing are made.
///
/// # Errors
///
/// [`ReportError`] if the target holds anything else, or the file system refuses. The target is then
/// as it was before.
pub fn write(pinpoint: &Pinpoint<'_>, target: &Path) -> Result<Vec<PathBuf>, ReportError> {
    folder::write(target, &PINPOINT, || {
        let file = |ending: &str, content| File { name: format!("pinpoint.{ending}"), content };
        Ok(vec![
            file("json", pinpoint.to_json().into_bytes()),
            file("csv", pinpoint.to_csv().into_bytes()),
            file("txt", pinpoint.to_text().into_bytes()),
            file("png", pinpoint.png()?),
            file("svg", pinpoint.svg()?.into_bytes()),
        ])
    })
}

/// Whether such a folder is there already.
///
/// # Errors
///
/// [`ReportError`] if the target is anything but an empty folder or an earlier one of ours.
pub fn check_target(target: &Path) -> Result<bool, ReportError> {
    folder::check(target, &PINPOINT)
}
