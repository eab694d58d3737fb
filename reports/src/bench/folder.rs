//! A bench's folder of files, written whole or not at all.

use super::{BENCH_SCHEMA, Bench};
use crate::folder::{self, File, Inner, Kind, ReportError};
use std::path::{Path, PathBuf};

/// What a bench's folder may consist of.
const BENCH: Kind = Kind {
    marked: "summary.json",
    schema: BENCH_SCHEMA,
    holds: |name| ["summary.json", "bench.csv", "quantiles.csv", "report.txt"].contains(&name),
    inner: Some(Inner {
        name: "charts",
        holds: |name| {
            let stem = name.strip_suffix(".png").or(name.strip_suffix(".svg"));
            stem.is_some_and(|stem| ["throughput", "latency"].contains(&stem))
        },
    }),
};

/// The width of `report.txt`, whatever the terminal's is.
const TEXT_WIDTH: usize = 120;

/// Writes all files of a bench into the folder `target`, and names them in order: `summary.json`, `bench.csv`,
/// `quantiles.csv`, `report.txt` (what the terminal shows), and `charts/` with each chart as PNG and SVG.
///
/// # Errors
///
/// As [`write_all`](crate::write_all); an earlier bench is replaced.
pub fn write_bench(bench: &Bench, target: &Path) -> Result<Vec<PathBuf>, ReportError> {
    folder::write(target, &BENCH, || files(bench))
}

/// Whether a folder with a bench is there already.
///
/// # Errors
///
/// [`ReportError`] if the target is anything but an empty folder or an earlier bench.
pub fn check_bench_target(target: &Path) -> Result<bool, ReportError> {
    folder::check(target, &BENCH)
}

fn files(bench: &Bench) -> Result<Vec<File>, ReportError> {
    let mut files = Vec::new();
    let mut add = |name: String, content: Vec<u8>| files.push(File { name, content });
    add("summary.json".into(), bench.to_json().into_bytes());
    add("bench.csv".into(), bench.to_csv().into_bytes());
    add("quantiles.csv".into(), bench.quantiles_csv().into_bytes());
    add("report.txt".into(), bench.to_text(TEXT_WIDTH).into_bytes());
    for chart in bench.charts()? {
        add(format!("charts/{}.png", chart.name), chart.png);
        add(format!("charts/{}.svg", chart.name), chart.svg.into_bytes());
    }
    Ok(files)
}
