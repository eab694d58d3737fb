//! What hunts have met: faults that bit, states of systems, and both at once.

use judge::Run;
use node::Time;
use scenarios::FaultKind;
use serde::{Deserialize, Serialize};
use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

/// The name of a fact.
type State = Cow<'static, str>;

/// One thing that a run can meet: a fault, a state, or both at once.
type Mark = (Option<FaultKind>, Option<State>);

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
        let mut met: BTreeMap<&'static str, Vec<bool>> = BTreeMap::new();
        for told in &run.facts {
            let with = met.entry(told.fact.name()).or_insert_with(|| vec![false; bit.len()]);
            for (fault, with) in bit.iter().zip(with) {
                *with |= fault.start <= told.at && told.at <= fault.end.unwrap_or(Time::MAX);
            }
        }
        for (state, with) in met {
            marks.states.insert(state);
            let under_way = bit.iter().zip(with).filter(|(_, with)| *with);
            marks.pairs.extend(under_way.map(|(fault, _)| (fault.kind, state)));
        }
        marks
    }
}

/// How many runs met what, and since when nothing new was met.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Written", into = "Written")]
pub struct Coverage {
    /// How many runs there were.
    pub runs: u64,
    /// In how many runs each kind of fault touched something.
    pub faults: BTreeMap<FaultKind, u64>,
    /// In how many runs a node said so.
    pub states: BTreeMap<State, u64>,
    /// In how many runs a node said so while such a fault was under way.
    pub pairs: BTreeMap<(FaultKind, State), u64>,
    /// How many runs there were when something was met for the first time last.
    pub last_new: u64,
    /// How many runs there were when each was met for the first time.
    first: BTreeMap<Mark, u64>,
}

/// Coverage as a file holds it: what was met, in how many runs, and in which for the first time.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    runs: u64,
    met: Vec<(Option<FaultKind>, Option<State>, u64, u64)>,
}

impl Coverage {
    /// Adds a run; the answer is whether it met something new.
    pub fn add(&mut self, marks: &Marks) -> bool {
        self.runs += 1;
        let before = self.met();
        marks.faults.iter().for_each(|fault| *self.faults.entry(*fault).or_default() += 1);
        for state in &marks.states {
            *self.states.entry(Cow::Borrowed(state)).or_default() += 1;
        }
        for (fault, state) in &marks.pairs {
            *self.pairs.entry((*fault, Cow::Borrowed(state))).or_default() += 1;
        }
        let is_new = self.met() > before;
        if is_new {
            self.last_new = self.runs;
            let faults = marks.faults.iter().map(|fault| (Some(*fault), None));
            let states = marks.states.iter().map(|state| (None, Some(Cow::Borrowed(*state))));
            let both = |(fault, state): &(FaultKind, &'static str)| {
                (Some(*fault), Some(Cow::Borrowed(*state)))
            };
            for mark in faults.chain(states).chain(marks.pairs.iter().map(both)) {
                self.first.entry(mark).or_insert(self.runs);
            }
        }
        is_new
    }

    /// Adds what runs met that came after all of these, as if they had been added one by one.
    pub fn add_later(&mut self, later: &Self) {
        for (mark, first) in &later.first {
            let first = self.runs + first;
            if !self.first.contains_key(mark) {
                self.first.insert(mark.clone(), first);
                self.last_new = self.last_new.max(first);
            }
        }
        self.runs += later.runs;
        add_all(&mut self.faults, &later.faults);
        add_all(&mut self.states, &later.states);
        add_all(&mut self.pairs, &later.pairs);
    }

    /// For how many runs nothing new was met.
    pub fn runs_since_new(&self) -> u64 {
        self.runs - self.last_new
    }

    fn met(&self) -> usize {
        self.faults.len() + self.states.len() + self.pairs.len()
    }
}

fn add_all<K: Clone + Ord>(counts: &mut BTreeMap<K, u64>, more: &BTreeMap<K, u64>) {
    for (key, runs) in more {
        *counts.entry(key.clone()).or_default() += runs;
    }
}

impl From<Coverage> for Written {
    fn from(coverage: Coverage) -> Self {
        let runs = |mark: &Mark| match mark {
            (Some(fault), None) => coverage.faults.get(fault),
            (None, Some(state)) => coverage.states.get(state),
            (Some(fault), Some(state)) => coverage.pairs.get(&(*fault, state.clone())),
            (None, None) => None,
        };
        let met = coverage.first.iter().map(|(mark, first)| {
            (mark.0, mark.1.clone(), runs(mark).copied().unwrap_or_default(), *first)
        });
        Self { runs: coverage.runs, met: met.collect() }
    }
}

impl From<Written> for Coverage {
    fn from(written: Written) -> Self {
        let mut coverage = Self { runs: written.runs, ..Self::default() };
        for (fault, state, runs, first) in written.met {
            coverage.last_new = coverage.last_new.max(first);
            coverage.first.insert((fault, state.clone()), first);
            match (fault, state) {
                (Some(fault), None) => drop(coverage.faults.insert(fault, runs)),
                (None, Some(state)) => drop(coverage.states.insert(state, runs)),
                (Some(fault), Some(state)) => drop(coverage.pairs.insert((fault, state), runs)),
                (None, None) => {}
            }
        }
        coverage
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_parts_met_is_what_all_met() {
        let crash = Marks { faults: [FaultKind::Crash].into(), ..Marks::default() };
        let elected = Marks { states: ["elected"].into(), ..crash.clone() };
        let both = Marks { pairs: [(FaultKind::Crash, "elected")].into(), ..elected.clone() };
        let all = [crash.clone(), elected.clone(), crash, both.clone(), elected, both];
        let of = |marks: &[Marks]| {
            let mut coverage = Coverage::default();
            for marks in marks {
                coverage.add(marks);
            }
            coverage
        };
        for cut in 0..=all.len() {
            let mut joined = of(&all[..cut]);
            joined.add_later(&of(&all[cut..]));
            assert_eq!(joined, of(&all), "{cut}");
            assert_eq!(Coverage::from(Written::from(joined)), of(&all));
        }
        // In another order something else is new at another moment.
        let mut turned = of(&all[3..]);
        turned.add_later(&of(&all[..3]));
        assert_ne!(turned.last_new, of(&all).last_new);
    }

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
