//! The crucial window: how far a history can be explained, and why no further.

use super::{
    problem::Problem,
    spec::{self, Map, MapOp, MapRet, SequentialSpec},
};
use crate::consistency::{Action, Call, State};
use node::Key;

/// So many of the last operations of the legal prefix come with the state after each.
const TAIL: usize = 8;

/// Why a history is not linearizable: a legal order that cannot go on, the longest that was
/// found, and for each operation that could come next why it cannot.
///
/// Calls are named by their positions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// The key whose operations contradict each other; `None`: those of the whole map do,
    /// though each key's do not.
    pub key: Option<Key>,
    /// An order that is legal and that time allows.
    pub prefix: Vec<usize>,
    /// What the last operations of it left.
    pub tail: Vec<Placed>,
    /// The operations that could come next by time, and those that were asked while these
    /// were under way, in order of invocation.
    pub blocked: Vec<Blocked>,
}

/// An operation that has its place in an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// Which call.
    pub position: usize,
    /// What it asked and what its answer said.
    pub action: Action,
    /// What it left.
    pub after: Contents,
}

/// What there is at a moment, as far as an operation is concerned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Contents {
    /// What its key holds.
    Holds(State),
    /// The keys that hold something.
    Keys(Vec<Key>),
}

/// An operation that cannot come next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blocked {
    /// Which call.
    pub position: usize,
    /// What it asked and what its answer said.
    pub action: Action,
    /// Why it cannot.
    pub why: Why,
}

/// Why an operation cannot come next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// Its answer does not fit what there is.
    Unfit(Contents),
    /// It must come after this call, which has no place yet and returned before it began.
    Follows(usize),
    /// Its outcome is unknown. Should it come next, none of those that returned could
    /// follow it either.
    NoHelp,
}

/// Goes on from an order as far as can be, and says why it ends.
pub(super) fn window(problem: &Problem<'_>, order: &[u32]) -> Window {
    let mut builder = Builder::new(problem);
    for op in order {
        builder.take(*op);
    }
    while let Some(more) = builder.next() {
        more.into_iter().for_each(|op| builder.take(op));
    }
    let blocked = builder.blocked();
    let skipped = builder.placed.len().saturating_sub(TAIL);
    Window {
        key: problem.key.cloned(),
        prefix: builder.placed.iter().map(|placed| placed.position).collect(),
        tail: builder.placed.split_off(skipped),
        blocked,
    }
}

/// A history of one key or of a whole map is carried out on a map of its own.
struct Builder<'p, 'c> {
    problem: &'p Problem<'c>,
    map: Map,
    taken: Vec<bool>,
    placed: Vec<Placed>,
}

impl<'p, 'c> Builder<'p, 'c> {
    fn new(problem: &'p Problem<'c>) -> Self {
        let mut map = Map::default();
        if let Some(value) = problem.initial_value {
            for key in problem.calls.iter().flat_map(|call| keys_of(&call.action)) {
                map.0.insert(key.clone(), value.clone());
            }
        }
        Self { problem, map, taken: vec![false; problem.ops.len()], placed: Vec::new() }
    }

    /// What an operation does; `None`: its answer does not fit.
    fn step(&self, map: &Map, op: u32) -> Option<Map> {
        let (asked, told) = operation(self.problem.call(op))?;
        let mut after = map.clone();
        after.is_valid_step(&asked, &told).then_some(after)
    }

    fn take(&mut self, op: u32) {
        let call = self.problem.call(op);
        // The engines took these steps by number; they are legal on the values as well.
        self.map = self.step(&self.map, op).expect("an order that was found is legal");
        self.taken[op as usize] = true;
        let after = contents(&self.map, &call.action);
        self.placed.push(Placed { position: call.position, action: call.action.clone(), after });
    }

    /// What can be taken next: one that returned, or one of unknown outcome and one that
    /// returned.
    fn next(&self) -> Option<Vec<u32>> {
        let candidates = self.candidates();
        let returned = |op: &&u32| self.problem.ops[**op as usize].class.is_none();
        let fits = |map: &Map| {
            candidates.iter().filter(returned).find(|op| self.step(map, **op).is_some())
        };
        if let Some(op) = fits(&self.map) {
            return Some(vec![*op]);
        }
        candidates.iter().filter(|op| !returned(op)).find_map(|open| {
            let after = self.step(&self.map, *open)?;
            fits(&after).map(|op| vec![*open, *op])
        })
    }

    /// The first that returned of those that have no place yet.
    fn first_return(&self) -> Option<&'c Call> {
        let untaken = (0..self.problem.ops.len() as u32).filter(|op| !self.taken[*op as usize]);
        let returned = untaken.filter(|op| self.problem.ops[*op as usize].class.is_none());
        returned.map(|op| self.problem.call(op)).min_by_key(|call| returned_at(call))
    }

    /// The operations that have no place yet and that time allows to come next.
    fn candidates(&self) -> Vec<u32> {
        let limit = self.first_return().map_or(u64::MAX, returned_at);
        let untaken = (0..self.problem.ops.len() as u32).filter(|op| !self.taken[*op as usize]);
        untaken.filter(|op| self.problem.call(*op).invoked <= limit).collect()
    }

    /// Why none of them can.
    fn blocked(&self) -> Vec<Blocked> {
        let Some(first) = self.first_return() else { return Vec::new() };
        let candidates = self.candidates();
        let under_way = candidates.iter().map(|op| self.problem.call(*op));
        let until = under_way.filter(|call| !spec::is_open(call)).map(returned_at).max();
        let until = until.unwrap_or(returned_at(first));
        let untaken = (0..self.problem.ops.len() as u32).filter(|op| !self.taken[*op as usize]);
        let blocked = untaken.filter_map(|op| {
            let call = self.problem.call(op);
            let open = self.problem.ops[op as usize].class.is_some();
            let why = if call.invoked > returned_at(first) {
                if open || call.invoked > until {
                    return None;
                }
                Why::Follows(first.position)
            } else if open {
                Why::NoHelp
            } else {
                Why::Unfit(contents(&self.map, &call.action))
            };
            Some(Blocked { position: call.position, action: call.action.clone(), why })
        });
        blocked.collect()
    }
}

/// When a call's answer came, which is not before it was asked.
fn returned_at(call: &Call) -> u64 {
    call.returned.map_or(u64::MAX, |returned| returned.max(call.invoked))
}

fn operation(call: &Call) -> Option<(MapOp, MapRet)> {
    spec::of_map(call)
}

/// The keys that an action names.
fn keys_of(action: &Action) -> impl Iterator<Item = &Key> {
    let listed = match action {
        Action::List { keys: Some(keys) } => keys.as_slice(),
        _ => &[],
    };
    action.key().into_iter().chain(listed)
}

/// What there is as far as an action is concerned.
fn contents(map: &Map, action: &Action) -> Contents {
    match action.key() {
        Some(key) => Contents::Holds(map.0.get(key).cloned()),
        None => Contents::Keys(map.0.keys().cloned().collect()),
    }
}
