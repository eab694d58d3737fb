//! An order found by asking, of one call after another, for what it needs.
//!
//! Most histories that have an order have one close to that of time. Calls are taken as they were
//! over. One that cannot be taken yet asks for what it needs: the calls before it in its session; if
//! it was told of a state that is not there, a write that brings it about; if it would overwrite,
//! for good, what others have yet to see, those others. Each of these asks in turn, and no session
//! goes further ahead than it is asked to.
//!
//! Where calls ask for each other in a circle, some write came too early: the one whose state must
//! not be overwritten yet belongs after the one that would overwrite it. Of all such pairs in
//! the circle that one is turned round whose answers came closest together, since it is their order
//! that is least sure. All is undone up to there, and the pair keeps its new order from then on.
//!
//! What is found is an order of all answered calls in which each fits, and proves as such that there
//! is one. That none is found proves nothing. The work is at most a few looks at each call.

use super::{
    super::{
        Action, Budget,
        groups::Groups,
        index::{INITIAL, Index, NO_STATE, Observation, Told},
        linear::memo::FixedMap,
    },
    plain::is_plain,
};
use std::{
    cmp::Reverse,
    collections::{BinaryHeap, binary_heap::PeekMut},
};

/// So many looks at each call are made.
const MOST_LOOKS: u64 = 8;

/// So many writes are passed over in the time of one look.
const PASSED_IN_A_STEP: u64 = 8;

/// In place of a call: none.
const NONE: u32 = u32::MAX;

/// An order of all answered calls, and of those of unknown outcome that it takes; `None`: it was
/// not found in this way.
pub(in crate::consistency) fn order(index: &Index<'_>, budget: Budget) -> Option<Vec<u32>> {
    let calls = index.all.calls.len();
    let is_plain = (0..calls as u32).all(|call| is_plain(index, call));
    let steps = budget.steps.min(MOST_LOOKS * (calls as u64 + 16));
    is_plain.then(|| Asking::new(index, steps).run())?
}

struct Asking<'i, 'a> {
    index: &'i Index<'a>,
    /// The answered calls, as they were over.
    turns: Vec<u32>,
    /// Whose turn it is.
    turn: usize,
    /// By session, the first of its answered calls that is not done.
    next: Vec<u32>,
    /// By call, the answered call that follows it in its session.
    after: Vec<u32>,
    is_done: Vec<bool>,
    /// By key, the state that it holds, and the write that left it.
    held: Vec<Held>,
    states: Vec<State>,
    /// By state, the answered calls that must see it.
    seers: Groups,
    /// By write, those that were found to come before it.
    turned: FixedMap<u32, Vec<u32>>,
    /// The calls that are asked for, each by the one before.
    asked: Vec<Asked>,
    /// By session, whether one of its answered calls is.
    is_asked: Vec<bool>,
    done: Vec<Done>,
    steps: u64,
}

#[derive(Clone, Copy)]
struct Held {
    state: u32,
    write: u32,
}

/// A state of a key.
#[derive(Clone, Copy, Default)]
struct State {
    /// How many answered calls that must see it are not done.
    awaited: u32,
    /// Of those that must see it, so many of the first are done.
    passed: u32,
    /// How many writes that bring it about, or may, are not done.
    coming: u32,
}

/// A write that would overwrite what others have yet to see, and the one that left that.
type Pair = (u32, u32);

#[derive(Clone, Copy)]
struct Asked {
    call: u32,
    by: Option<Pair>,
}

/// A call that is done, and what was before.
struct Done {
    call: u32,
    held: Held,
    turn: usize,
}

/// What a call needs before it can be done.
enum Need<'i, 'a> {
    Nothing,
    Call(Asked),
    /// A write that brings about what it was told.
    Write(&'i Observation<'a>),
}

impl<'i, 'a> Asking<'i, 'a> {
    fn new(index: &'i Index<'a>, steps: u64) -> Self {
        let calls = index.all.calls.len();
        let exact = index.seen.iter().filter(|seen| seen.state != NO_STATE);
        let mut asking = Self {
            index,
            turns: Vec::with_capacity(calls),
            turn: 0,
            next: vec![NONE; index.sessions],
            after: vec![NONE; calls],
            is_done: vec![false; calls],
            held: vec![Held { state: NO_STATE, write: INITIAL }; index.keys.len()],
            states: vec![State::default(); index.states()],
            seers: Groups::new(index.states(), exact.map(|seen| (seen.state, seen.call))),
            turned: FixedMap::default(),
            asked: Vec::new(),
            is_asked: vec![false; index.sessions],
            done: Vec::with_capacity(calls),
            steps,
        };
        (0..calls as u32).for_each(|call| asking.line_up(call));
        asking.give_turns();
        let initial = Told::Is(index.all.initial.as_ref());
        for seen in index.seen.iter().filter(|seen| seen.told == initial) {
            asking.held[seen.key as usize].state = seen.state;
        }
        asking
    }

    /// Gives a call its place in its session, and counts the states that it sees and brings about.
    fn line_up(&mut self, call: u32) {
        let is_answered = self.is_answered(call);
        if is_answered {
            match self.index.before[call as usize] {
                Some(before) => self.after[before as usize] = call,
                None => self.next[self.index.session[call as usize] as usize] = call,
            }
            if let Some(state) = self.sees(call) {
                self.states[state as usize].awaited += 1;
            }
        }
        if (is_answered || self.may_be_taken(call))
            && let Some(left) = self.brings_about(call)
        {
            self.states[left as usize].coming += 1;
        }
    }

    /// Puts the answered calls in the order in which they were over. Those of each session are, so
    /// that the first of the sessions' next ones is always the next.
    fn give_turns(&mut self) {
        let over = |call: u32| Reverse((self.index.call(call).returned, call));
        let firsts = self.next.iter().filter(|call| **call != NONE);
        let mut firsts: BinaryHeap<_> = firsts.map(|call| over(*call)).collect();
        while let Some(mut first) = firsts.peek_mut() {
            let Reverse((_, call)) = *first;
            self.turns.push(call);
            match self.after[call as usize] {
                NONE => _ = PeekMut::pop(first),
                after => *first = over(after),
            }
        }
    }

    fn is_answered(&self, call: u32) -> bool {
        self.index.call(call).returned.is_some()
    }

    /// Whether a write of unknown outcome may stand in the order: not if what it does depends.
    fn may_be_taken(&self, unknown: u32) -> bool {
        !matches!(self.index.call(unknown).action, Action::CompareAndSet { .. })
    }

    /// What a call was told of its key.
    fn told(&self, call: u32) -> Option<&'i Observation<'a>> {
        self.index.seen[self.index.seen_at(call)].first()
    }

    /// The one state that a call must see.
    fn sees(&self, call: u32) -> Option<u32> {
        self.told(call).map(|seen| seen.state).filter(|state| *state != NO_STATE)
    }

    /// The state that a call leaves where it found another.
    fn brings_about(&self, call: u32) -> Option<u32> {
        let left = self.index.left[call as usize];
        (left != NO_STATE && self.sees(call) != Some(left)).then_some(left)
    }

    fn run(mut self) -> Option<Vec<u32>> {
        while let Some(call) = self.turns.get(self.turn).copied() {
            if self.is_done[call as usize] {
                self.turn += 1;
                continue;
            }
            self.ask(Asked { call, by: None });
            while let Some(asked) = self.asked.last().copied() {
                self.steps = self.steps.checked_sub(1)?;
                self.answer(asked.call)?;
            }
        }
        Some(self.done.into_iter().map(|done| done.call).collect())
    }

    fn ask(&mut self, asked: Asked) {
        self.mark(asked.call, true);
        self.asked.push(asked);
    }

    /// Marks the session of a call that is asked for.
    fn mark(&mut self, call: u32, is_asked: bool) {
        if self.is_answered(call) {
            self.is_asked[self.index.session[call as usize] as usize] = is_asked;
        }
    }

    /// Goes a step towards a call that is asked for. `None`: nothing leads there.
    fn answer(&mut self, asked: u32) -> Option<()> {
        if self.is_done[asked as usize] {
            self.asked.pop();
            self.mark(asked, false);
            return Some(());
        }
        let call = match self.is_answered(asked) {
            true => self.next[self.index.session[asked as usize] as usize],
            false => asked,
        };
        let need = match self.need(call) {
            Need::Nothing => {
                self.take(call);
                return Some(());
            }
            Need::Call(need) => need,
            Need::Write(seen) => Asked { call: self.writer(seen)?, by: None },
        };
        match self.asked_at(need.call) {
            Some(place) => self.turn_round(place, need.by)?,
            None => self.ask(need),
        }
        Some(())
    }

    /// Where a call, or another of its session, is asked for already.
    fn asked_at(&self, call: u32) -> Option<usize> {
        let session = self.index.session[call as usize];
        if !self.is_answered(call) {
            return self.asked.iter().position(|asked| asked.call == call);
        }
        let is_of_session = |asked: &Asked| {
            self.is_answered(asked.call) && self.index.session[asked.call as usize] == session
        };
        self.is_asked[session as usize].then(|| self.asked.iter().position(is_of_session))?
    }

    /// What the next call of a session, or a write of unknown outcome, needs.
    fn need(&self, call: u32) -> Need<'i, 'a> {
        let index = self.index;
        let ask = |call: u32| Need::Call(Asked { call, by: None });
        let is_open = |other: &u32| !self.is_done[*other as usize];
        if !self.is_answered(call)
            && let Some(before) = index.before[call as usize].filter(is_open)
        {
            return ask(before);
        }
        let turned = self.turned.get(&call).into_iter().flatten().copied();
        if let Some(earlier) = turned.into_iter().find(is_open) {
            return ask(earlier);
        }
        if let Some(seen) = self.told(call)
            && !self.fits(seen)
        {
            return Need::Write(seen);
        }
        match self.last_seer(call) {
            Some(asked) => Need::Call(asked),
            None => Need::Nothing,
        }
    }

    fn fits(&self, seen: &Observation<'a>) -> bool {
        let held = self.held[seen.key as usize];
        match seen.told {
            Told::Is(_) => held.state == seen.state,
            told => told.fits(self.index.left_by(held.write).flatten()),
        }
    }

    /// A write that brings about what a call was told: one of a session that nobody asks for yet, if
    /// there is such a one. Where a state is written often, many may have to be passed over.
    fn writer(&mut self, seen: &Observation<'a>) -> Option<u32> {
        let (mut first, mut passed) = (None, 0);
        for write in self.index.sources(seen) {
            passed += 1;
            let may_come = write != INITIAL
                && !self.is_done[write as usize]
                && (self.is_answered(write) || self.may_be_taken(write));
            if may_come && self.asked_at(write).is_none() {
                first = Some(write);
                break;
            }
            first = first.or(may_come.then_some(write));
        }
        self.steps = self.steps.saturating_sub(passed / PASSED_IN_A_STEP);
        first
    }

    /// A call that has yet to see, before another overwrites it, a state that nothing brings back.
    fn last_seer(&self, call: u32) -> Option<Asked> {
        let left = self.brings_about(call)?;
        let held = self.held[self.index.key[call as usize] as usize];
        let state = self.states.get(held.state as usize)?;
        let own = u32::from(self.sees(call) == Some(held.state));
        if held.state == left || state.coming > 0 || state.awaited <= own {
            return None;
        }
        let seers = &self.seers.of(held.state)[state.passed as usize..];
        let open = seers.iter().find(|seer| **seer != call && !self.is_done[**seer as usize]);
        open.map(|seer| Asked { call: *seer, by: Some((call, held.write)) })
    }

    fn take(&mut self, call: u32) {
        let mut held = Held { state: NO_STATE, write: INITIAL };
        if let Some(left) = self.brings_about(call) {
            let key = self.index.key[call as usize] as usize;
            self.states[left as usize].coming -= 1;
            held = std::mem::replace(&mut self.held[key], Held { state: left, write: call });
        }
        self.done.push(Done { call, held, turn: self.turn });
        self.is_done[call as usize] = true;
        if !self.is_answered(call) {
            return;
        }
        self.next[self.index.session[call as usize] as usize] = self.after[call as usize];
        if let Some(seen) = self.sees(call) {
            let state = &mut self.states[seen as usize];
            state.awaited -= 1;
            let seers = &self.seers.of(seen)[state.passed as usize..];
            let is_done = |seer: &&u32| self.is_done[**seer as usize];
            state.passed += seers.iter().take_while(is_done).count() as u32;
        }
    }

    /// Undoes what was done last.
    fn undo(&mut self) -> Option<u32> {
        let Done { call, held, turn } = self.done.pop()?;
        if let Some(left) = self.brings_about(call) {
            self.states[left as usize].coming += 1;
            self.held[self.index.key[call as usize] as usize] = held;
        }
        self.is_done[call as usize] = false;
        self.turn = turn;
        if self.is_answered(call) {
            self.next[self.index.session[call as usize] as usize] = call;
            if let Some(seen) = self.sees(call) {
                let state = &mut self.states[seen as usize];
                let place = self.seers.of(seen).partition_point(|seer| *seer < call) as u32;
                (state.awaited, state.passed) = (state.awaited + 1, state.passed.min(place));
            }
        }
        Some(call)
    }

    /// Turns a pair of writes round that a circle of calls rests on, from a place among those that
    /// are asked for to the last need. `None`: it rests on none that could be.
    fn turn_round(&mut self, place: usize, last: Option<Pair>) -> Option<()> {
        let pairs = self.asked[place + 1..].iter().map(|asked| asked.by).chain([last]).flatten();
        let is_new = |(later, earlier): &Pair| {
            let turned = self.turned.get(earlier);
            *earlier != INITIAL && turned.is_none_or(|turned| !turned.contains(later))
        };
        let over = |call: u32| self.index.call(call).returned.unwrap_or(u64::MAX);
        let apart = |(later, earlier): &Pair| over(*later).abs_diff(over(*earlier));
        let (later, earlier) = pairs.filter(is_new).min_by_key(apart)?;
        self.turned.entry(earlier).or_default().push(later);
        while self.undo()? != earlier {}
        while let Some(asked) = self.asked.pop() {
            self.mark(asked.call, false);
        }
        Some(())
    }
}
