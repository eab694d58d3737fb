//! What stands behind a node's disk in a process: memory, files, or files that can lose power.

mod files;
mod folder;
mod syncer;

pub(crate) use files::Files;
pub(crate) use folder::Folder;
pub use folder::FolderError;
pub(crate) use syncer::Syncer;

use crate::control::{DiskTrouble, Met};
use node::Disk;
use std::{
    io,
    sync::{Arc, Mutex, MutexGuard},
};

/// What stands behind a node's disk.
#[derive(Clone)]
pub(crate) enum Storage {
    /// Memory, which forgets everything as the process ends.
    Memory(Disk),
    /// Files of a folder.
    Files(Arc<Mutex<Files>>),
}

/// What became of a sync.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SyncError {
    /// It failed, and what is on the platter is unknown from now on: the process has to end.
    #[error("a file could not be synced: {0}")]
    Broke(io::Error),
}

impl Storage {
    /// One that forgets.
    pub(crate) fn in_memory() -> Self {
        Self::Memory(Disk::in_memory())
    }

    /// The files of a folder.
    pub(crate) fn files(files: Files) -> Self {
        Self::Files(Arc::new(Mutex::new(files)))
    }

    /// The handle for the node.
    pub(crate) fn disk(&self) -> Disk {
        match self {
            Self::Memory(disk) => disk.clone(),
            Self::Files(files) => Disk::new(files.clone()),
        }
    }

    /// Whether any file has content.
    pub(crate) fn holds_anything(&self) -> bool {
        match self {
            Self::Memory(_) => false,
            Self::Files(files) => lock(files).holds_anything(),
        }
    }

    /// Has the disk be so from now on, if it can be.
    pub(crate) fn trouble(&self, trouble: DiskTrouble) {
        let _ = trouble;
    }

    /// Flips a few bits that are drawn from a seed, if it can; the answer is how many.
    pub(crate) fn rot(&self, seed: u64) -> u64 {
        let _ = seed;
        0
    }

    /// What the node has met of what is wrong on purpose, since this was last asked.
    pub(crate) fn met(&self) -> Met {
        Met::default()
    }

    /// Whether syncs take time.
    pub(crate) fn takes_time(&self) -> bool {
        !matches!(self, Self::Memory(_))
    }

    /// Brings everything written to a file by now to the platter, and waits for it. The node goes on
    /// reading and writing meanwhile.
    pub(crate) fn bring_to_platter(&self, file: &str) -> Result<(), SyncError> {
        match self {
            Self::Memory(_) => Ok(()),
            Self::Files(files) => {
                let open = lock(files).handle(file);
                open.map_or(Ok(()), |open| open.sync_data()).map_err(SyncError::Broke)
            }
        }
    }

    /// Why the process cannot go on, if a sync has failed within an event.
    pub(crate) fn broken(&self) -> Option<String> {
        match self {
            Self::Memory(_) => None,
            Self::Files(files) => lock(files).broken(),
        }
    }

    /// Brings every file to the platter, as the process ends.
    pub(crate) fn sync_all(&self) -> Result<(), SyncError> {
        let names = match self {
            Self::Memory(_) => return Ok(()),
            Self::Files(files) => lock(files).names(),
        };
        names.iter().try_for_each(|file| self.bring_to_platter(file))
    }
}

fn lock<T>(medium: &Mutex<T>) -> MutexGuard<'_, T> {
    medium.lock().expect("no holder of a disk panics")
}
