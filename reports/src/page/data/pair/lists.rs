//! The lists of a run, and how two of them become one.

use crate::page::{
    data::{LeftOut, Operation, Passage, Struck, Told, Why},
    inside::Inside,
    states::Change,
};

/// The lists of one run.
pub(super) struct Lists {
    pub(super) lanes: Vec<String>,
    pub(super) nodes: usize,
    pub(super) window: [u64; 2],
    pub(super) verdicts: Vec<Told>,
    pub(super) reasons: Vec<Why>,
    pub(super) faults: Vec<Struck>,
    pub(super) ops: Vec<Operation>,
    pub(super) messages: Vec<Passage>,
    pub(super) changes: Vec<Change>,
    pub(super) said: Vec<(u64, usize, usize)>,
    pub(super) leads: Vec<(usize, i64, u64, u64)>,
    pub(super) inside: Inside,
    pub(super) left_out: LeftOut,
    pub(super) texts: Vec<String>,
}

impl Lists {
    /// Names lanes and texts by their places in the lists of both.
    pub(super) fn renumber(&mut self, lanes: &[usize], texts: usize) {
        let lane = |place: &mut usize| *place = lanes[*place];
        let text = |place: &mut usize| *place += texts;
        for row in &mut self.ops {
            lane(&mut row.0);
            text(&mut row.1);
            if row.2 >= 0 {
                row.2 += texts as i64;
            }
            text(&mut row.6);
            lane(&mut row.7);
        }
        for row in &mut self.messages {
            lane(&mut row.0);
            lane(&mut row.1);
            text(&mut row.3);
        }
        for change in &mut self.changes {
            match change {
                Change::Boots(_, node, _, holds, _) => {
                    lane(node);
                    for (key, value, _) in holds {
                        text(key);
                        text(value);
                    }
                }
                Change::Gone(_, node, _, left) => {
                    lane(node);
                    for (key, value, _) in left.iter_mut().flatten() {
                        text(key);
                        text(value);
                    }
                }
                Change::Holds(_, node, _, key, value, _) => {
                    lane(node);
                    text(key);
                    text(value);
                }
                Change::Removes(_, node, _, key) => {
                    lane(node);
                    text(key);
                }
            }
        }
        for row in &mut self.said {
            lane(&mut row.1);
            text(&mut row.2);
        }
        self.leads.iter_mut().for_each(|row| lane(&mut row.0));
        self.inside.renumber(lane, text);
        self.faults.iter_mut().flat_map(|fault| &mut fault.nodes).for_each(lane);
    }
}

/// Two lists as one in order of time, and the place of each row in it.
pub(super) fn in_time<T>(lists: [Vec<T>; 2], at: impl Fn(&T) -> u64) -> (Vec<T>, [Vec<usize>; 2]) {
    let mut places = lists.each_ref().map(|list| vec![0; list.len()]);
    let mut rows: Vec<(usize, usize, T)> = Vec::new();
    for (run, list) in lists.into_iter().enumerate() {
        rows.extend(list.into_iter().enumerate().map(|(place, row)| (run, place, row)));
    }
    rows.sort_by_key(|(_, _, row)| at(row));
    let sorted = rows.into_iter().enumerate().map(|(now, (run, place, row))| {
        places[run][place] = now;
        row
    });
    (sorted.collect(), places)
}

/// When something changed.
pub(super) const fn at(change: &Change) -> u64 {
    match change {
        Change::Boots(at, ..)
        | Change::Gone(at, ..)
        | Change::Holds(at, ..)
        | Change::Removes(at, ..) => *at,
    }
}
