//! The simulated disk of one node: what is in the page cache, what is on the platter.

use node::{Disk, DiskError, Medium};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

/// A disk that outlives its node's crashes.
///
/// A crash of the process leaves the page cache as it is, so nothing written is lost.
pub(super) struct NodeDisk {
    /// The handle that nodes get.
    pub(super) handle: Disk,
    cache: Arc<Mutex<PageCache>>,
}

#[derive(Default)]
struct PageCache {
    files: BTreeMap<String, Vec<u8>>,
    syncs: u64,
}

impl Default for NodeDisk {
    fn default() -> Self {
        let cache = Arc::new(Mutex::new(PageCache::default()));
        Self { handle: Disk::new(cache.clone()), cache }
    }
}

impl NodeDisk {
    /// How often the node has waited for the platter since this was last asked.
    pub(super) fn take_syncs(&mut self) -> u64 {
        std::mem::take(&mut self.cache.lock().expect("no holder of a disk panics").syncs)
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
        self.syncs += 1;
        Ok(())
    }
}

fn to_index(offset: u64) -> usize {
    usize::try_from(offset).expect("a simulated file fits in memory")
}
