//! The records of one node: what is on its disk, and what of that was announced.

use super::{
    DurableEventual,
    record::{Record, Stamp},
};
use crate::{
    Change, Context, Damaged, DiskError, DurableStore, Fact, Key, MemoryStore, Origin, Store,
    StoreError, Versioned,
};
use std::collections::BTreeMap;

/// The file that holds the store.
pub(super) const FILE: &str = "store.redb";

/// One node's records.
#[derive(Debug)]
pub(super) struct Replica {
    /// `None`: it could not be opened, or was found damaged; the node serves nothing.
    store: Option<DurableStore>,
    /// What clients can read, as it was announced. Reads are answered from the
    /// disk; this copy lets replicas be compared when the disk has failed.
    announced: MemoryStore,
    used_bytes: u64,
    capacity_bytes: u64,
    /// Who asked for the records that this life of the node has kept, and by which stamp; empty
    /// unless a trace is kept.
    origins: BTreeMap<Key, (Stamp, Origin)>,
}

/// Why a record was not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NotKept {
    /// It would not fit; nothing has changed.
    Full,
    /// The disk did not take it; nothing has changed.
    Disk,
    /// The store is lost; the record may be on the disk all the same.
    Lost,
}

impl Replica {
    /// Opens the store and announces what is in it.
    pub(super) fn open(capacity_bytes: u64, ctx: &mut Context<'_, DurableEventual>) -> Self {
        let opened = DurableStore::open(ctx.disk(), FILE);
        if let Err(StoreError::Damaged(_)) = opened {
            ctx.announce(Fact::Refused { what: Damaged::Store });
        }
        let mut replica = Self {
            store: opened.ok(),
            announced: MemoryStore::default(),
            used_bytes: 0,
            capacity_bytes,
            origins: BTreeMap::new(),
        };
        for (key, record) in replica.records(ctx).unwrap_or_default() {
            replica.used_bytes += record.size(&key);
            if let Some(entry) = record.entry() {
                ctx.apply(replica.announced.put(key, entry));
            }
        }
        replica
    }

    /// Whether the node serves at all.
    pub(super) fn is_sound(&self) -> bool {
        self.store.is_some()
    }

    /// What the node announced and has not withdrawn.
    pub(super) fn entries(&self) -> Vec<(Key, Versioned)> {
        self.announced.entries()
    }

    /// The record under a key, from the disk; an error means that the store is lost.
    pub(super) fn read(
        &mut self,
        key: &Key,
        ctx: &mut Context<'_, DurableEventual>,
    ) -> Result<Option<Record>, StoreError> {
        let found = self.reading(ctx, |store| store.read(key))?;
        found.map(|bytes| self.decode(key, &bytes, ctx)).transpose()
    }

    /// Every key and record, tombstones among them; an error means that the store is lost.
    pub(super) fn records(
        &mut self,
        ctx: &mut Context<'_, DurableEventual>,
    ) -> Result<Vec<(Key, Record)>, StoreError> {
        let found = self.reading(ctx, DurableStore::scan)?;
        found
            .into_iter()
            .map(|(key, bytes)| {
                let record = self.decode(&key, &bytes, ctx)?;
                Ok((key, record))
            })
            .collect()
    }

    /// Keeps a record in place of `held`, whatever their stamps; when this
    /// returns, it is on the platter.
    pub(super) fn keep(
        &mut self,
        key: &Key,
        record: &Record,
        held: Option<&Record>,
        ctx: &mut Context<'_, DurableEventual>,
    ) -> Result<(), NotKept> {
        let freed = held.map_or(0, |held| held.size(key));
        let needed = record.size(key);
        let used_bytes = self.used_bytes - freed + needed;
        if needed > freed && used_bytes > self.capacity_bytes {
            return Err(NotKept::Full);
        }
        let store = self.store.as_mut().ok_or(NotKept::Lost)?;
        match store.write(key, &record.encode()) {
            Ok(()) => {
                self.used_bytes = used_bytes;
                if ctx.explains() {
                    self.origins.insert(key.clone(), (record.stamp, record.origin));
                }
                ctx.apply(self.announce(key, record));
                Ok(())
            }
            Err(_) if store.error().is_some() => {
                self.lose(ctx);
                Err(NotKept::Lost)
            }
            Err(StoreError::Disk(DiskError::Full)) => Err(NotKept::Full),
            Err(_) => Err(NotKept::Disk),
        }
    }

    fn announce(&mut self, key: &Key, record: &Record) -> Change {
        match record.entry() {
            Some(entry) => self.announced.put(key.clone(), entry),
            None => self.announced.remove(key, record.stamp.version),
        }
    }

    fn reading<T>(
        &mut self,
        ctx: &mut Context<'_, DurableEventual>,
        work: impl FnOnce(&DurableStore) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let store = self.store.as_ref();
        let result = store.map_or(Err(StoreError::Disk(DiskError::Failed)), work);
        if let (Some(_), Err(StoreError::Damaged(_))) = (&self.store, &result) {
            ctx.announce(Fact::Refused { what: Damaged::Store });
        }
        result.inspect_err(|_| self.lose(ctx))
    }

    fn decode(
        &mut self,
        key: &Key,
        bytes: &[u8],
        ctx: &mut Context<'_, DurableEventual>,
    ) -> Result<Record, StoreError> {
        let Some(mut record) = Record::decode(bytes) else {
            self.lose(ctx);
            let why = format!("the record of key `{key}` is not one of ours");
            return Err(StoreError::Damaged(why));
        };
        if let Some((stamp, origin)) = self.origins.get(key)
            && *stamp == record.stamp
        {
            record.origin = *origin;
        }
        Ok(record)
    }

    /// Gives the store up: better no answer than a wrong one.
    fn lose(&mut self, ctx: &mut Context<'_, DurableEventual>) {
        self.store = None;
        for (key, entry) in self.announced.entries() {
            ctx.apply(self.announced.remove(&key, entry.version));
        }
    }
}
