//! redb, held at arm's length.

use super::{
    StoreError,
    backend::{Backend, Failure, PAGE},
    seal::{seal, unseal},
};
use crate::{Disk, DiskError, Key};
use redb::{Database, Durability, ReadableDatabase, TableDefinition, TableError};
use std::{
    any::Any,
    cell::Cell,
    panic::{AssertUnwindSafe, catch_unwind},
};

const TABLE: TableDefinition<&[u8], &[u8]> = TableDefinition::new("records");

/// The first bytes of every redb file; the last thing that creating one writes.
const MAGIC_LENGTH: usize = 9;

/// The memory that redb may keep pages in, in bytes.
const CACHE_BYTES: usize = 4 << 20;

/// An open database and the way to cut it off.
pub(super) struct Handle {
    database: Option<Database>,
    backend: Backend,
    panicked: Cell<bool>,
}

/// What went wrong inside redb, before it is known why.
pub(super) enum Trouble {
    /// redb, or a check of ours, returned an error.
    Error(String),
    /// redb panicked.
    Panic(String),
}

impl Handle {
    pub(super) fn open(disk: &Disk, file: &str) -> Result<Self, StoreError> {
        discard_unfinished(disk, file).map_err(StoreError::Disk)?;
        let backend = Backend::new(disk, file);
        let opened = catch(|| {
            Database::builder()
                .set_cache_size(CACHE_BYTES)
                .create_with_backend(backend.clone())
                .map_err(Trouble::from_redb)
        });
        match opened {
            Ok(database) => {
                Ok(Self { database: Some(database), backend, panicked: Cell::new(false) })
            }
            Err(trouble) => Err(explain(trouble, &backend)),
        }
    }

    fn database(&self) -> &Database {
        self.database.as_ref().expect("the database is taken only by drop")
    }

    /// Calls redb and catches its panics.
    pub(super) fn guarded<T>(
        &self,
        work: impl FnOnce(&Self) -> Result<T, Trouble>,
    ) -> Result<T, StoreError> {
        catch(|| work(self)).map_err(|trouble| {
            self.panicked.set(matches!(trouble, Trouble::Panic(_)));
            explain(trouble, &self.backend)
        })
    }

    /// Cuts redb off from the disk for good.
    pub(super) fn sever(&self) {
        self.backend.sever();
    }

    pub(super) fn read(&self, key: &Key) -> Result<Option<Vec<u8>>, Trouble> {
        let reading = self.database().begin_read().map_err(Trouble::from_redb)?;
        let table = match reading.open_table(TABLE) {
            Err(TableError::TableDoesNotExist(_)) => return Ok(None),
            other => other.map_err(Trouble::from_redb)?,
        };
        let found = table.get(key.as_str().as_bytes()).map_err(Trouble::from_redb)?;
        found.map(|sealed| unseal(key, sealed.value()).map(<[u8]>::to_vec)).transpose()
    }

    pub(super) fn scan(&self) -> Result<Vec<(Key, Vec<u8>)>, Trouble> {
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

    pub(super) fn commit(&self, key: &Key, record: Option<&[u8]>) -> Result<(), Trouble> {
        let mut writing = self.database().begin_write().map_err(Trouble::from_redb)?;
        writing.set_durability(Durability::Immediate).map_err(Trouble::from_redb)?;
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
        || disk.read(file, 0, MAGIC_LENGTH)?.iter().any(|&byte| byte != 0)
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
