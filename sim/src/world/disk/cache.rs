//! What is in the page cache of a disk, and what is on its platter.

use super::{Asked, DiskUse, holes::Holes};
use crate::seed::{Stream, draw_below, draw_unit};
use node::{DiskError, Medium};
use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

/// A page cache, the platter behind it, and what disturbs them.
pub(super) struct PageCache {
    /// What reads see.
    pub(super) cache: BTreeMap<String, Vec<u8>>,
    /// What a power loss leaves for certain.
    pub(super) platter: BTreeMap<String, Vec<u8>>,
    /// What was done to each file and not synced, in order.
    unsynced: BTreeMap<String, Vec<Change>>,
    holes: Holes,
    pub(super) changes: u64,
    pub(super) full: Vec<usize>,
    pub(super) errors: Vec<Errors>,
    /// Whether reads, or bytes, cost any time.
    reads_cost: bool,
    bytes_cost: bool,
    /// The bytes written to each file since a sync of it was last asked for.
    pub(super) written: BTreeMap<String, u64>,
    rng: Stream,
    used: Arc<AtomicBool>,
    pub(super) taken: DiskUse,
}

/// Errors of a disk, by a fault.
pub(super) struct Errors {
    pub(super) fault: usize,
    pub(super) share: f64,
    pub(super) reads: bool,
}

/// One change of a file.
struct Change {
    turn: u64,
    what: What,
}

enum What {
    Write { offset: usize, bytes: Vec<u8> },
    Truncate(usize),
}

/// The unit that a disk writes whole or not at all.
const SECTOR: usize = 512;

impl PageCache {
    pub(super) fn new(settings: &scenarios::Disk, rng: Stream, used: Arc<AtomicBool>) -> Self {
        Self {
            cache: BTreeMap::new(),
            platter: BTreeMap::new(),
            unsynced: BTreeMap::new(),
            holes: Holes::default(),
            changes: 0,
            full: Vec::new(),
            errors: Vec::new(),
            reads_cost: settings.read.is_some() || settings.bytes_per_second.is_some(),
            bytes_cost: settings.bytes_per_second.is_some(),
            written: BTreeMap::new(),
            rng,
            used,
            taken: DiskUse::default(),
        }
    }

    /// Draws from this stream from now on.
    pub(super) fn redraw(&mut self, rng: Stream) {
        self.rng = rng;
    }

    /// How many changes of a file are not on the platter.
    #[cfg(test)]
    pub(super) fn unsynced(&self, file: &str) -> usize {
        self.unsynced.get(file).map_or(0, Vec::len)
    }

    /// The fault by which a write or a sync fails now, if it does.
    pub(super) fn fails(&mut self) -> Option<usize> {
        let rng = &mut self.rng;
        let failed = self.errors.iter().find(|errors| draw_unit(rng) < errors.share);
        failed.map(|errors| errors.fault)
    }

    /// The fault by which a read fails now, if it does.
    fn read_fails(&mut self) -> Option<usize> {
        let rng = &mut self.rng;
        let mut of_reads = self.errors.iter().filter(|errors| errors.reads);
        of_reads.find(|errors| draw_unit(rng) < errors.share).map(|errors| errors.fault)
    }

    fn meet(&mut self, fault: usize) {
        self.taken.touched.push(fault);
        self.used.store(true, Ordering::Relaxed);
    }

    fn change(&mut self, file: &str, what: What) {
        what.apply(of_file(&mut self.cache, file), usize::MAX);
        if let (true, What::Write { bytes, .. }) = (self.bytes_cost, &what) {
            *of_file(&mut self.written, file) += bytes.len() as u64;
        }
        let change = Change { turn: self.changes, what };
        self.changes += 1;
        of_file(&mut self.unsynced, file).push(change);
    }

    pub(super) fn bring_to_platter(&mut self, file: &str, mark: u64) {
        let Some(unsynced) = self.unsynced.get_mut(file) else { return };
        let done = unsynced.partition_point(|change| change.turn < mark);
        let content = of_file(&mut self.platter, file);
        for change in unsynced.drain(..done) {
            change.what.apply(content, usize::MAX);
        }
    }

    /// Takes back every change from a mark on, as never done.
    pub(super) fn undo_since(&mut self, mark: u64) {
        self.cache = self.platter.clone();
        for (file, changes) in &mut self.unsynced {
            changes.retain(|change| change.turn < mark);
            for change in changes {
                change.what.apply(self.cache.entry(file.clone()).or_default(), usize::MAX);
            }
        }
    }

    pub(super) fn lose_power(&mut self) -> u64 {
        // How bad it gets: nothing of it kept, a prefix, or any part of it, torn.
        let severity = draw_below(3, &mut self.rng);
        let mut lost = 0;
        for (file, changes) in std::mem::take(&mut self.unsynced) {
            let prefix = draw_below(changes.len() as u64 + 1, &mut self.rng) as usize;
            for (position, change) in changes.into_iter().enumerate() {
                let kept = match severity {
                    0 => 0,
                    1 if position < prefix => usize::MAX,
                    1 => 0,
                    _ => self.part_kept(&change.what),
                };
                lost += change.what.length().saturating_sub(kept) as u64;
                if kept == 0 {
                    continue;
                }
                change.what.apply(self.platter.entry(file.clone()).or_default(), kept);
            }
        }
        self.cache = self.platter.clone();
        lost
    }

    /// How many bytes of an unsynced change a power loss leaves: none, some sectors, all.
    fn part_kept(&mut self, what: &What) -> usize {
        match (draw_below(3, &mut self.rng), what) {
            (0, _) => 0,
            (1, What::Write { bytes, .. }) if bytes.len() > 1 => {
                let sectors = bytes.len().div_ceil(SECTOR) as u64;
                let whole = draw_below(sectors, &mut self.rng) as usize * SECTOR;
                // A write within one sector is torn too: the sector may lie across its middle.
                whole.max(draw_below(bytes.len().min(SECTOR) as u64, &mut self.rng) as usize)
            }
            _ => usize::MAX,
        }
    }

    pub(super) fn rot(&mut self) -> u64 {
        let files: Vec<String> = self
            .platter
            .iter()
            .filter(|(_, content)| !content.is_empty())
            .map(|(file, _)| file.clone())
            .collect();
        if files.is_empty() {
            return 0;
        }
        let file = &files[draw_below(files.len() as u64, &mut self.rng) as usize];
        let flips = 1 + draw_below(3, &mut self.rng);
        let length = self.platter[file].len() as u64;
        for _ in 0..flips {
            let place = draw_below(length, &mut self.rng) as usize;
            let bit = 1 << draw_below(8, &mut self.rng);
            for files in [&mut self.platter, &mut self.cache] {
                if let Some(byte) = files.get_mut(file).and_then(|content| content.get_mut(place)) {
                    *byte ^= bit;
                }
            }
        }
        flips
    }
}

impl What {
    /// How many bytes it writes.
    fn length(&self) -> usize {
        match self {
            Self::Write { bytes, .. } => bytes.len(),
            Self::Truncate(_) => 0,
        }
    }

    /// Does the change to a file, or as much of a write as `kept` bytes.
    fn apply(&self, content: &mut Vec<u8>, kept: usize) {
        match self {
            Self::Truncate(length) => content.resize(*length, 0),
            Self::Write { offset, bytes } => {
                let bytes = &bytes[..kept.min(bytes.len())];
                if *offset == content.len() {
                    content.extend_from_slice(bytes);
                    return;
                }
                let end = offset + bytes.len();
                content.resize(content.len().max(end), 0);
                content[*offset..end].copy_from_slice(bytes);
            }
        }
    }
}

impl Medium for PageCache {
    fn len(&self, file: &str) -> Option<u64> {
        self.cache.get(file).map(|content| content.len() as u64)
    }

    fn read(&mut self, file: &str, offset: u64, bytes: &mut [u8]) -> Result<(), DiskError> {
        if let Some(fault) = self.read_fails() {
            self.meet(fault);
            return Err(DiskError::Failed);
        }
        if self.reads_cost {
            self.taken.asked.push(Asked::Read(bytes.len() as u64));
            self.used.store(true, Ordering::Relaxed);
        }
        if let (Some(content), false) = (self.cache.get(file), bytes.is_empty()) {
            let start = to_index(offset);
            bytes.copy_from_slice(&content[start..start + bytes.len()]);
        }
        Ok(())
    }

    fn write(&mut self, file: &str, offset: u64, bytes: &[u8]) -> Result<(), DiskError> {
        if let Some(fault) = self.fails() {
            self.meet(fault);
            return Err(DiskError::Failed);
        }
        let offset = to_index(offset);
        let place = offset..offset + bytes.len();
        let held = self.cache.get(file).map_or(0, Vec::len);
        let takes_room = place.end > held || self.holes.meets(file, place.clone());
        if takes_room && !self.full.is_empty() {
            self.full.clone().into_iter().for_each(|fault| self.meet(fault));
            return Err(DiskError::Full);
        }
        if offset > held {
            self.holes.resize(file, held, offset);
        }
        self.holes.fill(file, place);
        self.change(file, What::Write { offset, bytes: bytes.to_vec() });
        Ok(())
    }

    fn truncate(&mut self, file: &str, length: u64) -> Result<(), DiskError> {
        let length = to_index(length);
        let held = self.cache.get(file).map_or(0, Vec::len);
        self.holes.resize(file, held, length);
        self.change(file, What::Truncate(length));
        Ok(())
    }

    fn sync(&mut self, file: &str) -> Result<(), DiskError> {
        if let Some(fault) = self.fails() {
            self.meet(fault);
            return Err(DiskError::Failed);
        }
        // The platter has it when the node has waited for it.
        self.taken.asked.push(Asked::Sync { file: file.to_owned(), mark: self.changes });
        self.used.store(true, Ordering::Relaxed);
        Ok(())
    }
}

/// What a map has for a file, made if there is nothing yet. The name is copied only then.
fn of_file<'m, T: Default>(files: &'m mut BTreeMap<String, T>, file: &str) -> &'m mut T {
    if !files.contains_key(file) {
        files.insert(file.to_owned(), T::default());
    }
    files.get_mut(file).expect("it is there by now")
}

fn to_index(offset: u64) -> usize {
    usize::try_from(offset).expect("a simulated file fits in memory")
}
