//! What a disk is at work on.

use node::SyncId;
use std::collections::VecDeque;

/// What was asked of a disk and is not done, each with the moment in nanoseconds at which it is done
/// if the disk stays as fast as it is.
#[derive(Default)]
pub(super) struct UnderWay {
    /// The syncs that the node waits for within an event, in order.
    waits: VecDeque<Waiting>,
    /// When all that the node waits for within an event is done, reads included.
    work_ends: Option<u64>,
    /// The syncs that the node does not wait for.
    syncs: Vec<PendingSync>,
}

/// A sync within an event, until the platter has it.
struct Waiting {
    file: String,
    mark: u64,
    done: u64,
}

/// A sync that the node does not wait for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::world) struct PendingSync {
    /// Which of the node's.
    pub(in crate::world) id: SyncId,
    /// Of which file.
    pub(in crate::world) file: String,
    /// Brings what was done before it to the platter.
    pub(in crate::world) mark: u64,
    /// When it is done.
    pub(super) done: u64,
}

/// What ends at another moment since the disk has become faster or slower, and when.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::world) struct NewEnds {
    /// That for which the node waits.
    pub(in crate::world) work: Option<u64>,
    /// The syncs for which it does not.
    pub(in crate::world) syncs: Vec<(SyncId, u64)>,
}

impl UnderWay {
    pub(super) fn wait_for(&mut self, file: String, mark: u64, done: u64) {
        self.waits.push_back(Waiting { file, mark, done });
    }

    pub(super) fn wait_until(&mut self, done: u64) {
        self.work_ends = Some(done);
    }

    pub(super) fn work_ends(&self) -> Option<u64> {
        self.work_ends
    }

    pub(super) fn begin_sync(&mut self, sync: PendingSync) {
        self.syncs.push(sync);
    }

    /// Takes a sync out, if it is done at this very moment.
    pub(super) fn end_sync(&mut self, now: u64, id: SyncId) -> Option<PendingSync> {
        let position = self.syncs.iter().position(|sync| sync.id == id && sync.done == now)?;
        Some(self.syncs.remove(position))
    }

    /// The file and the mark of each sync within an event that is done by now.
    pub(super) fn settle(&mut self, now: u64) -> Vec<(String, u64)> {
        self.work_ends = self.work_ends.filter(|&ends| ends > now);
        if self.waits.is_empty() {
            return Vec::new();
        }
        let done = self.waits.iter().take_while(|wait| wait.done <= now).count();
        self.waits.drain(..done).map(|wait| (wait.file, wait.mark)).collect()
    }

    /// Forgets everything, as the process that asked for it is dead; the answer is the mark of the
    /// sync that it waited for.
    pub(super) fn abandon(&mut self) -> Option<u64> {
        let mark = self.waits.front().map(|wait| wait.mark);
        *self = Self::default();
        mark
    }

    /// From now on everything takes `ratio` times as long as it did until now.
    pub(super) fn go_on(&mut self, now: u64, ratio: f64) -> NewEnds {
        // The new end, of what has not ended.
        let move_end = |end: &mut u64| {
            let left = end.checked_sub(now).filter(|&left| left > 0)?;
            *end = now.saturating_add((left as f64 * ratio) as u64);
            Some(*end)
        };
        for wait in &mut self.waits {
            move_end(&mut wait.done);
        }
        let work = self.work_ends.as_mut().and_then(move_end);
        let syncs = self.syncs.iter_mut();
        let syncs = syncs.filter_map(|sync| Some((sync.id, move_end(&mut sync.done)?))).collect();
        NewEnds { work, syncs }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pending(id: u64, done: u64) -> PendingSync {
        PendingSync { id: SyncId(id), file: "log".to_owned(), mark: 7, done }
    }

    #[test]
    fn what_is_left_takes_as_long_as_the_disk_now_needs() {
        let mut under_way = UnderWay::default();
        under_way.begin_sync(pending(1, 10_000));
        under_way.begin_sync(pending(2, 100));
        under_way.wait_for("log".to_owned(), 3, 5_000);
        under_way.wait_until(9_000);
        let ends = under_way.go_on(1_000, 0.1);
        assert_eq!(ends, NewEnds { work: Some(1_800), syncs: vec![(SyncId(1), 1_900)] });
        // What was due is due, and what was to come at the old moment does not.
        assert_eq!(under_way.end_sync(10_000, SyncId(1)), None);
        assert_eq!(under_way.end_sync(1_900, SyncId(1)), Some(pending(1, 1_900)));
        assert_eq!(under_way.end_sync(100, SyncId(2)), Some(pending(2, 100)));
        assert_eq!(under_way.settle(1_400), [("log".to_owned(), 3)]);
        assert_eq!(under_way.work_ends(), Some(1_800));
        assert_eq!(under_way.go_on(1_400, 5.0).work, Some(3_400));
    }

    #[test]
    fn the_dead_wait_for_nothing() {
        let mut under_way = UnderWay::default();
        under_way.begin_sync(pending(1, 10));
        under_way.wait_for("log".to_owned(), 3, 5);
        under_way.wait_until(5);
        assert_eq!(under_way.abandon(), Some(3));
        assert_eq!(under_way.go_on(0, 2.0), NewEnds::default());
        assert_eq!(under_way.abandon(), None);
    }
}
