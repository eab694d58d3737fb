//! The folder of a node: whose it is, that nobody else uses it, and how its files are called there.

use super::shim;
use node::NodeId;
use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

/// The file that says whose the folder is, and is locked while it is in use.
pub(super) const MARKER: &str = "system";

/// Where the node's files are.
pub(super) const FILES: &str = "files";

/// A folder that a process uses; it is free again once this is dropped.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    _lock: File,
}

/// A folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// Another process uses it.
    #[error("the folder `{0}` is in use by another process: end that one, or name another folder")]
    InUse(PathBuf),
    /// It is of another node, or of another system.
    #[error("the folder `{path}` is that of {of}, not of {wanted}: name another folder")]
    Foreign {
        /// Which folder.
        path: PathBuf,
        /// Whose it is.
        of: String,
        /// Whose it should be.
        wanted: String,
    },
    /// It holds something and is no node's.
    #[error(
        "the folder `{0}` is no node's and is not empty: name an empty one, or one that is not there"
    )]
    Strange(PathBuf),
    /// It cannot be read or written.
    #[error("the folder `{path}` cannot be used: {error}")]
    Io {
        /// Which folder.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
}

impl Folder {
    /// Takes a folder for a node of a system, and makes it if it is not there.
    pub(crate) fn claim(path: &Path, system: &str, id: NodeId) -> Result<Self, FolderError> {
        let io = |error| FolderError::Io { path: path.to_owned(), error };
        fs::create_dir_all(path).map_err(io)?;
        let marker = path.join(MARKER);
        if !marker.exists() && fs::read_dir(path).map_err(io)?.next().is_some() {
            return Err(FolderError::Strange(path.to_owned()));
        }
        let mut lock = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&marker)
            .map_err(io)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(FolderError::InUse(path.to_owned())),
            Err(TryLockError::Error(error)) => return Err(io(error)),
        }
        let wanted = format!("{id} of {system}");
        let mut of = String::new();
        Read::by_ref(&mut lock).take(1024).read_to_string(&mut of).map_err(io)?;
        if of.is_empty() {
            lock.write_all(wanted.as_bytes()).and_then(|()| lock.sync_all()).map_err(io)?;
            fs::create_dir_all(path.join(FILES)).map_err(io)?;
            File::open(path).and_then(|folder| folder.sync_all()).map_err(io)?;
        } else if of.trim_end() != wanted {
            let of = of.trim_end().escape_debug().to_string();
            return Err(FolderError::Foreign { path: path.to_owned(), of, wanted });
        }
        fs::create_dir_all(path.join(FILES)).map_err(io)?;
        Ok(Self { path: path.to_owned(), _lock: lock })
    }

    /// Where the node's files are.
    pub(crate) fn files(&self) -> PathBuf {
        files_in(&self.path)
    }
}

/// Whether no process uses a folder.
pub(crate) fn is_free(folder: &Path) -> io::Result<bool> {
    match File::open(folder.join(MARKER))?.try_lock() {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

/// Where in a folder the node's files are.
pub(crate) fn files_in(folder: &Path) -> PathBuf {
    folder.join(FILES)
}

/// How a file of the node is called on disk: letters, digits, `-` and `_` as they are, a dot too unless it
/// comes first, all else as `%` and two digits for each byte. So no name leaves the folder; and where one would
/// end as journals do, its dots are written so too.
pub(crate) fn name_of_file(file: &str) -> String {
    let mut name = String::new();
    for (position, byte) in file.bytes().enumerate() {
        let plain = match byte {
            b'.' => position > 0 && !file.ends_with(shim::ENDING),
            byte => byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'),
        };
        match plain {
            true => name.push(char::from(byte)),
            false => name.push_str(&format!("%{byte:02x}")),
        }
    }
    if name.is_empty() { "%".to_owned() } else { name }
}

/// The file of the node that is called so on disk; `None` if none is.
pub(crate) fn file_of_name(name: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut left = name.bytes();
    while let Some(byte) = left.next() {
        let byte = match byte {
            b'%' if name == "%" => break,
            b'%' => {
                let digits = [left.next()?, left.next()?];
                u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
            }
            byte => byte,
        };
        bytes.push(byte);
    }
    let file = String::from_utf8(bytes).ok()?;
    (name_of_file(&file) == name).then_some(file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_folder_has_one_user_of_one_kind() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("n1");
        let (n1, n2) = (NodeId::new(1), NodeId::new(2));
        let held = Folder::claim(&path, "raft", n1).unwrap();
        let refused = |system, id| Folder::claim(&path, system, id).unwrap_err().to_string();
        assert!(refused("raft", n1).contains("in use by another process"));
        drop(held);
        assert!(refused("raft", n2).contains("is that of n1 of raft, not of n2 of raft"));
        assert!(refused("quorum", n1).contains("is that of n1 of raft, not of n1 of quorum"));
        Folder::claim(&path, "raft", n1).unwrap();
        let strange = Folder::claim(dir.path(), "raft", n1).unwrap_err();
        assert!(strange.to_string().contains("is no node's"), "{strange}");
    }

    #[test]
    fn names_stay_in_the_folder() {
        assert_eq!(name_of_file("store.redb"), "store.redb");
        assert_eq!(name_of_file("../../etc"), "%2e.%2f..%2fetc");
        assert_eq!(name_of_file("a.unsynced"), "a%2eunsynced");
        assert_eq!(name_of_file(""), "%");
        assert_eq!(file_of_name("log.unsynced"), None);
        assert_eq!(file_of_name("%zz"), None);
    }

    proptest! {
        #[test]
        fn every_name_has_one_on_disk(file in ".{0,20}") {
            let name = name_of_file(&file);
            prop_assert!(!name.contains('/') && !name.starts_with('.'), "{}", name);
            prop_assert!(!name.ends_with(".unsynced"));
            prop_assert_eq!(file_of_name(&name), Some(file));
        }
    }
}
