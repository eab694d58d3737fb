//! The simulated disk of one node: what it holds, how long it takes, and what disturbs it.

mod cache;
mod holes;
#[cfg(test)]
mod tests;
mod under_way;

use super::network::size_ns;
use crate::{
    latency::Sampler,
    name::Name,
    seed::{Stream, Streams},
};
use cache::{Errors, PageCache};
use node::{Disk, NodeId, SyncId, outside::DiskTrouble};
use std::sync::{
    Arc, Mutex, MutexGuard,
    atomic::{AtomicBool, Ordering},
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

impl NodeDisk {
    pub(super) fn new(id: NodeId, settings: &scenarios::Disk, streams: &Streams) -> Self {
        let used = Arc::new(AtomicBool::new(false));
        let name = || Name::new("disk/").node(id);
        let rng = streams.named(name());
        let medium = Arc::new(Mutex::new(PageCache::new(settings, rng, used.clone())));
        Self {
            handle: Disk::new(medium.clone()),
            medium,
            used,
            sync_latency: Sampler::new(&settings.sync),
            sync_rng: streams.named(name().text("/sync")),
            read_latency: settings.read.as_ref().map(Sampler::new),
            read_rng: streams.named(name().text("/read")),
            bytes_per_second: settings.bytes_per_second,
            slow: Vec::new(),
            under_way: UnderWay::default(),
        }
    }

    /// Draws from these streams from now on.
    pub(super) fn redraw(&mut self, id: NodeId, streams: &Streams) {
        self.medium().redraw(streams.named(format!("disk/{id}")));
        self.sync_rng = streams.named(format!("disk/{id}/sync"));
        self.read_rng = streams.named(format!("disk/{id}/read"));
    }

    /// What the node has done since this was last asked, if anything that takes time or met a fault.
    pub(super) fn take_use(&self) -> Option<DiskUse> {
        self.used.load(Ordering::Relaxed).then(|| {
            self.used.store(false, Ordering::Relaxed);
            std::mem::take(&mut self.medium().taken)
        })
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
            Some(_) => self.medium().take_written(file),
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
        for (file, content) in self.medium().visible() {
            scratch.write(file, 0, content).expect("a disk in memory takes everything");
        }
        scratch
    }

    /// Whether any file has content.
    pub(super) fn holds_anything(&self) -> bool {
        self.medium().visible().any(|(_, content)| !content.is_empty())
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

    /// What is wrong with it.
    pub(super) fn trouble(&self) -> DiskTrouble {
        let medium = self.medium();
        // Each fails a share of what the others let through.
        let passes: f64 = medium.errors.iter().map(|it| 1.0 - it.share).product();
        DiskTrouble {
            slowness: self.slowness(),
            full: !medium.full.is_empty(),
            errors: 1.0 - passes,
            reads: medium.errors.iter().any(|it| it.reads),
        }
    }

    /// The faults that slow it, that fill it, and that make it fail.
    pub(super) fn faults(&self) -> (Vec<usize>, Vec<usize>, Vec<usize>) {
        let medium = self.medium();
        let slow = self.slow.iter().map(|(fault, _)| *fault).collect();
        (slow, medium.full.clone(), medium.errors.iter().map(|it| it.fault).collect())
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
