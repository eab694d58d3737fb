//! A search for an order, depth first.

use super::{
    super::{Action, index::Index, linear::memo::FixedSet},
    place::{Move, Place},
    waits::is_dead_end,
};

/// More places than this are not remembered.
const MOST_REMEMBERED: usize = 2_000_000;

/// A search for an order.
pub(super) struct Search<'i, 'a> {
    place: Place<'i, 'a>,
    /// By call, whether it comes before another in every order, and so stands in each.
    is_needed: Vec<bool>,
    remembered: FixedSet<u128>,
    steps: u64,
    /// How many answered calls the longest order explains that was found.
    pub(super) deepest: usize,
    /// The calls that could come next there.
    pub(super) stuck: Vec<u32>,
}

impl<'i, 'a> Search<'i, 'a> {
    pub(super) fn new(index: &'i Index<'a>, edges: &[(u32, u32)], steps: u64) -> Self {
        let mut is_needed = vec![false; index.all.calls.len()];
        edges.iter().for_each(|(_, cause)| is_needed[*cause as usize] = true);
        Self {
            place: Place::start(index, edges),
            is_needed,
            remembered: FixedSet::default(),
            steps,
            deepest: 0,
            stuck: Vec::new(),
        }
    }

    /// Whether there is an order; `None`: the budget is spent.
    pub(super) fn run(&mut self) -> Option<bool> {
        let total: usize = self.place.lines.iter().map(Vec::len).sum();
        // Each frame: what may come next there, and how far its place is.
        let mut stack: Vec<(Vec<Move>, usize)> = Vec::new();
        loop {
            self.take_reads();
            if self.place.ordered == total {
                return Some(true);
            }
            let is_new = self.remembered.insert(self.place.mark);
            let goes_on = is_new && !is_dead_end(&self.place);
            let mut moves = if goes_on { self.moves() } else { Vec::new() };
            if self.place.ordered > self.deepest || self.stuck.is_empty() {
                self.deepest = self.place.ordered;
                self.stuck = self.place.nexts().map(|(_, call)| call).collect();
            }
            moves.reverse();
            // A frame's place is that after its reads, which its moves leave in place.
            stack.push((moves, self.place.length()));
            loop {
                let Some((moves, length)) = stack.last_mut() else { return Some(false) };
                let (next, length) = (moves.pop(), *length);
                self.place.undo(length);
                match next {
                    Some(next) => {
                        self.place.make(next);
                        break;
                    }
                    None => {
                        stack.pop();
                    }
                }
            }
            self.steps = self.steps.checked_sub(1 + self.place.lines.len() as u64)?;
            if self.remembered.len() > MOST_REMEMBERED {
                return None;
            }
        }
    }

    /// Takes every call that fits and changes nothing: to take it later gains nothing.
    fn take_reads(&mut self) {
        let place = &mut self.place;
        for session in 0..place.lines.len() {
            while let Some(call) = place.lines[session].get(place.done[session]).copied() {
                let action = &place.index.call(call).action;
                let is_idle = !action.is_write()
                    || matches!(action, Action::Delete { existed: Some(false), .. });
                if !is_idle || !place.fits(call) || !place.is_due(call) {
                    break;
                }
                place.make(Move::Session(session));
            }
        }
    }

    /// What may come next: first what a waiting call needs, then what was over first, since a
    /// store that decides one thing after another hardly answers in another order, and calls of
    /// unknown outcome last.
    fn moves(&self) -> Vec<Move> {
        let place = &self.place;
        let wanted = place.wanted();
        let is_wanted = |call: u32| place.left_by(call).is_some_and(|left| wanted.contains(&left));
        let may = |call: u32| place.is_due(call) && place.last_readers(call).next().is_none();
        let of_sessions = place
            .nexts()
            .filter(|(_, call)| place.index.call(*call).action.is_write() && place.fits(*call))
            .filter(|(_, call)| may(*call));
        let mut moves: Vec<_> = of_sessions
            .map(|(session, call)| (!is_wanted(call), false, call, Move::Session(session)))
            .collect();
        moves.extend(place.unknown.iter().enumerate().filter_map(|(number, (call, _))| {
            let may = !place.taken[number]
                && place.is_reached(*call)
                && (place.changes(*call) || self.is_needed[*call as usize])
                && may(*call);
            may.then(|| (!is_wanted(*call), true, *call, Move::Unknown(number)))
        }));
        moves.sort_by_key(|(unwanted, unknown, call, _)| {
            (*unwanted, *unknown, place.index.call(*call).returned, *call)
        });
        moves.into_iter().map(|(.., next)| next).collect()
    }
}
