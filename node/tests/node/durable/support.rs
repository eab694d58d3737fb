//! A medium with a page cache, a platter and a plug that can be pulled.

use node::{Disk, DiskError, Medium};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard},
};

/// The unit in which a write reaches the platter or does not, in bytes.
const SECTOR: usize = 512;

/// What becomes of unsynced writes in a power loss.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Unsynced {
    /// None survives.
    Lost,
    /// Each sector of each survives or not, as this seed has it: torn and out of order.
    Torn(u64),
}

#[derive(Debug, Default)]
pub(crate) struct PlugMedium {
    files: BTreeMap<String, File>,
    /// Changes and syncs still carried out before the power fails.
    pub(crate) power_left: Option<usize>,
    /// Bytes that fit; a write that needs more is refused.
    pub(crate) capacity: Option<usize>,
    /// Every change so far, for comparing runs.
    pub(crate) log: Vec<String>,
}

#[derive(Debug, Default)]
struct File {
    cache: Vec<u8>,
    platter: Vec<u8>,
    unsynced: Vec<Change>,
}

#[derive(Clone, Debug)]
enum Change {
    Write(usize, Vec<u8>),
    Resize(usize),
}

/// A disk and the hold on its medium.
pub(crate) fn plugged_disk() -> (Disk, Arc<Mutex<PlugMedium>>) {
    let medium = Arc::new(Mutex::new(PlugMedium::default()));
    (Disk::new(medium.clone()), medium)
}

pub(crate) fn hold(medium: &Arc<Mutex<PlugMedium>>) -> MutexGuard<'_, PlugMedium> {
    medium.lock().expect("no holder of the medium panics")
}

impl PlugMedium {
    /// The power fails and comes back.
    pub(crate) fn lose_power(&mut self, unsynced: Unsynced) {
        self.power_left = None;
        for file in self.files.values_mut() {
            if let Unsynced::Torn(seed) = unsynced {
                let mut rng = ChaCha8Rng::seed_from_u64(seed);
                for change in std::mem::take(&mut file.unsynced) {
                    change.apply_in_part(&mut file.platter, &mut rng);
                }
            }
            file.unsynced.clear();
            file.cache = file.platter.clone();
        }
    }

    pub(crate) fn content(&mut self, file: &str) -> &mut Vec<u8> {
        &mut self.files.get_mut(file).expect("the file exists").cache
    }

    fn spend(&mut self, what: String) -> Result<(), DiskError> {
        self.log.push(what);
        match &mut self.power_left {
            Some(0) => Err(DiskError::Failed),
            Some(left) => {
                *left -= 1;
                Ok(())
            }
            None => Ok(()),
        }
    }

    fn change(&mut self, name: &str, change: Change) -> Result<(), DiskError> {
        let file = self.files.entry(name.to_owned()).or_default();
        if self.capacity.is_some_and(|most| change.end() > most.max(file.cache.len())) {
            return Err(DiskError::Full);
        }
        change.apply(&mut file.cache);
        file.unsynced.push(change);
        Ok(())
    }
}

impl Change {
    fn end(&self) -> usize {
        match self {
            Self::Write(start, bytes) => start + bytes.len(),
            Self::Resize(length) => *length,
        }
    }

    fn apply(&self, content: &mut Vec<u8>) {
        match self {
            Self::Write(start, bytes) => {
                if content.len() < self.end() {
                    content.resize(self.end(), 0);
                }
                content[*start..self.end()].copy_from_slice(bytes);
            }
            Self::Resize(length) => content.resize(*length, 0),
        }
    }

    fn apply_in_part(&self, content: &mut Vec<u8>, rng: &mut ChaCha8Rng) {
        match self {
            Self::Write(start, bytes) => {
                let mut at = *start;
                let mut rest = bytes.as_slice();
                while !rest.is_empty() {
                    let (piece, later) = rest.split_at(rest.len().min(SECTOR - at % SECTOR));
                    if rng.r#gen() {
                        Self::Write(at, piece.to_vec()).apply(content);
                    }
                    at += piece.len();
                    rest = later;
                }
            }
            Self::Resize(_) if rng.r#gen() => self.apply(content),
            Self::Resize(_) => {}
        }
    }
}

impl Medium for PlugMedium {
    fn len(&self, file: &str) -> Option<u64> {
        self.files.get(file).map(|file| file.cache.len() as u64)
    }

    fn read(&mut self, file: &str, offset: u64, bytes: &mut [u8]) -> Result<(), DiskError> {
        if self.power_left == Some(0) {
            return Err(DiskError::Failed);
        }
        if let Some(file) = self.files.get(file) {
            let start = index(offset);
            bytes.copy_from_slice(&file.cache[start..start + bytes.len()]);
        }
        Ok(())
    }

    fn write(&mut self, file: &str, offset: u64, bytes: &[u8]) -> Result<(), DiskError> {
        self.spend(format!("write {offset} {bytes:?}"))?;
        let start = index(offset);
        self.change(file, Change::Write(start, bytes.to_vec()))
    }

    fn truncate(&mut self, file: &str, length: u64) -> Result<(), DiskError> {
        self.spend(format!("truncate {length}"))?;
        self.change(file, Change::Resize(index(length)))
    }

    fn sync(&mut self, file: &str) -> Result<(), DiskError> {
        self.spend("sync".to_owned())?;
        if let Some(file) = self.files.get_mut(file) {
            file.platter = file.cache.clone();
            file.unsynced.clear();
        }
        Ok(())
    }
}

fn index(offset: u64) -> usize {
    usize::try_from(offset).expect("a test file fits in memory")
}
