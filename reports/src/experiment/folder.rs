//! An experiment's folder of files, written whole or not at all.

use super::{EXPERIMENT_SCHEMA, ExperimentResults};
use crate::folder::{Contents, Files, ReportError, check_folder, write_folder};
use sim::experiment::{ALL, Experiment};
use std::path::{Path, PathBuf};

/// Writes all files of an experiment into the folder `target`, and names them in order.
///
/// The files: `summary.json`, a CSV file for each table, the first of which is `data.csv`,
/// `report.txt` (what the terminal shows), and `charts/` with each chart as PNG and SVG.
///
/// # Errors
///
/// As [`write_all`](crate::write_all); an earlier report of an experiment is replaced.
pub fn write_experiment(
    results: &ExperimentResults,
    target: &Path,
) -> Result<Vec<PathBuf>, ReportError> {
    write_folder(
        target,
        |target| check_experiment_target(&results.experiment, target),
        |folder| {
            let mut files = Files::new(folder)?;
            files.write("summary.json", results.to_json().as_bytes())?;
            for (name, table) in results.tables() {
                files.write(&name, table.as_bytes())?;
            }
            files.write("report.txt", results.to_text(TEXT_WIDTH).as_bytes())?;
            for chart in results.charts()? {
                files.write_chart(chart.name, &chart.png, &chart.svg)?;
            }
            Ok(files.names)
        },
    )
}

/// The width of `report.txt`, whatever the terminal's is.
const TEXT_WIDTH: usize = 120;

/// Whether a folder with the report of an experiment is there already.
///
/// # Errors
///
/// [`ReportError`] if the target is anything but an empty folder or an earlier report
/// of an experiment.
pub fn check_experiment_target(
    experiment: &Experiment,
    target: &Path,
) -> Result<bool, ReportError> {
    let every = || ALL.iter().chain([experiment]);
    let mut files = vec!["summary.json".to_owned(), "report.txt".to_owned(), "charts".to_owned()];
    let tables = every().flat_map(|experiment| experiment.sweeps);
    files.extend(tables.map(|sweep| format!("{}.csv", sweep.table)));
    let files: Vec<_> = files.iter().map(String::as_str).collect();
    let charts: Vec<_> = every().flat_map(|experiment| experiment.charts).copied().collect();
    check_folder(target, &Contents { schema: EXPERIMENT_SCHEMA, files: &files, charts: &charts })
}
