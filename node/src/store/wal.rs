//! A write-ahead log: records with checksums, appended to one file.
//!
//! A file is a header (magic, generation, checksum) and records one behind the
//! other. A record's checksum covers its content, its place in the file, the
//! file's generation and the checksum of the record before it, so that what an
//! earlier file or a failed write left behind is never taken for a record.
//!
//! # Torn or damaged?
//!
//! After a power failure the end of the file may be torn: unsynced writes are
//! missing, cut short, or there without an earlier one. That is no damage,
//! since nobody was promised those records. A synced record that does not
//! read back is damage, and cutting it off would lose what was promised. To tell
//! the two apart each record says how far the file was known to be synced when
//! it was written: a bad record that lies before such a mark was once whole.
//!
//! The records of the last sync have no mark behind them until the next write;
//! [`Wal::push_mark`] writes one when the log falls quiet. Until then nothing tells a
//! torn record from a damaged one, so each is written twice, and either copy will
//! do. Once marked, a bad record counts as damage, whatever its copy says: a disk that
//! has lost one record is not to be trusted with the others.

mod record;

use crate::{Disk, DiskError};
use record::{
    Kind, RECORD_HEADER, Record, encode, file_header, header_checksum, read_file_header,
    read_record,
};
use std::fmt;

/// A write-ahead log in one file, open for appending.
#[derive(Debug)]
pub struct Wal {
    file: String,
    generation: u64,
    /// Where the next record goes.
    end: u64,
    /// How far the file is known to be on the platter.
    synced: u64,
    /// The checksum of the last record, or of the header.
    last: u64,
    /// Whether the last record is a mark.
    ends_in_mark: bool,
    /// Whether the file has yet to be emptied of what was there before.
    is_new: bool,
    staged: Staged,
}

/// Records that wait for [`Wal::flush`].
#[derive(Debug, Default)]
struct Staged {
    bytes: Vec<u8>,
    last: u64,
    ends_in_mark: bool,
}

/// A log that was read back.
#[derive(Debug)]
pub struct OpenedWal {
    /// The log, open for appending behind the last whole record.
    pub wal: Wal,
    /// The content of each record, in order, marks left out.
    pub records: Vec<Vec<u8>>,
    /// How many bytes of a torn end were cut off.
    pub cut_bytes: u64,
}

/// Why a log could not be read back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WalError {
    /// The disk did not do as asked.
    Disk(DiskError),
    /// The file has no readable header: its first write never finished, or it is damaged.
    NoHeader,
    /// A record that was once synced does not read back.
    Damaged {
        /// Where the record starts, in bytes.
        offset: u64,
    },
}

impl fmt::Display for WalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Disk(error) => write!(f, "{error}"),
            Self::NoHeader => f.write_str("the log has no readable header"),
            Self::Damaged { offset } => write!(f, "the log is damaged at byte {offset}"),
        }
    }
}

impl std::error::Error for WalError {}

impl From<DiskError> for WalError {
    fn from(error: DiskError) -> Self {
        Self::Disk(error)
    }
}

impl Wal {
    /// An empty log; the first [`Wal::flush`] replaces whatever the file holds.
    /// `generation` must differ from that of the log the file held before.
    pub fn new(file: impl Into<String>, generation: u64) -> Self {
        let last = header_checksum(generation);
        Self {
            file: file.into(),
            generation,
            end: 0,
            synced: 0,
            last,
            ends_in_mark: false,
            is_new: true,
            staged: Staged { bytes: file_header(generation), last, ends_in_mark: false },
        }
    }

    /// Reads a log back and cuts off a torn end; `None` if there is no file or it is empty.
    ///
    /// What was read may still be in the cache alone: sync the file before relying on it.
    ///
    /// # Errors
    ///
    /// [`WalError`] when the disk fails or what was once synced does not read back.
    pub fn open(disk: &Disk, file: &str) -> Result<Option<OpenedWal>, WalError> {
        let bytes = disk.read_all(file)?.unwrap_or_default();
        if bytes.is_empty() {
            return Ok(None);
        }
        let mut wal = Self::new(file, read_file_header(&bytes).ok_or(WalError::NoHeader)?);
        let mut records = Vec::new();
        let mut offset = record::FILE_HEADER;
        let mut whole = Vec::new();
        while let Some(record) = wal.next_record(&bytes, offset)? {
            let content = &bytes[record.content];
            let place = offset as u64;
            whole.clear();
            let (synced, generation) = (record.synced, wal.generation);
            let last = encode(&mut whole, content, synced, wal.last, generation, place);
            offset += whole.len();
            if bytes.get(offset - whole.len()..offset) != Some(&whole[..]) {
                disk.write(file, place, &whole)?;
            }
            wal.last = last;
            wal.ends_in_mark = content.is_empty();
            if !wal.ends_in_mark {
                records.push(content.to_vec());
            }
        }
        let cut_bytes = bytes.len().saturating_sub(offset) as u64;
        if cut_bytes > 0 {
            disk.truncate(file, offset as u64)?;
        }
        wal.end = offset as u64;
        wal.is_new = false;
        wal.staged = Staged { last: wal.last, ends_in_mark: wal.ends_in_mark, bytes: Vec::new() };
        Ok(Some(OpenedWal { wal, records, cut_bytes }))
    }

    /// The record at an offset, or its copy; `None` where a torn end begins.
    fn next_record(&self, bytes: &[u8], offset: usize) -> Result<Option<Record>, WalError> {
        let follows = |record: &Record| record.previous == self.last;
        let generation = self.generation;
        let record = read_record(bytes, offset, generation, Kind::Record);
        if let Some(record) = record.filter(follows) {
            return Ok(Some(record));
        }
        let starts = offset..bytes.len();
        let later = |start| {
            let record = read_record(bytes, start, generation, Kind::Record);
            record.or_else(|| read_record(bytes, start, generation, Kind::Copy))
        };
        let was_synced = |record: Record| record.synced > offset as u64;
        if starts.clone().filter_map(later).any(was_synced) {
            return Err(WalError::Damaged { offset: offset as u64 });
        }
        let copy = |start: usize| {
            let copy = read_record(bytes, start, generation, Kind::Copy)?;
            let is_of_this = start - offset == RECORD_HEADER + copy.content.len();
            (is_of_this && follows(&copy)).then_some(copy)
        };
        Ok({ starts }.find_map(copy))
    }

    /// Stages a record for the next [`Wal::flush`].
    ///
    /// # Panics
    ///
    /// Panics on an empty record: those are marks.
    pub fn push(&mut self, content: &[u8]) {
        assert!(!content.is_empty(), "a record has content");
        self.stage(content);
    }

    /// Stages a record that only says how far the file is synced.
    pub fn push_mark(&mut self) {
        self.stage(&[]);
    }

    /// Writes what is staged, in one write. Unsynced until the file is synced.
    ///
    /// # Errors
    ///
    /// [`DiskError`] when the disk fails; what was staged is forgotten, and the log is
    /// as it was before.
    pub fn flush(&mut self, disk: &Disk) -> Result<(), DiskError> {
        let written = self.write_staged(disk);
        let length = self.staged.bytes.len() as u64;
        self.staged.bytes.clear();
        match written {
            Ok(()) => {
                self.end += length;
                self.last = self.staged.last;
                self.ends_in_mark = self.staged.ends_in_mark;
                self.is_new = false;
            }
            Err(_) => {
                self.staged.last = self.last;
                self.staged.ends_in_mark = self.ends_in_mark;
                if self.is_new {
                    self.staged.bytes = file_header(self.generation);
                }
            }
        }
        written
    }

    fn write_staged(&self, disk: &Disk) -> Result<(), DiskError> {
        if self.is_new {
            disk.truncate(&self.file, 0)?;
        }
        disk.write(&self.file, self.end, &self.staged.bytes)
    }

    fn stage(&mut self, content: &[u8]) {
        let Staged { bytes, last, .. } = &mut self.staged;
        *last = encode(bytes, content, self.synced, *last, self.generation, self.end);
        self.staged.ends_in_mark = content.is_empty();
    }

    /// The file's name.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// Which of the logs that took turns in these files this is.
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// The length of what has been written, in bytes.
    pub fn end(&self) -> u64 {
        self.end
    }

    /// Notes that the file is on the platter up to `offset`.
    pub fn mark_synced(&mut self, offset: u64) {
        self.synced = self.synced.max(offset);
    }

    /// Whether everything is synced but nothing in the file says so yet.
    pub fn wants_mark(&self) -> bool {
        self.synced == self.end && !self.ends_in_mark && self.staged.bytes.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::{record::FILE_HEADER, *};

    const FILE: &str = "log";

    /// Writes each record with a flush and, but for the last `unsynced`, a sync of its own.
    fn write(disk: &Disk, records: &[&str], unsynced: usize) -> Wal {
        let mut wal = Wal::new(FILE, 7);
        for (number, record) in records.iter().enumerate() {
            wal.push(record.as_bytes());
            wal.flush(disk).unwrap();
            if number + unsynced < records.len() {
                wal.mark_synced(wal.end());
            }
        }
        wal
    }

    fn read(disk: &Disk) -> Result<Vec<String>, WalError> {
        let opened = Wal::open(disk, FILE)?.expect("the file is there");
        let text = |record| String::from_utf8(record).unwrap();
        Ok(opened.records.into_iter().map(text).collect())
    }

    fn flip(disk: &Disk, offset: u64) {
        let byte = disk.read(FILE, offset, 1).unwrap()[0];
        disk.write(FILE, offset, &[byte ^ 1]).unwrap();
    }

    #[test]
    fn records_come_back_and_appending_goes_on() {
        let disk = Disk::in_memory();
        assert!(Wal::open(&disk, FILE).unwrap().is_none());
        write(&disk, &["one", "two"], 0);
        let mut wal = Wal::open(&disk, FILE).unwrap().unwrap().wal;
        wal.push(b"three");
        wal.push(b"four");
        wal.flush(&disk).unwrap();
        assert_eq!(read(&disk).unwrap(), ["one", "two", "three", "four"]);
    }

    /// How many bytes a record of this content takes, without its copy.
    fn size(content: &str) -> usize {
        RECORD_HEADER + content.len()
    }

    #[test]
    fn every_torn_end_is_cut_and_overwritten() {
        let whole = Disk::in_memory();
        write(&whole, &["one", "two"], 1);
        let bytes = whole.read_all(FILE).unwrap().unwrap();
        let first_ends = FILE_HEADER + 2 * size("one");
        for length in first_ends..first_ends + size("two") {
            let disk = Disk::in_memory();
            disk.write(FILE, 0, &bytes[..length]).unwrap();
            let mut opened = Wal::open(&disk, FILE).unwrap().unwrap();
            assert_eq!(opened.records, [b"one"]);
            assert_eq!(opened.cut_bytes, (length - first_ends) as u64);
            opened.wal.push(b"new");
            opened.wal.flush(&disk).unwrap();
            assert_eq!(read(&disk).unwrap(), ["one", "new"]);
        }
        for length in first_ends + size("two")..bytes.len() {
            let disk = Disk::in_memory();
            disk.write(FILE, 0, &bytes[..length]).unwrap();
            assert_eq!(read(&disk).unwrap(), ["one", "two"]);
            assert_eq!(disk.read_all(FILE).unwrap().unwrap(), bytes, "mended");
        }
    }

    #[test]
    fn every_flipped_bit_of_the_last_records_is_mended() {
        let disk = Disk::in_memory();
        let end = write(&disk, &["one", "two"], 2).end();
        let bytes = disk.read_all(FILE).unwrap().unwrap();
        for offset in FILE_HEADER as u64..end {
            flip(&disk, offset);
            assert_eq!(read(&disk).unwrap(), ["one", "two"], "byte {offset}");
            assert_eq!(disk.read_all(FILE).unwrap().unwrap(), bytes, "mended");
        }
    }

    #[test]
    fn every_flipped_bit_of_a_record_with_a_mark_behind_it_is_damage() {
        let disk = Disk::in_memory();
        let mut wal = write(&disk, &["one", "two"], 0);
        assert!(wal.wants_mark());
        let end = wal.end();
        wal.push_mark();
        wal.flush(&disk).unwrap();
        assert!(!wal.wants_mark());
        assert_eq!(read(&disk).unwrap(), ["one", "two"]);
        let one = FILE_HEADER..FILE_HEADER + size("one");
        let two = one.end + size("one")..end as usize - size("two");
        for offset in one.chain(two) {
            flip(&disk, offset as u64);
            let found = Wal::open(&disk, FILE).map(|_| ()).unwrap_err();
            assert!(matches!(found, WalError::Damaged { .. }), "byte {offset}");
            flip(&disk, offset as u64);
        }
        flip(&disk, 3);
        assert_eq!(read(&disk), Err(WalError::NoHeader));
    }

    #[test]
    fn an_unsynced_record_that_is_missing_before_a_later_one_is_a_torn_end() {
        let disk = Disk::in_memory();
        let two_starts = write(&disk, &["one"], 0).end();
        write(&disk, &["one", "two", "three"], 2);
        disk.write(FILE, two_starts, &vec![0; 2 * size("two")]).unwrap();
        assert_eq!(read(&disk).unwrap(), ["one"]);
    }

    #[test]
    fn what_a_failed_write_left_behind_is_not_read() {
        let disk = Disk::in_memory();
        write(&disk, &["one", "two", "six"], 2);
        let left_behind = disk.read_all(FILE).unwrap().unwrap();
        let disk = Disk::in_memory();
        let one = write(&disk, &["one"], 0).end() as usize;
        disk.write(FILE, one as u64, &left_behind[one..]).unwrap();
        let other = Disk::in_memory();
        write(&other, &["one", "new"], 1);
        let new = other.read_all(FILE).unwrap().unwrap();
        disk.write(FILE, one as u64, &new[one..]).unwrap();
        assert_eq!(read(&disk).unwrap(), ["one", "new"]);
    }
}
