//! The engine that survives: redb on a node's disk.

mod backend;

use crate::{Change, Disk, DiskError, Key, Store, Version, Versioned};
use backend::{Backend, Failure, PAGE};
use redb::{Database, Durability, ReadableDatabase, TableDefinition, TableError};
use std::{
    any::Any,
    cell::{Cell, OnceCell},
    fmt,
    panic::{AssertUnwindSafe, catch_unwind},
};
use xxhash_rust::xxh3::Xxh3;

const TABLE: TableDefinition<&[u8], &[u8]> = TableDefinition::new("records");

/// The first bytes of every redb file; the last thing that creating one writes.
const MAGIC_LENGTH: usize = 9;

/// The memory that redb may keep pages in, in bytes.
const CACHE_BYTES: usize = 4 << 20;

/// Records under keys, in one file of a node's disk, kept by redb.
///
/// [`write`](Self::write) and [`erase`](Self::erase) are transactions: once one
/// has returned, a power loss does not undo it, and one that a power loss cuts
/// short leaves no trace. A file takes at least 1 MiB, and each transaction
/// syncs it, so the node is busy for as long as that takes.
///
/// Damage is found and told: redb's checksums are verified when a file is
/// opened, each page's when it is read again, each record's when it is returned.
/// redb panics on some kinds of damage; the panic is caught and told as
/// [`StoreError::Damaged`], though the process's panic hook may print it first.
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

/// An open database and the way to cut it off.
struct Handle {
    database: Option<Database>,
    backend: Backend,
    panicked: Cell<bool>,
}

/// What went wrong inside redb, before it is known why.
enum Trouble {
    /// redb, or a check of ours, returned an error.
    Error(String),
    /// redb panicked.
    Panic(String),
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
        self.handle.backend.sever();
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
        let result = catch(|| work(&self.handle)).map_err(|trouble| {
            self.handle
                .panicked
                .set(matches!(trouble, Trouble::Panic(_)));
            explain(trouble, &self.handle.backend)
        });
        if let Err(error) = &result {
            let _ = self.broken.set(error.clone());
        }
        result
    }
}

impl Handle {
    fn open(disk: &Disk, file: &str) -> Result<Self, StoreError> {
        discard_unfinished(disk, file).map_err(StoreError::Disk)?;
        let backend = Backend::new(disk, file);
        let opened = catch(|| {
            Database::builder()
                .set_cache_size(CACHE_BYTES)
                .create_with_backend(backend.clone())
                .map_err(Trouble::from_redb)
        });
        match opened {
            Ok(database) => Ok(Self {
                database: Some(database),
                backend,
                panicked: Cell::new(false),
            }),
            Err(trouble) => Err(explain(trouble, &backend)),
        }
    }

    fn database(&self) -> &Database {
        self.database
            .as_ref()
            .expect("the database is taken only by drop")
    }

    fn read(&self, key: &Key) -> Result<Option<Vec<u8>>, Trouble> {
        let reading = self.database().begin_read().map_err(Trouble::from_redb)?;
        let table = match reading.open_table(TABLE) {
            Err(TableError::TableDoesNotExist(_)) => return Ok(None),
            other => other.map_err(Trouble::from_redb)?,
        };
        let found = table
            .get(key.as_str().as_bytes())
            .map_err(Trouble::from_redb)?;
        found
            .map(|sealed| unseal(key, sealed.value()).map(<[u8]>::to_vec))
            .transpose()
    }

    fn scan(&self) -> Result<Vec<(Key, Vec<u8>)>, Trouble> {
        let reading = self.database().begin_read().map_err(Trouble::from_redb)?;
        let table = match reading.open_table(TABLE) {
            Err(TableError::TableDoesNotExist(_)) => return Ok(Vec::new()),
            other => other.map_err(Trouble::from_redb)?,
        };
        let mut records = Vec::new();
        for row in table.range::<&[u8]>(..).map_err(Trouble::from_redb)? {
            let (key, sealed) = row.map_err(Trouble::from_redb)?;
            let key = std::str::from_utf8(key.value())
                .map_err(|_| Trouble::Error("a key is not text".to_owned()))?
                .into();
            let record = unseal(&key, sealed.value())?.to_vec();
            records.push((key, record));
        }
        Ok(records)
    }

    fn commit(&self, key: &Key, record: Option<&[u8]>) -> Result<(), Trouble> {
        let mut writing = self.database().begin_write().map_err(Trouble::from_redb)?;
        writing
            .set_durability(Durability::Immediate)
            .map_err(Trouble::from_redb)?;
        // With one phase, damage to the newest pages looks like a commit that was
        // cut short: redb would go back one commit and forget an acknowledged write.
        writing.set_two_phase_commit(true);
        {
            let mut table = writing.open_table(TABLE).map_err(Trouble::from_redb)?;
            let bytes = key.as_str().as_bytes();
            match record {
                Some(record) => table.insert(bytes, seal(key, record).as_slice()),
                None => table.remove(bytes),
            }
            .map_err(Trouble::from_redb)?;
        }
        writing.commit().map_err(Trouble::from_redb)
    }
}

impl Drop for Handle {
    /// Goes the way of a crash: redb gets no chance to write once more.
    fn drop(&mut self) {
        self.backend.sever();
        if self.panicked.get() {
            // A panic leaves locks poisoned, on which redb's own destructor
            // would panic again or wait for ever. Leaking is the lesser evil.
            std::mem::forget(self.database.take());
        }
    }
}

impl Trouble {
    fn from_redb(error: impl Into<redb::Error>) -> Self {
        Self::Error(error.into().to_string())
    }
}

/// Empties a file whose creation a power loss cut short, as nothing was ever stored in it.
///
/// redb writes the magic number last, and before it nothing but the header; it
/// refuses a file that has none. A file that lacks it and holds more is damaged,
/// and left alone.
fn discard_unfinished(disk: &Disk, file: &str) -> Result<(), DiskError> {
    if disk.len(file).unwrap_or(0) == 0
        || disk
            .read(file, 0, MAGIC_LENGTH)?
            .iter()
            .any(|&byte| byte != 0)
    {
        return Ok(());
    }
    let content = disk.read_all(file)?.unwrap_or_default();
    if content.iter().skip(PAGE).all(|&byte| byte == 0) {
        disk.truncate(file, 0)?;
    }
    Ok(())
}

fn catch<T>(work: impl FnOnce() -> Result<T, Trouble>) -> Result<T, Trouble> {
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|payload| Err(Trouble::Panic(panic_text(payload.as_ref()))))
}

fn panic_text(payload: &(dyn Any + Send)) -> String {
    let text = payload
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| payload.downcast_ref::<&str>().copied());
    format!("redb gave up: {}", text.unwrap_or("no reason given"))
}

fn explain(trouble: Trouble, backend: &Backend) -> StoreError {
    match (backend.failure(), trouble) {
        (Some(Failure::Disk(error)), _) => StoreError::Disk(error),
        (Some(Failure::Rotten { offset }), _) => {
            StoreError::Damaged(format!("the page at byte {offset} has changed on the disk"))
        }
        (None, Trouble::Error(text) | Trouble::Panic(text)) => StoreError::Damaged(text),
    }
}

/// Puts a checksum over key and record before the record.
fn seal(key: &Key, record: &[u8]) -> Vec<u8> {
    let mut sealed = checksum(key, record).to_be_bytes().to_vec();
    sealed.extend_from_slice(record);
    sealed
}

fn unseal<'a>(key: &Key, sealed: &'a [u8]) -> Result<&'a [u8], Trouble> {
    sealed
        .split_first_chunk()
        .filter(|(sum, record)| u64::from_be_bytes(**sum) == checksum(key, record))
        .map(|(_, record)| record)
        .ok_or_else(|| Trouble::Error(format!("the record of key `{key}` fails its checksum")))
}

fn checksum(key: &Key, record: &[u8]) -> u64 {
    let key = key.as_str().as_bytes();
    let mut hasher = Xxh3::new();
    hasher.update(&(key.len() as u64).to_be_bytes());
    hasher.update(key);
    hasher.update(record);
    hasher.digest()
}

impl Store for DurableStore {
    fn get(&self, key: &Key) -> Option<Versioned> {
        self.read(key)
            .expect(DISK_LOST)
            .map(|record| decode(&record))
    }

    fn put(&mut self, key: Key, entry: Versioned) -> Change {
        let before = self.get(&key);
        self.write(&key, &encode(&entry)).expect(DISK_LOST);
        Change {
            key,
            version: entry.version,
            before,
            after: Some(entry),
        }
    }

    fn remove(&mut self, key: &Key, version: Version) -> Change {
        let before = self.get(key);
        self.erase(key).expect(DISK_LOST);
        Change {
            key: key.clone(),
            version,
            before,
            after: None,
        }
    }

    fn entries(&self) -> Vec<(Key, Versioned)> {
        let records = self.scan().expect(DISK_LOST);
        records
            .into_iter()
            .map(|(key, record)| (key, decode(&record)))
            .collect()
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
