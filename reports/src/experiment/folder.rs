//! An experiment's folder of files, written whole or not at all.

use super::{EXPERIMENT_SCHEMA, ExperimentResults};
use crate::folder::{self, File, Inner, Kind, ReportError};
use scenarios::experiment::ALL;
use std::path::{Path, PathBuf};

/// What an experiment's folder may consist of.
const EXPERIMENT: Kind = Kind {
    marked: "summary.json",
    schema: EXPERIMENT_SCHEMA,
    holds: |name| ["summary.json", "report.txt"].contains(&name) || is_table(name),
    inner: Some(Inner { name: "charts", holds: is_chart }),
};

/// The width of `report.txt`, whatever the terminal's is.
const TEXT_WIDTH: usize = 120;

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
    folder::write(target, &EXPERIMENT, || files(results))
}

/// Whether a folder with the report of an experiment is there already.
///
/// # Errors
///
/// [`ReportError`] if the target is anything but an empty folder or an earlier report
/// of an experiment.
pub fn check_experiment_target(target: &Path) -> Result<bool, ReportError> {
    folder::check(target, &EXPERIMENT)
}

fn is_table(name: &str) -> bool {
    let tables = ALL.iter().flat_map(|experiment| experiment.sweeps).map(|sweep| sweep.table);
    name.strip_suffix(".csv").is_some_and(|stem| tables.into_iter().any(|table| table == stem))
}

fn is_chart(name: &str) -> bool {
    let stem = name.strip_suffix(".png").or(name.strip_suffix(".svg"));
    let mut charts = ALL.iter().flat_map(|experiment| experiment.charts);
    stem.is_some_and(|stem| charts.any(|chart| *chart == stem))
}

fn files(results: &ExperimentResults) -> Result<Vec<File>, ReportError> {
    let mut files = Vec::new();
    let mut add = |name: String, content: Vec<u8>| files.push(File { name, content });
    add("summary.json".into(), results.to_json().into_bytes());
    for (name, table) in results.tables() {
        add(name, table.into_bytes());
    }
    add("report.txt".into(), results.to_text(TEXT_WIDTH).into_bytes());
    for chart in results.charts()? {
        add(format!("charts/{}.png", chart.name), chart.png);
        add(format!("charts/{}.svg", chart.name), chart.svg.into_bytes());
    }
    Ok(files)
}
