//! What a power loss leaves.

use super::{
    content,
    journal::{self, Change, ENDING},
    names,
    trouble::draw_below,
    with_ending,
};
use crate::disk::folder::{files_in, is_free, name_of_file};
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use std::{
    fs::{File, OpenOptions},
    io,
    path::Path,
};

/// The unit that a disk writes whole or not at all.
const SECTOR: usize = 512;

/// Has the disk of a dead process lose its power: of what its node wrote to the folder and did not sync, it leaves
/// nothing, the first part, or any part, torn at sectors, as the seed has it. The answer is how many
/// bytes are lost.
///
/// # Errors
///
/// If the process is not dead, or the folder cannot be read and written.
pub fn lose_power(folder: &Path, seed: u64) -> io::Result<u64> {
    if !is_free(folder)? {
        let why = format!("the folder `{}` is in use: end its process first", folder.display());
        return Err(io::Error::new(io::ErrorKind::ResourceBusy, why));
    }
    let files = files_in(folder);
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    // How bad it gets: nothing of it kept, the first part, or any part of it, torn.
    let severity = draw_below(3, &mut rng);
    let mut lost = 0;
    for file in names(&files)? {
        let platter = files.join(name_of_file(&file));
        let path = with_ending(&platter, ENDING);
        let journal = content(&path)?.unwrap_or_default();
        let (changes, _) = journal::read(&journal);
        let prefix = draw_below(changes.len() as u64 + 1, &mut rng) as usize;
        let kept = |(position, change): (usize, &Change<'_>)| match severity {
            0 => 0,
            1 if position < prefix => usize::MAX,
            1 => 0,
            _ => part_kept(change, &mut rng),
        };
        let kept: Vec<usize> = changes.iter().enumerate().map(kept).collect();
        leave(&platter, &changes, &kept)?;
        let lost_of = |(change, kept): (&Change<'_>, &usize)| change.length().saturating_sub(*kept);
        lost += changes.iter().zip(&kept).map(lost_of).sum::<usize>() as u64;
        if !journal.is_empty() {
            File::options().write(true).open(path)?.set_len(0)?;
        }
    }
    Ok(lost)
}

/// How many bytes of a change are kept: none, some sectors, all.
fn part_kept(change: &Change<'_>, rng: &mut ChaCha8Rng) -> usize {
    match (draw_below(3, rng), change) {
        (0, _) => 0,
        (1, Change::Write { bytes, .. }) if bytes.len() > 1 => {
            let sectors = bytes.len().div_ceil(SECTOR) as u64;
            let whole = draw_below(sectors, rng) as usize * SECTOR;
            // A write within one sector is torn too: the sector may lie across its middle.
            whole.max(draw_below(bytes.len().min(SECTOR) as u64, rng) as usize)
        }
        _ => usize::MAX,
    }
}

/// Brings what is kept to the platter. Of what nothing is kept, there may be no platter.
fn leave(platter: &Path, changes: &[Change<'_>], kept: &[usize]) -> io::Result<()> {
    if kept.iter().all(|&kept| kept == 0) {
        return Ok(());
    }
    let file = OpenOptions::new().write(true).create(true).truncate(false).open(platter)?;
    for (change, &kept) in changes.iter().zip(kept).filter(|(_, kept)| **kept > 0) {
        change.write_out(&file, kept)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk::{Folder, Shim, Storage, shim::visible};
    use node::NodeId;

    /// A folder with a file of which the first four bytes are synced, and twelve writes of 1,000 are not.
    fn folder() -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder::claim(dir.path(), "raft", NodeId::new(1)).unwrap();
        let storage = Storage::shim(Shim::open(&folder.files()).unwrap());
        let disk = storage.disk();
        disk.write("log", 0, b"safe").unwrap();
        disk.sync_now("log").unwrap();
        for write in 0..12 {
            disk.write("log", 4 + write * 1000, &[7; 1000]).unwrap();
        }
        disk.write("new", 0, b"unsynced").unwrap();
        dir
    }

    #[test]
    fn what_is_synced_stays_and_of_the_rest_nothing_some_or_torn_parts() {
        let (mut none, mut some, mut torn) = (0, 0, 0);
        for seed in 0..40 {
            let dir = folder();
            let files = files_in(dir.path());
            assert_eq!(
                visible(&files, "log").unwrap().unwrap().len(),
                12_004,
                "nothing is lost yet"
            );
            let lost = lose_power(dir.path(), seed).unwrap();
            let log = visible(&files, "log").unwrap().unwrap();
            assert!(log.starts_with(b"safe"));
            let kept = log[4..].iter().filter(|byte| **byte == 7).count();
            let new = visible(&files, "new").unwrap().unwrap_or_default();
            assert_eq!(lost, (12_008 - kept - new.len()) as u64, "seed {seed}");
            match kept {
                0 => none += 1,
                kept if kept % 1000 == 0 && log.len() == kept + 4 => some += 1,
                _ => torn += 1,
            }
            assert_eq!(lose_power(dir.path(), seed).unwrap(), 0, "it is over");
            let again = Shim::open(&files).unwrap();
            assert_eq!(Storage::shim(again).disk().read_all("log"), Ok(Some(log)));
        }
        assert!(none > 5 && some > 5 && torn > 5, "{none} {some} {torn}");
    }

    #[test]
    fn the_same_seed_leaves_the_same() {
        let left = |seed| {
            let dir = folder();
            lose_power(dir.path(), seed).unwrap();
            visible(&files_in(dir.path()), "log").unwrap()
        };
        assert!((0..6).all(|seed| left(seed) == left(seed)));
        assert!((0..6).any(|seed| left(seed) != left(seed + 1)));
    }
}
