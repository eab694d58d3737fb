//! Linearizability (Herlihy and Wing, 1990): each operation takes effect at one moment
//! between its invocation and its answer, as if there were one store that does one thing at
//! a time.
//!
//! **What flows in**: [`Calls`], and a [`Budget`] of steps, so that a verdict does not depend
//! on how fast a machine is. **What flows out**: an [`Outcome`], which comes with a
//! [`Window`] if the history is refuted, and says so if the budget was spent.
//!
//! **How**: a history without lists is linearizable if each key's is, so that keys are
//! looked at one by one (Herlihy and Wing's locality). With lists among the calls, each key
//! is looked at alone first, and then the whole map. Values that nothing in a history tells
//! apart share a number. Engines take turns, each with more and more steps, since each
//! wins on some histories: a `frontier` of all ways in which the history can have come so
//! far, and a memoized depth-first `search`. Where both take long, a frontier of the best ways
//! alone may find that the history fits, and one in which a way stands for several, and for
//! more than can be, that it does not.
//!
//! **Unknown outcomes**: a call that never returned may have taken effect at any moment since
//! its invocation, or never, and so may a compare-and-set whose outcome was not told. A read
//! that returned nothing that was told fits everywhere, and stands in no order.
//!
//! **Caveats**: the problem is NP-complete (Gibbons and Korach, 1997), so that there are
//! histories on which any budget is spent. Appended texts are copied whole, and a long
//! history of appends to one key takes time that grows with the square of its length.

mod decide;
mod frontier;
pub(super) mod memo;
mod model;
mod one_key;
mod problem;
mod search;
mod spec;
mod spent;
mod trail;
mod values;
mod ways;
mod window;
mod words;

#[cfg(test)]
mod tests;

pub use one_key::{OfKey, of_keys};
pub use spec::{Content, Map, MapOp, MapRet, Register, RegisterOp, RegisterRet, SequentialSpec};
pub use window::{Blocked, Contents, Placed, Why, Window};

use super::{Action, Calls};
use decide::Decision;
use memo::FixedMap;
use node::Key;
use problem::Problem;
use values::Values;

/// How many steps may be taken, over all keys. A step is about one operation tried on one
/// state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    steps: u64,
}

impl Budget {
    /// The budget if none is asked for: a second or so.
    pub const DEFAULT: Self = Self { steps: 40_000_000 };

    /// So many steps.
    pub const fn steps(steps: u64) -> Self {
        Self { steps }
    }
}

impl Default for Budget {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// Whether a history is linearizable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is.
    Linearizable,
    /// It is not, and this is why.
    NotLinearizable(Box<Window>),
    /// The budget was spent. Nothing is proved of these; `None` stands for the whole map.
    Undecided(Vec<Option<Key>>),
}

/// An order that proves the operations of a key linearizable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Linearization {
    /// The key; `None`: the whole map.
    pub key: Option<Key>,
    /// The positions of the calls. Those that fit everywhere are left out, and those of
    /// unknown outcome that the order does without.
    pub order: Vec<usize>,
}

/// Decides whether a history is linearizable.
pub fn linearizability(calls: &Calls, budget: Budget) -> Outcome {
    let mut undecided = Vec::new();
    let refuted = look_at(calls, budget, |problem, decision| match decision {
        Decision::Fits(_) => None,
        Decision::Refuted(engine) => {
            let order = decide::order(problem, engine);
            Some(Box::new(window::window(problem, &order)))
        }
        Decision::Undecided => {
            undecided.push(problem.key.cloned());
            None
        }
    });
    match refuted {
        Some(window) => Outcome::NotLinearizable(window),
        None if undecided.is_empty() => Outcome::Linearizable,
        None => Outcome::Undecided(undecided),
    }
}

/// Whether a history is linearizable, and nothing else; `None`: the budget was spent.
pub fn is_linearizable(calls: &Calls, budget: Budget) -> Option<bool> {
    let mut is_decided = true;
    let refuted = look_at(calls, budget, |_, decision| match decision {
        Decision::Fits(_) => None,
        Decision::Refuted(_) => Some(()),
        Decision::Undecided => {
            is_decided = false;
            None
        }
    });
    if refuted.is_some() { Some(false) } else { is_decided.then_some(true) }
}

/// Orders that prove a history linearizable: one a key, or one for the whole map if there
/// are lists. `None`: it is not, or the budget does not suffice to tell.
pub fn linearizations(calls: &Calls, budget: Budget) -> Option<Vec<Linearization>> {
    let mut found = Vec::new();
    let failed = look_at(calls, budget, |problem, decision| {
        let Decision::Fits(engine) = decision else { return Some(()) };
        if problem.key.is_none() {
            found.clear();
        }
        let order = decide::order(problem, engine);
        let order = order.into_iter().map(|op| problem.call(op).position).collect();
        found.push(Linearization { key: problem.key.cloned(), order });
        None
    });
    if failed.is_some() { None } else { Some(found) }
}

/// Decides key by key, and at last the whole map if there are lists, until what is done
/// with a decision returns something.
fn look_at<T>(
    calls: &Calls,
    budget: Budget,
    mut with: impl FnMut(&mut Problem<'_>, Decision) -> Option<T>,
) -> Option<T> {
    let (keys, lists) = by_key(calls);
    let mut left = budget.steps;
    let mut parts = keys.len() as u64 + u64::from(lists);
    let mut values = Values::default();
    for (key, places) in keys {
        let mut problem = Problem::of_key(&calls.calls, &places, key, &calls.initial, &mut values);
        // What a key does not need, those after it may have.
        let (decision, steps) = decide::decide(&mut problem, left / parts);
        left = left.saturating_sub(steps);
        parts -= 1;
        if let Some(done) = with(&mut problem, decision) {
            return Some(done);
        }
    }
    if lists {
        let mut problem = Problem::of_map(&calls.calls, &calls.initial);
        let (decision, _) = decide::decide(&mut problem, left);
        return with(&mut problem, decision);
    }
    None
}

/// The places of each key's calls, keys in order of their first call; and whether there is
/// a list that tells something.
fn by_key(calls: &Calls) -> (Vec<(&Key, Vec<u32>)>, bool) {
    let mut keys: Vec<(&Key, Vec<u32>)> = Vec::new();
    let mut numbers: FixedMap<&Key, u32> = FixedMap::default();
    let mut lists = false;
    for (place, call) in calls.calls.iter().enumerate() {
        let Some(key) = call.action.key() else {
            let told = matches!(call.action, Action::List { keys: Some(_) });
            lists |= told && call.returned.is_some();
            continue;
        };
        let next = keys.len() as u32;
        let number = *numbers.entry(key).or_insert(next);
        if number == next {
            keys.push((key, Vec::new()));
        }
        keys[number as usize].1.push(place as u32);
    }
    (keys, lists)
}
