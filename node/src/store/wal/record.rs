//! How the file's header and its records stand in it.

use std::ops::Range;
use xxhash_rust::xxh3::xxh3_64_with_seed;

const FILE_MAGIC: [u8; 8] = *b"seedwal1";
/// Magic, generation, checksum.
pub(super) const FILE_HEADER: usize = 24;
/// Checksum, magic, length, synced mark, checksum of the record before.
pub(super) const RECORD_HEADER: usize = 32;

/// The two copies of what is written.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Record,
    Copy,
}

impl Kind {
    fn magic(self) -> [u8; 4] {
        match self {
            Self::Record => *b"recd",
            Self::Copy => *b"copy",
        }
    }
}

/// A record or copy that reads back.
pub(super) struct Record {
    pub(super) synced: u64,
    pub(super) previous: u64,
    pub(super) content: Range<usize>,
}

pub(super) fn file_header(generation: u64) -> Vec<u8> {
    let mut header = FILE_MAGIC.to_vec();
    header.extend_from_slice(&generation.to_le_bytes());
    header.extend_from_slice(&header_checksum(generation).to_le_bytes());
    header
}

/// What the first record has before it.
pub(super) fn header_checksum(generation: u64) -> u64 {
    checksum(&FILE_MAGIC, generation, 0)
}

pub(super) fn read_file_header(bytes: &[u8]) -> Option<u64> {
    let generation = read_u64(bytes, 8)?;
    bytes.starts_with(&file_header(generation)).then_some(generation)
}

/// Adds a record and its copy to the bytes that a file has from `base` on; the answer is the
/// record's checksum. Marks have no copy: they promise nothing.
pub(super) fn encode(
    bytes: &mut Vec<u8>,
    content: &[u8],
    synced: u64,
    previous: u64,
    generation: u64,
    base: u64,
) -> u64 {
    let length = u32::try_from(content.len()).expect("a record is shorter than 4 GiB");
    bytes.reserve(2 * (RECORD_HEADER + content.len()));
    let mut add = |kind: Kind| {
        let start = bytes.len();
        let mut header = [0; RECORD_HEADER];
        header[8..12].copy_from_slice(&kind.magic());
        header[12..16].copy_from_slice(&length.to_le_bytes());
        header[16..24].copy_from_slice(&synced.to_le_bytes());
        header[24..].copy_from_slice(&previous.to_le_bytes());
        bytes.extend_from_slice(&header);
        bytes.extend_from_slice(content);
        let sum = checksum(&bytes[start + 8..], generation, base + start as u64);
        bytes[start..start + 8].copy_from_slice(&sum.to_le_bytes());
        sum
    };
    let sum = add(Kind::Record);
    if !content.is_empty() {
        add(Kind::Copy);
    }
    sum
}

/// Reads the record or copy at an offset, if a whole one stands there.
pub(super) fn read_record(
    bytes: &[u8],
    offset: usize,
    generation: u64,
    kind: Kind,
) -> Option<Record> {
    let covered = offset + 8;
    if bytes.get(covered..covered + 4)? != kind.magic() {
        return None;
    }
    let length = bytes.get(offset + 12..offset + 16)?;
    let length = u32::from_le_bytes(length.try_into().ok()?) as usize;
    let content = offset + RECORD_HEADER..(offset + RECORD_HEADER).checked_add(length)?;
    let covered = bytes.get(covered..content.end)?;
    let sum = read_u64(bytes, offset)?;
    (checksum(covered, generation, offset as u64) == sum).then_some(Record {
        synced: read_u64(bytes, offset + 16)?,
        previous: read_u64(bytes, offset + 24)?,
        content,
    })
}

fn checksum(bytes: &[u8], generation: u64, offset: u64) -> u64 {
    xxh3_64_with_seed(bytes, generation.rotate_left(32) ^ offset)
}

fn read_u64(bytes: &[u8], offset: usize) -> Option<u64> {
    let word = bytes.get(offset..offset + 8)?;
    Some(u64::from_le_bytes(word.try_into().ok()?))
}
