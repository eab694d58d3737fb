//! A node's disk that can lose power: for processes that are conducted.
//!
//! What the node writes goes to a journal beside the file, and reads see it; a sync brings the journal to the
//! file itself, the platter, and empties it. Both outlive the process by the page cache of the machine, so that
//! a process that is killed has lost nothing. [`lose_power`] then takes of what is still in the journals whatever
//! a seed has it.

mod holes;
mod journal;
mod power;
mod trouble;

pub(super) use journal::ENDING;
pub use power::lose_power;

use super::{
    SyncError,
    folder::{file_of_name, files_in, name_of_file},
    told,
};
use crate::{
    control::{DiskTrouble, Met},
    now,
};
use holes::Holes;
use journal::{Change, to_index};
use node::{DiskError, Medium};
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use std::{
    collections::BTreeMap,
    fs::{self, File, OpenOptions},
    io,
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
    sync::Arc,
    thread,
    time::Duration,
};
use trouble::{Trouble, draw_below};

/// Flips a few bits of what the node of a folder wrote, whose process is dead, drawn from a seed; the answer is
/// how many.
///
/// # Errors
///
/// If the folder cannot be read and written.
pub(crate) fn flip_bits(folder: &Path, seed: u64) -> io::Result<u64> {
    let files = files_in(folder);
    if files.exists() { Ok(Shim::open(&files)?.rot(seed)) } else { Ok(0) }
}

/// Whether the node of a folder has written anything that a process would find there.
///
/// # Errors
///
/// If the folder cannot be read.
pub(crate) fn holds_anything(folder: &Path) -> io::Result<bool> {
    let files = files_in(folder);
    if !files.exists() {
        return Ok(false);
    }
    for name in names(&files)? {
        if visible(&files, &name)?.is_some_and(|content| !content.is_empty()) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// A folder of platters and journals.
#[derive(Debug)]
pub(crate) struct Shim {
    folder: PathBuf,
    files: BTreeMap<String, ShimFile>,
    trouble: Trouble,
    broken: Option<String>,
}

/// One file.
#[derive(Debug)]
struct ShimFile {
    /// What reads see.
    image: Vec<u8>,
    holes: Holes,
    platter: PathBuf,
    journal: Arc<File>,
    /// How many bytes of whole records the journal has.
    unsynced: u64,
}

/// A sync that has been begun.
pub(super) struct Begun {
    journal: Arc<File>,
    /// What was unsynced then, in bytes of the journal.
    mark: u64,
}

impl Begun {
    /// Does what a real sync of as many bytes does; the answer is how long that took.
    pub(super) fn carry_out(&self) -> io::Result<Duration> {
        let began = now::instant();
        self.journal.sync_data()?;
        Ok(now::instant().saturating_duration_since(began))
    }
}

impl Shim {
    /// Opens the files that are there.
    pub(crate) fn open(folder: &Path) -> io::Result<Self> {
        let mut files = BTreeMap::new();
        for name in names(folder)? {
            files.insert(name.clone(), ShimFile::open(folder, &name)?);
        }
        // One whose journal is empty and that has no platter was never there.
        files.retain(|_, file| file.unsynced > 0 || file.platter.exists());
        Ok(Self { folder: folder.to_owned(), files, trouble: Trouble::none(), broken: None })
    }

    /// What is wrong with it from now on.
    pub(super) fn set_trouble(&mut self, trouble: DiskTrouble) {
        self.trouble.set(trouble);
    }

    /// What the node has met of that since this was last asked.
    pub(super) fn take_met(&mut self) -> Met {
        self.trouble.take_met()
    }

    /// Why the process cannot go on, if it cannot.
    pub(super) fn broken(&self) -> Option<String> {
        self.broken.clone()
    }

    /// The files that there are.
    pub(in crate::disk) fn names(&self) -> Vec<String> {
        self.files.keys().cloned().collect()
    }

    /// Whether any file has content.
    pub(super) fn holds_anything(&self) -> bool {
        self.files.values().any(|file| !file.image.is_empty())
    }

    /// Begins a sync of a file, if there is such a file.
    pub(super) fn begin_sync(&self, file: &str) -> Option<Begun> {
        let file = self.files.get(file)?;
        Some(Begun { journal: file.journal.clone(), mark: file.unsynced })
    }

    /// How much longer a sync takes that would have taken so long.
    pub(super) fn longer(&mut self, took: Duration) -> Duration {
        self.trouble.longer(took)
    }

    /// Ends a sync: what it is for is on the platter then.
    pub(super) fn end_sync(&mut self, file: &str, begun: &Begun) -> Result<(), SyncError> {
        if self.trouble.fails() {
            return Err(SyncError::Again);
        }
        let Some(file) = self.files.get_mut(file) else { return Ok(()) };
        file.settle(begun.mark).map_err(SyncError::Broke)
    }

    /// Flips one to three bits of one file, on the platter and where reads see them; the answer is how many.
    pub(super) fn rot(&mut self, seed: u64) -> u64 {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let length = |file: &ShimFile| fs::metadata(&file.platter).map_or(0, |it| it.len());
        let mut on_platter: Vec<_> =
            self.files.values_mut().map(|file| (length(file), file)).collect();
        on_platter.retain(|(length, _)| *length > 0);
        if on_platter.is_empty() {
            return 0;
        }
        let chosen = draw_below(on_platter.len() as u64, &mut rng) as usize;
        let (length, file) = &mut on_platter[chosen];
        let flips = 1 + draw_below(3, &mut rng);
        let flipped = (0..flips).filter(|_| {
            let (place, bit) = (draw_below(*length, &mut rng), 1 << draw_below(8, &mut rng));
            file.flip(place, bit).is_ok()
        });
        flipped.count() as u64
    }

    fn of_name(&mut self, name: &str) -> io::Result<&mut ShimFile> {
        if !self.files.contains_key(name) {
            let file = ShimFile::open(&self.folder, name)?;
            self.files.insert(name.to_owned(), file);
        }
        Ok(self.files.get_mut(name).expect("it is there by now"))
    }

    fn change(&mut self, name: &str, change: Change<'_>) -> Result<(), DiskError> {
        let file = self.of_name(name);
        file.and_then(|file| file.change(change)).map_err(|error| told(name, "write", &error))
    }
}

impl ShimFile {
    fn open(folder: &Path, name: &str) -> io::Result<Self> {
        let name = name_of_file(name);
        let platter = folder.join(&name);
        let mut image = content(&platter)?.unwrap_or_default();
        let journal = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(folder.join(name + ENDING))?;
        let mut unsynced = vec![0; to_index(journal.metadata()?.len())];
        journal.read_exact_at(&mut unsynced, 0)?;
        let (changes, used) = journal::read(&unsynced);
        changes.iter().for_each(|change| change.apply(&mut image));
        let used = used as u64;
        // The next record takes the place of one that was cut short.
        journal.set_len(used)?;
        let holes = Holes::default();
        Ok(Self { image, holes, platter, journal: Arc::new(journal), unsynced: used })
    }

    fn change(&mut self, change: Change<'_>) -> io::Result<()> {
        let record = change.record();
        self.journal.write_all_at(&record, self.unsynced)?;
        self.unsynced += record.len() as u64;
        change.apply(&mut self.image);
        Ok(())
    }

    /// Brings what the journal has before a mark to the platter. If the process dies meanwhile, the journal is
    /// as it was, and to do it once more does no harm.
    fn settle(&mut self, mark: u64) -> io::Result<()> {
        let mut journal = vec![0; to_index(self.unsynced)];
        self.journal.read_exact_at(&mut journal, 0)?;
        // An earlier sync may have taken some of it already.
        let (done, left) = journal.split_at(journal.len().min(to_index(mark)));
        let (changes, used) = journal::read(done);
        let left = [&done[used..], left].concat();
        let platter = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&self.platter)?;
        for change in changes {
            change.write_out(&platter, usize::MAX)?;
        }
        platter.sync_data()?;
        if left.is_empty() {
            self.journal.set_len(0)?;
        } else {
            self.journal = Arc::new(self.replace_journal(&left)?);
        }
        self.unsynced = left.len() as u64;
        Ok(())
    }

    /// Puts another journal in the place of this one, at once.
    fn replace_journal(&self, content: &[u8]) -> io::Result<File> {
        let path = with_ending(&self.platter, ENDING);
        let beside = with_ending(&path, "~");
        let file =
            OpenOptions::new().read(true).write(true).create(true).truncate(true).open(&beside)?;
        file.write_all_at(content, 0)?;
        fs::rename(beside, path)?;
        Ok(file)
    }

    fn flip(&mut self, place: u64, bit: u8) -> io::Result<()> {
        let platter = OpenOptions::new().read(true).write(true).open(&self.platter)?;
        let mut byte = [0];
        platter.read_exact_at(&mut byte, place)?;
        platter.write_all_at(&[byte[0] ^ bit], place)?;
        if let Some(byte) = self.image.get_mut(to_index(place)) {
            *byte ^= bit;
        }
        Ok(())
    }
}

impl Medium for Shim {
    fn len(&self, file: &str) -> Option<u64> {
        self.files.get(file).map(|file| file.image.len() as u64)
    }

    fn read(&mut self, file: &str, offset: u64, bytes: &mut [u8]) -> Result<(), DiskError> {
        if self.trouble.read_fails() {
            return Err(DiskError::Failed);
        }
        self.trouble.wait_for_read();
        if let (Some(file), false) = (self.files.get(file), bytes.is_empty()) {
            let start = to_index(offset);
            bytes.copy_from_slice(&file.image[start..start + bytes.len()]);
        }
        Ok(())
    }

    fn write(&mut self, file: &str, offset: u64, bytes: &[u8]) -> Result<(), DiskError> {
        if self.trouble.fails() {
            return Err(DiskError::Failed);
        }
        let place = offset..offset + bytes.len() as u64;
        let held = self.len(file).unwrap_or(0);
        let takes_room =
            place.end > held || self.files.get(file).is_some_and(|file| file.holes.meet(&place));
        if takes_room && self.trouble.is_full() {
            return Err(DiskError::Full);
        }
        self.change(file, Change::Write { offset, bytes })?;
        if let Some(file) = self.files.get_mut(file) {
            if offset > held {
                file.holes.resize(held, offset);
            }
            file.holes.fill(&place);
        }
        Ok(())
    }

    fn truncate(&mut self, file: &str, length: u64) -> Result<(), DiskError> {
        let held = self.len(file).unwrap_or(0);
        self.change(file, Change::Truncate(length))?;
        if let Some(file) = self.files.get_mut(file) {
            file.holes.resize(held, length);
        }
        Ok(())
    }

    fn sync(&mut self, file: &str) -> Result<(), DiskError> {
        let Some(begun) = self.begin_sync(file) else { return Ok(()) };
        let synced = begun.carry_out().map_err(SyncError::Broke).and_then(|took| {
            // The node is busy meanwhile.
            thread::sleep(self.longer(took));
            self.end_sync(file, &begun)
        });
        synced.map_err(|error| {
            if let SyncError::Broke(error) = error {
                self.broken = Some(format!("`{file}` could not be synced: {error}"));
            }
            DiskError::Failed
        })
    }
}

/// The files of a folder that have a platter or a journal, in order.
pub(in crate::disk) fn names(folder: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name();
        let name = name.to_str().map(|name| name.strip_suffix(ENDING).unwrap_or(name));
        names.extend(name.and_then(file_of_name));
    }
    names.sort();
    names.dedup();
    Ok(names)
}

/// What reads of a file see; `None` if there is no such file.
pub(in crate::disk) fn visible(folder: &Path, file: &str) -> io::Result<Option<Vec<u8>>> {
    let platter = folder.join(name_of_file(file));
    let image = content(&platter)?;
    let unsynced = content(&with_ending(&platter, ENDING))?.unwrap_or_default();
    let (changes, _) = journal::read(&unsynced);
    if changes.is_empty() {
        return Ok(image);
    }
    let mut image = image.unwrap_or_default();
    changes.iter().for_each(|change| change.apply(&mut image));
    Ok(Some(image))
}

fn content(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(content) => Ok(Some(content)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut path = path.as_os_str().to_owned();
    path.push(ending);
    path.into()
}
