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
    /// By name, in order: what a power loss leaves is drawn file by file.
    files: BTreeMap<String, File>,
    pub(super) changes: u64,
    pub(super) full: Vec<usize>,
    pub(super) errors: Vec<Errors>,
    /// Whether reads, or bytes, cost any time.
    reads_cost: bool,
    bytes_cost: bool,
    rng: Stream,
    used: Arc<AtomicBool>,
    pub(super) taken: DiskUse,
}

/// What the cache and the platter know of one name.
#[derive(Default)]
struct File {
    /// What reads see; `None`: there is no such file.
    cache: Option<Vec<u8>>,
    /// What a power loss leaves for certain.
    platter: Option<Vec<u8>>,
    /// What was done to it and not synced, in order; `None`: nothing since the last power loss.
    unsynced: Option<Vec<Change>>,
    holes: Holes,
    /// The bytes written since a sync was last asked for.
    written: u64,
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
            files: BTreeMap::new(),
            changes: 0,
            full: Vec::new(),
            errors: Vec::new(),
            reads_cost: settings.read.is_some() || settings.bytes_per_second.is_some(),
            bytes_cost: settings.bytes_per_second.is_some(),
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
        self.files.get(file).and_then(|file| file.unsynced.as_ref()).map_or(0, Vec::len)
    }

    /// The files that there are, with what reads see of them.
    pub(super) fn visible(&self) -> impl Iterator<Item = (&str, &[u8])> {
        let files = self.files.iter();
        files.filter_map(|(name, file)| Some((name.as_str(), file.cache.as_deref()?)))
    }

    /// How many bytes were written to a file since this was last asked.
    pub(super) fn take_written(&mut self, file: &str) -> u64 {
        self.files.get_mut(file).map_or(0, |file| std::mem::take(&mut file.written))
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

    pub(super) fn bring_to_platter(&mut self, file: &str, mark: u64) {
        let Some(File { platter, unsynced: Some(unsynced), .. }) = self.files.get_mut(file) else {
            return;
        };
        let done = unsynced.partition_point(|change| change.turn < mark);
        let content = platter.get_or_insert_default();
        for change in unsynced.drain(..done) {
            change.what.apply(content, usize::MAX);
        }
    }

    /// Takes back every change from a mark on, as never done.
    pub(super) fn undo_since(&mut self, mark: u64) {
        for file in self.files.values_mut() {
            file.cache = file.platter.clone();
            if let Some(changes) = &mut file.unsynced {
                changes.retain(|change| change.turn < mark);
                for change in changes {
                    change.what.apply(file.cache.get_or_insert_default(), usize::MAX);
                }
            }
        }
    }

    pub(super) fn lose_power(&mut self) -> u64 {
        // How bad it gets: nothing of it kept, a prefix, or any part of it, torn.
        let severity = draw_below(3, &mut self.rng);
        let mut lost = 0;
        for file in self.files.values_mut() {
            let Some(changes) = file.unsynced.take() else { continue };
            let prefix = draw_below(changes.len() as u64 + 1, &mut self.rng) as usize;
            for (position, change) in changes.into_iter().enumerate() {
                let kept = match severity {
                    0 => 0,
                    1 if position < prefix => usize::MAX,
                    1 => 0,
                    _ => change.what.part_kept(&mut self.rng),
                };
                lost += change.what.length().saturating_sub(kept) as u64;
                if kept == 0 {
                    continue;
                }
                change.what.apply(file.platter.get_or_insert_default(), kept);
            }
        }
        self.files.values_mut().for_each(|file| file.cache = file.platter.clone());
        lost
    }

    pub(super) fn rot(&mut self) -> u64 {
        let on_platter = |file: &&mut File| file.platter.as_ref().is_some_and(|it| !it.is_empty());
        let mut files: Vec<&mut File> = self.files.values_mut().filter(on_platter).collect();
        if files.is_empty() {
            return 0;
        }
        let chosen = draw_below(files.len() as u64, &mut self.rng) as usize;
        let File { cache, platter, .. } = &mut *files[chosen];
        let flips = 1 + draw_below(3, &mut self.rng);
        let length = platter.as_ref().map_or(0, Vec::len) as u64;
        for _ in 0..flips {
            let place = draw_below(length, &mut self.rng) as usize;
            let bit = 1 << draw_below(8, &mut self.rng);
            for content in [&mut *platter, &mut *cache].into_iter().flatten() {
                if let Some(byte) = content.get_mut(place) {
                    *byte ^= bit;
                }
            }
        }
        flips
    }
}

impl File {
    fn length(&self) -> usize {
        self.cache.as_ref().map_or(0, Vec::len)
    }

    fn change(&mut self, turn: u64, what: What) {
        what.apply(self.cache.get_or_insert_default(), usize::MAX);
        self.unsynced.get_or_insert_default().push(Change { turn, what });
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

    /// How many bytes of an unsynced change a power loss leaves: none, some sectors, all.
    fn part_kept(&self, rng: &mut Stream) -> usize {
        match (draw_below(3, rng), self) {
            (0, _) => 0,
            (1, Self::Write { bytes, .. }) if bytes.len() > 1 => {
                let sectors = bytes.len().div_ceil(SECTOR) as u64;
                let whole = draw_below(sectors, rng) as usize * SECTOR;
                // A write within one sector is torn too: the sector may lie across its middle.
                whole.max(draw_below(bytes.len().min(SECTOR) as u64, rng) as usize)
            }
            _ => usize::MAX,
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
        self.files.get(file)?.cache.as_ref().map(|content| content.len() as u64)
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
        let content = self.files.get(file).and_then(|file| file.cache.as_ref());
        if let (Some(content), false) = (content, bytes.is_empty()) {
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
        let file = of_name(&mut self.files, file);
        let held = file.length();
        let takes_room = place.end > held || file.holes.meets(place.clone());
        if takes_room && !self.full.is_empty() {
            self.full.clone().into_iter().for_each(|fault| self.meet(fault));
            return Err(DiskError::Full);
        }
        if offset > held {
            file.holes.resize(held, offset);
        }
        file.holes.fill(place);
        if self.bytes_cost {
            file.written += bytes.len() as u64;
        }
        file.change(self.changes, What::Write { offset, bytes: bytes.to_vec() });
        self.changes += 1;
        Ok(())
    }

    fn truncate(&mut self, file: &str, length: u64) -> Result<(), DiskError> {
        let length = to_index(length);
        let file = of_name(&mut self.files, file);
        file.holes.resize(file.length(), length);
        file.change(self.changes, What::Truncate(length));
        self.changes += 1;
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

/// What is known of a name, made if it is new. The name is copied only then.
fn of_name<'f>(files: &'f mut BTreeMap<String, File>, name: &str) -> &'f mut File {
    if !files.contains_key(name) {
        files.insert(name.to_owned(), Default::default());
    }
    files.get_mut(name).expect("it is there by now")
}

fn to_index(offset: u64) -> usize {
    usize::try_from(offset).expect("a simulated file fits in memory")
}
