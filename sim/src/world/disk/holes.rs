//! The parts of files that take no room yet.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

/// The unit in which a file takes room, in bytes.
const BLOCK: usize = 4096;

/// The blocks that no write has touched since a file was made longer.
///
/// Making a file longer takes no room, as on most file systems; writing there does.
#[derive(Default)]
pub(super) struct Holes(BTreeMap<String, BTreeSet<usize>>);

impl Holes {
    /// Whether a write of these bytes takes room within the file.
    pub(super) fn meets(&self, file: &str, bytes: Range<usize>) -> bool {
        self.0.get(file).is_some_and(|holes| holes.range(blocks(bytes)).next().is_some())
    }

    /// Notes that these bytes were written.
    pub(super) fn fill(&mut self, file: &str, bytes: Range<usize>) {
        if let Some(holes) = self.0.get_mut(file) {
            for block in blocks(bytes) {
                holes.remove(&block);
            }
        }
    }

    /// Notes that a file of `held` bytes has now `length`.
    pub(super) fn resize(&mut self, file: &str, held: usize, length: usize) {
        let holes = self.0.entry(file.to_owned()).or_default();
        holes.split_off(&length.div_ceil(BLOCK));
        holes.extend(held.div_ceil(BLOCK)..length.div_ceil(BLOCK));
    }
}

/// The blocks that some bytes lie in.
fn blocks(bytes: Range<usize>) -> Range<usize> {
    bytes.start / BLOCK..bytes.end.div_ceil(BLOCK)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hole_is_what_was_added_and_not_written() {
        let mut holes = Holes::default();
        holes.resize("f", BLOCK + 1, 4 * BLOCK);
        assert!(!holes.meets("f", 0..2 * BLOCK), "the second block is in use by a byte");
        assert!(holes.meets("f", 2 * BLOCK - 1..2 * BLOCK + 1));
        assert!(!holes.meets("g", 2 * BLOCK..3 * BLOCK));
        holes.fill("f", 2 * BLOCK + 7..2 * BLOCK + 8);
        assert!(!holes.meets("f", 2 * BLOCK..3 * BLOCK));
        assert!(holes.meets("f", 3 * BLOCK..4 * BLOCK));
    }

    #[test]
    fn what_is_cut_off_is_a_hole_when_it_comes_back() {
        let mut holes = Holes::default();
        holes.resize("f", 0, 2 * BLOCK);
        holes.fill("f", 0..2 * BLOCK);
        holes.resize("f", 2 * BLOCK, BLOCK);
        holes.resize("f", BLOCK, 2 * BLOCK);
        assert!(!holes.meets("f", 0..BLOCK));
        assert!(holes.meets("f", BLOCK..2 * BLOCK));
    }
}
