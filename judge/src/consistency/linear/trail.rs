//! Where operations took their places, so that an order can be told afterwards.

/// Trails of all ways that were met, each entry after another; nothing where none are kept.
#[derive(Debug)]
pub(super) struct Trail(Option<Vec<Entry>>);

#[derive(Debug)]
struct Entry {
    before: u32,
    op: u32,
    seen: bool,
}

impl Trail {
    pub(super) fn new(is_kept: bool) -> Self {
        Self(is_kept.then(|| vec![Entry { before: 0, op: 0, seen: false }]))
    }

    /// Adds an operation, which took its place where it is seen or unseen; returns the end.
    pub(super) fn extend(&mut self, before: u32, op: u32, seen: bool) -> u32 {
        let Some(trail) = &mut self.0 else { return 0 };
        trail.push(Entry { before, op, seen });
        trail.len() as u32 - 1
    }

    /// The operations of a trail, of so many in all, in order.
    pub(super) fn order(&self, end: u32, ops: usize) -> Vec<u32> {
        let trail = self.0.as_deref().unwrap_or_default();
        let mut at = end;
        let mut seen = vec![false; ops];
        let mut order = Vec::new();
        while at != 0 {
            let entry = &trail[at as usize];
            // Where it stood unseen counts for nothing if it was used later on.
            if entry.seen || !seen[entry.op as usize] {
                order.push(entry.op);
                seen[entry.op as usize] |= entry.seen;
            }
            at = entry.before;
        }
        order.reverse();
        order
    }
}
