//! A place in the search for an order: what is done, and what each key holds.

use super::{
    super::{
        groups::Groups,
        index::{Index, Told},
    },
    states::{State, States, hash},
};
use std::collections::BTreeSet;

/// What is done so far. It goes forward call by call, and back to where it was.
pub(super) struct Place<'i, 'a> {
    pub(super) index: &'i Index<'a>,
    /// By session, its answered calls.
    pub(super) lines: Vec<Vec<u32>>,
    /// Writes of unknown outcome, and how many answered calls of their session precede them.
    pub(super) unknown: Vec<(u32, usize)>,
    /// By call, its place in its session's line or among those of unknown outcome.
    at: Vec<usize>,
    /// By call, the calls that come before it in every order.
    pub(super) causes: Groups,
    /// How many calls of each session are done.
    pub(super) done: Vec<usize>,
    pub(super) taken: Vec<bool>,
    /// By key, the state that it is in.
    pub(super) map: Vec<u32>,
    pub(super) states: States,
    /// By call, the states that it must see, and the one that it leaves where that is known.
    sees: Vec<Vec<u32>>,
    leaves: Vec<Option<u32>>,
    /// How many answered calls are done.
    pub(super) ordered: usize,
    /// What the place is remembered by: sums of hashes of its parts. Of two places that
    /// differ, chance would have to make 128 bits agree.
    pub(super) mark: u128,
    /// What was done, to be undone.
    log: Vec<Undo>,
}

enum Undo {
    Session(usize),
    Unknown(usize),
    /// A key's state before.
    State(u32),
}

/// Something that may come next.
#[derive(Clone, Copy)]
pub(super) enum Move {
    Session(usize),
    Unknown(usize),
}

impl<'i, 'a> Place<'i, 'a> {
    /// The place at which nothing is done; each effect of the edges comes after its cause.
    pub(super) fn start(index: &'i Index<'a>, edges: &[(u32, u32)]) -> Self {
        let calls = index.all.calls.len();
        let mut states = States::default();
        let initial = index.all.initial.as_ref();
        let map = (0..index.keys.len() as u32).map(|key| states.number(key, initial)).collect();
        let mut place = Self {
            index,
            lines: vec![Vec::new(); index.sessions],
            unknown: Vec::new(),
            at: vec![0; calls],
            causes: Groups::new(calls, edges.iter().copied()),
            done: vec![0; index.sessions],
            taken: Vec::new(),
            map,
            states,
            sees: vec![Vec::new(); calls],
            leaves: vec![None; calls],
            ordered: 0,
            mark: 0,
            log: Vec::new(),
        };
        for call in 0..calls as u32 {
            place.line_up(call);
        }
        place.taken = vec![false; place.unknown.len()];
        place
    }

    /// Gives a call its place, and counts it among those that see and leave states.
    fn line_up(&mut self, number: u32) {
        let call = self.index.call(number);
        let line = &mut self.lines[self.index.session[number as usize] as usize];
        if call.returned.is_some() {
            self.at[number as usize] = line.len();
            line.push(number);
        } else if call.action.is_write() {
            self.at[number as usize] = self.unknown.len();
            self.unknown.push((number, line.len()));
        } else {
            return;
        }
        for seen in &self.index.seen[self.index.seen_at(number)] {
            if let Told::Is(value) = seen.told {
                let state = self.states.number(seen.key, value);
                self.sees[number as usize].push(state);
                self.states.all[state as usize].seen_by.push(number);
                self.states.all[state as usize].awaited += 1;
            }
        }
        if call.action.is_write()
            && let Some(left) = self.index.left_by(number)
        {
            let state = self.states.number(self.index.key[number as usize], left);
            self.leaves[number as usize] = Some(state);
            self.states.all[state as usize].left_by.push(number);
            self.states.all[state as usize].coming += 1;
        }
    }

    /// The call that comes next in each session.
    pub(super) fn nexts(&self) -> impl Iterator<Item = (usize, u32)> {
        let lines = self.lines.iter().zip(&self.done).enumerate();
        lines.filter_map(|(session, (line, done))| line.get(*done).map(|call| (session, *call)))
    }

    /// Whether a call stands in the order already.
    pub(super) fn is_done(&self, call: u32) -> bool {
        let at = self.at[call as usize];
        if self.index.call(call).returned.is_some() {
            self.done[self.index.session[call as usize] as usize] > at
        } else {
            self.taken[at]
        }
    }

    /// Whether a write of unknown outcome may stand here, as far as its session goes.
    pub(super) fn is_reached(&self, unknown: u32) -> bool {
        let (_, after) = self.unknown[self.at[unknown as usize]];
        self.done[self.index.session[unknown as usize] as usize] >= after
    }

    /// Whether all is done that comes before a call in every order.
    pub(super) fn is_due(&self, call: u32) -> bool {
        self.causes.of(call).iter().all(|cause| self.is_done(*cause))
    }

    /// The state that a call must see and that is not there.
    pub(super) fn lacks(&self, call: u32) -> Option<u32> {
        self.sees[call as usize].iter().copied().find(|state| {
            let key = self.states.all[*state as usize].key;
            self.map[key as usize] != *state && !self.index.appended[key as usize]
        })
    }

    /// The writes, not yet done, that leave a state or may.
    pub(super) fn coming(&self, state: u32) -> impl Iterator<Item = u32> {
        let left_by = self.states.all[state as usize].left_by.iter().copied();
        left_by.filter(|write| !self.is_done(*write))
    }

    /// Who must see, before a call overwrites it, a state that nothing brings back.
    pub(super) fn last_readers(&self, call: u32) -> impl Iterator<Item = u32> {
        let state = self.after(call).and_then(|(key, after)| {
            let before = self.map[key];
            let state = &self.states.all[before as usize];
            let is_last = !self.index.appended[key] && state.coming == 0 && state.awaited > 0;
            let changes = after.as_ref() != state.value.as_ref();
            (is_last && changes).then_some(state)
        });
        let readers = state.into_iter().flat_map(|state| state.seen_by.iter().copied());
        readers.filter(move |reader| *reader != call && !self.is_done(*reader))
    }

    /// Whether a state is one that the next call of some session waits for.
    pub(super) fn wanted(&self) -> BTreeSet<u32> {
        self.nexts().flat_map(|(_, call)| self.sees[call as usize].iter().copied()).collect()
    }

    /// The state that a call leaves, where that is known.
    pub(super) fn left_by(&self, call: u32) -> Option<u32> {
        self.leaves[call as usize]
    }

    /// How far back [`undo`](Self::undo) would have to go to come here again.
    pub(super) fn length(&self) -> usize {
        self.log.len()
    }

    pub(super) fn make(&mut self, next: Move) {
        let call = match next {
            Move::Session(session) => {
                let call = self.lines[session][self.done[session]];
                self.count(session, true);
                self.log.push(Undo::Session(session));
                call
            }
            Move::Unknown(number) => {
                self.take(number, true);
                self.log.push(Undo::Unknown(number));
                self.unknown[number].0
            }
        };
        if let Some((key, after)) = self.after(call) {
            let after = self.states.number(key as u32, after.as_ref());
            let before = self.put(after);
            self.log.push(Undo::State(before));
        }
    }

    pub(super) fn undo(&mut self, length: usize) {
        while self.log.len() > length {
            match self.log.pop() {
                Some(Undo::Session(session)) => self.count(session, false),
                Some(Undo::Unknown(number)) => self.take(number, false),
                Some(Undo::State(before)) => _ = self.put(before),
                None => {}
            }
        }
    }

    fn count(&mut self, session: usize, forward: bool) {
        let step = hash(b's', session, "");
        if !forward {
            self.done[session] -= 1;
        }
        self.tally(self.lines[session][self.done[session]], forward);
        if forward {
            self.done[session] += 1;
            self.ordered += 1;
            self.mark = self.mark.wrapping_add(step);
        } else {
            self.ordered -= 1;
            self.mark = self.mark.wrapping_sub(step);
        }
    }

    fn take(&mut self, number: usize, forward: bool) {
        let step = hash(b'u', number, "");
        self.taken[number] = forward;
        self.tally(self.unknown[number].0, forward);
        self.mark = match forward {
            true => self.mark.wrapping_add(step),
            false => self.mark.wrapping_sub(step),
        };
    }

    /// Counts a call as done, or as not done again, with the states that it sees and leaves.
    fn tally(&mut self, call: u32, forward: bool) {
        let count = |number: &mut u32| if forward { *number -= 1 } else { *number += 1 };
        for state in &self.sees[call as usize] {
            count(&mut self.states.all[*state as usize].awaited);
        }
        if let Some(state) = self.leaves[call as usize] {
            count(&mut self.states.all[state as usize].coming);
        }
    }

    /// Puts a key into a state; returns the one before.
    fn put(&mut self, state: u32) -> u32 {
        let State { key, mark, .. } = self.states.all[state as usize];
        let before = std::mem::replace(&mut self.map[key as usize], state);
        let gone = self.states.all[before as usize].mark;
        self.mark = self.mark.wrapping_sub(gone).wrapping_add(mark);
        before
    }
}
