//! What must come before what in every order of all calls, followed to its end.
//!
//! After Biswas and Enea, *On the Complexity of Checking Transactional Consistency* (2019),
//! for calls that stand one by one. At first there are the order of each session and
//! reads-from, where one write alone explains what was read. If a read saw `w`, then each
//! other write to its key that comes before the read comes before `w`, and each that comes
//! after `w` comes after the read. What follows from that is added until nothing new does, and
//! explanations that have become impossible are struck off. Each rule holds in every order of
//! all calls, so that a circle, or a read that nothing explains any more, refutes them all.
//!
//! Only writes that took effect for certain or that somebody saw take part: one of unknown
//! outcome that nobody must have seen may stand nowhere.

use super::{
    Budget,
    index::{INITIAL, Index},
    past::{Past, Trouble},
};

/// Observations of more explanations than this are left aside.
const MOST_EXPLANATIONS: usize = 64;

/// What came of it.
pub(super) enum Saturated {
    /// These calls would each have to come before the next, and the last before the first.
    Circle(Vec<u32>),
    /// Nothing explains what this observation was told.
    Unexplained(usize),
    /// Each effect follows its cause in every order; there may be more that was not found.
    Order(Vec<(u32, u32)>),
}

/// Follows all that can be followed within the budget.
pub(super) fn saturate(index: &Index<'_>, budget: &mut Budget) -> Saturated {
    let mut known = Known::new(index);
    loop {
        let past = match Past::with(index, &known.sources, &known.edges) {
            Ok(past) => past,
            Err(Trouble::Circle(circle)) => return Saturated::Circle(circle),
            Err(Trouble::TooLarge) => break,
        };
        let before = (known.edges.len(), known.open.len());
        let mut steps = (index.all.calls.len() * (1 + index.sessions)) as u64;
        if let Some(number) = known.strike_off(&past, &mut steps) {
            return Saturated::Unexplained(number);
        }
        known.order_writes(&past, &mut steps);
        if (known.edges.len(), known.open.len()) == before || !budget.spend(steps) {
            break;
        }
    }
    Saturated::Order(known.edges)
}

/// What is known so far.
struct Known<'i, 'a> {
    index: &'i Index<'a>,
    /// The one write that explains each observation, if it is just one.
    sources: Vec<Option<u32>>,
    /// Observations that several may explain, and which.
    open: Vec<(usize, Vec<u32>)>,
    /// What comes before what beside sessions and sources: effect, cause.
    edges: Vec<(u32, u32)>,
}

impl<'i, 'a> Known<'i, 'a> {
    fn new(index: &'i Index<'a>) -> Self {
        let sources = vec![None; index.seen.len()];
        let traced = index.seen.iter().enumerate();
        let traced = traced.filter(|(_, seen)| !index.appended[seen.key as usize]);
        let open = traced.filter_map(|(number, seen)| {
            let sources: Vec<u32> = index.sources(seen).take(MOST_EXPLANATIONS + 1).collect();
            (sources.len() <= MOST_EXPLANATIONS).then_some((number, sources))
        });
        let open = open.collect();
        Self { index, sources, open, edges: Vec::new() }
    }

    /// Strikes off explanations that cannot be. Returns an observation that has none left.
    fn strike_off(&mut self, past: &Past, steps: &mut u64) -> Option<usize> {
        let Self { index, sources, open, .. } = self;
        let mut unexplained = None;
        open.retain_mut(|(number, candidates)| {
            let seen = &index.seen[*number];
            let session = index.session[seen.call as usize];
            *steps += (candidates.len() * (1 + index.sessions)) as u64;
            candidates.retain(|source| {
                past.overwritten(seen.call, seen.key, *source).is_none()
                    && !past.is_before(session, seen.call, *source)
            });
            match candidates.as_slice() {
                [] => unexplained = unexplained.or(Some(*number)),
                [source] => sources[*number] = Some(*source),
                _ => return true,
            }
            false
        });
        unexplained
    }

    /// Orders the other writes to a key by what each read of it saw.
    fn order_writes(&mut self, past: &Past, steps: &mut u64) {
        let found = self.edges.len();
        for (seen, source) in self.index.seen.iter().zip(&self.sources) {
            let Some(source) = *source else { continue };
            let others = |write: &u32| *write != source && *write != seen.call;
            for earlier in past.latest(seen.call, seen.key).filter(others) {
                *steps += 1;
                if source != INITIAL && !past.holds(source, earlier) {
                    self.edges.push((source, earlier));
                }
            }
            for later in past.first_after(source, seen.key).filter(others) {
                *steps += 1;
                self.edges.push((later, seen.call));
            }
        }
        if self.edges.len() > found {
            self.edges.sort_unstable();
            self.edges.dedup();
        }
    }
}
