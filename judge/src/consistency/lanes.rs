//! The writes of each key, line by line.

use super::{index::Index, past::NOBODY};

/// Which writes of a key stand in which line.
pub(super) struct Lanes {
    /// Where the lanes of each key start; one more entry ends the last.
    starts: Vec<u32>,
    /// In order of keys, and of lines for each.
    lanes: Vec<Lane>,
    /// The writes of all lanes.
    writes: Vec<u32>,
}

/// The writes of one key that stand in one line.
struct Lane {
    line: u32,
    start: u32,
    end: u32,
}

impl Lanes {
    /// Of the calls that stand in these lines.
    pub(super) fn new(index: &Index<'_>, line: &[u32]) -> Self {
        let mut made = Self {
            starts: Vec::with_capacity(index.keys.len() + 1),
            lanes: Vec::new(),
            writes: Vec::new(),
        };
        made.starts.push(0);
        let mut of_key: Vec<(u32, u32)> = Vec::new();
        for writes in &index.writes {
            of_key.clear();
            let lined = writes.iter().map(|write| (line[*write as usize], *write));
            of_key.extend(lined.filter(|(line, _)| *line != NOBODY));
            of_key.sort_unstable();
            let mut last = NOBODY;
            for (line, write) in &of_key {
                let start = made.writes.len() as u32;
                made.writes.push(*write);
                match made.lanes.last_mut() {
                    Some(lane) if last == *line => lane.end = start + 1,
                    _ => made.lanes.push(Lane { line: *line, start, end: start + 1 }),
                }
                last = *line;
            }
            made.starts.push(made.lanes.len() as u32);
        }
        made
    }

    /// The lines of a key, each with its writes in order.
    pub(super) fn of(&self, key: u32) -> impl Iterator<Item = (u32, &[u32])> {
        self.lanes(key).iter().map(|lane| (lane.line, self.writes(lane)))
    }

    /// The writes of a key that stand in a line, in order.
    pub(super) fn in_line(&self, key: u32, line: u32) -> Option<&[u32]> {
        let lanes = self.lanes(key);
        let place = lanes.binary_search_by_key(&line, |lane| lane.line).ok()?;
        Some(self.writes(&lanes[place]))
    }

    fn lanes(&self, key: u32) -> &[Lane] {
        let (start, end) = (self.starts[key as usize], self.starts[key as usize + 1]);
        &self.lanes[start as usize..end as usize]
    }

    fn writes(&self, lane: &Lane) -> &[u32] {
        &self.writes[lane.start as usize..lane.end as usize]
    }
}
