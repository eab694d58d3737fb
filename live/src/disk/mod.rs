//! What stands behind a node's disk in a process: memory, files, or files that can lose power.

mod backup;
mod files;
mod folder;
mod peek;
mod shim;
mod syncer;

pub(crate) use files::Files;
pub(crate) use folder::Folder;
pub use folder::FolderError;
pub use peek::peek;
pub(crate) use shim::Shim;
pub use shim::lose_power;
pub(crate) use shim::{flip_bits, holds_anything};
pub(crate) use syncer::Syncer;

use crate::control::{DiskTrouble, Met};
use node::{Disk, DiskError};
use std::{
    io,
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard},
    thread,
};

/// What stands behind a node's disk.
#[derive(Clone)]
pub(crate) enum Storage {
    /// Memory, which forgets everything as the process ends.
    Memory(Disk),
    /// Files of a folder.
    Files(Arc<Mutex<Files>>),
    /// Files that can lose power, and with which much can be wrong on purpose.
    Shim(Arc<Mutex<Shim>>),
}

/// What became of a sync.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SyncError {
    /// It failed, and what is on the platter is unknown from now on: the process has to end.
    #[error("a file could not be synced: {0}")]
    Broke(io::Error),
    /// It failed on purpose; it is to be tried again.
    #[error("a sync failed on purpose")]
    Again,
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

    /// Those of a process that is conducted.
    pub(crate) fn shim(shim: Shim) -> Self {
        Self::Shim(Arc::new(Mutex::new(shim)))
    }

    /// The handle for the node.
    pub(crate) fn disk(&self) -> Disk {
        match self {
            Self::Memory(disk) => disk.clone(),
            Self::Files(files) => Disk::new(files.clone()),
            Self::Shim(shim) => Disk::new(shim.clone()),
        }
    }

    /// Whether any file has content.
    pub(crate) fn holds_anything(&self) -> bool {
        match self {
            Self::Memory(_) => false,
            Self::Files(files) => lock(files).holds_anything(),
            Self::Shim(shim) => lock(shim).holds_anything(),
        }
    }

    /// Has the disk be so from now on, if it can be.
    pub(crate) fn trouble(&self, trouble: DiskTrouble) {
        match self {
            Self::Memory(_) | Self::Files(_) => {}
            Self::Shim(shim) => lock(shim).set_trouble(trouble),
        }
    }

    /// Flips a few bits that are drawn from a seed, if it can; the answer is how many.
    pub(crate) fn rot(&self, seed: u64) -> u64 {
        match self {
            Self::Memory(_) | Self::Files(_) => 0,
            Self::Shim(shim) => lock(shim).rot(seed),
        }
    }

    /// What the node has met of what is wrong on purpose, since this was last asked.
    pub(crate) fn met(&self) -> Met {
        match self {
            Self::Memory(_) | Self::Files(_) => Met::default(),
            Self::Shim(shim) => lock(shim).take_met(),
        }
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
            Self::Shim(shim) => {
                let Some(begun) = lock(shim).begin_sync(file) else { return Ok(()) };
                let took = begun.carry_out().map_err(SyncError::Broke)?;
                let longer = lock(shim).longer(took);
                // What is to be synced is not yet safe meanwhile.
                thread::sleep(longer);
                lock(shim).end_sync(file, &begun)
            }
        }
    }

    /// Copies everything, between two events of the node, which waits meanwhile; where the copy is, or why there
    /// is none.
    pub(crate) fn back_up(&self) -> Result<PathBuf, String> {
        match self {
            Self::Memory(_) => Err("this node keeps everything in memory".to_owned()),
            Self::Files(files) => lock(files).back_up().map_err(|error| error.to_string()),
            Self::Shim(_) => {
                Err("what a run does to this node's disk is no backup's business".to_owned())
            }
        }
    }

    /// Why the process cannot go on, if a sync has failed within an event.
    pub(crate) fn broken(&self) -> Option<String> {
        match self {
            Self::Memory(_) => None,
            Self::Files(files) => lock(files).broken(),
            Self::Shim(shim) => lock(shim).broken(),
        }
    }

    /// Brings every file to the platter, as the process ends. What fails on purpose is left as it is.
    pub(crate) fn sync_all(&self) -> Result<(), SyncError> {
        let names = match self {
            Self::Memory(_) => return Ok(()),
            Self::Files(files) => lock(files).names(),
            Self::Shim(shim) => lock(shim).names(),
        };
        names.iter().try_for_each(|file| match self.bring_to_platter(file) {
            Err(SyncError::Again) => Ok(()),
            other => other,
        })
    }
}

fn lock<T>(medium: &Mutex<T>) -> MutexGuard<'_, T> {
    medium.lock().expect("no holder of a disk panics")
}

/// Tells of an error, and makes it one that a node knows.
fn told(file: &str, what: &str, error: &io::Error) -> DiskError {
    tracing::error!(file, "the disk refused to {what}: {error}");
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => DiskError::Full,
        _ => DiskError::Failed,
    }
}
