//! The parts of a file that take no room yet.

use std::{collections::BTreeSet, ops::Range};

/// The unit in which a file takes room, in bytes.
const BLOCK: usize = 4096;

/// The blocks that no write has touched since the file was made longer.
///
/// Making a file longer takes no room, as on most file systems; writing there does.
#[derive(Default)]
pub(super) struct Holes(BTreeSet<usize>);

impl Holes {
    /// Whether a write of these bytes takes room within the file.
    pub(super) fn meets(&self, bytes: Range<usize>) -> bool {
        self.0.range(blocks(bytes)).next().is_some()
    }

    /// Notes that these bytes were written.
    pub(super) fn fill(&mut self, bytes: Range<usize>) {
        if !self.0.is_empty() {
            for block in blocks(bytes) {
                self.0.remove(&block);
            }
        }
    }

    /// Notes that the file of `held` bytes has now `length`.
    pub(super) fn resize(&mut self, held: usize, length: usize) {
        self.0.split_off(&length.div_ceil(BLOCK));
        self.0.extend(held.div_ceil(BLOCK)..length.div_ceil(BLOCK));
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
        holes.resize(BLOCK + 1, 4 * BLOCK);
        assert!(!holes.meets(0..2 * BLOCK), "the second block is in use by a byte");
        assert!(holes.meets(2 * BLOCK - 1..2 * BLOCK + 1));
        holes.fill(2 * BLOCK + 7..2 * BLOCK + 8);
        assert!(!holes.meets(2 * BLOCK..3 * BLOCK));
        assert!(holes.meets(3 * BLOCK..4 * BLOCK));
    }

    #[test]
    fn what_is_cut_off_is_a_hole_when_it_comes_back() {
        let mut holes = Holes::default();
        holes.resize(0, 2 * BLOCK);
        holes.fill(0..2 * BLOCK);
        holes.resize(2 * BLOCK, BLOCK);
        holes.resize(BLOCK, 2 * BLOCK);
        assert!(!holes.meets(0..BLOCK));
        assert!(holes.meets(BLOCK..2 * BLOCK));
    }
}
