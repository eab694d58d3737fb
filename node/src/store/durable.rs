//! The engine that survives: redb on a node's disk.

mod backend;
mod handle;
mod seal;

use crate::{Change, Disk, DiskError, Key, Store, Version, Versioned};
use handle::{Handle, Trouble};
use std::{cell::OnceCell, fmt};

/// Records under keys, in one file of a node's disk, kept by redb.
///
/// [`write`](Self::write) and [`erase`](Self::erase) are transactions: once the
/// event in which one has returned is over, a power loss does not undo it, and one
/// that a power loss cuts short leaves no trace. Each transaction syncs the file twice, three times when
/// it grows, and the node is busy for as long as that takes. A file begins with
/// 1 MiB and then shrinks to what it needs.
///
/// Damage is found and told: redb's checksums are verified when a file is
/// opened, each page's when it is read again, each record's when it is returned.
/// redb panics on some kinds of damage; the panic is caught and told as
/// [`StoreError::Damaged`], though the process's panic hook may print it first.
/// One bit of a file has no checksum: if the one that says which of the last two
/// commits is the last flips while the store is closed, it goes back by one commit.
/// After damage the store answers every call with the same error; after a failure
/// of the disk, until a write succeeds.
///
/// As a [`Store`] it panics where its own methods return an error: a system that
/// uses it so takes the loss of its disk for the end of the node.
pub struct DurableStore {
    disk: Disk,
    file: String,
    handle: Handle,
    broken: OnceCell<StoreError>,
}

/// Why a durable store did not do as asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoreError {
    /// The disk failed, or is full.
    Disk(DiskError),
    /// What is on the disk is not what was written.
    Damaged(String),
}

impl DurableStore {
    /// Opens the store in a file, or makes it if there is no such file.
    ///
    /// # Errors
    ///
    /// [`StoreError::Damaged`] if the file is not a sound store,
    /// [`StoreError::Disk`] if the disk fails or is full.
    pub fn open(disk: &Disk, file: &str) -> Result<Self, StoreError> {
        Ok(Self {
            disk: disk.clone(),
            file: file.to_owned(),
            handle: Handle::open(disk, file)?,
            broken: OnceCell::new(),
        })
    }

    /// Why the store answers nothing any more, if that is so.
    pub fn error(&self) -> Option<&StoreError> {
        self.broken.get()
    }

    /// The record under a key.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the disk fails or the record is damaged.
    pub fn read(&self, key: &Key) -> Result<Option<Vec<u8>>, StoreError> {
        self.guarded(|handle| handle.read(key))
    }

    /// Every key and record, in key order.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the disk fails or a record is damaged.
    pub fn scan(&self) -> Result<Vec<(Key, Vec<u8>)>, StoreError> {
        self.guarded(Handle::scan)
    }

    /// Stores a record; when this returns, it is on the platter.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the disk fails or is full. If the disk lets the file be
    /// opened again, an error means that nothing has changed, and the store goes
    /// on; if not, the record may or may not be on the disk.
    pub fn write(&mut self, key: &Key, record: &[u8]) -> Result<(), StoreError> {
        self.commit(key, Some(record))
    }

    /// Removes a record; when this returns, the removal is on the platter.
    ///
    /// # Errors
    ///
    /// As [`write`](Self::write).
    pub fn erase(&mut self, key: &Key) -> Result<(), StoreError> {
        self.commit(key, None)
    }

    fn commit(&mut self, key: &Key, record: Option<&[u8]>) -> Result<(), StoreError> {
        match self.guarded(|handle| handle.commit(key, record)) {
            Err(StoreError::Disk(error)) => self.resolve(key, record, error),
            other => other,
        }
    }

    /// Finds out what became of a transaction that the disk cut short. redb wants
    /// the file opened anew after a disk error, and that decides the matter.
    fn resolve(
        &mut self,
        key: &Key,
        record: Option<&[u8]>,
        error: DiskError,
    ) -> Result<(), StoreError> {
        self.handle.sever();
        self.handle = Handle::open(&self.disk, &self.file)?;
        self.broken = OnceCell::new();
        if self.read(key)?.as_deref() == record {
            return Ok(());
        }
        Err(StoreError::Disk(error))
    }

    /// Calls redb, catches its panics and remembers the first error.
    fn guarded<T>(
        &self,
        work: impl FnOnce(&Handle) -> Result<T, Trouble>,
    ) -> Result<T, StoreError> {
        if let Some(error) = self.broken.get() {
            return Err(error.clone());
        }
        let result = self.handle.guarded(work);
        if let Err(error) = &result {
            let _ = self.broken.set(error.clone());
        }
        result
    }
}

impl Store for DurableStore {
    fn get(&self, key: &Key) -> Option<Versioned> {
        self.read(key).expect(DISK_LOST).map(|record| decode(&record))
    }

    fn put(&mut self, key: Key, entry: Versioned) -> Change {
        let before = self.get(&key);
        self.write(&key, &encode(&entry)).expect(DISK_LOST);
        Change { key, version: entry.version, before, after: Some(entry) }
    }

    fn remove(&mut self, key: &Key, version: Version) -> Change {
        let before = self.get(key);
        self.erase(key).expect(DISK_LOST);
        Change { key: key.clone(), version, before, after: None }
    }

    fn entries(&self) -> Vec<(Key, Versioned)> {
        let records = self.scan().expect(DISK_LOST);
        records.into_iter().map(|(key, record)| (key, decode(&record))).collect()
    }
}

const DISK_LOST: &str = "a node that uses this store as a `Store` ends with its disk";

fn encode(entry: &Versioned) -> Vec<u8> {
    let mut record = entry.version.0.to_be_bytes().to_vec();
    record.extend_from_slice(entry.value.as_str().as_bytes());
    record
}

fn decode(record: &[u8]) -> Versioned {
    let (version, value) = record
        .split_first_chunk()
        .expect("a record that passes its checksum is one that `encode` made");
    Versioned {
        value: std::str::from_utf8(value)
            .expect("a record that passes its checksum holds text")
            .into(),
        version: Version(u64::from_be_bytes(*version)),
    }
}

impl fmt::Debug for DurableStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DurableStore")
            .field("file", &self.file)
            .field("broken", &self.broken.get())
            .finish_non_exhaustive()
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Disk(error) => error.fmt(f),
            Self::Damaged(how) => write!(f, "the store is damaged: {how}"),
        }
    }
}

impl std::error::Error for StoreError {}
