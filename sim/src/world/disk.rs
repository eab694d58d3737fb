//! The simulated disk of one node: what is in the page cache, what is on the platter.

use node::{Disk, DiskError, Medium};
use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

/// A disk that outlives its node's crashes.
///
/// A crash of the process leaves the page cache as it is, so nothing written is lost.
pub(super) struct NodeDisk {
    /// The handle that nodes get.
    pub(super) handle: Disk,
    /// Apart from the cache, since it is asked for after every event and a look at a
    /// number costs less than a lock.
    syncs: Arc<AtomicU64>,
}

#[derive(Default)]
struct PageCache {
    files: BTreeMap<String, Vec<u8>>,
    syncs: Arc<AtomicU64>,
}

impl Default for NodeDisk {
    fn default() -> Self {
        let cache = PageCache::default();
        let syncs = cache.syncs.clone();
        Self { handle: Disk::new(Arc::new(Mutex::new(cache))), syncs }
    }
}

impl NodeDisk {
    /// How often the node has waited for the platter since this was last asked.
    pub(super) fn take_syncs(&mut self) -> u64 {
        match self.syncs.load(Ordering::Relaxed) {
            0 => 0,
            _ => self.syncs.swap(0, Ordering::Relaxed),
        }
    }
}

impl Medium for PageCache {
    fn len(&self, file: &str) -> Option<u64> {
        self.files.get(file).map(|content| content.len() as u64)
    }

    fn read(&mut self, file: &str, offset: u64, bytes: &mut [u8]) -> Result<(), DiskError> {
        if let (Some(content), false) = (self.files.get(file), bytes.is_empty()) {
            let start = to_index(offset);
            bytes.copy_from_slice(&content[start..start + bytes.len()]);
        }
        Ok(())
    }

    fn write(&mut self, file: &str, offset: u64, bytes: &[u8]) -> Result<(), DiskError> {
        let content = self.files.entry(file.to_owned()).or_default();
        let start = to_index(offset);
        content.resize(content.len().max(start + bytes.len()), 0);
        content[start..start + bytes.len()].copy_from_slice(bytes);
        Ok(())
    }

    fn truncate(&mut self, file: &str, length: u64) -> Result<(), DiskError> {
        self.files.entry(file.to_owned()).or_default().resize(to_index(length), 0);
        Ok(())
    }

    fn sync(&mut self, _file: &str) -> Result<(), DiskError> {
        self.syncs.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }
}

fn to_index(offset: u64) -> usize {
    usize::try_from(offset).expect("a simulated file fits in memory")
}
