//! Where a new crate goes, and what it is called.

use crate::failure::Failure;
use node::systems;
use std::{
    env, fs, io,
    path::{Component, Path, PathBuf},
};
use tempfile::TempDir;

/// Names that no crate here can have: what it is built with, and what the language keeps.
const KEPT: [&str; 12] = [
    "seedbed",
    "test",
    "std",
    "core",
    "alloc",
    "proc-macro",
    "self",
    "super",
    "crate",
    "type",
    "impl",
    "node",
];

/// An empty place for a crate.
pub(super) struct Place {
    /// Absolute.
    folder: PathBuf,
    /// The name of the crate and of the system.
    pub(super) name: String,
    /// As it was given.
    shown: String,
}

impl Place {
    pub(super) fn of(given: &Path) -> Result<Self, Failure> {
        let shown = given.display().to_string();
        let folder = env::current_dir()?.join(given);
        let name = folder.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        check_name(&name, &shown)?;
        match fs::read_dir(&folder) {
            Ok(mut entries) => {
                if entries.next().is_some() {
                    return Err(Failure::input(
                        format!("`{shown}` is there already, and not empty"),
                        "name a folder that is not there",
                    ));
                }
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => {
                return Err(Failure::input(
                    format!("`{shown}` cannot be written: {error}"),
                    "name a folder that is not there",
                ));
            }
        }
        Ok(Self { folder, name, shown })
    }

    /// A folder that is to be put in the place once it is whole.
    pub(super) fn beside(&self) -> Result<TempDir, Failure> {
        let parent = self.folder.parent().unwrap_or(Path::new("/"));
        tempfile::Builder::new()
            .prefix(".seedbed-new-")
            .tempdir_in(parent)
            .map_err(|error| self.unwritable(&error))
    }

    pub(super) fn put(&self, whole: TempDir) -> Result<(), Failure> {
        fs::rename(whole.path(), &self.folder).map_err(|error| self.unwritable(&error))?;
        // What it was made in bears its name now.
        let _ = whole.keep();
        Ok(())
    }

    pub(super) fn unwritable(&self, error: &io::Error) -> Failure {
        Failure::input(
            format!("`{}` cannot be written: {error}", self.shown),
            "make the folder it lies in first, or name another",
        )
    }

    /// The dependency on the sources that this program was built from, by the shorter of both paths.
    pub(super) fn path_of_sources(&self) -> Result<String, Failure> {
        let sources = Path::new(env!("CARGO_MANIFEST_DIR"));
        if !sources.join("Cargo.toml").is_file() {
            return Err(Failure::input(
                "the sources that this program was built from are gone",
                "say where cargo finds seedbed, as in `--seedbed 'path = \"../seedbed\"'` or with `git`",
            ));
        }
        let path = relative(&self.folder, sources).unwrap_or_else(|| sources.to_owned());
        Ok(format!("path = {:?}", path.display().to_string()))
    }
}

fn check_name(name: &str, shown: &str) -> Result<(), Failure> {
    let is_word = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_lowercase())
            && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
    };
    if !name.split('-').all(is_word) {
        return Err(Failure::input(
            format!("`{shown}` does not end in the name of a crate"),
            "small letters and digits, in words that begin with a letter, with a hyphen between them: `my-store`",
        ));
    }
    if KEPT.contains(&name) || systems::find(name).is_some() {
        return Err(Failure::input(
            format!("`{name}` is the name of something else"),
            "name it otherwise, as in `my-store`",
        ));
    }
    Ok(())
}

/// The way from one folder to another, if it does not lead over the root.
fn relative(from: &Path, to: &Path) -> Option<PathBuf> {
    let from = clean(from)?;
    let to = clean(to)?;
    let same = from.iter().zip(&to).take_while(|(one, other)| one == other).count();
    (same > 1).then(|| {
        let up = from[same..].iter().map(|_| "..".into());
        up.chain(to[same..].iter().cloned()).collect()
    })
}

/// The names of a path without `.` and `..`; nothing if a link may be on it, where `..` is another folder.
fn clean(path: &Path) -> Option<Vec<std::ffi::OsString>> {
    let mut names = Vec::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                names.pop()?;
            }
            other => names.push(other.as_os_str().to_owned()),
        }
    }
    let whole: PathBuf = names.iter().collect();
    let there = whole.ancestors().find(|path| path.exists())?;
    (fs::canonicalize(there).ok()? == there).then_some(names)
}
