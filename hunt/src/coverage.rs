//! What hunts have met: faults that bit, states of systems, and both at once.

use judge::Run;
use node::Time;
use scenarios::FaultKind;
use std::collections::{BTreeMap, BTreeSet};

/// What one run met.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    /// The kinds of fault that touched something.
    pub faults: BTreeSet<FaultKind>,
    /// What nodes said that they do or are, by the name of the fact.
    pub states: BTreeSet<&'static str>,
    /// What a node said while a fault was under way.
    pub pairs: BTreeSet<(FaultKind, &'static str)>,
}

impl Marks {
    /// The marks of a run.
    pub fn of(run: &Run) -> Self {
        let bit: Vec<_> = run.faults.iter().filter(|fault| fault.touched > 0).collect();
        let mut marks =
            Self { faults: bit.iter().map(|fault| fault.kind).collect(), ..Self::default() };
        for told in &run.facts {
            let state = told.fact.name();
            marks.states.insert(state);
            let under_way = bit.iter().filter(|fault| {
                fault.start <= told.at && told.at <= fault.end.unwrap_or(Time::MAX)
            });
            marks.pairs.extend(under_way.map(|fault| (fault.kind, state)));
        }
        marks
    }
}

/// How many runs met what, and since when nothing new was met.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// How many runs there were.
    pub runs: u64,
    /// In how many runs each kind of fault touched something.
    pub faults: BTreeMap<FaultKind, u64>,
    /// In how many runs a node said so.
    pub states: BTreeMap<&'static str, u64>,
    /// In how many runs a node said so while such a fault was under way.
    pub pairs: BTreeMap<(FaultKind, &'static str), u64>,
    /// How many runs there were when something was met for the first time last.
    pub last_new: u64,
}

impl Coverage {
    /// Adds a run; the answer is whether it met something new.
    pub fn add(&mut self, marks: &Marks) -> bool {
        self.runs += 1;
        let before = self.met();
        marks.faults.iter().for_each(|fault| *self.faults.entry(*fault).or_default() += 1);
        marks.states.iter().for_each(|state| *self.states.entry(state).or_default() += 1);
        marks.pairs.iter().for_each(|pair| *self.pairs.entry(*pair).or_default() += 1);
        let is_new = self.met() > before;
        if is_new {
            self.last_new = self.runs;
        }
        is_new
    }

    /// For how many runs nothing new was met.
    pub fn runs_since_new(&self) -> u64 {
        self.runs - self.last_new
    }

    fn met(&self) -> usize {
        self.faults.len() + self.states.len() + self.pairs.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_new_counts_once() {
        let mut coverage = Coverage::default();
        let crash = Marks { faults: [FaultKind::Crash].into(), ..Marks::default() };
        let elected = Marks { states: ["elected"].into(), ..crash.clone() };
        assert!(coverage.add(&crash));
        assert!(!coverage.add(&crash));
        assert!(coverage.add(&elected));
        assert!(!coverage.add(&Marks::default()));
        assert_eq!((coverage.runs, coverage.last_new, coverage.runs_since_new()), (4, 3, 1));
        assert_eq!(coverage.faults[&FaultKind::Crash], 3);
    }
}
