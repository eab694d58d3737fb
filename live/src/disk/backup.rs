//! A copy of a node's folder, which a node can be started from.

use super::folder::{FILES, MARKER};
use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

/// Where in a node's folder the copies are, numbered from 1.
const BACKUPS: &str = "backups";

/// Copies what a node keeps in its folder, as far as it has written, and brings the copy to the platter; where it
/// is. Nothing may be written meanwhile. A copy that is not whole has no number.
pub(super) fn back_up(folder: &Path) -> io::Result<PathBuf> {
    let backups = folder.join(BACKUPS);
    fs::create_dir_all(&backups)?;
    let number = 1 + latest(&backups)?;
    let (half, whole) = (backups.join("unfinished"), backups.join(number.to_string()));
    match fs::remove_dir_all(&half) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => fs::create_dir_all(half.join(FILES))?,
    }
    copy(&folder.join(MARKER), &half.join(MARKER))?;
    for entry in fs::read_dir(folder.join(FILES))? {
        let entry = entry?;
        copy(&entry.path(), &half.join(FILES).join(entry.file_name()))?;
    }
    for folder in [&half.join(FILES), &half] {
        File::open(folder)?.sync_all()?;
    }
    fs::rename(&half, &whole)?;
    for folder in [&backups, folder] {
        File::open(folder)?.sync_all()?;
    }
    Ok(whole)
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::copy(from, to)?;
    File::open(to)?.sync_all()
}

/// The highest number of a copy, or 0.
fn latest(backups: &Path) -> io::Result<u64> {
    let mut latest = 0;
    for entry in fs::read_dir(backups)? {
        let number = entry?.file_name().to_str().and_then(|name| name.parse().ok());
        latest = latest.max(number.unwrap_or(0));
    }
    Ok(latest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk::{Files, Folder};
    use node::{Medium, NodeId};

    #[test]
    fn copies_are_numbered_whole_and_a_folder_of_their_own() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("n1");
        let held = Folder::claim(&path, "raft", NodeId::new(1)).unwrap();
        let mut files = Files::open(&held.files()).unwrap();
        files.write("log", 0, b"first").unwrap();
        let first = back_up(&path).unwrap();
        files.write("log", 0, b"later").unwrap();
        // Somebody's copy was cut short.
        fs::create_dir_all(path.join("backups/unfinished/files")).unwrap();
        fs::write(path.join("backups/unfinished/files/strange"), "half").unwrap();
        let second = back_up(&path).unwrap();
        assert_eq!([&first, &second], [&path.join("backups/1"), &path.join("backups/2")]);
        for (copy, held) in [(first, b"first"), (second, b"later")] {
            let claimed = Folder::claim(&copy, "raft", NodeId::new(1)).unwrap();
            let mut files = Files::open(&claimed.files()).unwrap();
            assert_eq!(files.names(), ["log"]);
            let mut read = [0; 5];
            files.read("log", 0, &mut read).unwrap();
            assert_eq!(&read, held);
        }
        assert!(Folder::claim(&path.join("backups/1"), "raft", NodeId::new(2)).is_err());
    }
}
