//! One assumption of who saw what, and which observations could break a rule by it.

use super::{
    index::Index,
    past::{Past, Sources, Trouble},
};

/// Who is assumed to have seen what, with the causal past that follows from it. It is the same
/// for every rule, so that it is made once for all of them.
pub(super) struct Assumption {
    /// By observation, the write that it saw; `None`: several are possible, or none.
    pub(super) sources: Vec<Option<u32>>,
    /// The causal past, if there is an order.
    pub(super) past: Result<Past, Trouble>,
    /// The observations of what had been overwritten in their own causal past, in order. Each
    /// rule forbids only what causal consistency forbids, so that the others break none.
    pub(super) suspects: Vec<Suspect>,
    /// How many looks it took to find them all.
    pub(super) looks: u64,
}

/// An observation that may break a rule.
#[derive(Clone, Copy, Debug)]
pub(super) struct Suspect {
    pub(super) number: usize,
    /// How many looks it took to come to it from the first observation on.
    pub(super) looks: u64,
}

impl Assumption {
    pub(super) fn new(index: &Index<'_>, sources: Vec<Option<u32>>) -> Self {
        let past = Past::new(index, &sources);
        let (mut suspects, mut looks) = (Vec::new(), 0);
        if let Ok(past) = &past {
            for number in 0..sources.len() {
                if is_suspect(index, &sources, past, number, &mut looks) {
                    suspects.push(Suspect { number, looks });
                }
            }
        }
        Self { sources, past, suspects, looks }
    }
}

/// Whether what an observation saw had been overwritten in its causal past, whichever of the
/// possible writes it saw.
fn is_suspect(
    index: &Index<'_>,
    sources: &Sources,
    past: &Past,
    number: usize,
    looks: &mut u64,
) -> bool {
    let seen = &index.seen[number];
    let mut is_gone = |source: u32| {
        *looks += 1;
        past.overwritten(seen.call, seen.key, source).is_some()
    };
    match sources[number] {
        Some(source) => is_gone(source),
        None if index.appended[seen.key as usize] => false,
        None => {
            let mut possible = index.sources(seen).rev().peekable();
            possible.peek().is_some() && possible.all(is_gone)
        }
    }
}

/// What the observations of a history leave open before anything is assumed.
pub(super) struct Observed {
    /// By observation, the write that explains it, if it is just one.
    pub(super) certain: Vec<Option<u32>>,
    /// Observations of several explanations.
    pub(super) open: Vec<usize>,
    /// Observations that nothing explains.
    pub(super) unwritten: Vec<usize>,
    /// How many observations are of keys of which it is not known what was written.
    pub(super) unclear: usize,
}

impl Observed {
    pub(super) fn new(index: &Index<'_>) -> Self {
        let mut certain = vec![None; index.seen.len()];
        let (mut open, mut unwritten, mut unclear) = (Vec::new(), Vec::new(), 0);
        for (number, seen) in index.seen.iter().enumerate() {
            if index.appended[seen.key as usize] {
                unclear += 1;
                continue;
            }
            let mut sources = index.sources(seen);
            match (sources.next(), sources.next()) {
                (None, _) => unwritten.push(number),
                (one, None) => certain[number] = one,
                (Some(_), Some(_)) => open.push(number),
            }
        }
        Self { certain, open, unwritten, unclear }
    }
}
