//! A folder of files, written whole or not at all.

use crate::ChartError;
use std::{
    fs, io,
    path::{Path, PathBuf},
};
use tempfile::TempDir;

/// What a folder of ours consists of: an earlier one is known by that and may be replaced.
pub(crate) struct Kind {
    /// The JSON file whose `schema` marks the folder as ours.
    pub(crate) marked: &'static str,
    /// The mark.
    pub(crate) schema: &'static str,
    /// Which files may be there.
    pub(crate) holds: fn(&str) -> bool,
    /// A folder within, if there may be one.
    pub(crate) inner: Option<Inner>,
}

/// A folder within a folder.
#[derive(Clone, Copy)]
pub(crate) struct Inner {
    /// Its name.
    pub(crate) name: &'static str,
    /// Which names may be in it.
    pub(crate) holds: fn(&str) -> bool,
}

/// A file that is to be written.
pub(crate) struct File {
    /// Its path within the folder, with `/` between names.
    pub(crate) name: String,
    /// Its bytes.
    pub(crate) content: Vec<u8>,
}

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
    /// The target is a link to what is not there.
    #[error(
        "`{}` is a link that points to nothing, so no report can be written there; make the folder that it \
         points to, or choose another with --out",
        path.display()
    )]
    Dangling {
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
    /// Neither the new report nor the old one could be put in the target's place.
    #[error(
        "cannot put back `{}`: {}; what was there is kept in `{}`, move it back from there",
        path.display(),
        source.kind(),
        kept.display()
    )]
    NotPutBack {
        /// The target.
        path: PathBuf,
        /// Where the old report is.
        kept: PathBuf,
        /// What the file system said.
        source: io::Error,
    },
    /// The file system refused.
    #[error(
        "cannot {action} `{}`: {}; check that the place exists, may be written and has room, \
         or choose another folder with --out",
        path.display(),
        // Not the error itself: it may name a passing file of ours.
        source.kind()
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

/// Puts files into the folder `target`, and names them in order. They are made once the target
/// is known to be fit for them.
///
/// The files are written into a new folder beside the target, which then takes the target's
/// place; an earlier folder of the same kind is replaced. Parents that are missing are made.
///
/// # Errors
///
/// [`ReportError`] if the target holds anything but an earlier folder of this kind, or the file
/// system refuses. The target is then as it was before, and nothing is left beside it; only if what
/// was there cannot be put back does it stay beside the target, and the error says where.
pub(crate) fn write(
    target: &Path,
    kind: &Kind,
    files: impl FnOnce() -> Result<Vec<File>, ReportError>,
) -> Result<Vec<PathBuf>, ReportError> {
    let target = &resolve(target)?;
    let is_there = check(target, kind)?;
    let files = files()?;
    let parent = match target.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let made = make_parents(parent)?;
    let written = write_beside(&files, parent, target, is_there);
    if written.is_err() {
        // Only folders that were made here, and only while they are empty.
        for folder in made.iter().rev() {
            let _ = fs::remove_dir(folder);
        }
    }
    written?;
    Ok(files.into_iter().map(|file| target.join(file.name)).collect())
}

fn write_beside(
    files: &[File],
    parent: &Path,
    target: &Path,
    is_there: bool,
) -> Result<(), ReportError> {
    let make = |prefix| tempfile::Builder::new().prefix(prefix).tempdir_in(parent);
    let fresh = make(".seedbed-new-").map_err(failed("make a folder in", parent))?;
    let content = fresh.path().join("report");
    fill(&content, files)?;
    if !is_there {
        return fs::rename(&content, target).map_err(failed("write", target));
    }
    let old = make(".seedbed-old-").map_err(failed("make a folder in", parent))?;
    let aside = old.path().join("report");
    fs::rename(target, &aside).map_err(failed("replace", target))?;
    put_in_place(&content, target, old, |from, to| fs::rename(from, to))
}

/// Moves the new report to the target's place, or else the old one back to it. An old one that can
/// be moved nowhere stays where it is.
fn put_in_place(
    content: &Path,
    target: &Path,
    old: TempDir,
    rename: impl Fn(&Path, &Path) -> io::Result<()>,
) -> Result<(), ReportError> {
    let Err(refused) = rename(content, target) else {
        return Ok(());
    };
    match rename(&old.path().join("report"), target) {
        Ok(()) => Err(failed("write", target)(refused)),
        Err(source) => {
            let kept = old.keep().join("report");
            Err(ReportError::NotPutBack { path: target.to_owned(), kept, source })
        }
    }
}

/// Writes every file into a new folder.
fn fill(folder: &Path, files: &[File]) -> Result<(), ReportError> {
    fs::create_dir(folder).map_err(failed("make the folder", folder))?;
    for file in files {
        let path = folder.join(&file.name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(failed("make the folder", parent))?;
        }
        fs::write(&path, &file.content).map_err(failed("write", &path))?;
    }
    Ok(())
}

/// A path that ends in the name of the folder itself: one such as `.` cannot be replaced by renaming, and of a
/// link it is what it points to that is replaced, while the link stays.
fn resolve(target: &Path) -> Result<PathBuf, ReportError> {
    let is_link = fs::symlink_metadata(target).is_ok_and(|it| it.file_type().is_symlink());
    if target.file_name().is_some() && !is_link {
        return Ok(target.to_owned());
    }
    if is_link && !target.exists() {
        return Err(ReportError::Dangling { path: target.to_owned() });
    }
    let resolved = fs::canonicalize(target).map_err(failed("find", target))?;
    match resolved.file_name() {
        Some(_) => Ok(resolved),
        None => Err(ReportError::NoName { path: target.to_owned() }),
    }
}

/// Whether a folder of this kind, or an empty one, is there already.
///
/// # Errors
///
/// [`ReportError`] if the target is anything else that exists.
pub(crate) fn check(target: &Path, kind: &Kind) -> Result<bool, ReportError> {
    let metadata = match fs::metadata(target) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            // A link that points to nothing is there all the same.
            return resolve(target).map(|_| false);
        }
        Err(error) => return Err(failed("look at", target)(error)),
    };
    if !metadata.is_dir() {
        return Err(ReportError::NotAFolder { path: target.to_owned() });
    }
    match foreign(target, kind).map_err(failed("read", target))? {
        None => Ok(true),
        Some(found) => Err(ReportError::Foreign { path: target.to_owned(), found }),
    }
}

/// The first name, in order, of what is in a folder but not of our making. A marked file
/// without the mark is not ours, and without it nothing is.
fn foreign(folder: &Path, kind: &Kind) -> io::Result<Option<String>> {
    let names = names(folder)?;
    let is_ours = has_mark(&folder.join(kind.marked), kind.schema);
    if !is_ours && names.iter().any(|name| name == kind.marked) {
        return Ok(Some(kind.marked.to_owned()));
    }
    let inner = kind.inner.filter(|inner| folder.join(inner.name).is_dir());
    let belongs =
        |name: &String| (kind.holds)(name) || inner.is_some_and(|inner| inner.name == name);
    if let Some(found) = names.into_iter().find(|name| !is_ours || !belongs(name)) {
        return Ok(Some(found));
    }
    let Some(Inner { name: inner, holds }) = inner else {
        return Ok(None);
    };
    let alien = self::names(&folder.join(inner))?.into_iter().find(|name| !holds(name));
    Ok(alien.map(|name| format!("{inner}/{name}")))
}

/// The names in a folder, in order.
fn names(folder: &Path) -> io::Result<Vec<String>> {
    let names = fs::read_dir(folder)?.map(|entry| Ok(entry?.file_name().to_string_lossy().into()));
    let mut names = names.collect::<io::Result<Vec<String>>>()?;
    names.sort_unstable();
    Ok(names)
}

/// Whether a JSON file has this mark.
fn has_mark(file: &Path, schema: &str) -> bool {
    let Ok(content) = fs::read(file) else {
        return false;
    };
    serde_json::from_slice::<serde_json::Value>(&content)
        .is_ok_and(|content| content.get("schema").and_then(|mark| mark.as_str()) == Some(schema))
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

/// Names the path and what was tried on it.
fn failed(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> ReportError {
    let path = path.to_owned();
    move |source| ReportError::Io { action, path, source }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Puts a report in the place of an old one, where the file system allows so many renames.
    fn put(allowed: usize) -> (Result<(), ReportError>, tempfile::TempDir) {
        let parent = tempfile::tempdir().unwrap();
        let (content, target) = (parent.path().join("new"), parent.path().join("target"));
        fs::create_dir(&content).unwrap();
        let old = tempfile::Builder::new().prefix("old-").tempdir_in(parent.path()).unwrap();
        fs::create_dir(old.path().join("report")).unwrap();
        fs::write(old.path().join("report/summary.json"), "old").unwrap();
        let renamed = std::cell::Cell::new(0);
        let rename = |from: &Path, to: &Path| {
            renamed.set(renamed.get() + 1);
            // The first is the one that fails.
            if renamed.get() <= 2 - allowed {
                return Err(io::ErrorKind::PermissionDenied.into());
            }
            fs::rename(from, to)
        };
        (put_in_place(&content, &target, old, rename), parent)
    }

    #[test]
    fn an_old_report_that_cannot_be_put_back_is_not_deleted() {
        let (result, parent) = put(0);
        let Err(ReportError::NotPutBack { kept, .. }) = &result else {
            panic!("{result:?}");
        };
        assert_eq!(fs::read(kept.join("summary.json")).unwrap(), b"old");
        assert!(kept.starts_with(parent.path()));
        assert!(result.unwrap_err().to_string().contains("what was there is kept in"));
    }

    #[test]
    fn an_old_report_that_can_be_put_back_is() {
        let (result, parent) = put(1);
        assert!(matches!(result, Err(ReportError::Io { action: "write", .. })));
        assert_eq!(fs::read(parent.path().join("target/summary.json")).unwrap(), b"old");
        let (result, parent) = put(2);
        assert!(result.is_ok() && !parent.path().join("target/summary.json").exists());
        assert_eq!(fs::read_dir(parent.path()).unwrap().count(), 1, "nothing is left beside it");
    }
}
