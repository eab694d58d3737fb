//! What a node sees of its disk.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard},
};

/// A node's disk: named files of bytes.
///
/// Writes go to a cache; [`Context::sync`](crate::Context::sync) or [`Disk::sync_now`] moves
/// them to the platter. A handle may be cloned and kept, as storage engines do; every
/// clone is the same disk.
#[derive(Clone)]
pub struct Disk {
    medium: Arc<Mutex<dyn Medium>>,
}

/// What stands behind a [`Disk`]: the host's business.
pub trait Medium: Send {
    /// The length of a file in bytes; `None` if there is no such file.
    fn len(&self, file: &str) -> Option<u64>;

    /// Fills `bytes` from an offset. The range lies within the file.
    ///
    /// # Errors
    ///
    /// [`DiskError`] when the medium fails.
    fn read(&mut self, file: &str, offset: u64, bytes: &mut [u8]) -> Result<(), DiskError>;

    /// Writes bytes at an offset, making the file and growing it with zeros if needed.
    ///
    /// # Errors
    ///
    /// [`DiskError`] when the medium fails or is full.
    fn write(&mut self, file: &str, offset: u64, bytes: &[u8]) -> Result<(), DiskError>;

    /// Cuts or grows a file to `length` bytes.
    ///
    /// # Errors
    ///
    /// [`DiskError`] when the medium fails or is full.
    fn truncate(&mut self, file: &str, length: u64) -> Result<(), DiskError>;

    /// Moves a file's writes to the platter, at the latest before the effects of the event leave.
    ///
    /// # Errors
    ///
    /// [`DiskError`] when the medium fails.
    fn sync(&mut self, file: &str) -> Result<(), DiskError>;
}

impl Disk {
    /// A disk on a medium that the host keeps a hold of.
    pub fn new(medium: Arc<Mutex<dyn Medium>>) -> Self {
        Self { medium }
    }

    /// A disk that never fails and forgets nothing.
    pub fn in_memory() -> Self {
        Self::new(Arc::new(Mutex::new(MemoryMedium::default())))
    }

    /// The length of a file in bytes; `None` if there is no such file.
    pub fn len(&self, file: &str) -> Option<u64> {
        self.medium().len(file)
    }

    /// Reads a range of a file, or as much of it as the file has.
    ///
    /// # Errors
    ///
    /// [`DiskError`] when the medium fails.
    pub fn read(&self, file: &str, offset: u64, length: usize) -> Result<Vec<u8>, DiskError> {
        let mut medium = self.medium();
        let available = medium.len(file).unwrap_or(0).saturating_sub(offset);
        let mut bytes = vec![0; length.min(to_index(available))];
        medium.read(file, offset, &mut bytes)?;
        Ok(bytes)
    }

    /// Reads a whole file; `None` if there is no such file.
    ///
    /// # Errors
    ///
    /// [`DiskError`] when the medium fails.
    pub fn read_all(&self, file: &str) -> Result<Option<Vec<u8>>, DiskError> {
        self.len(file).map(|length| self.read(file, 0, to_index(length))).transpose()
    }

    /// Writes bytes at an offset, making the file and growing it with zeros if needed.
    ///
    /// # Errors
    ///
    /// [`DiskError`] when the medium fails or is full.
    pub fn write(&self, file: &str, offset: u64, bytes: &[u8]) -> Result<(), DiskError> {
        self.medium().write(file, offset, bytes)
    }

    /// Cuts or grows a file to `length` bytes.
    ///
    /// # Errors
    ///
    /// [`DiskError`] when the medium fails or is full.
    pub fn truncate(&self, file: &str, length: u64) -> Result<(), DiskError> {
        self.medium().truncate(file, length)
    }

    /// Moves a file's writes to the platter before anything else is done; the node is busy
    /// meanwhile. No time passes within an event: the host lets it pass when the event has been
    /// handled and before its effects leave, and a power loss in between finds the writes
    /// unsynced and what the node did after this call undone.
    ///
    /// # Errors
    ///
    /// [`DiskError`] when the medium fails.
    pub fn sync_now(&self, file: &str) -> Result<(), DiskError> {
        self.medium().sync(file)
    }

    fn medium(&self) -> MutexGuard<'_, dyn Medium + 'static> {
        self.medium.lock().expect("no holder of a disk panics")
    }
}

impl fmt::Debug for Disk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Disk")
    }
}

/// Why the disk did not do as asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DiskError {
    /// No space is left.
    Full,
    /// The medium failed.
    Failed,
}

impl fmt::Display for DiskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Full => "no space left on the disk",
            Self::Failed => "the disk failed",
        })
    }
}

impl std::error::Error for DiskError {}

/// Whole files in memory, which never fail and are synced at once: the medium of scripts and unit
/// tests.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MemoryMedium {
    /// By name.
    pub files: BTreeMap<String, Vec<u8>>,
}

impl Medium for MemoryMedium {
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
        let end = start + bytes.len();
        if content.len() < end {
            content.resize(end, 0);
        }
        content[start..end].copy_from_slice(bytes);
        Ok(())
    }

    fn truncate(&mut self, file: &str, length: u64) -> Result<(), DiskError> {
        self.files.entry(file.to_owned()).or_default().resize(to_index(length), 0);
        Ok(())
    }

    fn sync(&mut self, _file: &str) -> Result<(), DiskError> {
        Ok(())
    }
}

fn to_index(offset: u64) -> usize {
    usize::try_from(offset).expect("a simulated file fits in memory")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_grows_reads_back_and_is_cut() {
        let disk = Disk::in_memory();
        assert_eq!(disk.read_all("log"), Ok(None));
        disk.write("log", 2, b"abc").unwrap();
        assert_eq!(disk.read_all("log"), Ok(Some(b"\0\0abc".to_vec())));
        assert_eq!(disk.read("log", 3, 100), Ok(b"bc".to_vec()));
        assert_eq!(disk.read("log", 100, 1), Ok(Vec::new()));
        disk.clone().truncate("log", 3).unwrap();
        assert_eq!(disk.len("log"), Some(3));
    }
}
