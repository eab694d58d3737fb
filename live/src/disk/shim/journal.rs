//! What was done to a file and is not on the platter yet, as bytes of a file beside it.
//!
//! A record is the length of what follows as 32 bits, little-endian; what was done, a byte; an offset or a length
//! as 64 bits; and the bytes of a write. A last record that is cut short, as by the end of the process, was
//! never done.

use std::{fs::File, io, os::unix::fs::FileExt};

/// How journals end in a folder.
pub(in crate::disk) const ENDING: &str = ".unsynced";

const WRITE: u8 = 0;
const TRUNCATE: u8 = 1;

/// The bytes of a record before those of a write.
const HEAD: usize = 4 + 1 + 8;

/// One change of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change<'a> {
    Write { offset: u64, bytes: &'a [u8] },
    Truncate(u64),
}

impl Change<'_> {
    /// Its record.
    pub(super) fn record(&self) -> Vec<u8> {
        let (tag, at, bytes) = match *self {
            Self::Write { offset, bytes } => (WRITE, offset, bytes),
            Self::Truncate(length) => (TRUNCATE, length, &[][..]),
        };
        let length = u32::try_from(HEAD - 4 + bytes.len()).expect("a write is below 4 GiB");
        let mut record = Vec::with_capacity(HEAD + bytes.len());
        record.extend(length.to_le_bytes());
        record.push(tag);
        record.extend(at.to_le_bytes());
        record.extend(bytes);
        record
    }

    /// How many bytes it writes.
    pub(super) fn length(&self) -> usize {
        match self {
            Self::Write { bytes, .. } => bytes.len(),
            Self::Truncate(_) => 0,
        }
    }

    /// Does it to what a file holds.
    pub(super) fn apply(&self, content: &mut Vec<u8>) {
        match *self {
            Self::Truncate(length) => content.resize(to_index(length), 0),
            Self::Write { offset, bytes } => {
                let start = to_index(offset);
                let end = start + bytes.len();
                content.resize(content.len().max(end), 0);
                content[start..end].copy_from_slice(bytes);
            }
        }
    }

    /// Does it to a file, or as much of a write as `kept` bytes.
    pub(super) fn write_out(&self, file: &File, kept: usize) -> io::Result<()> {
        match *self {
            Self::Truncate(length) => file.set_len(length),
            Self::Write { offset, bytes } => {
                file.write_all_at(&bytes[..kept.min(bytes.len())], offset)
            }
        }
    }
}

/// The whole records that a journal begins with, and how many bytes they take.
pub(super) fn read(journal: &[u8]) -> (Vec<Change<'_>>, usize) {
    let (mut changes, mut used) = (Vec::new(), 0);
    while let Some((change, length)) = first(&journal[used..]) {
        changes.push(change);
        used += length;
    }
    (changes, used)
}

fn first(journal: &[u8]) -> Option<(Change<'_>, usize)> {
    let (length, _) = journal.split_first_chunk::<4>()?;
    let whole = 4 + u32::from_le_bytes(*length) as usize;
    let (&[tag], rest) = journal.get(4..whole)?.split_first_chunk::<1>()?;
    let (at, bytes) = rest.split_first_chunk::<8>()?;
    let at = u64::from_le_bytes(*at);
    let change = match tag {
        WRITE => Change::Write { offset: at, bytes },
        TRUNCATE => Change::Truncate(at),
        _ => return None,
    };
    Some((change, whole))
}

pub(super) fn to_index(offset: u64) -> usize {
    usize::try_from(offset).expect("a file of a conducted node fits in memory")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_record_that_is_cut_short_was_never_done() {
        let changes = [Change::Write { offset: 3, bytes: b"abc" }, Change::Truncate(4)];
        let journal: Vec<u8> = changes.iter().flat_map(Change::record).collect();
        assert_eq!(read(&journal), (changes.to_vec(), journal.len()));
        for cut in 0..journal.len() {
            let whole = usize::from(cut >= changes[0].record().len());
            assert_eq!(read(&journal[..cut]).0, &changes[..whole], "cut at {cut}");
        }
        let mut content = Vec::new();
        changes.iter().for_each(|change| change.apply(&mut content));
        assert_eq!(content, b"\0\0\0a");
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_panic(bytes: Vec<u8>) {
            prop_assert!(read(&bytes).1 <= bytes.len());
        }
    }
}
