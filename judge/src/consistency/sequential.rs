//! Sequential consistency: one order of all calls that keeps the order of each session and
//! explains every answer.
//!
//! Lamport, *How to Make a Multiprocessor Computer That Correctly Executes Multiprocess
//! Programs* (1979). The order is of the whole map: two keys may each have one and the map
//! none. Time plays no role, so that a session may read the past for as long as it likes. A call
//! of unknown outcome may stand anywhere after what precedes it in its session, or nowhere.
//!
//! To tell is NP-complete. What is not even causal is refuted at once, and so is a state that
//! was consumed more often than it came about; what is linearizable is sequential. Then what
//! must come before what is followed to its end, which refutes most of what can be refuted.
//! Otherwise orders that keep to it are searched for, depth first, with memory of where no
//! order was found, until one is found, none is left, or the budget is spent.

use super::{
    Action, Budget, Call, Calls, Finding, Known, Swap, explain,
    index::Index,
    linear::memo::FixedSet,
    phrases,
    rules::Rule,
    saturate::{Saturated, saturate},
    updates, words,
};
use crate::text::count;
use node::{Key, Value};
use std::collections::{BTreeMap, BTreeSet};
use xxhash_rust::xxh3::xxh3_128;

/// More places than this are not remembered.
const MOST_REMEMBERED: usize = 2_000_000;

/// Judges it.
pub(super) fn judge(calls: &Calls, known: Known, budget: Budget) -> Finding {
    let weaker = explain::judge(calls, known, Rule::Causal, budget);
    if let Finding::Violated(mut proof) = weaker {
        proof.summary = format!("it is not even causal: {}", proof.summary);
        return Finding::Violated(proof);
    }
    if known.linearizable == Some(true) || explain::missing(calls).is_some() {
        return weaker;
    }
    let index = Index::new(calls);
    if let Some(proof) = updates::consumed_twice(&index) {
        return Finding::Violated(proof);
    }
    let edges = match saturate(&index, &mut budget.clone()) {
        Saturated::Circle(circle) => return Finding::Violated(phrases::circle(&index, &circle)),
        Saturated::Unexplained(number) => {
            return Finding::Violated(phrases::unexplained(&index, number));
        }
        Saturated::Order(edges) => edges,
    };
    let mut search = Search::new(&index, &edges, budget.steps);
    let (calls_text, sessions) = (
        count(calls.calls.len() as u64, "operation", "operations"),
        count(index.sessions as u64, "session", "sessions"),
    );
    match search.run() {
        Some(true) => {
            Finding::Holds(format!("one order of {calls_text} of {sessions} explains every answer"))
        }
        Some(false) => {
            let summary = format!(
                "no order of {calls_text} that keeps the order of each session explains every \
                 answer: the longest explains {}, and none of those that could come next fits",
                search.deepest
            );
            let mut keys: Vec<Key> = search
                .stuck
                .iter()
                .filter_map(|call| index.call(*call).action.key().cloned())
                .collect();
            keys.sort();
            keys.dedup();
            keys.truncate(4);
            Finding::Violated(words::proof(calls, summary, &search.stuck, keys))
        }
        None => Finding::Unknown(format!(
            "no order of {calls_text} that explains every answer was found in the steps allowed"
        )),
    }
}

/// A search for an order.
struct Search<'i, 'a> {
    index: &'i Index<'a>,
    /// By session, its answered calls.
    lines: Vec<Vec<u32>>,
    /// Writes of unknown outcome, and how many answered calls of their session precede them.
    unknown: Vec<(u32, usize)>,
    /// By call, its place in its session's line or among those of unknown outcome.
    place: Vec<usize>,
    /// By call, the calls that come before it in every order.
    causes: BTreeMap<u32, Vec<u32>>,
    /// Calls that come before others in every order, and so stand in each.
    needed: BTreeSet<u32>,
    /// How many calls of each session are done.
    done: Vec<usize>,
    taken: Vec<bool>,
    map: Vec<Option<Value>>,
    /// What was done, to be undone.
    log: Vec<Undo>,
    /// What the place is remembered by: sums of hashes of its parts. Of two places that
    /// differ, chance would have to make 128 bits agree.
    mark: u128,
    remembered: FixedSet<u128>,
    steps: u64,
    ordered: usize,
    deepest: usize,
    stuck: Vec<u32>,
}

enum Undo {
    Session(usize),
    Unknown(usize),
    Key(usize, Option<Value>),
}

/// Something that may come next.
#[derive(Clone, Copy)]
enum Move {
    Session(usize),
    Unknown(usize),
}

impl<'i, 'a> Search<'i, 'a> {
    fn new(index: &'i Index<'a>, edges: &[(u32, u32)], steps: u64) -> Self {
        let mut lines = vec![Vec::new(); index.sessions];
        let mut unknown = Vec::new();
        let mut places = vec![0; index.all.calls.len()];
        for (place, call) in index.all.calls.iter().enumerate() {
            let line = &mut lines[index.session[place] as usize];
            if call.returned.is_some() {
                places[place] = line.len();
                line.push(place as u32);
            } else if call.action.is_write() {
                places[place] = unknown.len();
                unknown.push((place as u32, line.len()));
            }
        }
        let mut causes: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for (effect, cause) in edges {
            causes.entry(*effect).or_default().push(*cause);
        }
        Self {
            index,
            place: places,
            causes,
            needed: edges.iter().map(|(_, cause)| *cause).collect(),
            done: vec![0; lines.len()],
            lines,
            taken: vec![false; unknown.len()],
            unknown,
            map: vec![index.all.initial.clone(); index.keys.len()],
            log: Vec::new(),
            mark: 0,
            remembered: FixedSet::default(),
            steps,
            ordered: 0,
            deepest: 0,
            stuck: Vec::new(),
        }
    }

    /// Whether there is an order; `None`: the budget is spent.
    fn run(&mut self) -> Option<bool> {
        let total: usize = self.lines.iter().map(Vec::len).sum();
        // Each frame: what may come next there, and how long the log was.
        let mut stack: Vec<(Vec<Move>, usize)> = Vec::new();
        loop {
            self.take_reads();
            if self.ordered == total {
                return Some(true);
            }
            let is_new = self.remembered.insert(self.mark);
            let mut moves = if is_new { self.moves() } else { Vec::new() };
            if self.ordered > self.deepest || self.stuck.is_empty() {
                self.deepest = self.ordered;
                self.stuck = self.nexts().map(|(_, call)| call).collect();
            }
            moves.reverse();
            // The log of a frame is that after its reads, which its moves leave in place.
            stack.push((moves, self.log.len()));
            loop {
                let Some((moves, length)) = stack.last_mut() else { return Some(false) };
                let (next, length) = (moves.pop(), *length);
                self.undo(length);
                match next {
                    Some(next) => {
                        self.make(next);
                        break;
                    }
                    None => {
                        stack.pop();
                    }
                }
            }
            self.steps = self.steps.checked_sub(1 + self.lines.len() as u64)?;
            if self.remembered.len() > MOST_REMEMBERED {
                return None;
            }
        }
    }

    /// The call that comes next in each session.
    fn nexts(&self) -> impl Iterator<Item = (usize, u32)> {
        let lines = self.lines.iter().zip(&self.done).enumerate();
        lines.filter_map(|(session, (line, done))| line.get(*done).map(|call| (session, *call)))
    }

    /// Takes every call that fits and changes nothing: to take it later gains nothing.
    fn take_reads(&mut self) {
        for session in 0..self.lines.len() {
            while let Some(call) = self.lines[session].get(self.done[session]).copied() {
                let action = &self.index.call(call).action;
                let is_idle = !action.is_write()
                    || matches!(action, Action::Delete { existed: Some(false), .. });
                if !is_idle || !self.fits(call) || !self.is_due(call) {
                    break;
                }
                self.make(Move::Session(session));
            }
        }
    }

    /// What may come next: first what a waiting call needs, then what was asked for first,
    /// and calls of unknown outcome last.
    fn moves(&self) -> Vec<Move> {
        let needed: BTreeSet<(u32, Option<&Value>)> = self
            .nexts()
            .flat_map(|(_, call)| self.index.seen_at(call))
            .filter_map(|number| match self.index.seen[number].told {
                super::index::Told::Is(state) => Some((self.index.seen[number].key, state)),
                _ => None,
            })
            .collect();
        let is_needed = |call: u32| {
            let key = self.index.call(call).action.key().map(|key| self.index.number(key));
            key.zip(self.index.left_by(call)).is_some_and(|state| needed.contains(&state))
        };
        let of_sessions = self
            .nexts()
            .filter(|(_, call)| self.index.call(*call).action.is_write() && self.fits(*call))
            .filter(|(_, call)| self.is_due(*call));
        let mut moves: Vec<_> = of_sessions
            .map(|(session, call)| (!is_needed(call), false, call, Move::Session(session)))
            .collect();
        moves.extend(self.unknown.iter().enumerate().filter_map(|(number, (call, after))| {
            let session = self.index.session[*call as usize] as usize;
            let may = !self.taken[number]
                && self.done[session] >= *after
                && (self.changes(*call) || self.needed.contains(call))
                && self.is_due(*call);
            may.then(|| (!is_needed(*call), true, *call, Move::Unknown(number)))
        }));
        moves.sort_by_key(|(unneeded, unknown, call, _)| (*unneeded, *unknown, *call));
        moves.into_iter().map(|(.., next)| next).collect()
    }

    /// Whether all is done that comes before a call in every order.
    fn is_due(&self, call: u32) -> bool {
        let is_done = |cause: &u32| {
            let place = self.place[*cause as usize];
            if self.index.call(*cause).returned.is_some() {
                self.done[self.index.session[*cause as usize] as usize] > place
            } else {
                self.taken[place]
            }
        };
        self.causes.get(&call).is_none_or(|causes| causes.iter().all(is_done))
    }

    fn under(&self, key: &Key) -> &Option<Value> {
        &self.map[self.index.number(key) as usize]
    }

    /// Whether what a call was told is what the map holds.
    fn fits(&self, call: u32) -> bool {
        let call: &Call = self.index.call(call);
        match &call.action {
            Action::Read { key, found } => {
                found.as_ref().is_none_or(|found| found == self.under(key))
            }
            Action::Write { key, previous, .. } => {
                previous.as_ref().is_none_or(|previous| previous == self.under(key))
            }
            Action::Delete { key, existed } => {
                existed.is_none_or(|existed| existed == self.under(key).is_some())
            }
            Action::CompareAndSet { key, expected, outcome, .. } => {
                let held = self.under(key);
                match outcome {
                    Some(Swap::Swapped) => held == expected,
                    Some(Swap::Mismatch { actual }) => {
                        held != expected && actual.as_ref().is_none_or(|actual| actual == held)
                    }
                    None => true,
                }
            }
            Action::Append { .. } => true,
            Action::List { keys } => keys.as_ref().is_none_or(|keys| {
                let listed: BTreeSet<&Key> = keys.iter().collect();
                let held = self.index.keys.iter().zip(&self.map);
                held.filter(|(_, held)| held.is_some()).map(|(key, _)| *key).eq(listed)
            }),
        }
    }

    /// Whether a call of unknown outcome would change the map.
    fn changes(&self, call: u32) -> bool {
        self.after(call).is_some_and(|(key, after)| self.map[key] != after)
    }

    /// What a call leaves under its key; `None`: it changes nothing.
    fn after(&self, call: u32) -> Option<(usize, Option<Value>)> {
        let action = &self.index.call(call).action;
        let key = action.key().filter(|_| action.is_write())?;
        let held = self.under(key);
        let after = match action {
            Action::Write { value, .. } => Some(value.clone()),
            Action::CompareAndSet { expected, new, .. } if held == expected => Some(new.clone()),
            Action::Append { value, .. } => Some(match held {
                Some(held) => Value::from(format!("{}{}", held.as_str(), value.as_str())),
                None => value.clone(),
            }),
            Action::Delete { .. } => None,
            _ => return None,
        };
        Some((self.index.number(key) as usize, after))
    }

    fn make(&mut self, next: Move) {
        let call = match next {
            Move::Session(session) => {
                let call = self.lines[session][self.done[session]];
                self.count(session, true);
                self.log.push(Undo::Session(session));
                call
            }
            Move::Unknown(number) => {
                self.taken[number] = true;
                self.mark = self.mark.wrapping_add(hash(b'u', number, ""));
                self.log.push(Undo::Unknown(number));
                self.unknown[number].0
            }
        };
        if let Some((key, after)) = self.after(call) {
            let before = self.put(key, after);
            self.log.push(Undo::Key(key, before));
        }
    }

    fn undo(&mut self, length: usize) {
        while self.log.len() > length {
            match self.log.pop() {
                Some(Undo::Session(session)) => self.count(session, false),
                Some(Undo::Unknown(number)) => {
                    self.taken[number] = false;
                    self.mark = self.mark.wrapping_sub(hash(b'u', number, ""));
                }
                Some(Undo::Key(key, before)) => {
                    self.put(key, before);
                }
                None => {}
            }
        }
    }

    fn count(&mut self, session: usize, forward: bool) {
        let step = hash(b's', session, "");
        if forward {
            self.done[session] += 1;
            self.ordered += 1;
            self.mark = self.mark.wrapping_add(step);
        } else {
            self.done[session] -= 1;
            self.ordered -= 1;
            self.mark = self.mark.wrapping_sub(step);
        }
    }

    fn put(&mut self, key: usize, state: Option<Value>) -> Option<Value> {
        let mark = |state: &Option<Value>| match state {
            Some(value) => hash(b'v', key, value.as_str()),
            None => hash(b'n', key, ""),
        };
        let before = std::mem::replace(&mut self.map[key], state);
        self.mark = self.mark.wrapping_sub(mark(&before)).wrapping_add(mark(&self.map[key]));
        before
    }
}

fn hash(part: u8, number: usize, text: &str) -> u128 {
    let mut bytes = Vec::with_capacity(9 + text.len());
    bytes.push(part);
    bytes.extend((number as u64).to_le_bytes());
    bytes.extend(text.as_bytes());
    xxh3_128(&bytes)
}
