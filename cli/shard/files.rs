//! Files that a command reads and writes, so that what it found can be told where they are not.

use crate::{failure::Failure, interrupt};
use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    sync::OnceLock,
};

/// The files as the parts of a command read them, by their paths. While parts are joined, no other is
/// read.
static STAND_INS: OnceLock<BTreeMap<String, String>> = OnceLock::new();

/// From now on these stand in for the files of the disk.
pub(super) fn stand_in(files: BTreeMap<String, String>) {
    // It is done once, before anything is read.
    let _ = STAND_INS.set(files);
}

/// What stands in for the files of the disk, if anything does.
pub(crate) fn stand_ins() -> Option<&'static BTreeMap<String, String>> {
    STAND_INS.get()
}

/// The text of a file that need not be there.
pub(crate) fn text(path: &str) -> Result<Option<String>, Failure> {
    if let Some(files) = stand_ins() {
        return Ok(files.get(path).cloned());
    }
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(cannot("read", Path::new(path), &error)),
    }
}

/// The texts of those of these files that are there.
pub(super) fn texts(paths: &[String]) -> Result<BTreeMap<String, String>, Failure> {
    let mut texts = BTreeMap::new();
    for path in paths {
        texts.extend(text(path)?.map(|text| (path.clone(), text)));
    }
    Ok(texts)
}

/// Whether a scenario is named by the path of its file.
pub(crate) fn is_path(name: &str) -> bool {
    name.ends_with(".toml") || name.contains(std::path::is_separator)
}

/// Makes sure that a file can be written there, as far as can be known beforehand.
pub(crate) fn check_target(target: &Path) -> Result<(), Failure> {
    if target.is_dir() {
        return Err(Failure::input(
            format!("{} is a folder", target.display()),
            "name a file, which may be one in it",
        ));
    }
    let folder = folder_of(target);
    if folder.is_dir() {
        return Ok(());
    }
    Err(Failure::input(
        format!("there is no folder {}", folder.display()),
        format!("make it first, so that {} can be written", target.display()),
    ))
}

/// Writes a file so that it is there whole or not at all.
pub(crate) fn put(path: &Path, text: &str) -> Result<(), Failure> {
    let _whole_or_not_at_all = interrupt::while_writing();
    // Of a link it is what it points to that is written, and the link stays.
    let path = &fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let mut name = path.file_name().unwrap_or_default().to_owned();
    // Several parts may write at once, each its own file.
    name.push(format!(".{}.part", std::process::id()));
    let part = folder_of(path).join(name);
    let put = fs::write(&part, text).and_then(|()| fs::rename(&part, path));
    put.map_err(|error| {
        let _ = fs::remove_file(&part);
        cannot("write", path, &error)
    })
}

/// What to tell of a file that could not be read or written.
pub(crate) fn cannot(what: &str, path: &Path, error: &io::Error) -> Failure {
    Failure::input(
        format!("could not {what} {}: {error}", path.display()),
        "name a file that is there, or can be, and may be read and written",
    )
}

fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}
