//! The parts of a file that take no room yet.

use std::{collections::BTreeSet, ops::Range};

/// The unit in which a file takes room, in bytes.
const BLOCK: u64 = 4096;

/// The blocks that were added to a file by making it longer, and not written since.
#[derive(Debug, Default)]
pub(super) struct Holes(BTreeSet<u64>);

impl Holes {
    /// Whether to write these bytes takes room within the file.
    pub(super) fn meet(&self, bytes: &Range<u64>) -> bool {
        self.0.range(blocks(bytes)).next().is_some()
    }

    /// These bytes were written.
    pub(super) fn fill(&mut self, bytes: &Range<u64>) {
        let filled: Vec<u64> = self.0.range(blocks(bytes)).copied().collect();
        for block in filled {
            self.0.remove(&block);
        }
    }

    /// The file is so long now, and was so long before.
    pub(super) fn resize(&mut self, before: u64, now: u64) {
        let end = now.div_ceil(BLOCK);
        self.0.split_off(&end);
        self.0.extend(before.div_ceil(BLOCK)..end);
    }
}

fn blocks(bytes: &Range<u64>) -> Range<u64> {
    bytes.start / BLOCK..bytes.end.div_ceil(BLOCK).max(bytes.start / BLOCK)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_added_and_not_written_takes_room_when_it_is() {
        let mut holes = Holes::default();
        holes.resize(10, 3 * BLOCK);
        assert!(!holes.meet(&(0..BLOCK)), "the first block is in use");
        assert!(holes.meet(&(BLOCK..BLOCK + 1)));
        holes.fill(&(BLOCK..BLOCK + 1));
        assert!(!holes.meet(&(BLOCK..2 * BLOCK)) && holes.meet(&(BLOCK..2 * BLOCK + 1)));
        holes.resize(3 * BLOCK, 1);
        assert!(!holes.meet(&(0..3 * BLOCK)));
    }
}
