//! Looks for one legal order, deeper and deeper, and remembers where it has been.
//!
//! After Wing and Gong (1993) with Lowe's improvements (2017): the calls and answers stand in
//! a doubly linked list from which what is linearized is lifted out, and a state that was
//! met before with the same operations linearized is not looked into again. An operation that
//! changes nothing is taken as soon as it fits, and given back only together with what
//! stands before it.

use super::{
    frontier::Progress,
    memo::FixedSet,
    problem::{Event, Op, Problem},
};

/// A step that was taken.
#[derive(Clone, Copy, Debug)]
struct Frame {
    op: u32,
    /// The state before it.
    state: u32,
    /// The highest word of the set before it.
    high: u32,
}

/// The search, which can be stopped and goes on where it stood.
#[derive(Debug)]
pub(super) struct Search {
    /// The list: entry 0 is its head, entry `n + 1` stands for event `n`.
    next: Vec<u32>,
    previous: Vec<u32>,
    /// Where an operation's answer stands in the list; 0: nowhere.
    answer: Vec<u32>,
    call: Vec<u32>,
    /// What is linearized: a bit an operation, in order of invocation. Those of unknown
    /// outcome have a set of their own, since it has gaps for ever.
    known: Vec<u64>,
    unknown: Vec<u64>,
    /// Where an operation's bit is in its set.
    bit: Vec<u32>,
    /// The one before it of the same class, plus one; 0: none.
    same_before: Vec<u32>,
    /// The first word of `known` that is not full, and the last that is not empty.
    low: u32,
    high: u32,
    state: u32,
    entry: u32,
    stack: Vec<Frame>,
    /// How many operations are still to be linearized.
    remaining: usize,
    met: FixedSet<Box<[u64]>>,
    steps: u64,
    /// The longest legal order so far, and how many in it returned, if that is asked for.
    longest: Option<(usize, Vec<u32>)>,
}

impl Search {
    /// Starts with nothing linearized. It takes time to remember the longest order.
    pub(super) fn new(problem: &Problem<'_>, longest: bool) -> Self {
        let (ops, entries) = (problem.ops.len(), problem.events.len() as u32 + 1);
        let mut search = Self {
            next: (1..=entries).collect(),
            previous: (0..=entries).map(|entry| entry.saturating_sub(1)).collect(),
            answer: vec![0; ops],
            call: vec![0; ops],
            known: Vec::new(),
            unknown: Vec::new(),
            bit: Vec::with_capacity(ops),
            same_before: vec![0; ops],
            low: 0,
            high: 0,
            state: problem.initial,
            entry: 1,
            stack: Vec::new(),
            remaining: 0,
            met: FixedSet::default(),
            steps: 0,
            longest: longest.then(Default::default),
        };
        let mut unknown = 0;
        for op in &problem.ops {
            let count = if op.class.is_some() { &mut unknown } else { &mut search.remaining };
            search.bit.push(*count as u32);
            *count += 1;
        }
        search.known = vec![0; search.remaining.div_ceil(64)];
        search.unknown = vec![0; usize::div_ceil(unknown, 64)];
        for (number, event) in problem.events.iter().enumerate() {
            match *event {
                Event::Invoke(op) => search.call[op as usize] = number as u32 + 1,
                Event::Return(op) => search.answer[op as usize] = number as u32 + 1,
            }
        }
        for members in &problem.classes {
            for pair in members.windows(2) {
                search.same_before[pair[1] as usize] = pair[0] + 1;
            }
        }
        search
    }

    /// The steps taken so far.
    pub(super) fn steps(&self) -> u64 {
        self.steps
    }

    /// Goes on until all is decided or this many steps are taken in all.
    pub(super) fn advance(&mut self, problem: &mut Problem<'_>, limit: u64) -> Progress {
        while self.remaining > 0 {
            if self.steps > limit {
                return Progress::Paused;
            }
            self.steps += 1;
            let event = (self.entry as usize).checked_sub(1).and_then(|at| problem.events.get(at));
            match event {
                Some(Event::Invoke(op)) => self.try_next(problem, *op),
                Some(Event::Return(_)) | None => {
                    if !self.go_back(problem) {
                        return Progress::Refuted;
                    }
                }
            }
        }
        Progress::Fits
    }

    /// Linearizes an operation if it fits and leads somewhere new; else looks at the next one.
    fn try_next(&mut self, problem: &mut Problem<'_>, op: u32) {
        let Op { class, pure, .. } = problem.ops[op as usize];
        let waits = self.same_before[op as usize];
        if waits == 0 || self.has(problem, waits - 1) {
            let state = problem.model.step(self.state, op);
            if let Some(state) = state.filter(|state| class.is_none() || *state != self.state) {
                let frame = Frame { op, state: self.state, high: self.high };
                self.set(class.is_some(), op);
                if pure || self.is_new(state) {
                    self.lift(op);
                    self.stack.push(frame);
                    self.remaining -= usize::from(class.is_none());
                    self.state = state;
                    self.entry = self.next[0];
                    return;
                }
                self.clear(class.is_some(), frame);
            }
        }
        self.entry = self.next[self.entry as usize];
    }

    /// Gives back the last choice. `false`: there is none left.
    fn go_back(&mut self, problem: &Problem<'_>) -> bool {
        self.remember(problem);
        while let Some(frame) = self.stack.pop() {
            let Op { class, pure, .. } = problem.ops[frame.op as usize];
            self.unlift(frame.op);
            self.clear(class.is_some(), frame);
            self.remaining += usize::from(class.is_none());
            self.state = frame.state;
            self.entry = self.next[self.call[frame.op as usize] as usize];
            if !pure {
                return true;
            }
        }
        false
    }

    /// Remembers the present order if none was longer.
    fn remember(&mut self, problem: &Problem<'_>) {
        let Some((most, order)) = &mut self.longest else { return };
        let returned = problem.ops.iter().filter(|op| op.class.is_none()).count() - self.remaining;
        if returned > *most {
            *most = returned;
            order.clear();
            order.extend(self.stack.iter().map(|frame| frame.op));
        }
    }

    /// The operations in the order found; where the history is refuted, the longest one.
    pub(super) fn order(self) -> Vec<u32> {
        match self.longest {
            Some((_, order)) if self.remaining > 0 => order,
            _ => self.stack.iter().map(|frame| frame.op).collect(),
        }
    }

    fn has(&self, problem: &Problem<'_>, op: u32) -> bool {
        let bit = self.bit[op as usize];
        let unknown = problem.ops[op as usize].class.is_some();
        let set = if unknown { &self.unknown } else { &self.known };
        set[bit as usize / 64] >> (bit % 64) & 1 == 1
    }

    fn set(&mut self, unknown: bool, op: u32) {
        let bit = self.bit[op as usize];
        let word = bit / 64;
        if unknown {
            self.unknown[word as usize] |= 1 << (bit % 64);
            return;
        }
        self.known[word as usize] |= 1 << (bit % 64);
        self.high = self.high.max(word);
        while self.known.get(self.low as usize) == Some(&u64::MAX) {
            self.low += 1;
        }
    }

    fn clear(&mut self, unknown: bool, frame: Frame) {
        let bit = self.bit[frame.op as usize];
        let word = bit / 64;
        if unknown {
            self.unknown[word as usize] &= !(1 << (bit % 64));
            return;
        }
        self.known[word as usize] &= !(1 << (bit % 64));
        self.low = self.low.min(word);
        self.high = frame.high;
    }

    /// Whether this state was not met before with what is linearized now.
    fn is_new(&mut self, state: u32) -> bool {
        let words = self.known.get(self.low as usize..=self.high as usize).unwrap_or_default();
        let last = self.unknown.iter().rposition(|word| *word != 0).map_or(0, |last| last + 1);
        let mut key = Vec::with_capacity(2 + words.len() + last);
        key.push(u64::from(state) << 32 | u64::from(self.low));
        // How many words there are tells the one set from the other.
        key.push(words.len() as u64);
        key.extend_from_slice(words);
        key.extend_from_slice(&self.unknown[..last]);
        self.steps += 3 + key.len() as u64 / 4;
        self.met.insert(key.into_boxed_slice())
    }

    fn lift(&mut self, op: u32) {
        self.unlink(self.call[op as usize]);
        self.unlink(self.answer[op as usize]);
    }

    fn unlift(&mut self, op: u32) {
        self.relink(self.answer[op as usize]);
        self.relink(self.call[op as usize]);
    }

    fn unlink(&mut self, entry: u32) {
        if entry != 0 {
            let (previous, next) = (self.previous[entry as usize], self.next[entry as usize]);
            self.next[previous as usize] = next;
            self.previous[next as usize] = previous;
        }
    }

    fn relink(&mut self, entry: u32) {
        if entry != 0 {
            let (previous, next) = (self.previous[entry as usize], self.next[entry as usize]);
            self.next[previous as usize] = entry;
            self.previous[next as usize] = entry;
        }
    }
}
