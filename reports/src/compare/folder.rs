//! A comparison's folder of files.

use super::{Comparison, SCHEMA};
use crate::{
    ReportError,
    folder::{self, File, Kind},
};
use std::path::{Path, PathBuf};

const COMPARISON: Kind = Kind {
    marked: "compare.json",
    schema: SCHEMA,
    holds: |name| ["compare.json", "compare.html"].contains(&name),
    inner: None,
};

/// Whether a folder for a comparison is there already.
///
/// # Errors
///
/// [`ReportError`] if the target is anything but an empty folder or an earlier comparison.
pub fn check_target(target: &Path) -> Result<bool, ReportError> {
    folder::check(target, &COMPARISON)
}

/// Writes `compare.html`, the page of both runs, and `compare.json`, the same differences for programs, into the
/// folder `target`, whole or not at all, and names them.
///
/// # Errors
///
/// [`ReportError`] if the target holds anything but an earlier comparison, or the file system refuses.
pub fn write(both: &Comparison<'_>, target: &Path) -> Result<Vec<PathBuf>, ReportError> {
    folder::write(target, &COMPARISON, || {
        Ok(vec![
            File { name: "compare.html".into(), content: both.page().into_bytes() },
            File { name: "compare.json".into(), content: both.json().into_bytes() },
        ])
    })
}
