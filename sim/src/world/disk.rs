//! The simulated disk of one node: what is in the page cache, what is on the platter.

mod holes;
mod under_way;

use super::network::size_ns;
use crate::{
    latency::Sampler,
    seed::{Stream, Streams, draw_below, draw_unit},
};
use holes::Holes;
use node::{Disk, DiskError, Medium, NodeId, SyncId};
use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicBool, Ordering},
    },
};
use under_way::UnderWay;

pub(super) use under_way::{NewEnds, PendingSync};

/// A disk that outlives its node.
///
/// A crash of the process leaves the page cache as it is, so nothing written is
/// lost. A power loss leaves the platter, and of what was written since the last sync
/// whatever the seed has it.
pub(super) struct NodeDisk {
    /// The handle that nodes get.
    pub(super) handle: Disk,
    medium: Arc<Mutex<PageCache>>,
    /// Set when there is something to take; most nodes never touch their disk.
    used: Arc<AtomicBool>,
    sync_latency: Sampler,
    sync_rng: Stream,
    read_latency: Option<Sampler>,
    read_rng: Stream,
    bytes_per_second: Option<u64>,
    slow: Vec<(usize, f64)>,
    under_way: UnderWay,
}

/// What a node did with its disk while it handled an event.
#[derive(Default)]
pub(super) struct DiskUse {
    /// What takes time, in order.
    pub(super) asked: Vec<Asked>,
    /// The faults that it met, each as often as it met it.
    pub(super) touched: Vec<usize>,
}

/// Something that a node asked of its disk, and waits for.
pub(super) enum Asked {
    /// To read so many bytes.
    Read(u64),
    /// To bring what was done to a file before the mark to the platter.
    Sync {
        /// Which file.
        file: String,
        /// How much had been done by then, in changes of all files.
        mark: u64,
    },
}

/// A disturbance of a disk that lasts a while.
#[derive(Clone, Copy)]
pub(super) enum DiskFault {
    /// Reads and syncs take this many times as long.
    Slow(f64),
    /// No file grows, and no hole in one is filled.
    Full,
    /// This share of writes and syncs fails, and of reads if they are meant too.
    Errors { share: f64, reads: bool },
}

struct PageCache {
    /// What reads see.
    cache: BTreeMap<String, Vec<u8>>,
    /// What a power loss leaves for certain.
    platter: BTreeMap<String, Vec<u8>>,
    /// What was done to each file and not synced, in order.
    unsynced: BTreeMap<String, Vec<Change>>,
    holes: Holes,
    changes: u64,
    full: Vec<usize>,
    errors: Vec<Errors>,
    /// Whether reads, or bytes, cost any time.
    reads_cost: bool,
    bytes_cost: bool,
    /// The bytes written to each file since a sync of it was last asked for.
    written: BTreeMap<String, u64>,
    rng: Stream,
    used: Arc<AtomicBool>,
    taken: DiskUse,
}

/// Errors of a disk, by a fault.
struct Errors {
    fault: usize,
    share: f64,
    reads: bool,
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

impl NodeDisk {
    pub(super) fn new(id: NodeId, settings: &scenarios::Disk, streams: &Streams) -> Self {
        let used = Arc::new(AtomicBool::new(false));
        let medium = Arc::new(Mutex::new(PageCache {
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
            rng: streams.named(&format!("disk/{id}")),
            used: used.clone(),
            taken: DiskUse::default(),
        }));
        Self {
            handle: Disk::new(medium.clone()),
            medium,
            used,
            sync_latency: Sampler::new(&settings.sync),
            sync_rng: streams.named(&format!("disk/{id}/sync")),
            read_latency: settings.read.as_ref().map(Sampler::new),
            read_rng: streams.named(&format!("disk/{id}/read")),
            bytes_per_second: settings.bytes_per_second,
            slow: Vec::new(),
            under_way: UnderWay::default(),
        }
    }

    /// What the node has done since this was last asked.
    pub(super) fn take_use(&self) -> DiskUse {
        if self.used.load(Ordering::Relaxed) {
            self.used.store(false, Ordering::Relaxed);
            std::mem::take(&mut self.medium().taken)
        } else {
            DiskUse::default()
        }
    }

    /// Begins a sync that the node does not wait for. The answer is when it is done if the disk stays
    /// as fast as it is, and the faults that slow it.
    pub(super) fn begin_sync(
        &mut self,
        now: u64,
        id: SyncId,
        file: String,
        mark: u64,
    ) -> (u64, Vec<usize>) {
        let (takes, slowed_by) = self.draw_sync_ns(&file);
        let done = now.saturating_add(takes);
        self.under_way.begin_sync(PendingSync { id, file, mark, done });
        (done, slowed_by)
    }

    /// Ends a sync that the node does not wait for, if it is done now.
    pub(super) fn end_sync(&mut self, now: u64, id: SyncId) -> Option<PendingSync> {
        self.under_way.end_sync(now, id)
    }

    /// Whether what the node waits for is done now.
    pub(super) fn work_ends(&self, now: u64) -> bool {
        self.under_way.work_ends() == Some(now)
    }

    /// How many times as long as usual everything takes.
    fn slowness(&self) -> f64 {
        self.slow.iter().map(|(_, factor)| factor).product()
    }

    /// Changes something about the disk. What is under way goes on as fast as the disk is then; the
    /// answer's second part is what ends at another moment by that.
    pub(super) fn change<T>(
        &mut self,
        now: u64,
        change: impl FnOnce(&mut Self) -> T,
    ) -> (T, NewEnds) {
        let before = self.slowness();
        let answer = change(self);
        let after = self.slowness();
        let ends = match before == after {
            true => NewEnds::default(),
            false => self.under_way.go_on(now, after / before),
        };
        (answer, ends)
    }

    /// Draws how long a sync of a file takes; the answer's second part is the faults that slow it.
    fn draw_sync_ns(&mut self, file: &str) -> (u64, Vec<usize>) {
        let latency = self.sync_latency.draw(&mut self.sync_rng);
        let bytes = match self.bytes_per_second {
            Some(_) => self.medium().written.remove(file).unwrap_or(0),
            None => 0,
        };
        self.slowed(latency, bytes)
    }

    fn draw_read_ns(&mut self, bytes: u64) -> (u64, Vec<usize>) {
        let rng = &mut self.read_rng;
        let latency = self.read_latency.as_ref().map_or(0, |latency| latency.draw(rng));
        self.slowed(latency, bytes)
    }

    /// How long something takes that would take so long for no bytes at all.
    fn slowed(&self, latency: u64, bytes: u64) -> (u64, Vec<usize>) {
        let for_bytes = self.bytes_per_second.map_or(0, |rate| size_ns(bytes, rate));
        let takes = latency.saturating_add(for_bytes) as f64 * self.slowness();
        (takes as u64, self.slow.iter().map(|(fault, _)| *fault).collect())
    }

    /// Begins what a node asked for within an event, one thing after the other. The answer is
    /// when all is done, and the faults that slow it, each as often as it did.
    pub(super) fn begin_work(&mut self, now: u64, asked: Vec<Asked>) -> (u64, Vec<usize>) {
        let (mut done, mut slowed_by) = (now, Vec::new());
        for asked in asked {
            let (takes, faults) = match &asked {
                Asked::Read(bytes) => self.draw_read_ns(*bytes),
                Asked::Sync { file, .. } => self.draw_sync_ns(file),
            };
            done = done.saturating_add(takes);
            slowed_by.extend(faults);
            if let Asked::Sync { file, mark } = asked {
                self.under_way.wait_for(file, mark, done);
            }
        }
        self.under_way.wait_until(done);
        (done, slowed_by)
    }

    /// Ends the syncs within events that are done by now: the platter has what they were for.
    pub(super) fn settle(&mut self, now: u64) {
        for (file, mark) in self.under_way.settle(now) {
            self.medium().bring_to_platter(&file, mark);
        }
    }

    /// Ends the life of the process that uses the disk. If it waits for a sync within an event,
    /// it has not yet done what it does after it.
    pub(super) fn interrupt(&mut self, now: u64) {
        self.settle(now);
        if let Some(mark) = self.under_way.abandon() {
            self.medium().undo_since(mark);
        }
    }

    /// A disk of its own with the same files, to look at what a boot would find.
    pub(super) fn scratch(&self) -> Disk {
        let scratch = Disk::in_memory();
        for (file, content) in &self.medium().cache {
            scratch.write(file, 0, content).expect("a disk in memory takes everything");
        }
        scratch
    }

    /// Whether any file has content.
    pub(super) fn holds_anything(&self) -> bool {
        self.medium().cache.values().any(|content| !content.is_empty())
    }

    /// The mark up to which a sync asked for now will sync.
    pub(super) fn mark(&self) -> u64 {
        self.medium().changes
    }

    /// Brings what was done to a file before the mark to the platter. It may fail, and
    /// is then to be tried again; the fault that stood in the way is named.
    pub(super) fn sync(&self, file: &str, mark: u64) -> Result<(), usize> {
        let mut medium = self.medium();
        if let Some(fault) = medium.fails() {
            return Err(fault);
        }
        medium.bring_to_platter(file, mark);
        Ok(())
    }

    /// Leaves of the unsynced changes what the seed has it. The answer is how many bytes of
    /// them were lost or torn.
    pub(super) fn lose_power(&self) -> u64 {
        self.medium().lose_power()
    }

    /// Flips a few bits on the platter; the answer is how many.
    pub(super) fn rot(&self) -> u64 {
        self.medium().rot()
    }

    /// Begins a disturbance.
    pub(super) fn disturb(&mut self, fault: usize, disturbance: DiskFault) {
        match disturbance {
            DiskFault::Slow(factor) => self.slow.push((fault, factor)),
            DiskFault::Full => self.medium().full.push(fault),
            DiskFault::Errors { share, reads } => {
                self.medium().errors.push(Errors { fault, share, reads });
            }
        }
    }

    /// Ends the disturbance that belongs to a fault, if it is this disk's.
    pub(super) fn calm(&mut self, fault: usize) {
        self.slow.retain(|(other, _)| *other != fault);
        let mut medium = self.medium();
        medium.full.retain(|full| *full != fault);
        medium.errors.retain(|errors| errors.fault != fault);
    }

    /// Ends every disturbance; the answer is their faults.
    pub(super) fn heal(&mut self) -> Vec<usize> {
        let mut faults: Vec<usize> = self.slow.drain(..).map(|(fault, _)| fault).collect();
        let mut medium = self.medium();
        faults.append(&mut medium.full);
        faults.extend(medium.errors.drain(..).map(|errors| errors.fault));
        faults
    }

    fn medium(&self) -> MutexGuard<'_, PageCache> {
        self.medium.lock().expect("a run ends with its first panic")
    }
}

impl PageCache {
    /// The fault by which a write or a sync fails now, if it does.
    fn fails(&mut self) -> Option<usize> {
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
        what.apply(self.cache.entry(file.to_owned()).or_default(), usize::MAX);
        if let (true, What::Write { bytes, .. }) = (self.bytes_cost, &what) {
            *self.written.entry(file.to_owned()).or_default() += bytes.len() as u64;
        }
        let change = Change { turn: self.changes, what };
        self.changes += 1;
        self.unsynced.entry(file.to_owned()).or_default().push(change);
    }

    fn bring_to_platter(&mut self, file: &str, mark: u64) {
        let Some(unsynced) = self.unsynced.get_mut(file) else { return };
        let done = unsynced.partition_point(|change| change.turn < mark);
        let content = self.platter.entry(file.to_owned()).or_default();
        for change in unsynced.drain(..done) {
            change.what.apply(content, usize::MAX);
        }
    }

    /// Takes back every change from a mark on, as never done.
    fn undo_since(&mut self, mark: u64) {
        self.cache = self.platter.clone();
        for (file, changes) in &mut self.unsynced {
            changes.retain(|change| change.turn < mark);
            for change in changes {
                change.what.apply(self.cache.entry(file.clone()).or_default(), usize::MAX);
            }
        }
    }

    fn lose_power(&mut self) -> u64 {
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

    fn rot(&mut self) -> u64 {
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

fn to_index(offset: u64) -> usize {
    usize::try_from(offset).expect("a simulated file fits in memory")
}

#[cfg(test)]
mod tests {
    use super::*;
    use scenarios::Latency;
    use std::time::Duration;

    fn disk(seed: u64) -> NodeDisk {
        let sync = Latency::Constant(Duration::from_millis(1));
        let settings = scenarios::Disk { sync, ..scenarios::Disk::default() };
        NodeDisk::new(NodeId::new(1), &settings, &Streams::new(seed))
    }

    /// Begins at time zero what the node has asked for; the answer is when it is done.
    fn begin(disk: &mut NodeDisk) -> u64 {
        let asked = disk.take_use().asked;
        disk.begin_work(0, asked).0
    }

    /// Lets the node wait for all that it has asked for.
    fn wait(disk: &mut NodeDisk) {
        begin(disk);
        disk.settle(u64::MAX);
    }

    fn content(disk: &NodeDisk) -> String {
        let bytes = disk.handle.read_all("log").unwrap().unwrap_or_default();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn a_power_loss_leaves_what_was_synced_and_any_part_of_the_rest() {
        let mut outcomes = std::collections::BTreeSet::new();
        for seed in 0..200 {
            let mut disk = disk(seed);
            disk.handle.write("log", 0, b"safe").unwrap();
            disk.handle.sync_now("log").unwrap();
            wait(&mut disk);
            disk.handle.write("log", 4, b"-one").unwrap();
            disk.handle.write("log", 8, b"-two").unwrap();
            assert_eq!(content(&disk), "safe-one-two");
            disk.lose_power();
            let left = content(&disk);
            assert!(left.starts_with("safe"), "{left}");
            outcomes.insert(left);
        }
        let lost = "safe";
        let torn = "safe-o";
        let reordered = "safe\0\0\0\0-two";
        for expected in [lost, torn, "safe-one", reordered, "safe-one-two"] {
            assert!(outcomes.contains(expected), "{expected:?} never came: {outcomes:?}");
        }
    }

    #[test]
    fn a_sync_within_an_event_reaches_the_platter_when_its_time_is_over() {
        let after_power_loss_at = |now: u64, seed| {
            let mut disk = disk(seed);
            disk.handle.write("log", 0, b"one").unwrap();
            disk.handle.sync_now("log").unwrap();
            disk.handle.write("log", 3, b"two").unwrap();
            disk.handle.sync_now("log").unwrap();
            assert_eq!(begin(&mut disk), 2_000_000, "one wait after the other");
            disk.interrupt(now);
            let lost = disk.lose_power();
            (content(&disk), lost)
        };
        let at = |now| (0..100).map(move |seed| after_power_loss_at(now, seed));
        assert!(at(500_000).any(|(left, lost)| left.is_empty() && lost == 3));
        assert!(at(500_000).any(|(left, lost)| left == "one" && lost == 0));
        // What comes after a wait is not done before it, kept or torn.
        assert!(at(500_000).all(|(left, _)| "one".starts_with(&left)));
        assert!(at(1_500_000).all(|(left, _)| left.starts_with("one")));
        assert!(at(1_500_000).any(|(_, lost)| lost > 0));
        assert!(at(2_000_000).all(|(left, lost)| left == "onetwo" && lost == 0));
    }

    #[test]
    fn a_process_that_dies_in_a_wait_has_done_what_came_before_it_and_no_more() {
        let mut disk = disk(1);
        disk.handle.write("log", 0, b"one").unwrap();
        disk.handle.sync_now("log").unwrap();
        disk.handle.write("log", 3, b"two").unwrap();
        disk.handle.write("other", 0, b"x").unwrap();
        begin(&mut disk);
        disk.interrupt(1);
        assert_eq!(content(&disk), "one");
        assert_eq!(disk.handle.read_all("other").unwrap().unwrap_or_default(), b"");
    }

    #[test]
    fn disturbances_of_one_kind_end_one_by_one() {
        let mut disk = disk(1);
        disk.disturb(3, DiskFault::Full);
        disk.disturb(4, DiskFault::Full);
        disk.disturb(5, DiskFault::Errors { share: 1.0, reads: false });
        disk.disturb(6, DiskFault::Errors { share: 0.0, reads: false });
        disk.calm(4);
        disk.calm(6);
        assert_eq!(disk.handle.write("log", 0, b"x"), Err(DiskError::Failed));
        disk.calm(5);
        assert_eq!(disk.handle.write("log", 0, b"x"), Err(DiskError::Full));
        disk.calm(3);
        assert_eq!(disk.handle.write("log", 0, b"x"), Ok(()));
    }

    #[test]
    fn reads_and_bytes_cost_what_the_settings_say_and_nothing_by_default() {
        let mut free = disk(1);
        free.handle.write("log", 0, &[0; 1000]).unwrap();
        free.handle.read("log", 0, 1000).unwrap();
        assert_eq!(begin(&mut free), 0);
        let settings = scenarios::Disk {
            sync: Latency::Constant(Duration::from_millis(1)),
            read: Some(Latency::Constant(Duration::from_micros(100))),
            bytes_per_second: Some(1_000_000),
        };
        let mut disk = NodeDisk::new(NodeId::new(1), &settings, &Streams::new(1));
        disk.handle.write("log", 0, &[0; 1000]).unwrap();
        disk.handle.read("log", 0, 500).unwrap();
        assert_eq!(begin(&mut disk), 600_000, "0.1 ms and 500 bytes at a byte a microsecond");
        disk.handle.sync_now("log").unwrap();
        disk.handle.sync_now("log").unwrap();
        assert_eq!(begin(&mut disk), 3_000_000, "the second sync has no bytes to bring");
    }

    #[test]
    fn a_sync_covers_what_was_written_before_it_was_asked_for() {
        let disk = disk(1);
        disk.handle.write("log", 0, b"a").unwrap();
        let mark = disk.mark();
        disk.handle.write("log", 1, b"b").unwrap();
        disk.sync("log", mark).unwrap();
        assert_eq!(disk.medium().unsynced["log"].len(), 1);
    }

    #[test]
    fn a_full_disk_takes_no_more_and_an_erring_one_fails_its_share() {
        let mut disk = disk(1);
        disk.handle.write("log", 0, b"abc").unwrap();
        disk.disturb(3, DiskFault::Full);
        assert_eq!(disk.handle.write("log", 3, b"d"), Err(DiskError::Full));
        assert_eq!(disk.handle.write("log", 0, b"x"), Ok(()));
        assert_eq!(disk.take_use().touched, [3]);
        // A file may be made longer, but what was added cannot be written.
        disk.handle.truncate("log", 8192).unwrap();
        assert_eq!(disk.handle.write("log", 4096, b"d"), Err(DiskError::Full));
        disk.calm(3);
        disk.handle.write("log", 4096, b"d").unwrap();
        disk.disturb(3, DiskFault::Full);
        assert_eq!(disk.handle.write("log", 4097, b"d"), Ok(()));
        disk.calm(3);
        disk.disturb(4, DiskFault::Errors { share: 0.5, reads: false });
        let failed = (0..1000).filter(|_| disk.handle.write("log", 3, b"d").is_err()).count();
        assert!((400..600).contains(&failed), "{failed}");
        assert!((0..100).all(|_| disk.handle.read("log", 0, 1).is_ok()));
        disk.disturb(5, DiskFault::Errors { share: 0.5, reads: true });
        let failed = (0..1000).filter(|_| disk.handle.read("log", 0, 1).is_err()).count();
        assert!((400..600).contains(&failed), "{failed}");
        disk.calm(5);
        assert!((0..100).all(|_| disk.handle.read("log", 0, 1).is_ok()));
        assert_eq!(disk.heal(), [4]);
        assert_eq!(disk.handle.sync_now("log"), Ok(()));
    }

    #[test]
    fn rot_flips_what_is_on_the_platter_and_nothing_else() {
        let mut disk = disk(5);
        disk.handle.write("log", 0, &[0; 64]).unwrap();
        assert_eq!(disk.rot(), 0, "nothing is on the platter yet");
        disk.handle.sync_now("log").unwrap();
        wait(&mut disk);
        let flips = disk.rot();
        let bytes = disk.handle.read_all("log").unwrap().unwrap();
        let ones: u32 = bytes.iter().map(|byte| byte.count_ones()).sum();
        assert!(flips > 0 && u64::from(ones) <= flips);
    }
}
