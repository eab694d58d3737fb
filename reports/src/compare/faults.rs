//! Whether the same faults struck both runs.

use super::LETTERS;
use crate::text;
use judge::{Run, record::FaultRecord};

/// The faults of two runs, by their positions in each.
pub(super) struct Faults {
    /// Those of the same kind, words and nodes, at the same times.
    pub(super) shared: Vec<(usize, usize)>,
    /// Those of one run alone.
    only: [Vec<usize>; 2],
}

impl Faults {
    pub(super) fn of(a: &Run, b: &Run) -> Self {
        let mut left: Vec<usize> = (0..b.faults.len()).collect();
        let (mut shared, mut alone) = (Vec::new(), Vec::new());
        for (place, fault) in a.faults.iter().enumerate() {
            match left.iter().position(|other| is_same(fault, &b.faults[*other])) {
                Some(found) => shared.push((place, left.remove(found))),
                None => alone.push(place),
            }
        }
        Self { shared, only: [alone, left] }
    }

    pub(super) fn is_all_shared(&self) -> bool {
        self.only.iter().all(Vec::is_empty)
    }

    pub(super) fn sentence(&self, runs: [&Run; 2]) -> String {
        let shared = text::count(self.shared.len() as u64, "fault", "faults");
        if self.is_all_shared() {
            let named: Vec<_> =
                self.shared.iter().map(|(place, _)| words(&runs[0].faults[*place])).collect();
            return match named.is_empty() {
                true => "No fault struck either run.".to_owned(),
                false => format!("The same {shared} struck both: {}.", text::list(&named)),
            };
        }
        let shared = if self.shared.is_empty() { "none" } else { &shared };
        let mut parts = vec![format!("Not the same faults struck both: {shared} alike")];
        for ((only, run), letter) in self.only.iter().zip(runs).zip(LETTERS) {
            let named: Vec<_> = only.iter().map(|place| words(&run.faults[*place])).collect();
            let named = if named.is_empty() { "none".to_owned() } else { text::list(&named) };
            parts.push(format!("only in {letter}: {named}"));
        }
        parts.join("; ") + "."
    }
}

fn is_same(one: &FaultRecord, other: &FaultRecord) -> bool {
    let of = |fault: &FaultRecord| (fault.kind, fault.label.clone(), fault.start, fault.end);
    of(one) == of(other) && one.nodes == other.nodes
}

fn words(fault: &FaultRecord) -> String {
    match fault.end {
        Some(end) => format!("{} ({} to {end})", fault.label, fault.start),
        None => format!("{} (from {} on)", fault.label, fault.start),
    }
}
