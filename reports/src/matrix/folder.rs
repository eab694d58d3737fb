//! The matrix's folder of files.

use super::{Matrix, json::SCHEMA};
use crate::{
    ReportError,
    folder::{self, File, Kind},
};
use std::path::{Path, PathBuf};

const MATRIX: Kind = Kind {
    marked: "matrix.json",
    schema: SCHEMA,
    holds: |name| {
        ["matrix.csv", "matrix.md", "matrix.json", "matrix.png", "matrix.svg", "beside.csv"]
            .contains(&name)
    },
    inner: None,
};

/// Writes `matrix.csv`, `matrix.md`, `matrix.json`, `matrix.png` and `matrix.svg` into the
/// folder `target`, of runs on processes `beside.csv` too, all of them or none, and names them in order. An earlier matrix there is
/// replaced; parents that are missing are made.
///
/// # Errors
///
/// [`ReportError`] if the target holds anything but an earlier matrix, or the file system
/// refuses. The target is then as it was before, and nothing is left beside it.
pub fn write(matrix: &Matrix, target: &Path) -> Result<Vec<PathBuf>, ReportError> {
    folder::write(target, &MATRIX, || {
        let file = |name: &str, content| File { name: name.to_owned(), content };
        let beside = matrix.beside_csv().map(|text| file("beside.csv", text.into_bytes()));
        let mut files = vec![
            file("matrix.csv", matrix.csv().into_bytes()),
            file("matrix.md", matrix.markdown().into_bytes()),
            file("matrix.json", matrix.to_json().into_bytes()),
            file("matrix.png", matrix.png()?),
            file("matrix.svg", matrix.svg()?.into_bytes()),
        ];
        files.extend(beside);
        Ok(files)
    })
}

/// Whether a folder for a matrix is there already.
///
/// # Errors
///
/// [`ReportError`] if the target is anything but an empty folder or an earlier matrix.
pub fn check_target(target: &Path) -> Result<bool, ReportError> {
    folder::check(target, &MATRIX)
}
