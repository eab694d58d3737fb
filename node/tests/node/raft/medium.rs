//! A disk with a page cache and a platter, which a power failure can tear.

use node::{DiskError, Medium};
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use std::collections::BTreeMap;

#[derive(Debug, Default)]
pub(crate) struct TestMedium {
    files: BTreeMap<String, File>,
    writes: u64,
    /// While set, writes fail, and leave half of themselves behind.
    pub(crate) is_failing: bool,
    pub(crate) bytes_lost: usize,
}

#[derive(Debug, Default)]
struct File {
    cache: Vec<u8>,
    platter: Vec<u8>,
    /// What the platter lacks, by the number of the write.
    unsynced: Vec<(u64, Change)>,
}

#[derive(Clone, Debug)]
enum Change {
    Write { offset: usize, bytes: Vec<u8> },
    Truncate { length: usize },
}

impl Change {
    fn make(&self, content: &mut Vec<u8>) {
        match self {
            Self::Write { offset, bytes } => {
                let end = offset + bytes.len();
                if content.len() < end {
                    content.resize(end, 0);
                }
                content[*offset..end].copy_from_slice(bytes);
            }
            Self::Truncate { length } => content.resize(*length, 0),
        }
    }
}

impl TestMedium {
    /// The number of the last write: what a sync that is asked for now will cover.
    pub(crate) fn last_write(&self) -> u64 {
        self.writes
    }

    pub(crate) fn sync_up_to(&mut self, file: &str, write: u64) {
        if let Some(file) = self.files.get_mut(file) {
            let covered = file.unsynced.partition_point(|&(number, _)| number <= write);
            for (_, change) in file.unsynced.drain(..covered) {
                change.make(&mut file.platter);
            }
        }
    }

    /// Loses what was not synced: all of it, or all from some write on, that one cut short, or any
    /// of the writes, whatever their order.
    pub(crate) fn lose_power(&mut self, rng: &mut ChaCha8Rng) {
        for file in self.files.values_mut() {
            let changes = std::mem::take(&mut file.unsynced);
            let whole = rng.gen_range(0..=changes.len());
            let loss = rng.gen_range(0..3);
            for (at, (_, mut change)) in changes.into_iter().enumerate() {
                let survives = match loss {
                    0 => false,
                    1 => at <= whole,
                    _ => rng.r#gen(),
                };
                let is_cut = loss == 1 && at == whole || loss == 2 && rng.gen_bool(0.3);
                if let Change::Write { bytes, .. } = &mut change {
                    let kept = match (survives, is_cut) {
                        (true, true) => rng.gen_range(0..=bytes.len()),
                        (true, false) => bytes.len(),
                        (false, _) => 0,
                    };
                    self.bytes_lost += bytes.len() - kept;
                    bytes.truncate(kept);
                }
                if survives {
                    change.make(&mut file.platter);
                }
            }
            file.cache.clone_from(&file.platter);
        }
    }

    /// Flips a bit somewhere.
    pub(crate) fn rot(&mut self, rng: &mut ChaCha8Rng) {
        for file in self.files.values_mut().filter(|file| !file.platter.is_empty()) {
            let at = rng.gen_range(0..file.platter.len());
            let bit = 1 << rng.gen_range(0..8);
            file.platter[at] ^= bit;
            if let Some(byte) = file.cache.get_mut(at) {
                *byte ^= bit;
            }
        }
    }

    fn change(&mut self, file: &str, change: Change) {
        self.writes += 1;
        let file = self.files.entry(file.to_owned()).or_default();
        change.make(&mut file.cache);
        file.unsynced.push((self.writes, change));
    }
}

impl Medium for TestMedium {
    fn len(&self, file: &str) -> Option<u64> {
        self.files.get(file).map(|file| file.cache.len() as u64)
    }

    fn read(&mut self, file: &str, offset: u64, bytes: &mut [u8]) -> Result<(), DiskError> {
        if let (Some(file), false) = (self.files.get(file), bytes.is_empty()) {
            let start = offset as usize;
            bytes.copy_from_slice(&file.cache[start..start + bytes.len()]);
        }
        Ok(())
    }

    fn write(&mut self, file: &str, offset: u64, bytes: &[u8]) -> Result<(), DiskError> {
        let kept = match self.is_failing {
            true => bytes.len() / 2,
            false => bytes.len(),
        };
        let offset = offset as usize;
        let bytes = bytes[..kept].to_vec();
        self.change(file, Change::Write { offset, bytes });
        self.failure()
    }

    fn truncate(&mut self, file: &str, length: u64) -> Result<(), DiskError> {
        self.failure()?;
        let length = length as usize;
        self.change(file, Change::Truncate { length });
        Ok(())
    }

    fn sync(&mut self, file: &str) -> Result<(), DiskError> {
        self.failure()?;
        self.sync_up_to(file, self.writes);
        Ok(())
    }
}

impl TestMedium {
    fn failure(&self) -> Result<(), DiskError> {
        match self.is_failing {
            true => Err(DiskError::Failed),
            false => Ok(()),
        }
    }
}
