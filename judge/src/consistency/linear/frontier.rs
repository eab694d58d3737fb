//! Walks the history event by event, and keeps every way in which it can have come so far.
//!
//! An operation takes effect as late as can be: when it returns, or when something that
//! returns needs it. Between those moments it is *settled* as soon as some place is found at
//! which it may stand unseen: a read where the state is what it found, a write where the
//! state is what it writes or just before a write that overwrites it. A settled operation
//! owes nothing any more, and may still be *used*: take effect where it is seen. So the ways
//! that are kept differ only in what somebody may still see.

use super::{
    problem::{Event, NO_KEY, Op, Problem},
    spent::Spent,
    trail::Trail,
    ways::{Way, Width},
};

/// As many operations may be open at once, those of unknown outcome not counted.
const SLOTS: usize = 128;

/// What became of a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Progress {
    /// The history is linearizable.
    Fits,
    /// It is not.
    Refuted,
    /// The turn's steps are spent.
    Paused,
    /// It needs more than this engine has, however many steps it were given.
    Stuck,
}

/// The frontier of the ways.
#[derive(Debug)]
pub(super) struct Frontier {
    width: Width,
    ways: Vec<Way>,
    next: usize,
    /// The open operations, by slot, and which of the slots are taken.
    slots: [u32; SLOTS],
    open: u128,
    /// The slots of open lists, and of open operations that are blind.
    lists: u128,
    blinds: u128,
    slot_of: Vec<u8>,
    /// How many operations of each class have been invoked.
    invoked: Vec<u32>,
    /// The classes of which some have been.
    classes: Vec<u32>,
    spent: Spent,
    steps: u64,
    trail: Trail,
    /// What the walk over one event works with; kept for the room that they take.
    nodes: Vec<Way>,
    results: Vec<Way>,
}

impl Frontier {
    /// Starts before the first event, and keeps as many ways as the width says. A trail costs time, and tells where operations stood.
    pub(super) fn new(problem: &Problem<'_>, width: Width, trail: bool) -> Self {
        let start =
            Way { state: problem.initial, spent: 0, settled: 0, used: 0, trail: 0, fruitless: 0 };
        Self {
            width,
            ways: vec![start],
            next: 0,
            slots: [0; SLOTS],
            open: 0,
            lists: 0,
            blinds: 0,
            slot_of: vec![0; problem.ops.len()],
            invoked: vec![0; problem.classes.len()],
            classes: Vec::new(),
            spent: Spent::default(),
            steps: 0,
            trail: Trail::new(trail),
            nodes: Vec::new(),
            results: Vec::new(),
        }
    }

    /// The steps taken so far.
    pub(super) fn steps(&self) -> u64 {
        self.steps
    }

    /// Goes on until all is decided or this many steps are taken in all.
    pub(super) fn advance(&mut self, problem: &mut Problem<'_>, limit: u64) -> Progress {
        while let Some(&event) = problem.events.get(self.next) {
            match event {
                Event::Invoke(op) => {
                    if !self.invoke(problem, op) {
                        return Progress::Stuck;
                    }
                }
                Event::Return(op) => {
                    // An event that was cut short is begun again: its ways are still there.
                    if !self.return_from(problem, op, limit) {
                        return Progress::Paused;
                    }
                    if self.results.is_empty() {
                        return Progress::Refuted;
                    }
                    std::mem::swap(&mut self.ways, &mut self.results);
                }
            }
            self.next += 1;
        }
        Progress::Fits
    }

    /// Opens an operation. `false`: there is no room for it.
    fn invoke(&mut self, problem: &mut Problem<'_>, op: u32) -> bool {
        let Op { class, key, blind, .. } = problem.ops[op as usize];
        if let Some(class) = class {
            let invoked = &mut self.invoked[class as usize];
            *invoked += 1;
            if *invoked == 1 {
                self.classes.push(class);
            }
            return true;
        }
        let slot = self.open.trailing_ones() as usize;
        if slot == SLOTS {
            return false;
        }
        let bit = 1 << slot;
        self.slots[slot] = op;
        self.slot_of[op as usize] = slot as u8;
        self.open |= bit;
        if key == NO_KEY {
            self.lists |= bit;
        }
        if blind {
            self.blinds |= bit;
        }
        self.steps += self.ways.len() as u64;
        for way in &mut self.ways {
            if problem.model.step(way.state, op) == Some(way.state) {
                way.settled |= bit;
                way.trail = self.trail.extend(way.trail, op, false);
            }
        }
        true
    }

    /// Leaves the ways in which an operation has its place in the results. `false`: the
    /// steps were not enough.
    fn return_from(&mut self, problem: &mut Problem<'_>, op: u32, limit: u64) -> bool {
        let slot = self.slot_of[op as usize];
        let bit = 1_u128 << slot;
        let Op { pure, key, .. } = problem.ops[op as usize];
        self.results.clear();
        self.nodes.clear();
        for place in 0..self.ways.len() {
            let way = Way { fruitless: 0, ..self.ways[place] };
            if way.settled & bit != 0 {
                self.keep(way, bit);
            }
            if way.settled & bit == 0 || !pure && way.used & bit == 0 {
                self.nodes.push(way);
            }
        }
        let mut place = 0;
        while place < self.nodes.len() {
            if self.steps > limit {
                return false;
            }
            let node = self.nodes[place];
            if !node.is_replaced() {
                self.expand(problem, node, Goal { op, bit, key });
            }
            place += 1;
        }
        self.open &= !bit;
        self.lists &= !bit;
        self.blinds &= !bit;
        true
    }

    /// Tries all that may take effect next where it is seen.
    fn expand(&mut self, problem: &mut Problem<'_>, node: Way, goal: Goal) {
        // Operations on other keys can wait, unless a list may tell when they took effect.
        let all_keys = goal.key == NO_KEY || self.lists & !node.settled != 0;
        let mut candidates = self.open & !node.used;
        while candidates != 0 {
            let slot = candidates.trailing_zeros();
            candidates &= candidates - 1;
            let op = self.slots[slot as usize];
            let Op { pure, blind, key, .. } = problem.ops[op as usize];
            let overwrites = blind && node.fruitless == key.wrapping_add(1);
            if pure || overwrites || !all_keys && key != goal.key {
                continue;
            }
            self.steps += 1;
            if let Some(state) = problem.model.step(node.state, op) {
                let bit = 1 << slot;
                let hides = blind && self.blinds & !node.settled & !bit != 0;
                if state != node.state || hides {
                    let base = Way { used: node.used | bit, settled: node.settled | bit, ..node };
                    self.place(problem, base, op, state, goal);
                }
            }
        }
        for place in 0..self.classes.len() {
            let class = self.classes[place];
            let used = self.spent.count(node.spent, class);
            let op = problem.classes[class as usize][0];
            let Op { blind, key, .. } = problem.ops[op as usize];
            if used >= self.invoked[class as usize]
                || blind && node.fruitless == key.wrapping_add(1)
                || !all_keys && key != goal.key
            {
                continue;
            }
            self.steps += 1;
            let hides = blind && self.blinds & !node.settled != 0;
            if let Some(state) = problem.model.step(node.state, op)
                && (state != node.state || hides)
            {
                let base = Way { spent: self.spent.one_more(node.spent, class), ..node };
                let op = problem.classes[class as usize][used as usize];
                self.place(problem, base, op, state, goal);
            }
        }
    }

    /// Lets an operation take effect, and finds places for those that may stand unseen now.
    fn place(&mut self, problem: &mut Problem<'_>, node: Way, op: u32, state: u32, goal: Goal) {
        let mut way = Way { state, ..node };
        let Op { blind, key, class, .. } = problem.ops[op as usize];
        if blind {
            self.overwrite(problem, &mut way, key);
        }
        way.trail = self.trail.extend(way.trail, op, true);
        let before = way.settled;
        let mut open = self.open & !way.settled;
        while open != 0 {
            let slot = open.trailing_zeros();
            open &= open - 1;
            let unseen = self.slots[slot as usize];
            let its_key = problem.ops[unseen as usize].key;
            if its_key == key || its_key == NO_KEY {
                self.steps += 1;
                if problem.model.step(state, unseen) == Some(state) {
                    way.settled |= 1 << slot;
                    way.trail = self.trail.extend(way.trail, unseen, false);
                }
            }
        }
        let settled_some = way.settled != before;
        way.fruitless =
            if !settled_some && (blind || class.is_some()) { key.wrapping_add(1) } else { 0 };
        let newly_settled = way.settled & !before & goal.bit != 0;
        if op == goal.op || newly_settled {
            self.keep(way, goal.bit);
        }
        let reached = op == goal.op || newly_settled && problem.ops[goal.op as usize].pure;
        self.steps += self.nodes.len() as u64 / 8;
        if !reached {
            self.width.walk(way, &mut self.nodes, &mut self.spent);
        }
    }

    /// Settles the open operations that may stand unseen just before this one overwrites them.
    fn overwrite(&mut self, problem: &Problem<'_>, way: &mut Way, key: u32) {
        let mut open = self.blinds & !way.settled;
        while open != 0 {
            let slot = open.trailing_zeros();
            open &= open - 1;
            let op = self.slots[slot as usize];
            if problem.ops[op as usize].key == key {
                way.settled |= 1 << slot;
                way.trail = self.trail.extend(way.trail, op, false);
            }
        }
    }

    /// Keeps a way in which the operation of this slot has its place, unless another covers it.
    fn keep(&mut self, way: Way, bit: u128) {
        let Way { settled, used, .. } = way;
        let way = Way { settled: settled & !bit, used: used & !bit, fruitless: 0, ..way };
        self.steps += self.results.len() as u64 / 8;
        self.width.keep(way, &mut self.results, &mut self.spent);
    }

    /// The operations that have a place, in an order that is legal and that time allows. It
    /// takes a trail. Where the history is refuted, as many as can be.
    pub(super) fn order(&self) -> Vec<u32> {
        let reached = if self.results.is_empty() && !self.nodes.is_empty() {
            &self.nodes
        } else {
            &self.ways
        };
        let longest = reached.iter().max_by_key(|way| way.settled.count_ones());
        self.trail.order(longest.map_or(0, |way| way.trail), self.slot_of.len())
    }
}

/// The operation that returns.
#[derive(Clone, Copy, Debug)]
struct Goal {
    op: u32,
    bit: u128,
    key: u32,
}
