//! Which operations of unknown outcome were used: how many of each class, by number.

use super::memo::FixedMap;

/// How many of each class, in ascending order of the classes; none where it says nothing.
type Counts = Box<[(u32, u32)]>;

/// All combinations that were met. Number 0 stands for none at all.
#[derive(Debug)]
pub(super) struct Spent {
    counts: Vec<Counts>,
    numbers: FixedMap<Counts, u32>,
    next: FixedMap<(u32, u32), u32>,
}

impl Default for Spent {
    fn default() -> Self {
        let mut numbers = FixedMap::default();
        numbers.insert(Counts::default(), 0);
        Self { counts: vec![Counts::default()], numbers, next: FixedMap::default() }
    }
}

impl Spent {
    /// How many of a class.
    pub(super) fn count(&self, spent: u32, class: u32) -> u32 {
        let counts = &self.counts[spent as usize];
        counts.binary_search_by_key(&class, |(class, _)| *class).map_or(0, |place| counts[place].1)
    }

    /// One more of a class.
    pub(super) fn one_more(&mut self, spent: u32, class: u32) -> u32 {
        if let Some(known) = self.next.get(&(spent, class)) {
            return *known;
        }
        let mut counts = self.counts[spent as usize].to_vec();
        match counts.binary_search_by_key(&class, |(class, _)| *class) {
            Ok(place) => counts[place].1 += 1,
            Err(place) => counts.insert(place, (class, 1)),
        }
        let number = self.number(counts.into_boxed_slice());
        self.next.insert((spent, class), number);
        number
    }

    /// Whether the one has no more of any class than the other.
    pub(super) fn within(&self, one: u32, other: u32) -> bool {
        if one == other || one == 0 {
            return true;
        }
        let (one, other) = (&self.counts[one as usize], &self.counts[other as usize]);
        let mut others = other.iter();
        one.len() <= other.len()
            && one.iter().all(|(class, count)| {
                let more = others.find(|(its_class, _)| its_class >= class);
                more.is_some_and(|(its_class, its_count)| its_class == class && its_count >= count)
            })
    }

    /// Of each class as many as the one has of which it has fewer.
    pub(super) fn least(&mut self, one: u32, other: u32) -> u32 {
        if self.within(one, other) {
            return one;
        }
        let counts: Vec<(u32, u32)> = self.counts[one as usize]
            .iter()
            .map(|(class, count)| (*class, (*count).min(self.count(other, *class))))
            .filter(|(_, count)| *count > 0)
            .collect();
        self.number(counts.into_boxed_slice())
    }

    /// How many there are in all.
    pub(super) fn total(&self, spent: u32) -> u32 {
        self.counts[spent as usize].iter().map(|(_, count)| count).sum()
    }

    /// How many the one has that the other lacks, and the other way round.
    pub(super) fn difference(&self, one: u32, other: u32) -> u32 {
        if one == other {
            return 0;
        }
        let lacks = |one: u32, other: u32| {
            let counts = self.counts[one as usize].iter();
            counts
                .map(|(class, count)| count.saturating_sub(self.count(other, *class)))
                .sum::<u32>()
        };
        lacks(one, other) + lacks(other, one)
    }

    fn number(&mut self, counts: Counts) -> u32 {
        let fresh = self.counts.len() as u32;
        let number = *self.numbers.entry(counts.clone()).or_insert(fresh);
        if number == fresh {
            self.counts.push(counts);
        }
        number
    }
}
