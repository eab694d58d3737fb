//! A run's folder of files, written whole or not at all.

use crate::{Chart, ChartError, StoryOptions, Summary, csv, story, summary::SCHEMA};
use sim::Run;
use std::{
    fs, io,
    path::{Path, PathBuf},
};

/// What a report may consist of.
const FILES: [&str; 9] = [
    "story.txt",
    "summary.json",
    "plan.toml",
    "operations.csv",
    "latency.csv",
    "faults.csv",
    "replicas.csv",
    "messages.csv",
    "charts",
];

/// A report could not be written.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The target holds something that no earlier report has put there.
    #[error(
        "`{}` already holds something that seedbed has not written (`{found}`), so it is left as it \
         is; choose another folder with --out, or empty this one",
        path.display()
    )]
    Foreign {
        /// The target.
        path: PathBuf,
        /// The name of what was found in it.
        found: String,
    },
    /// The target is a file.
    #[error(
        "`{}` is not a folder, so no report can be written there; choose another folder with --out",
        path.display()
    )]
    NotAFolder {
        /// The target.
        path: PathBuf,
    },
    /// The target is the root of a file system, or has no name, as in `..`.
    #[error(
        "`{}` cannot be replaced by a report; name a folder of its own with --out",
        path.display()
    )]
    NoName {
        /// The target.
        path: PathBuf,
    },
    /// The file system refused.
    #[error(
        "cannot {action} `{}`: {source}; check that the place exists, may be written and has room, \
         or choose another folder with --out",
        path.display()
    )]
    Io {
        /// What was tried.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// What the file system said.
        source: io::Error,
    },
    /// A chart could not be drawn.
    #[error(transparent)]
    Chart(#[from] ChartError),
}

/// Writes all files of a run into the folder `target`, and names them in order.
///
/// The files: `story.txt`, `summary.json`, `plan.toml` (the text `plan_toml`), `operations.csv`,
/// `latency.csv`, `faults.csv`, `replicas.csv`, `messages.csv` (if the run kept its trace), and
/// `charts/` with each [`Chart`] as PNG and SVG.
///
/// The files are made in a new folder beside the target, which then takes the target's place;
/// an earlier report there is replaced. Parents that are missing are made.
///
/// # Errors
///
/// [`ReportError`] if the target holds anything but an earlier report, or the file system refuses.
/// The target is then as it was before, and nothing is left beside it.
pub fn write_all(run: &Run, plan_toml: &str, target: &Path) -> Result<Vec<PathBuf>, ReportError> {
    let fill = |folder: &Path| fill(run, plan_toml, folder);
    write_folder(target, check_target, fill)
}

/// Makes a folder of files, whole or not at all, and names them in order. `check` says whether
/// the target is there already and may be replaced, and `fill` writes into a new folder.
pub(crate) fn write_folder(
    target: &Path,
    check: impl FnOnce(&Path) -> Result<bool, ReportError>,
    fill: impl FnOnce(&Path) -> Result<Vec<PathBuf>, ReportError>,
) -> Result<Vec<PathBuf>, ReportError> {
    let target = &resolve(target)?;
    let is_there = check(target)?;
    let parent = match target.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let made = make_parents(parent)?;
    let written = write_beside(fill, parent, target, is_there);
    if written.is_err() {
        // Only folders that were made here, and only while they are empty.
        for folder in made.iter().rev() {
            let _ = fs::remove_dir(folder);
        }
    }
    written
}

fn write_beside(
    fill: impl FnOnce(&Path) -> Result<Vec<PathBuf>, ReportError>,
    parent: &Path,
    target: &Path,
    is_there: bool,
) -> Result<Vec<PathBuf>, ReportError> {
    let make = |prefix| tempfile::Builder::new().prefix(prefix).tempdir_in(parent);
    let fresh = make(".seedbed-new-").map_err(failed("make a folder in", parent))?;
    let content = fresh.path().join("report");
    let names = fill(&content)?;
    if is_there {
        let old = make(".seedbed-old-").map_err(failed("make a folder in", parent))?;
        let aside = old.path().join("report");
        fs::rename(target, &aside).map_err(failed("replace", target))?;
        if let Err(source) = fs::rename(&content, target) {
            // What was there goes back to its place.
            fs::rename(&aside, target).map_err(failed("put back", target))?;
            return Err(failed("write", target)(source));
        }
    } else {
        fs::rename(&content, target).map_err(failed("write", target))?;
    }
    Ok(names.into_iter().map(|name| target.join(name)).collect())
}

/// A path that ends in a name, since a folder such as `.` cannot be replaced by renaming.
fn resolve(target: &Path) -> Result<PathBuf, ReportError> {
    if target.file_name().is_some() {
        return Ok(target.to_owned());
    }
    let resolved = fs::canonicalize(target).map_err(failed("find", target))?;
    match resolved.file_name() {
        Some(_) => Ok(resolved),
        None => Err(ReportError::NoName { path: target.to_owned() }),
    }
}

/// Whether a folder for a report is there already.
///
/// # Errors
///
/// [`ReportError`] if the target is anything but an empty folder or an earlier report.
pub fn check_target(target: &Path) -> Result<bool, ReportError> {
    let charts: Vec<_> = Chart::ALL.iter().map(|chart| chart.name()).collect();
    check_folder(target, &Contents { schema: SCHEMA, files: &FILES, charts: &charts })
}

/// What a folder of ours may hold beside `summary.json`, and how that one is marked.
pub(crate) struct Contents<'a> {
    /// The value of `schema` in the summary.
    pub(crate) schema: &'a str,
    /// Names of files.
    pub(crate) files: &'a [&'a str],
    /// What may be in the folder `charts`, without extension.
    pub(crate) charts: &'a [&'a str],
}

/// Whether a folder with these contents is there already.
pub(crate) fn check_folder(target: &Path, contents: &Contents<'_>) -> Result<bool, ReportError> {
    let metadata = match fs::metadata(target) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(failed("look at", target)(error)),
    };
    if !metadata.is_dir() {
        return Err(ReportError::NotAFolder { path: target.to_owned() });
    }
    match foreign(target, contents).map_err(failed("read", target))? {
        None => Ok(true),
        Some(found) => Err(ReportError::Foreign { path: target.to_owned(), found }),
    }
}

/// The first name, in order, of what is in a folder but not of an earlier report. A summary
/// without our mark is not of a report, and without a summary nothing is.
fn foreign(folder: &Path, contents: &Contents<'_>) -> io::Result<Option<String>> {
    let names = names(folder)?;
    let is_summary = |name: &String| name == "summary.json";
    let is_report = is_marked(&folder.join("summary.json"), contents.schema);
    let alien = |name: &&String| !is_report || !contents.files.contains(&name.as_str());
    if let Some(found) = names.iter().find(|name| is_summary(name) && !is_report) {
        return Ok(Some(found.clone()));
    }
    if let Some(found) = names.iter().find(alien) {
        return Ok(Some(found.clone()));
    }
    let charts = folder.join("charts");
    if !charts.is_dir() {
        return Ok(None);
    }
    let is_chart = |name: &String| {
        let stem = name.strip_suffix(".png").or(name.strip_suffix(".svg"));
        stem.is_some_and(|stem| contents.charts.contains(&stem))
    };
    let alien = self::names(&charts)?.into_iter().find(|name| !is_chart(name));
    Ok(alien.map(|name| format!("charts/{name}")))
}

/// The names in a folder, in order.
fn names(folder: &Path) -> io::Result<Vec<String>> {
    let names = fs::read_dir(folder)?.map(|entry| Ok(entry?.file_name().to_string_lossy().into()));
    let mut names = names.collect::<io::Result<Vec<String>>>()?;
    names.sort_unstable();
    Ok(names)
}

/// Whether a file is a summary with our mark.
fn is_marked(summary: &Path, schema: &str) -> bool {
    let Ok(summary) = fs::read(summary) else {
        return false;
    };
    serde_json::from_slice::<serde_json::Value>(&summary)
        .is_ok_and(|summary| summary.get("schema").and_then(|mark| mark.as_str()) == Some(schema))
}

/// Makes the folders on the way to `folder` that are missing, and names them from the top.
fn make_parents(folder: &Path) -> Result<Vec<PathBuf>, ReportError> {
    let is_missing = |ancestor: &&Path| !ancestor.as_os_str().is_empty() && !ancestor.exists();
    let mut missing: Vec<PathBuf> =
        folder.ancestors().take_while(is_missing).map(Path::to_owned).collect();
    missing.reverse();
    for (position, ancestor) in missing.iter().enumerate() {
        if let Err(source) = fs::create_dir(ancestor) {
            for made in missing[..position].iter().rev() {
                let _ = fs::remove_dir(made);
            }
            return Err(failed("make the folder", ancestor)(source));
        }
    }
    Ok(missing)
}

/// Writes every file of a run into a new folder and names them.
fn fill(run: &Run, plan_toml: &str, folder: &Path) -> Result<Vec<PathBuf>, ReportError> {
    let mut files = Files::new(folder)?;
    // No folder and no colour, so that the bytes depend on the run alone.
    files.write("story.txt", story(run, &StoryOptions::default()).as_bytes())?;
    files.write("summary.json", Summary::of(run).to_json().as_bytes())?;
    files.write("plan.toml", plan_toml.as_bytes())?;
    files.write("operations.csv", csv::operations(run).as_bytes())?;
    files.write("latency.csv", csv::latency(run).as_bytes())?;
    files.write("faults.csv", csv::faults(run).as_bytes())?;
    files.write("replicas.csv", csv::replicas(run).as_bytes())?;
    if let Some(trace) = &run.trace {
        files.write("messages.csv", csv::messages(trace).as_bytes())?;
    }
    for chart in Chart::ALL {
        files.write_chart(chart.name(), &chart.png(run)?, &chart.svg(run)?)?;
    }
    Ok(files.names)
}

/// A new folder that is being filled.
pub(crate) struct Files<'a> {
    folder: &'a Path,
    /// What has been written, in order.
    pub(crate) names: Vec<PathBuf>,
}

impl<'a> Files<'a> {
    /// Makes the folder, and one for charts in it.
    pub(crate) fn new(folder: &'a Path) -> Result<Self, ReportError> {
        let charts = folder.join("charts");
        fs::create_dir_all(&charts).map_err(failed("make the folder", &charts))?;
        Ok(Self { folder, names: Vec::new() })
    }

    /// Writes a file.
    pub(crate) fn write(&mut self, name: &str, content: &[u8]) -> Result<(), ReportError> {
        let path = self.folder.join(name);
        fs::write(&path, content).map_err(failed("write", &path))?;
        self.names.push(PathBuf::from(name));
        Ok(())
    }

    /// Writes a chart, as PNG and as SVG.
    pub(crate) fn write_chart(
        &mut self,
        name: &str,
        png: &[u8],
        svg: &str,
    ) -> Result<(), ReportError> {
        self.write(&format!("charts/{name}.png"), png)?;
        self.write(&format!("charts/{name}.svg"), svg.as_bytes())
    }
}

/// Names the path and what was tried on it.
fn failed(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> ReportError {
    let path = path.to_owned();
    move |source| ReportError::Io { action, path, source }
}
