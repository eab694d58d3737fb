//! What redb sees of a node's disk.

use crate::{Disk, DiskError};
use redb::StorageBackend;
use std::{
    collections::BTreeMap,
    io,
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicBool, Ordering},
    },
};
use xxhash_rust::xxh3::xxh3_64;

/// The unit of redb's reads and writes in bytes, the file's header apart.
pub(super) const PAGE: usize = 4096;

/// One file of a node's disk, as redb wants it.
///
/// It remembers a checksum of every page that went through it, since redb itself
/// checks its pages only when a file is opened: a page that rots while the node
/// runs would be believed.
#[derive(Clone, Debug)]
pub(super) struct Backend {
    disk: Disk,
    file: String,
    state: Arc<State>,
}

#[derive(Debug, Default)]
struct State {
    severed: AtomicBool,
    checksums: Mutex<BTreeMap<u64, u64>>,
    failure: Mutex<Option<Failure>>,
}

/// Why the backend turned redb away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// The disk failed or is full.
    Disk(DiskError),
    /// A page is not what was written to it.
    Rotten {
        /// Where in the file it starts, in bytes.
        offset: u64,
    },
}

impl Backend {
    /// The file of this name; it need not exist.
    pub(super) fn new(disk: &Disk, file: &str) -> Self {
        Self { disk: disk.clone(), file: file.to_owned(), state: Arc::default() }
    }

    /// Cuts redb off from the disk for good.
    ///
    /// When a database is dropped, redb commits once more and tidies up. A
    /// process that crashes does no such thing, so the dying store must not.
    pub(super) fn sever(&self) {
        self.state.severed.store(true, Ordering::Release);
    }

    /// Why an operation failed, if it was not redb's own decision.
    pub(super) fn failure(&self) -> Option<Failure> {
        lock(&self.state.failure).clone()
    }

    fn check_severed(&self) -> io::Result<()> {
        if self.state.severed.load(Ordering::Acquire) {
            return Err(io::Error::other("the store is closed"));
        }
        Ok(())
    }

    fn disk_result<T>(&self, result: Result<T, DiskError>) -> io::Result<T> {
        result.map_err(|error| self.fail(Failure::Disk(error), error.to_string()))
    }

    fn fail(&self, failure: Failure, text: String) -> io::Error {
        *lock(&self.state.failure) = Some(failure);
        io::Error::other(text)
    }

    /// Compares the pages of a read with what is known of them, and learns those not yet known.
    fn check(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let mut checksums = lock(&self.state.checksums);
        for (page, content) in whole_pages(offset, bytes) {
            let checksum = xxh3_64(content);
            if *checksums.entry(page).or_insert(checksum) != checksum {
                let text = format!("the page at byte {page} has changed on the disk");
                return Err(self.fail(Failure::Rotten { offset: page }, text));
            }
        }
        Ok(())
    }

    fn learn(&self, offset: u64, bytes: &[u8]) {
        let mut checksums = lock(&self.state.checksums);
        let page = PAGE as u64;
        let end = offset + bytes.len() as u64;
        // A page that is only partly written is not known as a whole any more.
        for edge in [offset / page * page, end / page * page] {
            checksums.remove(&edge);
        }
        checksums
            .extend(whole_pages(offset, bytes).map(|(page, content)| (page, xxh3_64(content))));
    }
}

impl StorageBackend for Backend {
    fn len(&self) -> io::Result<u64> {
        self.check_severed()?;
        Ok(self.disk.len(&self.file).unwrap_or(0))
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        if self.len()? < offset + out.len() as u64 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let bytes = self.disk_result(self.disk.read(&self.file, offset, out.len()))?;
        self.check(offset, &bytes)?;
        out.copy_from_slice(&bytes);
        Ok(())
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        self.check_severed()?;
        let grows = length > self.disk.len(&self.file).unwrap_or(0);
        lock(&self.state.checksums).retain(|page, _| page + PAGE as u64 <= length);
        self.disk_result(self.disk.truncate(&self.file, length))?;
        if grows {
            // redb asserts that a file is as long as its header says. A header
            // that reaches the platter before the new length would break that.
            self.disk_result(self.disk.sync_now(&self.file))?;
        }
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        self.check_severed()?;
        self.disk_result(self.disk.sync_now(&self.file))
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.check_severed()?;
        self.disk_result(self.disk.write(&self.file, offset, data))?;
        self.learn(offset, data);
        Ok(())
    }
}

/// The pages that lie wholly within a range, by offset.
fn whole_pages(offset: u64, bytes: &[u8]) -> impl Iterator<Item = (u64, &[u8])> {
    let page = PAGE as u64;
    let first = offset.div_ceil(page) * page;
    let skipped = usize::try_from(first - offset).expect("less than a page is skipped");
    bytes
        .get(skipped..)
        .unwrap_or_default()
        .chunks_exact(PAGE)
        .zip((first..).step_by(PAGE))
        .map(|(content, offset)| (offset, content))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("no holder of a backend's state panics")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_changed_behind_its_back_is_not_read() {
        let disk = Disk::in_memory();
        let backend = Backend::new(&disk, "f");
        backend.set_len(3 * PAGE as u64).unwrap();
        backend.write(PAGE as u64, &[7; PAGE]).unwrap();
        let mut page = [0; PAGE];
        backend.read(PAGE as u64, &mut page).unwrap();
        assert_eq!(page, [7; PAGE]);
        disk.write("f", PAGE as u64 + 9, &[8]).unwrap();
        assert!(backend.read(PAGE as u64, &mut page).is_err());
        assert_eq!(backend.failure(), Some(Failure::Rotten { offset: PAGE as u64 }));
        backend.read(0, &mut page).unwrap();
    }

    #[test]
    fn a_partly_written_page_is_learned_anew() {
        let backend = Backend::new(&Disk::in_memory(), "f");
        backend.set_len(2 * PAGE as u64).unwrap();
        backend.write(0, &[1; PAGE]).unwrap();
        backend.write(100, &[2; 10]).unwrap();
        backend.write(PAGE as u64 - 1, &[3; 2]).unwrap();
        let mut both = [0; 2 * PAGE];
        backend.read(0, &mut both).unwrap();
        assert_eq!((both[99], both[100], both[PAGE]), (1, 2, 3));
    }

    #[test]
    fn a_severed_backend_leaves_the_disk_alone() {
        let disk = Disk::in_memory();
        let backend = Backend::new(&disk, "f");
        backend.write(0, b"a").unwrap();
        backend.sever();
        assert!(backend.write(0, b"b").is_err());
        assert!(backend.set_len(0).is_err());
        assert_eq!(disk.read_all("f"), Ok(Some(b"a".to_vec())));
    }
}
