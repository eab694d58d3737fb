//! A node's disk as files of a folder.

use super::{backup, folder, told};
use node::{DiskError, Medium};
use std::{
    collections::BTreeMap,
    fs::{self, File, OpenOptions},
    io,
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
    sync::Arc,
};

/// Files of a folder, each open from its first use on.
#[derive(Debug)]
pub(crate) struct Files {
    folder: PathBuf,
    open: BTreeMap<String, Open>,
    broken: Option<String>,
}

#[derive(Debug)]
struct Open {
    file: Arc<File>,
    /// In bytes; nobody else changes it.
    length: u64,
}

impl Files {
    /// Opens the files that are there.
    pub(crate) fn open(folder: &Path) -> io::Result<Self> {
        let mut open = BTreeMap::new();
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let name = entry.file_name().to_str().and_then(folder::file_of_name);
            if let (Some(name), true) = (name, entry.file_type()?.is_file()) {
                let file = OpenOptions::new().read(true).write(true).open(entry.path())?;
                let length = file.metadata()?.len();
                open.insert(name, Open { file: Arc::new(file), length });
            }
        }
        Ok(Self { folder: folder.to_owned(), open, broken: None })
    }

    /// What stands for a file, to be synced while the node goes on.
    pub(super) fn handle(&self, file: &str) -> Option<Arc<File>> {
        self.open.get(file).map(|open| open.file.clone())
    }

    /// Why the process cannot go on, if it cannot.
    pub(super) fn broken(&self) -> Option<String> {
        self.broken.clone()
    }

    /// Copies them all to a folder of their own, beside theirs; where that is.
    pub(super) fn back_up(&self) -> io::Result<PathBuf> {
        backup::back_up(self.folder.parent().unwrap_or(&self.folder))
    }

    /// The files that there are.
    pub(super) fn names(&self) -> Vec<String> {
        self.open.keys().cloned().collect()
    }

    /// Whether any file has content.
    pub(super) fn holds_anything(&self) -> bool {
        self.open.values().any(|open| open.length > 0)
    }

    fn of_name(&mut self, name: &str) -> io::Result<&mut Open> {
        if !self.open.contains_key(name) {
            let path = self.folder.join(folder::name_of_file(name));
            let file = OpenOptions::new()
                .read(true)
                .write(true)
                .create(true)
                .truncate(false)
                .open(path)?;
            // Else a power loss may leave the bytes and not the name.
            File::open(&self.folder)?.sync_all()?;
            let length = file.metadata()?.len();
            self.open.insert(name.to_owned(), Open { file: Arc::new(file), length });
        }
        Ok(self.open.get_mut(name).expect("it is there by now"))
    }
}

impl Medium for Files {
    fn len(&self, file: &str) -> Option<u64> {
        self.open.get(file).map(|open| open.length)
    }

    fn read(&mut self, file: &str, offset: u64, bytes: &mut [u8]) -> Result<(), DiskError> {
        match self.open.get(file) {
            Some(open) if !bytes.is_empty() => {
                open.file.read_exact_at(bytes, offset).map_err(|error| told(file, "read", &error))
            }
            _ => Ok(()),
        }
    }

    fn write(&mut self, file: &str, offset: u64, bytes: &[u8]) -> Result<(), DiskError> {
        let write = |open: &mut Open| {
            open.file.write_all_at(bytes, offset)?;
            open.length = open.length.max(offset + bytes.len() as u64);
            Ok(())
        };
        self.of_name(file).and_then(write).map_err(|error| told(file, "write", &error))
    }

    fn truncate(&mut self, file: &str, length: u64) -> Result<(), DiskError> {
        let cut = |open: &mut Open| {
            open.file.set_len(length)?;
            open.length = length;
            Ok(())
        };
        self.of_name(file).and_then(cut).map_err(|error| told(file, "cut", &error))
    }

    fn sync(&mut self, file: &str) -> Result<(), DiskError> {
        let Some(open) = self.open.get(file) else {
            return Ok(());
        };
        open.file.sync_data().map_err(|error| {
            // The system may have dropped what it could not write: nobody can say what is there.
            self.broken = Some(format!("`{file}` could not be synced: {error}"));
            DiskError::Failed
        })
    }
}
