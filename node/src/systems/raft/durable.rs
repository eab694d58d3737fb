//! What is on the disk, what waits for it to get there, and how it is read back.
//!
//! Everything goes into one write-ahead log, so one sync covers term, vote and entries.
//! Syncs commit in groups: while one is under way, what is written meanwhile shares
//! the next. An action that makes a promise is deferred until all that was
//! written before it is on the platter.
//!
//! Two files take turns. A checkpoint writes a new log, headed by a snapshot and
//! sealed, into the other file; until that is synced, the log before it stands.

use super::{Ctx, Entry, Flaws, Index, Message, Position, Snapshot, Term, codec, decode};
use crate::{
    Damaged, Disk, DiskError, Fact, NodeId, Origin, SyncId,
    store::{Wal, WalError},
};
use std::collections::VecDeque;

/// After this many ticks without a word, a sync is taken to have failed and asked for again.
const SYNC_PATIENCE_TICKS: u32 = 40;

/// The node's disk as the protocol uses it.
#[derive(Debug)]
pub(super) struct Durable {
    wal: Wal,
    /// Counts the writes.
    written: u64,
    /// How many of them are on the platter.
    synced: u64,
    under_way: Vec<UnderWay>,
    ticks_under_way: u32,
    deferred: VecDeque<(u64, Deferred)>,
    /// Whose writes the next sync that is asked for will cover; empty unless a trace is kept.
    unasked: Vec<Origin>,
    /// Whether the log that stood before the last checkpoint is still needed.
    leans_on_older: bool,
    flaws: Flaws,
}

/// A sync that was asked for.
#[derive(Debug)]
struct UnderWay {
    id: SyncId,
    written: u64,
    generation: u64,
    end: u64,
}

/// What is done once the writes before it are on the platter.
#[derive(Debug)]
pub(super) enum Deferred {
    /// A promise to another node leaves.
    Send { to: NodeId, message: Message },
    /// The candidate of this term asks for votes.
    Campaign { term: Term },
    /// The leader of this term counts its own copy of its log up to this index.
    Matched { term: Term, index: Index },
}

/// What was on the disk.
#[derive(Debug, Default)]
pub(super) struct Recovered {
    pub(super) term: Term,
    pub(super) vote: Option<NodeId>,
    pub(super) snapshot: Option<Snapshot>,
    pub(super) entries: Vec<Entry>,
    /// How many bytes of a torn end were cut off.
    cut_bytes: u64,
}

/// Why a node cannot start from its disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unreadable {
    /// What was synced does not read back.
    Damaged,
    /// The disk fails, perhaps not for ever.
    Disk,
}

impl From<DiskError> for Unreadable {
    fn from(_: DiskError) -> Self {
        Self::Disk
    }
}

impl Durable {
    /// Reads the disk, or makes it ready if it is empty. What was found is synced before
    /// this returns: it may have been in the cache alone, and promises will rest on it.
    pub(super) fn open(disk: &Disk, flaws: Flaws) -> Result<(Self, Recovered), Unreadable> {
        let mut newest: Option<(Wal, Recovered)> = None;
        let mut is_blank = true;
        for file in FILES {
            is_blank &= disk.len(file).unwrap_or(0) < BLANK_LENGTH;
            if let Some(found) = read_file(disk, file)?
                && newest.as_ref().is_none_or(|(wal, _)| wal.generation() < found.0.generation())
            {
                newest = Some(found);
            }
        }
        let (wal, recovered) = match newest {
            Some(found) => found,
            None if is_blank => (blank_log(disk)?, Recovered::default()),
            None => return Err(Unreadable::Damaged),
        };
        let mut durable = Self {
            wal,
            written: 0,
            synced: 0,
            under_way: Vec::new(),
            ticks_under_way: 0,
            deferred: VecDeque::new(),
            unasked: Vec::new(),
            leans_on_older: false,
            flaws,
        };
        durable.settle(disk)?;
        Ok((durable, recovered))
    }

    /// Makes sure that what was read is on the platter and that no other log is.
    fn settle(&mut self, disk: &Disk) -> Result<(), DiskError> {
        let other = other_file(self.wal.generation());
        let other_is_used = disk.len(other).unwrap_or(0) > 0;
        if !self.flaws.no_fsync {
            disk.sync_now(self.wal.file())?;
            self.wal.mark_synced(self.wal.end());
        }
        if other_is_used {
            disk.truncate(other, 0)?;
            if !self.flaws.no_fsync {
                disk.sync_now(other)?;
            }
        }
        Ok(())
    }

    /// Writes term and vote.
    pub(super) fn save_ballot(
        &mut self,
        term: Term,
        vote: Option<NodeId>,
        ctx: &mut Ctx<'_>,
    ) -> Result<(), DiskError> {
        self.wal.push(&codec::ballot(term, self.vote_kept(vote)));
        self.write(ctx)
    }

    /// Writes entries that take the place of all from `first` on.
    pub(super) fn append(
        &mut self,
        first: Index,
        entries: &[Entry],
        ctx: &mut Ctx<'_>,
    ) -> Result<(), DiskError> {
        self.wal.push(&codec::append(first, entries));
        if ctx.explains() {
            self.unasked.extend(entries.iter().filter_map(Entry::origin));
        }
        self.write(ctx)
    }

    /// Whether a checkpoint may overwrite the file of the log before the present one.
    pub(super) fn may_checkpoint(&self) -> bool {
        !self.leans_on_older
    }

    /// Starts a new log with a snapshot and the entries behind it.
    pub(super) fn checkpoint(
        &mut self,
        term: Term,
        vote: Option<NodeId>,
        snapshot: &Snapshot,
        tail: &[Entry],
        ctx: &mut Ctx<'_>,
    ) -> Result<(), DiskError> {
        assert!(self.may_checkpoint());
        let generation = self.wal.generation();
        let mut wal = Wal::new(other_file(generation), generation + 1);
        wal.push(&codec::snapshot(snapshot));
        wal.push(&codec::ballot(term, self.vote_kept(vote)));
        if !tail.is_empty() {
            wal.push(&codec::append(snapshot.position.index + 1, tail));
        }
        wal.push(&codec::sealed());
        wal.flush(ctx.disk())?;
        self.wal = wal;
        self.leans_on_older = true;
        self.written += 1;
        self.sync(ctx);
        Ok(())
    }

    /// Returns the action if it can be done at once, or keeps it until it can.
    pub(super) fn defer(&mut self, action: Deferred) -> Option<Deferred> {
        if self.synced == self.written {
            return Some(action);
        }
        self.deferred.push_back((self.written, action));
        None
    }

    /// Notes that a sync has finished; returns the actions that waited for it.
    pub(super) fn on_synced(&mut self, id: SyncId, ctx: &mut Ctx<'_>) -> Vec<Deferred> {
        if let Some(at) = self.under_way.iter().position(|sync| sync.id == id) {
            let done = self.under_way.swap_remove(at);
            self.synced = self.synced.max(done.written);
            self.under_way.retain(|sync| sync.written > done.written);
            self.ticks_under_way = 0;
            if done.generation == self.wal.generation() {
                self.wal.mark_synced(done.end);
                self.empty_older(ctx);
            }
            if self.synced < self.written {
                self.sync(ctx);
            }
        }
        let ready = self.deferred.partition_point(|&(after, _)| after <= self.synced);
        self.deferred.drain(..ready).map(|(_, action)| action).collect()
    }

    /// Marks the end of a log that has fallen quiet, and asks again for a sync that never came.
    pub(super) fn on_tick(&mut self, ctx: &mut Ctx<'_>) {
        if self.synced < self.written {
            self.ticks_under_way += 1;
            if self.ticks_under_way >= SYNC_PATIENCE_TICKS {
                self.ticks_under_way = 0;
                self.ask_for_sync(ctx);
            }
        } else if self.wal.wants_mark() {
            self.wal.push_mark();
            // A mark makes no promise; one that could not be written is tried again.
            let _ = self.write(ctx);
        }
    }

    fn write(&mut self, ctx: &mut Ctx<'_>) -> Result<(), DiskError> {
        self.wal.flush(ctx.disk())?;
        self.written += 1;
        self.sync(ctx);
        Ok(())
    }

    /// Asks for a sync of the present log unless one is under way, which this will follow.
    fn sync(&mut self, ctx: &mut Ctx<'_>) {
        if self.flaws.no_fsync {
            self.synced = self.written;
            self.unasked.clear();
            self.empty_older(ctx);
            return;
        }
        let generation = self.wal.generation();
        if !self.under_way.iter().any(|sync| sync.generation == generation) {
            self.ask_for_sync(ctx);
        }
    }

    fn ask_for_sync(&mut self, ctx: &mut Ctx<'_>) {
        ctx.serve(std::mem::take(&mut self.unasked));
        self.under_way.push(UnderWay {
            id: ctx.sync(self.wal.file()),
            written: self.written,
            generation: self.wal.generation(),
            end: self.wal.end(),
        });
        ctx.serve_event();
    }

    /// Empties the file of the log before, now that nothing leans on it: a damaged log must
    /// not fall back on an outdated one.
    fn empty_older(&mut self, ctx: &mut Ctx<'_>) {
        if !std::mem::take(&mut self.leans_on_older) {
            return;
        }
        let other = other_file(self.wal.generation());
        // Should this fail, the next start tries again.
        if ctx.disk().truncate(other, 0).is_ok() && !self.flaws.no_fsync {
            ctx.sync(other);
        }
    }

    fn vote_kept(&self, vote: Option<NodeId>) -> Option<NodeId> {
        vote.filter(|_| !self.flaws.forget_vote)
    }
}

const FILES: [&str; 2] = ["raft-log-a", "raft-log-b"];
/// The length of a sealed log with nothing in it. A shorter file was never synced as a
/// whole, so nothing was ever promised by it.
const BLANK_LENGTH: u64 = 90;

fn file_of(generation: u64) -> &'static str {
    FILES[(generation % 2) as usize]
}

fn other_file(generation: u64) -> &'static str {
    file_of(generation + 1)
}

fn blank_log(disk: &Disk) -> Result<Wal, DiskError> {
    let mut wal = Wal::new(file_of(0), 0);
    wal.push(&codec::sealed());
    wal.flush(disk)?;
    assert_eq!(wal.end(), BLANK_LENGTH);
    Ok(wal)
}

/// Reads one file; `None` if it holds no sealed log, because it is empty or a checkpoint was cut short.
fn read_file(disk: &Disk, file: &str) -> Result<Option<(Wal, Recovered)>, Unreadable> {
    let opened = match Wal::open(disk, file) {
        Ok(Some(opened)) => opened,
        Ok(None) | Err(WalError::NoHeader) => return Ok(None),
        Err(WalError::Damaged { .. }) => return Err(Unreadable::Damaged),
        Err(WalError::Disk(_)) => return Err(Unreadable::Disk),
    };
    let mut recovered = Recovered { cut_bytes: opened.cut_bytes, ..Recovered::default() };
    let mut is_sealed = false;
    for record in &opened.records {
        match decode::decode(record).ok_or(Unreadable::Damaged)? {
            codec::Record::Ballot { term, vote } => {
                (recovered.term, recovered.vote) = (term, vote);
            }
            codec::Record::Append { first, entries } => recovered.append(first, entries)?,
            codec::Record::Snapshot(snapshot) => recovered.snapshot = Some(*snapshot),
            codec::Record::Sealed => is_sealed = true,
        }
    }
    Ok(is_sealed.then_some((opened.wal, recovered)))
}

impl Recovered {
    /// Announces what the node starts with, so that it can be held against what others say.
    pub(super) fn announce(&self, ctx: &mut Ctx<'_>) {
        if self.cut_bytes > 0 {
            ctx.announce(Fact::Refused { what: Damaged::TornEnd { bytes: self.cut_bytes } });
        }
        let base = self.snapshot.as_ref().map_or(Position::default(), |held| held.position);
        let mut previous_term = base.term;
        for (index, entry) in (base.index + 1..).zip(&self.entries) {
            let (term, hash) = (entry.term, entry.payload.hash());
            ctx.announce(Fact::Appended { index, term, previous_term, hash });
            previous_term = term;
        }
    }

    fn append(&mut self, first: Index, entries: Vec<Entry>) -> Result<(), Unreadable> {
        let base = self.snapshot.as_ref().map_or(0, |held| held.position.index);
        let covered = (base + 1).saturating_sub(first);
        let kept = first.saturating_sub(base + 1) as usize;
        if kept > self.entries.len() {
            return Err(Unreadable::Damaged);
        }
        self.entries.truncate(kept);
        self.entries.extend(entries.into_iter().skip(covered as usize));
        Ok(())
    }
}
