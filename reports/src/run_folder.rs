//! A run's folder of files.

use crate::{
    Chart, Charts, ReportError, StoryOptions, Summary, csv,
    folder::{self, File, Inner, Kind},
    page,
    story::{Telling, tell},
    summary::SCHEMA,
};
use judge::Run;
use std::path::{Path, PathBuf};

/// What a run's report may consist of.
const REPORT: Kind = Kind {
    marked: "summary.json",
    schema: SCHEMA,
    holds: |name| {
        [
            "story.txt",
            "summary.json",
            "plan.toml",
            "operations.csv",
            "latency.csv",
            "faults.csv",
            "replicas.csv",
            "messages.csv",
            "report.html",
        ]
        .contains(&name)
    },
    inner: Some(Inner { name: "charts", holds: is_chart }),
};

/// Writes all files of a run into the folder `target`, and names them in order.
///
/// The files: `story.txt` (told as `told` says, but on lines of 100 characters and without colour or
/// folder, so that the bytes do not depend on the place), `summary.json`, `plan.toml` (the text
/// `plan_toml`), `operations.csv`,
/// `latency.csv`, `faults.csv`, `replicas.csv`, `messages.csv` and `report.html` (if the run kept its trace), and
/// `charts/` with each [`Chart`] that says something of the run ([`Charts::shown`]) as PNG and SVG.
///
/// The files are made in a new folder beside the target, which then takes the target's place;
/// an earlier report there is replaced. Parents that are missing are made.
///
/// # Errors
///
/// [`ReportError`] if the target holds anything but an earlier report, or the file system refuses.
/// The target is then as it was before, and nothing is left beside it.
pub fn write_all(
    run: &Run,
    plan_toml: &str,
    told: &StoryOptions,
    target: &Path,
) -> Result<Vec<PathBuf>, ReportError> {
    folder::write(target, &REPORT, || files(run, plan_toml, told))
}

/// Whether a folder for a report is there already.
///
/// # Errors
///
/// [`ReportError`] if the target is anything but an empty folder or an earlier report.
pub fn check_target(target: &Path) -> Result<bool, ReportError> {
    folder::check(target, &REPORT)
}

fn is_chart(name: &str) -> bool {
    let stem = name.strip_suffix(".png").or(name.strip_suffix(".svg"));
    Chart::ALL.iter().any(|chart| stem == Some(chart.name()))
}

fn files(run: &Run, plan_toml: &str, told: &StoryOptions) -> Result<Vec<File>, ReportError> {
    let mut files = Vec::new();
    let mut add = |name: String, content: Vec<u8>| files.push(File { name, content });
    let told = told.for_a_file();
    // What came about how is found once, for both.
    let telling = Telling::new(run);
    let story = tell(&telling, &told);
    add("story.txt".into(), story.clone().into_bytes());
    add("summary.json".into(), Summary::of(run).to_json().into_bytes());
    add("plan.toml".into(), plan_toml.as_bytes().to_vec());
    add("operations.csv".into(), csv::operations(run).into_bytes());
    add("latency.csv".into(), csv::latency(run).into_bytes());
    add("faults.csv".into(), csv::faults(run).into_bytes());
    add("replicas.csv".into(), csv::replicas(run).into_bytes());
    if let Some(trace) = &run.trace {
        add("messages.csv".into(), csv::messages(trace).into_bytes());
        add("report.html".into(), page::with_story(&telling, &told, story).into_bytes());
    }
    let charts = Charts::of(run);
    for chart in charts.shown() {
        add(format!("charts/{}.png", chart.name()), charts.png(chart)?);
        add(format!("charts/{}.svg", chart.name()), charts.svg(chart)?.into_bytes());
    }
    Ok(files)
}
