//! The ways in which a history can have come so far, and how many of them are kept.

use super::spent::Spent;

/// One way in which the history can have come so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Way {
    pub(super) state: u32,
    /// Which operations of unknown outcome it has used.
    pub(super) spent: u32,
    /// The open operations that have a place, by slot.
    pub(super) settled: u128,
    /// Those of them that took effect where it is seen.
    pub(super) used: u128,
    /// The last entry of its trail.
    pub(super) trail: u32,
    /// One more than the key of the last operation, if that settled nothing and would not
    /// be missed were it overwritten next; otherwise 0.
    pub(super) fruitless: u32,
}

/// The state of a way that another took the place of.
const REPLACED: u32 = u32::MAX;

impl Way {
    /// Whether all that can follow the other can follow this one.
    pub(super) fn covers(&self, other: &Self, spent: &Spent) -> bool {
        self.state == other.state
            && self.settled & other.settled == other.settled
            && self.used & other.used == self.used
            && spent.within(self.spent, other.spent)
    }

    /// What covers both, and perhaps more than can be: all that can follow either can follow it.
    fn joined(&self, other: &Self, spent: &mut Spent) -> Self {
        Self {
            state: self.state,
            spent: spent.least(self.spent, other.spent),
            settled: self.settled | other.settled,
            used: self.used & other.used,
            trail: 0,
            fruitless: 0,
        }
    }

    /// How much of what it may still need it has given away.
    fn cost(&self, spent: &Spent) -> (u32, u32) {
        let missing = (!self.settled).count_ones() + self.used.count_ones();
        (spent.total(self.spent), missing)
    }

    /// How little a way that covers both would be like them.
    fn distance(&self, other: &Self, spent: &Spent) -> u32 {
        (self.settled ^ other.settled).count_ones()
            + (self.used ^ other.used).count_ones()
            + 4 * spent.difference(self.spent, other.spent)
    }

    /// Whether another took its place.
    pub(super) fn is_replaced(&self) -> bool {
        self.state == REPLACED
    }
}

/// How many ways are kept of each state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Width {
    /// All: what is found is so.
    All,
    /// At most so many, those that gave least away. If one of them comes through, the history
    /// is linearizable; if none does, that says nothing.
    Best(u32),
    /// At most so many, each of which may stand for several and for more than can be. If none
    /// of them comes through, the history is not linearizable; if one does, that says nothing.
    Joined(u32),
}

impl Width {
    /// So many times as much.
    pub(super) fn wider(self, times: u32) -> Self {
        match self {
            Self::All => Self::All,
            Self::Best(most) => Self::Best(most.saturating_mul(times)),
            Self::Joined(most) => Self::Joined(most.saturating_mul(times)),
        }
    }

    /// Adds a way to those that are kept, unless one of them covers it.
    pub(super) fn keep(self, mut way: Way, kept: &mut Vec<Way>, spent: &mut Spent) {
        while !kept.iter().any(|known| known.covers(&way, spent)) {
            kept.retain(|known| !way.covers(known, spent));
            match self.crowded_out(&way, kept, spent) {
                Crowd::Room => return kept.push(way),
                Crowd::Full => return,
                Crowd::Worse(place) => return kept[place] = way,
                Crowd::Like(place) => way = way.joined(&kept.swap_remove(place), spent),
            }
        }
    }

    /// Adds a way to those that are walked, whose places must stay, unless one of them
    /// covers it.
    pub(super) fn walk(self, mut way: Way, walked: &mut Vec<Way>, spent: &mut Spent) {
        while !walked.iter().any(|known| known.covers(&way, spent)) {
            match self.wider(4).crowded_out(&way, walked, spent) {
                Crowd::Room => return walked.push(way),
                Crowd::Full => return,
                Crowd::Worse(place) => {
                    walked[place].state = REPLACED;
                    return walked.push(way);
                }
                Crowd::Like(place) => {
                    way = way.joined(&walked[place], spent);
                    walked[place].state = REPLACED;
                }
            }
        }
    }

    /// What must give way so that a way can be kept.
    fn crowded_out(self, way: &Way, kept: &[Way], spent: &Spent) -> Crowd {
        let same = || kept.iter().enumerate().filter(|(_, known)| known.state == way.state);
        let is_full = |most: u32| same().nth(most.saturating_sub(1) as usize).is_some();
        match self {
            Self::Best(most) if is_full(most) => {
                let worst = same().max_by_key(|(place, known)| (known.cost(spent), *place));
                match worst.filter(|(_, worst)| worst.cost(spent) > way.cost(spent)) {
                    Some((place, _)) => Crowd::Worse(place),
                    None => Crowd::Full,
                }
            }
            Self::Joined(most) if is_full(most) => {
                let like = same().min_by_key(|(place, known)| (known.distance(way, spent), *place));
                like.map_or(Crowd::Room, |(place, _)| Crowd::Like(place))
            }
            _ => Crowd::Room,
        }
    }
}

/// What must give way.
enum Crowd {
    /// Nothing.
    Room,
    /// The new one.
    Full,
    /// This one, which is worse.
    Worse(usize),
    /// Both: what covers this one and the new one is kept.
    Like(usize),
}
