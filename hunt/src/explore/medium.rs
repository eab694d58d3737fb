//! The disks of explored nodes: whole files, and what of them is on the platter.

use node::{DiskError, Medium, MemoryMedium};
use std::collections::BTreeMap;

/// What is on a disk. It never fails; a power loss leaves what was synced and nothing else.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Files {
    written: MemoryMedium,
    platter: BTreeMap<String, Vec<u8>>,
}

impl Files {
    /// A file as it is now, for a sync that may finish later.
    pub(super) fn content(&self, file: &str) -> Option<Vec<u8>> {
        self.written.files.get(file).cloned()
    }

    /// A sync has finished that was asked for when the file was so.
    pub(super) fn finish_sync(&mut self, file: String, content: Option<Vec<u8>>) {
        match content {
            Some(content) => self.platter.insert(file, content),
            None => self.platter.remove(&file),
        };
    }

    /// The power is gone, and with it whatever was not synced.
    pub(super) fn lose_power(&mut self) {
        self.written.files = self.platter.clone();
    }

    /// Appends all that tells this disk from others. Where no power is lost, what of it is on the
    /// platter makes no difference.
    pub(super) fn encode(&self, with_platter: bool, key: &mut Vec<u8>) {
        let sides = [Some(&self.written.files), with_platter.then_some(&self.platter)];
        for side in sides.into_iter().flatten() {
            key.extend_from_slice(&(side.len() as u64).to_le_bytes());
            for (name, content) in side {
                for bytes in [name.as_bytes(), content] {
                    key.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
                    key.extend_from_slice(bytes);
                }
            }
        }
    }
}

impl Medium for Files {
    fn len(&self, file: &str) -> Option<u64> {
        self.written.len(file)
    }

    fn read(&mut self, file: &str, offset: u64, bytes: &mut [u8]) -> Result<(), DiskError> {
        self.written.read(file, offset, bytes)
    }

    fn write(&mut self, file: &str, offset: u64, bytes: &[u8]) -> Result<(), DiskError> {
        self.written.write(file, offset, bytes)
    }

    fn truncate(&mut self, file: &str, length: u64) -> Result<(), DiskError> {
        self.written.truncate(file, length)
    }

    fn sync(&mut self, file: &str) -> Result<(), DiskError> {
        let content = self.content(file);
        self.finish_sync(file.to_owned(), content);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(files: &Files, with_platter: bool) -> Vec<u8> {
        let mut key = Vec::new();
        files.encode(with_platter, &mut key);
        key
    }

    #[test]
    fn a_power_loss_leaves_what_was_synced() {
        let mut files = Files::default();
        files.write("log", 0, b"ab").unwrap();
        let asked = files.content("log");
        files.write("log", 2, b"cd").unwrap();
        files.finish_sync("log".to_owned(), asked);
        assert_eq!(files.len("log"), Some(4));
        files.lose_power();
        assert_eq!(files.content("log"), Some(b"ab".to_vec()));
    }

    #[test]
    fn the_platter_tells_disks_apart_only_where_power_is_lost() {
        let (mut synced, mut unsynced) = (Files::default(), Files::default());
        synced.write("log", 0, b"ab").unwrap();
        unsynced.write("log", 0, b"ab").unwrap();
        synced.sync("log").unwrap();
        assert_eq!(key(&synced, false), key(&unsynced, false));
        assert_ne!(key(&synced, true), key(&unsynced, true));
    }
}
